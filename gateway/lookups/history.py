"""What everyone may know of how a lot's record came about: its harvest, and each correction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from chaincode import times
from chaincode.canonical import Json
from gateway.lookups import lots
from gateway.projection import CommandRow, json_text
from gateway.projection.domain import actors, plots


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One accepted public entry, with the values that it set.

    Attributes:
        id: The command's id.
        event_time: When it happened, as the device claimed, seconds since 1970.
        ledger_time: When the ledger took it, seconds since 1970.
        flags: The contract's public marks.
        district: `None` for a plot that is no longer known.
        harvested_at: A `Timestamp`.
        reason: Why it corrects; `None` for the harvest itself.
        corrects: Id of the entry that it replaces.
        entered_by: The party of the agent who entered it for the producer; `None`: the producer.
    """

    id: str
    type: str
    event_time: int
    ledger_time: int
    block: int
    flags: tuple[str, ...]
    crop: str
    district: str | None
    harvested_at: str
    reason: str | None
    corrects: str | None
    entered_by: str | None


def of_lot(connection: Connection, lot: str) -> list[HistoryEntry]:
    """Return a lot's history in the chain's order."""
    rows = lots.public_entries(connection, lot)
    bodies = [_body(row) for row in rows]
    districts = _districts(connection, [str(body.get("plot")) for body in bodies])
    agents = _parties(connection, [row.actor for row in rows if row.on_behalf])
    return [
        HistoryEntry(
            id=row.id,
            type=row.type,
            event_time=row.event_time,
            ledger_time=row.ledger_time,
            block=row.block_number,
            flags=_flags(row),
            crop=str(body.get("crop", "")),
            district=districts.get(str(body.get("plot"))),
            harvested_at=str(body.get("harvested_at") or times.timestamp(row.event_time)),
            reason=_text(body.get("reason")),
            corrects=_text(body.get("corrects")),
            entered_by=agents.get(row.actor) if row.on_behalf else None,
        )
        for row, body in zip(rows, bodies, strict=True)
    ]


def _districts(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    query = select(plots.c.id, plots.c.district).where(plots.c.id.in_(set(ids)))
    return {row.id: row.district for row in connection.execute(query)}


def _parties(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = select(actors.c.id, actors.c.party).where(actors.c.id.in_(set(ids)))
    return {row.id: row.party for row in connection.execute(query)}


def _body(row: CommandRow) -> dict[str, Json]:
    return row.body if isinstance(row.body, dict) else {}


def _flags(row: CommandRow) -> tuple[str, ...]:
    flags = json_text.decode(row.flags)
    return tuple(map(str, flags)) if isinstance(flags, list) else ()


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
