"""What everyone may know of how a lot's record came about: its beginning, and each change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.base.errors import Code
from chaincode.proposals import APPROVE
from gateway.lookups.public import PUBLIC_TYPES, public_content
from gateway.projection import CommandRow, json_text
from gateway.projection.domain import actors, plots
from gateway.projection.tables import command_subject, commands

ENTRIES_MAX: Final = 200  # public entries of one lot that are shown: a harvest and corrections
RUN_TYPES: Final = frozenset({"lot.merge", "lot.repack", "lot.sort", "lot.process"})
SORT_CLASS: Final = "lot.sort_class"
# Types that take a run back, by the member that repeats it.
_UNMAKING: Final = {"lot.unmake": "run", "lot.undo_class": "made"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One accepted public entry, with the values that it set.

    Attributes:
        id: The command's id.
        type: Of an approval, what it approved.
        event_time: When it happened, as the device claimed, seconds since 1970.
        ledger_time: When the ledger took it, seconds since 1970.
        flags: The contract's public marks.
        crop: Empty where the entry does not say.
        district: `None` for a plot that is no longer known, and without a plot.
        harvested_at: A `Timestamp`.
        reason: Why it corrects or adds; `None` for the harvest itself.
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
    """Return a lot's history in the chain's order.

    What was made of the lot is no part of it: that is the business of whoever made it.
    """
    rows = [(row, *content) for row in _rows(connection, lot) if (content := _about(row, lot))]
    districts = _districts(connection, [str(body.get("plot")) for _, _, body in rows])
    agents = _parties(connection, [row.actor for row, _, _ in rows if row.on_behalf])
    return [
        HistoryEntry(
            id=row.id,
            type=kind,
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
        for row, kind, body in rows
    ]


def _rows(connection: Connection, lot: str) -> list[CommandRow]:
    query = (
        select(commands)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(
            command_subject.c.subject_key == f"lot/{lot}",
            commands.c.code == Code.ACCEPTED,
            commands.c.type.in_((*PUBLIC_TYPES, APPROVE)),
        )
        .order_by(command_subject.c.block_number, command_subject.c.position)
        .limit(ENTRIES_MAX)
    )
    return [CommandRow.of(row) for row in connection.execute(query).mappings()]


def _about(row: CommandRow, lot: str) -> tuple[str, Mapping[str, Json]] | None:
    """Return the type and open part of an entry about this lot, `None` of one about another."""
    content = public_content(row)
    if content is None:
        return None
    kind, body = content
    if kind in {*RUN_TYPES, SORT_CLASS}:
        child = _child(body, lot)
        return None if child is None else (kind, body | {"crop": child.get("crop", "")})
    if kind in _UNMAKING:
        run = body.get(_UNMAKING[kind])
        is_its = isinstance(run, dict) and _child(run, lot) is not None
        return (kind, body) if is_its else None
    return (kind, body) if body.get("lot") == lot else None


def _child(run: Mapping[str, Json], lot: str) -> dict[str, Json] | None:
    children = run.get("children")
    for child in children if isinstance(children, list) else [run.get("child")]:
        if isinstance(child, dict) and child.get("lot") == lot:
            return child
    return None


def _districts(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    query = select(plots.c.id, plots.c.district).where(plots.c.id.in_(set(ids)))
    return {row.id: row.district for row in connection.execute(query)}


def _parties(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = select(actors.c.id, actors.c.party).where(actors.c.id.in_(set(ids)))
    return {row.id: row.party for row in connection.execute(query)}


def _flags(row: CommandRow) -> tuple[str, ...]:
    flags = json_text.decode(row.flags)
    return tuple(map(str, flags)) if isinstance(flags, list) else ()


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
