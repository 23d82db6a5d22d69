"""What is proposed and waits for a second signature: which a reader may give."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.command_types import CommandType
from chaincode.rules import EVER
from gateway.lookups.people import DeviceRecord, Roles, find_device, parties_of
from gateway.projection import CommandRow, json_text
from gateway.projection.domain import actors, proposals
from gateway.projection.tables import commands

LOOKED_AT_MAX: Final = 2_000  # open proposals of the reader's types, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A command that waits for its second signature.

    Attributes:
        command: As it is on record; its code is `ACCEPTED`, and it is not applied.
        kind: Its type.
        body: Its open part.
        closed: Its closed part; empty for a type without one.
        expires: When it can be approved no more, seconds since 1970; `None`: never.
        party: Of who signed it.
        organisation: The same.
    """

    command: CommandRow
    kind: CommandType
    body: dict[str, Json]
    closed: dict[str, Json]
    expires: int | None
    party: str
    organisation: str


def approving_roles(kind: CommandType) -> frozenset[str]:
    """Return the roles of which a second signer needs one."""
    return kind.witnesses or kind.roles


def for_reader(
    connection: Connection, reader: DeviceRecord, roles: Roles, *, now: int, limit: int
) -> list[Proposed]:
    """Return what waits for a reader's own signature, the newest first.

    What the contract would refuse a reader for who they are is left out; whether the ledger's state
    still allows it, it alone decides.

    Args:
        connection: To the projection.
        reader: The device that would sign.
        roles: Its holder's, today.
        now: Seconds since 1970.
        limit: At most so many.
    """
    found = []
    for one in _open(connection, roles):
        is_expired = one.expires is not None and now >= one.expires
        if not is_expired and _may_approve(connection, one, reader):
            found.append(one)
        if len(found) == limit:
            break
    return found


def of_signer(connection: Connection, actor: str, *, now: int, limit: int) -> list[Proposed]:
    """Return what somebody proposed that is neither applied, withdrawn nor expired, newest first.

    Args:
        connection: To the projection.
        actor: Who signed it.
        now: Seconds since 1970.
        limit: At most so many.
    """
    query = (
        select(commands)
        .join(proposals, proposals.c.id == commands.c.id)
        .where(proposals.c.state == "open", commands.c.actor == actor)
        .order_by(commands.c.block_number.desc(), commands.c.position.desc())
        .limit(LOOKED_AT_MAX)
    )
    found = (
        _as_signed(connection, CommandRow.of(row))
        for row in connection.execute(query).mappings().all()
    )
    return [one for one in found if one.expires is None or now < one.expires][:limit]


def find_open(connection: Connection, command: str) -> Proposed | None:
    """Return a proposal that is neither applied nor withdrawn."""
    query = (
        select(commands)
        .join(proposals, proposals.c.id == commands.c.id)
        .where(proposals.c.state_key == f"pending/{command}", proposals.c.state == "open")
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _as_signed(connection, CommandRow.of(row))


def _open(connection: Connection, roles: Roles) -> Iterator[Proposed]:
    kinds = [one for one in EVER.values() if one.signers == 2 and approving_roles(one) & roles]
    query = (
        select(commands)
        .join(proposals, proposals.c.id == commands.c.id)
        .where(proposals.c.state == "open", commands.c.type.in_([one.name for one in kinds]))
        .order_by(commands.c.block_number.desc(), commands.c.position.desc())
        .limit(LOOKED_AT_MAX)
    )
    for row in connection.execute(query).mappings().all():
        yield _as_signed(connection, CommandRow.of(row))


def proposed(
    connection: Connection, command: CommandRow, *, kind: CommandType, body: dict[str, Json]
) -> Proposed:
    """Return a command on record as one that waits for a signature.

    Args:
        connection: To the projection.
        command: It.
        kind: Its type, or that of what answers it.
        body: The same.
    """
    signer = find_device(connection, command.kid)
    assert signer is not None  # noqa: S101 - its command was taken
    expires = _object(command.payload).get("expires")
    return Proposed(
        command=command,
        kind=kind,
        body=body,
        closed=_object(command.closed) if command.closed else {},
        expires=None if expires is None else times.seconds(str(expires)),
        party=signer.party,
        organisation=signer.organisation,
    )


def _as_signed(connection: Connection, command: CommandRow) -> Proposed:
    body = _object(command.payload)["body"]
    assert isinstance(body, dict)  # noqa: S101 - as the contract took it
    return proposed(connection, command, kind=EVER[command.type], body=body)


def _may_approve(connection: Connection, one: Proposed, reader: DeviceRecord) -> bool:
    """Whether a reader with the role is independent of the proposal, and concerned by it."""
    signers = [one.command.actor, *filter(None, [one.command.on_behalf])]
    if reader.actor in signers or reader.actor in _agents(one.body):
        return False
    sides = connection.execute(
        select(actors.c.party, actors.c.organisation).where(actors.c.id.in_(signers))
    ).all()
    if one.kind.independent == "organisation":
        signed = {side.organisation for side in sides}
        wanted = _organisations(connection, one.body) - signed or {reader.organisation}
        return reader.organisation in wanted - signed
    if one.kind.witnesses:  # nobody of a farm witnesses its stock
        return reader.party != one.body.get("party")
    if one.kind.closed is not None:  # what two parties agree on
        agreeing = {one.closed.get("sender"), one.closed.get("recipient")}
        return reader.party in agreeing and reader.party not in {side.party for side in sides}
    return True


def _organisations(connection: Connection, body: dict[str, Json]) -> set[str]:
    """Return the organisations of those who agree on a consignment: each has to sign."""
    named = [str(body[name]) for name in ("producer", "shop") if name in body]
    return {one.organisation for one in parties_of(connection, named)}


def _agents(body: dict[str, Json]) -> set[str]:
    """Return who is given a mandate."""
    pairs = body.get("mandates")
    items = pairs if isinstance(pairs, list) else []
    return {str(one.get("agent")) for one in items if isinstance(one, dict)}


def _object(text: str) -> dict[str, Json]:
    value = json_text.decode(text)
    assert isinstance(value, dict)  # noqa: S101 - as the contract took it
    return value
