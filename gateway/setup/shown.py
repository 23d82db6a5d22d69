"""What a cell shows, wherever it is from: a workbook, a till's file, a form."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, TypeAlias
from unicodedata import normalize

from gateway.setup.faults import CellError, FaultKind

SHOWN_CHARACTERS_MAX: Final = 40  # of a wrong value, in a message
DIGITS_KEPT: Final = 15  # of a number, by a spreadsheet; those after them become 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A number as a spreadsheet shows it.

    Attributes:
        value: What is stored, to 15 digits.
        text: What is shown.
        is_exact: Whether what is shown is the whole number: not rounded, not 1.2E+11.
        day: The date that it would be, counted in days as the spreadsheet counts.
    """

    value: Decimal
    text: str
    is_exact: bool = True
    day: date | None = None


Cell: TypeAlias = str | int | float | bool | Shown | datetime | date | time | timedelta | None


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in a cell; a number that its format hides is there."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_shown(cell: Cell) -> str:
    """Return what a cell shows, character by character."""
    if cell is None:
        return ""
    if isinstance(cell, Shown):
        return cell.text
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a spreadsheet has no whole numbers: 12 is stored as 12.0
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    return str(cell)


def plain(cell: Cell) -> str:
    """Return what a cell shows, in NFKC, with single blanks and none around; blank is empty."""
    return " ".join(normalize("NFKC", as_shown(cell)).split())


def in_message(cell: Cell) -> str:
    """Return a wrong value as a message repeats it."""
    return plain(cell)[:SHOWN_CHARACTERS_MAX]


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number, and no text of digits."""
    return isinstance(cell, int | float | Shown) and not isinstance(cell, bool)


def text_of(cell: Cell) -> str:
    """Return what a cell shows, where a text or a code belongs.

    Raises:
        CellError: It is a date, a time, a truth, or a number that is not shown as it is.
    """
    if isinstance(cell, bool):
        raise CellError(FaultKind.TRUTH_NOT_TEXT, value=in_message(cell))
    if isinstance(cell, date | time | timedelta):
        raise CellError(FaultKind.DATE_NOT_TEXT, value=in_message(cell))
    if isinstance(cell, Shown):
        _check_exact(cell)
        if cell.value.adjusted() >= DIGITS_KEPT:
            raise CellError(FaultKind.NUMBER_NOT_TEXT, value=in_message(cell))
    return as_shown(cell)


def code_of(cell: Cell) -> str:
    """Return what a cell shows where a code belongs, in NFKC; raises as `text_of` does."""
    return plain(text_of(cell))


def digits_of(cell: Cell) -> str:
    """Return what a cell shows, in NFKC, where a number belongs.

    Raises:
        CellError: It is a date, a time, a truth, or a number that is not shown as it is.
    """
    if isinstance(cell, bool | date | time | timedelta):
        raise CellError(FaultKind.BAD_NUMBER, value=in_message(cell))
    if isinstance(cell, Shown):
        _check_exact(cell)
    return plain(cell)


def _check_exact(cell: Shown) -> None:
    if cell.is_exact:
        return
    is_short = -SHOWN_CHARACTERS_MAX < cell.value.adjusted() < SHOWN_CHARACTERS_MAX
    stored = format(cell.value.normalize(), "f") if is_short else str(cell.value)
    raise CellError(
        FaultKind.NUMBER_SHOWN_OTHERWISE,
        value=stored[:SHOWN_CHARACTERS_MAX],
        shown=in_message(cell) or " ",
    )
