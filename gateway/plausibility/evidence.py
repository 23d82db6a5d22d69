"""What rules look at, and the flag that they raise. Grams are grams, times seconds since 1970."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chaincode.base import times
from chaincode.base.canonical import Json
from gateway.plausibility.codes import FlagCode
from gateway.town.catalogue import CatalogueFile

Figure: TypeAlias = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One thing that an inspector may want to look at; it is not necessarily wrong.

    Attributes:
        subject: State key of the record it is about, such as `lot/<id>` or `plot/<id>`.
        party: Whose entry it is.
        entry: The id of the entry that made it so.
        at: When the ledger took that entry.
        figures: What was compared with what; the unit ends each name.
    """

    code: FlagCode
    subject: str
    party: str
    entry: str
    at: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An accepted command, and its place in the chain.

    Attributes:
        party: The principal's: whose entry it is, whoever typed it in.
        nonce: The entry's, whichever key signed it.
        flags: The contract's marks.
        body: The open part.
        closed: The closed part; empty where there is none.
    """

    block: int
    position: int
    id: str
    kid: str
    seq: int
    type: str
    actor: str
    party: str
    event_time: int
    signed_at: int
    ledger_time: int
    nonce: str = ""
    flags: tuple[str, ...] = ()
    body: Mapping[str, Json] = field(default_factory=dict)
    closed: Mapping[str, Json] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, int]:
        """Its place in the chain."""
        return self.block, self.position

    @property
    def owner(self) -> str:
        """Whose goods it is about."""
        owner = self.closed.get("owner")
        return owner if isinstance(owner, str) else self.party

    def text(self, name: str) -> str:
        """Return a text of the open part; empty if there is none."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """Return a number of either part, 0 if there is none."""
        value = self.closed.get(name, self.body.get(name))
        return value if isinstance(value, int) else 0

    def flag(self, code: FlagCode, subject: str, **figures: Figure) -> Flag:
        """Return a flag that this entry raises."""
        return Flag(
            code=code,
            subject=subject,
            party=self.party,
            entry=self.id,
            at=self.ledger_time,
            figures=figures,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """A lot as last corrected; `harvested_at` is when it was made, if it was not harvested."""

    id: str
    party: str
    origin: str
    plot: str | None
    crop: str
    harvested_at: int
    estimated: bool
    harvest_g: int
    supplement_g: int
    claimed_g: int
    made_g: int

    @property
    def size_g(self) -> int:
        """All that ever came into it."""
        return self.harvest_g + self.supplement_g + self.claimed_g + self.made_g


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingFacts:
    """Grams of a lot at one holder, of one owner."""

    holder: str
    owner: str
    lost_g: int
    discarded_g: int
    surplus_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldFacts:
    """What a plot has borne of a crop in a year of the town, up to and without one lot.

    Attributes:
        before_g: Lots of that plot, crop and year that were harvested before.
        area_m2: The plot's.
        usual_g: Area times the town's norm.
    """

    year: int
    before_g: int
    area_m2: int
    usual_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFacts:
    """Stickers of one range that were asked about more often than one bag explains.

    Attributes:
        stickers: How many.
        most_a_day: The most that one of them was asked about on one day.
        days: The most different days on which one of them was.
    """

    stickers: int
    most_a_day: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SortingFacts:
    """A sorting over several commands, as it stands.

    Attributes:
        classes: The lots that it made and did not take back, in order.
        made_g: All that is in them.
        left_g: What of the goods put in is in none of them: lost, once it has ended.
    """

    classes: tuple[str, ...]
    made_g: int
    left_g: int
    is_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The rows around some entries.

    Attributes:
        lots: By id.
        holdings: By lot.
        stories: By state key: entries about a record, in the chain's order, earlier and later ones.
        twins: By nonce: accepted entries that came under it.
        devices: By kid: the device's latest entries and those before them, by running number.
        yields: By lot, of lots whose plot has borne much.
        packs_g: By crop: what the smallest pack weighs.
        stickers: By lot: how many are on it.
        scans: By entry that put stickers on: those asked about more often than one bag explains.
        sortings: By entry that made the last class of a sorting over several commands.
        catalogue: The town's, with every crop and class that has a name.
        utc_offset_minutes: The town's.
    """

    lots: Mapping[str, LotFacts] = field(default_factory=dict)
    holdings: Mapping[str, Sequence[HoldingFacts]] = field(default_factory=dict)
    stories: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    twins: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    devices: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    yields: Mapping[str, YieldFacts] = field(default_factory=dict)
    packs_g: Mapping[str, int] = field(default_factory=dict)
    stickers: Mapping[str, int] = field(default_factory=dict)
    scans: Mapping[str, ScanFacts] = field(default_factory=dict)
    sortings: Mapping[str, SortingFacts] = field(default_factory=dict)
    catalogue: CatalogueFile = field(default_factory=CatalogueFile)
    utc_offset_minutes: int = 0

    def day(self, seconds: int) -> str:
        """Return a time's day in the town, YYYY-MM-DD."""
        return times.local_date(seconds, self.utc_offset_minutes)


def percent(part_g: int, whole_g: int) -> int:
    """Return a share in whole percent, rounded down; 100 of nothing is 0."""
    return part_g * 100 // whole_g if whole_g else 0
