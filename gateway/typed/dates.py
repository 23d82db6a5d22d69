"""Dates and times as people type them, read by the town's clock.

A date: `2026-11-29`, `2026/11/29`, `20261129`, `2026年11月29日`, `11/29`, `11月29日`, `29日`,
`令和8年11月29日`, `R8.11.29`, `平成31年4月30日`, `29 Nov 2026`, `きのう`, `today`, `3日前`; in any
width, with numerals for digits (十一月), with its weekday in brackets. A weekday that is not that
day's is refused. A time of day: `17:00`, `17時`, `17時半`, `午後5時`, `5pm`, `正午`; after a date,
or alone for today. `Z`, `JST` or `+09:00` after it names another clock than the town's.

What can't be on the calendar, and what has not been where it must, is a `TypedDateError` that says
what to write instead.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gateway.typed import characters, written
from gateway.typed.clock import Tense, TownClock
from gateway.typed.faults import DateFault, TypedDateError

CHARACTERS_MAX: Final = 80
DAYS_AGO_MAX: Final = 366
YEARS: Final = range(2000, 2100)  # as the contract's `Date` has it
NOON: Final = 12

ERAS: Final = {  # first and last day, by law
    "令和": (date(2019, 5, 1), date.max),
    "平成": (date(1989, 1, 8), date(2019, 4, 30)),
}
_ERA_OF: Final = {"r": "令和", "令": "令和", "h": "平成", "平": "平成"}
_DAYS_FROM_TODAY: Final = {
    **dict.fromkeys(("今日", "きょう", "本日", "当日", "today"), 0),
    **dict.fromkeys(("昨日", "きのう", "前日", "yesterday"), -1),
    **dict.fromkeys(("一昨日", "おととい", "おとつい"), -2),
    **dict.fromkeys(("明日", "あした", "あす", "tomorrow"), 1),
}
_NOW: Final = frozenset({"今", "いま", "現在", "now"})
_MONTHS: Final = {name[:3].lower(): at for at, name in enumerate(written.MONTHS_EN, start=1)}
_MONTH_NAMES: Final = frozenset(
    {name.lower() for name in written.MONTHS_EN} | _MONTHS.keys() | {"sept"}
)

# A weekday stands in brackets, perhaps with "holiday" beside it, or spelled out.
_WEEKDAY: Final = re.compile(
    rf"\(([{written.WEEKDAYS_JA}])(?:曜日?)?(?:[・,/ ]?[祝休])?\)"
    rf"|([{written.WEEKDAYS_JA}])曜日?"
    r"|\(?\b(mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?\b\.?,?\)?"
)
_DATES: Final = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?(?!\d)",
        r"(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
        r"(?P<era>令和|平成|令|平|r|h)\.?(?P<e>\d{1,2}|元)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?(?!\d)",
        (
            r"(?P<era>令和|平成|令|平|r|h)\.?(?P<e>\d{1,2}|元)年?"
            r"(?P<s>[-/.])?(?P<m>\d{1,2})(?(s)(?P=s)|[-/.])(?P<d>\d{1,2})(?!\d)"
        ),
        r"(?P<m>\d{1,2})月(?P<d>\d{1,2})日?(?!\d)",
        r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?![-/.]?\d)",
        r"(?P<d>\d{1,2})(?:日(?!前)|st|nd|rd|th)(?! ?[a-z])",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]{3,9})\.?(?:,? (?P<y>\d{4}))?(?![\d:])",
        r"(?P<month>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y>\d{4}))?(?![\d:])",
        r"(?P<ago>\d{1,3}) ?(?:日前|days? ago)",
        f"(?P<word>{'|'.join(_DAYS_FROM_TODAY)})",
    )
)
_ZONE: Final = re.compile(r"(?P<utc>z|utc|gmt)|(?P<jst>jst)|(?P<sign>[+-])(\d\d)(?::?(\d\d))?")
_TIME: Final = re.compile(
    r"(?P<half>午前|午後|am|pm|a\.m\.|p\.m\.)? ?(?P<h>\d{1,2})"
    r"(?:(?P<ja>時)(?:(?P<ja_m>\d{1,2})分?|(?P<ja_half>半))?(?:(?P<ja_s>\d{1,2})秒)?"
    r"|:(?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,]\d{1,9})?)?)?"
    r" ?(?P<half_after>am|pm|a\.m\.|p\.m\.)?",
    re.ASCII,
)
_BLANKS: Final = re.compile(r" ?([年月時分/]) ?|(?<=\d) (日|秒)|(?<=令和|平成) ")
_NOON_WORDS: Final = frozenset({"正午", "noon"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was typed, as far as it goes; `None` where nothing of the kind was typed."""

    day: date | None
    time: tuple[int, int, int] | None
    clock: TownClock


def moment(text: str, town: TownClock, tense: Tense = Tense.HAPPENED) -> int:
    """Return a typed time as seconds since 1970.

    A day without a time is its noon, and today without a time is now: such an entry keeps its day
    whatever zone it is looked at in.

    Raises:
        TypedDateError: It can't be read, is not on the calendar, or is to come where it must not.
    """
    found = _read(text, town, tense)
    if found.day is not None:
        _check_day(found.day, text, found.clock, tense)
    if found.time is not None:
        seconds = found.clock.seconds(found.day or found.clock.today, *found.time)
    elif found.day is None or found.day == found.clock.today:
        return town.now
    else:
        seconds = found.clock.seconds(found.day, NOON)
    return _checked(seconds, text, town, tense)


def day(text: str, town: TownClock, tense: Tense = Tense.HAPPENED) -> date:
    """Return a typed date.

    Raises:
        TypedDateError: As `moment`; also if a time is typed with it.
    """
    found = _read(text, town, tense)
    if found.time is not None or found.day is None:
        raise TypedDateError(DateFault.NO_TIME_HERE if found.time else DateFault.UNREADABLE, text)
    _check_day(found.day, text, town, tense)
    return found.day


def whole_day(text: str, *, may_have_time: bool = False) -> date:
    """Return a date of a file, which is read on any day: written with its year.

    Args:
        text: As it stands in the file.
        may_have_time: Whether a time of day may stand beside it; it is passed over.

    Raises:
        TypedDateError: As `day`; `YEAR_NEEDED` also for words such as yesterday.
    """
    found = _read(text, TownClock(utc_offset_minutes=0, now=0), Tense.WHOLE)
    if found.day is None:
        raise TypedDateError(DateFault.UNREADABLE, text)
    if found.time is not None and not may_have_time:
        raise TypedDateError(DateFault.NO_TIME_HERE, text)
    return found.day


def first_moment(text: str, town: TownClock) -> int:
    """Return where a typed period begins: a day without a time from its first second on."""
    found = _read(text, town, Tense.PERIOD)
    return _end(found, text, town, (0, 0, 0))


def last_moment(text: str, town: TownClock) -> int:
    """Return where a typed period ends: a day without a time with its last second."""
    found = _read(text, town, Tense.PERIOD)
    return _end(found, text, town, (23, 59, 59))


def _end(found: _Found, text: str, town: TownClock, of_day: tuple[int, int, int]) -> int:
    if found.day is None and found.time is None:
        return town.now
    on = found.day or found.clock.today
    return _checked(found.clock.seconds(on, *(found.time or of_day)), text, town, Tense.PERIOD)


def _checked(seconds: int, text: str, town: TownClock, tense: Tense) -> int:
    if town.local(seconds).year not in YEARS:
        raise TypedDateError(DateFault.YEAR_OUT_OF_RANGE, text)
    if tense is Tense.HAPPENED and seconds > town.now:
        offset = town.utc_offset_minutes
        raise _to_come(
            text,
            written.of_moment(seconds, utc_offset_minutes=offset, language="ja"),
            written.of_moment(seconds, utc_offset_minutes=offset, language="en"),
        )
    return seconds


def _check_day(on: date, text: str, clock: TownClock, tense: Tense) -> None:
    if tense is Tense.HAPPENED and on > clock.today:
        raise _to_come(text, written.of_day(on, "ja"), written.of_day(on, "en"))


def _to_come(text: str, ja: str, en: str) -> TypedDateError:
    return TypedDateError(DateFault.TO_COME, text, read=(ja, en))


def _read(text: str, town: TownClock, tense: Tense) -> _Found:
    if len(text) > CHARACTERS_MAX:
        raise TypedDateError(DateFault.UNREADABLE, text)
    typed = characters.dashes(characters.numerals(characters.plain(text))).lower()
    typed = _BLANKS.sub(r"\1\2", typed)
    typed, weekdays = _without_weekdays(typed)
    if typed in _NOW and not weekdays:
        return _Found(day=None, time=None, clock=town)
    for pattern in _DATES:
        found = pattern.match(typed)
        if found is None or not _is_date(found):
            continue
        rest = typed[found.end() :]
        is_apart = not rest or not rest[0].isdigit() or not found[0][-1].isdigit()
        time_of_day, clock = _time(rest.lstrip(" t,、の"), text, town)
        if not is_apart:
            break
        on = _day(found, text, clock, tense)
        if any(weekday != on.weekday() for weekday in weekdays):
            read = (written.of_day(on, "ja"), written.of_day(on, "en"))
            raise TypedDateError(DateFault.WRONG_WEEKDAY, text, read=read)
        return _Found(day=on, time=time_of_day, clock=clock)
    if not typed or weekdays:
        raise TypedDateError(DateFault.UNREADABLE, text)
    time_of_day, clock = _time(typed, text, town)
    return _Found(day=None, time=time_of_day, clock=clock)


def _without_weekdays(typed: str) -> tuple[str, list[int]]:
    """Return the text without weekdays, and which they were, from Monday as 0."""
    weekdays = []
    for found in _WEEKDAY.finditer(typed):
        ja = found[1] or found[2]
        english = [name.lower() for name in written.WEEKDAYS_EN]
        weekdays.append(written.WEEKDAYS_JA.index(ja) if ja else english.index(found[3]))
    return " ".join(_WEEKDAY.sub(" ", typed).split()), weekdays


def _is_date(found: re.Match[str]) -> bool:
    """Whether the word of a match is a month's name."""
    month = found.groupdict().get("month")
    return month is None or month in _MONTH_NAMES


def _day(found: re.Match[str], text: str, clock: TownClock, tense: Tense) -> date:
    parts = {name: value for name, value in found.groupdict().items() if value is not None}
    if tense is Tense.WHOLE and parts.keys() & {"word", "ago"}:
        raise TypedDateError(DateFault.YEAR_NEEDED, text)
    if "word" in parts:
        return clock.today + timedelta(days=_DAYS_FROM_TODAY[parts["word"]])
    if "ago" in parts:
        if int(parts["ago"]) > DAYS_AGO_MAX:
            raise TypedDateError(DateFault.UNREADABLE, text)
        return clock.today - timedelta(days=int(parts["ago"]))
    month = _MONTHS[parts["month"][:3]] if "month" in parts else int(parts.get("m", 0))
    of_month = int(parts["d"])
    if "era" in parts:
        return _era_day(parts["era"], parts["e"], (month, of_month), text)
    if "y" in parts:
        if int(parts["y"]) not in YEARS:
            raise TypedDateError(DateFault.YEAR_OUT_OF_RANGE, text)
        return _calendar(int(parts["y"]), month, of_month, text)
    if tense in {Tense.PLANNED, Tense.WHOLE}:
        raise TypedDateError(DateFault.YEAR_NEEDED, text)
    return _latest(month, of_month, text, clock.today)


def _era_day(era: str, year: str, month_and_day: tuple[int, int], text: str) -> date:
    first, last = ERAS[_ERA_OF.get(era, era)]
    number = 1 if year == "元" else int(year)
    on = _calendar(first.year + number - 1, *month_and_day, text)
    if number < 1 or not first <= on <= last:
        raise TypedDateError(DateFault.OTHER_ERA, text)
    if on.year not in YEARS:
        raise TypedDateError(DateFault.YEAR_OUT_OF_RANGE, text)
    return on


def _latest(month: int, of_month: int, text: str, today: date) -> date:
    """Return the latest such day that has been; of a day alone (month 0), this month's or last's.

    What the calendar lacks in that year or month is not looked for further back: it was mistyped.
    """
    if month:
        on_or_after = (month, of_month) > (today.month, today.day)
        return _calendar(today.year - on_or_after, month, of_month, text)
    if of_month <= today.day:
        return _calendar(today.year, today.month, of_month, text)
    before = today.replace(day=1) - timedelta(days=1)
    return _calendar(before.year, before.month, of_month, text)


def _calendar(year: int, month: int, of_month: int, text: str) -> date:
    try:
        return date(year, month, of_month)
    except ValueError:
        raise TypedDateError(DateFault.NO_SUCH_DAY, text) from None


def _time(rest: str, text: str, town: TownClock) -> tuple[tuple[int, int, int] | None, TownClock]:
    """Return a time of day and the clock that it is of."""
    if not rest:
        return None, town
    zone = next((one for one in _ZONE.finditer(rest) if one.end() == len(rest)), None)
    clock = town if zone is None else town.in_zone(_offset_minutes(zone, text))
    rest = rest[: zone.start()].strip() if zone else rest
    if rest in _NOON_WORDS:
        return (NOON, 0, 0), clock
    found = _TIME.fullmatch(rest)
    half = (found["half"] or found["half_after"] or "").replace(".", "") if found else ""
    if found is None or not (half or found["ja"] or found["m"]):
        raise TypedDateError(DateFault.UNREADABLE, text)
    if found["half"] and found["half_after"]:
        raise TypedDateError(DateFault.UNREADABLE, text)
    minute = 30 if found["ja_half"] else int(found["m"] or found["ja_m"] or 0)
    second = int(found["s"] or found["ja_s"] or 0)
    hour = _hour(int(found["h"]), half, text)
    if hour > 23 or minute > 59 or second > 59:
        raise TypedDateError(DateFault.NO_SUCH_TIME, text)
    return (hour, minute, second), clock


def _hour(hour: int, half: str, text: str) -> int:
    """Return the hour of the day, 0 to 23."""
    if not half:
        return hour
    if hour > NOON or (half in {"am", "pm"} and hour == 0):
        raise TypedDateError(DateFault.NO_SUCH_TIME, text)
    if hour == NOON and half in {"午前", "午後"}:
        raise TypedDateError(DateFault.WHICH_HALF, text)  # by law noon, on clocks midnight
    return hour % NOON + (NOON if half in {"午後", "pm"} else 0)


def _offset_minutes(zone: re.Match[str], text: str) -> int:
    if zone["utc"]:
        return 0
    if zone["jst"]:
        return 9 * 60
    hours, minutes = int(zone[4]), int(zone[5] or 0)
    if hours > 14 or minutes > 59:
        raise TypedDateError(DateFault.NO_SUCH_TIME, text)
    return (hours * 60 + minutes) * (-1 if zone["sign"] == "-" else 1)
