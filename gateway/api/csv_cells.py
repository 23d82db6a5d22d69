"""CSV that opens unbroken in Japanese Excel, and runs nothing there.

UTF-8 with a byte order mark, lines ending in CR LF (RFC 4180). A text that a spreadsheet would
take for a formula gets an apostrophe before it (OWASP, "CSV Injection").
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | bool | None

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
_FORMULA: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    *"\uff1d\uff0b\uff0d\uff20",
)  # full-width, too


def write(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a file; yes and no are written as 1 and 0."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(harmless, headings))
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> str | int:
    """Return a cell that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return int(cell)
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
