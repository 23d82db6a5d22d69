"""Who may take in whose goods, and what somebody says came without that."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from gateway.projection.domain import consignments, holdings, open_claims


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsignmentRecord:
    """A standing consignment that was not ended; dates are the town's, both included.

    Attributes:
        held_g: How much of the producer's goods lies at the shop now.
    """

    producer: str
    shop: str
    since: str
    until: str
    held_g: int

    def is_valid_on(self, today: str) -> bool:
        """Whether the shop may take goods in on that date."""
        return self.since <= today <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRecord:
    """Goods that came without a consignment, and their producer has not answered.

    Attributes:
        holder: Who says that they came.
        producer: In whose name.
    """

    holder: str
    lot: str
    producer: str
    crop: str
    claimed_g: int
    arrived_at: str


def consignments_of(connection: Connection, party: str, *, limit: int) -> list[ConsignmentRecord]:
    """Return what a party has agreed on as either side, by the pseudonyms of both."""
    sides = (consignments.c.producer, consignments.c.shop)
    query = (
        select(*sides, consignments.c.since, consignments.c.until)
        .where(or_(*(side == party for side in sides)), consignments.c.is_revoked.is_(False))
        .order_by(*sides)
        .limit(limit)
    )
    rows = connection.execute(query).mappings().all()
    lying = _lying(connection, party) if rows else {}
    return [
        ConsignmentRecord(**row, held_g=lying.get((row["producer"], row["shop"]), 0))
        for row in rows
    ]


def _lying(connection: Connection, party: str) -> dict[tuple[str, str], int]:
    """Return the grams that lie with another, by owner and holder, of whom one is the party."""
    found: dict[tuple[str, str], int] = {}
    for mine in (holdings.c.owner, holdings.c.holder):
        query = (
            select(holdings.c.owner, holdings.c.holder, func.sum(holdings.c.held_g).label("held_g"))
            .where(mine == party, holdings.c.owner != holdings.c.holder, holdings.c.held_g > 0)
            .group_by(holdings.c.owner, holdings.c.holder)
        )
        for row in connection.execute(query):
            found[row.owner, row.holder] = int(row.held_g)
    return found


def claims_of(connection: Connection, party: str, *, limit: int) -> list[ClaimRecord]:
    """Return the open claims of a party, and those in its name, the oldest first."""
    table = open_claims.c
    query = (
        select(*(table[name] for name in ClaimRecord.__slots__))
        .where(or_(table.holder == party, table.producer == party))
        .order_by(table.arrived_at, table.lot, table.holder)
        .limit(limit)
    )
    return [ClaimRecord(**row) for row in connection.execute(query).mappings()]
