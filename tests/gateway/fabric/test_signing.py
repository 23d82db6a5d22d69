"""Signers that take their time: a card, a service, a person; the event loop goes on meanwhile."""

import asyncio
import functools
import threading
import time

import pytest

from gateway.fabric import Gateway, ecdsa_signer
from tests.gateway.fabric.making import answer
from tests.gateway.fabric.members import OWN, key_and_certificate, member

pytestmark = pytest.mark.timeout(60)

SIGN_S = 0.3
SIGN = ecdsa_signer(key_and_certificate(f"client@{OWN}")[0])


def blocking(message: bytes) -> bytes:
    time.sleep(SIGN_S)
    return SIGN(message)


async def awaited(message: bytes) -> bytes:
    await asyncio.sleep(SIGN_S)
    return SIGN(message)


class Card:
    def sign(self, message: bytes) -> bytes:
        return blocking(message)

    async def sign_soon(self, message: bytes) -> bytes:
        return await awaited(message)


class AsyncObject:
    async def __call__(self, message: bytes) -> bytes:
        return await awaited(message)


def future(message: bytes):
    """Not a coroutine function, and yet its result is to be awaited."""
    return awaited(message)


SIGNERS = {
    "blocking function": blocking,
    "blocking method": Card().sign,
    "blocking partial": functools.partial(blocking),
    "coroutine function": awaited,
    "coroutine method": Card().sign_soon,
    "coroutine partial": functools.partial(awaited),
    "object with coroutine call": AsyncObject(),
    "function returning a coroutine": future,
}


async def longest_stall_s(until: asyncio.Event) -> float:
    """Return for how long at a time the event loop ran nothing else."""
    longest_s, last = 0.0, time.monotonic()
    while not until.is_set():
        await asyncio.sleep(0.005)
        now = time.monotonic()
        longest_s, last = max(longest_s, now - last), now
    return longest_s


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS.keys())
async def test_a_slow_signer_stalls_nothing(own, signer):
    done = asyncio.Event()
    watching = asyncio.create_task(longest_stall_s(done))
    async with Gateway(identity=member()[0], signer=signer, peers=[own.address]) as gateway:
        network = gateway.network("minori")
        started = time.monotonic()
        contract = network.contract("minori")
        assert await contract.submit_transaction("submit", [b"wire"]) == answer("ACCEPTED")
        # The proposal, the envelope and the question for the status.
        assert time.monotonic() - started > 3 * SIGN_S
        events = network.block_events(0)
        assert (await anext(events)).number == 0
        await events.aclose()
        assert await network.height() == 2
    done.set()
    assert await watching < SIGN_S * 0.8


async def test_slow_signatures_are_made_side_by_side(own):
    async with Gateway(identity=member()[0], signer=awaited, peers=[own.address]) as gateway:
        contract = gateway.network("minori").contract("minori")
        started = time.monotonic()
        await asyncio.gather(*(contract.evaluate_transaction("query") for _ in range(20)))
        assert time.monotonic() - started < 20 * SIGN_S / 2


async def test_a_key_in_memory_signs_without_a_thread(own, monkeypatch):
    """A signature takes 0.03 ms; a thread would cost more."""
    monkeypatch.setattr(threading.Thread, "start", None)
    identity, signer = member()
    async with Gateway(identity=identity, signer=signer, peers=[own.address]) as gateway:
        assert await gateway.network("minori").contract("minori").evaluate_transaction("query")


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_signers_own_failure_is_the_hosts(own, is_async):
    def fails(_message: bytes) -> bytes:
        raise LookupError("no card in the reader")

    async def fails_soon(message: bytes) -> bytes:
        return fails(message)

    signer = fails_soon if is_async else fails
    async with Gateway(identity=member()[0], signer=signer, peers=[own.address]) as gateway:
        with pytest.raises(LookupError, match="no card"):
            await gateway.network("minori").contract("minori").evaluate_transaction("query")
    assert own.calls == []
