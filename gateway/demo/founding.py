"""Found a ledger and enter a town's people: the same way on every ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from gateway.demo.town import Town
from gateway.ledgers.port import Ledger
from gateway.setup.faults import WORDS as SETUP
from gateway.setup.ledger_view import Door
from gateway.words import SaidError, load, speaking

WORDS = load(__file__)

BATCH = 50  # commands per transaction while loading


class FoundingError(SaidError):
    """The ledger refused a command that a fresh ledger accepts: it is founded already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """The commands that begin a ledger, signed once; any fresh ledger takes the same bytes.

    Attributes:
        bootstraps: (MSP id, command), each for that organisation's admin.
        registrations: Every person, device and plot, by the registrars, and every consignment.
    """

    bootstraps: Sequence[tuple[str, bytes]]
    registrations: Sequence[bytes]

    @classmethod
    def of(cls, town: Town, at: int | None = None) -> Self:
        """Sign the founding of a town."""
        return cls(bootstraps=town.founding(at), registrations=town.registrations(at))


async def found(
    founding: Founding,
    admins: Mapping[str, Ledger],
    *,
    at: int | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> None:
    """Bootstrap every organisation and enter every person, device and plot.

    Args:
        founding: What a town signed.
        admins: By MSP id, the ledger as that organisation's admin submits to it.
        at: Ledger time in seconds since 1970, for a demo's ledger.
        progress: Told each step, for people to read.

    Raises:
        FoundingError: A command was not accepted; its code is named.
    """
    ledger = next(iter(admins.values()))
    for msp_id, wire in founding.bootstraps:
        progress(SETUP["founding.bootstrap"].say(speaking.language(), msp=msp_id))
        await submit_all(admins[msp_id], [wire], at=at)
    progress(WORDS["founding.people"].say(speaking.language(), count=len(founding.registrations)))
    await submit_all(ledger, founding.registrations, at=at)


async def submit_all(ledger: Door, wires: Sequence[bytes], *, at: int | None = None) -> None:
    """Submit commands in order, in transactions of at most `BATCH`, each of which must be taken."""
    for start in range(0, len(wires), BATCH):
        receipt = await ledger.submit(wires[start : start + BATCH], at=at)
        refused = sorted({str(one["code"]) for one in receipt.results} - {"ACCEPTED"})
        if refused:
            raise FoundingError(WORDS["founding.refused"], codes=", ".join(refused))
