"""What a person types into a cell, read and normalised before anything is signed.

A reader takes the cell's plain value (text, number, date, truth) and returns what it means, or
raises `CellError`. Codes and numbers are taken in any width (NFKC); of names only half-width kana
are widened, as NFKC would change the very characters of some names (神 of two forms, ①, ㈱).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, TypeAlias
from unicodedata import category, normalize

from chaincode.base import canonical
from chaincode.base.errors import FaultError
from gateway.setup.faults import CellError, FaultKind

Cell: TypeAlias = str | int | float | bool | datetime | date | None

NAME_CHARACTERS_MAX: Final = 80
MINUTES_LEAST, MINUTES_MOST = -720, 840
GRAMS_MOST: Final = 1_000_000_000
AREA_MOST_M2: Final = 1_000_000_000
SHOWN_CHARACTERS_MAX: Final = 40  # of a wrong value, in a message

_HALF_WIDTH_KANA: Final = re.compile("[\uff61-\uff9f]+")
_VOICED_KANA: Final = re.compile("[\u3041-\u30ff][\u3099\u309a]")
_FULL_WIDTH: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")  # digits, letters
# Every dash that a Japanese keyboard or an old code page leaves between digits: hyphens, minus
# signs, lines; after NFKC, the long vowel too.
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\u2500\u30fc\ufe63]")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_WORD: Final = re.compile("[a-z][a-z0-9_-]{0,31}", re.ASCII)
_MSP: Final = re.compile("[A-Za-z][A-Za-z0-9]{1,31}", re.ASCII)
_AREA_CODE: Final = re.compile("[0-9A-Z]{1,8}(?:-[A-Z][0-9A-Z]{0,7}){0,3}", re.ASCII)
_LEDGER: Final = re.compile("[0-9a-f]{64}", re.ASCII)
_PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]", re.ASCII)
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
_OFFSET: Final = re.compile(r"(?:UTC)?([+-]?)([0-9]{1,2})(?::?([0-9]{2}))?(?:時間)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?", re.ASCII)
_MASS: Final = re.compile(r"([0-9,.]+) ?(kg|g|キロ|キログラム|グラム)?", re.ASCII | re.IGNORECASE)
_DATE: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.ASCII)
_DATE_PLAIN: Final = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_ERA_DATE: Final = re.compile(
    r"(令和|平成|R|H)([0-9]{1,2}|元)[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?",
    re.ASCII | re.IGNORECASE,
)
_ERAS: Final = {  # first and last day, by law
    "令和": (date(2019, 5, 1), date.max),
    "平成": (date(1989, 1, 8), date(2019, 4, 30)),
}
_ERA_OF: Final = {"R": "令和", "H": "平成"}
_TWELVE: Final = re.compile(r"(?<![0-9])[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])", re.ASCII)
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


def plain(cell: Cell) -> str:
    """Return a cell as text in NFKC, with single blanks and none around; blank is empty."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # Excel has no whole numbers: 12 is stored as 12.0
    return " ".join(normalize("NFKC", str(cell)).split())


def shown(cell: Cell) -> str:
    """Return a wrong value as a message repeats it."""
    return plain(cell)[:SHOWN_CHARACTERS_MAX]


def name(cell: Cell) -> str:
    """Read a name or other text of a person: kept as written, but for half-width kana.

    Raises:
        CellError: `TOO_LONG`, `BAD_CHARACTER` or `MY_NUMBER`.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = _HALF_WIDTH_KANA.sub(lambda kana: normalize("NFKC", kana[0]), str(cell))
    text = _VOICED_KANA.sub(lambda kana: normalize("NFC", kana[0]), text)  # as macOS types it
    text = " ".join(text.split())
    if len(text) > NAME_CHARACTERS_MAX:
        raise CellError(FaultKind.TOO_LONG, limit=str(NAME_CHARACTERS_MAX))
    for char in text:
        if category(char) in {"Cc", "Cf", "Co", "Cs"} or char == "\ufffd":
            raise CellError(FaultKind.BAD_CHARACTER, value=f"U+{ord(char):04X}")
    if has_my_number(text):
        raise CellError(FaultKind.MY_NUMBER)
    return text


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
    return name(normalize("NFKC", str(cell))).translate(katakana_to_hiragana)


def has_my_number(text: str) -> bool:
    """Whether a text has 12 digits whose last checks the others (番号法総務省令 第5条)."""
    for found in _TWELVE.findall(_DASHES.sub("-", normalize("NFKC", text))):
        digits = [int(char) for char in found if char.isdigit()]
        weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = sum(digit * weight for digit, weight in zip(digits[:11], weights, strict=True)) % 11
        if digits[11] == (0 if rest <= 1 else 11 - rest):
            return True
    return False


def _pattern(
    pattern: re.Pattern[str], kind: FaultKind, *, change: Callable[[str], str] = str
) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = change(_DASHES.sub("-", plain(cell)))
        if not pattern.fullmatch(text):
            raise CellError(kind, value=shown(cell))
        return text

    return read


code = _pattern(_CODE, FaultKind.BAD_CODE)
word = _pattern(_WORD, FaultKind.BAD_WORD, change=str.lower)
msp = _pattern(_MSP, FaultKind.BAD_MSP)
area_code = _pattern(_AREA_CODE, FaultKind.BAD_AREA_CODE, change=str.upper)
ledger = _pattern(_LEDGER, FaultKind.BAD_LEDGER, change=str.lower)
phone = _pattern(_PHONE, FaultKind.BAD_PHONE)
address = _pattern(_ADDRESS, FaultKind.BAD_ADDRESS, change=lambda text: text.rstrip("/"))


def words(labels: Mapping[str, str]) -> Callable[[Cell], tuple[str, ...]]:
    """Return a reader of several words between commas; `labels` are their Japanese names."""
    one = word_or_label(labels)

    def read(cell: Cell) -> tuple[str, ...]:
        parts = [part for part in re.split("[,、;・/ ]", plain(cell)) if part]
        return tuple(dict.fromkeys(one(part) for part in parts))

    return read


def word_or_label(labels: Mapping[str, str]) -> Callable[[Cell], str]:
    """Return a reader of a word, or of the Japanese name that `labels` has for it."""
    by_label = {plain(ja): english for english, ja in labels.items()}

    def read(cell: Cell) -> str:
        return by_label.get(plain(cell)) or word(cell)

    return read


def choice(labels: Mapping[str, str]) -> Callable[[Cell], str]:
    """Return a reader of one of a few values, by its English or Japanese word."""
    by_text = {plain(ja): english for english, ja in labels.items()}
    by_text.update({english: english for english in labels})

    def read(cell: Cell) -> str:
        found = by_text.get(plain(cell)) or by_text.get(plain(cell).lower())
        if found is None:
            raise CellError(
                FaultKind.BAD_CHOICE, value=shown(cell), choices="、".join(labels.values())
            )
        return found

    return read


def number(least: int, most: int, *, places: int = 0) -> Callable[[Cell], int]:
    """Return a reader of a number; with `places`, of that many decimals, times 10 to their power.

    A percent sign is passed over.
    """
    scale = 10**places

    def read(cell: Cell) -> int:
        text = plain(cell).removesuffix("%").strip()
        value = _decimal(_DASHES.sub("-", text)) if not isinstance(cell, bool) else None
        if value is None or value * scale != int(value * scale):
            raise CellError(FaultKind.BAD_NUMBER, value=shown(cell))
        if not least <= value <= most:
            raise CellError(
                FaultKind.NUMBER_OUT_OF_RANGE, value=shown(cell), least=str(least), most=str(most)
            )
        return int(value * scale)

    return read


def grams(cell: Cell) -> int:
    """Read a mass in whole grams: 150, 150g, 1.5kg."""
    found = _MASS.fullmatch(plain(cell))
    value = _decimal(found[1]) if found else None
    if found is None or value is None or isinstance(cell, bool):
        raise CellError(FaultKind.BAD_MASS, value=shown(cell))
    unit = (found[2] or "g").lower()
    in_grams = value * (1_000 if unit in {"kg", "キロ", "キログラム"} else 1)
    if in_grams != int(in_grams) or not 1 <= in_grams <= GRAMS_MOST:
        raise CellError(FaultKind.BAD_MASS, value=shown(cell))
    return int(in_grams)


def area_text(cell: Cell) -> str:
    """Read an area that may still lack its unit; `area_m2` reads the rest."""
    text = plain(cell).replace("㎡", "m2").replace("m^2", "m2")
    rest = _AREA_TERM.sub("", text).strip()
    bare = _decimal(rest) if rest == text else None  # a number without its unit
    if isinstance(cell, bool) or (rest and (bare is None or bare <= 0)):
        raise CellError(FaultKind.BAD_AREA, value=shown(cell))
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
    """Read the town's offset from UTC, in minutes: +9:00, 9, -3:30."""
    text = _DASHES.sub("-", plain(cell)).replace(" ", "")
    found = _OFFSET.fullmatch(text)
    if not found:
        raise CellError(FaultKind.BAD_OFFSET, value=shown(cell))
    minutes = 60 * int(found[2]) + int(found[3] or 0)
    minutes = -minutes if found[1] == "-" else minutes
    if not MINUTES_LEAST <= minutes <= MINUTES_MOST or int(found[3] or 0) > 59:
        raise CellError(FaultKind.BAD_OFFSET, value=shown(cell))
    return minutes


def day(cell: Cell) -> str:
    """Read a date as `YYYY-MM-DD`: Excel's own, or written in either calendar."""
    found = _date(cell)
    if found is None:
        raise CellError(FaultKind.BAD_DATE, value=shown(cell))
    if not 2000 <= found.year <= 2099:
        raise CellError(FaultKind.DATE_OUT_OF_RANGE, value=shown(cell))
    return found.isoformat()


def _date(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = plain(cell).replace(" ", "")
    if text.isdigit() and int(text) in _EXCEL_DAYS:  # a date whose cell has a number's format
        return date(1899, 12, 30) + timedelta(days=int(text))
    era = _ERA_DATE.fullmatch(text)
    if era:
        return _era_date(era)
    western = _DATE.fullmatch(text) or _DATE_PLAIN.fullmatch(text)
    return _calendar(western[1], western[2], western[3]) if western else None


def _era_date(found: re.Match[str]) -> date | None:
    first, last = _ERAS[_ERA_OF.get(found[1].upper(), found[1])]
    number_of_year = 1 if found[2] == "元" else int(found[2])
    day_of = _calendar(str(first.year + number_of_year - 1), found[3], found[4])
    return day_of if day_of is not None and first <= day_of <= last else None


def _calendar(year: str, month: str, day_of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None


def _decimal(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def labelled(labels: Mapping[str, str], values: Sequence[str]) -> str:
    """Return words as a Japanese reader knows them, between commas."""
    return "、".join(labels.get(value, value) for value in values)
