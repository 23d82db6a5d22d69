"""Who may read what of a town's private numbers and names, told from what the town did.

Commands and what they left behind are read from the tables; the rule who may read them is written
here anew, and shorter than in the gateway: a number is theirs whose goods or hands it is about.

    planted = Planted.of(connection, town)
    planted.hidden_from(party).found(text)      # must be []
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Table, select

from gateway.demo.town import Town
from gateway.projection.domain import actors, holdings, lots, recalls, shipments
from gateway.projection.tables import commands

# What reads a command besides its signer: the member of the closed part that names the other side.
# Whatever is not here, a shop's sale of a farm's goods say, is its signer's alone.
OTHER_SIDE: Final[Mapping[str, str]] = {
    "lot.ship": "recipient",
    "lot.send_back": "recipient",
    "lot.arrive": "producer",
    "lot.claim": "producer",
    "lot.correct_claim": "producer",
    "lot.accept_claim": "holder",
    "lot.deny_claim": "holder",
}
SPELLED_G: Final = 1_000


def as_shown(grams: int) -> set[str]:
    """Return a quantity in every way that answers, files and pages write it."""
    assert grams % 10, f"{grams} g has a shorter form in kilograms"
    return {str(grams), f"{grams:,}", f"{grams / 1_000:,.3f}"}


class Search:
    """Finds values in a text, whatever stands around them but more of a word or number.

    Ids, hashes and signatures are full of digits, so a hit inside a word is none, unless the rest
    of the word is a unit.
    """

    def __init__(self, values: set[str]) -> None:
        assert values  # nothing to search for would find nothing, always
        self._patterns = {
            one: re.compile(rf"(?<![0-9A-Za-z]){re.escape(one)}(?=k?g\b|[^0-9A-Za-z]|$)")
            for one in values
        }

    def found(self, text: str, *, asked: str = "") -> list[str]:
        """Return the values in a text, less those that whoever asked for it has named."""
        return sorted(self._in(text) - self._in(asked))

    def _in(self, text: str) -> set[str]:
        # Most stand nowhere, which is told without a pattern a hundred times as fast.
        there = (one for one in self._patterns if one in text)
        return {one for one in there if self._patterns[one].search(text)}


@dataclass(slots=True, kw_only=True)
class Planted:
    """Every private value on a town's ledger, with the parties that may read it.

    Attributes:
        grams: By the number itself.
        words: Salts, shipments, and parties that nothing public names: by pseudonym, and by name;
            the office's codes, and the names of plots.
    """

    grams: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, connection: Connection, town: Town) -> "Planted":
        """Return what is private on the ledger that these tables show."""
        planted, met = cls(), defaultdict(set)
        for parties in _balances(connection, planted):
            for one in parties:
                met[one] |= parties
        party_of = {row.id: row.party for row in connection.execute(select(actors))}
        for row in connection.execute(select(commands)):
            signer = party_of[row.actor]
            for named in party_of.values():
                if f'"{named}"' in row.payload:
                    met[named].add(signer)
            if row.type.startswith("consignment."):  # both sides know each other
                agreed = json.loads(row.payload)["body"]
                met[agreed["producer"]].add(agreed["shop"])
                met[agreed["shop"]].add(agreed["producer"])
            if row.closed is not None:
                planted._read(row.type, signer, json.loads(row.closed))
        planted._name(town, met, _public_parties(connection))
        planted._land(town)
        return planted

    def hidden_from(self, party: str | None) -> Search:
        """Return the search for what a party must not read; `None` for the public."""
        words = {word for word, readers in self.words.items() if party not in readers}
        masses = {grams for grams, readers in self.grams.items() if party not in readers}
        return Search(words.union(*map(as_shown, filter(_is_spelled, masses))))

    def own_of(self, party: str) -> Search:
        """Return the search for the numbers that a party may read."""
        masses = {grams for grams, readers in self.grams.items() if party in readers}
        return Search(set().union(*map(as_shown, filter(_is_spelled, masses))))

    def among(self, numbers: set[int]) -> set[str]:
        """Return those of some numbers that are private to somebody, as they are spelled."""
        return {str(grams) for grams in filter(_is_spelled, numbers & self.grams.keys())}

    def _name(self, town: Town, met: Mapping[str, set[str]], public: set[str]) -> None:
        """Plant who there is, of whom nothing public tells; readers are those who met them."""
        for handle, person in town.people.items():
            if person.party in public:
                continue
            # What an office is called is a word of prose as well.
            names = person.name if handle.startswith(("farm-", "shop-")) else ()
            for word in (person.party, *names):
                self.words[word] |= {person.party, *met[person.party]}

    def _land(self, town: Town) -> None:
        """Plant what the office calls plots, parties and people, as `stage` writes it."""
        offices = {town.people[one].party for one in ("land-office", "inspector")}
        for handle, person in town.people.items():
            for word in (f"PA-{handle}", f"PE-{handle}"):
                self.words[word] |= {person.party}
        for handle in town.plots:
            for word in (f"PL-{handle}", f"屋号{handle}の畑"):
                self.words[word] |= {town.people[handle].party, *offices}

    def _read(self, kind: str, signer: str, closed: dict) -> None:
        if kind == "proposal.approve":
            return  # repeats what its proposal said
        parties = {signer}
        if kind in OTHER_SIDE:
            parties.add(closed[OTHER_SIDE[kind]])
        self.words[closed["salt"]] |= parties
        for one in closed.get("inputs", ()):  # of a run: each owner's is that one's and the maker's
            owner = one.get("owner", signer)
            for grams in (one["quantity_g"], *one["to_g"]):
                self.grams[grams] |= {signer, owner}
        for name, value in closed.items():
            if name.endswith("_g"):
                self.grams[value] |= parties


def _is_spelled(grams: int) -> bool:
    """Whether a number stands for nothing else; a small one does, in too many places."""
    return grams >= SPELLED_G


def _balances(connection: Connection, planted: Planted) -> Iterator[set[str]]:
    """Plant what lots, holdings and shipments have come to; yield who met over each."""
    producers = {row.id: row.party for row in connection.execute(select(lots))}
    for table, sides in (
        (lots, ("party",)),
        (holdings, ("holder", "owner")),
        (shipments, ("sender", "recipient")),
    ):
        for row in connection.execute(select(table)).mappings():
            parties = {row[one] for one in sides}
            found = {name for name in _masses(table) if name.startswith("unproven")}
            for name in _masses(table):
                planted.grams[row[name]] |= parties
            if any(row[name] for name in found):  # the lot's producer may deny what was found
                producer = producers[row["lot"]]
                for name in found:
                    planted.grams[row[name]].add(producer)
                yield {producer, *parties}
            if table is shipments:
                planted.words[row["id"]] |= parties
            yield parties


def _masses(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.name.endswith("_g")]


def _public_parties(connection: Connection) -> set[str]:
    """Return who is named to everyone: whoever has a lot on record, or declared a recall."""
    growers = select(lots.c.party).where(lots.c.origin != "claim")
    return {*connection.execute(growers.union(select(recalls.c.party))).scalars()}
