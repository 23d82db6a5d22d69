"""The outbox's SQLite file. Synchronous: every function belongs to the thread that opened it.

In WAL mode with an fsync at each commit, a row is there whole or not at all after any crash. The
file is locked for as long as it is open, and only its owner may read it: it holds closed parts.

Source of the guarantees: SQLite documentation, "Write-Ahead Logging", `PRAGMA synchronous` and
`PRAGMA locking_mode`.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from gateway.intake.answers import Answer, Status
from gateway.intake.errors import OutboxError, OutboxInUseError

APPLICATION_ID: Final = 0x4D4E4F31  # "MNO1", in the file's header
FORMAT: Final = 1

_SCHEMA: Final = """
CREATE TABLE command (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    wire BLOB,
    answered_at INTEGER,
    code TEXT,
    taken INTEGER,
    flags TEXT,
    block_number INTEGER,
    tx_id TEXT,
    ledger_time INTEGER,
    CHECK ((wire IS NULL) = (answered_at IS NOT NULL))
) STRICT;
CREATE INDEX waiting ON command (number) WHERE wire IS NOT NULL;
CREATE INDEX answered ON command (taken, answered_at) WHERE wire IS NULL;
"""
_ANSWER: Final = "id, code, taken, flags, block_number, tx_id, ledger_time"


def open_store(path: Path) -> sqlite3.Connection:
    """Open an outbox's file, or make it.

    Raises:
        OutboxInUseError: It is open already, here or in another process.
        OutboxError: It is no outbox, or of a later format, or can't be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    except (OSError, sqlite3.Error) as error:
        raise OutboxError(f"{path} can't be opened: {error}") from error
    try:
        _prepare(connection, path)
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise OutboxInUseError(f"{path} is open in another process") from error
        raise OutboxError(f"{path} can't be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise OutboxError(f"{path} can't be opened: {error}") from error
    except BaseException:
        connection.close()
        raise
    _sync_folder(path.parent)
    return connection


def put(connection: sqlite3.Connection, commands: Sequence[tuple[str, bytes]]) -> dict[str, Answer]:
    """Write down commands as waiting, less those that have an answer that still holds.

    Args:
        connection: Within a transaction.
        commands: Id and wire bytes of each; each id once.

    Returns:
        The answers that hold, by id: to what was taken, and to what made the contract fail, so
        that nobody makes it fail over and over. Any other command not taken is tried again.
    """
    holding = {}
    for command_id, wire in commands:
        status = find(connection, command_id)
        answer = status.answer if status else None
        if answer and (answer.taken or answer.code == "CONTRACT_FAULT"):
            holding[command_id] = answer
            continue
        # A new row, not an update: its number is its place in the order after a restart.
        connection.execute("DELETE FROM command WHERE id = ?", (command_id,))
        connection.execute("INSERT INTO command (id, wire) VALUES (?, ?)", (command_id, wire))
    return holding


def write_answers(
    connection: sqlite3.Connection, answers: Iterable[Answer], *, answered_at: int
) -> None:
    """Replace each command by its answer."""
    connection.executemany(
        "UPDATE command SET wire = NULL, answered_at = ?, code = ?, taken = ?, flags = ?,"
        " block_number = ?, tx_id = ?, ledger_time = ? WHERE id = ?",
        (
            (
                answered_at,
                answer.code,
                answer.taken,
                json.dumps(answer.flags),
                answer.block_number,
                answer.tx_id,
                answer.ledger_time,
                answer.id,
            )
            for answer in answers
        ),
    )


def find(connection: sqlite3.Connection, command_id: str) -> Status | None:
    """Return what is known of a command."""
    row = connection.execute(
        f"SELECT {_ANSWER} FROM command WHERE id = ?",  # noqa: S608 - a constant
        (command_id,),
    ).fetchone()
    if row is None:
        return None
    return Status(id=command_id, answer=None if row[1] is None else _answer(row))


def waiting(connection: sqlite3.Connection) -> list[bytes]:
    """Return the wire bytes of all commands without an answer, in the order of acceptance."""
    rows = connection.execute("SELECT wire FROM command WHERE wire IS NOT NULL ORDER BY number")
    return [wire for (wire,) in rows]


def prune(connection: sqlite3.Connection, *, taken_before: int, dropped_before: int) -> int:
    """Delete answers given before these times, and return how many; at most a thousand."""
    cursor = connection.execute(
        "DELETE FROM command WHERE number IN (SELECT number FROM command WHERE wire IS NULL"
        " AND ((taken = 1 AND answered_at < ?) OR (taken = 0 AND answered_at < ?)) LIMIT 1000)",
        (taken_before, dropped_before),
    )
    return cursor.rowcount


def touch(connection: sqlite3.Connection) -> None:
    """Write a page as it is."""
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _answer(row: Sequence[Any]) -> Answer:
    command_id, code, taken, flags, block_number, tx_id, ledger_time = row
    return Answer(
        id=command_id,
        code=code,
        taken=bool(taken),
        flags=tuple(json.loads(flags)),
        block_number=block_number,
        tx_id=tx_id,
        ledger_time=ledger_time,
    )


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")  # takes the lock, which stays
    found = tuple(
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version", "schema_version")
    )
    if found == (0, 0, 0):
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    elif found[:2] != (APPLICATION_ID, FORMAT):
        raise OutboxError(f"{path} is no outbox of this version")
    connection.execute("COMMIT")


def _sync_folder(folder: Path) -> None:
    """Make the file's entry in its folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
