"""What the ledger has of a town, and whether it is the town's ledger at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.registry.records import CONSTITUTION, HEAD, Constitution
from gateway.ledgers.port import Receipt
from gateway.setup.faults import WORDS, RegisterError, WrongTownError, mixed
from gateway.setup.register import Register
from gateway.setup.sheets import DEMO, Book

QUERY_KEYS_MAX = 500  # at a time


class State(Protocol):
    """Whom to ask what the ledger has."""

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key; absent: null."""
        ...


class Door(State, Protocol):
    """A way to a ledger, as `gateway.ledgers.port.Ledger` has it; or by a gateway that serves."""

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        """Submit commands in this order, and wait until they are committed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The ways to a ledger.

    Attributes:
        ledger: As the own gateway submits to it.
        admins: By MSP id, as that organisation's admin does; needed for a new ledger only.
    """

    ledger: Door
    admins: Mapping[str, Door] = field(default_factory=dict)


async def read(ledger: State, keys: Sequence[str]) -> dict[str, Json]:
    """Return the state of any number of keys."""
    state: dict[str, Json] = {}
    for start in range(0, len(keys), QUERY_KEYS_MAX):
        state |= await ledger.query(keys[start : start + QUERY_KEYS_MAX])
    return state


async def refresh(ledger: State, register: Register) -> None:
    """Note in the register what the ledger has."""
    entries = register.entries.values()
    devices = [f"device/{entry.kid}" for entry in entries if entry.kid]
    register.seen(await read(ledger, [*(entry.key for entry in entries), *devices]))


async def check_ledger(ledger: State, register: Register, book: Book) -> bool:
    """Check that ledger, register and workbook belong together; return whether it is founded.

    Raises:
        WrongTownError: The ledger is another town's, or a demo would meet a real town.
        RegisterError: The register does not fit the ledger.
    """
    state = await ledger.query([HEAD, CONSTITUTION])
    head, there = state[HEAD], state[CONSTITUTION]
    if not isinstance(head, dict) or not isinstance(there, dict):
        if any(entry.ledger is not None for entry in register.entries.values()):
            raise RegisterError(WORDS["ledger_view.empty"])
        return False
    if head["demo"] != (book.town[0].kind == DEMO):
        raise mixed(is_demo=bool(head["demo"]))
    if register.constitution is None:
        raise RegisterError(WORDS["ledger_view.no_register"])
    if head["ledger"] != register.ledger:
        raise WrongTownError(WORDS["ledger_view.another"], ledger=head["ledger"])
    constitution = shapes.read(
        Constitution, {name: value for name, value in there.items() if name != "v"}
    )
    if constitution != register.in_force:
        register.amend(constitution)
    return True
