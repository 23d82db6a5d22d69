"""From an .xlsx file to plain cells.

A cell that has no value to read (an error, or a formula whose result was never saved) is a
`CellError` in its place, to be told where it stands. Vertically merged cells hold for each row.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.setup.excel.package import DAMAGE, Package, not_a_workbook, too_large
from gateway.setup.excel.sheet import COLUMNS_MAX, RawCell, Sheet, read_sheet

SPREAD_MAX: Final = 1_000_000  # cells that merged ones may fill

__all__ = ["Grid", "RawCell", "read_grids"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A sheet.

    Attributes:
        title: Its name.
        rows: (row number as Excel counts, cells from column A on), blank rows left out.
        is_hidden: Whether Excel hides it.
        hidden_rows: Numbers of rows that are hidden, by hand or by a filter.
        hidden_places: Places of hidden columns, from 0.
    """

    title: str
    rows: tuple[tuple[int, tuple[RawCell, ...]], ...]
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_places: frozenset[int] = frozenset()


def read_grids(path: Path, *, is_wanted: Callable[[str], bool] = lambda _title: True) -> list[Grid]:
    """Return every sheet of a workbook; of those that are not wanted, the first row alone.

    Raises:
        WorkbookError: It is no workbook, or too large.
        OSError: The file can't be read.
    """
    with Package(path) as package:
        try:
            grids = []
            for part in package.sheets:
                is_whole = is_wanted(part.title)
                sheet = read_sheet(package, part, rows_max=None if is_whole else 1)
                grids.append(_grid(part.title, sheet, is_hidden=part.is_hidden))
        except DAMAGE:
            raise not_a_workbook() from None
    return grids


def _grid(title: str, sheet: Sheet, *, is_hidden: bool) -> Grid:
    _spread_merged(sheet)
    return Grid(
        title=title,
        rows=tuple((number, _row(sheet.cells[number])) for number in sorted(sheet.cells)),
        is_hidden=is_hidden,
        hidden_rows=frozenset(sheet.hidden_rows),
        hidden_places=frozenset(sheet.hidden_places),
    )


def _row(cells: dict[int, RawCell]) -> tuple[RawCell, ...]:
    return tuple(cells.get(place) for place in range(max(cells) + 1))


def _spread_merged(sheet: Sheet) -> None:
    """Give each row of a vertically merged cell its value; what is merged sideways is a caption."""
    numbers = sorted(sheet.cells)
    count = 0
    for merge in sheet.merges:
        first = sheet.cells.get(merge.first_row, {})
        if merge.place not in first or merge.place >= COLUMNS_MAX:
            continue
        start = bisect_right(numbers, merge.first_row)
        end = bisect_left(numbers, merge.last_row + 1)
        count += max(0, end - start)
        if count > SPREAD_MAX:
            raise too_large(f"{SPREAD_MAX:,}")
        for number in numbers[start:end]:
            sheet.cells[number][merge.place] = first[merge.place]
