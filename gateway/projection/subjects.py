"""Which records a command is about, read off the names of its members.

A command names every record it touches, and one name always means one kind of record: so a look
at the names is enough, in the open and the closed part and in whatever an approval repeats. A test
holds this against what the contract says that each type of command touches.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from chaincode.base.canonical import Json

KINDS: Final[Mapping[str, str]] = {  # member -> first part of the record's key
    "actor": "actor",
    "brought_by": "shipment",
    "lot": "lot",
    "lots": "lot",  # that are cleared, each of them
    "parents": "lot",  # each of them
    "plot": "plot",
    "proposal": "pending",
    "recall": "recall",
    "receipt": "receipt",  # no record: a line of a till's file, found again by its command
    "roll": "roll",
    "roots": "lot",  # of a recall, each of them
    "shipment": "shipment",
}


def subjects(*parts: Json) -> list[str]:
    """Return the state keys that a command's parts are about, sorted, each once."""
    return sorted(set(_named(parts)))


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            kind = KINDS.get(name)
            if kind and isinstance(member, str):
                yield f"{kind}/{member}"
            elif kind and isinstance(member, list):
                yield from (f"{kind}/{one}" for one in member if isinstance(one, str))
            else:
                yield from _named(member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _named(item)
