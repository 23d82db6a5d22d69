"""Where a page of a list ends, so that the next one begins there: opaque to whoever pages."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Place: TypeAlias = tuple[str | int, ...]
Item = TypeVar("Item")

CURSOR_CHARACTERS_MAX = 256
_TEXT_CHARACTERS_MAX = 64
_INTEGER_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items in order, and the place of the last one if there are more; else `None`."""

    items: tuple[Item, ...]
    next: Place | None


def paged(rows: Sequence[tuple[Item, Place]], *, limit: int) -> Page[Item]:
    """Return the first `limit` of at most `limit + 1` rows, each with its place."""
    shown = rows[:limit]
    return Page(
        items=tuple(item for item, _ in shown),
        next=shown[-1][1] if len(rows) > limit else None,
    )


def write(place: Place) -> str:
    """Return a place as a cursor."""
    return urlsafe_b64encode(json.dumps(place).encode()).rstrip(b"=").decode()


def read(cursor: str, kinds: Sequence[type]) -> Place:
    """Return the place that a cursor names.

    Args:
        cursor: As `write` gave it, or whatever a stranger made up.
        kinds: `str` or `int` for each part.

    Raises:
        ValueError: It is no cursor of this list.
    """
    if len(cursor) > CURSOR_CHARACTERS_MAX or not cursor.isascii():
        raise ValueError("not a cursor")
    try:
        parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except RecursionError:
        raise ValueError("not a cursor") from None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise ValueError("not a cursor")
    for part in parts:
        is_short = abs(part) <= _INTEGER_MAX if isinstance(part, int) else _is_text(part)
        if not is_short:
            raise ValueError("not a cursor")
    return tuple(parts)


def _is_text(part: str) -> bool:
    return len(part) <= _TEXT_CHARACTERS_MAX and part.isascii() and part.isprintable()
