"""Item codes and receipt numbers as they are compared: written in the mapping, or by the till."""

import re
from typing import Final

from gateway.typed.characters import dashes, plain

_LEADING: Final = re.compile(r"\A0+(?=[0-9])", re.ASCII)
_GUARDED: Final = re.compile(r'\A="(.*)"\Z')  # as some tills keep spreadsheets from dropping them
_SHORTENED: Final = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}", re.ASCII)
_JAN: Final = re.compile("[0-9]{13}", re.ASCII)


def code(text: str) -> str:
    """Return a code in one width and case, without the zeros in front that spreadsheets drop."""
    typed = _GUARDED.sub(r"\1", dashes(plain(text)).upper()).removeprefix("'")
    return _LEADING.sub("", typed, count=1) if typed.isdigit() else typed


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet has written a long number as 4.9E+12: its digits are lost."""
    return _SHORTENED.fullmatch(plain(text).upper().replace(" ", "")) is not None


def has_wrong_check_digit(text: str) -> bool:
    """Whether a JAN of 13 digits has another check digit than its others give (GS1, 7.9)."""
    typed = plain(text)
    if not _JAN.fullmatch(typed):
        return False
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(typed[:12]))
    return (10 - total % 10) % 10 != int(typed[12])
