"""The entries of recalls in force, as a command finds and leaves them."""

from collections.abc import Sequence

from chaincode.base import times
from chaincode.command_types import Act
from chaincode.recalls.records import OPEN_RECALLS, OpenRecall, OpenRecalls


def entries_in_force(act: Act) -> tuple[OpenRecall, ...]:
    """Return the entries that have not lapsed: what is written next forgets the others."""
    record = act.find(OpenRecalls, OPEN_RECALLS)
    now = times.timestamp(act.time)
    return tuple(one for one in record.recalls if one.is_in_force(now)) if record else ()


def put_entries(act: Act, entries: Sequence[OpenRecall]) -> None:
    """Write down what is in force from here on."""
    ordered = tuple(sorted(entries, key=lambda one: (one.recall, one.entry)))
    act.put(OPEN_RECALLS, OpenRecalls(recalls=ordered))


def state_of(entries: Sequence[OpenRecall]) -> str:
    """Return the state of a recall with these entries: whether two signed for any of them."""
    return "confirmed" if any(one.alone is None for one in entries) else "unconfirmed"
