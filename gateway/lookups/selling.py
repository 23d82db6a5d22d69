"""What a shop can sell, and which lines of a till's file it has booked already."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from chaincode.errors import Code
from gateway.projection.domain import actors, holdings, lots
from gateway.projection.tables import command_subject, commands

STOCK_MAX = 10_000  # holdings of one party that have anything left


@dataclass(frozen=True, slots=True, kw_only=True)
class Sellable:
    """Grams of one lot that a holder may sell. `harvested_at` is a `Timestamp`."""

    lot: str
    owner: str
    crop: str
    harvested_at: str
    free_g: int


def sellable(connection: Connection, party: str) -> list[Sellable]:
    """Return what a party holds and may sell, the oldest first."""
    query = (
        select(
            holdings.c.lot,
            holdings.c.owner,
            lots.c.crop,
            lots.c.harvested_at,
            (holdings.c.held_g - holdings.c.denied_g).label("free_g"),
        )
        .join(lots, lots.c.id == holdings.c.lot)
        .where(
            holdings.c.holder == party,
            holdings.c.held_g > holdings.c.denied_g,
            holdings.c.is_on_hold.is_(False),
        )
        .order_by(lots.c.harvested_at, lots.c.id, holdings.c.owner)
        .limit(STOCK_MAX)
    )
    return [Sellable(**row) for row in connection.execute(query).mappings()]


def known_receipts(connection: Connection, receipts: Sequence[str], *, party: str) -> list[str]:
    """Return which of these lines a party's accepted commands carry, at most 500 asked for."""
    keys = [f"receipt/{one}" for one in receipts]
    query = (
        select(command_subject.c.subject_key)
        .join(commands, commands.c.id == command_subject.c.command_id)
        .join(actors, and_(actors.c.id == commands.c.actor, actors.c.party == party))
        .where(command_subject.c.subject_key.in_(keys), commands.c.code == Code.ACCEPTED)
        .distinct()
    )
    found = connection.execute(query).scalars()
    return sorted(key.removeprefix("receipt/") for key in found)
