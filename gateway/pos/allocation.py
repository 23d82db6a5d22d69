"""Which lots a till's lines were sold from: the lot it knows, or the oldest first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from chaincode.base import times
from chaincode.base.canonical import Json
from gateway.pos.reading import Reading
from gateway.pos.refusals import WORDS, Told, in_both
from gateway.pos.settling import Line
from gateway.typed import TownClock

COMMANDS_SHOWN_MAX: Final = 3
_END_OF_DAY: Final = (23, 59, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What the shop can sell of one lot; `harvested_at` is a `Timestamp`."""

    lot: str
    owner: str
    crop: str
    harvested_at: str
    free_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A sale on record for a line, or part of one.

    Attributes:
        command: Its id.
        quantity_g: As it was signed.
        stands_g: What its corrections have made of it; may be below 0.
    """

    command: str
    lot: str
    owner: str
    crop: str
    quantity_g: int
    stands_g: int

    @property
    def is_lessened(self) -> bool:
        """Whether somebody has taken some of it back."""
        return self.stands_g < self.quantity_g

    def correction(self, to_g: int, *, party: str) -> str:
        """Return what to type to have it say other grams than it does now."""
        owner = f" owner={self.owner}" if self.owner != party else ""
        return (
            f"minori submit lot.correct_outflow lot={self.lot} corrects={self.command} "
            f"outflow=sold reason=other was_g={self.stands_g} quantity_g={to_g}{owner}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Grams of one lot that a line was, or part of a line.

    Attributes:
        is_assumed: Whether the lot was chosen as the oldest, because the till does not know it.
    """

    line: Line
    lot: str
    owner: str
    quantity_g: int
    is_assumed: bool

    @property
    def receipt(self) -> str:
        """What names the line on the ledger, and keeps it from being booked twice."""
        return self.line.receipt

    def command(self, party: str) -> tuple[dict[str, Json], dict[str, Json]]:
        """Return open and closed part of the `lot.sell` that books it."""
        closed: dict[str, Json] = {
            "quantity_g": self.quantity_g,
            "basis": "oldest-first" if self.is_assumed else "pos",
            "receipt": self.receipt,
        }
        if self.owner != party:
            closed["owner"] = self.owner
        item, count = self.line.entry.item, self.line.entry.count
        if self.quantity_g == self.line.quantity_g and count is not None:
            closed["packs"] = {"unit": item.unit, "count": count, "unit_g": item.unit_g}
        return {"lot": self.lot, "party": party, "channel": "import"}, closed


@dataclass(slots=True, kw_only=True)
class Allocation:
    """Every line once: what becomes of it.

    Attributes:
        sales: To be booked; a line may be several.
        booked: The lines that `sales` are of.
        before: Lines that were booked before, as they are.
        refused: Rows of which nothing is booked: a person decides.
        hand: Rows that a person enters: what came back, what was cancelled after it was booked.
        passed: Rows that are no sale.
    """

    sales: list[Sale] = field(default_factory=list)
    booked: list[Line] = field(default_factory=list)
    before: list[Line] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)
    hand: list[Told] = field(default_factory=list)
    passed: list[Told] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows it tells of; as many as the file has."""
        lines = len(self.booked) + len(self.before)
        return lines + len(self.refused) + len(self.hand) + len(self.passed)


def receipts_of(reading: Reading) -> list[str]:
    """Return the receipt hashes to ask for before lines are shared out."""
    return [line.receipt for line in (*reading.lines, *reading.cancelled)]


def allocate(
    reading: Reading,
    stock: Sequence[Stock],
    *,
    party: str,
    town: TownClock,
    booked: Mapping[str, Sequence[Booked]] = MappingProxyType({}),
) -> Allocation:
    """Share lines out over the stock, the same whatever order they stand in.

    Args:
        reading: The file.
        stock: What is there; of one owner and crop the oldest is sold first, and none that was
            harvested after the line's day.
        party: The shop's.
        town: The town's clock.
        booked: By receipt hash, what is on the ledger already; the rest is still to book, unless
            a sale of it was corrected to less: then a person decides.
    """
    done = Allocation(refused=[*reading.refused], passed=[*reading.passed])
    sharing = _Sharing(stock, party, town)
    # What the till knows the lot of comes first: nobody else's guess may take it away.
    lines = sorted(reading.lines, key=lambda one: (one.entry.lot is None, one.entry.day, one.key))
    come_back = _come_back(reading, booked)
    for line in lines:
        is_back = line.key in come_back
        _take(line, booked.get(line.receipt, ()), sharing, done, is_back=is_back)
    by_key = {line.key: line for line in reading.lines}
    for line in reading.cancelled:
        _cancelled(line, booked.get(line.receipt, ()), party, done)
    for line in reading.returned:
        if come_back.intersection(line.returned_of):
            done.passed.append(line.entry.told("passed.returned"))
            continue
        sales = [one for key in line.returned_of for one in booked.get(by_key[key].receipt, ())]
        _returned(line, sales, party, done)
    done.refused.sort(key=lambda one: one.row)
    done.passed.sort(key=lambda one: one.row)
    return done


def day_end(line: Line, town: TownClock) -> int:
    """Return the last second of a line's day in the town, in seconds since 1970."""
    return town.seconds(date.fromisoformat(line.entry.day), *_END_OF_DAY)


class _Sharing:
    def __init__(self, stock: Sequence[Stock], party: str, town: TownClock) -> None:
        self.party, self.town = party, town
        self._oldest: dict[tuple[str, str], list[Stock]] = defaultdict(list)
        for one in sorted(stock, key=lambda one: (one.harvested_at, one.lot)):
            self._oldest[one.owner, one.crop].append(one)
        self._free_g = {(one.lot, one.owner): one.free_g for one in stock}
        self._lots = {one.lot for one in stock}

    def is_others(self, line: Line) -> bool:
        """Whether the lot that the till names is in stock, and is other goods than the line's."""
        entry = line.entry
        own = self._oldest[entry.item.owner or self.party, entry.item.crop]
        return entry.lot in self._lots and all(one.lot != entry.lot for one in own)

    def parts(self, line: Line, rest_g: int) -> tuple[list[Sale], int]:
        """Return sales of a line, and how much of it there is no stock for; takes nothing yet."""
        entry = line.entry
        end = times.timestamp(day_end(line, self.town))
        parts: list[Sale] = []
        for one in self._oldest[entry.item.owner or self.party, entry.item.crop]:
            free_g = self._free_g[one.lot, one.owner]
            if one.harvested_at > end or entry.lot not in {None, one.lot} or not free_g:
                continue
            part_g = min(rest_g, free_g)
            parts.append(
                Sale(
                    line=line,
                    lot=one.lot,
                    owner=one.owner,
                    quantity_g=part_g,
                    is_assumed=entry.lot is None,
                )
            )
            rest_g -= part_g
            if not rest_g:
                break
        return parts, rest_g

    def take(self, parts: Iterable[Sale]) -> None:
        for sale in parts:
            self._free_g[sale.lot, sale.owner] -= sale.quantity_g


def _come_back(reading: Reading, booked: Mapping[str, Sequence[Booked]]) -> set[str]:
    """Return keys of sales that were lessened by just what the file says came back of them."""
    returned_g: dict[str, int] = defaultdict(int)
    unclear: set[str] = set()
    for line in reading.returned:
        if len(line.returned_of) == 1:
            returned_g[line.returned_of[0]] += line.entry.quantity_g
        unclear.update(line.returned_of if len(line.returned_of) > 1 else ())
    return {
        line.key
        for line in reading.lines
        if line.key in returned_g
        and line.key not in unclear
        and any(one.is_lessened for one in booked.get(line.receipt, ()))
        and _stands_g(booked[line.receipt]) == line.quantity_g - returned_g[line.key]
    }


def _stands_g(booked: Iterable[Booked]) -> int:
    return sum(one.stands_g for one in booked)


def _take(
    line: Line, booked: Sequence[Booked], sharing: _Sharing, done: Allocation, *, is_back: bool
) -> None:
    entry, party = line.entry, sharing.party
    stands_g = _stands_g(booked)
    owner = entry.item.owner or party
    others = [
        one
        for one in booked
        if one.stands_g > 0
        and ((one.owner, one.crop) != (owner, entry.item.crop) or entry.lot not in {None, one.lot})
    ]
    if others:
        told = "、".join(f"{one.stands_g:,} g {one.crop} {one.lot}" for one in others)
        done.refused.append(entry.told("row.booked_as_other", booked=told))
    elif stands_g > line.quantity_g:
        commands = _corrections(booked, line.quantity_g, party)
        facts = {"booked_g": stands_g, "quantity_g": line.quantity_g, "commands": commands}
        done.refused.append(entry.told("row.booked_more", **facts))
    elif stands_g == line.quantity_g or is_back:
        done.before.append(line)
    elif any(one.is_lessened for one in booked):
        facts = _lessened(line, booked, line.quantity_g - stands_g, party)
        facts |= {"quantity_g": line.quantity_g}
        done.refused.append(entry.told("row.corrected", **facts))
    elif sharing.is_others(line):
        facts = {"lot": entry.lot, "crop": entry.item.crop}
        done.refused.append(entry.told("row.lot_differs", **facts))
    else:
        parts, short_g = sharing.parts(line, line.quantity_g - stands_g)
        if short_g:
            facts = {"short_g": short_g, "quantity_g": line.quantity_g}
            done.refused.append(entry.told("row.short", **facts))
            return
        sharing.take(parts)
        done.sales += parts
        done.booked.append(line)


def _cancelled(line: Line, booked: Sequence[Booked], party: str, done: Allocation) -> None:
    entry = line.entry
    stands_g = _stands_g(booked)
    if stands_g > 0:
        commands = _corrections(booked, 0, party)
        done.hand.append(entry.told("hand.cancelled", booked_g=stands_g, commands=commands))
    elif stands_g < 0:
        facts = _lessened(line, booked, -stands_g, party)
        done.hand.append(entry.told("hand.below_none", **facts))
    elif booked:
        done.passed.append(entry.told("passed.taken_back"))
    elif line.cancelled_by == entry.row:
        done.passed.append(entry.told("passed.void"))
    else:
        done.passed.append(entry.told("passed.cancelled", other=line.cancelled_by))


def _returned(line: Line, booked: Sequence[Booked], party: str, done: Allocation) -> None:
    entry = line.entry
    fitting = [one for one in booked if one.stands_g >= entry.quantity_g]
    commands: object = WORDS["hand.unknown_sale"]
    if fitting:
        one = fitting[0]
        commands = one.correction(one.stands_g - entry.quantity_g, party=party)
    facts = {"quantity_g": entry.quantity_g, "commands": commands}
    if any(one.is_lessened for one in booked):
        facts |= {"booked_g": sum(one.quantity_g for one in booked), "stands_g": _stands_g(booked)}
        done.hand.append(entry.told("hand.returned_lessened", **facts))
    else:
        done.hand.append(entry.told("hand.returned", **facts))


def _lessened(line: Line, booked: Sequence[Booked], more_g: int, party: str) -> dict[str, object]:
    """Return what a lessened sale said and says now, and what to type to book the rest again.

    That is a sale of the same receipt: so the next import knows it. It is of the sale's own lot if
    that is the line's goods; which other lot it was, a person knows.
    """
    item, lot = line.entry.item, line.entry.lot
    owner = item.owner or party
    own = [one.lot for one in booked if (one.owner, one.crop) == (owner, item.crop)]
    typed = (
        f"minori submit lot.sell lot={lot or (own[0] if own else '…')} channel=import "
        f"quantity_g={more_g} receipt={line.receipt}"
    )
    return {
        "booked_g": sum(one.quantity_g for one in booked),
        "stands_g": _stands_g(booked),
        "commands": f"{typed} owner={owner}" if owner != party else typed,
    }


def _corrections(booked: Sequence[Booked], to_g: int, party: str) -> object:
    """Return what to type so that sales come to other grams together, the last lessened first."""
    less_g = _stands_g(booked) - to_g
    typed: list[str] = []
    for one in reversed(booked):
        part_g = min(less_g, max(one.stands_g, 0))
        if part_g:
            typed.append(one.correction(one.stands_g - part_g, party=party))
        less_g -= part_g
    more = " …" if len(typed) > COMMANDS_SHOWN_MAX else ""
    text = " ; ".join(typed[:COMMANDS_SHOWN_MAX]) + more
    return in_both(text, text)
