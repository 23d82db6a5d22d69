"""Devices, parties and the constitution."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Connection, select

from chaincode.base import shapes, times
from chaincode.base.canonical import Json
from chaincode.base.envelope import Jwk
from chaincode.registry.records import CONSTITUTION, HEAD, Constitution, Grant, Head
from gateway.projection import json_text, states
from gateway.projection.domain import devices

Founding: TypeAlias = tuple[Head, Constitution]
Roles: TypeAlias = frozenset[str]

_VERSION: Final = "v"  # of a state value; no member of the record


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecord:
    """A device as the ledger knows it; `next` and `prev` are its head."""

    kid: str
    jwk: Jwk
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
    jwk, roles = json_text.decode(row.jwk), json_text.decode(row.roles)
    assert isinstance(jwk, dict)  # noqa: S101 - the contract's own record
    assert isinstance(roles, list)  # noqa: S101 - as above
    return DeviceRecord(
        kid=row.kid,
        jwk=shapes.read(Jwk, jwk),
        actor=row.actor,
        party=row.party,
        organisation=row.organisation,
        roles=tuple(role for role in roles if isinstance(role, dict)),
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
    head = shapes.read(Head, _record(states(connection, [HEAD])[HEAD]))
    today = times.local_date(now, head.utc_offset_minutes)
    grants = [shapes.read(Grant, role) for role in device.roles]
    return device, frozenset(grant.role for grant in grants if grant.is_valid_on(today))


def find_founding(connection: Connection) -> Founding | None:
    """Return what the ledger was founded on, `None` before it is."""
    found = states(connection, [HEAD, CONSTITUTION])
    if len(found) < 2:
        return None
    return shapes.read(Head, _record(found[HEAD])), shapes.read(
        Constitution, _record(found[CONSTITUTION])
    )


def _record(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)  # noqa: S101 - a state value is an object
    return {name: member for name, member in value.items() if name != _VERSION}
