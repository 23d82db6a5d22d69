"""A town's lots, many of them made from others, as rows of the projection's tables."""

import json
import random
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert

from chaincode.lots.records import ROOTS_MAX
from gateway.projection.domain import holdings, lot_parents, lots, shipments
from gateway.projection.tables import METADATA, command_subject, commands

SHOPS = 40
_AT_ONCE = 5_000


@dataclass(slots=True)
class Branching:
    """Lots in the order in which they were made: mixtures of earlier ones, split and mixed again.

    The first `families` lots are harvests; a later lot has one to three parents of its family, the
    latest ones more likely, so lineages are deep as well as wide.

    Attributes:
        mixing: How many of a hundred lots are made from more than one.
    """

    count: int
    families: int = 1
    mixing: int = 67
    seed: int = 20260417
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roots: dict[str, frozenset[str]] = field(default_factory=dict)
    new_roots: set[str] = field(default_factory=set)  # those that start lineage anew

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        by_family: list[list[str]] = [[] for _ in range(self.families)]
        for number in range(self.count):
            family = by_family[number % self.families]
            lot = f"{number:020d}"
            is_mixed = chance.randrange(100) < self.mixing
            few = (chance.randint(2, 3) if is_mixed else 1) if family else 0
            chosen = {
                family[int(len(family) * (1 - chance.random() ** 3 / 2) - 1)] for _ in range(few)
            }
            self._add(lot, tuple(sorted(chosen)))
            family.append(lot)

    def _add(self, lot: str, parents: tuple[str, ...]) -> None:
        ancestors = set(parents).union(*(self.roots[parent] for parent in parents))
        if len(ancestors) > ROOTS_MAX:
            self.new_roots.add(lot)
            ancestors = set()
        self.parents[lot] = parents
        self.roots[lot] = frozenset(ancestors)

    def descendants(self, seeds: set[str]) -> set[str]:
        """Return the seeds and all that was made of them, by walking every lot once."""
        reached: set[str] = set()
        for lot, parents in self.parents.items():
            if lot in seeds or reached.intersection(parents):
                reached.add(lot)
        return reached

    def met(self, recalled: set[str]) -> set[str]:
        """Return the lots that the contract refuses while these roots are recalled."""
        return {lot for lot, roots in self.roots.items() if lot in recalled or recalled & roots}

    def holder(self, lot: str) -> str:
        """Return who holds a lot."""
        return f"SHP{int(lot) % SHOPS:09d}"

    def write(self, connection: Connection, *, with_commands: bool = True) -> None:
        """Make the tables and fill them; without commands in half the time."""
        METADATA.create_all(connection)
        made, edges, held, coming = [], [], [], []
        entries, about = [], []
        for lot, parents in self.parents.items():
            made.append(self._lot(lot, parents))
            edges += [
                {"state_key": f"lot/{lot}", "child": lot, "parent": parent} for parent in parents
            ]
            held.append(self._holding(lot))
            if int(lot) % 50 == 0:
                coming.append(self._shipment(lot))
            if not with_commands:
                continue
            entries.append(self._entry(lot, parents))
            about += [
                {
                    "subject_key": f"lot/{one}",
                    "block_number": int(lot),
                    "position": 0,
                    "command_id": _entry_id(lot),
                }
                for one in (lot, *parents)
            ]
        for table, rows in (
            (lots, made),
            (lot_parents, edges),
            (holdings, held),
            (shipments, coming),
            (commands, entries),
            (command_subject, about),
        ):
            for start in range(0, len(rows), _AT_ONCE):
                connection.execute(insert(table), rows[start : start + _AT_ONCE])

    def _lot(self, lot: str, parents: tuple[str, ...]) -> dict:
        day = 1 + int(lot) % 28
        return {
            "state_key": f"lot/{lot}",
            "id": lot,
            "party": "FRM000000001",
            "origin": "made" if parents else "harvest",
            "plot": None if parents else "PLT000000001",
            "crop": "carrot",
            "grade": None,
            "harvested_at": f"2026-04-{day:02d}T00:00:00Z",
            "estimated": False,
            "harvest_g": 0 if parents else 1_000,
            "supplement_g": 0,
            "claimed_g": 0,
            "denied_g": 0,
            "made_g": 1_000 if parents else 0,
            "roots": "[]",
            "is_root": lot in self.new_roots,
            "entry": _entry_id(lot),
        }

    def _entry(self, lot: str, parents: tuple[str, ...]) -> dict:
        """The command that made a lot: a harvest, or a run that took as much of each parent."""
        body: dict = {"lot": lot, "crop": "carrot", "plot": "PLT000000001"}
        closed: dict = {"quantity_g": 1_000}
        if parents:
            body = {
                "parents": list(parents),
                "children": [{"lot": lot, "index": 0, "crop": "carrot"}],
                "shares": "measured",
            }
            share_g = 1_000 // len(parents)
            closed = {"inputs": [{"quantity_g": share_g, "to_g": [share_g]} for _ in parents]}
        return {
            "id": _entry_id(lot),
            "kid": "K" * 43,
            "seq": int(lot) + 1,
            "actor": "ACT000000001",
            "on_behalf": None,
            "type": "lot.merge" if parents else "lot.harvest",
            "event_time": 1_776_211_200,
            "signed_at": 1_776_211_200,
            "nonce": _entry_id(lot)[32:],
            "block_number": int(lot),
            "tx_id": _entry_id(lot),
            "position": 0,
            "code": "ACCEPTED",
            "flags": "[]",
            "payload": json.dumps({"body": body}),
            "closed": json.dumps(closed),
            "signature": "",
            "ledger_time": 1_776_211_200,
        }

    def _holding(self, lot: str) -> dict:
        holder = self.holder(lot)
        terms = ("discarded", "own_use", "transformed", "lost", "surplus")
        terms = (*terms, "unproven", "unproven_gone", "denied")
        return {
            "state_key": f"holding/{lot}/{holder}/{holder}",
            "lot": lot,
            "holder": holder,
            "owner": holder,
            "held_g": 600,
            "sold_g": 400,
            **{f"{term}_g": 0 for term in terms},
            "is_on_hold": False,
        }

    def _shipment(self, lot: str) -> dict:
        return {
            "state_key": f"shipment/{lot}",
            "id": lot,
            "lot": lot,
            "sender": self.holder(lot),
            "recipient": "SHP000000000",
            "owner": self.holder(lot),
            "is_consigned": False,
            "state": "in_transit",
            "shipped_g": 50,
            "received_g": 0,
            "disputed_g": 0,
            "lost_g": 0,
            "entry": "0" * 64,
        }


def _entry_id(lot: str) -> str:
    return f"{int(lot):064x}"
