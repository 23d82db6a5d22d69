"""What pydantic finds wrong in settings and files, in both languages; what was written is not told.

It may be a secret: a password in the address of a database.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from gateway.words import SaidError, Text, joined, load, verbatim

WORDS: Final = load(__file__)

Place = tuple[int | str, ...]


class WrongValueError(SaidError, ValueError):
    """Raised by a validator: what it finds wrong, in both languages."""


def dotted(place: Place) -> str:
    """Return where a member of a file stands: `items.3.code`."""
    return ".".join(map(str, place))


def told(
    error: ValidationError, *, called: Callable[[Place], str] = dotted, between: str = "\n"
) -> Text:
    """Return all that is wrong, each with its place.

    Args:
        error: Pydantic's.
        called: Names a place for people; an empty name is left out.
        between: Stands between two faults.
    """
    return joined(_lines(error, called), between)


def told_of(error: ValueError) -> Text:
    """Return what is wrong in a file that could not be read: not JSON, or with wrong values."""
    if isinstance(error, ValidationError):
        return told(error, between="; ")
    if isinstance(error, SaidError):
        return Text(*(verbatim(error.say(one)).ja for one in ("ja", "en")))
    return WORDS["wrong.not_json"].filled(what=error)


def _lines(error: ValidationError, called: Callable[[Place], str]) -> Iterator[Text]:
    for one in error.errors(include_url=False, include_input=False):
        place, what = called(one["loc"]), _what(one["type"], one["msg"], one.get("ctx", {}))
        yield WORDS["line"].filled(place=place, what=what) if place else what


def _what(kind: str, message: str, facts: dict[str, Any]) -> Text:
    cause = facts.get("error")
    if isinstance(cause, SaidError):
        return Text(verbatim(cause.say("ja")).ja, verbatim(cause.say("en")).en)
    known = WORDS.get(f"wrong.{kind}")
    if known is None:
        return WORDS["wrong.other"].filled(what=message)
    return known.filled(**facts)
