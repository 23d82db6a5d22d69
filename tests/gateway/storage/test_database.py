"""Plain functions in threads: each a transaction, whoever stops waiting for it."""

import asyncio
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from gateway.storage.database import READERS, Database, make_engine
from gateway.storage.lock import DatabaseLock
from tests.postgres_fixture import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

PATIENCE_S = 20
CREATE = "CREATE TABLE numbers (number INTEGER PRIMARY KEY)"
ADD = text("INSERT INTO numbers VALUES (:number)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/database.sqlite"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def database(url):
    database = Database(url)
    await database.write(lambda connection: connection.execute(text(CREATE)))
    yield database
    await database.close()


def numbers(connection):
    return list(connection.execute(text("SELECT number FROM numbers ORDER BY number")).scalars())


def add(connection, *given):
    for number in given:
        connection.execute(ADD, {"number": number})
    return len(given)


class Held:
    """A function that writes a number, waits to be let go, and writes the next one."""

    def __init__(self):
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def add(self, connection, number):
        add(connection, number)
        self.has_begun.set()
        assert self.may_end.wait(PATIENCE_S)
        add(connection, number + 1)

    def read(self, connection):
        found = numbers(connection)
        self.has_begun.set()
        assert self.may_end.wait(PATIENCE_S)
        return found, numbers(connection)

    async def begin(self):
        assert await asyncio.to_thread(self.has_begun.wait, PATIENCE_S)


@pytest.fixture
def held():
    held = Held()
    yield held
    held.may_end.set()


async def cancelled(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_is_written_is_read(database):
    assert await database.write(add, 1, 2) == 2
    assert await database.read(numbers) == [1, 2]


async def test_what_fails_leaves_nothing(database):
    for _ in range(3 * READERS):
        with pytest.raises(IntegrityError):
            await database.write(add, 1, 2, 1)
        with pytest.raises(ZeroDivisionError):
            await database.read(lambda connection: len(numbers(connection)) / 0)
    assert await database.read(numbers) == []
    await database.write(add, 1)
    assert await database.read(numbers) == [1]


async def test_a_write_that_has_begun_is_whole_whoever_stops_waiting(database, held):
    writing = asyncio.create_task(database.write(held.add, 1))
    await held.begin()
    await cancelled(writing)
    next_one = asyncio.create_task(database.write(add, 7))
    assert await database.read(numbers) == []
    held.may_end.set()
    await next_one
    assert await database.read(numbers) == [1, 2, 7]


async def test_a_write_that_waits_is_never_done_when_nobody_waits_for_it(database, held):
    writing = asyncio.create_task(database.write(held.add, 1))
    await held.begin()
    waiting = asyncio.create_task(database.write(add, 7))
    await asyncio.sleep(0)
    await cancelled(waiting)
    held.may_end.set()
    await writing
    await database.write(add, 8)
    assert await database.read(numbers) == [1, 2, 8]


async def test_reads_that_nobody_waits_for_give_their_connections_back(database):
    for _ in range(3):
        all_held = [Held() for _ in range(READERS)]
        reading = [asyncio.create_task(database.read(held.read)) for held in all_held]
        for held, task in zip(all_held, reading, strict=True):
            await held.begin()
            await cancelled(task)
            held.may_end.set()
    found = await asyncio.gather(*(database.read(numbers) for _ in range(10 * READERS)))
    assert found == [[]] * 10 * READERS


async def test_readers_and_writers_do_not_wait_for_each_other(database, held):
    all_held = [Held() for _ in range(READERS)]
    reading = [asyncio.create_task(database.read(held.read)) for held in all_held]
    for one in all_held:
        await one.begin()
    await database.write(add, 1)
    for one in all_held:
        one.may_end.set()
    assert [before for before, _ in await asyncio.gather(*reading)] == [[]] * READERS
    writing = asyncio.create_task(database.write(held.add, 2))
    await held.begin()
    assert await database.read(numbers) == [1]
    held.may_end.set()
    await writing
    assert await database.read(numbers) == [1, 2, 3]


async def test_a_reader_sees_one_moment(database, held):
    reading = asyncio.create_task(database.read(held.read))
    await held.begin()
    await database.write(add, 1)
    held.may_end.set()
    assert await reading == ([], [])


async def test_what_a_reader_writes_is_never_committed(database):
    for number in range(2 * READERS):
        await database.read(add, number)
    assert await database.read(numbers) == []
    await database.write(add, 1)
    assert await database.read(numbers) == [1]


@pytest.mark.postgres
async def test_on_postgres_a_writer_that_waited_for_a_lock_reads_what_was_written(postgres_url):
    """As the projector does: its lock first, then what stands there."""
    one, other = Database(postgres_url), Database(postgres_url)
    held = Held()

    def lock_and_read(connection):
        connection.execute(text("SELECT 1"))  # a snapshot of the transaction would be taken here
        connection.execute(text("LOCK TABLE numbers"))
        return numbers(connection)

    try:
        await one.write(lambda connection: connection.execute(text(CREATE)))
        writing = asyncio.create_task(one.write(held.add, 1))
        await held.begin()
        reading = asyncio.create_task(other.write(lock_and_read))
        await asyncio.to_thread(_wait_for_a_waiting_lock, postgres_url)
        held.may_end.set()
        await writing
        assert await reading == [1, 2]
    finally:
        held.may_end.set()
        await one.close()
        await other.close()


async def test_a_lock_is_shared_or_held_alone_and_free_as_soon_as_it_is_released(database):
    locks = [DatabaseLock(database.url, alone=alone) for alone in (True, False, False)]
    alone, *shared = locks
    try:
        for _ in range(20):
            assert await alone.acquire()
            assert await alone.acquire()  # makes sure of it
            assert not await shared[0].acquire()
            await alone.release()
            assert [await one.acquire() for one in shared] == [True, True]
            await shared[0].release()
            assert not await alone.acquire()
            await shared[1].release()
    finally:
        for one in locks:
            await one.release()


@pytest.mark.postgres
async def test_on_postgres_no_statement_holds_a_reader_for_ever(postgres_url):
    database = Database(f"{postgres_url}&options=-c%20statement_timeout%3D100ms")
    sleep = text("SELECT pg_sleep(60)")
    try:
        started = time.monotonic()
        sleeping = [database.read(lambda one: one.execute(sleep)) for _ in range(READERS)]
        for one in await asyncio.gather(*sleeping, return_exceptions=True):
            assert isinstance(one, OperationalError)
        assert await database.read(lambda one: one.execute(text("SELECT 1")).scalar_one()) == 1
        assert time.monotonic() - started < PATIENCE_S
    finally:
        await database.close()


def told(connection):
    """What the server and libpq were told about waiting."""
    limit = connection.execute(text("SHOW statement_timeout")).scalar_one()
    return limit, connection.connection.driver_connection.info.get_parameters()


@pytest.mark.postgres
async def test_on_postgres_a_host_that_has_vanished_is_noticed(postgres_url):
    """The network itself can't be made to vanish here: this asks the driver what it was told."""
    usual, own = Database(postgres_url), Database(f"{postgres_url}&keepalives_idle=60")
    try:
        for read in (usual.read, usual.write):
            limit, parameters = await read(told)
            assert limit == "1min"
            noticed_s = int(parameters["keepalives_idle"]) + int(
                parameters["keepalives_interval"]
            ) * int(parameters["keepalives_count"])
            assert (parameters["keepalives"], noticed_s) == ("1", 30)
            assert parameters["tcp_user_timeout"] == "30000"
        assert (await own.read(told))[1]["keepalives_idle"] == "60"
    finally:
        await usual.close()
        await own.close()


def _wait_for_a_waiting_lock(url):
    engine = make_engine(url)
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + PATIENCE_S
    try:
        while True:
            with engine.connect() as connection:
                if connection.execute(asked).scalar_one():
                    return
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        engine.dispose()


async def test_two_writers_of_one_database_take_turns(database, url):
    """They read first and write what follows from it, which only turns make right."""

    def add_next(connection):
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE numbers"))
        found = numbers(connection)
        add(connection, (found[-1] if found else 0) + 1)

    other = Database(url)
    try:
        both = (database, other)
        await asyncio.gather(*(both[turn % 2].write(add_next) for turn in range(40)))
        assert await database.read(numbers) == list(range(1, 41))
    finally:
        await other.close()


async def test_closing_lets_what_has_begun_end(url, database, held):
    other = Database(url)
    writing = asyncio.create_task(other.write(held.add, 1))
    await held.begin()
    waiting = asyncio.create_task(other.write(add, 7))
    await asyncio.sleep(0)
    closing = asyncio.create_task(other.close())
    await asyncio.sleep(0)
    held.may_end.set()
    await asyncio.gather(closing, writing, waiting, return_exceptions=True)
    assert (await database.read(numbers))[:2] == [1, 2]
