"""From an .xlsx file to plain cells. Only this module and `template` know openpyxl.

A cell that has no value to read (a failed formula, or one whose result was never saved) is a
`CellError` in its place, to be told where it stands. Vertically merged cells hold for each row.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from gateway.setup.faults import CellError, Fault, FaultKind, WorkbookError
from gateway.setup.values import Cell

if TYPE_CHECKING:
    from openpyxl import Workbook

MIB: Final = 1024 * 1024
FILE_BYTES_MAX: Final = 16 * MIB
UNPACKED_BYTES_MAX: Final = 128 * MIB  # a small file must not unpack into a full memory
ROWS_MAX: Final = 100_000  # of a sheet
COLUMNS_MAX: Final = 64
EXCEL_ROWS: Final = 1_048_576  # no sheet has more, blank ones included

_MERGES_OR_FORMULAS: Final = re.compile(rb"<(?:\w+:)?(?:mergeCell|f)[ />]")

RawCell: TypeAlias = Cell | CellError


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A sheet: (row number as Excel counts, cells from column A on), blank rows left out."""

    title: str
    rows: tuple[tuple[int, tuple[RawCell, ...]], ...]


def read_grids(path: Path) -> list[Grid]:
    """Return every sheet of a workbook.

    Raises:
        WorkbookError: It is no workbook, or too large.
        OSError: The file can't be read.
    """
    has_more = _check_file(path)
    try:
        return _grids(path, has_more=has_more)
    except WorkbookError:
        raise
    except Exception as error:  # openpyxl raises all kinds on a damaged file
        raise _not_a_workbook() from error


def _check_file(path: Path) -> bool:
    """Check sizes before anything is parsed; return whether there are merges or formulas."""
    if path.stat().st_size > FILE_BYTES_MAX:
        raise _too_large(f"{FILE_BYTES_MAX // MIB} MiB")
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
                raise _too_large(f"{UNPACKED_BYTES_MAX // MIB} MiB")
            has_more = False
            for entry in entries:
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                content = packed.read(entry)
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise _not_a_workbook()
                is_sheet = entry.filename.startswith("xl/worksheets/")
                has_more |= is_sheet and bool(_MERGES_OR_FORMULAS.search(content))
            return has_more
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _not_a_workbook() from error


def _grids(path: Path, *, has_more: bool) -> list[Grid]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that don't matter here
        from openpyxl import load_workbook  # noqa: PLC0415 - a third of a second to import

        values = load_workbook(path, read_only=True, data_only=True)
        whole = load_workbook(path) if has_more else None
        try:
            return [
                _grid(values, title, whole)
                for title in values.sheetnames
                if _is_cells(values, title)
            ]
        finally:
            values.close()


def _is_cells(book: "Workbook", title: str) -> bool:
    """Whether a sheet has cells: a chart sheet has none."""
    return hasattr(book[title], "iter_rows")


def _grid(values: "Workbook", title: str, whole: "Workbook | None") -> Grid:
    sheet = values[title]
    sheet.reset_dimensions()  # what other programs write there is often wrong
    rows: dict[int, list[RawCell]] = {}
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX), start=1):
        if number > EXCEL_ROWS:
            raise _too_large(f"{EXCEL_ROWS:,}")
        row = [_value(cell.value, cell.data_type) for cell in cells]
        if any(_is_there(cell) for cell in row):
            if number > ROWS_MAX:
                raise _too_large(f"{ROWS_MAX:,}")
            rows[number] = row
    if whole is not None:
        _spread_merged(rows, whole, title)
        _mark_uncalculated(rows, whole, title)
    return Grid(title=title, rows=tuple((number, tuple(rows[number])) for number in sorted(rows)))


def _value(value: object, data_type: str) -> RawCell:
    if data_type == "e":
        return CellError(FaultKind.FORMULA_BROKEN, value=str(value))
    if value is None or isinstance(value, str | bool | int | float | datetime | date):
        return value
    return str(value)  # a time of day or a duration: whoever expects neither says so


def _is_there(cell: RawCell) -> bool:
    return cell is not None and cell != ""


def _spread_merged(rows: dict[int, list[RawCell]], whole: "Workbook", title: str) -> None:
    """Give each row of a vertically merged cell its value; what is merged sideways is a caption."""
    for merged in whole[title].merged_cells.ranges:
        place = merged.min_col - 1
        first = rows.get(merged.min_row, [])
        if place >= min(len(first), COLUMNS_MAX) or merged.max_row > ROWS_MAX:
            continue
        for number in range(merged.min_row + 1, merged.max_row + 1):
            if number in rows:
                row = rows[number]
                row += [None] * (place + 1 - len(row))
                row[place] = first[place]


def _mark_uncalculated(rows: dict[int, list[RawCell]], whole: "Workbook", title: str) -> None:
    for number, place in _formulas(whole, title):
        row = rows.setdefault(number, [])
        row += [None] * (place + 1 - len(row))
        if row[place] is None:
            row[place] = CellError(FaultKind.FORMULA_NOT_CALCULATED)


def _formulas(whole: "Workbook", title: str) -> Iterator[tuple[int, int]]:
    """Yield (row number, place in the row) of every formula."""
    sheet = whole[title]
    last = min(sheet.max_row, ROWS_MAX)
    for cells in sheet.iter_rows(max_row=last, max_col=min(sheet.max_column, COLUMNS_MAX)):
        for cell in cells:
            if cell.data_type == "f" and cell.row:
                yield cell.row, (cell.column or 1) - 1


def _not_a_workbook() -> WorkbookError:
    return WorkbookError([Fault(kind=FaultKind.NOT_A_WORKBOOK)])


def _too_large(limit: str) -> WorkbookError:
    return WorkbookError([Fault(kind=FaultKind.WORKBOOK_TOO_LARGE, values={"limit": limit})])
