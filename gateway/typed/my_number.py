"""Whether somebody typed a My Number, which is kept nowhere in any form."""

import re
from typing import Final
from unicodedata import normalize

from gateway.typed.characters import dashes

_TWELVE: Final = re.compile(r"(?<![0-9])[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])", re.ASCII)


def has_my_number(text: str) -> bool:
    """Whether a text has 12 digits whose last checks the others (番号法総務省令 第5条)."""
    for found in _TWELVE.findall(dashes(normalize("NFKC", text))):
        digits = [int(char) for char in found if char.isdigit()]
        weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = sum(digit * weight for digit, weight in zip(digits[:11], weights, strict=True)) % 11
        if digits[11] == (0 if rest <= 1 else 11 - rest):
            return True
    return False
