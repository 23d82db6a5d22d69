"""The rows around some entries, for the rules of `gateway.plausibility`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    exists,
    func,
    select,
    tuple_,
)

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.base.errors import Code
from gateway.lookups.people import find_founding
from gateway.plausibility.amounts import SORT_CLASS
from gateway.plausibility.evidence import (
    Entry,
    Evidence,
    HoldingFacts,
    LotFacts,
    ScanFacts,
    SortingFacts,
    YieldFacts,
)
from gateway.plausibility.habits import is_afterwards, is_round
from gateway.plausibility.judging import WATCHED
from gateway.plausibility.labelling import BIND
from gateway.plausibility.scans import Scans
from gateway.plausibility.thresholds import DAY_S, thresholds
from gateway.plausibility.timing import HARVEST
from gateway.projection import json_text
from gateway.projection.domain import actors, holdings, lots, sortings, sticker_ranges
from gateway.projection.tables import command_subject, commands
from gateway.town.catalogue import YIELD_KG_PER_10A, Catalogue, CatalogueFile

Item = TypeVar("Item")

M2_PER_10A: Final = 1_000
LOOK_BACK: Final = 300  # running numbers of a device that are looked back over
STORY_ROWS_MAX: Final = 20_000  # what a lot of corrections can't make longer
_VALUES_MAX: Final = 900  # in one list of parameters


@dataclass(frozen=True, slots=True)
class Ground:
    """What the town knows off the ledger.

    Attributes:
        areas: Plots' areas in square metres.
        catalogue: As the office published it.
        known: The same with every crop and class that has a name.
        scans: How often stickers were asked about.
    """

    areas: Mapping[str, int] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=Catalogue)
    known: CatalogueFile = field(default_factory=CatalogueFile)
    scans: Scans = field(default_factory=Scans)


def gather(connection: Connection, entries: Sequence[Entry], ground: Ground) -> Evidence:
    """Return the rows around entries."""
    founding = find_founding(connection)
    offset = founding[0].utc_offset_minutes if founding else 0
    found = _lots(connection, sorted({lot for one in entries for lot in _lots_of(one)}))
    own = [one for one in entries if one.type == HARVEST]
    return Evidence(
        lots=found,
        holdings=_holdings(connection, list(found)),
        stories=_stories(connection, entries),
        twins=_twins(connection, entries),
        devices=_devices(connection, entries, offset),
        yields=_yields(
            connection,
            [found[lot] for one in own if (lot := one.text("lot")) in found],
            ground,
            offset,
        ),
        packs_g=_packs(ground.catalogue, {lot.crop for lot in found.values()}),
        stickers=_stickers(connection, entries),
        sortings=_sortings(connection, entries),
        scans=_scans(ground.scans, entries, offset),
        catalogue=ground.known,
        utc_offset_minutes=offset,
    )


def entries_of(connection: Connection, rows: Sequence[RowMapping]) -> list[Entry]:
    """Return rows of `commands` as entries, with the party that each is of."""
    people = sorted({row["on_behalf"] or row["actor"] for row in rows})
    parties: dict[str, str] = {}
    for part in _parts(people):
        query = select(actors.c.id, actors.c.party).where(actors.c.id.in_(part))
        parties.update({row.id: row.party for row in connection.execute(query)})
    return [_entry(row, parties.get(row["on_behalf"] or row["actor"], "")) for row in rows]


def _entry(row: RowMapping, party: str) -> Entry:
    payload, flags = json_text.decode(row["payload"]), json_text.decode(row["flags"])
    closed = json_text.decode(row["closed"]) if row["closed"] else {}
    body = payload.get("body") if isinstance(payload, dict) else None
    return Entry(
        block=row["block_number"],
        position=row["position"],
        id=row["id"],
        kid=row["kid"],
        seq=row["seq"],
        type=row["type"],
        actor=row["actor"],
        party=party,
        event_time=row["event_time"],
        signed_at=row["signed_at"],
        ledger_time=row["ledger_time"],
        nonce=row["nonce"],
        flags=tuple(map(str, flags)) if isinstance(flags, list) else (),
        body=body if isinstance(body, dict) else {},
        closed=closed if isinstance(closed, dict) else {},
    )


def _lots_of(entry: Entry) -> Iterator[str]:
    if entry.text("lot"):
        yield entry.text("lot")
    children = entry.body.get("children")
    for child in children if isinstance(children, list) else [entry.body.get("child")]:
        if isinstance(child, dict):
            yield str(child.get("lot"))


def _lots(connection: Connection, ids: Sequence[str]) -> dict[str, LotFacts]:
    found = {}
    for part in _parts(ids):
        for row in connection.execute(select(lots).where(lots.c.id.in_(part))):
            found[row.id] = LotFacts(
                id=row.id,
                party=row.party,
                origin=row.origin,
                plot=row.plot,
                crop=row.crop,
                harvested_at=times.seconds(row.harvested_at),
                estimated=row.estimated,
                harvest_g=row.harvest_g,
                supplement_g=row.supplement_g,
                claimed_g=row.claimed_g - row.denied_g,
                made_g=row.made_g,
            )
    return found


def _holdings(connection: Connection, ids: Sequence[str]) -> dict[str, list[HoldingFacts]]:
    found = defaultdict(list)
    for part in _parts(ids):
        query = select(holdings).where(holdings.c.lot.in_(part)).limit(STORY_ROWS_MAX)
        for row in connection.execute(query):
            found[row.lot].append(
                HoldingFacts(
                    holder=row.holder,
                    owner=row.owner,
                    lost_g=row.lost_g,
                    discarded_g=row.discarded_g,
                    surplus_g=row.surplus_g,
                )
            )
    return dict(found)


def _stories(connection: Connection, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Return the watched entries about each lot, shipment and roll, in the chain's order."""
    keys = {
        f"{kind}/{one.text(kind)}"
        for one in entries
        for kind in ("lot", "shipment", "roll")
        if one.text(kind)
    }
    rows: list[RowMapping] = []
    for part in _parts(sorted(keys)):
        query = (
            select(command_subject.c.subject_key, commands)
            .join(commands, commands.c.id == command_subject.c.command_id)
            .where(
                command_subject.c.subject_key.in_(part),
                commands.c.code == Code.ACCEPTED,
                commands.c.type.in_(WATCHED),
            )
            .order_by(
                command_subject.c.subject_key,
                command_subject.c.block_number,
                command_subject.c.position,
            )
            .limit(STORY_ROWS_MAX)
        )
        rows += connection.execute(query).mappings()
    stories = defaultdict(list)
    for row, entry in zip(rows, entries_of(connection, rows), strict=True):
        stories[row["subject_key"]].append(entry)
    return dict(stories)


def _twins(connection: Connection, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Return the accepted entries under each nonce that more than one came under."""
    rows: list[RowMapping] = []
    for part in _parts(sorted({one.nonce for one in entries})):
        query = select(commands).where(
            commands.c.nonce.in_(part), commands.c.code == Code.ACCEPTED, came_twice()
        )
        rows += connection.execute(query.limit(STORY_ROWS_MAX)).mappings()
    found = defaultdict(list)
    for one in entries_of(connection, rows):
        found[one.nonce].append(one)
    return dict(found)


def came_twice() -> ColumnElement[bool]:
    """Return the condition that another accepted command has the nonce of a row of `commands`."""
    twin = commands.alias("twin")
    return exists().where(
        twin.c.nonce == commands.c.nonce,
        twin.c.id != commands.c.id,
        twin.c.code == Code.ACCEPTED,
    )


# Built once: a page may ask it for hundreds of devices.
_OF_DEVICE: Final = (
    select(commands)
    .where(
        commands.c.kid == bindparam("kid"),
        commands.c.seq.between(bindparam("first"), bindparam("last")),
        commands.c.code == Code.ACCEPTED,
        commands.c.type.in_(WATCHED),
        # What neither rule about habits would count.
        (commands.c.signed_at - commands.c.event_time >= DAY_S) | (commands.c.type == HARVEST),
    )
    .order_by(commands.c.seq)
)


def _devices(
    connection: Connection, entries: Sequence[Entry], offset: int
) -> dict[str, list[Entry]]:
    """Return the latest entries of devices whose way of writing is asked about."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for one in entries:
        limits = thresholds(times.local_date(one.event_time, offset))
        if is_afterwards(one) or is_round(one, limits):
            first[one.kid] = min(one.seq, first.get(one.kid, one.seq))
            last[one.kid] = max(one.seq, last.get(one.kid, one.seq))
    found = {}
    for kid, seq in first.items():
        asked = {"kid": kid, "first": seq - LOOK_BACK, "last": last[kid]}
        rows = connection.execute(_OF_DEVICE, asked).mappings()
        found[kid] = [_entry(row, "") for row in rows]  # one device's are one person's
    return found


def _yields(
    connection: Connection, asked: Sequence[LotFacts], ground: Ground, offset: int
) -> dict[str, YieldFacts]:
    """Return the yields of lots whose plot has borne more than is usual in that year."""
    groups = defaultdict(list)
    for lot in asked:
        if lot.plot is not None and lot.plot in ground.areas and lot.origin == "harvest":
            year = int(times.local_date(lot.harvested_at, offset)[:4])
            groups[lot.plot, lot.crop, year].append(lot)
    found: dict[str, YieldFacts] = {}
    for (plot, crop, year), some in groups.items():
        norm = ground.catalogue.norm(crop, YIELD_KG_PER_10A, on=f"{year}-12-31")
        if norm is None:
            continue
        area_m2 = ground.areas[plot]
        usual_g = area_m2 * norm.value_tenths * 100 // M2_PER_10A
        first, last = _year(year, offset)
        within = (
            (lots.c.plot == plot)
            & (lots.c.crop == crop)
            & (lots.c.origin == "harvest")
            & (lots.c.harvested_at >= first)
            & (lots.c.harvested_at < last)
        )
        limit_g = usual_g * thresholds(f"{year}-12-31").yield_percent // 100
        if _harvested_g(connection, within) > limit_g:
            for lot in some:
                place = (times.timestamp(lot.harvested_at), lot.id)
                earlier = tuple_(lots.c.harvested_at, lots.c.id) < tuple_(*place)
                found[lot.id] = YieldFacts(
                    year=year,
                    before_g=_harvested_g(connection, within & earlier),
                    area_m2=area_m2,
                    usual_g=usual_g,
                )
    return found


def _harvested_g(connection: Connection, which: ColumnElement[bool]) -> int:
    total = func.coalesce(func.sum(lots.c.harvest_g + lots.c.supplement_g), 0)
    return int(connection.execute(select(total).where(which)).scalar_one())


def _year(year: int, offset: int) -> tuple[str, str]:
    """Return when a year of the town begins and ends, as the ledger writes times."""
    zone = timezone(timedelta(minutes=offset))
    begins = (datetime(one, 1, 1, tzinfo=zone).astimezone(UTC) for one in (year, year + 1))
    first, last = (times.timestamp(int(one.timestamp())) for one in begins)
    return first, last


def _packs(catalogue: Catalogue, crops: set[str]) -> dict[str, int]:
    """Return what the smallest pack of each crop weighs; of all specs, whatever their date."""
    smallest: dict[str, int] = {}
    for spec in catalogue.current.packings:
        if spec.crop in crops:
            smallest[spec.crop] = min(spec.grams, smallest.get(spec.crop, spec.grams))
    return smallest


def _stickers(connection: Connection, entries: Sequence[Entry]) -> dict[str, int]:
    """Return how many stickers are on each lot that entries put stickers on."""
    labelled = sorted({one.text("lot") for one in entries if one.type == BIND})
    found = {}
    for part in _parts(labelled):
        count = func.sum(sticker_ranges.c.last - sticker_ranges.c.first + 1)
        query = (
            select(sticker_ranges.c.lot, count.label("stickers"))
            .where(sticker_ranges.c.lot.in_(part))
            .group_by(sticker_ranges.c.lot)
        )
        found.update({row.lot: int(row.stickers) for row in connection.execute(query)})
    return found


def _sortings(connection: Connection, entries: Sequence[Entry]) -> dict[str, SortingFacts]:
    """Return, by entry that was to end it, each sorting over several commands."""
    last = {
        (one.text("party"), one.text("id_nonce")): one.id
        for one in sorted(entries, key=lambda one: one.place)
        if one.type == SORT_CLASS and one.body.get("is_last")
    }
    found = {}
    for part in _parts(sorted(last)):
        named = tuple_(sortings.c.party, sortings.c.nonce).in_(part)
        for row in connection.execute(select(sortings).where(named)):
            classes = tuple(map(str, _listed(row.classes)))
            made_g = select(func.sum(lots.c.made_g)).where(lots.c.id.in_(classes))
            left_g = (one["left_g"] for one in _listed(row.inputs) if isinstance(one, dict))
            found[last[row.party, row.nonce]] = SortingFacts(
                classes=classes,
                made_g=int(connection.execute(made_g).scalar_one() or 0),
                left_g=sum(grams for grams in left_g if isinstance(grams, int)),
                is_ended=row.state == "ended",
            )
    return found


def _listed(column: str) -> list[Json]:
    value = json_text.decode(column)
    assert isinstance(value, list)  # noqa: S101 - the projection's own
    return value


def _scans(scans: Scans, entries: Sequence[Entry], offset: int) -> dict[str, ScanFacts]:
    """Return, by entry, which of the stickers it put on were asked about too often."""
    found = {}
    for one in entries:
        if one.type == BIND:
            first = one.number("first")
            limits = thresholds(times.local_date(one.event_time, offset))
            facts = scans.often(
                one.text("roll"),
                first,
                first + one.number("count") - 1,
                a_day=limits.scans_a_day,
                days=limits.scan_days,
            )
            if facts is not None:
                found[one.id] = facts
    return found


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _VALUES_MAX):
        yield items[start : start + _VALUES_MAX]
