"""How the organisations stand: suspended offices, votes for that, and new names of MSPs."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from chaincode.base import shapes, times
from chaincode.registry.records import Constitution
from chaincode.registry.successions import Succession
from gateway.lookups.people import Founding, find_founding, record
from gateway.projection import states
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingRecord:
    """One organisation's word on another's MSP; it counts until that day."""

    organisation: str
    msp: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionRecord:
    """An MSP's new name, said by others, until its admin bootstraps.

    Attributes:
        msp: What enough of them name; `None`: not enough yet.
        namings: Of today and later, by organisation.
    """

    organisation: str
    msp: str | None
    namings: tuple[NamingRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What the ledger was founded on, and how the organisations stand on the town's day."""

    founding: Founding
    today: str
    suspensions: tuple[SuspensionRecord, ...]
    successions: tuple[SuccessionRecord, ...]

    def suspension(self, organisation: str) -> SuspensionRecord | None:
        """Return what is in force against an organisation, or wanted."""
        return next((one for one in self.suspensions if one.organisation == organisation), None)

    def succession(self, organisation: str) -> SuccessionRecord | None:
        """Return what others say of an organisation's MSP."""
        return next((one for one in self.successions if one.organisation == organisation), None)

    def title(self, organisation: str) -> str:
        """Return what an organisation is called."""
        found = self.founding[1].organisation(organisation)
        return found.title if found else organisation


def together(connection: Connection, now: int) -> Together | None:
    """Return how the organisations stand at a time in seconds; `None` before the founding."""
    founding = find_founding(connection)
    if founding is None:
        return None
    today = times.local_date(now, founding[0].utc_offset_minutes)
    return Together(
        founding=founding,
        today=today,
        suspensions=tuple(suspensions(connection, today)),
        successions=tuple(_successions(connection, founding[1], today)),
    )


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


def _successions(
    connection: Connection, constitution: Constitution, today: str
) -> list[SuccessionRecord]:
    """Return what is said of MSPs' names; a name that enough have given stands until it is used."""
    keys = {Succession.key(one.id): one.id for one in constitution.organisations}
    found = states(connection, list(keys))
    records = []
    for key, organisation in sorted(keys.items()):
        if key not in found:
            continue
        said = shapes.read(Succession, record(found[key]))
        namings = tuple(
            NamingRecord(organisation=one.organisation, msp=one.msp, until=one.until)
            for one in said.namings
            if one.until >= today
        )
        if namings or said.msp:
            records.append(
                SuccessionRecord(organisation=organisation, msp=said.msp, namings=namings)
            )
    return records
