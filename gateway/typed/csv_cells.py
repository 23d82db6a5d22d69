"""CSV that opens unbroken in Japanese Excel, and runs nothing there; all CSV is written here.

UTF-8 with a byte order mark, lines ending in CR LF (RFC 4180). A text that a spreadsheet would
take for a formula gets an apostrophe before it (OWASP, "CSV Injection"): at its beginning, and
wherever a spreadsheet set to semicolons or tabs would begin a cell. Blanks, quotes and characters
that nobody sees don't hide a formula: a spreadsheet drops them, too.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | bool | None

MEDIA_TYPE: Final = "text/csv; charset=utf-8"

# Each in every width and height that is read as the same sign.
_SIGNS: Final = (
    r"=\uff1d\ufe66\u207c\u208c+\uff0b\ufe62\u207a\u208a"
    r"\-\uff0d\ufe63\u2212\u207b\u208b@\uff20\ufe6b"
)
# What a spreadsheet drops before it looks: blanks of every kind, controls, marks without width,
# and the quotes of a cell that another separator has cut.
_UNSEEN: Final = (
    r"\s\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    '"'
)
_FORMULA: Final = re.compile(
    rf"(?:\A|(?<=[;\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029\uff1b]))(?=[{_UNSEEN}]*[{_SIGNS}])"
)
_APOSTROPHE: Final = re.compile(rf"'(?=[{_UNSEEN}]*[{_SIGNS}])")
_CONTROL_FIRST: Final = re.compile(r"\A(?=[\t\r\n])")  # some take what follows for a formula


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
    text = _FORMULA.sub("'", cell)
    return _CONTROL_FIRST.sub("'", text)


def unguarded(cell: str) -> str:
    """Return a cell that `write` wrote, read again, without the apostrophe that it got in front."""
    return _APOSTROPHE.sub("", cell, count=1) if cell.startswith("'") else cell
