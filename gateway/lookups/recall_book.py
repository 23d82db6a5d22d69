"""Recalls as everyone may read them: which there are, how each came about, which lots they meet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, exists, func, select, tuple_

from chaincode.base.canonical import Json
from chaincode.base.errors import Code
from gateway.lookups import hidden
from gateway.lookups.lots import LotRecord
from gateway.lookups.open_recalls import is_live
from gateway.lookups.places import Page, Place, paged
from gateway.lookups.public import public_content
from gateway.projection import CommandRow
from gateway.projection.domain import recalled_roots, recalls
from gateway.projection.tables import command_subject, commands

PLACE = (int, int)  # block_number and position of the latest change
DRILL: Final = "drill"
UNCONFIRMED: Final = "unconfirmed"
LAPSED: Final = "lapsed"  # by one signer alone, and not confirmed in time: no state of the ledger
ENDED: Final = ("lifted", "closed", LAPSED)
ENDED_MAX: Final = 1_000  # of which a lot's page looks for those that named it
CONFIRM_WITHIN_S: Final = 24 * 3_600  # practice: a second person confirms within a day
_DRILL_TYPE: Final = "recall.drill"
EVENTS_MAX: Final = 500
_VALUES_MAX: Final = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallSummary:
    """A recall without its roots; times are ledger time, seconds since 1970.

    Attributes:
        entry: Id of the command that changed it last.
        is_own: Whether it is of the declaring party's own goods.
        confirm_by: Until when another has to confirm what one signed alone of it; `None` unless
            that is awaited.
    """

    id: str
    party: str
    state: str
    is_own: bool
    kind: str
    cause: str
    scope: str
    roots_count: int
    entry: str
    changed_at: int
    confirm_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallEvent:
    """One entry about a recall.

    Attributes:
        id: The command's id.
        type: Of an approval, what it approved.
        reason: Why it was lifted, or lots were cleared.
        explanation: SHA-256 of salt and text of what is told to the public.
        roots_count: How many lots the entry names.
    """

    id: str
    type: str
    ledger_time: int
    reason: str | None
    explanation: str | None
    roots_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A recall in force that a lot meets, or, as long as nobody knows all its ancestors, may."""

    id: str
    state: str
    kind: str
    cause: str
    is_certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A recall that has ended; `explanation` is the hash of what was told to the public of it."""

    recall: RecallSummary
    explanation: str | None


def listed(
    connection: Connection, *, limit: int, before: Place | None = None, with_drills: bool = False
) -> Page[RecallSummary]:
    """Return recalls, the latest changed first; drills are for officers."""
    query = _summaries().order_by(commands.c.block_number.desc(), commands.c.position.desc())
    if not with_drills:
        query = query.where(recalls.c.state != DRILL)
    if before is not None:
        query = query.where(tuple_(commands.c.block_number, commands.c.position) < tuple_(*before))
    found = connection.execute(query.limit(limit + 1))
    return paged([(_summary(row), (row.block_number, row.position)) for row in found], limit=limit)


def find(connection: Connection, recall: str) -> RecallSummary | None:
    """Return a recall, or a drill."""
    query = _summaries().where(recalls.c.state_key == f"recall/{recall}")
    row = connection.execute(query).first()
    return None if row is None else _summary(row)


def events(connection: Connection, recall: str) -> list[RecallEvent]:
    """Return what was done about a recall, in the chain's order."""
    rows = _rows(connection, recall)
    return [_event(row, *content) for row in rows if (content := _content(row))]


def _rows(connection: Connection, recall: str) -> list[CommandRow]:
    query = (
        select(commands)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(
            command_subject.c.subject_key == f"recall/{recall}", commands.c.code == Code.ACCEPTED
        )
        .order_by(command_subject.c.block_number, command_subject.c.position)
        .limit(EVENTS_MAX)
    )
    return [CommandRow.of(row) for row in connection.execute(query).mappings()]


def named(connection: Connection, recall: str) -> tuple[str, ...]:
    """Return the roots that a recall's entries named: of a drill, and after a recall has ended."""
    found: set[str] = set()
    for row in _rows(connection, recall):
        content = _content(row)
        roots = content[1].get("roots") if content else None
        found |= set(map(str, roots)) if isinstance(roots, list) else set()
    return tuple(sorted(found))


def ended(connection: Connection, lot: LotRecord) -> list[Ended]:
    """Return the recalls that named a lot, or an ancestor, and have ended, the latest first."""
    mine = {lot.id, *lot.roots}
    query = _summaries().where(recalls.c.state.in_((*ENDED, UNCONFIRMED)))
    latest_first = query.order_by(commands.c.block_number.desc(), commands.c.position.desc())
    return [
        Ended(recall=summary, explanation=explanation)
        for summary in map(_summary, connection.execute(latest_first.limit(ENDED_MAX)))
        if summary.state in ENDED
        for roots, explanation in [_end_of(connection, summary.id)]
        if not mine.isdisjoint(roots)
    ]


def _end_of(connection: Connection, recall: str) -> tuple[frozenset[str], str | None]:
    """Return what an ended recall named, and its explanation's hash: neither changes any more."""
    if recall not in _ENDS:
        told = events(connection, recall)
        if len(_ENDS) >= ENDED_MAX:
            _ENDS.clear()
        explanation = told[-1].explanation if told else None
        _ENDS[recall] = frozenset(named(connection, recall)), explanation
    return _ENDS[recall]


# By the recall's id, which its founder's key and a nonce make: no other ledger has the same.
_ENDS: Final[dict[str, tuple[frozenset[str], str | None]]] = {}


def meetings(connection: Connection, lots: Sequence[LotRecord]) -> dict[str, tuple[Meeting, ...]]:
    """Return the recalls in force that each lot meets, or may, for all one knows; others absent."""
    lots_of: dict[str, set[str]] = defaultdict(set)
    for lot in lots:
        for root in (lot.id, *lot.roots):
            lots_of[root].add(lot.id)
    found: dict[str, dict[str, Meeting]] = defaultdict(dict)
    roots = list(lots_of)
    for start in range(0, len(roots), _VALUES_MAX):
        query = (
            select(recalled_roots.c.root, *_MEETING)
            .join(recalls, recalls.c.id == recalled_roots.c.recall)
            .where(recalled_roots.c.root.in_(roots[start : start + _VALUES_MAX]), is_live())
            .order_by(recalls.c.id)
        )
        for root, *values in connection.execute(query):
            meeting = Meeting(**dict(zip(_NAMES, values, strict=True)))
            for lot_id in lots_of[root]:
                found[lot_id][meeting.id] = meeting
    for lot_id, recalls_of_it in hidden.stopping(connection, [lot.id for lot in lots]).items():
        for recall in recalls_of_it - found[lot_id].keys():
            query = select(*_MEETING).where(recalls.c.id == recall)
            row = connection.execute(query).mappings().one()
            found[lot_id][recall] = Meeting(**row, is_certain=False)
    return {lot: tuple(ones[key] for key in sorted(ones)) for lot, ones in found.items() if ones}


_NAMES: Final = ("id", "state", "kind", "cause")
_MEETING: Final = tuple(recalls.c[name] for name in _NAMES)


def _summaries() -> Select[tuple[Any, ...]]:
    entries = commands.alias("entries")
    mine = recalled_roots.c.recall == recalls.c.id
    first_alone_at = (
        select(func.min(entries.c.ledger_time))
        .join(recalled_roots, recalled_roots.c.entry == entries.c.id)
        .where(mine, recalled_roots.c.alone.is_not(None), is_live())
        .correlate(recalls)
        .scalar_subquery()
        .label("alone_since")
    )
    is_open = exists().where(mine, is_live()).correlate(recalls).label("is_open")
    of_entry = (commands.c.ledger_time, commands.c.block_number, commands.c.position)
    columns = (*of_entry, first_alone_at, is_open)
    return select(recalls, *columns).join(commands, commands.c.id == recalls.c.entry)


def _summary(row: Row[Any]) -> RecallSummary:
    return RecallSummary(
        id=row.id,
        party=row.party,
        state=LAPSED if row.state == UNCONFIRMED and not row.is_open else row.state,
        is_own=row.is_own,
        kind=row.kind,
        cause=row.cause,
        scope=row.scope,
        roots_count=row.roots_count,
        entry=row.entry,
        changed_at=row.ledger_time,
        confirm_by=None if row.alone_since is None else row.alone_since + CONFIRM_WITHIN_S,
    )


def _content(row: CommandRow) -> tuple[str, dict[str, Json]] | None:
    if row.type == _DRILL_TYPE and isinstance(row.body, dict):
        return row.type, row.body
    return public_content(row)


def _event(row: CommandRow, kind: str, body: dict[str, Json]) -> RecallEvent:
    roots = body.get("roots", body.get("lots"))
    reason, explanation = body.get("reason"), body.get("explanation")
    return RecallEvent(
        id=row.id,
        type=kind,
        ledger_time=row.ledger_time,
        reason=reason if isinstance(reason, str) else None,
        explanation=explanation if isinstance(explanation, str) else None,
        roots_count=len(roots) if isinstance(roots, list) else None,
    )
