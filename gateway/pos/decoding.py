"""A till's file as text: which encoding it is in, and which of its characters can't be read.

UTF-8, UTF-16 and CP932 (Shift_JIS as Windows writes it), with a byte order mark or without. What
can't be decoded stays in the text as lone surrogates, so that the rows can be named that have it.
EUC-JP and ISO-2022-JP are refused by name: CP932 would read nearly all of them as something else;
EUC-JP is read where the mapping says so. Bytes that are well-formed text in two of these are read
in neither until somebody says which it is: 人参 of EUC-JP is ｿﾍｻｲ of CP932.
"""

import codecs
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.pos.refusals import FileError, in_both
from gateway.words.language import Language


class Encoding(StrEnum):
    """What a person may say that a file is in."""

    UTF_8 = "utf-8"
    CP932 = "cp932"
    EUC_JP = "euc-jp"


_NAMES: Final[Mapping[Encoding, str]] = MappingProxyType(
    {
        Encoding.UTF_8: "UTF-8",
        Encoding.CP932: "Shift_JIS (CP932)",
        Encoding.EUC_JP: "EUC-JP",
    }
)
_CODECS: Final[Mapping[Encoding, str]] = MappingProxyType(
    {Encoding.UTF_8: "utf-8", Encoding.CP932: "cp932", Encoding.EUC_JP: "euc_jis_2004"}
)
_RUN: Final = re.compile(rb"[\x80-\xff]+")
_SAMPLE_CHARACTERS_MAX: Final = 20
_BETWEEN: Final[Mapping[Language, str]] = MappingProxyType({"ja": "、", "en": ", "})
_LONG_IN_UTF_8: Final = re.compile("[\u0800-\U0010ffff]")  # three bytes or more: nothing by chance

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


def decode(content: bytes, said: Encoding | None = None) -> str:
    """Return a file's text, without byte order mark.

    Args:
        content: The file.
        said: Which encoding it is in, where it may be in several, or is in EUC-JP.

    Raises:
        FileError: It is in an encoding that this doesn't read; it is named, if it is Japanese. Or
            it may be in several, and nothing was said: they are named, with what it is in each.
    """
    if content.startswith(_UTF_32):
        raise FileError(1, "file.encoding")
    if content.isascii() and _ISO_2022_JP.search(content):
        raise FileError(1, "file.encoding_named", encoding="ISO-2022-JP (JIS)")
    text = _utf_16(content)
    if text is None:
        text = _by_bytes(content, said)
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


def _by_bytes(content: bytes, said: Encoding | None) -> str:
    possible = _possible(content)
    if said is not None and said in possible:
        return content.decode(_CODECS[said], "surrogateescape")
    if len(possible) > 1:
        readings = {language: _readings(content, possible, language) for language in _BETWEEN}
        raise FileError(1, "file.encoding_doubtful", readings=in_both(**readings))
    if possible == [Encoding.UTF_8]:
        return content.decode("utf-8")
    if possible == [Encoding.EUC_JP]:
        raise FileError(1, "file.encoding_named_euc", encoding=_NAMES[Encoding.EUC_JP])
    # CP932 reads nearly any bytes as something: a file that is UTF-8 but for a few is no CP932.
    text = content.decode("utf-8", "surrogateescape")
    if len(_SEEN.findall(text)) > len(_LOST.findall(text)):
        return text
    return content.decode("cp932", "surrogateescape")


def _possible(content: bytes) -> list[Encoding]:
    """Return the encodings in which it reads well; none: in UTF-8 or CP932 with broken bytes.

    What EUC-JP reads is in CP932 half-width kana, and kanji that are rare: it is taken for that
    where CP932 makes of it what no till prints. Kana as they are typed, of an even number of bytes
    in every word, may be both; and so may be letters of two bytes in UTF-8.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        is_utf_8 = False
    else:
        is_utf_8 = True
        if content.isascii() or content.startswith(codecs.BOM_UTF8) or _LONG_IN_UTF_8.search(text):
            return [Encoding.UTF_8]
    is_kana = _is_kana(content)
    found: list[Encoding] = [Encoding.UTF_8] if is_utf_8 else []
    if _is_euc_jp(content, lost=0 if is_utf_8 or is_kana else 1):
        found.append(Encoding.EUC_JP)
    return [*found, Encoding.CP932] if is_kana else found


def _is_kana(content: bytes) -> bool:
    """Whether CP932 makes half-width kana of it as they are typed, and nothing else."""
    text = content.decode("cp932", "surrogateescape")
    return not (_NOT_HALF_WIDTH.search(text) or _NO_KANA.search(text))


def _is_euc_jp(content: bytes, *, lost: int) -> bool:
    """Whether it reads as EUC-JP, with at most `lost` broken ones in twenty characters."""
    text = content.decode(_CODECS[Encoding.EUC_JP], "surrogateescape")
    return len(_LOST.findall(text)) * _LOST_OF_EUC_JP <= len(_SEEN.findall(text)) * lost


def _readings(content: bytes, possible: Sequence[Encoding], language: Language) -> str:
    """Return what its first word is in each of several encodings."""
    found = _RUN.search(content)
    word = found[0] if found else b""
    opening, closing = ("「", "」") if language == "ja" else ("“", "”")
    samples = (word.decode(_CODECS[one], "replace")[:_SAMPLE_CHARACTERS_MAX] for one in possible)
    said = (
        f"{_NAMES[one]} {opening}{sample}{closing}"
        for one, sample in zip(possible, samples, strict=True)
    )
    return _BETWEEN[language].join(said)
