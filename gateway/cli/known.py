"""What a key's holder may know of itself, as `GET /api/me` gave it, kept for where is no line.

It stands beside the key, readable by its owner only: names of plots hold surnames.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gateway.cli.said import WORDS
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key, replace_private
from gateway.words import speaking

SUFFIX: Final = ".known"
FORM: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An answer of `GET /api/me`, and when it was given, in seconds since 1970."""

    me: dict[str, Any]
    asked_at: int


def path_of(key: Key) -> Path:
    """Return where what is known is kept."""
    return key.path.with_suffix(SUFFIX)


def kept(key: Key) -> Known | None:
    """Return what was known last, `None` if nothing of this key's is kept, or it can't be read."""
    try:
        stored = json.loads(path_of(key).read_bytes())
        known = Known(me=stored["me"], asked_at=int(stored["asked_at"]))
        is_own = (known.me["kid"], known.me["ledger"]) == (key.device.kid, key.device.ledger)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return known if is_own and stored.get("v") == FORM else None


def ask(key: Key, client: Client) -> Known:
    """Ask the gateway, by an open session of the key's, and keep the answer.

    Raises:
        ApiError: It can't be asked.
        OSError: The answer can't be kept.
    """
    known = Known(me=client.get("/api/me"), asked_at=int(time.time()))
    stored = {"v": FORM, "asked_at": known.asked_at, "me": known.me}
    replace_private(path_of(key), json.dumps(stored, ensure_ascii=False))
    return known


def latest(key: Key) -> tuple[Known, ApiError | None]:
    """Return what the gateway says now; where it can't be asked, what was kept, and why.

    Raises:
        ApiError: It can't be asked, and nothing is kept.
    """
    try:
        with Client(key.address) as client:
            client.open_session(key)
            return ask(key, client), None
    except ApiError as error:
        known = kept(key)
        if known is None:
            raise
        return known, error


def tell_away(known: Known, error: ApiError) -> None:
    """Say that what was known last is used, and why."""
    local = datetime.fromtimestamp(known.asked_at + known.me["utc_offset_minutes"] * 60, UTC)
    speaking.say(
        WORDS["known.away"],
        is_aside=True,
        day=local.date().isoformat(),
        error=error.say(speaking.language()),
    )
