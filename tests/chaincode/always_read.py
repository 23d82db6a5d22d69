"""The records that every transaction reads: how often each is written, and how large it can be.

Each is built here as large as its shape and the rules let it be, so that what the specification
says of it is measured and not believed.
"""

from dataclasses import dataclass
from typing import Any

from chaincode.base.canonical import INTEGER_MAX
from chaincode.base.overlay import encode_state
from chaincode.recalls.records import (
    CLEARED_MAX,
    OPEN_RECALLS,
    ROOTS_OPEN_MAX,
    OpenRecall,
    OpenRecalls,
)
from chaincode.recalls.room import TAKES_AT_LEAST
from chaincode.registry.records import DEMO_TIME, HEAD, DemoTime, Head, Standing

WORD = "w" * 32
DAY = "2026-04-15"


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    """One record that every transaction reads.

    Attributes:
        often: How often it is written.
        largest: The largest that can be.
        usual: As it is in a town of some hundred farms.
        usually: What that is, in words.
    """

    often: str
    largest: object
    usual: object
    usually: str


def _head(organisations: int, roles: int, word: str) -> Head:
    standing = Standing(id=word, roles=(word,) * roles, suspended_until=DAY)
    return Head(
        ledger="a" * 64,
        rules=INTEGER_MAX,
        epoch=INTEGER_MAX,
        demo=False,
        utc_offset_minutes=-720,
        families=(word,) * (16 if organisations > 4 else 5),
        organisations=(standing,) * organisations,
    )


def open_recalls(*, entries: int, roots: int, crops: int, word: str = WORD) -> OpenRecalls:
    """Return so many entries of so many roots and crops each, with as much cleared as can be."""
    each = CLEARED_MAX // entries
    entry: dict[str, Any] = {
        "recall": "Z" * 20,
        "entry": "f" * 64,
        "organisation": word,
        "kind": "labelling",
        "crops": (word,) * crops,
        "own": "Q7M49X2B0KTD",
        "alone": "Q7M49X2B0KTD",
        "service": "Q7M49X2B0KTD",
        "lapses_at": "2026-04-22T00:00:00Z",
        "roots": ("Z" * 20,) * roots,
        "cleared": ("Z" * 20,) * each if each and word == WORD else None,
    }
    return OpenRecalls(recalls=(OpenRecall(**entry),) * entries)


ALWAYS = {
    HEAD: Always(
        often="when organisations amend, activate or suspend: some times a year",
        largest=_head(16, 32, WORD),
        usual=_head(4, 5, "recall-officer"),
        usually="four organisations of five roles",
    ),
    DEMO_TIME: Always(
        often="in a demo by every transaction; else never",
        largest=DemoTime(ledger_time=INTEGER_MAX),
        usual=DemoTime(ledger_time=1_776_211_200),
        usually="in a demo",
    ),
    OPEN_RECALLS: Always(
        often="when a recall begins, grows, is confirmed clears or ends: some times a month",
        # An entry takes the room of ten roots at least, and of its crops.
        largest=open_recalls(
            entries=ROOTS_OPEN_MAX // TAKES_AT_LEAST, roots=TAKES_AT_LEAST, crops=TAKES_AT_LEAST
        ),
        usual=open_recalls(entries=5, roots=20, crops=1, word="carrot"),
        usually="five recalls of twenty lots",
    ),
}


def table(writers: dict[str, str]) -> str:
    """Return the table of these records; `writers`: the types that may write each."""
    lines = [
        "| record | written by | how often | bytes, usually | bytes, at most |",
        "|---|---|---|---|---|",
    ]
    for key, one in ALWAYS.items():
        usual, largest = (len(encode_state(record)) for record in (one.usual, one.largest))
        sizes = f"{usual:,} ({one.usually}) | {largest:,}"
        lines.append(f"| `{key}` | {writers[key]} | {one.often} | {sizes} |")
    return "\n".join(lines)
