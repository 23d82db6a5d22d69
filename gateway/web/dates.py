"""Dates and times as people in the town write them."""

from datetime import datetime, timedelta, timezone
from typing import Final

from chaincode.base import times
from gateway.language import Language
from gateway.web.contexts import When

_WEEKDAYS_JA: Final = "月火水木金土日"
_WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def when(seconds: int, *, utc_offset_minutes: int, language: Language) -> When:
    """Return a time as a page shows it."""
    return When(
        date=date(seconds, utc_offset_minutes=utc_offset_minutes, language=language),
        time=time_of_day(seconds, utc_offset_minutes=utc_offset_minutes, language=language),
        day=day(seconds, utc_offset_minutes=utc_offset_minutes, language=language),
        iso=times.timestamp(seconds),
    )


def date(seconds: int, *, utc_offset_minutes: int, language: Language) -> str:
    """Return a date: 2026年4月2日（木） or Thu 2 April 2026."""
    on = _local(seconds, utc_offset_minutes)
    if language == "en":
        month = _MONTHS_EN[on.month - 1]
        return f"{_WEEKDAYS_EN[on.weekday()]} {on.day} {month} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日（{_WEEKDAYS_JA[on.weekday()]}）"


def day(seconds: int, *, utc_offset_minutes: int, language: Language) -> str:
    """Return a date without the year, short: 4月2日 or 2 Apr."""
    on = _local(seconds, utc_offset_minutes)
    if language == "en":
        return f"{on.day} {_MONTHS_EN[on.month - 1][:3]}"
    return f"{on.month}月{on.day}日"


def time_of_day(seconds: int, *, utc_offset_minutes: int, language: Language) -> str:
    """Return a time of day: 午前6時05分 or 06:05."""
    at = _local(seconds, utc_offset_minutes)
    if language == "en":
        return f"{at.hour:02}:{at.minute:02}"
    half = "午前" if at.hour < 12 else "午後"
    return f"{half}{at.hour % 12}時{at.minute:02}分"


def _local(seconds: int, utc_offset_minutes: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone(timedelta(minutes=utc_offset_minutes)))
