"""JSON with one spelling per value: strict reading, canonical writing.

Reading refuses whatever two readers could understand differently, each fault with its own code.
Texts are limited to the characters of Unicode 3.2, whose properties Python ships frozen (as
RFC 3454 needs them): so two peers with different Python versions always agree. JIS X 0213 is in it;
of that are refused, with their codes, its 78 compatibility ideographs and signs that NFC replaces,
digits that are not ASCII, soft hyphen and no-break space.

Source: RFC 8785 (canonical form), RFC 8259 (JSON), Unicode Standard Annex 15 (NFC).
"""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NoReturn, TypeAlias
from unicodedata import ucd_3_2_0 as unicode_3_2

import rfc8785

from chaincode.base.errors import Code, FaultError

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

DEPTH_MAX = 8  # nested arrays and objects
VALUES_MAX = 2_048  # of one signed text: a run of 64 parents into 16 children has some 1,300
INTEGER_MAX = 2**53 - 1  # RFC 8785 section 3.2.2.3: what a double holds exactly

# Of one text with characters beyond ASCII (`shapes.Title` is the longest), and of all such texts
# of a document together (a constitution's 17 titles): what is longer is refused unexamined.
TEXT_CHARACTERS_MAX = 80
TEXTS_CHARACTERS_MAX = 17 * TEXT_CHARACTERS_MAX

_encode_ascii = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
).encode
_INTEGER_CHARACTERS_MAX = 17  # a sign and 16 digits
_BLANKS = {" ", "\u3000"}  # the two that Japanese keyboards type
# Control, format (bidi, joiners), unassigned, private, and separators of any kind: U+200B is a
# space in Unicode 3.2. Surrogates have their own code.
_FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"}
# Of other categories, and invisible all the same: soft hyphen, grapheme joiner, Hangul and Khmer
# fillers, Mongolian and common variation selectors. Source: Default_Ignorable_Code_Point, UAX 44.
_INVISIBLE = {
    *"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u3164\uffa0",
    *(chr(selector) for selector in range(0xFE00, 0xFE10)),
}
_OUTSIDE_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)


def encode(value: Json) -> bytes:
    """Return the canonical form of `value` (RFC 8785): UTF-8, sorted members, no white space.

    `value` holds no floats and no integers beyond `INTEGER_MAX`: `decode` and the shapes see to it.
    """
    text = _encode_ascii(value)
    # Where all is ASCII the standard encoder writes the same bytes, in an eighth of the time; where
    # it is not, the order of members could differ (RFC 8785 section 3.2.3 sorts by UTF-16).
    return text.encode("ascii") if text.isascii() else rfc8785.dumps(value)


def digest(value: bytes) -> str:
    """Return SHA-256 of `value` as 64 lower-case hexadecimal digits."""
    return sha256(value).hexdigest()


def decode(raw: bytes) -> Json:
    """Read JSON strictly.

    Raises:
        FaultError: The first fault found, from `NOT_UTF8` to `NOT_NFC` in the order of `Code`
            where two stages differ, in the order of the text within one stage.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise FaultError(Code.NOT_UTF8) from None
    _check_depth(raw)
    try:
        value: Json = _parse(text)
    except json.JSONDecodeError:
        raise FaultError(Code.NOT_JSON) from None
    is_plain = text.isascii() and text.isprintable() and "\\" not in text
    if not is_plain:
        _check_texts(value)
    return value


def decode_canonical(raw: bytes) -> Json:
    """Read JSON strictly and refuse any spelling but the canonical one (`NOT_CANONICAL`).

    Raises:
        FaultError: Also `TOO_MANY_VALUES`, ahead of all others.
    """
    if max(raw.count(b","), raw.count(b"[") + raw.count(b"{")) > VALUES_MAX:
        raise FaultError(Code.TOO_MANY_VALUES)
    value = decode(raw)
    if encode(value) != raw:
        raise FaultError(Code.NOT_CANONICAL)
    return value


def _check_depth(raw: bytes) -> None:
    """Refuse deep nesting before the parser, whose own limit depends on the interpreter."""
    if raw.count(b"[") + raw.count(b"{") <= DEPTH_MAX:
        return  # too few to nest that deep, wherever they stand: nearly every command
    depth = 0
    for char in _OUTSIDE_STRINGS.sub(b"", raw):
        if char in b"[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise FaultError(Code.TOO_DEEP)
        elif char in b"]}":
            depth -= 1


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise FaultError(Code.DUPLICATE_MEMBER)
    return members


def _refuse_constant(_name: str) -> NoReturn:
    raise FaultError(Code.NOT_A_NUMBER)


def _refuse_float(_text: str) -> NoReturn:
    raise FaultError(Code.NOT_AN_INTEGER)


def _integer(text: str) -> int:
    """Read digits; so many that reading them would take time are refused by their number."""
    if len(text) > _INTEGER_CHARACTERS_MAX or abs(number := int(text)) > INTEGER_MAX:
        raise FaultError(Code.INTEGER_TOO_LARGE)
    return number


_parse = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_constant=_refuse_constant,
    parse_float=_refuse_float,
    parse_int=_integer,
).decode


def _check_texts(value: Json) -> None:
    texts = [text for text in _texts(value) if not (text.isascii() and text.isprintable())]
    lengths = [len(text) for text in texts]
    if lengths and (max(lengths) > TEXT_CHARACTERS_MAX or sum(lengths) > TEXTS_CHARACTERS_MAX):
        raise FaultError(Code.TEXT_TOO_LONG)
    for text in texts:
        _check_text(text)


def _texts(value: Json) -> Iterator[str]:
    """Yield every text and every member's name, in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)


def _check_text(text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise FaultError(Code.LONE_SURROGATE)
    if any(not char.isascii() and unicode_3_2.decimal(char, -1) >= 0 for char in text):
        raise FaultError(Code.NON_ASCII_DIGIT)
    if any(_is_forbidden(char) for char in text):
        raise FaultError(Code.FORBIDDEN_CHARACTER)
    if unicode_3_2.normalize("NFC", text) != text:
        raise FaultError(Code.NOT_NFC)


def _is_forbidden(char: str) -> bool:
    """Whether a character shows nothing, or something else to another reader."""
    if char in _BLANKS:
        return False
    return unicode_3_2.category(char) in _FORBIDDEN_CATEGORIES or char in _INVISIBLE
