"""Recalls: those in force, and how far one reaches.

The ledger knows a recall's roots; what descends from them is worked out here, before a recall is
signed (its scope) and after it is committed (whether it still reaches everything).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, MetaData, Row, Table, Text, func, insert, select

from gateway.lookups.lineage import closure
from gateway.projection.domain import holdings, lots, recalled_roots, recalls, shipments

IN_FORCE: Final = ("unconfirmed", "confirmed")
SEEDS_MAX: Final = 10_000  # as many roots as all open recalls may have

# Filled in the order of its key: whatever is looked up by it then walks the other index in order,
# which is three times as fast for 100,000 lots.
_REACHED: Final = Table(
    "reached",
    MetaData(),
    Column("lot", Text, primary_key=True),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRecord:
    """A recall as it is now; `roots` is empty once it has ended."""

    id: str
    party: str
    actor: str
    state: str
    kind: str
    cause: str
    scope: str
    entry: str
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One party that has, or had, affected goods, in grams, whoever owns them."""

    party: str
    held_g: int
    in_transit_g: int  # on the way to it
    sold_g: int
    lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a recall of some lots reaches.

    Attributes:
        seeds: The lots it begins with.
        roots: What has to be signed: the seeds, and descendants that start lineage anew.
        lots: How many lots it reaches.
        affected: Who has or had them, the largest stock first.
    """

    seeds: tuple[str, ...]
    roots: tuple[str, ...]
    lots: int
    affected: tuple[Affected, ...]


def lots_of_plot(connection: Connection, plot: str, *, since: str, until: str) -> list[str]:
    """Return the lots harvested on a plot within a period of `Timestamp`s, both included."""
    query = select(lots.c.id).where(
        lots.c.plot == plot, lots.c.harvested_at >= since, lots.c.harvested_at <= until
    )
    return list(connection.execute(query.order_by(lots.c.id).limit(SEEDS_MAX + 1)).scalars())


def lots_of_period(
    connection: Connection, *, party: str | None, crop: str | None, since: str, until: str
) -> list[str]:
    """Return the lots that came into being within a period, of a producer and crop if named."""
    query = select(lots.c.id).where(lots.c.harvested_at >= since, lots.c.harvested_at <= until)
    if party is not None:
        query = query.where(lots.c.party == party)
    if crop is not None:
        query = query.where(lots.c.crop == crop)
    return list(connection.execute(query.order_by(lots.c.id).limit(SEEDS_MAX + 1)).scalars())


def scope_of(connection: Connection, seeds: Sequence[str]) -> Scope:
    """Return what a recall of these lots would reach as things stand."""
    reached = _Reached(connection, seeds)
    try:
        return Scope(
            seeds=tuple(sorted(seeds)),
            roots=tuple(sorted({*seeds, *reached.new_roots()})),
            lots=reached.count(),
            affected=tuple(reached.affected()),
        )
    finally:
        reached.forget()


def in_force(connection: Connection) -> list[RecallRecord]:
    """Return the recalls in force, by id."""
    query = select(recalls).where(recalls.c.state.in_(IN_FORCE)).order_by(recalls.c.id)
    return [_record(connection, row) for row in connection.execute(query)]


def find(connection: Connection, recall: str) -> RecallRecord | None:
    """Return a recall."""
    query = select(recalls).where(recalls.c.state_key == f"recall/{recall}")
    row = connection.execute(query).first()
    return None if row is None else _record(connection, row)


def meeting(connection: Connection, lot: str, roots: Sequence[str]) -> list[RecallRecord]:
    """Return the recalls in force that meet a lot with these ancestors."""
    query = select(recalled_roots.c.recall).where(recalled_roots.c.root.in_([lot, *roots]))
    found = sorted(set(connection.execute(query).scalars()))
    return [one for recall in found if (one := find(connection, recall)) is not None]


class _Reached:
    """The lots that some others reach, in a table of this connection's own."""

    def __init__(self, connection: Connection, seeds: Sequence[str]) -> None:
        self._connection = connection
        _REACHED.create(connection)
        found = closure(seeds)
        connection.execute(
            insert(_REACHED).from_select(["lot"], select(found.c.lot).order_by(found.c.lot))
        )
        self._lots = select(_REACHED.c.lot)

    def count(self) -> int:
        return self._connection.execute(select(func.count()).select_from(_REACHED)).scalar_one()

    def new_roots(self) -> list[str]:
        query = select(lots.c.id).where(lots.c.is_root, lots.c.id.in_(self._lots))
        return list(self._connection.execute(query).scalars())

    def affected(self) -> list[Affected]:
        held = (
            select(
                holdings.c.holder,
                func.sum(holdings.c.held_g).label("held_g"),
                func.sum(holdings.c.sold_g).label("sold_g"),
                func.count(holdings.c.lot.distinct()).label("lots"),
            )
            .where(holdings.c.lot.in_(self._lots))
            .group_by(holdings.c.holder)
        )
        coming = (
            select(shipments.c.recipient, func.sum(shipments.c.shipped_g).label("in_transit_g"))
            .where(shipments.c.lot.in_(self._lots), shipments.c.state == "in_transit")
            .group_by(shipments.c.recipient)
        )
        on_the_way = {row.recipient: int(row.in_transit_g) for row in self._execute(coming)}
        found = [
            Affected(
                party=row.holder,
                held_g=int(row.held_g),
                in_transit_g=on_the_way.pop(row.holder, 0),
                sold_g=int(row.sold_g),
                lots=row.lots,
            )
            for row in self._execute(held)
        ]
        found += [
            Affected(party=party, held_g=0, in_transit_g=grams, sold_g=0, lots=0)
            for party, grams in on_the_way.items()
        ]
        return sorted(found, key=lambda one: (-one.held_g - one.in_transit_g, one.party))

    def forget(self) -> None:
        _REACHED.drop(self._connection)

    def _execute(self, query: Any) -> list[Row[Any]]:  # noqa: ANN401 - a select of any columns
        return list(self._connection.execute(query))


def _record(connection: Connection, row: Row[Any]) -> RecallRecord:
    query = select(recalled_roots.c.root).where(recalled_roots.c.recall == row.id)
    return RecallRecord(
        id=row.id,
        party=row.party,
        actor=row.actor,
        state=row.state,
        kind=row.kind,
        cause=row.cause,
        scope=row.scope,
        entry=row.entry,
        roots=tuple(sorted(connection.execute(query).scalars())),
    )
