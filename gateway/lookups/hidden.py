"""Lots that a safety recall stops because nobody knows all that they were made of.

What goods hide stands with each holding of them. A recall of one of these crops stops the lot until
an officer has cleared it, in every entry of the recall that names the crop.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select

from chaincode.recalls.records import SAFETY
from gateway.lookups.open_recalls import is_live
from gateway.projection import json_text
from gateway.projection.domain import cleared_lots, hidden_crops, recalled_roots

_VALUES_MAX: Final = 900  # in one list of parameters


def hiding(connection: Connection, crops: Sequence[str]) -> set[str]:
    """Return the lots that hide ancestors which may be one of these crops."""
    found: set[str] = set()
    for start in range(0, len(crops), _VALUES_MAX):
        part = crops[start : start + _VALUES_MAX]
        query = select(hidden_crops.c.lot).where(hidden_crops.c.crop.in_(part)).distinct()
        found.update(connection.execute(query).scalars())
    return found


def cleared(connection: Connection, recall: str) -> list[str]:
    """Return the lots that are cleared in any entry of a recall in force, sorted."""
    query = select(cleared_lots.c.lot).where(cleared_lots.c.recall == recall).distinct()
    return sorted(connection.execute(query).scalars())


def stopped(connection: Connection, recall: str) -> set[str]:
    """Return the lots that a recall in force stops for what they hide."""
    found: set[str] = set()
    for entry, crops in _entries(connection, recall).items():
        found |= hiding(connection, crops) - _cleared_in(connection, entry)
    return found


def stopping(connection: Connection, lots: Sequence[str]) -> Mapping[str, set[str]]:
    """Return the recalls in force that stop some of these lots for what they hide, by lot."""
    hides, found = _hides(connection, lots), defaultdict[str, set[str]](set)
    if not hides:
        return found
    for recall in _safety_recalls(connection):
        for entry, crops in _entries(connection, recall).items():
            free = _cleared_in(connection, entry)
            for lot, hidden in hides.items():
                if lot not in free and not hidden.isdisjoint(crops):
                    found[lot].add(recall)
    return found


def _hides(connection: Connection, lots: Sequence[str]) -> Mapping[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for start in range(0, len(lots), _VALUES_MAX):
        part = lots[start : start + _VALUES_MAX]
        query = select(hidden_crops.c.lot, hidden_crops.c.crop).where(hidden_crops.c.lot.in_(part))
        for lot, crop in connection.execute(query):
            found[lot].add(crop)
    return found


def _cleared_in(connection: Connection, entry: str) -> set[str]:
    query = select(cleared_lots.c.lot).where(cleared_lots.c.entry == entry)
    return set(connection.execute(query).scalars())


def _safety_recalls(connection: Connection) -> list[str]:
    columns = recalled_roots.c
    query = select(columns.recall).where(columns.kind == SAFETY, is_live()).distinct()
    return sorted(connection.execute(query).scalars())


def _entries(connection: Connection, recall: str) -> dict[str, tuple[str, ...]]:
    """Return the crops of each entry of a safety recall in force."""
    columns = recalled_roots.c
    query = select(columns.entry, columns.crops).where(
        columns.recall == recall, columns.kind == SAFETY, is_live()
    )
    return {entry: json_text.texts(crops) for entry, crops in connection.execute(query.distinct())}
