"""From cells to rows: every fault is noted where it stands, and reading goes on."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from gateway.setup.cells import Grid, RawCell, read_grids
from gateway.setup.faults import CellError, Fault, FaultKind
from gateway.setup.schema import SHEETS
from gateway.setup.sheets import Book, Column, Sheet
from gateway.setup.shown import is_blank, is_number, plain

HEADING_ROWS_MAX: Final = 20
EXAMPLE: Final = ("例:", "example:")  # how the first cell of a template's example begins
HELP: Final = ("説明", "help")
RANGES_SHOWN: Final = 20
_ZERO_LED: Final = re.compile("0[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A cell that names a row of another sheet by its code."""

    sheet: Sheet
    row: int
    column: Column
    code: str


@dataclass(slots=True, kw_only=True)
class Reading:
    """A workbook as far as it could be read.

    Attributes:
        book: The rows without faults.
        faults: In the order of sheets and rows.
        codes: By sheet, every code that was read, also in rows with other faults.
        partial: Sheets of which a code may be missing in `codes`, for it could not be read.
        faulty: By sheet, the codes of rows with faults.
        references: Every one that was read, likewise.
        passed_over: Sheets and columns that nobody knows, as the workbook calls them.
        notes: What is no fault, and should be known: what is hidden.
    """

    book: Book
    faults: list[Fault]
    codes: Mapping[str, set[str]]
    partial: AbstractSet[str]
    faulty: Mapping[str, set[str]]
    references: Sequence[Reference]
    passed_over: Sequence[str]
    notes: Sequence[Fault]


@dataclass(slots=True, kw_only=True)
class _Findings:
    faults: list[Fault] = field(default_factory=list)
    codes: dict[str, set[str]] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)
    faulty: dict[str, set[str]] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def read_workbook(path: Path) -> Reading:
    """Read a workbook.

    Raises:
        WorkbookError: It can't be opened at all.
        OSError: The file can't be read.
    """
    grids = read_grids(path, is_wanted=_is_known)
    found = _Findings()
    rows: dict[str, Any] = {}
    taken: set[str] = set()
    for sheet in SHEETS:
        grid = next((one for one in grids if _is_called(one.title, sheet.title)), None)
        found.codes[sheet.key], found.faulty[sheet.key] = set(), set()
        rows[sheet.key] = ()
        if grid is not None:
            taken.add(grid.title)
            rows[sheet.key] = tuple(_read_sheet(sheet, grid, found))
        elif sheet.required:
            found.faults.append(Fault(kind=FaultKind.SHEET_MISSING, sheet=sheet.title))
            found.partial.add(sheet.key)
    found.passed_over += [
        one.title
        for one in grids
        if one.title not in taken and one.rows and not _is_called(one.title, HELP)
    ]
    return Reading(
        book=Book(**rows),
        faults=found.faults,
        codes=found.codes,
        partial=found.partial,
        faulty=found.faulty,
        references=found.references,
        passed_over=found.passed_over,
        notes=found.notes,
    )


def _is_known(title: str) -> bool:
    return any(_is_called(title, sheet.title) for sheet in SHEETS)


def _read_sheet(sheet: Sheet, grid: Grid, found: _Findings) -> list[object]:
    head = _headings(sheet, grid)
    if head is None:
        if grid.rows or sheet.required:
            found.faults.append(Fault(kind=FaultKind.HEADINGS_MISSING, sheet=sheet.title))
            found.partial.add(sheet.key)
        return []
    start, headings = head
    places = _places(sheet, headings, found)
    found.passed_over += [
        f"{grid.title}: {_plain(cell)}"
        for place, cell in enumerate(headings)
        if place not in places.values() and _plain(cell)
    ]
    if any(column.required and column.key not in places for column in sheet.columns):
        found.partial.add(sheet.key)
        return []
    cells_of = dict(_filled_rows(sheet, places, grid.rows[start + 1 :]))
    found.notes += _hidden(sheet, grid, places, cells_of)
    _mark_lost_zeros(sheet, cells_of)
    rows = (_read_row(sheet, number, cells, found) for number, cells in cells_of.items())
    return [row for row in rows if row is not None]


def _filled_rows(
    sheet: Sheet, places: Mapping[str, int], rows: Iterable[tuple[int, tuple[RawCell, ...]]]
) -> Iterator[tuple[int, dict[str, RawCell]]]:
    """Yield each row that has something in a known column: its number, and cells by column."""
    for number, cells in rows:
        if _is_example(cells) or _is_heading_again(sheet, places, cells):
            continue
        at = {key: cells[place] if place < len(cells) else None for key, place in places.items()}
        if not all(_is_blank(cell) for cell in at.values()):
            yield number, at


def _hidden(
    sheet: Sheet, grid: Grid, places: Mapping[str, int], rows: Iterable[int]
) -> Iterator[Fault]:
    """Yield a note of each thing that is read and that nobody sees in Excel."""
    if grid.is_hidden:
        yield Fault(kind=FaultKind.HIDDEN_SHEET, sheet=sheet.title)
    hidden = sorted(grid.hidden_rows.intersection(rows))
    if hidden:
        value = ranges(hidden)
        yield Fault(kind=FaultKind.HIDDEN_ROWS, sheet=sheet.title, values={"value": value})
    for column in sheet.columns:
        if places.get(column.key) in grid.hidden_places:
            yield Fault(kind=FaultKind.HIDDEN_COLUMN, sheet=sheet.title, column=column.title)


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as a person writes them: 3, 5-7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    said = [str(first) if first == last else f"{first}-{last}" for first, last in parts]
    more = len(said) - RANGES_SHOWN
    return ", ".join(said[:RANGES_SHOWN]) + (f", … (+{more})" if more > 0 else "")


def _mark_lost_zeros(sheet: Sheet, rows: Mapping[int, dict[str, RawCell]]) -> None:
    """Put a fault for each number in a column of codes where others, as texts, begin with 0."""
    for column in sheet.columns:
        if not column.is_code:
            continue
        texts = [cells.get(column.key) for cells in rows.values()]
        zeros = [one for one in map(_plain, texts) if _ZERO_LED.fullmatch(one)]
        longest = max(zeros, key=len, default="")
        for cells in rows.values():
            cell = cells.get(column.key)
            said = "" if isinstance(cell, CellError) or not is_number(cell) else plain(cell)
            if said.isdigit() and not said.startswith("0") and len(said) < len(longest):
                cells[column.key] = CellError(FaultKind.ZERO_LOST, value=said, other=longest)


def _plain(cell: RawCell) -> str:
    return "" if isinstance(cell, CellError) else plain(cell)


def _is_blank(cell: RawCell) -> bool:
    return not isinstance(cell, CellError) and is_blank(cell)


def _read_row(
    sheet: Sheet, number: int, cells: Mapping[str, RawCell], found: _Findings
) -> object | None:
    values: dict[str, object] = {}
    is_whole = True
    for column in sheet.columns:
        try:
            value = values[column.key] = _read_cell(column, cells.get(column.key))
            if column.refers and value:
                found.references.append(
                    Reference(sheet=sheet, row=number, column=column, code=str(value))
                )
        except CellError as error:
            is_whole = False
            found.faults.append(
                Fault(
                    kind=error.kind,
                    sheet=sheet.title,
                    row=number,
                    column=column.title,
                    values=error.values,
                )
            )
    _note_code(sheet, values.get("code"), found, is_whole=is_whole)
    build: Callable[..., object] = sheet.shape
    return build(row=number, **values) if is_whole else None


def _note_code(sheet: Sheet, code: object, found: _Findings, *, is_whole: bool) -> None:
    """Keep what a row is called, so that one fault in it breeds no second elsewhere."""
    if isinstance(code, str):
        found.codes[sheet.key].add(code)
    elif any(column.key == "code" for column in sheet.columns):
        found.partial.add(sheet.key)
    if not is_whole:
        found.faulty[sheet.key].add(str(code or ""))


def _read_cell(column: Column, cell: RawCell) -> object:
    if isinstance(cell, CellError):
        raise cell
    if is_blank(cell):
        if column.required:
            raise CellError(FaultKind.BLANK)
        return column.blank
    return column.read(cell)


def _headings(sheet: Sheet, grid: Grid) -> tuple[int, tuple[RawCell, ...]] | None:
    """Return (index, cells) of the row that looks most like headings, at least two of them."""
    best, best_count = None, 1
    for index, (_, cells) in enumerate(grid.rows[:HEADING_ROWS_MAX]):
        count = sum(any(_is_heading(cell, column) for cell in cells) for column in sheet.columns)
        if count > best_count:
            best, best_count = (index, cells), count
    return best


def _places(sheet: Sheet, headings: Sequence[RawCell], found: _Findings) -> dict[str, int]:
    """Return where each column stands."""
    places = {}
    for column in sheet.columns:
        at = [place for place, cell in enumerate(headings) if _is_heading(cell, column)]
        if len(at) > 1:
            found.faults.append(
                Fault(kind=FaultKind.COLUMN_TWICE, sheet=sheet.title, column=column.title)
            )
        if at:
            places[column.key] = at[0]
        elif column.required:
            found.faults.append(
                Fault(kind=FaultKind.COLUMN_MISSING, sheet=sheet.title, column=column.title)
            )
    return places


def _is_heading(cell: RawCell, column: Column) -> bool:
    return isinstance(cell, str) and _is_called(cell, column.title)


def _is_called(text: str, titles: tuple[str, str]) -> bool:
    """Whether a heading is one of the two, or both, on two lines or around a stroke."""
    named = {_folded(title) for title in titles}
    parts = {_folded(part) for part in re.split(r"[\n/／]", text)}
    return bool(named & (parts | {_folded(text)})) or _folded(text) == _folded("".join(titles))


def _folded(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())


def _is_example(cells: Sequence[RawCell]) -> bool:
    first = next((cell for cell in cells if cell is not None and cell != ""), None)
    return isinstance(first, str) and plain(first).casefold().startswith(EXAMPLE)


def _is_heading_again(sheet: Sheet, places: Mapping[str, int], cells: Sequence[RawCell]) -> bool:
    """Whether the headings are repeated: where they are merged over two rows, or on each page."""
    there = [
        (column, cells[places[column.key]])
        for column in sheet.columns
        if column.key in places and places[column.key] < len(cells)
    ]
    filled = [(column, cell) for column, cell in there if cell is not None and cell != ""]
    return len(filled) > 1 and all(_is_heading(cell, column) for column, cell in filled)
