"""The SQLite file of sessions. Losing it costs nothing but new sign-ins."""

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from sqlalchemy import URL, Connection, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.storage.database import Database
from gateway.storage.keeping import Keeping, check_room

_TABLES: Final = (
    text(
        "CREATE TABLE IF NOT EXISTS secret"
        " (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL)"
    ),
    text(
        "CREATE TABLE IF NOT EXISTS sessions (token_hash TEXT PRIMARY KEY, kid TEXT NOT NULL,"
        " expires_at INTEGER NOT NULL) WITHOUT ROWID"
    ),
    text(
        "CREATE TABLE IF NOT EXISTS used_challenges"
        " (challenge_hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID"
    ),
)
_ADD_SECRET: Final = text("INSERT OR IGNORE INTO secret VALUES (1, :value)")
_READ_SECRET: Final = text("SELECT value FROM secret")
_USE_CHALLENGE: Final = text("INSERT OR IGNORE INTO used_challenges VALUES (:hash, :expires_at)")
_ADD: Final = text("INSERT INTO sessions VALUES (:hash, :kid, :expires_at)")
_FIND: Final = text("SELECT kid, expires_at FROM sessions WHERE token_hash = :hash")
_REMOVE: Final = text("DELETE FROM sessions WHERE token_hash = :hash")
_EXPIRE: Final = (
    text("DELETE FROM sessions WHERE expires_at <= :now"),
    text("DELETE FROM used_challenges WHERE expires_at <= :now"),
)


class Store:
    """Open with `open`, and close. Every hash is 64 hexadecimal digits."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self.secret = secret
        self.keeping = Keeping("sessions")
        self._database = database

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the file, or make it, readable by this user alone."""
        database = Database(URL.create("sqlite", database=str(path)))
        try:
            secret = await database.write(_prepare)
        except BaseException:
            await database.close()
            raise
        return cls(database, secret)

    async def close(self) -> None:
        """Close the file."""
        await self._database.close()

    async def use_challenge(self, challenge_hash: str, *, expires_at: int) -> bool:
        """Write down that a challenge was used; return whether this was the first time."""
        written = await self._write(_USE_CHALLENGE, hash=challenge_hash, expires_at=expires_at)
        return written == 1

    async def add(self, token_hash: str, *, kid: str, expires_at: int) -> None:
        """Write down a session."""
        await self._write(_ADD, hash=token_hash, kid=kid, expires_at=expires_at)

    async def find(self, token_hash: str) -> tuple[str, int] | None:
        """Return (kid, expires_at) of a session, or `None`."""
        return await self._database.read(_find, token_hash)

    async def remove(self, token_hash: str) -> None:
        """Forget a session."""
        await self._write(_REMOVE, hash=token_hash)

    async def remove_expired(self, now: int) -> None:
        """Forget sessions and used challenges that have expired."""
        for statement in _EXPIRE:
            await self._write(statement, now=now)

    async def _write(self, statement: TextClause, **values: str | int) -> int:
        """Run a statement, and return how many rows it has changed."""
        try:
            changed = await self._database.write(_rows_changed, statement, values)
        except SQLAlchemyError as error:
            self.keeping.failed(error)
            raise
        if changed:
            self.keeping.succeeded()
        return changed

    async def probe(self) -> None:
        """Write what changes nothing.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It can't be written.
            OSError: There is hardly any room.
        """
        path = self._database.url.database
        assert path is not None  # noqa: S101 - `open` was given one
        await asyncio.to_thread(check_room, Path(path).parent)
        await self._database.write(_touch)


def _prepare(connection: Connection) -> bytes:
    """Make the tables unless they are there, and return the secret."""
    for statement in _TABLES:
        connection.execute(statement)
    # Two gateways that start on one new file agree on whichever came first.
    connection.execute(_ADD_SECRET, {"value": secrets.token_bytes(32)})
    return bytes(connection.execute(_READ_SECRET).scalar_one())


def _touch(connection: Connection) -> None:
    """Write a page as it is."""
    connection.execute(text("PRAGMA user_version = 0"))


def _find(connection: Connection, token_hash: str) -> tuple[str, int] | None:
    row = connection.execute(_FIND, {"hash": token_hash}).first()
    return None if row is None else (str(row.kid), int(row.expires_at))


def _rows_changed(
    connection: Connection, statement: TextClause, values: Mapping[str, str | int]
) -> int:
    return connection.execute(statement, values).rowcount
