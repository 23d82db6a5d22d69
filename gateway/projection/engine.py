"""The two databases behind one SQLAlchemy engine: SQLite by default, PostgreSQL by setting."""

import os
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

WRITES: Final = "minori_writes"  # execution option of connections that are going to write
BUSY_TIMEOUT_MS: Final = 5_000

_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


def make_engine(url: str) -> AsyncEngine:
    """Return an engine for `sqlite:///path` or `postgresql://…`; close it with `dispose`.

    Raises:
        ValueError: It is neither, or SQLite without a file.
    """
    target = make_url(url)
    driver = _DRIVERS.get(target.get_backend_name())
    if driver is None:
        raise ValueError(f"a projection is kept in SQLite or PostgreSQL, not {target.drivername}")
    target = target.set(drivername=driver)
    return _sqlite(target) if driver == _DRIVERS["sqlite"] else create_async_engine(target)


def _sqlite(url: URL) -> AsyncEngine:
    if not url.database or url.database == ":memory:":
        raise ValueError("a projection in SQLite needs a file: several connections share it")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Closed parts of commands are in it. SQLite gives the files beside it the same rights.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    # The driver begins nothing by itself: `_begin` does, so that DDL is part of a transaction too.
    engine = create_async_engine(url, connect_args={"isolation_level": None})
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # Readers never wait for the writer. A power cut may lose the last blocks (never part of one):
    # they come again from the ledger.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later may find the database locked by then; one
    # that will write says so at once and waits its turn.
    is_writing = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
