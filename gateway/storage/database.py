"""A database behind plain functions, run in threads: SQLite by default, PostgreSQL by setting.

    def count(connection: Connection, name: str) -> int: ...

    database = Database("sqlite:///path")
    found = await database.read(count, "lots")
    await database.close()

Each call is one transaction and one hop to a thread, however many statements the function has; all
statements of a read see one moment of the database.
Whoever stops waiting leaves nothing half done: a function that has begun goes on to its end, and
its transaction is committed or rolled back; one that has not begun never does.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.words.wrong_values import WORDS, WrongValueError

READERS: Final = 4  # at a time, each with a thread and a connection; others wait their turn
CACHE_KIB: Final = 16 * 1024  # of each connection
MAPPED_BYTES: Final = 256 * 1024 * 1024  # of the file; shared by all of them
BUSY_TIMEOUT_MS: Final = 5_000

# A thread can't be told to stop waiting, so PostgreSQL's server and the network are. A host that is
# lost is noticed within half a minute, whether it owes an answer or has not taken the question.
# A database URL may say otherwise (`?keepalives_idle=60&options=-c%20statement_timeout%3D0`): these
# are libpq's own names, in seconds, `tcp_user_timeout` in milliseconds.
LIBPQ: Final = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
STATEMENT_TIMEOUT_S: Final = 60  # also waiting for another gateway's lock counts

_WRITES: Final = "minori_writes"  # execution option of connections that are going to write
# By itself PostgreSQL shows each statement a moment of its own. Writers stay with that: what they
# read after they waited for a lock must be what was written meanwhile. Not READ ONLY as well, which
# would forbid a recall's scope its temporary table: what a reader writes is never committed anyhow.
_READS_POSTGRES: Final = {"isolation_level": "REPEATABLE READ"}

Result = TypeVar("Result")
Given = ParamSpec("Given")


class Database:
    """One database; close it. Nothing is opened before the first call, but the file is made.

    Args:
        url: `sqlite:///path` or `postgresql://…`.

    Raises:
        ValueError: It is neither, or SQLite without a file.
        OSError: The file can't be made.
    """

    def __init__(self, url: str | URL) -> None:
        self._engine = make_engine(url)
        self._writing_engine = self._engine.execution_options(**{_WRITES: True})
        self._reading_engine = self._engine.execution_options(
            **_READS_POSTGRES if self._engine.dialect.name == "postgresql" else {}
        )
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database-reader")
        # One, for writers wait for each other anyhow; its own, so that no reader waits for them.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="database-writer")

    async def read(
        self,
        function: Callable[Concatenate[Connection, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Run a function that reads, and return what it returns; it sees one moment throughout.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: The database fails. Besides, whatever the function does.
        """

        def run() -> Result:
            with self._reading_engine.connect() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def write(
        self,
        function: Callable[Concatenate[Connection, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Run a function that writes, commit, and return what it returned.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: The database fails. Besides, whatever the function does.
                Nothing of it was written.
        """

        def run() -> Result:
            with self._writing_engine.begin() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._writer, run)

    @property
    def url(self) -> URL:
        """Where it is, with its password."""
        return self._engine.url

    async def close(self) -> None:
        """Let what has begun come to its end, and close all connections."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for threads in (self._readers, self._writer):
            threads.shutdown(cancel_futures=True)
        self._engine.dispose()


def make_engine(url: str | URL) -> Engine:
    """Return the engine for a database's address, set up as `Database` wants it.

    Raises:
        WrongValueError: It is neither SQLite with a file nor PostgreSQL.
    """
    target = make_url(url)
    match target.get_backend_name():
        case "sqlite":
            return _sqlite(target.set(drivername="sqlite+pysqlite"))
        case "postgresql":
            return _postgresql(target.set(drivername="postgresql+psycopg"))
        case _:
            raise WrongValueError(WORDS["database.other"], name=target.get_backend_name())


def _postgresql(url: URL) -> Engine:
    given = url.query.get("options", ())
    options = (given,) if isinstance(given, str) else given
    # The latest of a name counts.
    told = " ".join((f"-c statement_timeout={STATEMENT_TIMEOUT_S}s", *options))
    unsaid = {name: value for name, value in LIBPQ.items() if name not in url.query}
    return create_engine(
        url, pool_size=READERS + 1, max_overflow=0, connect_args={**unsaid, "options": told}
    )


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise WrongValueError(WORDS["database.no_file"])
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Closed parts of commands are in it. SQLite gives the files beside it the same rights.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    # The driver begins nothing by itself: `_begin` does, so that DDL is part of a transaction too.
    engine = create_engine(
        url, pool_size=READERS + 1, max_overflow=0, connect_args={"isolation_level": None}
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # Readers never wait for the writer. A power cut may lose the last transactions (never part of
    # one): blocks come again from the ledger, and who was signed in signs in again.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    # So that a lot is read as fast among 100,000 as among 1,000.
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later may find the database locked by then; one
    # that will write says so at once and waits its turn.
    is_writing = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
