"""Pages of lists: a cursor that the answer before gave, and how many items at most."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Query

from gateway.http.errors import ProblemError
from gateway.lookups import places
from gateway.settings import LimitSettings
from gateway.words.codes import GatewayCode

LIMIT_DEFAULT: Final = 20

Cursor = Annotated[
    str | None,
    Query(max_length=places.CURSOR_CHARACTERS_MAX, description="`next` of the page before."),
]
Limit = Annotated[int, Query(ge=1, le=1_000, description="Items at most; the gateway may cap it.")]


def limit(asked: int, limits: LimitSettings) -> int:
    """Return how many items a page has at most."""
    return min(asked, limits.page_items_max)


def place(cursor: str | None, kinds: Sequence[type]) -> places.Place | None:
    """Return where a page begins.

    Raises:
        ProblemError: `CURSOR_INVALID`.
    """
    if cursor is None:
        return None
    try:
        return places.read(cursor, kinds)
    except ValueError:
        raise ProblemError(GatewayCode.CURSOR_INVALID) from None


def cursor(place: places.Place | None) -> str | None:
    """Return the cursor of the next page, `None` at the end."""
    return None if place is None else places.write(place)
