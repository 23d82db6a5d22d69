"""When two ways to type a name are the same: any width, kana of either kind, any case or blank.

Full-width `A-01` is `a-01`, and half-width katakana are hiragana. For finding only: nothing that is
shown or kept is written so.
"""

import re
from typing import Final
from unicodedata import normalize

# Every dash that a Japanese keyboard leaves in a code; a long vowel mark is one, where no kana is
# before it.
_DASHES: Final = re.compile(
    "[\u00ad\u2010-\u2015\u2212\u2500\u2501\ufe63]|(?<![\u3041-\u30ff])\u30fc"
)
_KATAKANA_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def fold(text: str) -> str:
    """Return what all ways to type a name have in common."""
    wide = normalize("NFKC", text)
    plain = _DASHES.sub("-", "".join(wide.split())).casefold()
    return normalize("NFKC", plain).translate(_KATAKANA_TO_HIRAGANA)
