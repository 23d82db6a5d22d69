"""Which families of command types there are, and which types a version of the rules has.

A ledger takes the families that its constitution names, as the version of the rules in force has
them. New rules are new modules beside the old ones and one more line in `RULES`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from chaincode import lots, plots, proposals, recalls
from chaincode.command_types import CommandType
from chaincode.registry import founding, mandates, people
from chaincode.registry.records import Head

FIRST: Final = 1  # the rules that a ledger is founded with


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules: its command types by name."""

    types: Mapping[str, CommandType]


def rules_of(*families: Iterable[CommandType]) -> Rules:
    """Return the rules made of these families; a type's name stands once in them."""
    types = [kind for family in families for kind in family]
    by_name = {kind.name: kind for kind in types}
    assert len(by_name) == len(types)  # noqa: S101 - a name given twice is a bug found at import
    return Rules(by_name)


RULES: Final[Mapping[int, Rules]] = {
    1: rules_of(
        founding.TYPES,
        people.TYPES,
        mandates.TYPES,
        plots.TYPES,
        lots.TYPES,
        recalls.TYPES,
        proposals.TYPES,
    ),
}


# Every type that any version knows, as the newest has it: for who reads what was taken long ago.
EVER: Final[Mapping[str, CommandType]] = {
    name: kind for _, one in sorted(RULES.items()) for name, kind in one.types.items()
}


def in_force(head: Head | None, versions: Mapping[int, Rules] = RULES) -> Rules:
    """Return the rules in force; before a ledger is founded, those that it will begin with.

    Raises:
        KeyError: This program lacks them.
    """
    return versions[head.rules if head else FIRST]
