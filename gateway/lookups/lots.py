"""Lots: the record, and what one party has of one, as holder or as owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, exists, or_, select

from gateway.projection import json_text
from gateway.projection.domain import has_surplus, holdings, lots, plots

_VALUES_MAX: Final = 900  # in one list of parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRecord:
    """A lot as last corrected.

    Attributes:
        party: The producer; of a lot made from others, the maker.
        origin: `harvest`, `opening`, `claim`, `made` or `unmade`.
        plot: Where it grew; `None` of a lot made from others, claimed, or from before.
        district: The plot's; `None` without a plot.
        harvested_at: A `Timestamp`; when it was made, or arrived, if it was not harvested.
        claimed_g: Received by others beyond what the producer had recorded.
        denied_g: Of these, what the producer denies.
        has_surplus: Whether any holder found more than anyone else vouches for.
        roots: Its ancestors; of a lot that has more than it can carry, the nearest.
        entry: Id of the command whose values these are.
    """

    id: str
    party: str
    origin: str
    plot: str | None
    district: str | None
    crop: str
    grade: str | None
    harvested_at: str
    harvest_g: int
    supplement_g: int
    claimed_g: int
    denied_g: int
    made_g: int
    has_surplus: bool
    estimated: bool
    roots: tuple[str, ...]
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRecord:
    """Grams of a lot at one party, of one owner, and where its others went."""

    lot: str
    holder: str
    owner: str
    held_g: int
    sold_g: int
    discarded_g: int
    own_use_g: int
    transformed_g: int
    lost_g: int
    surplus_g: int
    unproven_g: int
    denied_g: int
    is_on_hold: bool


def find(connection: Connection, lot: str) -> LotRecord | None:
    """Return a lot."""
    row = connection.execute(lots_query().where(lots.c.state_key == f"lot/{lot}")).first()
    return None if row is None else lot_of(row)


def find_all(connection: Connection, ids: Sequence[str]) -> dict[str, LotRecord]:
    """Return those of the lots that are on record, by id."""
    found = {}
    for start in range(0, len(ids), _VALUES_MAX):
        part = ids[start : start + _VALUES_MAX]
        for row in connection.execute(lots_query().where(lots.c.id.in_(part))):
            found[row.id] = lot_of(row)
    return found


def latest(connection: Connection, *, limit: int) -> list[LotRecord]:
    """Return the lots harvested last: for the start page of a demo, and nowhere else.

    A real ledger's lots are never listed: who has no label has no business with a lot. A claim is
    no harvest, and what a shop says of another's goods is not told.
    """
    query = (
        lots_query()
        .where(lots.c.origin != "claim")
        .order_by(lots.c.harvested_at.desc(), lots.c.id.desc())
        .limit(limit)
    )
    return [lot_of(row) for row in connection.execute(query)]


def holdings_of(
    connection: Connection, ids: Sequence[str], party: str
) -> dict[str, tuple[HoldingRecord, ...]]:
    """Return a party's holdings of each lot: at itself, whosever, and its own goods at others."""
    found: dict[str, tuple[HoldingRecord, ...]] = {}
    mine = or_(holdings.c.holder == party, holdings.c.owner == party)
    for start in range(0, len(ids), _VALUES_MAX):
        part = ids[start : start + _VALUES_MAX]
        query = (
            select(*_HOLDING)
            .where(holdings.c.lot.in_(part), mine)
            .order_by(holdings.c.lot, holdings.c.holder, holdings.c.owner)
        )
        for row in connection.execute(query).mappings():
            one = HoldingRecord(**row)
            found[one.lot] = (*found.get(one.lot, ()), one)
    return found


def denied(connection: Connection, party: str, *, limit: int) -> list[HoldingRecord]:
    """Return a party's holdings, and its goods at others, whose origin is denied in part."""
    query = (
        select(*_HOLDING)
        .where(holdings.c.denied_g > 0, or_(holdings.c.holder == party, holdings.c.owner == party))
        .order_by(holdings.c.lot, holdings.c.holder)
        .limit(limit)
    )
    return [HoldingRecord(**row) for row in connection.execute(query).mappings()]


_ELSEWHERE: Final[Mapping[str, ColumnElement[Any]]] = {
    "district": plots.c.district,
    "has_surplus": exists().where(holdings.c.lot == lots.c.id, has_surplus).label("has_surplus"),
}
_LOT: Final[tuple[ColumnElement[Any], ...]] = tuple(
    _ELSEWHERE[field.name] if field.name in _ELSEWHERE else lots.c[field.name]
    for field in fields(LotRecord)
)
_HOLDING: Final[tuple[Column[Any], ...]] = tuple(
    holdings.c[field.name] for field in fields(HoldingRecord)
)


def lots_query() -> Select[tuple[object, ...]]:
    """Return the query of lots, for `lot_of`; lots without a plot included."""
    return select(*_LOT).outerjoin(plots, plots.c.id == lots.c.plot)


def lot_of(row: Row[Any]) -> LotRecord:
    """Return a row of `lots_query` as a record."""
    values = {field.name: getattr(row, field.name) for field in fields(LotRecord)}
    values["has_surplus"] = bool(values["has_surplus"])
    values["roots"] = json_text.texts(values["roots"])
    return LotRecord(**values)
