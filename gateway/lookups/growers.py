"""Who has harvested or made anything, and which plots there are, of one party or of all."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from gateway.projection.domain import lots, open_claims, parties, plots


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRecord:
    """A plot; `district` is an area code."""

    id: str
    party: str
    district: str


def producers(connection: Connection, *, limit: int) -> list[str]:
    """Return the parties whose lots there are, or are claimed to be, by pseudonym, so many."""
    has_lots = exists().where(lots.c.party == parties.c.id)
    is_named = exists().where(open_claims.c.producer == parties.c.id)
    query = select(parties.c.id).where(has_lots | is_named)
    return list(connection.execute(query.order_by(parties.c.id).limit(limit)).scalars())


def plots_by_producer(connection: Connection, *, limit: int) -> list[PlotRecord]:
    """Return plots, those of one producer together, at most `limit`."""
    query = select(plots.c.id, plots.c.party, plots.c.district)
    rows = connection.execute(query.order_by(plots.c.party, plots.c.id).limit(limit))
    return [PlotRecord(id=row.id, party=row.party, district=row.district) for row in rows]


def plots_of(
    connection: Connection, owners: Collection[str] | None, *, limit: int, after: str = ""
) -> list[PlotRecord]:
    """Return plots by pseudonym, those of some parties or (`None`) of all, after one of them."""
    query = select(plots.c.id, plots.c.party, plots.c.district).where(plots.c.id > after)
    if owners is not None:
        query = query.where(plots.c.party.in_(owners))
    rows = connection.execute(query.order_by(plots.c.id).limit(limit))
    return [PlotRecord(id=row.id, party=row.party, district=row.district) for row in rows]
