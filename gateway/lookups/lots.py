"""Lots: the record, the entries that everyone may see, and one party's holding."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Select, select, tuple_

from chaincode.commands import TYPES
from chaincode.errors import Code
from gateway.lookups.places import Page, Place, paged
from gateway.projection import CommandRow
from gateway.projection.domain import holdings, lots, plots
from gateway.projection.tables import command_subject, commands

PUBLIC_TYPES: Final = frozenset(name for name, kind in TYPES.items() if kind.is_public)
ENTRIES_MAX: Final = 200  # public entries of one lot that are shown: a harvest and corrections
PLACE = (str, str)  # harvested_at, id


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRecord:
    """A lot as last corrected. `harvested_at` is a `Timestamp`; `entry` a command's id."""

    id: str
    party: str
    plot: str
    district: str
    crop: str
    harvested_at: str
    harvest_g: int
    estimated: bool
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRecord:
    """Grams of a lot at one party."""

    lot: str
    holder: str
    held_g: int
    sold_g: int
    discarded_g: int
    own_use_g: int


def find(connection: Connection, lot: str) -> LotRecord | None:
    """Return a lot."""
    row = connection.execute(_lots().where(lots.c.state_key == f"lot/{lot}")).first()
    return None if row is None else _lot(row)


def latest(connection: Connection, *, limit: int) -> list[LotRecord]:
    """Return the lots harvested last: for the start page of a demo, and nowhere else.

    A real ledger's lots are never listed: who has no label has no business with a lot.
    """
    query = _lots().order_by(lots.c.harvested_at.desc(), lots.c.id.desc()).limit(limit)
    return [_lot(row) for row in connection.execute(query)]


def public_entries(connection: Connection, lot: str) -> list[CommandRow]:
    """Return the accepted public entries of a lot in the chain's order: harvest, corrections."""
    query = (
        select(commands)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(
            command_subject.c.subject_key == f"lot/{lot}",
            commands.c.code == Code.ACCEPTED,
            commands.c.type.in_(PUBLIC_TYPES),
        )
        .order_by(command_subject.c.block_number, command_subject.c.position)
        .limit(ENTRIES_MAX)
    )
    return [CommandRow.of(row) for row in connection.execute(query).mappings()]


def holding(connection: Connection, lot: str, party: str) -> HoldingRecord | None:
    """Return what a party holds of a lot."""
    query = select(*_HOLDING).where(holdings.c.state_key == f"holding/{lot}/{party}/{party}")
    row = connection.execute(query).first()
    return None if row is None else _holding(row)


def held_by(
    connection: Connection, party: str, *, limit: int, before: Place | None = None
) -> Page[tuple[LotRecord, HoldingRecord]]:
    """Return a party's holdings with their lots, those harvested last first."""
    query = (
        _lots()
        .add_columns(*_HOLDING)
        .join(holdings, holdings.c.lot == lots.c.id)
        .where(holdings.c.holder == party, holdings.c.owner == party)
        .order_by(lots.c.harvested_at.desc(), lots.c.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(tuple_(lots.c.harvested_at, lots.c.id) < tuple_(*before))
    rows = []
    for row in connection.execute(query):
        found = _lot(row)
        rows.append(((found, _holding(row)), (found.harvested_at, found.id)))
    return paged(rows, limit=limit)


_LOT: Final[tuple[Column[Any], ...]] = (
    lots.c.id,
    lots.c.party,
    lots.c.plot,
    plots.c.district,
    lots.c.crop,
    lots.c.harvested_at,
    lots.c.harvest_g,
    lots.c.estimated,
    lots.c.entry,
)
_HOLDING: Final[tuple[Column[Any], ...]] = (
    holdings.c.lot,
    holdings.c.holder,
    holdings.c.held_g,
    holdings.c.sold_g,
    holdings.c.discarded_g,
    holdings.c.own_use_g,
)


def _lots() -> Select[tuple[object, ...]]:
    # A plot can't vanish, so this joins each lot with exactly one.
    return select(*_LOT).join(plots, plots.c.id == lots.c.plot)


def _lot(row: Row[Any]) -> LotRecord:
    return LotRecord(
        id=row.id,
        party=row.party,
        plot=row.plot,
        district=row.district,
        crop=row.crop,
        harvested_at=row.harvested_at,
        harvest_g=row.harvest_g,
        estimated=row.estimated,
        entry=row.entry,
    )


def _holding(row: Row[Any]) -> HoldingRecord:
    return HoldingRecord(
        lot=row.lot,
        holder=row.holder,
        held_g=row.held_g,
        sold_g=row.sold_g,
        discarded_g=row.discarded_g,
        own_use_g=row.own_use_g,
    )
