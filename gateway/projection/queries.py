"""What the gateway asks the projection: commands by id, by device, by record; state by key.

Reads for pages and lists of a domain belong to whoever shows them, over the tables of `domain`.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    func,
    select,
    tuple_,
)

from chaincode.base.canonical import Json
from chaincode.base.envelope import TYP
from chaincode.base.errors import Code
from gateway.projection import json_text
from gateway.projection.domain import actors
from gateway.projection.tables import command_subject, commands, state

_VALUES_MAX: Final = 1_000  # in one list of parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """A command on record. Times are seconds since 1970; `flags`, `payload`, `closed` are JSON.

    `position` counts all commands of the block, from 0; (block_number, position) is the order of
    the chain. `closed` is for the command's parties only.
    """

    id: str
    kid: str
    seq: int
    actor: str
    on_behalf: str | None
    type: str
    event_time: int
    signed_at: int
    nonce: str
    block_number: int
    tx_id: str
    position: int
    code: str
    flags: str
    payload: str
    closed: str | None
    signature: str
    ledger_time: int

    @classmethod
    def of(cls, row: RowMapping | Mapping[str, Any]) -> Self:
        """Return a row of the table `commands` as a record."""
        return cls(**{name: row[name] for name in _MEMBERS})

    @property
    def is_accepted(self) -> bool:
        """Whether it changed the state; otherwise it was refused for good."""
        return self.code == Code.ACCEPTED

    @property
    def result(self) -> dict[str, Json]:
        """The contract's answer, as it stands in the block."""
        return {"id": self.id, "code": self.code, "flags": json_text.decode(self.flags)}

    @property
    def jws(self) -> str:
        """The compact JWS, as it was signed: header and payload are canonical, so they follow."""
        header = json_text.write({"alg": "ES256", "kid": self.kid, "typ": TYP})
        return f"{_base64url(header)}.{_base64url(self.payload)}.{self.signature}"

    @property
    def body(self) -> Json:
        """The command's open part."""
        payload = json_text.decode(self.payload)
        return payload["body"] if isinstance(payload, dict) else None


_MEMBERS: Final = tuple(field.name for field in fields(CommandRow))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A command that is not on record yet; `principal` is the actor whose entry it is."""

    id: str
    nonce: str
    principal: str


_PRINCIPAL: Final = func.coalesce(commands.c.on_behalf, commands.c.actor).label("principal")
# Built once: every request asks it.
_OF_NONCES: Final = select(commands.c.id, commands.c.nonce, _PRINCIPAL).where(
    commands.c.nonce.in_(bindparam("nonces", expanding=True)), commands.c.code == Code.ACCEPTED
)


def entered_before(connection: Connection, signed: Sequence[Signed]) -> set[str]:
    """Return the ids of those commands whose party has entered the same before, by its nonce.

    Only what was accepted counts, and not under the command's own id.
    """
    nonces = [one.nonce for one in signed]
    earlier = [
        row
        for start in range(0, len(nonces), _VALUES_MAX)
        for row in connection.execute(_OF_NONCES, {"nonces": nonces[start : start + _VALUES_MAX]})
    ]
    if not earlier:
        return set()
    people = {one.principal for one in signed} | {row.principal for row in earlier}
    query = select(actors.c.id, actors.c.party).where(actors.c.id.in_(people))
    parties = {row.id: row.party for row in connection.execute(query)}
    return {
        one.id
        for one in signed
        for row in earlier
        if (one.nonce, parties.get(one.principal)) == (row.nonce, parties.get(row.principal))
        and one.id != row.id
    }


def commands_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, CommandRow]:
    """Return those of the commands that are on record, by id."""
    found = {}
    for start in range(0, len(ids), _VALUES_MAX):
        part = ids[start : start + _VALUES_MAX]
        rows = connection.execute(select(commands).where(_among(commands.c.id, part)))
        found.update({row["id"]: CommandRow.of(row) for row in rows.mappings()})
    return found


def history(
    connection: Connection, subject_key: str, *, limit: int, after: tuple[int, int] = (-1, -1)
) -> list[CommandRow]:
    """Return the commands about a record in the chain's order, rejected ones too.

    Args:
        connection: To the projection.
        subject_key: A state key such as `lot/<id>`.
        limit: At most so many.
        after: (block_number, position) of the last one seen.
    """
    place = tuple_(command_subject.c.block_number, command_subject.c.position)
    query = (
        select(commands)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(command_subject.c.subject_key == subject_key, place > tuple_(*after))
        .order_by(command_subject.c.block_number, command_subject.c.position)
        .limit(limit)
    )
    return [CommandRow.of(row) for row in connection.execute(query).mappings()]


def states(connection: Connection, keys: Sequence[str]) -> dict[str, Json]:
    """Return the value of each key that has one."""
    found = {}
    for start in range(0, len(keys), _VALUES_MAX):
        part = keys[start : start + _VALUES_MAX]
        rows = connection.execute(select(state).where(_among(state.c.key, part)))
        found.update({row.key: json_text.decode(row.value) for row in rows})
    return found


def _among(column: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    # Of a list, SQLAlchemy writes the SQL anew each time, and most ask for one.
    return column == values[0] if len(values) == 1 else column.in_(values)


def _base64url(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
