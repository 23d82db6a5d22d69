"""Every way in which a well-formed command can be refused, one function each.

    @fault("lot.ship", "NOT_INDEPENDENT", "recipient")
    def ships_to_itself(draft: Draft) -> None:
        draft.closed["recipient"] = draft.body["party"]

The words after the code say what of the command is spoiled: two faults that spoil different things
can stand in one command, and then the code that comes first must win.

    envelope    what any command's envelope can have wrong: key, sequence, time, authority
    lots        what many commands on lots have in common: packs, holds, recalls
    founding    organisations    people    mandates    proposals    plots
    harvest     handover    outflow    consignment    stock    making    sorting    labels
    recalls     consent     claims
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from chaincode.base.errors import Code
from chaincode.lots.records import Lot
from chaincode.registry.records import OFFICES
from chaincode.rules import EVER
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import canonical
from tests.chaincode.world import World

Spoil = Callable[[Draft], None]
ANY = "any type but registry.bootstrap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a command, and the answer to it."""

    type: str
    code: str
    spoils: frozenset[str]
    spoil: Spoil

    @property
    def name(self) -> str:
        return f"{self.type}: {self.code}: {self.spoil.__name__}"

    @property
    def is_common(self) -> bool:
        """Whether the envelope is at fault, and so the first of two signatures already fails."""
        return self.type == ANY

    @property
    def place(self) -> tuple[bool, int]:
        """Where its check stands: a command's own part is judged after its envelope."""
        return not self.is_common, list(Code).index(Code(self.code))

    def is_compatible(self, other: "Fault") -> bool:
        """Whether both can stand in one command and have different answers."""
        return self.code != other.code and not self.spoils & other.spoils


FAULTS: list[Fault] = []
# What no rule answers, but what reads and runs any command, before and around the rules.
AROUND_RULES = {
    *(str(code) for code in list(Code)[: list(Code).index(Code.NOT_FOUNDED)]),
    str(Code.ORGANISATION_SUSPENDED),  # of any office: `tests.chaincode.test_suspension`
    str(Code.CONTRACT_FAULT),
    str(Code.RUN_OPEN),  # of any goods: `tests.chaincode.test_sorting`
}


def fault(type_name: str, code: str, *spoils: str) -> Callable[[Spoil], Spoil]:
    """Enter the decorated function as a fault of that type."""

    def enter(spoil: Spoil) -> Spoil:
        FAULTS.append(
            Fault(type=type_name, code=code, spoils=frozenset(spoils or (code,)), spoil=spoil)
        )
        return spoil

    return enter


def amend_lot(world: World, lot: str, **members: object) -> None:
    """Let a lot's record be as if more had happened to it."""
    world.harvest("farmer", 1)  # an act, so that no shared world is changed
    key = Lot.key(lot)
    world.ledger.state[key] = canonical(world.ledger.record(key) | members)


def unpacked(draft: Draft) -> dict:
    """Return the closed part without packs, which another fault may have spoiled already."""
    return {name: member for name, member in draft.closed.items() if name != "packs"}


def faults(type_name: str) -> list[Fault]:
    """Return the faults of one type, or of `ANY`."""
    return [one for one in FAULTS if one.type == type_name]


def commons(type_name: str) -> list[Fault]:
    """Return the faults of the envelope that a command of this type can have."""
    kind = EVER[type_name]
    by_two = kind.signers == 2 and not kind.takes_shared_keys
    can = {
        "ROLE_MISSING": bool(kind.roles) or type_name == "proposal.approve",
        "SHARED_KEY": by_two and not kind.roles <= OFFICES,  # who holds one has no shared key
    }
    return [one for one in faults(ANY) if can.get(one.code, True)]


@cache
def is_tested(code: str, *type_names: str) -> bool:
    """Whether a test here asks for this answer to a command; an approval is also of a type."""
    if code in AROUND_RULES:
        return True
    return any(code == one.code for name in (ANY, *type_names) for one in faults(name))


def spoiled(draft: Draft, *wrong: Fault) -> Draft:
    """Return the command that must be refused, ready to be submitted.

    What is checked first is spoiled last: so an unknown ledger, say, does not keep the other fault
    from being prepared on it. Faults of the envelope are the command's own; of two signatures, all
    others are the second one's.
    """
    for one in sorted(wrong, key=lambda one: one.place, reverse=True):
        one.spoil(draft)
    return draft if any(one.is_common for one in wrong) else draft.last()


for _family in (
    "envelope",
    "founding",
    "organisations",
    "people",
    "mandates",
    "proposals",
    "plots",
    "lots",
    "harvest",
    "handover",
    "outflow",
    "consignment",
    "consent",
    "claims",
    "stock",
    "making",
    "sorting",
    "labels",
    "recalls",
):
    import_module(f"tests.chaincode.rejections.{_family}")
