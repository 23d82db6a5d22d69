"""kill -9 at any moment: what was acknowledged is there, once, and the chain is whole."""

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from gateway.ledgers.embedded import EmbeddedLedger, LedgerInUseError, verify_file
from tests.gateway.toy_contract import ToyContract

ROOT = Path(__file__).parents[4]
SUBMITTER = "tests.gateway.ledgers.embedded.submitter"
KILLS = 20
SEED = 20261123


async def start(path, run):
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", SUBMITTER, str(path), str(run)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )


async def killed_run(path, run, chance):
    """Start a submitter, kill it at a moment that `chance` picks, return what it acknowledged."""
    process = await start(path, run)
    # Every fifth kill hits the opening itself, the others some commits later.
    lines = chance.choice([0, 1, 20, 100, 300])
    delay_s = chance.random() * (0.5 if lines == 0 else 0.01)
    acknowledged = [await asyncio.wait_for(process.stdout.readline(), 30) for _ in range(lines)]
    await asyncio.sleep(delay_s)
    process.kill()
    rest = await process.stdout.read()
    await process.wait()
    whole = b"".join(acknowledged) + rest
    return [line.split() for line in whole.decode().splitlines() if line != "open"]


async def test_kill_at_any_moment_loses_nothing_acknowledged(tmp_path):
    chance = random.Random(SEED)
    path = tmp_path / "ledger.sqlite"
    acknowledged = {}
    for run in range(KILLS):
        for wire_id, tx_id, number in await killed_run(path, run, chance):
            acknowledged[wire_id] = (tx_id, int(number))
    assert len(acknowledged) > KILLS * 20
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    height = await ledger.height()
    assert verify_file(path).height == height
    committed, times = {}, Counter()
    async for block in ledger.blocks(0):
        for tx in block.transactions:
            for result in tx.results:
                times[result["id"]] += 1
                committed[result["id"]] = (tx.id, block.number)
        if block.number == height - 1:
            break
    assert {wire_id: committed.get(wire_id) for wire_id in acknowledged} == acknowledged
    assert set(times.values()) == {1}
    counters = Counter(wire_id.rsplit("-", 1)[0] for wire_id in committed)
    state = await ledger.query([f"n/{name}" for name in counters])
    assert state == {f"n/{name}": count for name, count in counters.items()}
    await ledger.close()


async def test_ledger_of_a_running_process_is_refused_until_it_is_killed(tmp_path):
    path = tmp_path / "ledger.sqlite"
    process = await start(path, 0)
    await asyncio.wait_for(process.stdout.readline(), 30)
    with pytest.raises(LedgerInUseError):
        await EmbeddedLedger.open(path, contract=ToyContract())
    assert verify_file(path).height > 0  # reading needs no lock
    process.kill()
    await process.stdout.read()
    await process.wait()
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    await ledger.close()
