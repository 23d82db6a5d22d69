"""Columns on a terminal: Japanese takes two places a character, where `str.ljust` counts one."""

from typing import Final
from unicodedata import combining, east_asian_width

LABEL: Final = 8
"""Places of the label that a line begins with; a blank follows."""

_WIDE: Final = frozenset("WF")  # Unicode Standard Annex 11, table 1: wide and fullwidth


def width(text: str) -> int:
    """Return how many places of a terminal a text takes."""
    return sum(1 + (east_asian_width(one) in _WIDE) for one in text if not combining(one))


def padded(text: str, places: int = LABEL) -> str:
    """Return a text with as many blanks behind it as fill so many places."""
    return text + " " * max(places - width(text), 0)
