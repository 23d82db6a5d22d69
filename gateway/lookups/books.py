"""One party's lists of lots: what it produced, what it holds, what of its own lies with others.

All are in one order, the lots harvested last first, and read page by page from where the page
before ended. Where a party has few holdings they are all looked up and sorted; where it has many,
lots are walked in that order and its own picked out: either way a page costs no more than a few
thousand look-ups, however many lots there are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select, tuple_

from gateway.lookups.lots import HoldingRecord, LotRecord, holdings_of, lot_of, lots_query
from gateway.lookups.places import Page, Place, paged
from gateway.projection.domain import holdings, lots

PLACE = (str, str)  # harvested_at, id
FEW: Final = 2_000  # holdings that are sorted rather than walked past


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which lots of a list.

    Attributes:
        crop: Only of this crop.
        has_stock: Only those of which something is left (`True`) or nothing (`False`).
        is_on_hold: Only those that the holder has stopped, or has not.
    """

    crop: str | None = None
    has_stock: bool | None = None
    is_on_hold: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLot:
    """A lot of a list, and the party's holdings of it, its own goods at others included."""

    lot: LotRecord
    holdings: tuple[HoldingRecord, ...]


ALL: Final = Filters()


def held(
    connection: Connection,
    party: str,
    *,
    limit: int,
    before: Place | None = None,
    filters: Filters = ALL,
) -> Page[HeldLot]:
    """Return the lots that a party holds or held, whosever goods they are."""
    return _listed(
        connection,
        party,
        mine=_mine(holdings.c.holder == party, filters),
        keep=lambda one: one.holder == party and _passes(one, filters),
        limit=limit,
        before=before,
        filters=filters,
    )


def consigned(
    connection: Connection,
    party: str,
    *,
    limit: int,
    before: Place | None = None,
    filters: Filters = ALL,
) -> Page[HeldLot]:
    """Return the lots of which goods of a party's own lie, or lay, with others."""
    own = (holdings.c.owner == party) & (holdings.c.owner != holdings.c.holder)
    return _listed(
        connection,
        party,
        mine=_mine(own, filters),
        keep=lambda one: one.owner == party != one.holder and _passes(one, filters),
        limit=limit,
        before=before,
        filters=filters,
    )


def produced(
    connection: Connection,
    party: str,
    *,
    limit: int,
    before: Place | None = None,
    filters: Filters = ALL,
) -> Page[HeldLot]:
    """Return a party's lot book: what it harvested or made; of filters, only the crop counts."""
    query = _in_order(select(lots.c.id, lots.c.harvested_at), filters, limit, before)
    ids = [row.id for row in connection.execute(query.where(lots.c.party == party))]
    return _page(connection, ids, party, keep=lambda _: True, limit=limit)


def _listed(
    connection: Connection,
    party: str,
    *,
    mine: ColumnElement[bool],
    keep: Callable[[HoldingRecord], bool],
    limit: int,
    before: Place | None,
    filters: Filters,
) -> Page[HeldLot]:
    some = select(holdings.c.lot).where(mine).limit(FEW + 1).subquery()
    count = connection.execute(select(func.count()).select_from(some)).scalar_one()
    query = _in_order(select(lots.c.id, lots.c.harvested_at), filters, limit, before)
    if count <= FEW:
        query = query.where(lots.c.id.in_(select(holdings.c.lot).where(mine)))
    else:
        query = query.where(exists().where(holdings.c.lot == lots.c.id, mine))
    ids = [row.id for row in connection.execute(query)]
    return _page(connection, ids, party, keep=keep, limit=limit)


def _page(
    connection: Connection,
    ids: list[str],
    party: str,
    *,
    keep: Callable[[HoldingRecord], bool],
    limit: int,
) -> Page[HeldLot]:
    query = lots_query().where(lots.c.id.in_(ids))
    found = {row.id: lot_of(row) for row in connection.execute(query)}
    parts = holdings_of(connection, ids, party)
    rows = []
    for one in ids:
        lot = found[one]
        kept = tuple(filter(keep, parts.get(one, ())))
        rows.append((HeldLot(lot=lot, holdings=kept), (lot.harvested_at, lot.id)))
    return paged(rows, limit=limit)


def _in_order(
    query: Select[tuple[str, str]], filters: Filters, limit: int, before: Place | None
) -> Select[tuple[str, str]]:
    query = query.order_by(lots.c.harvested_at.desc(), lots.c.id.desc()).limit(limit + 1)
    if filters.crop is not None:
        query = query.where(lots.c.crop == filters.crop)
    if before is not None:
        query = query.where(tuple_(lots.c.harvested_at, lots.c.id) < tuple_(*before))
    return query


def _mine(side: ColumnElement[bool], filters: Filters) -> ColumnElement[bool]:
    condition = side
    if filters.has_stock is not None:
        left = holdings.c.held_g > 0
        condition &= left if filters.has_stock else ~left
    if filters.is_on_hold is not None:
        condition &= holdings.c.is_on_hold.is_(filters.is_on_hold)
    return condition


def _passes(one: HoldingRecord, filters: Filters) -> bool:
    has_stock = filters.has_stock in (None, one.held_g > 0)
    return has_stock and filters.is_on_hold in (None, one.is_on_hold)
