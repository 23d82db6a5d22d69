"""What Excel shows of a number: a date, a time, or digits, by the cell's number format.

Source: ISO/IEC 29500-1 §18.8.30 (numFmts), its table of formats that are never written down, those
of Japanese Excel included, and §18.8.31 (the codes).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from gateway.setup.shown import Cell, Shown

GENERAL: Final = "General"
DIGITS: Final = 15  # significant ones that Excel keeps and shows
GENERAL_DIGITS: Final = 11  # of a whole number; more are shown as 1.2E+11
LAST_DAY: Final = 2_958_465  # 31 December 9999, counted from 1900
DAYS_TO_1904: Final = 1_462
LEAST, MOST = Decimal("1E-307"), Decimal("1.8E308")  # what a cell can hold

BUILT_IN: Final = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys((5, 6, 37, 38), "#,##0;-#,##0"),
    **dict.fromkeys((7, 8, 39, 40), "#,##0.00;-#,##0.00"),
    **dict.fromkeys((41, 42), "#,##0;-#,##0"),
    **dict.fromkeys((43, 44), "#,##0.00;-#,##0.00"),
    **dict.fromkeys((14, 15, 16, 22), "yyyy-mm-dd"),
    **dict.fromkeys((27, 28, 29, 30, 31, 35, 36), "yyyy-mm-dd"),  # Japanese calendars
    **dict.fromkeys((50, 51, 53, 54, 56, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((17, 34, 52, 55), "yyyy-mm"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), "h:mm:ss"),
    46: "[h]:mm:ss",
}

_SPOKEN: Final = re.compile(r'"[^"]*"|\\.|_.|\*.')  # literal text, gaps, fillings
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\[[^\]]*\]")
_TOKEN: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|[0#?]|General|E[+-]|.', re.IGNORECASE)
_NO_LETTERS: Final = re.compile("general|e[+-]")
_CONDITION: Final = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9.]+)\]")
_SCIENTIFIC_OR_FRACTION: Final = re.compile(r"E[+-]|[0#?] */ *[0-9?#]", re.IGNORECASE)


class FormatKind(StrEnum):
    """What a format makes of a number."""

    DIGITS = "digits"
    DATE = "date"
    TIME = "time"
    ELAPSED = "elapsed"


@lru_cache(maxsize=1_000)
def kind_of(code: str) -> FormatKind:
    """Return what a format makes of a number."""
    bare = _SPOKEN.sub("", sections(code)[0])
    if _ELAPSED.search(bare):
        return FormatKind.ELAPSED
    bare = _NO_LETTERS.sub("", _BRACKETS.sub("", bare).lower())
    bare = bare.replace("am/pm", "h").replace("a/p", "h")
    letters = set(bare) & set("ymdhsega")
    if not letters:
        return FormatKind.DIGITS
    return FormatKind.TIME if letters <= set("hms") and letters & set("hs") else FormatKind.DATE


def sections(code: str) -> list[str]:
    """Return the parts of a format for positive, negative, zero and text."""
    parts, part = [], ""
    for piece in _TOKEN.findall(code):
        if piece == ";":
            parts.append(part)
            part = ""
        else:
            part += piece
    return [*parts, part]


@lru_cache(maxsize=1_000)
def _shows_day(code: str) -> bool:
    bare = _BRACKETS.sub("", _SPOKEN.sub("", sections(code)[0]))
    return "d" in bare.lower() or not set(bare.lower()) & set("yge")


def number(text: str) -> Decimal | None:
    """Return what is stored, to the digits that Excel keeps; `None` for what is no number."""
    try:
        value = Context(prec=DIGITS, rounding=ROUND_HALF_UP).create_decimal(text.strip())
    except ArithmeticError:
        return None
    if not value.is_finite() or abs(value) > MOST:
        return None
    return value if abs(value) >= LEAST else Decimal(0)


def read(value: Decimal, code: str, *, is_1904: bool) -> Cell:
    """Return a number as its format shows it: a date, a time, or the digits."""
    kind = kind_of(code)
    if kind is FormatKind.DIGITS:
        text, is_exact = show(value, code)
        return Shown(value=value, text=text, is_exact=is_exact, day=_day(value, is_1904=is_1904))
    if kind is FormatKind.ELAPSED:
        return timedelta(seconds=_seconds(value)) if abs(value) <= LAST_DAY else "#####"
    if value < 1 and not (kind is FormatKind.DATE and is_1904):
        clock = _seconds(value) % 86_400
        is_clock = value >= 0 and kind is FormatKind.TIME
        return time(clock // 3600, clock // 60 % 60, clock % 60) if is_clock else "#####"
    day = _day(value, is_1904=is_1904)
    if day is None:
        return "#####"  # as Excel shows a date that there is none of
    if day.day != 1 and not _shows_day(code):
        shown = f"{day.year}-{day.month:02}"  # a day that nobody sees was hardly meant
        return Shown(value=value, text=shown, is_exact=False)
    seconds = _seconds(value % 1)
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001


def show(value: Decimal, code: str) -> tuple[str, bool]:
    """Return the digits that a format shows, and whether they are the whole number."""
    if code == "@":
        code = GENERAL
    section, is_signed = _section(value, sections(code))
    if "general" in _SPOKEN.sub("", section).lower():
        return _general(value, section)
    if _SCIENTIFIC_OR_FRACTION.search(_SPOKEN.sub("", section)):
        return f"{value:.5E}", False
    text, is_exact = _digits(abs(value), _TOKEN.findall(section))
    return ("-" if is_signed and value < 0 else "") + text, is_exact


def _day(value: Decimal, *, is_1904: bool) -> date | None:
    days = int(value) + (DAYS_TO_1904 if is_1904 else 0)
    return date(1899, 12, 30) + timedelta(days=days) if 1 <= days < LAST_DAY else None


def _seconds(value: Decimal) -> int:
    return int((value * 86_400).to_integral_value(ROUND_HALF_UP))


def _section(value: Decimal, parts: Sequence[str]) -> tuple[str, bool]:
    """Return the part that is for a value, and whether a minus sign is shown before it."""
    conditions = [_CONDITION.search(part) for part in parts[:2]]
    if any(conditions):
        for part, found in zip(parts, conditions, strict=False):
            if found is None or _holds(value, found[1], Decimal(found[2])):
                return part, True
        return parts[2] if len(parts) > 2 else parts[-1], True
    if value < 0 and len(parts) > 1:
        return parts[1], False
    if value == 0 and len(parts) > 2:
        return parts[2], False
    return parts[0], True


def _holds(value: Decimal, sign: str, than: Decimal) -> bool:
    return {
        "<": value < than,
        "<=": value <= than,
        ">": value > than,
        ">=": value >= than,
        "=": value == than,
        "<>": value != than,
    }[sign]


def _general(value: Decimal, section: str) -> tuple[str, bool]:
    around = [_literal(piece) for piece in _TOKEN.findall(section)]
    if value and value.adjusted() >= GENERAL_DIGITS:
        return f"{value:.5E}", False
    plain = format(value.normalize() if value else Decimal(0), "f")
    return "".join(plain if one is None else one for one in around), True


def _literal(token: str) -> str | None:
    """Return what a token says; `None` for a place of digits."""
    first = token[0]
    if token in {"0", "#", "?"} or token.lower() == "general":
        return None
    if first == '"':
        return token.strip('"')
    if first == "\\":
        return token[1:]
    if first == "[":
        return token[2:].split("-", maxsplit=1)[0].rstrip("]") if token.startswith("[$") else ""
    return {"_": " ", "*": ""}.get(first, token)


@dataclass(slots=True)
class _Places:
    """Where a format has its digits: indexes of tokens before and after the point."""

    whole: list[int]
    tenths: list[int]
    is_grouped: bool
    thousands: int  # commas at the end: each divides by 1000
    percents: int


def _places(tokens: Sequence[str]) -> _Places:
    point = tokens.index(".") if "." in tokens else len(tokens)
    at = [index for index, token in enumerate(tokens) if token in {"0", "#", "?"}]
    places = _Places(
        whole=[index for index in at if index < point],
        tenths=[index for index in at if index > point],
        is_grouped=False,
        thousands=0,
        percents=sum(piece == "%" for piece in tokens),
    )
    for index, piece in enumerate(tokens):
        if piece == "," and at and index > at[0]:
            if places.whole and index < places.whole[-1]:
                places.is_grouped = True
            elif index < point or index > at[-1]:
                places.thousands += 1
    return places


def _digits(value: Decimal, tokens: Sequence[str]) -> tuple[str, bool]:
    places = _places(tokens)
    scaled = value.scaleb(2 * places.percents - 3 * places.thousands)
    step = Decimal(1).scaleb(-len(places.tenths))
    rounded = scaled.quantize(step, ROUND_HALF_UP, Context(prec=1_000))
    is_exact = rounded == scaled and not places.thousands
    whole, _, tenths = format(rounded, "f").partition(".")
    said = [_literal(token) for token in tokens]
    for index, piece in enumerate(tokens):
        if piece == ",":
            said[index] = ""
    _fill_whole(said, tokens, places, whole.lstrip("0"))
    _fill_tenths(said, tokens, places, tenths)
    has_digits = bool(places.whole or places.tenths)
    return "".join(one or "" for one in said).strip(), is_exact and has_digits


def _fill_whole(
    said: list[str | None], tokens: Sequence[str], places: _Places, digits: str
) -> None:
    """Put digits from the right; the first place takes all that are left."""
    count = 0
    for order, index in enumerate(reversed(places.whole)):
        is_first = order == len(places.whole) - 1
        here = digits if is_first else digits[-1:]
        digits = "" if is_first else digits[:-1]
        here = here or {"0": "0", "?": " "}.get(tokens[index], "")
        text = ""
        for digit in reversed(here):
            comma = "," if places.is_grouped and count and count % 3 == 0 else ""
            text = digit + comma + text
            count += digit.isdigit()
        said[index] = text


def _fill_tenths(
    said: list[str | None], tokens: Sequence[str], places: _Places, digits: str
) -> None:
    last = len(digits.rstrip("0"))
    for order, index in enumerate(places.tenths):
        is_shown = order < last or tokens[index] == "0"
        said[index] = digits[order] if is_shown else ""
