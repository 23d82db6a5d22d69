"""Suspended offices: of which organisation, until when, and who wants it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from gateway.projection.domain import standings, suspension_votes


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRecord:
    """One organisation's vote; it counts until that day."""

    organisation: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionRecord:
    """An organisation that is suspended, or that another one wants to be.

    Attributes:
        until: The last day, the town's; `None` without a majority.
        votes: Of today and later, by organisation.
    """

    organisation: str
    until: str | None
    votes: tuple[VoteRecord, ...]


def suspensions(connection: Connection, today: str) -> list[SuspensionRecord]:
    """Return what is in force, or wanted, on a day, by organisation."""
    query = select(standings.c.id, standings.c.suspended_until).order_by(standings.c.id)
    found = []
    for row in connection.execute(query):
        votes = _votes(connection, row.id, today)
        is_over = row.suspended_until is None or row.suspended_until < today
        until = None if is_over else row.suspended_until
        if votes or until:
            found.append(SuspensionRecord(organisation=row.id, until=until, votes=votes))
    return found


def _votes(connection: Connection, organisation: str, today: str) -> tuple[VoteRecord, ...]:
    votes = suspension_votes.c
    query = (
        select(votes.organisation, votes.reason, votes.until)
        .where(votes.suspended == organisation, votes.until >= today)
        .order_by(votes.organisation)
    )
    return tuple(VoteRecord(**row) for row in connection.execute(query).mappings())
