"""When two ways to type a name are the same: any width, kana of either kind, any case or blank.

Full-width `A-01` is `a-01`, half-width katakana are hiragana, and of the forms that a character of
a family name has, any will do, as a keyboard offers the common one first. For finding only: nothing
that is shown or kept is written so, and whoever is written exactly as typed comes first.
"""

import re
from typing import Final
from unicodedata import normalize

# Every dash that a Japanese keyboard leaves in a code; a long vowel mark is one, where no kana is
# before it.
_DASHES: Final = re.compile(
    "[\u00ad\u2010-\u2015\u2212\u2500\u2501\ufe63]|(?<![\u3041-\u30ff])\u30fc"
)
_KATAKANA_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F5)}
# Forms of one character, of which NFKC keeps each: small ke of place names, wave dashes, quotes,
# and what family names are written with.
_FORMS: Final = str.maketrans(
    "ヵヶ\u301c\u2018\u2019\u201c\u201d髙﨑濵濱邊邉澤齋齊斎嶋嶌德栁𠮷廣眞惠國櫻瀨條萬與壽冨舘槇",
    "かけ~''\"\"高崎浜浜辺辺沢斉斉斉島島徳柳吉広真恵国桜瀬条万与寿富館槙",
)


def fold(text: str) -> str:
    """Return what all ways to type a name have in common."""
    wide = normalize("NFKC", text)
    plain = _DASHES.sub("-", "".join(wide.split())).casefold()
    return normalize("NFKC", plain).translate(_KATAKANA_TO_HIRAGANA).translate(_FORMS)
