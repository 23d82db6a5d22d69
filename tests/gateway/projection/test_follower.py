"""Following a ledger: through faults, beside another gateway, telling who listens."""

import asyncio
import dataclasses

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.ledgers.port import LedgerUnavailableError
from gateway.projection import Follower, Projection, ProjectionInUseError, dump, rebuild
from gateway.projection.stream import grouped
from tests.gateway.projection.conftest import ListLedger

WAIT_S = 10


@pytest.fixture
async def sqlite_projection(tmp_path):
    projection = await Projection.open(f"sqlite:///{tmp_path}/projection.sqlite")
    yield projection
    await projection.close()


def follow(ledger, projection):
    return Follower(ledger, projection, retry_first_s=0.001, retry_max_s=0.01)


def ids_of(*blocks):
    return [
        result["id"]
        for block in blocks
        for transaction in block.transactions
        for result in transaction.results
        if result["code"] == "ACCEPTED"
    ]


async def until(condition):
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.001)


async def test_follower_catches_up_and_stays_up(projection, story):
    ledger = ListLedger(story.blocks[:3])
    async with follow(ledger, projection) as follower:
        assert await follower.wait_for_height(3, timeout_s=WAIT_S)
        assert not await follower.wait_for_height(4, timeout_s=0.01)
        waiting = asyncio.create_task(follower.wait_for_height(len(story.blocks), timeout_s=WAIT_S))
        ledger.add(*story.blocks[3:])
        assert await waiting
        assert follower.fault == ""
    assert await projection.dump() == dump(story.state.items())


async def test_follower_tries_again_when_the_ledger_fails(sqlite_projection, story):
    faults = [LedgerUnavailableError("away"), OSError("reset"), RuntimeError("a bug")]
    async with follow(ListLedger(story.blocks, faults), sqlite_projection) as follower:
        assert await follower.wait_for_height(len(story.blocks), timeout_s=WAIT_S)
        assert follower.fault == ""


async def test_follower_tries_again_when_the_database_fails(sqlite_projection, story, monkeypatch):
    apply_all, failures = sqlite_projection.apply_all, iter([True, True])

    async def unsteady(blocks):
        if next(failures, False):
            raise OperationalError("insert", {}, Exception("disk full"))
        return await apply_all(blocks)

    monkeypatch.setattr(sqlite_projection, "apply_all", unsteady)
    async with follow(ListLedger(story.blocks), sqlite_projection) as follower:
        assert await follower.wait_for_height(len(story.blocks), timeout_s=WAIT_S)
    assert await sqlite_projection.dump() == dump(story.state.items())


async def test_fault_is_shown_while_it_lasts(sqlite_projection, story):
    ledger = ListLedger(story.blocks, [LedgerUnavailableError("away")] * 10_000)
    async with follow(ledger, sqlite_projection) as follower:
        await until(lambda: "away" in follower.fault)


async def test_follower_ends_at_another_chain(sqlite_projection, story):
    foreign = dataclasses.replace(story.blocks[2], previous_hash="ab" * 32)
    async with follow(ListLedger([*story.blocks[:2], foreign]), sqlite_projection) as follower:
        await until(lambda: follower.fault)
        assert "another chain" in follower.fault
        assert follower._task.done() or await asyncio.wait_for(follower._task, WAIT_S) is None
    checkpoint = await sqlite_projection.checkpoint()
    assert checkpoint.height in (0, 2)  # the good blocks may share a group with the bad one


async def test_listeners_hear_of_every_command_and_a_bad_one_harms_nobody(sqlite_projection, story):
    heard = []
    follower = follow(ListLedger(story.blocks), sqlite_projection)
    follower.listeners += [lambda _rows: 1 / 0, heard.extend]
    async with follower:
        await follower.wait_for_height(len(story.blocks), timeout_s=WAIT_S)
    assert [row.id for row in heard if row.is_accepted] == list(
        dict.fromkeys(ids_of(*story.blocks))
    )


async def test_two_gateways_share_a_database(database_url, story):
    """Each block is applied once, and who waits at either of them is woken."""
    ledger = ListLedger()
    projections = [await Projection.open(database_url) for _ in range(2)]
    async with follow(ledger, projections[0]) as one, follow(ledger, projections[1]) as other:
        for block in story.blocks:
            ledger.add(block)
            for follower in (one, other):
                assert await follower.wait_for_height(block.number + 1, timeout_s=WAIT_S)
    assert await projections[0].dump() == dump(story.state.items())
    for projection in projections:
        await projection.close()


async def test_a_projection_is_rebuilt_only_while_nobody_follows_it(database_url, story):
    ledger = ListLedger(story.blocks)
    projections = [await Projection.open(database_url) for _ in range(3)]
    one, other = (follow(ledger, projection) for projection in projections[:2])
    try:
        for follower in (one, other):
            await follower.start()
            assert await follower.wait_for_height(len(story.blocks), timeout_s=WAIT_S)
        for follower in (one, other):
            with pytest.raises(ProjectionInUseError, match="stop `minori serve` first"):
                await rebuild(projections[2], ledger)
            assert (await projections[2].checkpoint()).height == len(story.blocks)
            await follower.stop()
        assert await rebuild(projections[2], ledger) == len(story.blocks)
    finally:
        for projection in projections:
            await projection.close()


async def test_a_projection_that_is_being_rebuilt_is_not_followed(database_url, story):
    begun = asyncio.Event()

    class Withheld(ListLedger):
        async def height(self):
            return len(story.blocks)

        def blocks(self, start):
            begun.set()
            return super().blocks(start)

    ledger, mine = Withheld(), await Projection.open(database_url)
    other = await Projection.open(database_url)
    rebuilding = asyncio.create_task(rebuild(other, ledger))
    follower = follow(ListLedger(story.blocks), mine)
    try:
        await asyncio.wait_for(begun.wait(), WAIT_S)
        with pytest.raises(ProjectionInUseError, match="being rebuilt"):
            await follower.start()
        ledger.add(*story.blocks)
        assert await rebuilding == len(story.blocks)
        async with follower:
            assert await follower.wait_for_height(len(story.blocks), timeout_s=WAIT_S)
    finally:
        rebuilding.cancel()
        for projection in (mine, other):
            await projection.close()


@pytest.mark.postgres
async def test_a_lock_lost_with_its_connection_is_taken_again(postgres_url, story):
    end = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    ledger = ListLedger(story.blocks[:3])
    mine, other = [await Projection.open(postgres_url) for _ in range(2)]
    follower = follow(ledger, mine)
    try:
        await follower.start()
        assert await follower.wait_for_height(3, timeout_s=WAIT_S)
        assert await other.database.write(lambda one: one.execute(end).scalars().all()) == [True]
        ledger._faults.append(LedgerUnavailableError("away"))
        ledger.add(story.blocks[3])
        assert await follower.wait_for_height(4, timeout_s=WAIT_S)
        await until(lambda: not ledger._faults)
        ledger.add(*story.blocks[4:])
        assert await follower.wait_for_height(len(story.blocks), timeout_s=WAIT_S)
        with pytest.raises(ProjectionInUseError):
            await rebuild(other, ledger)
    finally:
        await follower.stop()
        for projection in (mine, other):
            await projection.close()


async def test_stream_is_grouped_by_blocks_and_commands(story):
    async def given():
        for block in story.blocks:
            yield block

    async def groups(**limits):
        found = []
        async for group in grouped(given(), **limits):
            found.append([block.number for block in group])
            await asyncio.sleep(0)
        return found

    numbers = [block.number for block in story.blocks]
    for limits in ({}, {"blocks_max": 2}, {"commands_max": 1}):
        found = await groups(**limits)
        assert [number for group in found for number in group] == numbers
        assert all(found)
    assert max(map(len, await groups(blocks_max=2))) == 2
    busy = [len(group) for group in await groups(commands_max=1)]
    assert busy[0] <= 2  # block 0 has no command


async def test_stream_raises_after_what_came_before(story):
    async def given():
        yield story.blocks[0]
        yield story.blocks[1]
        raise LedgerUnavailableError("gone")

    found = []

    async def read_all():
        async for group in grouped(given()):
            found.extend(group)

    with pytest.raises(LedgerUnavailableError):
        await read_all()
    assert found == story.blocks[:2]


async def test_closing_the_group_closes_the_stream(story):
    closed = []

    async def given():
        try:
            for block in story.blocks:
                yield block
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    groups = grouped(given())
    await anext(groups)
    await groups.aclose()
    assert closed == [True]
