"""What may not be passed on now: the roots of recalls in force.

An entry that one signer made alone, and that endangers nobody, lapses by itself: its rows stay
until the ledger writes the record anew. So all who ask go through here, by this computer's clock.
"""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from chaincode.base import times
from chaincode.recalls.records import OpenRecall
from chaincode.recalls.room import left_by_two, organisations_with_officers
from gateway.lookups.people import find_founding
from gateway.projection import json_text
from gateway.projection.domain import recalled_roots


def is_live() -> ColumnElement[bool]:
    """Whether a row of `recalled_roots` is in force now."""
    now = times.timestamp(int(time.time()))
    return or_(recalled_roots.c.lapses_at.is_(None), recalled_roots.c.lapses_at > now)


def roots_of(connection: Connection, recall: str) -> tuple[str, ...]:
    """Return the roots of a recall in force, sorted; none once it has ended or lapsed."""
    query = select(recalled_roots.c.root).where(recalled_roots.c.recall == recall, is_live())
    return tuple(sorted(set(connection.execute(query).scalars())))


def entries(connection: Connection) -> list[OpenRecall]:
    """Return the entries in force, as the ledger has them."""
    rows: dict[str, Row[Any]] = {}
    roots: dict[str, list[str]] = {}
    query = select(recalled_roots).where(is_live()).order_by(recalled_roots.c.root)
    for row in connection.execute(query):
        rows[row.entry] = row
        roots.setdefault(row.entry, []).append(row.root)
    return [_entry(row, roots[entry]) for entry, row in rows.items()]


def _entry(row: Row[Any], roots: Sequence[str]) -> OpenRecall:
    return OpenRecall(
        recall=row.recall,
        entry=row.entry,
        organisation=row.organisation,
        kind=row.kind,
        crops=json_text.texts(row.crops),
        own=row.own,
        alone=row.alone,
        lapses_at=row.lapses_at,
        roots=tuple(roots),
    )


def room(connection: Connection, organisation: str, *, but: str = "") -> int:
    """Return how many roots an organisation's safety recall by two signers may still name.

    Args:
        connection: To the tables.
        organisation: Of the first signer.
        but: A recall that is looked at as if it were not in force.
    """
    founding = find_founding(connection)
    return left_by_two(
        [one for one in entries(connection) if one.recall != but],
        organisation=organisation,
        organisations=organisations_with_officers(founding[0]) if founding else 0,
    )
