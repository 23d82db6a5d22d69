"""One fault at a seeded moment under load, and what must hold afterwards.

Every acknowledged command is on every organisation's peer exactly once, nothing that was refused
is there, and service returned by itself: what a supervisor does, starting a dead process again, is
all the help there is.
"""

import asyncio
import itertools
import os
import random
import signal
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from chaincode.base.errors import Code
from gateway.ledgers.port import Block
from network import readiness
from network.topology import ORGANISATIONS
from tests.contract_health import contract_health_port, contract_transactions
from tests.scenarios.load import Load
from tests.scenarios.stage import Stage

WINDOW_S = 2
AFTER_S = 4
PATIENCE_S = 60
SERVED = 10  # commands, at each gateway
RATE_PER_S = 65
FEWEST_PER_S = 50
KILLS_MAX = 10
HANG_S = 12  # a peer waits 5 s: `network.settings`
# What a peer says of a transaction that was in the chaincode process when that died; of those that
# come later, it says that it can't launch the chaincode. Source: fabric v2.5.0 and v3.1.5
# `core/chaincode/handler.go`, `Execute`.
LOST_WITH_CHAINCODE = b"error sending: chaincode stream terminated"

Fault = Callable[[Stage, random.Random], Awaitable[None]]


async def kill_and_restart(stage: Stage, choose: random.Random, name: str) -> None:
    """SIGKILL a process of the network; a supervisor starts it again within two seconds."""
    stage.network.kill(name)
    await _restart(stage, choose)


async def _restart(stage: Stage, choose: random.Random) -> None:
    await asyncio.sleep(choose.uniform(0.2, 2))
    await asyncio.to_thread(stage.network.up)


async def kill_orderer(stage: Stage, choose: random.Random, *, leading: bool) -> None:
    """SIGKILL the orderer that leads, or one of those that follow it.

    Without a leader nothing is ordered until Raft has elected another, 2 to 4 s with the network's
    settings; what died with the leader is sent again when `Deadlines.commit_status_s` is over.
    """
    leader = await asyncio.to_thread(readiness.leader, stage.network.topology)
    assert leader is not None
    victim = choose.choice([one for one in ORGANISATIONS if (one is leader) == leading])
    stage.network.kill(f"{victim.name}.orderer")
    # An election takes two seconds at least: until then the others show who it was.
    now_leading = await asyncio.to_thread(readiness.leader, stage.network.topology)
    assert now_leading is (None if leading else leader), "not the one that was meant"
    await _restart(stage, choose)


async def kill_chaincode(stage: Stage, choose: random.Random) -> None:
    """SIGKILL the co-op's chaincode process in mid-transaction, by its own and its peer's word.

    What it says is a moment old when it dies; so again, until the peer lost a transaction by it.
    """
    health = await asyncio.to_thread(contract_health_port, stage.network)
    log = stage.network.log("coop.peer")
    for _ in range(KILLS_MAX):
        read = log.stat().st_size
        while not await contract_transactions(health):
            pass  # it answers when it gets to it, and it has just ended one
        await kill_and_restart(stage, choose, "coop.chaincode")
        if LOST_WITH_CHAINCODE in log.read_bytes()[read:]:
            return
    pytest.fail(f"killed {KILLS_MAX} times, but never in mid-transaction")


async def hang_chaincode(stage: Stage, _choose: random.Random) -> None:
    """Let the co-op's chaincode process hang for longer than its peer waits, several times over.

    It neither answers nor hangs up. Nobody's command may be blamed for that.
    """
    pid = stage.network.pids["coop.chaincode"]
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(HANG_S)
    finally:
        os.kill(pid, signal.SIGCONT)


async def kill_gateway(stage: Stage, choose: random.Random, after: str) -> None:
    """Have the first gateway die right after a stage of a transaction, and start it again."""
    gateway = stage.gateways[0]
    gateway.orders.write_text(after)
    deadline = time.monotonic() + PATIENCE_S
    while gateway.process.poll() is None:
        assert time.monotonic() < deadline, "the gateway did not die"
        await asyncio.sleep(0.02)
    # Struck by itself at that stage, and not dead of anything else.
    assert (gateway.process.returncode, gateway.orders.exists()) == (-signal.SIGKILL, False)
    await asyncio.sleep(choose.uniform(0.2, 1))
    gateway.start()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run showed, for the soak's report."""

    acknowledged: int
    per_s_before: float
    longest_gap_s: float
    p50_ms: float


@dataclass(slots=True)
class Chains:
    """What every organisation's peer has, read on from where it was read last.

    Attributes:
        hashes: Of the blocks, by organisation.
        codes: Of every command that a peer has taken, by organisation and id.
    """

    hashes: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def check(self, stage: Stage, load: Load) -> None:
        """Every acknowledged command is on every peer exactly once, with the answer it got."""
        start = len(next(iter(self.hashes.values()), []))
        for name, chain in (await stage.chains(start)).items():
            self._read_on(name, chain)
        first = next(iter(self.hashes.values()))
        assert all(chain == first for chain in self.hashes.values()), "the peers' chains differ"
        acknowledged = {one.id: one.code for one in load.acknowledged}
        assert len(acknowledged) == len(load.acknowledged)
        for name, codes in self.codes.items():
            wrong = {i: c for i, c in acknowledged.items() if codes.get(i) != c}
            assert not wrong, f"{name}: acknowledged but not so on the chain: {wrong}"

    def _read_on(self, name: str, chain: list[Block]) -> None:
        self.hashes.setdefault(name, []).extend(block.hash for block in chain)
        codes = self.codes.setdefault(name, {})
        taken = [
            (str(result["id"]), str(result["code"]))
            for block in chain
            for transaction in block.transactions
            if transaction.valid
            for result in transaction.results
            if Code(result["code"]).is_taken
        ]
        counted = Counter(command_id for command_id, _ in taken)
        twice = [one for one, count in counted.items() if count > 1 or one in codes]
        assert not twice, f"{name}: taken twice: {twice}"
        codes.update(taken)


async def run(stage: Stage, fault: Fault, *, seed: int, chains: Chains) -> Outcome:
    """Load, strike, load on, check. Fails with what is missing."""
    choose = random.Random(seed)
    load = Load(
        town=stage.town,
        urls=[gateway.url for gateway in stage.gateways],
        rate_per_s=RATE_PER_S,
        seed=seed,
    )
    running = asyncio.create_task(load.run())
    per_s = await _until_busy(load)
    await asyncio.sleep(choose.uniform(0, 1))
    struck_at = time.monotonic()
    await fault(stage, choose)
    healed_at = time.monotonic()
    for url in load.urls:
        await _until_served(load, url, since=healed_at)
    await asyncio.sleep(AFTER_S)
    load.stopping.set()
    await running
    await chains.check(stage, load)
    answered = sorted(one.answered_at for one in load.acknowledged if one.answered_at > struck_at)
    gaps = [later - earlier for earlier, later in itertools.pairwise((struck_at, *answered))]
    return Outcome(
        acknowledged=len(load.acknowledged),
        per_s_before=per_s,
        longest_gap_s=max(gaps, default=0),
        p50_ms=1000 * statistics.median(o.answered_at - o.asked_at for o in load.acknowledged),
    )


async def _until_busy(load: Load) -> float:
    """Wait until the load is what it has to be, and return it in commands per second."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        await asyncio.sleep(0.2)
        now = time.monotonic()
        per_s = sum(one.answered_at > now - WINDOW_S for one in load.acknowledged) / WINDOW_S
        if per_s >= FEWEST_PER_S:
            return per_s
        assert now < deadline, f"only {per_s:.0f} commands/s before the fault"


async def _until_served(load: Load, url: str, *, since: float) -> None:
    """Wait until a gateway answers what was asked for after the fault."""
    deadline = time.monotonic() + PATIENCE_S
    while sum(one.asked_at > since and one.url == url for one in load.acknowledged) < SERVED:
        assert time.monotonic() < deadline, f"service did not return at {url}"
        await asyncio.sleep(0.1)
