"""Which families of command types there are, and which types a version of the rules has.

A ledger takes the families that its constitution names, as the version of the rules in force has
them. New rules are new modules beside the old ones and one more line in `RULES`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from chaincode import lots, plots, proposals, recalls
from chaincode.base.overlay import Change, Overlay
from chaincode.command_types import CommandType
from chaincode.lots.balance import require_balance
from chaincode.lots.sorting import require_ended
from chaincode.reading import Request
from chaincode.registry import founding, joint, mandates, organisations, people, successions
from chaincode.registry.records import Head, Revocation

FIRST: Final = 1  # the rules that a ledger is founded with
REGISTRY: Final = "registry"
PROPOSALS: Final = "proposals"
PRODUCE: Final = ("lots", "plots", PROPOSALS, "recalls", REGISTRY)  # what a produce ledger takes


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """One version of the rules.

    Attributes:
        families: The command types of each family, by the family's name.
        invariants: Each is asked about what a command changes, and raises when it is broken.
        guards: Each looks at what a command would change, whatever its type, and may reject it.
    """

    families: Mapping[str, Sequence[CommandType]]
    invariants: Sequence[Callable[[Iterable[Change]], None]] = ()
    guards: Sequence[Callable[[Overlay], None]] = ()

    @property
    def types(self) -> Mapping[str, CommandType]:
        """Every command type by name, of whatever family; a name stands once in them."""
        return _types(self, tuple(sorted(self.families)))

    def spares(self, revocation: Revocation, request: Request) -> bool:
        """Whether a revocation left this command in, of whoever's key it ended.

        Nothing is ever spared that is about people, keys, mandates or the ledger's own rules. Until
        when is not looked at: a gateway does not know the ledger's time.
        """
        if any(kind.name == request.judged.name for kind in self.families[REGISTRY]):
            return False
        spared = revocation.spared
        return spared is not None and spared.has(request.command.id, request.command.seq)

    def taken(self, families: Sequence[str]) -> Mapping[str, CommandType]:
        """Return the command types that a ledger of these families takes, by name."""
        return _types(self, tuple(families))


@cache
def _types(rules: Rules, families: tuple[str, ...]) -> Mapping[str, CommandType]:
    types = [kind for family in families for kind in rules.families[family]]
    by_name = {kind.name: kind for kind in types}
    assert len(by_name) == len(types)  # noqa: S101 - a name given twice is a bug found at import
    return by_name


RULES: Final[Mapping[int, Rules]] = {
    1: Rules(
        {
            REGISTRY: (
                *founding.TYPES,
                *organisations.TYPES,
                *successions.TYPES,
                *people.TYPES,
                *joint.TYPES,
                *mandates.TYPES,
            ),
            PROPOSALS: proposals.TYPES,
            "plots": plots.TYPES,
            "lots": lots.TYPES,
            "recalls": recalls.TYPES,
        },
        invariants=(require_balance,),
        guards=(require_ended,),
    ),
}
# Every type that any version knows, as the newest has it: for who reads what was taken long ago.
EVER: Final[Mapping[str, CommandType]] = {
    name: kind for _, one in sorted(RULES.items()) for name, kind in one.types.items()
}


def in_force(head: Head | None, versions: Mapping[int, Rules] = RULES) -> Mapping[str, CommandType]:
    """Return the command types that a ledger takes; before it is founded, all of the first rules.

    Raises:
        KeyError: This program lacks the rules in force.
    """
    if head is None:
        return versions[FIRST].types
    return versions[head.rules].taken(head.families)
