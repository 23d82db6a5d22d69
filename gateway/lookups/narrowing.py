"""Which lots a recall begins with: by plot, or by producer, crop and period.

A question finds whatever stands on the ledger, however it came there: with its producer's record,
as stock from before, or only because somebody claims to have it. Of the last two no plot is on
record: a question by plot finds all of them that are of the plot's farm, for some may be from it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)

from chaincode.base import times
from gateway.lookups.open_recalls import is_live
from gateway.projection import json_text
from gateway.projection.domain import lots, open_claims, plots, recalled_roots
from gateway.projection.tables import TEXT
from gateway.town.other_crops import OTHER, PREFIX

SEEDS_MAX: Final = 10_000  # as many roots as all open recalls may have
_MADE: Final = ("made", "unmade")  # from other lots, which have been found
_VALUES_MAX: Final = 900  # in one list of parameters

Condition: TypeAlias = ColumnElement[bool]
Kin: TypeAlias = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crops:
    """Which crops are meant.

    Attributes:
        codes: All codes of one crop: also those under which it was entered before it was named.
        with_unnamed: Whether all that has no name yet is meant.
        named: Codes of those that were entered so, and have a name now.
    """

    codes: tuple[str, ...]
    with_unnamed: bool = False
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A lot as somebody says it on the ledger; `at` as of what narrows a recall."""

    id: str
    crop: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """Columns of one table of lots that stand on the ledger.

    Attributes:
        plot: Where it grew, if that is on record.
        at: When it was harvested or made; of what is not recorded, when it came to somebody.
        given: Which rows of the table count.
    """

    id: Column[str]
    party: Column[str]
    crop: Column[str]
    plot: ColumnElement[str | None]
    origin: ColumnElement[str]
    at: Column[str]
    given: tuple[Condition, ...] = ()


_ON_RECORD: Final = _Standing(
    id=lots.c.id,
    party=lots.c.party,
    crop=lots.c.crop,
    plot=lots.c.plot,
    origin=lots.c.origin,
    at=lots.c.harvested_at,
)
_IS_RECORDED: Final = exists().where(  # then its own record says when, of what and by whom
    lots.c.id == open_claims.c.lot,
    lots.c.party == open_claims.c.producer,
    lots.c.crop == open_claims.c.crop,
    lots.c.origin.in_(("harvest", "opening", "made")),
)
_CLAIMED: Final = _Standing(
    id=open_claims.c.lot,
    party=open_claims.c.producer,
    crop=open_claims.c.crop,
    plot=cast(null(), TEXT),
    origin=literal("claim", TEXT),
    at=open_claims.c.arrived_at,
    given=(~_IS_RECORDED,),
)
_ALL: Final = (_ON_RECORD, _CLAIMED)

Wanted: TypeAlias = Callable[[_Standing], Sequence[Condition]]


def lots_of_plot(connection: Connection, plot: str, *, since: str, until: str) -> list[str]:
    """Return the lots of a plot within a period of `Timestamp`s, both included.

    These are what was harvested there, and what of the same farm's has no plot on record.
    """
    farm = select(plots.c.party).where(plots.c.id == plot).scalar_subquery()
    return _ids(
        connection,
        lambda one: (one.at >= since, one.at <= until, _may_be_of(one, plot=plot, farm=farm)),
    )


def lots_of_period(
    connection: Connection, *, party: str, crops: Crops, since: str, until: str
) -> tuple[list[str], list[str]]:
    """Return the lots of a producer that came into being, or to somebody, within a period.

    Returns:
        Those of the crops that were asked for, and all others.
    """

    def within(one: _Standing) -> tuple[Condition, ...]:
        return one.party == party, one.at >= since, one.at <= until

    return _of_crops(connection, within, crops)


def crops_of(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Return what lots are, each crop once, as far as anybody says it on the ledger, or did."""
    found: set[str] = set()
    for one in _ALL:
        for start in range(0, len(ids), _VALUES_MAX):
            query = select(one.crop).where(*one.given, one.id.in_(ids[start : start + _VALUES_MAX]))
            found.update(connection.execute(query.distinct()).scalars())
    for start in range(0, len(ids), _VALUES_MAX):
        were = select(lots.c.former_crops).where(
            lots.c.id.in_(ids[start : start + _VALUES_MAX]), lots.c.former_crops.is_not(None)
        )
        for crops in connection.execute(were).scalars():
            found.update(json_text.texts(crops))
    return sorted(found)


def find_all(connection: Connection, ids: Sequence[str]) -> list[Found]:
    """Return lots by crop, then by time; of one that several claim, what each of them says."""
    found: set[tuple[str, str, str]] = set()
    for one in _ALL:
        for start in range(0, len(ids), _VALUES_MAX):
            query = select(one.crop, one.at, one.id).where(
                *one.given, one.id.in_(ids[start : start + _VALUES_MAX])
            )
            found.update((row[0], row[1], row[2]) for row in connection.execute(query))
    return [Found(id=lot, crop=crop, at=at) for crop, at, lot in sorted(found)]


def entered_since(
    connection: Connection, recall: str, scope: str, *, utc_offset_minutes: int, kin: Kin
) -> tuple[list[str], list[str]]:
    """Return lots that a recall in force would have begun with, had they been on record.

    The ledger has the roots, not the question that found them. A recall by plot meant what may be
    from where its roots were; one by period, what their producers brought of their crops; both
    from the first root's day to the last one's.

    Args:
        connection: To the tables.
        recall: Its number.
        scope: What it says it was found by; of `lot` and `input` nothing can be told.
        utc_offset_minutes: The town's, for its days.
        kin: Every code of the same crop as one.

    Returns:
        These lots; and those of the same producers and days that are of other crops.
    """
    if scope not in {"plot", "period"}:
        return [], []
    own = select(recalled_roots.c.root).where(recalled_roots.c.recall == recall, is_live())
    found: set[str] = set()
    beside: set[str] = set()
    for ground in _grounds(connection, own, utc_offset_minutes, by_plot=scope == "plot"):
        if scope == "plot":
            found.update(_ids(connection, ground.of_plot))
            continue
        same, others = _of_crops(connection, ground.of_party, Crops(codes=tuple(kin(ground.what))))
        found.update(same)
        beside.update(others)
    return sorted(found), sorted(beside - found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What some roots of a recall have in common.

    Attributes:
        party: Whose they are.
        what: Their plot, or their crop; `None` where no plot is on record.
        since: When the town's day of the first of them began.
        before: When that of the last one ended.
        own: The query of the roots that the recall names.
    """

    party: str
    what: Any
    since: str
    before: str
    own: Select[tuple[str]]

    def of_party(self, one: _Standing) -> tuple[Condition, ...]:
        return (*self._within(one), one.party == self.party)

    def of_plot(self, one: _Standing) -> tuple[Condition, ...]:
        return (*self._within(one), _may_be_of(one, plot=self.what, farm=self.party))

    def _within(self, one: _Standing) -> tuple[Condition, ...]:
        return one.at >= self.since, one.at < self.before, one.id.not_in(self.own)


def _grounds(
    connection: Connection, own: Select[tuple[str]], utc_offset_minutes: int, *, by_plot: bool
) -> list[_Ground]:
    days: dict[tuple[str, Any], list[str]] = defaultdict(list)
    for one in _ALL:
        what = one.plot if by_plot else one.crop
        query = select(one.party, what, func.min(one.at), func.max(one.at)).where(
            *one.given, one.id.in_(own), one.origin.not_in(_MADE)
        )
        for party, which, *ends in connection.execute(query.group_by(one.party, what)):
            days[party, which] += ends
    return [
        _Ground(
            party=party,
            what=what,
            since=_midnight(min(ends), 0, utc_offset_minutes),
            before=_midnight(max(ends), 1, utc_offset_minutes),
            own=own,
        )
        for (party, what), ends in days.items()
    ]


def _midnight(timestamp: str, days: int, utc_offset_minutes: int) -> str:
    """Return when the town's day of a time began, or one so many days later."""
    day = times.local_date(times.seconds(timestamp), utc_offset_minutes)
    return times.timestamp(
        times.seconds(f"{day}T00:00:00Z") + days * times.DAY_S - utc_offset_minutes * 60
    )


def _of_crops(connection: Connection, within: Wanted, crops: Crops) -> tuple[list[str], list[str]]:
    """Return the lots within some limits that are of these crops, and the others."""
    found = _ids(connection, lambda one: (*within(one), _is_of(one, crops)))
    beside = _ids(connection, lambda one: (*within(one), ~_is_of(one, crops)))
    return found, [lot for lot in beside if lot not in set(found)]


def _ids(connection: Connection, wanted: Wanted) -> list[str]:
    """Return the lots that meet some conditions, by number: one too many, if there are."""
    found: set[str] = set()
    for one in _ALL:
        query = select(one.id).where(*one.given, *wanted(one)).distinct().order_by(one.id)
        found.update(connection.execute(query.limit(SEEDS_MAX + 1)).scalars())
    return sorted(found)[: SEEDS_MAX + 1]


def _may_be_of(
    one: _Standing, *, plot: str | None, farm: str | ScalarSelect[Any]
) -> ColumnElement[bool]:
    nowhere = and_(one.plot.is_(None), one.origin.not_in(_MADE), one.party == farm)
    return nowhere if plot is None else or_(one.plot == plot, nowhere)


def _is_of(one: _Standing, crops: Crops) -> ColumnElement[bool]:
    named = one.crop.in_(crops.codes)
    if not crops.with_unnamed:
        return named
    unnamed = (one.crop == OTHER) | one.crop.startswith(PREFIX, autoescape=True)
    return named | (unnamed & one.crop.not_in(crops.named))
