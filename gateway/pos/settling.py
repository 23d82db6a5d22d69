"""What a file's entries mean to each other: which cancel which, and which are the same line.

A line is known by till, register, day, receipt and its number on it: never by its place in the
file. Where the till writes no such number, what it says of the goods stands for it, and lines that
say the same are told apart by counting them, once the mapping says that each is a sale. A file
without receipts has one line for each day and item, which grows during the day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

from chaincode.base import canonical
from gateway.pos.entries import Entry
from gateway.pos.mapping import PosMapping
from gateway.pos.refusals import Told

ROWS_NAMED_MAX = 5

_Group: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a receipt, by the key that names it for ever.

    Attributes:
        key: SHA-256.
        cancelled_by: The row that takes it back; itself where it says so; 0 if it stands.
        returned_of: Of goods that came back, the keys of the sales that it may have been.
    """

    key: str
    entry: Entry
    cancelled_by: int = 0
    returned_of: tuple[str, ...] = ()

    @property
    def receipt(self) -> str:
        """The receipt hash by which it is found again, once some of it is booked."""
        return sha256(f"{self.key} 0".encode()).hexdigest()

    @property
    def quantity_g(self) -> int:
        """Grams sold."""
        return self.entry.quantity_g


@dataclass(slots=True, kw_only=True)
class Settled:
    """Every entry once: `lines` stand, `cancelled` don't, `returned` are for a person to enter."""

    lines: list[Line] = field(default_factory=list)
    cancelled: list[Line] = field(default_factory=list)
    returned: list[Line] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)
    passed: list[Told] = field(default_factory=list)


def settle(entries: Sequence[Entry], mapping: PosMapping, *, party: str) -> Settled:
    """Return what becomes of every entry; the same whatever order they come in."""
    settling = _Settling(mapping, party)
    settling.run(sorted(entries, key=_order))
    return settling.settled


def _order(entry: Entry) -> tuple[object, ...]:
    number = entry.line
    return (entry.day, entry.register, entry.receipt, len(number), number, entry.content, entry.row)


class _Settling:
    def __init__(self, mapping: PosMapping, party: str) -> None:
        self._mapping, self._party = mapping, party
        self.settled = Settled()

    def run(self, entries: Sequence[Entry]) -> None:
        by_kind: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            is_minus = entry.is_negative and entry.kind != "return"
            by_kind["minus" if is_minus else entry.kind].append(entry)
        cancelled = {entry.row: entry.row for entry in by_kind["void"]}
        self._cancel(by_kind["minus"], by_kind["void"], by_kind["sale"], cancelled)
        keyed = self._keyed([*by_kind["sale"], *by_kind["void"]], cancelled)
        self.settled.lines = [line for line in keyed if not line.cancelled_by]
        self.settled.cancelled = [line for line in keyed if line.cancelled_by]
        for entry in by_kind["return"]:
            of = tuple(line.key for line in self.settled.lines if _may_be_of(entry, line.entry))
            self.settled.returned.append(Line(key="", entry=entry, returned_of=of))

    def _cancel(
        self,
        minus: Sequence[Entry],
        void: Sequence[Entry],
        sales: Sequence[Entry],
        cancelled: dict[int, int],
    ) -> None:
        """Pair each row of fewer than none with the one that it takes back; note the pairs.

        First with one that is marked as cancelled: then the till marks both. Among equals, the last
        line of the receipt is taken back.
        """
        free: dict[_Group, list[Entry]] = defaultdict(list)
        for entry in (*sales, *void):  # the last is taken first
            free[(*entry.place, *entry.content)].append(entry)
            # Of another day's receipt only the number is known.
            free[(entry.register, entry.receipt, *entry.content)].append(entry)
        taken: set[int] = set()
        for entry in minus:
            group = (*entry.place, *entry.content)
            if entry.original and entry.original != entry.receipt:
                group = (entry.register, entry.original, *entry.content)
            partners = [one for one in free[group] if one.row not in taken and entry.receipt]
            if not partners:
                self.settled.refused.append(entry.told("row.negative"))
                continue
            partner = partners[-1]
            taken.add(partner.row)
            cancelled[partner.row] = entry.row
            self.settled.passed.append(entry.told("passed.cancels", other=partner.row))

    def _keyed(self, entries: Iterable[Entry], cancelled: dict[int, int]) -> list[Line]:
        groups: dict[_Group, list[Entry]] = defaultdict(list)
        for entry in sorted(entries, key=_order):
            groups[self._name(entry)].append(entry)
        lines: list[Line] = []
        for name, group in groups.items():
            standing = [entry for entry in group if entry.row not in cancelled]
            void = [entry for entry in group if entry.row in cancelled]
            if void and not self._is_counted:
                self._pass(void[1:], "passed.same", void[0].row)
                void = void[:1]
            kept = list(self._standing(standing, void))
            lines += [Line(key=self._key(name, at), entry=entry) for at, entry in kept]
            lines += [
                Line(
                    key=self._key(name, at if self._is_counted else 1),
                    entry=entry,
                    cancelled_by=cancelled[entry.row],
                )
                for at, entry in enumerate(void, start=1 + len(kept))
            ]
        return lines

    @property
    def _is_counted(self) -> bool:
        """Whether lines that say the same are told apart by counting them."""
        return bool(self._mapping.receipt) and not self._mapping.line

    def _name(self, entry: Entry) -> _Group:
        if self._mapping.line:
            return (*entry.place, entry.line)
        if self._mapping.receipt:
            return (*entry.place, *entry.content)
        return (*entry.place, entry.code, entry.lot or "")

    def _standing(
        self, group: Sequence[Entry], void: Sequence[Entry]
    ) -> Iterator[tuple[int, Entry]]:
        """Yield the entries of one name that count, with their place among those alike."""
        if not group:
            return
        first, *others = group
        if self._mapping.line:
            if any(entry.content != first.content for entry in (*others, *void)):
                self._refuse(group, "row.same_number", others=void)
                return
            if void:  # the same line, from before and after it was cancelled
                self._pass(group, "passed.cancelled", void[0].row)
                return
        elif not self._mapping.receipt:
            if others or void:
                self._refuse(group, "row.same_day", others=void)
                return
        elif others and self._mapping.identical is None:
            self._refuse(group, "row.identical")
            return
        elif self._mapping.identical == "count":
            yield from enumerate(group, start=1)
            return
        yield 1, first
        self._pass(others, "passed.same", first.row)

    def _refuse(self, group: Sequence[Entry], kind: str, others: Sequence[Entry] = ()) -> None:
        rows = sorted(entry.row for entry in (*group, *others))
        for entry in group:
            named = [str(row) for row in rows if row != entry.row][:ROWS_NAMED_MAX]
            self.settled.refused.append(entry.told(kind, rows=", ".join(named)))

    def _pass(self, group: Sequence[Entry], kind: str, other: int) -> None:
        self.settled.passed += [entry.told(kind, other=other) for entry in group]

    def _key(self, name: _Group, at: int) -> str:
        number = [str(at)] if self._is_counted else []
        parts = [self._party, self._mapping.till, *name, *number]
        return sha256(canonical.encode([*parts])).hexdigest()


def _may_be_of(returned: Entry, sold: Entry) -> bool:
    """Whether goods that came back may be those of a sale: the same item, on the receipt named."""
    receipt = returned.original or returned.receipt
    return (
        (sold.register, sold.code, sold.receipt) == (returned.register, returned.code, receipt)
        and sold.quantity_g >= returned.quantity_g
        and bool(receipt)
    )


def by_row(told: Iterable[Told]) -> list[Told]:
    """Return what is told of rows in the file's order."""
    return sorted(told, key=lambda one: one.row)
