"""Flags of plausibility, page by page: entries are walked, the newest first, and judged.

Nothing is stored. A page walks a bounded number of entries, so it costs the same however many lots
there are; where little is implausible it may hold few flags, or none, and yet have a next page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, select, true, tuple_

from chaincode.base.errors import Code
from gateway.lookups.evidence import Ground, came_twice, entries_of, gather
from gateway.lookups.places import Page, Place, paged
from gateway.plausibility import WATCHED, Entry, Flag, FlagCode, judge
from gateway.projection.domain import actors
from gateway.projection.tables import commands

PLACE: Final = (int, int, int)  # block_number, position, and which of that entry's flags
WALKED_MAX: Final = 2_000  # entries that a page looks at
AT_ONCE: Final = 500
PEOPLE_MAX: Final = 200  # of one party
LAST: Final = 999  # after all flags of an entry
# Peers let a gateway's clock be off by 15 minutes: ledger times are in order but for that.
SLACK_S: Final = 3_600

Chain: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which flags.

    Attributes:
        code: Only this one.
        party: Only of this party's entries.
        after: Only of entries that the ledger took at this time or later, seconds since 1970.
    """

    code: FlagCode | None = None
    party: str | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A command that is walked past."""

    place: Chain
    id: str
    is_watched: bool
    ledger_time: int


ALL: Final = Wanted()


def flagged(
    connection: Connection,
    ground: Ground,
    *,
    limit: int,
    wanted: Wanted = ALL,
    before: Place | None = None,
) -> Page[Flag]:
    """Return a page of flags, those of the newest entries first.

    Args:
        connection: To the projection.
        ground: What the town knows off the ledger.
        limit: At most so many.
        wanted: Which.
        before: The place where the page before ended.
    """
    upto, rank_done = _resume(before)
    sides = _sides(connection, wanted.party)
    found: list[tuple[Flag, Place]] = []
    walked = 0
    while True:
        steps = _steps(connection, sides, upto)
        for entry, rank, flag in _judged(connection, steps, ground):
            is_new = entry.place != upto or rank > rank_done
            if is_new and _is_wanted(flag, wanted):
                found.append((flag, (*entry.place, rank)))
            if len(found) > limit:
                return paged(found, limit=limit)
        walked += len(steps)
        if _is_at_end(steps, wanted):
            return paged(found, limit=limit)
        block, position = steps[-1].place
        if walked >= WALKED_MAX:
            flags = tuple(flag for flag, _ in found)
            return Page(items=flags, next=(block, position, LAST))
        upto, rank_done = (block, position - 1), -1


def _resume(before: Place | None) -> tuple[Chain | None, int]:
    """Return from which entry on to walk, and which of its flags was shown last."""
    if before is None:
        return None, -1
    block, position, rank = map(int, before)
    return (block, position), rank


def _sides(connection: Connection, party: str | None) -> list[ColumnElement[bool]]:
    """Return conditions that together find a party's entries, each by an index; or all."""
    if party is None:
        return [true()]
    query = select(actors.c.id).where(actors.c.party == party).order_by(actors.c.id)
    people = list(connection.execute(query.limit(PEOPLE_MAX)).scalars())
    return [column == one for one in people for column in (commands.c.actor, commands.c.on_behalf)]


def _steps(
    connection: Connection, sides: Sequence[ColumnElement[bool]], upto: Chain | None
) -> list[_Step]:
    """Return the next commands, the newest first, rejected ones and sales too."""
    place = tuple_(commands.c.block_number, commands.c.position)
    found: dict[Chain, _Step] = {}
    for side in sides:
        query = (
            select(
                *(commands.c.block_number, commands.c.position, commands.c.id),
                *(commands.c.type, commands.c.code, commands.c.ledger_time),
                came_twice().label("came_twice"),
            )
            .where(side)
            .order_by(commands.c.block_number.desc(), commands.c.position.desc())
            .limit(AT_ONCE)
        )
        if upto is not None:
            query = query.where(place <= tuple_(*upto))
        for row in connection.execute(query):
            found[row.block_number, row.position] = _Step(
                place=(row.block_number, row.position),
                id=row.id,
                is_watched=(row.type in WATCHED or row.came_twice) and row.code == Code.ACCEPTED,
                ledger_time=row.ledger_time,
            )
    return [found[one] for one in sorted(found, reverse=True)[:AT_ONCE]]


def _judged(
    connection: Connection, steps: Sequence[_Step], ground: Ground
) -> Iterator[tuple[Entry, int, Flag]]:
    """Yield the flags of commands, each with its entry and its rank among that entry's flags."""
    ids = [step.id for step in steps if step.is_watched]
    if not ids:
        return
    rows = list(connection.execute(select(commands).where(commands.c.id.in_(ids))).mappings())
    entries = sorted(entries_of(connection, rows), key=lambda one: one.place, reverse=True)
    evidence = gather(connection, entries, ground)
    for entry in entries:
        for rank, flag in enumerate(judge(entry, evidence)):
            yield entry, rank, flag


def _is_wanted(flag: Flag, wanted: Wanted) -> bool:
    return (
        wanted.code in {None, flag.code}
        and wanted.party in {None, flag.party}
        and (wanted.after is None or flag.at >= wanted.after)
    )


def _is_at_end(steps: Sequence[_Step], wanted: Wanted) -> bool:
    """Whether nothing that is wanted can come after these commands."""
    if len(steps) < AT_ONCE:
        return True
    return wanted.after is not None and steps[-1].ledger_time < wanted.after - SLACK_S
