"""Dates, counts and weights of a till's file, by the readers of the workbook."""

import re
from datetime import date
from typing import Final
from unicodedata import decomposition

from gateway.pos.mapping import WEIGHED_G, Item
from gateway.pos.refusals import CellRefusedError, in_both
from gateway.pos.table import shown
from gateway.setup import values
from gateway.setup.faults import CellError
from gateway.typed import Tense, TownClock, TypedDateError, dates
from gateway.typed.characters import dashes, plain

COUNT_MAX: Final = 999_999

_MINUS: Final = re.compile(r"[-△▲] ?(.+)|\((.+)\)")  # as books in Japan write it, too
_SERIAL: Final = re.compile("[0-9]{5}", re.ASCII)  # a date whose cell had a number's format
_RAISED: Final = ("<super>", "<sub>", "<fraction>")
_PIECES: Final = re.compile("(.*[0-9]) ?[個点]")
_IN_GRAMS: Final = re.compile("[0-9,.]+ ?(?:g|グラム)", re.IGNORECASE)
_HAS_UNIT: Final = re.compile(".*[^0-9,. ]")


def day(text: str, town: TownClock) -> date:
    """Return a row's day in the town; a time beside it is passed over.

    Raises:
        CellRefusedError: It can't be read, or is still to come.
    """
    typed = plain(text)
    try:
        if _SERIAL.fullmatch(typed):
            found = date.fromisoformat(values.day(typed))
        else:
            found = dates.whole_day(typed, may_have_time=True)
            # A time may name another clock than the town's, on which it was another day.
            found = town.local(dates.moment(typed, town, Tense.WHOLE)).date()
    except TypedDateError as error:
        why = in_both(error.say("ja"), error.say("en"))
        raise CellRefusedError("row.date", why=why) from None
    except CellError:
        raise CellRefusedError("row.date", why=shown(text)) from None
    if found > town.today:
        raise CellRefusedError("row.future", day=found.isoformat())
    return found


def count(text: str) -> int:
    """Return how many pieces; fewer than none where the till writes so.

    Raises:
        CellRefusedError: It is no whole number, or none.
    """
    size, is_negative = _signed(text)
    pieces = _PIECES.fullmatch(size)
    try:
        number = values.number(1, COUNT_MAX)(pieces[1] if pieces else size)
    except CellError:
        raise CellRefusedError("row.count", typed=shown(text)) from None
    return -number if is_negative else number


def mass_g(text: str, item: Item) -> int:
    """Return grams, of a bare number in the item's unit; fewer than none as `count`.

    Raises:
        CellRefusedError: It is no mass, none, or finer than a gram.
    """
    size, is_negative = _signed(text)
    if "," in size and not _is_in_grams(size, item):
        raise CellRefusedError("row.comma", typed=shown(text))  # 1,200 kg, or 1.2?
    try:
        if _HAS_UNIT.fullmatch(size):
            grams = values.grams(size)
        else:
            places = len(str(WEIGHED_G[item.unit])) - 1
            grams = values.number(0, values.GRAMS_MOST, places=places)(size)
    except CellError:
        raise CellRefusedError("row.mass", typed=shown(text)) from None
    if not 1 <= grams <= values.GRAMS_MOST:
        raise CellRefusedError("row.mass", typed=shown(text))
    return -grams if is_negative else grams


def _is_in_grams(size: str, item: Item) -> bool:
    """Whether a mass with a comma can only be so many thousands of grams, and no decimals of kg."""
    has_unit = _HAS_UNIT.fullmatch(size) is not None
    is_g = _IN_GRAMS.fullmatch(size) is not None if has_unit else item.unit == "g"
    return is_g and not size.startswith("0")


def _signed(text: str) -> tuple[str, bool]:
    """Return a number without its sign, and whether it was negative; `+` alone is no sign here."""
    if any(decomposition(char).startswith(_RAISED) for char in text):
        return "", False  # 3² is not 32
    typed = dashes(plain(text))
    found = _MINUS.fullmatch(typed)
    if found is None:
        return typed, False
    size = found[1] or found[2]
    return ("" if size[0] in "+-" else size), True
