"""The process or the database dies while blocks are applied: the content is none the worse."""

import asyncio
import random
import sys
import tempfile
from pathlib import Path

import pytest

from gateway.ledgers.embedded import EmbeddedLedger
from gateway.projection import Follower, Projection, rebuild
from tests.gateway.projection.conftest import ListLedger
from tests.gateway.toy_contract import ToyContract, command
from tests.postgres_fixture import Server

ROOT = Path(__file__).parents[3]
BLOCKS = 400
KILLS = 6
SEED = 20261123


async def make_ledger(path):
    """Make a ledger of `BLOCKS` blocks, one key written again and again among others."""
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    for i in range(BLOCKS - 1):
        await ledger.submit([command(f"c{i}", count="n", set={f"k/{i}": {"v": 1, "n": i}})])
    height = await ledger.height()
    stream = ledger.blocks(0)
    blocks = [await anext(stream) for _ in range(height)]
    await stream.aclose()
    await ledger.close()
    return blocks


async def test_killed_process_leaves_a_projection_that_goes_on(tmp_path):
    chance = random.Random(SEED)
    path, url = tmp_path / "ledger.sqlite", f"sqlite:///{tmp_path}/projection.sqlite"
    blocks = await make_ledger(path)
    heights = [0]
    for _ in range(KILLS):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.gateway.projection.following", str(path), url),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"open\n"
        await asyncio.sleep(chance.random() * 0.05)
        process.kill()
        await process.communicate()
        projection = await Projection.open(url)
        heights.append((await projection.checkpoint()).height)
        await projection.close()
    assert heights == sorted(heights)
    assert len(set(heights)) >= 3  # some kills did fall in between, also on a busy machine
    projection = await Projection.open(url)
    if rest := blocks[heights[-1] :]:
        await projection.apply_all(rest)
    found = await projection.content_digest()
    await rebuild(projection, ListLedger(blocks))
    assert await projection.content_digest() == found
    await projection.close()


@pytest.mark.postgres
async def test_postgres_crash_is_followed_through(postgres_server, tmp_path):
    """`pg_ctl stop -m immediate` while blocks are applied, then the server comes back."""
    blocks = await make_ledger(tmp_path / "ledger.sqlite")
    folder = Path(tempfile.mkdtemp(prefix="minori-postgres-"))
    server = Server(postgres_server.binaries, folder, postgres_server.user)
    server.prepare()
    try:
        server.start()
        projection = await Projection.open(server.create_database())
        ledger = ListLedger(blocks[:100])
        follower = Follower(ledger, projection, retry_first_s=0.01, retry_max_s=0.1)
        async with follower:
            assert await follower.wait_for_height(100, timeout_s=30)
            ledger.add(*blocks[100:])
            await asyncio.to_thread(server.stop, "immediate")
            await asyncio.to_thread(server.start)
            assert await follower.wait_for_height(len(blocks), timeout_s=30)
        found = await projection.content_digest()
        await rebuild(projection, ListLedger(blocks))
        assert await projection.content_digest() == found
        await projection.close()
    finally:
        server.remove()
