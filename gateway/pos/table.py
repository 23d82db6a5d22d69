"""Rows and cells of a file of text, read strictly (RFC 4180): nothing is repaired.

Cells are parted by commas, tabs or semicolons, whichever the headings are found with. A quote that
is never closed, or that text follows, makes it unknown where rows end: then nothing of the file is
read. Any other fault is its row's alone. Rows are counted as a spreadsheet counts them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from gateway.pos import decoding
from gateway.pos.refusals import FileError
from gateway.typed.characters import plain
from gateway.typed.csv_cells import unguarded

DELIMITERS: Final = (",", "\t", ";")
HEADINGS_WITHIN: Final = 50  # rows: what stands above them are titles
SHOWN_MAX: Final = 40  # characters of what is wrong, in a message

_QUOTED: Final = re.compile(r'=?"([^"]*(?:""[^"]*)*)"')
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its number from 1, its cells, and what is wrong with it as a whole, if anything."""

    number: int
    cells: tuple[str, ...]
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.fault and not any(plain(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file: `titles` are the rows above the headings, `rows` those below; none is blank."""

    delimiter: str
    headings: tuple[str, ...]
    titles: tuple[Row, ...]
    rows: tuple[Row, ...]

    def place(self, name: str) -> int:
        """Return which cell of a row stands under a heading."""
        return [heading(one) for one in self.headings].index(heading(name))

    def is_headings(self, row: Row) -> bool:
        """Whether a row says the headings again, as where two files were joined."""
        return [*map(heading, row.cells)] == [*map(heading, self.headings)]


def heading(text: str) -> str:
    """Return a heading as headings are compared: in any width and case, without blanks."""
    return plain(text).replace(" ", "").casefold()


def read_table(text: str, wanted: Sequence[str]) -> Table:
    """Return the rows of a file that has all of some headings.

    Raises:
        FileError: A quote leaves it unknown where rows end; a heading is missing or stands twice.
    """
    names = [*dict.fromkeys(map(heading, wanted))]
    best: tuple[int, int, str] = (-1, 1, ",")
    for delimiter in DELIMITERS:
        for row in _first_rows(text, delimiter):
            there = [*map(heading, row.cells)]
            found = sum(name in there for name in names)
            if found == len(names):
                return _below(text, delimiter, row, names)
            best = max(best, (found, -row.number, delimiter), key=lambda one: one[:2])
    _, row_number, delimiter = best
    rows = list(islice(_records(text, delimiter), HEADINGS_WITHIN))  # tells of a quote first
    at = next((row for row in rows if row.number == -row_number), Row(number=1, cells=()))
    there = [*map(heading, at.cells)]
    missing = [name for name in wanted if heading(name) not in there]
    named = "、".join(shown(cell) for cell in at.cells if plain(cell))
    raise FileError(at.number, "file.no_column", names="、".join(missing), there=named)


def first_rows(text: str, delimiter: str) -> list[Row]:
    """Return the rows among which headings may stand; fewer where a quote is wrong."""
    return [row for row in _first_rows(text, delimiter) if not row.is_blank]


def _first_rows(text: str, delimiter: str) -> Iterator[Row]:
    try:
        yield from islice(_records(text, delimiter), HEADINGS_WITHIN)
    except FileError:
        return


def _below(text: str, delimiter: str, headings: Row, names: Sequence[str]) -> Table:
    counted = Counter(map(heading, headings.cells))
    for name in names:
        if counted[name] > 1:
            raise FileError(headings.number, "file.column_twice", name=name)
    if headings.fault:
        raise FileError(headings.number, headings.fault)
    rows = [row for row in _records(text, delimiter) if not row.is_blank]
    return Table(
        delimiter=delimiter,
        headings=headings.cells,
        titles=tuple(row for row in rows if row.number < headings.number),
        rows=tuple(row for row in rows if row.number > headings.number),
    )


def _records(text: str, delimiter: str) -> Iterator[Row]:
    if "\n" not in text:
        text = text.replace("\r", "\n")  # all rows end so, as old Macintoshes wrote them
    position, number = 0, 0
    while position < len(text):
        number += 1
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end].removesuffix("\r")
        if '"' in line:
            cells, position = _quoted_cells(text, position, delimiter, number)
        else:
            cells, position = line.split(delimiter), end + 1
        yield Row(number=number, cells=tuple(map(unguarded, cells)), fault=_fault(cells))


def _quoted_cells(text: str, start: int, delimiter: str, number: int) -> tuple[list[str], int]:
    """Return the cells of a row with quotes in it, and where the next row begins."""
    cells: list[str] = []
    while True:
        found = _QUOTED.match(text, start)
        if found is not None:
            cells.append(found[1].replace('""', '"'))
            _check_lines(found[1], delimiter, number)
            start = found.end()
        else:
            cell = re.compile(f"[^{delimiter}\n]*").match(text, start)
            assert cell is not None  # noqa: S101 - it may be empty
            if '"' in cell[0]:
                is_open = cell[0].startswith(('"', '="'))
                kind = "file.quote_open" if is_open else "file.quote_inside"
                raise FileError(number, kind, typed=shown(cell[0]))
            cells.append(cell[0])
            start = cell.end()
        if text.startswith(delimiter, start):
            start += 1
            continue
        if start >= len(text) or text.startswith(("\n", "\r\n"), start):
            last = cells[-1]
            cells[-1] = last.removesuffix("\r") if found is None else last
            return cells, start + (2 if text.startswith("\r\n", start) else 1)
        raise FileError(number, "file.text_after_quote", typed=shown(text[start : start + 20]))


def _check_lines(cell: str, delimiter: str, number: int) -> None:
    """Refuse a cell that other rows have fallen into: a closing quote is missing before them."""
    further = cell.splitlines()[1:]
    if any(delimiter in line for line in further):
        raise FileError(number, "file.quote_spans", lines=len(further) + 1)


def _fault(cells: Sequence[str]) -> str:
    whole = "".join(cells)
    if not decoding.is_readable(whole):
        return "row.undecodable"
    if "\ufeff" in whole:
        return "row.mark_inside"
    if _CONTROL.search(whole):
        return "row.control"
    bare = [cell for cell in cells if "\r" in cell and "\n" not in cell]
    return "row.bare_cr" if bare else ""


def shown(text: str) -> str:
    """Return what stands in a file as a message repeats it."""
    return plain(text.encode("utf-8", "replace").decode())[:SHOWN_MAX]
