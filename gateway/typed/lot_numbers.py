"""A lot's number as people and scanners give it: with a check character, or as a whole address.

The number itself has 20 characters of Crockford's base32. Pages show a 21st after it, for typing
alone: QR codes, addresses, files and the API never have it. It is the sum of the others, each times
a power of one element of GF(32), so that it tells every single wrong character and every two that
changed places, wherever they stand (the powers used are all different). Letters that are misread
are taken as Crockford says: I and L as 1, O as 0; U stands for nothing.

A scanner is a keyboard. It types what the QR code says, an address of this town's or, on labels of
other makers, a GS1 Digital Link or an element string; with the Japanese input on, in full width;
on a keyboard of another country, with some signs changed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from gateway.words import SaidError, Text

CHARACTERS: Final = 20
SHOWN_MAX: Final = 80  # characters of what was typed, in a message
TYPED_CHARACTERS_MAX: Final = 2_048  # of a scanned address
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# https://www.crockford.com/base32.html: what people read as another letter.
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
# What a Japanese keyboard types for the signs of an address, after NFKC.
_SIGNS: Final = str.maketrans({"。": ".", "・": "/", "、": ",", "「": "[", "」": "]", "ー": "-"})
_DASHES: Final = re.compile("[\\s\u00ad\u200b-\u200d\u2010-\u2015\u2212\u2500\u30fc\ufeff_-]+")
_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")  # a scanner's own prefix, ISO/IEC 15424
# Between scheme and address, the colon of a keyboard of another country is another sign.
_ADDRESS: Final = re.compile(r"([^/\s]{0,8})[:;+*']//(.+)", re.DOTALL)
_BARE_ADDRESS: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?/\S*", re.ASCII)
_ELEMENT: Final = re.compile(r"\(10\)([^()\x1d]{1,24})(?:[(\x1d]|\Z)")
_CONTROLS: Final = re.compile("[\x00-\x1c\x1e\x1f\x7f]+")
_NUMBER: Final = re.compile(f"[{ALPHABET}]+", re.ASCII)
_LOT_KEYS: Final = ("10", "lot", "lots")  # before a lot in a path: GS1 Digital Link, and our own


class NumberFault(StrEnum):
    """Why what was typed is no lot's number."""

    NOT_A_NUMBER = "NOT_A_NUMBER"
    CHECK_WRONG = "CHECK_WRONG"


_WORDS: Final = {
    NumberFault.NOT_A_NUMBER: Text(
        ja="「{typed}」は20けたの英数字になっていません。もう一度お確かめください。",
        en="“{typed}” is not a number of 20 letters and digits. Please check it again.",
    ),
    NumberFault.CHECK_WRONG: Text(
        ja="「{typed}」は確認の文字が合いません（打ちまちがい）。もう一度お確かめください。",
        en="“{typed}”: the check character does not fit, so there is a slip. Please check it.",
    ),
}


class NumberError(SaidError, ValueError):
    """What was typed is no lot's number; `fault` says why, `typed` what it was."""

    def __init__(self, fault: NumberFault, typed: str) -> None:
        super().__init__(_WORDS[fault], typed=typed[:SHOWN_MAX])
        self.fault = fault
        self.typed = typed


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedNumber:
    """A lot's number as it was given.

    Attributes:
        lot: The number.
        is_sure: Whether a check character or a scanned code vouches for it.
        host: Of the address it stood in, in small letters; empty where there was none.
    """

    lot: str
    is_sure: bool
    host: str = ""


def check_character(lot: str) -> str:
    """Return the character that pages show after a number of this alphabet."""
    total = 1  # so that nothing but zeros, of a key held down, is no number
    for power, char in enumerate(lot, start=1):
        total ^= _times_power(ALPHABET.index(char), power)
    return ALPHABET[total]


def grouped(lot: str) -> tuple[str, ...]:
    """Return a number in groups of four, to read out."""
    return tuple(lot[start : start + 4] for start in range(0, len(lot), 4))


def plain(text: str) -> str:
    """Return what was typed in this alphabet's own letters, without what stands between groups."""
    return _DASHES.sub("", normalize("NFKC", text)).upper().translate(_MISREAD)


def is_number(text: str) -> bool:
    """Whether a text is a number just as the ledger writes it."""
    return len(text) == CHARACTERS and _NUMBER.fullmatch(text) is not None


def read(text: str) -> TypedNumber:
    """Return the number that somebody, or a scanner, has typed.

    Raises:
        NumberError: It is none, or its check character is not the one of this number.
    """
    typed = _CONTROLS.sub(" ", normalize("NFKC", text)).translate(_SIGNS).strip()
    typed = _AIM.sub("", typed, count=1) if typed.startswith("]") else typed
    element = _ELEMENT.search(typed)
    if element is not None:
        return _number(element[1], typed, is_scanned=True)
    address = _ADDRESS.fullmatch(typed)
    if address is not None:
        return _of_address(address[2], typed)
    if _BARE_ADDRESS.fullmatch(typed):
        return _of_address(typed, typed)
    return _number(typed, typed)


def read_all(text: str) -> list[str]:
    """Return the numbers of a list: one a line or between commas, or several in a row.

    Raises:
        NumberError: One of them is none; `typed` says which.
    """
    found = []
    for line in normalize("NFKC", text).replace("、", "\n").replace(",", "\n").splitlines():
        if not line.strip():
            continue
        try:
            found.append(read(line).lot)
        except NumberError as error:
            parts = line.split()
            if len(parts) == 1 or error.fault is NumberFault.CHECK_WRONG:
                raise
            found += [read(part).lot for part in parts]
    return found


def _number(text: str, typed: str, *, is_scanned: bool = False, host: str = "") -> TypedNumber:
    number = plain(text)
    if not _NUMBER.fullmatch(number) or len(number) not in {CHARACTERS, CHARACTERS + 1}:
        raise NumberError(NumberFault.NOT_A_NUMBER, typed)
    lot, check = number[:CHARACTERS], number[CHARACTERS:]
    if check and check != check_character(lot):
        raise NumberError(NumberFault.CHECK_WRONG, typed)
    return TypedNumber(lot=lot, is_sure=is_scanned or bool(check), host=host)


def _of_address(rest: str, typed: str) -> TypedNumber:
    """Read `host/lots/<number>?…`, or a GS1 Digital Link: `host/01/<gtin>/10/<number>`."""
    try:
        parts = urlsplit(f"//{rest}")
    except ValueError:  # such as a bracket that is never closed
        raise NumberError(NumberFault.NOT_A_NUMBER, typed) from None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    keyed = [after for before, after in pairwise(steps) if before.lower() in _LOT_KEYS]
    # With the Japanese input on, `lots` comes out as kana: then the last step alone is looked at.
    is_garbled = not typed.isascii()
    found = keyed or (steps[-1:] if is_garbled else [])
    if not found:
        raise NumberError(NumberFault.NOT_A_NUMBER, typed)
    host = parts.netloc.rpartition("@")[2].lower()
    return _number(found[-1].split("?")[0], typed, is_scanned=True, host=host)


def _times_power(value: int, power: int) -> int:
    """Return a value times x to a power in GF(2)[x] / (x⁵ + x² + 1), where x has order 31."""
    for _ in range(power):
        value = value << 1 ^ (0b100101 if value & 0b10000 else 0)
    return value
