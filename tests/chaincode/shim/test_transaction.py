"""Whatever the contract does, the peer gets exactly one answer, before its own timeout."""

import asyncio
import time
from collections import Counter

import pytest

from chaincode.shim import Refusal, TransactionOverError, watchdog
from tests.chaincode.shim.contracts import Contract
from tests.chaincode.shim.fake_peer import FakePeer
from tests.chaincode.shim.waiting import until


@pytest.mark.parametrize(
    "function",
    [
        b"raises",
        b"exits",
        b"interrupts",
        b"closes",
        b"cancels_itself",
        b"returns_nothing",
        b"returns_odd_text",
        b"put_empty",
        b"no_such_function",
    ],
)
async def test_contract_that_fails_is_answered_and_the_stream_goes_on(peer, function):
    response = await peer.invoke(function)
    assert (response.status, response.message) == (500, Refusal.CONTRACT_FAILED)
    assert response.payload == b""
    assert (await peer.invoke(b"echo", b"alive")).payload == b"alive"


@pytest.mark.parametrize("function", [b"sleeps", b"hangs_on"])
async def test_contract_that_waits_too_long_is_answered_at_the_deadline(serve, function):
    contract = Contract()
    async with serve(contract, deadline_s=0.3) as server, FakePeer(server.port) as peer:
        start = time.monotonic()
        response = await peer.invoke(function, b"0.9")
        assert (response.status, response.message) == (500, Refusal.DEADLINE)
        assert 0.3 <= time.monotonic() - start < 0.8
        await until(lambda: not server.running)
        assert contract.finished == (function == b"hangs_on")
        assert peer.strays == []


async def test_contract_that_computes_for_ever_is_interrupted(serve):
    """It blocks the event loop, so the others are late; but all get an answer."""
    async with serve(deadline_s=0.5) as server, FakePeer(server.port) as peer:
        start = time.monotonic()
        waiting = asyncio.create_task(peer.invoke(b"sleeps", b"0.1", b"slept"))
        response = await peer.invoke(b"computes")
        assert (response.status, response.message) == (500, Refusal.DEADLINE)
        assert time.monotonic() - start < 3
        assert (await waiting).status in {200, 500}
        assert (await peer.invoke(b"echo", b"alive")).payload == b"alive"


async def test_interrupts_strike_the_contract_and_nothing_else(serve, monkeypatch):
    """Contracts that end right when they are interrupted: the process must not be hit instead."""
    monkeypatch.setattr(watchdog, "TICK_S", 0.0005)
    monkeypatch.setattr(watchdog, "PATIENCE_S", 0.0005)
    answers = Counter()
    async with serve(deadline_s=0.005) as server, FakePeer(server.port) as peer:
        for number in range(400):
            response = await peer.invoke(b"computes_for", b"%f" % (0.004 + number % 20 * 0.0002))
            answers[response.status, response.message] += 1
        assert (await peer.invoke(b"echo", b"alive")).status in {200, 500}
        assert peer.is_connected
    assert set(answers) == {(200, ""), (500, Refusal.DEADLINE)}


async def test_deadline_is_cleared_when_the_contract_is_done(serve):
    async with serve(deadline_s=0.2) as server, FakePeer(server.port) as peer:
        assert (await peer.invoke(b"echo")).status == 200
        await asyncio.sleep(0.4)
        assert peer.strays == []


async def test_stub_is_closed_once_the_transaction_is_answered(serve):
    contract = Contract()
    async with serve(contract) as server, FakePeer(server.port) as peer:
        assert (await peer.invoke(b"outlives")).status == 200
        await contract.task
        assert [type(error) for error in contract.late] == [TransactionOverError]
        assert peer.kinds.total() == 2  # REGISTER, COMPLETED


async def test_answer_beyond_the_message_limit_is_an_error_and_the_stream_goes_on(serve):
    async with serve(message_bytes_max=1_000_000) as server, FakePeer(server.port) as peer:
        response = await peer.invoke(b"returns_huge", b"1000001")
        assert (response.status, response.message) == (500, Refusal.CONTRACT_FAILED)
        assert len((await peer.invoke(b"returns_huge", b"900000")).payload) == 900_000
