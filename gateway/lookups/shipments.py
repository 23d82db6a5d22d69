"""One party's shipments, sent and received."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from gateway.lookups.places import Page, Place, paged
from gateway.projection.domain import lots, shipments
from gateway.projection.tables import commands

Direction: TypeAlias = Literal["in", "out"]
State: TypeAlias = Literal["in_transit", "received", "disputed", "settled", "returned"]
PLACE = (int, int)  # block_number and position of the latest change
FEW: Final = 2_000  # shipments that are sorted rather than walked past


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentRecord:
    """A shipment with its lot's crop; times are seconds since 1970, by ledger time."""

    id: str
    lot: str
    crop: str
    sender: str
    recipient: str
    owner: str
    is_consigned: bool
    state: str
    shipped_g: int
    received_g: int
    disputed_g: int
    lost_g: int
    entry: str
    brought_by: str | None
    changed_at: int


def of_party(
    connection: Connection,
    party: str,
    *,
    limit: int,
    direction: Direction | None = None,
    state: State | None = None,
    lot: str | None = None,
    before: Place | None = None,
) -> Page[ShipmentRecord]:
    """Return a party's shipments, the latest changed first.

    Args:
        connection: To the projection.
        party: Whose.
        limit: At most so many.
        direction: Only those to the party (`in`) or from it (`out`).
        state: Only those in this state.
        lot: Only those of this lot.
        before: The place where the page before ended.
    """
    wanted = _side(party, direction)
    if state is not None:
        wanted &= shipments.c.state == state
    if lot is not None:
        wanted &= shipments.c.lot == lot
    query = _query(limit)
    if lot is not None or _are_few(connection, wanted):
        query = query.where(wanted)
    else:  # walked past, the latest command first, rather than all sorted
        query = query.where(
            commands.c.id.in_(_walked(connection, wanted, limit=limit, before=before))
        )
    if before is not None:
        query = query.where(tuple_(commands.c.block_number, commands.c.position) < tuple_(*before))
    found = connection.execute(query).mappings()
    return paged(
        [(_record(row), (row["block_number"], row["position"])) for row in found], limit=limit
    )


def _are_few(connection: Connection, wanted: ColumnElement[bool]) -> bool:
    some = select(shipments.c.id).where(wanted).limit(FEW + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW


def _walked(
    connection: Connection, wanted: ColumnElement[bool], *, limit: int, before: Place | None
) -> list[str]:
    """Return the latest commands that changed a wanted shipment last."""
    place = tuple_(commands.c.block_number, commands.c.position)
    query = (
        select(commands.c.id)
        .where(exists().where(shipments.c.entry == commands.c.id, wanted))
        .order_by(commands.c.block_number.desc(), commands.c.position.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(place < tuple_(*before))
    return list(connection.execute(query).scalars())


def _query(limit: int) -> Select[tuple[object, ...]]:
    return (
        select(
            *(column for column in shipments.columns if column.name != "state_key"),
            lots.c.crop,
            commands.c.ledger_time,
            commands.c.block_number,
            commands.c.position,
        )
        .join(lots, lots.c.id == shipments.c.lot)
        .join(commands, commands.c.id == shipments.c.entry)
        .order_by(commands.c.block_number.desc(), commands.c.position.desc())
        .limit(limit + 1)
    )


def _side(party: str, direction: Direction | None) -> ColumnElement[bool]:
    if direction == "in":
        return shipments.c.recipient == party
    if direction == "out":
        return shipments.c.sender == party
    return or_(shipments.c.sender == party, shipments.c.recipient == party)


def _record(row: RowMapping) -> ShipmentRecord:
    return ShipmentRecord(
        id=row["id"],
        lot=row["lot"],
        crop=row["crop"],
        sender=row["sender"],
        recipient=row["recipient"],
        owner=row["owner"],
        is_consigned=row["is_consigned"],
        state=row["state"],
        shipped_g=row["shipped_g"],
        received_g=row["received_g"],
        disputed_g=row["disputed_g"],
        lost_g=row["lost_g"],
        entry=row["entry"],
        brought_by=row["brought_by"],
        changed_at=row["ledger_time"],
    )
