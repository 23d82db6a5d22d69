"""Dates and times as people in the town write them; `dates` reads them back."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

from gateway.words.language import Language

WEEKDAYS_JA: Final = "月火水木金土日"
WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def of_day(on: date, language: Language) -> str:
    """Return a date with its weekday: 2026年4月2日（木） or Thu 2 April 2026."""
    if language == "en":
        return f"{WEEKDAYS_EN[on.weekday()]} {on.day} {MONTHS_EN[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日（{WEEKDAYS_JA[on.weekday()]}）"


def of_moment(seconds: int, *, utc_offset_minutes: int, language: Language) -> str:
    """Return a time with its day: 2026年4月2日（木）午前6時05分 or Thu 2 April 2026 06:05."""
    offset = utc_offset_minutes
    day_of = of_date(seconds, utc_offset_minutes=offset, language=language)
    time_of = of_clock(seconds, utc_offset_minutes=offset, language=language)
    return f"{day_of}{'' if language == 'ja' else ' '}{time_of}"


def of_date(seconds: int, *, utc_offset_minutes: int, language: Language) -> str:
    """Return the date of a time, as `of_day`."""
    return of_day(_local(seconds, utc_offset_minutes).date(), language)


def of_short_date(seconds: int, *, utc_offset_minutes: int, language: Language) -> str:
    """Return the date of a time without the year, short: 4月2日 or 2 Apr."""
    on = _local(seconds, utc_offset_minutes)
    if language == "en":
        return f"{on.day} {MONTHS_EN[on.month - 1][:3]}"
    return f"{on.month}月{on.day}日"


def of_clock(seconds: int, *, utc_offset_minutes: int, language: Language) -> str:
    """Return a time of day: 午前6時05分 or 06:05."""
    at = _local(seconds, utc_offset_minutes)
    if language == "en":
        return f"{at.hour:02}:{at.minute:02}"
    half = "午前" if at.hour < 12 else "午後"
    return f"{half}{at.hour % 12}時{at.minute:02}分"


def _local(seconds: int, utc_offset_minutes: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone(timedelta(minutes=utc_offset_minutes)))
