"""Who holds which keys: those that a change of roles reaches, since when, and when last used."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import Connection, or_, select

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.base.envelope import Jwk
from chaincode.base.errors import Code
from chaincode.proposals import APPROVE
from chaincode.registry.records import Draining, Grant, Head
from chaincode.rules import EVER
from gateway.projection import json_text
from gateway.projection.domain import actors, devices
from gateway.projection.tables import command_subject, commands

FURTHER: Final = "second_key"  # flag of an enrolment for somebody who had a key

_KEY: Final = "jwk"  # member of every command that enters a key
_ENROLLING: Final = (
    APPROVE,
    *(
        name
        for name, kind in EVER.items()
        if kind.signers == 1 and any(one.name == _KEY for one in fields(kind.body))
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """How a key came onto the ledger: when, in seconds since 1970, and whether as a further one."""

    at: int
    is_further: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A key that may still sign something.

    Attributes:
        kid: Its thumbprint.
        kept: How it is kept.
        enrolment: `None` where its command is not on record here.
        used_at: The ledger time of its last command, in seconds since 1970; `None`: of none yet.
        spared_until: Of a revoked key, the last day on which what was spared may come in.
    """

    kid: str
    kept: str
    enrolment: Enrolment | None
    used_at: int | None
    spared_until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRecord:
    """A person or till with its keys, in the order in which `actor.grant` names them."""

    actor: str
    party: str
    organisation: str
    roles: tuple[Grant, ...]
    keys: tuple[KeyRecord, ...]


def manageable(head: Head, organisation: str, *, is_registrar: bool, today: str) -> set[str]:
    """Return the organisations whose people's keys one may end, alone or with another registrar.

    Args:
        head: Of the ledger.
        organisation: One's own.
        is_registrar: Whether one is a registrar today.
        today: The town's date.
    """
    if not is_registrar:
        return set()
    helpless = {
        one.id for one in head.organisations if not one.has_registrars or one.is_suspended_on(today)
    }
    return {organisation} | helpless


def holders_of(
    connection: Connection, organisations: Collection[str], own: str, *, limit: int, after: str = ""
) -> list[HolderRecord]:
    """Return who holds keys, by pseudonym: oneself, and the people of some organisations.

    Args:
        connection: To the projection.
        organisations: Whose people.
        own: The reader's actor, always among them.
        limit: How many people at most.
        after: The pseudonym after which they begin.
    """
    has_keys = or_(actors.c.devices != "[]", actors.c.draining != "[]")
    is_seen = or_(actors.c.id == own, actors.c.organisation.in_(sorted(organisations)))
    query = (
        select(actors)
        .where(is_seen, has_keys, actors.c.id > after)
        .order_by(actors.c.id)
        .limit(limit)
    )
    rows = list(connection.execute(query))
    reached = {row.id: _reached(row.devices, row.draining) for row in rows}
    keys = _keys(connection, reached)
    return [
        HolderRecord(
            actor=row.id,
            party=row.party,
            organisation=row.organisation,
            roles=tuple(shapes.read(Grant, one) for one in _items(row.roles)),
            keys=keys[row.id],
        )
        for row in rows
    ]


def enrolments_of(connection: Connection, people: Iterable[str]) -> dict[str, Enrolment]:
    """Return how the keys of some people were enrolled, by the key's thumbprint."""
    query = (
        select(commands.c.payload, commands.c.flags, commands.c.ledger_time)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(
            command_subject.c.subject_key.in_([f"actor/{one}" for one in people]),
            commands.c.type.in_(_ENROLLING),
            commands.c.code == Code.ACCEPTED,
            commands.c.payload.contains(f'"{_KEY}"'),
        )
    )
    found = {}
    for row in connection.execute(query):
        flags = json_text.decode(row.flags)
        assert isinstance(flags, list)  # noqa: S101 - the projection's own
        kid = _entered(json_text.decode(row.payload))
        found[kid] = Enrolment(at=row.ledger_time, is_further=FURTHER in flags)
    return found


def _entered(payload: Json) -> str:
    """Return the thumbprint of the key that a command enters, itself or by approving another."""
    assert isinstance(payload, dict)  # noqa: S101 - as above
    body = payload["body"]
    if payload["type"] == APPROVE:
        assert isinstance(body, dict)  # noqa: S101 - as above
        body = body["body"]
    assert isinstance(body, dict)  # noqa: S101 - as above
    jwk = body[_KEY]
    assert isinstance(jwk, dict)  # noqa: S101 - as above
    return shapes.read(Jwk, jwk).thumbprint


def _reached(devices_text: str, draining_text: str) -> dict[str, str | None]:
    """Return the keys that may sign, each with the day on which a revoked one's time is over."""
    live = json_text.decode(devices_text)
    assert isinstance(live, list)  # noqa: S101 - the contract's own record
    drained = [shapes.read(Draining, one) for one in _items(draining_text)]
    return {str(one): None for one in live} | {one.device: one.until for one in drained}


def _keys(
    connection: Connection, reached: dict[str, dict[str, str | None]]
) -> dict[str, tuple[KeyRecord, ...]]:
    every = [f"device/{kid}" for kids in reached.values() for kid in kids]
    query = (
        select(devices.c.kid, devices.c.kept, commands.c.ledger_time)
        .outerjoin(commands, commands.c.id == devices.c.prev)
        .where(devices.c.state_key.in_(every))
    )
    rows = {row.kid: row for row in connection.execute(query)}
    enrolled = enrolments_of(connection, reached)
    return {
        actor: tuple(
            KeyRecord(
                kid=kid,
                kept=rows[kid].kept,
                enrolment=enrolled.get(kid),
                used_at=rows[kid].ledger_time,
                spared_until=until,
            )
            for kid, until in kids.items()
        )
        for actor, kids in reached.items()
    }


def _items(text: str) -> Sequence[dict[str, Json]]:
    items = json_text.decode(text)
    assert isinstance(items, list)  # noqa: S101 - the contract's own record
    return [one for one in items if isinstance(one, dict)]
