"""What a person types into a cell, read and normalised before anything is signed.

A reader takes what a cell shows (`shown`: text, number, date, time, truth) and returns what it
means, or raises `CellError`. Codes and numbers are taken in any width (NFKC); of names only
half-width kana are widened, as NFKC would change the very characters of some names (神 of two
forms, ①, ㈱). A date, a time or a truth where a text or a number belongs is refused, and so is a
number whose cell shows other digits than it holds: nobody guesses what was meant.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final
from unicodedata import category, normalize

from chaincode.base import canonical
from chaincode.base.errors import FaultError
from gateway.setup.faults import CellError, FaultKind
from gateway.setup.shown import (
    Cell,
    Shown,
    code_of,
    digits_of,
    in_message,
    is_number,
    plain,
    text_of,
)
from gateway.town.other_crops import is_other
from gateway.typed import DateFault, TypedDateError, dates, phones
from gateway.typed.characters import dashes
from gateway.typed.my_number import has_my_number

NAME_CHARACTERS_MAX: Final = 80
MINUTES_LEAST, MINUTES_MOST = -720, 840
GRAMS_MOST: Final = 1_000_000_000
AREA_MOST_M2: Final = 1_000_000_000

_HALF_WIDTH_KANA: Final = re.compile("[\uff61-\uff9f]+")
_VOICED_KANA: Final = re.compile("[\u3041-\u30ff][\u3099\u309a]")
_FULL_WIDTH: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")  # digits, letters
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_WORD: Final = re.compile("[a-z][a-z0-9_-]{0,31}", re.ASCII)
_MSP: Final = re.compile("[A-Za-z][A-Za-z0-9]{1,31}", re.ASCII)
_AREA_CODE: Final = re.compile("[0-9A-Z]{1,8}(?:-[A-Z][0-9A-Z]{0,7}){0,3}", re.ASCII)
_LEDGER: Final = re.compile("[0-9a-f]{64}", re.ASCII)
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
_OFFSET: Final = re.compile(r"(?:UTC)?([+-]?)([0-9]{1,2})(?::?([0-9]{2}))?(?:時間)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?", re.ASCII)
_MASS: Final = re.compile(r"([0-9,.]+) ?(kg|g|キロ|キログラム|グラム)?", re.ASCII | re.IGNORECASE)
_EXCEL_DAYS: Final = range(36_526, 73_051)  # 2000 to 2099, in Excel's count of days from 1900

_TAN: Final = Fraction(120_000, 121)  # one 反 is 300 坪, one 坪 400/121 m² (計量単位令)
_M2: Final = {
    "m2": Fraction(1),
    "平米": Fraction(1),
    "平方メートル": Fraction(1),
    "a": Fraction(100),
    "アール": Fraction(100),
    "ha": Fraction(10_000),
    "ヘクタール": Fraction(10_000),
    "坪": _TAN / 300,
    "畝": _TAN / 10,
    "反": _TAN,
    "反歩": _TAN,
    "町": _TAN * 10,
    "町歩": _TAN * 10,
}
_AREA_TERM: Final = re.compile(
    r"([0-9][0-9,.]*) ?(m2|平米|平方メートル|ha|a|アール|ヘクタール|坪|畝|反歩|反|町歩|町)",
    re.ASCII | re.IGNORECASE,
)


def name(cell: Cell) -> str:
    """Read a name or other text of a person: kept as written, but for half-width kana.

    Raises:
        CellError: `TOO_LONG`, `BAD_CHARACTER`, `MY_NUMBER`, or as `text_of` does.
    """
    text = _HALF_WIDTH_KANA.sub(lambda kana: normalize("NFKC", kana[0]), text_of(cell))
    text = _VOICED_KANA.sub(lambda kana: normalize("NFC", kana[0]), text)  # as macOS types it
    text = " ".join(text.split())
    if len(text) > NAME_CHARACTERS_MAX:
        raise CellError(FaultKind.TOO_LONG, limit=str(NAME_CHARACTERS_MAX))
    _check_characters(text)
    if has_my_number(text):
        raise CellError(FaultKind.MY_NUMBER)
    return text


def _check_characters(text: str) -> None:
    for char in text:
        if category(char) in {"Cc", "Cf", "Co", "Cs"} or char == "\ufffd":
            raise CellError(FaultKind.BAD_CHARACTER, value=f"U+{ord(char):04X}")


def title(cell: Cell) -> str:
    """Read a title that an organisation publishes on the ledger: only what the contract takes."""
    text = normalize("NFC", _FULL_WIDTH.sub(lambda wide: normalize("NFKC", wide[0]), name(cell)))
    try:
        canonical.decode_canonical(canonical.encode([text]))
    except FaultError as fault:
        raise CellError(FaultKind.BAD_CHARACTER, value=fault.code) from None
    return text


def reading(cell: Cell) -> str:
    """Read how a name is spoken: in hiragana, whichever kana it was typed in."""
    katakana_to_hiragana = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
    return name(normalize("NFKC", text_of(cell))).translate(katakana_to_hiragana)


def _pattern(
    pattern: re.Pattern[str], kind: FaultKind, *, change: Callable[[str], str] = str
) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = change(dashes(code_of(cell)))
        if not pattern.fullmatch(text):
            raise CellError(kind, value=in_message(cell))
        return text

    return read


code = _pattern(_CODE, FaultKind.BAD_CODE)
word = _pattern(_WORD, FaultKind.BAD_WORD, change=str.lower)


def crop(cell: Cell) -> str:
    """Return the code of a crop: a word, and none of those for crops without a name."""
    text = word(cell)
    if is_other(text):
        raise CellError(FaultKind.RESERVED_WORD, value=text)
    return text


msp = _pattern(_MSP, FaultKind.BAD_MSP)
area_code = _pattern(_AREA_CODE, FaultKind.BAD_AREA_CODE, change=str.upper)
ledger = _pattern(_LEDGER, FaultKind.BAD_LEDGER, change=str.lower)
address = _pattern(_ADDRESS, FaultKind.BAD_ADDRESS, change=lambda text: text.rstrip("/"))


def phone(cell: Cell) -> str:
    """Read one or more telephone numbers, with what is around them; `gateway.typed.phones`."""
    text = dashes(code_of(cell))
    if len(text) > NAME_CHARACTERS_MAX:
        raise CellError(FaultKind.TOO_LONG, limit=str(NAME_CHARACTERS_MAX))
    _check_characters(text)
    if is_number(cell) and re.search("[0-9]", text) and not re.match("[^0-9]*0", text):
        raise CellError(FaultKind.PHONE_LOST_ZERO, value=in_message(cell))
    try:
        phones.numbers(text)
    except phones.ZeroLostError:
        raise CellError(FaultKind.PHONE_LOST_ZERO, value=in_message(cell)) from None
    except phones.PhoneError:
        raise CellError(FaultKind.BAD_PHONE, value=in_message(cell)) from None
    return text


def words(labels: Mapping[str, str]) -> Callable[[Cell], tuple[str, ...]]:
    """Return a reader of several words between commas; `labels` are their Japanese names."""
    one = choice(labels)

    def read(cell: Cell) -> tuple[str, ...]:
        parts = [part for part in re.split("[,、;・/ ]", code_of(cell)) if part]
        return tuple(dict.fromkeys(one(part) for part in parts))

    return read


def choice(labels: Mapping[str, str]) -> Callable[[Cell], str]:
    """Return a reader of one of a few values, by its English or Japanese word."""
    by_text = {plain(ja): english for english, ja in labels.items()}
    by_text.update({english: english for english in labels})

    def read(cell: Cell) -> str:
        text = code_of(cell)
        found = by_text.get(text) or by_text.get(dashes(text).lower())
        if found is None:
            raise CellError(
                FaultKind.BAD_CHOICE, value=in_message(cell), choices=labelled(labels, labels)
            )
        return found

    return read


def number(
    least: int, most: int, *, places: int = 0, is_percent: bool = False
) -> Callable[[Cell], int]:
    """Return a reader of a number; with `places`, of that many decimals, times 10 to their power.

    Of a percentage, the sign may stand or not: 50, 50%.
    """
    scale = 10**places

    def read(cell: Cell) -> int:
        text = dashes(digits_of(cell))
        value = _decimal(text.removesuffix("%").strip() if is_percent else text)
        scaled = Fraction(0) if value is None else Fraction(value) * scale
        if value is None or scaled.denominator != 1:
            raise CellError(FaultKind.BAD_NUMBER, value=in_message(cell))
        if not least <= value <= most:
            raise CellError(
                FaultKind.NUMBER_OUT_OF_RANGE,
                value=in_message(cell),
                least=str(least),
                most=str(most),
            )
        return int(scaled)

    return read


def grams(cell: Cell) -> int:
    """Read a mass in whole grams: 150, 150g, 1.5kg."""
    found = _MASS.fullmatch(digits_of(cell))
    value = _decimal(found[1]) if found else None
    if found is None or value is None:
        raise CellError(FaultKind.BAD_MASS, value=in_message(cell))
    unit = (found[2] or "g").lower()
    in_grams = Fraction(value) * (1_000 if unit in {"kg", "キロ", "キログラム"} else 1)
    if in_grams.denominator != 1 or not 1 <= in_grams <= GRAMS_MOST:
        raise CellError(FaultKind.BAD_MASS, value=in_message(cell))
    return int(in_grams)


def area_text(cell: Cell) -> str:
    """Read an area that may still lack its unit; `area_m2` reads the rest."""
    text = digits_of(cell).replace("㎡", "m2").replace("m^2", "m2")
    rest = _AREA_TERM.sub("", text).strip()
    bare = _decimal(rest) if rest == text else None  # a number without its unit
    if rest and (bare is None or bare <= 0):
        raise CellError(FaultKind.BAD_AREA, value=in_message(cell))
    return text


def area_m2(text: str, unit: str) -> int:
    """Return whole square metres, half rounded up.

    Args:
        text: From `area_text`.
        unit: From the column for it; used where `text` is a bare number.

    Raises:
        CellError: There is no unit, or the area is nothing or too large.
    """
    if _decimal(text) is not None:
        if not unit:
            raise CellError(FaultKind.AREA_WITHOUT_UNIT, value=text)
        text += unit
    total = Fraction(0)
    for amount, named in _AREA_TERM.findall(text):
        value = _decimal(amount)
        if value is None:
            raise CellError(FaultKind.BAD_AREA, value=text)
        total += Fraction(value) * _M2[named.lower()]
    rounded = int(total + Fraction(1, 2))
    if not 1 <= rounded <= AREA_MOST_M2:
        raise CellError(FaultKind.BAD_AREA, value=text)
    return rounded


def offset_minutes(cell: Cell) -> int:
    """Read the town's offset from UTC, in minutes: +9:00, 9, -3:30.

    A spreadsheet takes +9:00 for a time of day, and shows 9:00.
    """
    if isinstance(cell, time | timedelta):
        cell = ":".join(str(cell).split(":")[:2])
    text = dashes(digits_of(cell)).replace(" ", "")
    found = _OFFSET.fullmatch(text)
    if not found:
        raise CellError(FaultKind.BAD_OFFSET, value=in_message(cell))
    minutes = 60 * int(found[2]) + int(found[3] or 0)
    minutes = -minutes if found[1] == "-" else minutes
    if not MINUTES_LEAST <= minutes <= MINUTES_MOST or int(found[3] or 0) > 59:
        raise CellError(FaultKind.BAD_OFFSET, value=in_message(cell))
    return minutes


def day(cell: Cell) -> str:
    """Read a date as `YYYY-MM-DD`: a spreadsheet's own, or written with its year (`typed.dates`).

    A time of day beside it is passed over.
    """
    try:
        found = _counted(cell) or dates.whole_day(plain(cell), may_have_time=True)
    except TypedDateError as error:
        is_far = error.kind is DateFault.YEAR_OUT_OF_RANGE
        kind = FaultKind.DATE_OUT_OF_RANGE if is_far else FaultKind.BAD_DATE
        raise CellError(kind, value=in_message(cell)) from None
    if found.year not in dates.YEARS:
        raise CellError(FaultKind.DATE_OUT_OF_RANGE, value=in_message(cell))
    return found.isoformat()


def _counted(cell: Cell) -> date | None:
    """Return the date that a spreadsheet counts in days, also where it shows the count."""
    digits_of(cell if isinstance(cell, Shown) else None)  # a day that is not shown
    if isinstance(cell, date):  # a datetime is one
        return cell.date() if isinstance(cell, datetime) else cell
    text = plain(cell)
    if not text.isdigit() or int(text) not in _EXCEL_DAYS:
        return None
    counted = date(1899, 12, 30) + timedelta(days=int(text))
    return cell.day if isinstance(cell, Shown) else counted


def _decimal(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


def labelled(labels: Mapping[str, str], values: Iterable[str]) -> str:
    """Return words in both languages, between commas."""
    both = ((labels.get(value, value), value) for value in values)
    return "、".join(" ".join(dict.fromkeys(one)) for one in both)
