"""Found a ledger and enter a town's people: the same way on every ledger."""

from collections.abc import Callable, Mapping, Sequence

from gateway.demo.town import Town
from gateway.ledger import Ledger

BATCH = 50  # commands per transaction while loading


class FoundingError(Exception):
    """The ledger refused a command that a fresh ledger accepts: it is founded already."""


async def found(
    town: Town,
    admins: Mapping[str, Ledger],
    *,
    at: int | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> None:
    """Bootstrap every organisation and enter every person, device and plot of the town.

    Args:
        town: Whose commands are signed now.
        admins: By MSP id, the ledger as that organisation's admin submits to it.
        at: Ledger time in seconds since 1970, for a demo's ledger.
        progress: Told each step, for people to read.

    Raises:
        FoundingError: A command was not accepted; its code is named.
    """
    ledger = next(iter(admins.values()))
    for msp_id, wire in town.founding(at):
        progress(f"bootstrap {msp_id}")
        await submit_all(admins[msp_id], [wire], at=at)
    progress(f"enter {len(town.people)} people and {len(town.plots)} plots")
    await submit_all(ledger, town.registrations(at), at=at)


async def submit_all(ledger: Ledger, wires: Sequence[bytes], *, at: int | None = None) -> None:
    """Submit commands in order, in transactions of at most `BATCH`, each of which must be taken."""
    for start in range(0, len(wires), BATCH):
        receipt = await ledger.submit(wires[start : start + BATCH], at=at)
        refused = sorted({str(one["code"]) for one in receipt.results} - {"ACCEPTED"})
        if refused:
            raise FoundingError(", ".join(refused))
