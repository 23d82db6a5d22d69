"""Telephone numbers as people write them: 0985-00-1234, +81 985 00 1234, 内線 12, two in a cell.

What is written around a number (自宅, 呼出, an extension) is for people and stays. A number that
has lost its first 0, as a spreadsheet makes it lose it, is no number that anybody can call.
"""

import re
from collections.abc import Iterator
from typing import Final

DIGITS_MAX: Final = 15  # ITU-T E.164
NATIONAL_DIGITS: Final = (10, 11)  # of a Japanese number, its first 0 counted
LOCAL_DIGITS: Final = range(5, 9)  # without the area's number, as neighbours write it
ABROAD_DIGITS: Final = range(8, DIGITS_MAX + 1)

_RUN: Final = re.compile(r"\+?[0-9(][0-9() .-]*[0-9)]|[0-9]", re.ASCII)
_EXTENSION: Final = re.compile(r"(?:内線?|ext(?:ension)?\.?|(?<![a-z])x|#)[\s:()]*$", re.IGNORECASE)
_ZERO_OF_ABROAD: Final = re.compile(r"\(0\)")


class PhoneError(ValueError):
    """There is no telephone number here."""


class ZeroLostError(PhoneError):
    """There is one that begins with neither 0 nor +."""


def numbers(text: str) -> list[str]:
    """Return the numbers in a text, digits only, after a + if there is one; at least one.

    Args:
        text: With ASCII digits and hyphens.

    Raises:
        PhoneError: There is none, or one that can't be.
    """
    found: list[str] = []
    end = 0
    for run in _RUN.finditer(text):
        is_extension = bool(found and _EXTENSION.search(text[end : run.start()]))
        end = run.end()
        if not is_extension:
            found += [one for one in _split(run[0]) if len(one) >= LOCAL_DIGITS.start]
    for one in found:
        _check(one)
    if not found:
        raise PhoneError(text)
    return found


def dialled(text: str) -> str:
    """Return what is dialled for the first number in a text; empty where there is none."""
    try:
        return numbers(text)[0]
    except PhoneError:
        return ""


def _split(run: str) -> Iterator[str]:
    """Yield the numbers in a run of digits: two that only a blank parts, each by itself."""
    whole = _bare(run)
    places = [place for place, char in enumerate(run) if char == " "]
    for place in places:
        first, second = _bare(run[:place]), _bare(run[place:])
        if _is_national(first) and _is_national(second) and len(whole) > max(NATIONAL_DIGITS):
            yield first
            yield second
            return
    yield whole


def _bare(run: str) -> str:
    plus = "+" if run.lstrip("( ").startswith("+") else ""
    run = _ZERO_OF_ABROAD.sub("", run) if plus else run
    return plus + "".join(char for char in run if char.isdigit())


def _is_national(number: str) -> bool:
    return number.startswith("0") and len(number) in NATIONAL_DIGITS


def _check(number: str) -> None:
    count = len(number.removeprefix("+"))
    if number.startswith(("+", "0")):
        is_right = count in ABROAD_DIGITS
    elif count in LOCAL_DIGITS:
        is_right = True
    elif count <= DIGITS_MAX:
        raise ZeroLostError(number)
    else:
        is_right = False
    if not is_right:
        raise PhoneError(number)
