"""Reads a block: which rows it brings. Pure, and never at a loss: what can't be read is set aside.

The contract has checked every command that it took and wrote every value in canonical form, so
this reads them quickly rather than strictly. But a block may hold a transaction of anything (an
organisation can make its own chaincode endorse what it likes): whatever does not fit becomes a
`Quarantined` row, and the rest of the block goes on.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.base.errors import Code
from gateway.ledgers.port import Block, Transaction
from gateway.projection import json_text
from gateway.projection.domain import Row, View, views_of
from gateway.projection.subjects import subjects

CONTENT_BYTES_MAX: Final = 16_384  # kept of what can't be read; all of it stays on the ledger
KEY_CHARACTERS_MAX: Final = 1_024  # an index entry of PostgreSQL holds some 2,700 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Something in a valid transaction that could not be read."""

    kind: str
    subject: str
    reason: str
    content: bytes


@dataclass(slots=True, kw_only=True)
class Changes:
    """What one transaction brings.

    Attributes:
        block_number: Its block.
        tx_id: Its id.
        commands: Rows of `commands`.
        subjects: Rows of `command_subject`.
        state: State key to its canonical text; `None` where the value can't be read.
        views: Table name to state key to that key's rows.
        quarantined: What was set aside.
    """

    block_number: int
    tx_id: str
    commands: list[Row] = field(default_factory=list)
    subjects: list[Row] = field(default_factory=list)
    state: dict[str, str | None] = field(default_factory=dict)
    views: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)

    def set_aside(self, kind: str, subject: str, reason: str, content: bytes) -> None:
        """Note something that can't be read."""
        printable = subject.encode("ascii", "backslashreplace").decode().replace("\0", "\\0")
        self.quarantined.append(
            Quarantined(
                kind=kind,
                subject=printable[:KEY_CHARACTERS_MAX],
                reason=reason,
                content=content[:CONTENT_BYTES_MAX],
            )
        )


def read(block: Block) -> Iterator[Changes]:
    """Yield what each valid transaction of a block brings, in order."""
    position = 0
    for transaction in block.transactions:
        if transaction.valid:
            yield _read_transaction(transaction, block.number, position)
            position += len(transaction.commands)


def _read_transaction(transaction: Transaction, block_number: int, position: int) -> Changes:
    changes = Changes(block_number=block_number, tx_id=transaction.id)
    for key, value in transaction.writes.items():
        _read_write(changes, key, value)
    if len(transaction.results) != len(transaction.commands):
        changes.set_aside("transaction", transaction.id, "not one result per command", b"")
        return changes
    pairs = zip(transaction.commands, transaction.results, strict=True)
    for place, (wire, result) in enumerate(pairs, start=position):
        _read_command(changes, transaction.time, place, wire, result)
    return changes


def _read_write(changes: Changes, key: str, value: bytes) -> None:
    if not key or not key.isascii() or not key.isprintable() or len(key) > KEY_CHARACTERS_MAX:
        changes.set_aside("state", key, "no key of this contract", value)
        return
    record = None
    changes.state[key] = None
    try:
        changes.state[key], record = json_text.read_object(value)
    except ValueError as error:
        changes.set_aside("state", key, _reason(error), value)
    for view in views_of(key):
        rows = [] if record is None else _view_rows(changes, view, key, record, value)
        changes.views.setdefault(view.table.name, {})[key] = rows


def _view_rows(
    changes: Changes, view: View, key: str, record: dict[str, Json], value: bytes
) -> list[Row]:
    try:
        return view.rows(key, record)
    except (ValueError, KeyError) as error:
        changes.set_aside("view", key, _reason(error), value)
        return []


def _read_command(
    changes: Changes, time: int, position: int, wire: bytes, result: Mapping[str, Json]
) -> None:
    try:
        if not _is_taken(result):
            return
        row, about = _command_row(wire, result)
        row["ledger_time"] = _integer(time)
    except (ValueError, KeyError) as error:
        changes.set_aside("command", str(result.get("id")), _reason(error), wire)
        return
    place: Row = {"block_number": changes.block_number, "position": position}
    changes.commands.append(row | place | {"tx_id": changes.tx_id})
    changes.subjects += [place | {"subject_key": key, "command_id": row["id"]} for key in about]


def _is_taken(result: Mapping[str, Json]) -> bool:
    try:
        return Code(str(result["code"])).is_taken
    except ValueError:
        raise ValueError("unknown code") from None


def _command_row(wire: bytes, result: Mapping[str, Json]) -> tuple[Row, list[str]]:
    """Return a taken command's row, less its place and time, and what it is about.

    Raises:
        ValueError, KeyError: It is not a command, or not the result's.
    """
    jws, tilde, closed_part = wire.decode("ascii").partition("~")
    _, payload_part, signature = jws.split(".")
    payload_bytes = _base64url(payload_part)
    if sha256(payload_bytes).hexdigest() != result["id"]:
        raise ValueError("the result is not this command's")
    payload, members = json_text.read_object(payload_bytes)
    closed, closed_members = json_text.read_object(_base64url(closed_part)) if tilde else (None, {})
    about = subjects(members["body"], closed_members)
    row: Row = {
        "id": str(result["id"]),
        "kid": _text(members["kid"]),
        "seq": _integer(members["seq"]),
        "actor": _text(members["actor"]),
        "on_behalf": _text(members["on_behalf"]) if "on_behalf" in members else None,
        "type": _text(members["type"]),
        "event_time": _seconds(members["event_time"]),
        "signed_at": _seconds(members["signed_at"]),
        "nonce": _text(members["nonce"]),
        "code": str(result["code"]),
        "flags": _texts(result["flags"]),
        "payload": payload,
        "closed": closed,
        "signature": _text(signature),
    }
    return row, [_text(key) for key in about]


def _base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(value: Json) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > KEY_CHARACTERS_MAX:
        raise ValueError("a member is not a short text")
    return value


def _texts(value: Json) -> str:
    if not isinstance(value, list):
        raise ValueError("a member is not a list")  # noqa: TRY004 - one kind of error
    return json_text.write([_text(item) for item in value])


def _seconds(value: Json) -> int:
    timestamp = _text(value)
    if len(timestamp) != 20 or timestamp[-1] != "Z":
        raise ValueError("a time is not a timestamp")
    return times.seconds(timestamp)


def _integer(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError("a member is not a whole number")
    return value


def _reason(error: Exception) -> str:
    """Return why, in words that don't depend on the reader's version."""
    if isinstance(error, UnicodeError):
        return "not text"
    if isinstance(error, KeyError):
        return "a member is missing"
    return str(error) if type(error) is ValueError else type(error).__name__
