"""Whether an invitation was used: a key of its person is enrolled by it."""

from sqlalchemy import Connection, select

from chaincode.base.errors import Code
from gateway.projection import json_text
from gateway.projection.tables import command_subject, commands

_ENROL = "key.enrol"


def is_used(connection: Connection, *, actor: str, nonce: str) -> bool:
    """Whether the ledger has accepted an enrolment of a person's key by an invitation."""
    query = (
        select(commands.c.payload)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(
            command_subject.c.subject_key == f"actor/{actor}",
            commands.c.type == _ENROL,
            commands.c.code == Code.ACCEPTED,
        )
    )
    return any(_nonce(payload) == nonce for payload in connection.execute(query).scalars())


def _nonce(payload: str) -> object:
    body = json_text.decode(payload)
    inner = body.get("body") if isinstance(body, dict) else None
    return inner.get("invitation") if isinstance(inner, dict) else None
