"""A till's file as text: which encoding it is in, and which of its characters can't be read.

UTF-8, UTF-16 and CP932 (Shift_JIS as Windows writes it), with a byte order mark or without. What
can't be decoded stays in the text as lone surrogates, so that the rows can be named that have it.
EUC-JP and ISO-2022-JP are refused by name: CP932 would read nearly all of them as something else.
"""

import codecs
import re
from typing import Final

from gateway.pos.refusals import FileError

_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_NULS_OF_UTF_16: Final = 10  # one byte in so many, at least: digits and commas have one each
_LOST: Final = re.compile("[\ud800-\udfff]")
_SEEN: Final = re.compile("[^\x00-\x7f\ud800-\udfff]")
# What Python's CP932 reads bytes as that Windows has no character for; and what is no text at all.
_UNREADABLE: Final = re.compile("[\ud800-\udfff\x80-\x9f\uf8f0-\uf8f3\ufffe\uffff]")
_ISO_2022_JP: Final = re.compile(rb"\x1b(?:\$[@B]|\$\([DOQ]|\([IJ])")  # to kanji or kana
_LOST_OF_EUC_JP: Final = 20  # at most one byte in so many characters may be broken
# Half-width kana as nobody types them: a mark after what takes none, or first what is never first.
_NO_KANA: Final = re.compile(
    "(?<![\uff73\uff76-\uff84\uff8a-\uff8e])\uff9e|(?<![\uff8a-\uff8e])\uff9f"
    "|(?<![\uff61-\uff9f])[\uff61\uff63-\uff65\uff67-\uff70]"
)
_NOT_HALF_WIDTH: Final = re.compile("[^\x00-\x7f\uff61-\uff9f]")


def decode(content: bytes) -> str:
    """Return a file's text, without byte order mark.

    Raises:
        FileError: It is in an encoding that this doesn't read; it is named, if it is Japanese.
    """
    if content.startswith(_UTF_32):
        raise FileError(1, "file.encoding")
    if content.isascii() and _ISO_2022_JP.search(content):
        raise FileError(1, "file.encoding_named", encoding="ISO-2022-JP (JIS)")
    text = _utf_16(content)
    if text is None:
        text = _utf_8_or_cp932(content)
    return text.lstrip("\ufeff").removesuffix("\x1a")  # DOS ended a file with it


def is_readable(text: str) -> bool:
    """Whether every character of a text could be decoded."""
    return _UNREADABLE.search(text) is None


def _utf_16(content: bytes) -> str | None:
    """Return the text if it is UTF-16, by its mark or by the zeros at every other byte."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    else:
        zeros = [content[start::2].count(0) for start in (0, 1)]
        if min(zeros) * 4 > max(zeros) or max(zeros) * _NULS_OF_UTF_16 < len(content):
            return None
        name = "utf-16-le" if zeros[1] else "utf-16-be"
    whole = content[: len(content) - len(content) % 2]
    text = whole.decode(name, "surrogatepass")
    return text if len(whole) == len(content) else f"{text}\udc80"


def _utf_8_or_cp932(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_euc_jp(content):
        raise FileError(1, "file.encoding_named", encoding="EUC-JP")
    # CP932 reads nearly any bytes as something: a file that is UTF-8 but for a few is no CP932.
    text = content.decode("utf-8", "surrogateescape")
    if len(_SEEN.findall(text)) > len(_LOST.findall(text)):
        return text
    return content.decode("cp932", "surrogateescape")


def _is_euc_jp(content: bytes) -> bool:
    """Whether it reads well as EUC-JP, and as CP932 is nothing that a till prints.

    What EUC-JP reads is in CP932 half-width kana, and kanji that are rare. Only kana as they are
    typed, of an even number of bytes in every word, may be both: these are taken for CP932.
    """
    text = content.decode("euc_jis_2004", "surrogateescape")
    if len(_LOST.findall(text)) * _LOST_OF_EUC_JP > len(_SEEN.findall(text)):
        return False
    other = content.decode("cp932", "surrogateescape")
    return bool(_NOT_HALF_WIDTH.search(other) or _NO_KANA.search(other))
