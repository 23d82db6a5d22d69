"""Consignments of a workbook: proposed here, and signed by the other organisation's registrar.

Both registrars' keys may lie on this computer; that two organisations agreed would then be a
pretence. So an application signs for the producer's side alone, says who signs next, and looks the
next time whether they did. What a side ended since is left alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from chaincode.base import times
from chaincode.base.canonical import Json
from gateway.setup.faults import WORDS
from gateway.setup.ledger_view import State, read
from gateway.setup.register import Code, Entry, Register
from gateway.setup.wishes import CONSIGNMENTS, Wish, differing
from gateway.words import speaking

REGISTER: Final = "consignment.register"
OPEN: Final = "open"
APPLIED: Final = "applied"


@dataclass(slots=True, kw_only=True)
class Consigning:
    """The consignments of one application.

    Attributes:
        open: Those proposed, here or before, that wait for the other side, in the workbook's order.
    """

    register: Register
    wanted: tuple[Wish, ...]
    open: list[Wish] = field(default_factory=list)

    def draw(self) -> None:
        """Keep which pair of parties each row is about, once both have their pseudonyms."""
        entries = self.register.entries
        self.register.put(
            Entry(sheet=CONSIGNMENTS, code=one.code, id="/".join(_parties(one, entries)))
            for one in self.wanted
            if (one.sheet, one.code) not in entries
        )

    async def lacking(self, ledger: State, *, now: int) -> list[tuple[Wish, dict[str, Json]]]:
        """Return what is to be proposed, with the body; what waits already goes to `open`."""
        entries = self.register.entries
        differ = [one for one in self.wanted if differing(one, self._entry(one), entries)]
        proposed = await proposals(ledger, self.register, differ, now=now)
        self.open += [one for one in differ if proposed.get(one.code) == OPEN]
        found = []
        for one in differ:
            if one.code not in proposed:
                producer, shop = _parties(one, entries)
                found.append((one, {"producer": producer, "shop": shop, **one.record}))
        return found

    def proposed(self, wish: Wish, command: str) -> None:
        """Remember a proposal that the ledger has taken."""
        details: dict[str, Json] = {"proposal": command, "terms": wish.record}
        self.register.put([replace(self._entry(wish), details=details)])
        self.open.append(wish)

    def tell(self, organisation_of: Mapping[str, str], say: Callable[[str], None]) -> None:
        """Say of each that waits whose registrar signs it, and how."""
        for one in self.open:
            producer, shop = one.code.split()
            theirs = organisation_of[shop]
            word = "same" if theirs == organisation_of[producer] else "other"
            said = {"producer": producer, "shop": shop, "organisation": theirs}
            say(WORDS[f"consigning.{word}"].say(speaking.language(), **said))

    def _entry(self, wish: Wish) -> Entry:
        return self.register.entries[wish.sheet, wish.code]


async def proposals(
    ledger: State, register: Register, wanted: Iterable[Wish], *, now: int
) -> dict[str, str]:
    """Return, by code, the state of each consignment that was proposed as it is wished now.

    Only `OPEN` ones, which wait for the other side, and `APPLIED` ones: if such a one differs all
    the same, somebody has changed or ended it since. In neither case is it proposed again.
    """
    entries = register.entries
    asked = {
        one.code: f"pending/{entry.details['proposal']}"
        for one in wanted
        if one.sheet == CONSIGNMENTS
        and (entry := entries.get((one.sheet, one.code)))
        and entry.details.get("terms") == one.record
    }
    pending = await read(ledger, list(asked.values()))
    states = {code: _state(pending[key], now) for code, key in asked.items()}
    return {code: state for code, state in states.items() if state in {OPEN, APPLIED}}


def _parties(wish: Wish, entries: Mapping[Code, Entry]) -> Iterator[str]:
    return (entries["parties", code].id for code in wish.code.split())


def _state(proposal: Json, now: int) -> str:
    """Return whether a proposal is open, applied, or of no more use."""
    if not isinstance(proposal, dict):
        return "none"
    is_expired = now >= times.seconds(str(proposal["expires"]))
    state = str(proposal["state"])
    return "none" if state == OPEN and is_expired else state
