"""What others found of a party's goods beyond what came to them, and nobody else vouches for."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from gateway.projection import json_text
from gateway.projection.domain import has_surplus, holdings, lots


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusRecord:
    """The surplus of one holding, to whose goods they are by their lot, or by the holding.

    Attributes:
        origin: The lot's: of one that is `made`, the producer is its maker.
        producer: The lot's.
        owner: Whose the goods are there; the holder's own if it bought them.
        unproven_g: Of what is held.
        gone_g: What of it was sold, used or discarded.
        is_denied: Whether the party denies it.
    """

    lot: str
    origin: str
    crop: str
    producer: str
    holder: str
    owner: str
    unproven_g: int
    gone_g: int
    is_denied: bool


def of_party(connection: Connection, party: str, *, limit: int) -> list[SurplusRecord]:
    """Return the surpluses of a party's lots, and of its goods, at others; by lot and holder."""
    one = holdings.c
    query = (
        select(
            *(one.lot, one.holder, one.owner, one.unproven_g, one.unproven_gone_g),
            *(one.owner_denial, one.producer_denial),
            *(lots.c.origin, lots.c.crop, lots.c.party),
        )
        .join(lots, lots.c.id == one.lot)
        .where(has_surplus, one.holder != party, or_(lots.c.party == party, one.owner == party))
        .order_by(one.lot, one.holder, one.owner)
        .limit(limit)
    )
    return [
        SurplusRecord(
            lot=row.lot,
            origin=row.origin,
            crop=row.crop,
            producer=row.party,
            holder=row.holder,
            owner=row.owner,
            unproven_g=row.unproven_g,
            gone_g=row.unproven_gone_g,
            is_denied=_denies(row.owner_denial if row.owner == party else row.producer_denial),
        )
        for row in connection.execute(query)
    ]


def _denies(denial: str | None) -> bool:
    found = json_text.decode(denial) if denial else None
    return isinstance(found, dict) and found["surplus"] is True
