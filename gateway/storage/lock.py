"""A lock on a whole database, across processes: shared by who keeps it up, or held by one alone.

Whoever holds it loses it with its process, however that ends.
"""

import asyncio
import contextlib
import fcntl
import os
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.storage.database import make_engine

_GIVE_BACK: Final = text("SELECT pg_advisory_unlock_all()")
_KEY: Final = 0x4D4E_5233  # any number that nobody else in the database uses: "MNR3"


class DatabaseLock:
    """The lock of one database, for one holder; release it.

    Args:
        url: As `Database` takes it.
        alone: Whether nobody else may hold it.
    """

    def __init__(self, url: URL, *, alone: bool) -> None:
        is_sqlite = url.get_backend_name() == "sqlite"
        self._lock = _FileLock(url, alone) if is_sqlite else _ServerLock(url, alone)

    async def acquire(self) -> bool:
        """Take the lock, or make sure of it, and return whether it is held; never waits for it.

        Raises:
            SQLAlchemyError, OSError: The database fails.
        """
        return await asyncio.to_thread(self._lock.acquire)

    async def release(self) -> None:
        """Give the lock back, if it is held."""
        await asyncio.to_thread(self._lock.release)


class _FileLock:
    """Of SQLite: a file beside the database, for SQLite's own locks last no longer than a write."""

    def __init__(self, url: URL, alone: bool) -> None:
        assert url.database  # noqa: S101 - `Database` refuses any other
        path = Path(url.database)
        self._path = path.with_name(path.name + ".lock")
        self._kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, self._kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _ServerLock:
    """Of PostgreSQL: an advisory lock, which lasts as long as its connection."""

    def __init__(self, url: URL, alone: bool) -> None:
        self._engine: Engine = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
        self._take = text(f"SELECT pg_try_advisory_lock{'' if alone else '_shared'}({_KEY})")
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        if self._connection is not None and not self._is_alive(self._connection):
            self.release()
        if self._connection is None:
            self._connection = self._engine.connect()
            is_held = False
            try:
                is_held = self._connection.execute(self._take).scalar_one()
            finally:
                if not is_held:
                    self.release()
        return self._connection is not None

    def release(self) -> None:
        if self._connection is not None:
            # In so many words: the server may notice only later that a connection is closed.
            with contextlib.suppress(SQLAlchemyError):
                self._connection.execute(_GIVE_BACK)
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    def _is_alive(self, connection: Connection) -> bool:
        try:
            connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True
