"""JSON as the projection stores it: canonical text (RFC 8785), the same on every database."""

import json
from typing import Final, NoReturn

from chaincode.base.canonical import Json


def _refuse(_text: str) -> NoReturn:
    raise ValueError("no value on the ledger is a float")


_DECODER: Final = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
# The same bytes as rfc8785's for ASCII member names and integers, and eight times faster.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def write(value: object) -> str:
    """Return the canonical text of a value made of objects, lists, texts, integers, booleans."""
    return _ENCODER.encode(value)


def read_object(raw: bytes) -> tuple[str, dict[str, Json]]:
    """Return a canonical JSON object as its text and its value.

    Raises:
        ValueError: It is not UTF-8, not JSON, not an object, or not spelled canonically.
    """
    text = raw.decode()
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one kind of error for all of these
    if write(value) != text:
        raise ValueError("not canonical")
    return text, value


def decode(text: str | bytes) -> Json:
    """Return the value of a JSON text.

    Raises:
        ValueError: It is not JSON, or holds a float.
    """
    value: Json = _DECODER.decode(text if isinstance(text, str) else text.decode())
    return value


def texts(text: str) -> tuple[str, ...]:
    """Return the texts of a list of texts."""
    value = decode(text)
    return tuple(map(str, value)) if isinstance(value, list) else ()
