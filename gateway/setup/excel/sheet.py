"""One sheet of a workbook, read as a stream: cells by row and place, merges, what is hidden."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from gateway.setup.excel import formats
from gateway.setup.excel.formats import GENERAL
from gateway.setup.excel.markup import Attributes, is_true, parse, unescaped
from gateway.setup.excel.package import MIB, PART_BYTES_MAX, Package, SheetPart, Text, too_large
from gateway.setup.faults import CellError, FaultKind
from gateway.setup.shown import Cell, is_blank

RawCell: TypeAlias = Cell | CellError

ROWS_MAX: Final = 100_000  # of a sheet
COLUMNS_MAX: Final = 64
LETTERS_MAX: Final = 3  # Excel ends at XFD
CELLS_MAX: Final = 1_500_000  # and rows and merges that are looked at

# A million rows that somebody has coloured or framed have a million elements and nothing in them.
# They go before they are parsed: whole rows that say which they are, so that the others need not.
_BLANK_ROW: Final = re.compile(
    rb"<(?:\w+:)?row\s(?=[^<>]*\br=)[^<>]*"
    rb"(?:/>|>\s*(?:<(?:\w+:)?c(?:\s[^<>]*)?(?:/>|>\s*</(?:\w+:)?c>)\s*)*</(?:\w+:)?row>)",
    re.ASCII,
)
_REFERENCE: Final = re.compile("([A-Z]{1,3})([0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A merged range; rows from 1, the place from 0."""

    place: int
    first_row: int
    last_row: int


@dataclass(slots=True)
class Sheet:
    """What stands in a sheet. Rows count from 1, as Excel shows them; places from 0."""

    cells: dict[int, dict[int, RawCell]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_places: set[int] = field(default_factory=set)


class _PlaceMissingError(Exception):
    """A row does not say where it stands: no blank one before it may be left out."""


def read_sheet(package: Package, part: SheetPart, *, rows_max: int | None = None) -> Sheet:
    """Return a sheet, or of one that is only looked at, its first rows.

    Raises:
        WorkbookError: It is too large.
        Exception: One of `package.DAMAGE`.
    """
    try:
        with contextlib.closing(package.stream(part.part)) as chunks:
            return _Reader(package, rows_max).read(_filled(chunks))
    except _PlaceMissingError:
        with contextlib.closing(package.stream(part.part)) as chunks:
            return _Reader(package, rows_max, is_whole=True).read(chunks)


def place_of(letters: str) -> int:
    """Return the place of a column: 0 of A, 26 of AA; a `ValueError` beyond three letters."""
    if len(letters) > LETTERS_MAX:
        raise ValueError(letters[:LETTERS_MAX])
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _filled(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a sheet's XML without blank rows; those across two chunks may stay."""
    is_plain = True
    for chunk in chunks:
        is_plain = is_plain and b"<![CDATA[" not in chunk and b"<!--" not in chunk
        yield _BLANK_ROW.sub(b"", chunk) if is_plain else chunk


class _EnoughError(Exception):
    """As many rows are read as were asked for."""


class _Reader:
    def __init__(self, package: Package, rows_max: int | None, *, is_whole: bool = False) -> None:
        self._package = package
        self._rows_max = rows_max
        self._is_whole = is_whole
        self._sheet = Sheet()
        self._text = Text()
        self._row = 0
        self._place = -1
        self._count = 0
        self._kept = 0
        self._kind = "n"
        self._style = 0
        self._value: list[str] = []
        self._is_value = False
        self._has_formula = False
        self._is_cell = False

    def read(self, chunks: Iterator[bytes]) -> Sheet:
        starts = {
            **self._text.starts,
            "row": self._begin_row,
            "c": self._begin_cell,
            "v": self._begin_value,
            "f": self._formula,
            "mergeCell": self._merge,
            "col": self._column,
        }
        ends = {**self._text.ends, "c": self._end_cell, "v": self._end_value}
        with contextlib.suppress(_EnoughError):
            parse(chunks, starts=starts, ends=ends, text=self._add)
        return self._sheet

    def _begin_row(self, attributes: Attributes) -> None:
        named = attributes.get("r")
        if named is None and not self._is_whole:
            raise _PlaceMissingError
        self._row = self._row + 1 if named is None else int(named)
        self._place = -1
        self._look()
        is_flat = attributes.get("ht") == "0"
        if is_true(attributes.get("hidden")) or is_flat:
            self._sheet.hidden_rows.add(self._row)

    def _look(self) -> None:
        self._count += 1
        if self._count > CELLS_MAX:
            raise too_large(f"{CELLS_MAX:,}")

    def _begin_cell(self, attributes: Attributes) -> None:
        self._look()
        named = attributes.get("r")
        letters = "" if named is None else named.rstrip("0123456789")
        self._place = place_of(letters) if letters else self._place + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._has_formula = False
        self._is_cell = True
        self._value.clear()
        self._text.take()

    def _begin_value(self, _attributes: Attributes) -> None:
        self._is_value = self._is_cell

    def _end_value(self) -> None:
        self._is_value = False

    def _formula(self, _attributes: Attributes) -> None:
        self._has_formula = True

    def _add(self, text: str) -> None:
        if self._is_value:
            self._keep(len(text))
            self._value.append(text)
        else:
            self._text.add(text)

    def _keep(self, characters: int) -> None:
        """Count what the cells themselves hold; shared strings are bounded where they are read."""
        self._kept += characters
        if self._kept > PART_BYTES_MAX:
            raise too_large(f"{PART_BYTES_MAX // MIB} MiB")

    def _end_cell(self) -> None:
        self._is_cell = False
        cell = self._cell()
        if self._place >= COLUMNS_MAX or (not isinstance(cell, CellError) and is_blank(cell)):
            return
        if self._row > ROWS_MAX:
            raise too_large(f"{ROWS_MAX:,}")
        self._sheet.cells.setdefault(self._row, {})[self._place] = cell
        if self._rows_max is not None and len(self._sheet.cells) >= self._rows_max:
            raise _EnoughError

    def _cell(self) -> RawCell:
        value = "".join(self._value)
        kind = self._kind
        if kind == "e":
            return CellError(FaultKind.FORMULA_BROKEN, value=value)
        if kind == "inlineStr":
            text = self._text.take()
            self._keep(len(text))
            return text
        if not value:
            # A text that a formula left empty is there; a number is not.
            is_missing = self._has_formula and kind != "str"
            return CellError(FaultKind.FORMULA_NOT_CALCULATED) if is_missing else None
        return self._stored(value)

    def _stored(self, value: str) -> RawCell:
        match self._kind:
            case "s":
                return self._package.strings[int(value)]
            case "str":
                return unescaped(value)
            case "b":
                return is_true(value.strip())
            case "d":
                return _date(value)
            case _:
                return self._number(value)

    def _number(self, text: str) -> RawCell:
        found = formats.number(text)
        if found is None:
            return CellError(FaultKind.BAD_NUMBER, value=text[:40])
        codes = self._package.formats
        code = codes[self._style] if self._style < len(codes) else GENERAL
        return formats.read(found, code, is_1904=self._package.is_1904)

    def _merge(self, attributes: Attributes) -> None:
        self._look()
        found = _REFERENCE.findall(attributes["ref"].replace("$", ""))
        if len(found) == 2:
            (first, top), (_, bottom) = found
            merge = Merge(place=place_of(first), first_row=int(top), last_row=int(bottom))
            self._sheet.merges.append(merge)

    def _column(self, attributes: Attributes) -> None:
        self._look()
        is_narrow = float(attributes.get("width", "1")) == 0
        if is_true(attributes.get("hidden")) or is_narrow:
            first, last = int(attributes["min"]), min(int(attributes["max"]), COLUMNS_MAX)
            self._sheet.hidden_places |= set(range(first - 1, last))


def _date(text: str) -> Cell:
    try:
        found = datetime.fromisoformat(text.strip().removesuffix("Z"))
    except ValueError:
        return text
    return found.replace(tzinfo=None)
