"""The types of command in force, as the gateway tells them: what can be signed, and its parts.

Rules change while a program stays what it is. So a type's members come from `GET
/api/command-types`, as JSON Schema, and not from the rules that this program has; where there is no
line, what the gateway said last is used: it stands beside the key. A key whose gateway was never
asked goes by this program's own rules, and the gateway judges in the end.
"""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.base.errors import FaultError
from chaincode.rules import EVER
from gateway.cli import by_schema
from gateway.cli.said import WORDS
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key, payload_of, replace_private
from gateway.words import SaidError

SUFFIX: Final = ".types"
FORM: Final = 1
PATIENCE_S: Final = 5
FRESH_S: Final = 60  # what was asked for a command is good for what it signs

Schema = dict[str, Any]


class KindError(SaidError):
    """There is no such type of command, or it is not in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of command.

    Attributes:
        name: `noun.verb`.
        body: JSON Schema of the open part.
        closed: JSON Schema of the closed part, `None` if it has none.
        signers: 1, or 2 where another person approves.
    """

    name: str
    body: Schema
    closed: Schema | None
    signers: int

    @property
    def members(self) -> Mapping[str, Schema]:
        """The members of both parts, the open part's first."""
        return {**self.body["properties"], **(self.closed["properties"] if self.closed else {})}

    def require(self, body: Mapping[str, Json], closed: Mapping[str, Json]) -> None:
        """Check the parts of a command before it is signed.

        Raises:
            FaultError: With the member that is wrong.
        """
        own = EVER.get(self.name)
        parts: list[tuple[Schema | None, type | None, Mapping[str, Json]]] = [
            (self.body, own.body if own else None, body),
            (self.closed, own.closed if own else None, {"salt": "0" * 32, **closed}),
        ]
        for schema, shape, part in parts:
            if schema is None:
                continue
            if shape is not None and shapes.schema(shape) == schema:
                shapes.read(shape, dict(part), "")
            else:
                by_schema.require(schema, dict(part), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The types that a gateway has told of, and when, in seconds since 1970; 0: it never has."""

    by_name: Mapping[str, Kind]
    asked_at: int

    def of(self, name: str) -> Kind:
        """Return the type of that name.

        Raises:
            KindError: There is none, or its rules are not in force.
        """
        if name in self.by_name:
            return self.by_name[name]
        known = ", ".join(sorted(self.by_name))
        if name in EVER:
            day = datetime.fromtimestamp(self.asked_at, UTC).astimezone().date().isoformat()
            raise KindError(WORDS["kinds.not_in_force"], name=name, day=day, known=known)
        raise KindError(WORDS["kinds.no_type"], name=name, known=known)


def own() -> Kinds:
    """Return the types that this program's rules have."""
    kinds = {
        name: Kind(
            name=name,
            body=shapes.schema(kind.body),
            closed=shapes.schema(kind.closed) if kind.closed else None,
            signers=kind.signers,
        )
        for name, kind in EVER.items()
    }
    return Kinds(by_name=kinds, asked_at=0)


def of_gateway(client: Client) -> Kinds:
    """Return the types that are in force at a gateway.

    Raises:
        ApiError: It can't be asked.
    """
    listed = client.get("/api/command-types")["types"]
    return Kinds(by_name={one["name"]: _kind(one) for one in listed}, asked_at=int(time.time()))


def latest(key: Key) -> Kinds:
    """Return the types in force at a key's gateway, as it says now; else as it said last."""
    try:
        with Client(key.address, patience_s=PATIENCE_S) as client:
            kinds = of_gateway(client)
    except ApiError:
        return kept(key) or own()
    stored = {
        "v": FORM,
        "ledger": key.device.ledger,
        "asked_at": kinds.asked_at,
        "types": [
            {"name": one.name, "body": one.body, "closed": one.closed, "signers": one.signers}
            for one in kinds.by_name.values()
        ],
    }
    replace_private(path_of(key), json.dumps(stored))
    return kinds


def kept(key: Key) -> Kinds | None:
    """Return what a key's gateway said last, `None` if nothing is kept, or it can't be read."""
    try:
        stored = json.loads(path_of(key).read_bytes())
        is_own = (stored["v"], stored["ledger"]) == (FORM, key.device.ledger)
        by_name = {str(one["name"]): _kind(one) for one in stored["types"]}
        asked_at = int(stored["asked_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Kinds(by_name=by_name, asked_at=asked_at) if is_own else None


def path_of(key: Key) -> Path:
    """Return where the types are kept."""
    return key.path.with_suffix(SUFFIX)


def of(key: Key, name: str) -> Kind:
    """Return a type that is in force, as was told within the last minute, or now.

    Raises:
        KindError: It is not.
    """
    before = kept(key)
    is_fresh = before is not None and 0 <= time.time() - before.asked_at < FRESH_S
    return (before if before is not None and is_fresh else latest(key)).of(name)


def require(key: Key, wires: Iterable[bytes]) -> None:
    """Check that all commands are of types in force, before they are queued.

    Raises:
        KindError: One is not.
    """
    for name in sorted({str(payload_of(wire)["type"]) for wire in wires}):
        of(key, name)


def fault_of(kind: Kind, body: Mapping[str, Json], closed: Mapping[str, Json]) -> str | None:
    """Return the member of a command that its type does not take so, `None` if there is none."""
    try:
        kind.require(body, closed)
    except FaultError as fault:
        return fault.member
    return None


def _kind(one: dict[str, Any]) -> Kind:
    return Kind(
        name=str(one["name"]),
        body=dict(one["body"]),
        closed=dict(one["closed"]) if one["closed"] is not None else None,
        signers=int(one["signers"]),
    )
