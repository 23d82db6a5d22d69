"""From cells to rows: every fault is noted where it stands, and reading goes on."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from gateway.setup.cells import Grid, RawCell, read_grids
from gateway.setup.faults import CellError, Fault, FaultKind
from gateway.setup.schema import SHEETS
from gateway.setup.sheets import Book, Column, Sheet
from gateway.setup.values import plain

HEADING_ROWS_MAX: Final = 20
EXAMPLE: Final = ("例:", "example:")  # how the first cell of a template's example begins
HELP: Final = ("説明", "help")


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
        references: Every one that was read, likewise.
        passed_over: Sheets and columns that nobody knows, as the workbook calls them.
    """

    book: Book
    faults: list[Fault]
    codes: Mapping[str, set[str]]
    references: Sequence[Reference]
    passed_over: Sequence[str]


@dataclass(slots=True, kw_only=True)
class _Findings:
    faults: list[Fault] = field(default_factory=list)
    codes: dict[str, set[str]] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def read_workbook(path: Path) -> Reading:
    """Read a workbook.

    Raises:
        WorkbookError: It can't be opened at all.
        OSError: The file can't be read.
    """
    grids = read_grids(path)
    found = _Findings()
    rows: dict[str, Any] = {}
    taken: set[str] = set()
    for sheet in SHEETS:
        grid = next((one for one in grids if _is_called(one.title, sheet.title)), None)
        found.codes[sheet.key] = set()
        rows[sheet.key] = ()
        if grid is not None:
            taken.add(grid.title)
            rows[sheet.key] = tuple(_read_sheet(sheet, grid, found))
        elif sheet.required:
            found.faults.append(Fault(kind=FaultKind.SHEET_MISSING, sheet=sheet.title))
    found.passed_over += [
        one.title
        for one in grids
        if one.title not in taken and one.rows and not _is_called(one.title, HELP)
    ]
    return Reading(
        book=Book(**rows),
        faults=found.faults,
        codes=found.codes,
        references=found.references,
        passed_over=found.passed_over,
    )


def _read_sheet(sheet: Sheet, grid: Grid, found: _Findings) -> list[object]:
    head = _headings(sheet, grid)
    if head is None:
        if grid.rows or sheet.required:
            found.faults.append(Fault(kind=FaultKind.HEADINGS_MISSING, sheet=sheet.title))
        return []
    start, headings = head
    places = _places(sheet, headings, found)
    found.passed_over += [
        f"{grid.title}: {plain(cell)}"
        for place, cell in enumerate(headings)
        if place not in places.values() and not isinstance(cell, CellError) and plain(cell)
    ]
    if any(column.required and column.key not in places for column in sheet.columns):
        return []
    rows = []
    for number, cells in grid.rows[start + 1 :]:
        if _is_example(cells) or _is_heading_again(sheet, places, cells):
            continue
        at = {key: cells[place] if place < len(cells) else None for key, place in places.items()}
        if any(isinstance(cell, CellError) or plain(cell) for cell in at.values()):
            row = _read_row(sheet, number, at, found)
            rows += [] if row is None else [row]
    return rows


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
    if isinstance(values.get("code"), str):
        found.codes[sheet.key].add(str(values["code"]))
    build: Callable[..., object] = sheet.shape
    return build(row=number, **values) if is_whole else None


def _read_cell(column: Column, cell: RawCell) -> object:
    if isinstance(cell, CellError):
        raise cell
    if not plain(cell):
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
