"""Devices, people, parties, mandates and the constitution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Connection, or_, select, tuple_

from chaincode.base import shapes, times
from chaincode.base.canonical import Json
from chaincode.base.envelope import Jwk
from chaincode.registry.records import CONSTITUTION, HEAD, Constitution, Grant, Head
from gateway.lookups.places import Place
from gateway.projection import json_text, states
from gateway.projection.domain import actors, devices, mandates, parties

Founding: TypeAlias = tuple[Head, Constitution]
Roles: TypeAlias = frozenset[str]

_VERSION: Final = "v"  # of a state value; no member of the record
_VALUES_MAX: Final = 900  # in one list of parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecord:
    """A device as the ledger knows it; `next` and `prev` are its head."""

    kid: str
    jwk: Jwk
    kept: str
    actor: str
    party: str
    organisation: str
    roles: tuple[dict[str, Json], ...]
    next: int
    prev: str
    is_revoked: bool


def find_device(connection: Connection, kid: str) -> DeviceRecord | None:
    """Return a device by its key's thumbprint."""
    query = select(devices).where(devices.c.state_key == f"device/{kid}")
    row = connection.execute(query).first()
    if row is None:
        return None
    jwk = json_text.decode(row.jwk)
    assert isinstance(jwk, dict)  # noqa: S101 - the contract's own record
    return DeviceRecord(
        kid=row.kid,
        jwk=shapes.read(Jwk, jwk),
        kept=row.kept,
        actor=row.actor,
        party=row.party,
        organisation=row.organisation,
        roles=tuple(_objects(row.roles)),
        next=row.next,
        prev=row.prev,
        is_revoked=row.revoked is not None,
    )


def find_reader(connection: Connection, kid: str, now: int) -> tuple[DeviceRecord, Roles] | None:
    """Return a device, and the roles that its holder has in the town today.

    Args:
        connection: To the projection.
        kid: The key's thumbprint.
        now: Seconds since 1970.
    """
    device = find_device(connection, kid)
    if device is None:
        return None
    head = shapes.read(Head, record(states(connection, [HEAD])[HEAD]))
    today = times.local_date(now, head.utc_offset_minutes)
    grants = tuple(shapes.read(Grant, role) for role in device.roles)
    return device, head.held(device.organisation, grants, today).roles


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRecord:
    """A party as the ledger knows it."""

    id: str
    organisation: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """A person or till of a party, with all roles it was ever given, and its live devices."""

    id: str
    roles: tuple[Grant, ...]
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRecord:
    """A mandate that was not taken back, with both sides' parties and organisations.

    Attributes:
        principal_has_key: Whether the principal could sign, too; if not, registrars gave it.
        since: The town's day, as `until`, which is the last one.
    """

    principal: str
    principal_party: str
    agent: str
    agent_party: str
    principal_organisation: str
    agent_organisation: str
    principal_has_key: bool
    types: tuple[str, ...]
    since: str
    until: str

    def is_valid_on(self, today: str) -> bool:
        """Whether the agent may act on that date."""
        return self.since <= today <= self.until


def parties_of(connection: Connection, ids: Sequence[str]) -> list[PartyRecord]:
    """Return those of the parties that the ledger has, in the order asked for."""
    found: dict[str, PartyRecord] = {}
    for start in range(0, len(ids), _VALUES_MAX):
        part = ids[start : start + _VALUES_MAX]
        query = select(parties.c.id, parties.c.organisation, parties.c.kind)
        for row in connection.execute(query.where(parties.c.id.in_(part))).mappings():
            found[row["id"]] = PartyRecord(**row)
    return [found[one] for one in ids if one in found]


def people_of(connection: Connection, party: str) -> list[PersonRecord]:
    """Return the people and tills of a party, by pseudonym."""
    query = select(actors).where(actors.c.party == party).order_by(actors.c.id)
    return [
        PersonRecord(
            id=row.id,
            roles=tuple(shapes.read(Grant, one) for one in _objects(row.roles)),
            devices=tuple(map(str, _items(row.devices))),
        )
        for row in connection.execute(query)
    ]


def mandates_of(
    connection: Connection,
    *,
    party: str,
    actor: str,
    limit: int,
    organisation: str | None = None,
    after: Place | None = None,
) -> list[MandateRecord]:
    """Return the mandates that people of a party have given, and those that one person holds.

    Args:
        connection: To the projection.
        party: Whose people have given them.
        actor: Who holds them.
        limit: How many at most.
        organisation: Those of all its people, too; `None`: of none besides.
        after: Principal and agent of the last one before; `None`: from the first.
    """
    giver, taker = actors.alias("giver"), actors.alias("taker")
    query = (
        select(
            *(mandates.c.principal, mandates.c.agent, mandates.c.types),
            *(mandates.c.since, mandates.c.until),
            giver.c.party.label("principal_party"),
            taker.c.party.label("agent_party"),
            giver.c.organisation.label("principal_organisation"),
            taker.c.organisation.label("agent_organisation"),
            (giver.c.devices != "[]").label("principal_has_key"),
        )
        .join(giver, giver.c.id == mandates.c.principal)
        .join(taker, taker.c.id == mandates.c.agent)
        .where(
            or_(
                *(giver.c.party == party, mandates.c.agent == actor),
                *(side.c.organisation == organisation for side in (giver, taker) if organisation),
            ),
            mandates.c.types != "[]",
        )
        .order_by(mandates.c.principal, mandates.c.agent)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(mandates.c.principal, mandates.c.agent) > tuple_(*after))
    return [
        MandateRecord(
            **{
                **row,
                "types": tuple(map(str, _items(row["types"]))),
                "principal_has_key": bool(row["principal_has_key"]),
            }
        )
        for row in connection.execute(query).mappings()
    ]


def signed_for(mandates: Iterable[MandateRecord], agent: str, today: str) -> set[str]:
    """Return the parties for whose people somebody may sign on a day."""
    return {
        one.principal_party for one in mandates if one.agent == agent and one.is_valid_on(today)
    }


def _items(text: str) -> list[Json]:
    items = json_text.decode(text)
    assert isinstance(items, list)  # noqa: S101 - the contract's own record
    return items


def _objects(text: str) -> list[dict[str, Json]]:
    return [one for one in _items(text) if isinstance(one, dict)]


def find_founding(connection: Connection) -> Founding | None:
    """Return what the ledger was founded on, `None` before it is."""
    found = states(connection, [HEAD, CONSTITUTION])
    if len(found) < 2:
        return None
    return shapes.read(Head, record(found[HEAD])), shapes.read(
        Constitution, record(found[CONSTITUTION])
    )


def record(value: Json) -> dict[str, Json]:
    """Return the members of a state value that its record has."""
    assert isinstance(value, dict)  # noqa: S101 - a state value is an object
    return {name: member for name, member in value.items() if name != _VERSION}
