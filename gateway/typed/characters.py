"""Characters as one keyboard would type them: any width, any dash, digits for numerals."""

import re
from typing import Final
from unicodedata import normalize

# Every dash that a Japanese keyboard or an old code page leaves between digits: hyphens, minus
# signs, lines; after NFKC, the long vowel too.
_DASH: Final = re.compile("[\u2010-\u2015\u2212\u2500\u30fc\ufe63]")
_NUMERALS: Final = "〇一二三四五六七八九"
_ZERO: Final = _NUMERALS[0]
_NUMERAL: Final = re.compile("[〇零一二三四五六七八九十]+(?=[年月日時分秒])")


def plain(text: str) -> str:
    """Return text in NFKC, with single blanks and none around."""
    return " ".join(normalize("NFKC", text).split())


def dashes(text: str) -> str:
    """Return text with every kind of dash as `-`."""
    return _DASH.sub("-", text)


def numerals(text: str) -> str:
    """Return text with the Chinese numerals of a date or time as digits: 十一月 as 11月."""
    return _NUMERAL.sub(lambda found: _digits(found[0].replace("零", _ZERO)), text)


def _digits(numeral: str) -> str:
    """Return 二〇二六 as 2026 and 二十九 as 29; what is neither stays as it is."""
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return "".join(str(_NUMERALS.index(one)) for one in numeral)
    if len(tens) > 1 or len(ones) > 1 or _ZERO in tens + ones or "十" in ones:
        return numeral
    return f"{_NUMERALS.index(tens) if tens else 1}{_NUMERALS.index(ones) if ones else 0}"
