"""The SQLite file of sessions. Losing it costs nothing but new sign-ins."""

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Final, Self

import aiosqlite

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS secret (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT PRIMARY KEY, kid TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used_challenges (
    challenge_hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
"""


class Store:
    """Open with `open`, and close. Every hash is 64 hexadecimal digits."""

    def __init__(self, connection: aiosqlite.Connection, secret: bytes) -> None:
        self.secret = secret
        self._connection = connection

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the file, or make it, readable by this user alone."""
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = await aiosqlite.connect(path, isolation_level=None)
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = NORMAL")
            await connection.executescript(_SCHEMA)
            # Two gateways that start on one new file agree on whichever came first.
            await connection.execute(
                "INSERT OR IGNORE INTO secret VALUES (1, ?)", (secrets.token_bytes(32),)
            )
            async with connection.execute("SELECT value FROM secret") as cursor:
                (row,) = await cursor.fetchall()
        except BaseException:
            await connection.close()
            raise
        return cls(connection, bytes(row[0]))

    async def close(self) -> None:
        """Close the file."""
        await self._connection.close()

    async def use_challenge(self, challenge_hash: str, *, expires_at: int) -> bool:
        """Write down that a challenge was used; return whether this was the first time."""
        try:
            await self._connection.execute(
                "INSERT INTO used_challenges VALUES (?, ?)", (challenge_hash, expires_at)
            )
        except sqlite3.IntegrityError:
            return False
        return True

    async def add(self, token_hash: str, *, kid: str, expires_at: int) -> None:
        """Write down a session."""
        await self._connection.execute(
            "INSERT INTO sessions VALUES (?, ?, ?)", (token_hash, kid, expires_at)
        )

    async def find(self, token_hash: str) -> tuple[str, int] | None:
        """Return (kid, expires_at) of a session, or `None`."""
        query = "SELECT kid, expires_at FROM sessions WHERE token_hash = ?"
        async with self._connection.execute(query, (token_hash,)) as cursor:
            row = await cursor.fetchone()
        return None if row is None else (str(row[0]), int(row[1]))

    async def remove(self, token_hash: str) -> None:
        """Forget a session."""
        await self._connection.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash,))

    async def remove_expired(self, now: int) -> None:
        """Forget sessions and used challenges that have expired."""
        await self._connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))
        await self._connection.execute("DELETE FROM used_challenges WHERE expires_at <= ?", (now,))
