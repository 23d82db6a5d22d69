"""Recalls: those in force, and how far one reaches.

The ledger knows a recall's roots; what descends from them is worked out here, before a recall is
signed (its scope) and after it is committed (whether it still reaches everything).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Row,
    Subquery,
    Table,
    Text,
    case,
    func,
    insert,
    literal,
    select,
    union_all,
)

from gateway.lookups import hidden
from gateway.lookups.lineage import closure
from gateway.lookups.narrowing import crops_of
from gateway.lookups.open_recalls import is_live, roots_of
from gateway.projection import json_text
from gateway.projection.domain import (
    holdings,
    lots,
    open_claims,
    recalled_roots,
    recalls,
    shipments,
)

IN_FORCE: Final = ("unconfirmed", "confirmed")
_VALUES_MAX: Final = 900  # in one list of parameters

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
    held_g: int  # also what it only claims
    in_transit_g: int  # on the way to it
    disputed_g: int  # sent to it, and not counted there
    sold_g: int
    lots: int  # that it has or had; where it has none yet, those on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a recall of some lots reaches.

    Attributes:
        seeds: The lots it begins with.
        roots: What has to be signed: the seeds, then descendants that carry none of those, the
            newest first. So if not all are signed, what is left shows as missing, and is what has
            most likely been sold already.
        unrecorded: Roots that are on no record: only claimed, or nobody knows them. Two signers can
            name them, one can't; nothing of them leaves before their producer has accepted it.
        crops: Of the roots, as far as anybody says it on the ledger.
        lots: How many lots it reaches, those that are only claimed included.
        affected: Who has or had them, the largest stock first.
        left_out: Lots of the same producers and days that it does not reach, being of other crops.
        uncertain: Lots that it does not reach as far as is known, and stops for safety's sake all
            the same: nobody knows all that they were made of.
    """

    seeds: tuple[str, ...]
    roots: tuple[str, ...]
    unrecorded: tuple[str, ...]
    crops: tuple[str, ...]
    lots: int
    affected: tuple[Affected, ...]
    left_out: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()


def scope_of(
    connection: Connection,
    seeds: Sequence[str],
    *,
    beside: Sequence[str] = (),
    stopped: Collection[str] | None = None,
) -> Scope:
    """Return what a recall of these lots would reach as things stand.

    Args:
        connection: To the tables.
        seeds: The lots.
        beside: Lots that might have been meant as well; those it reaches anyway are passed over.
        stopped: What it stops because nobody knows all that went into it; absent, whatever hides
            ancestors of its crops.
    """
    reached = _Reached(connection, seeds)
    try:
        roots = tuple(dict.fromkeys((*sorted(seeds), *reached.unmet(seeds))))
        crops = tuple(crops_of(connection, roots))
        hiding = hidden.hiding(connection, crops) if stopped is None else stopped
        return Scope(
            seeds=tuple(sorted(seeds)),
            roots=roots,
            unrecorded=tuple(_unrecorded(connection, roots)),
            crops=crops,
            lots=reached.count(),
            affected=tuple(reached.affected()),
            left_out=tuple(reached.without(beside)),
            uncertain=tuple(reached.without(sorted(hiding))),
        )
    finally:
        reached.forget()


def _unrecorded(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Return those of some lots that are not on record, in their order."""
    known: set[str] = set()
    for start in range(0, len(ids), _VALUES_MAX):
        query = select(lots.c.id).where(lots.c.id.in_(ids[start : start + _VALUES_MAX]))
        known.update(connection.execute(query).scalars())
    return [lot for lot in ids if lot not in known]


def in_force(connection: Connection) -> list[RecallRecord]:
    """Return the recalls in force, by id."""
    query = select(recalls).where(recalls.c.state.in_(IN_FORCE)).order_by(recalls.c.id)
    return [one for row in connection.execute(query) if (one := _record(connection, row)).roots]


def find(connection: Connection, recall: str) -> RecallRecord | None:
    """Return a recall."""
    query = select(recalls).where(recalls.c.state_key == f"recall/{recall}")
    row = connection.execute(query).first()
    return None if row is None else _record(connection, row)


def meeting(connection: Connection, lot: str, roots: Sequence[str]) -> list[RecallRecord]:
    """Return the recalls in force that meet a lot with these ancestors."""
    query = select(recalled_roots.c.recall).where(
        recalled_roots.c.root.in_([lot, *roots]), is_live()
    )
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
        claimed = select(open_claims.c.lot).where(  # not on record: the recall itself names it
            open_claims.c.lot.in_(seeds), open_claims.c.lot.not_in(select(_REACHED.c.lot))
        )
        connection.execute(insert(_REACHED).from_select(["lot"], claimed.distinct()))
        self._lots = select(_REACHED.c.lot)

    def count(self) -> int:
        return self._connection.execute(select(func.count()).select_from(_REACHED)).scalar_one()

    def without(self, lots_beside: Sequence[str]) -> list[str]:
        found: set[str] = set()
        for start in range(0, len(lots_beside), _VALUES_MAX):
            part = lots_beside[start : start + _VALUES_MAX]
            query = select(_REACHED.c.lot).where(_REACHED.c.lot.in_(part))
            found.update(self._connection.execute(query).scalars())
        return [lot for lot in lots_beside if lot not in found]

    def unmet(self, seeds: Sequence[str]) -> list[str]:
        """Return what must be named besides the seeds, the newest first.

        Of what carries not all its ancestors, the oldest first: what is made of one that is named
        carries that.
        """
        query = select(lots.c.id, lots.c.roots, lots.c.harvested_at)
        named, found = set(seeds), []
        anew = query.where(lots.c.is_root, lots.c.id.in_(self._lots))
        for row in self._connection.execute(anew.order_by(lots.c.harvested_at, lots.c.id)):
            if named.isdisjoint((row.id, *json_text.texts(row.roots))):
                named.add(row.id)
                found.append(row)
        found.sort(key=lambda row: row.id)
        found.sort(key=lambda row: row.harvested_at, reverse=True)
        return [row.id for row in found]

    def _has(self) -> Subquery:
        """Return the query of who has what of these lots, on record or only claimed.

        What somebody claims is in no balance, but on their shelf.
        """
        held = select(*(holdings.c[name] for name in ("holder", "lot", "held_g", "sold_g"))).where(
            holdings.c.lot.in_(self._lots)
        )
        claims = open_claims.c
        claimed = select(
            claims.holder, claims.lot, claims.claimed_g.label("held_g"), literal(0).label("sold_g")
        ).where(claims.lot.in_(self._lots))
        return union_all(held, claimed).subquery()

    def affected(self) -> list[Affected]:
        has = self._has()
        held = select(
            has.c.holder,
            func.sum(has.c.held_g).label("held_g"),
            func.sum(has.c.sold_g).label("sold_g"),
            func.count(has.c.lot.distinct()).label("lots"),
        ).group_by(has.c.holder)
        is_coming = shipments.c.state == "in_transit"
        between = (
            select(
                shipments.c.recipient,
                func.sum(case((is_coming, shipments.c.shipped_g), else_=0)).label("in_transit_g"),
                func.sum(shipments.c.disputed_g).label("disputed_g"),
                func.count(shipments.c.lot.distinct()).label("lots"),
            )
            .where(
                shipments.c.lot.in_(self._lots), shipments.c.state.in_(("in_transit", "disputed"))
            )
            .group_by(shipments.c.recipient)
        )
        expected = {row.recipient: row for row in self._execute(between)}
        found = []
        for row in self._execute(held):
            coming = expected.pop(row.holder, None)
            found.append(
                Affected(
                    party=row.holder,
                    held_g=int(row.held_g),
                    in_transit_g=int(coming.in_transit_g) if coming else 0,
                    disputed_g=int(coming.disputed_g) if coming else 0,
                    sold_g=int(row.sold_g),
                    lots=row.lots,
                )
            )
        found += [
            Affected(
                party=party,
                held_g=0,
                in_transit_g=int(row.in_transit_g),
                disputed_g=int(row.disputed_g),
                sold_g=0,
                lots=row.lots,
            )
            for party, row in expected.items()
        ]
        return sorted(found, key=lambda one: (-one.held_g - one.in_transit_g, one.party))

    def forget(self) -> None:
        _REACHED.drop(self._connection)

    def _execute(self, query: Any) -> list[Row[Any]]:  # noqa: ANN401 - a select of any columns
        return list(self._connection.execute(query))


def _record(connection: Connection, row: Row[Any]) -> RecallRecord:
    return RecallRecord(
        id=row.id,
        party=row.party,
        actor=row.actor,
        state=row.state,
        kind=row.kind,
        cause=row.cause,
        scope=row.scope,
        entry=row.entry,
        roots=roots_of(connection, row.id),
    )
