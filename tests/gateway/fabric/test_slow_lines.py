"""Bad lines, by a real proxy before real servers: slow, mute, broken, and patience with them."""

import asyncio
import time
from contextlib import aclosing

import pytest
from fabric_protos.common import common_pb2
from grpc import StatusCode

from gateway.fabric import Deadlines, Gateway, GatewayError, Outcome, Stage, block_events, peers
from tests.gateway.fabric.fake_peer import Failure, FakePeer
from tests.gateway.fabric.making import answer, configuration_envelope
from tests.gateway.fabric.members import FOREIGN, OWN, member, tls_pair
from tests.gateway.fabric.slow_line import SlowLine

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def secure_peer(chain, tmp_path):
    peer = await FakePeer(OWN, chain, tls=tls_pair(tmp_path)).start()
    yield peer
    await peer.stop()


def connected(*addresses, **settings) -> Gateway:
    identity, signer = member()
    return Gateway(identity=identity, signer=signer, peers=addresses, **settings)


# A round trip, and what the first bytes of the handshake take on top.
QUICK_ENOUGH = [(0.3, 0.0), (1.2, 0.0), (0.0, 3.5), (0.2, 3.5)]
BEYOND_A_CALL = [(1.6, 0.0), (0.0, 6.0), (1.2, 3.5)]


async def attempts(peer: FakePeer, round_trip_s: float, handshake_s: float) -> int:
    """Return how many calls it takes until one succeeds; all by one attempt to connect."""
    async with (
        SlowLine(peer.port, one_way_s=round_trip_s / 2, handshake_s=handshake_s) as line,
        connected(peer.address_at(line.port)) as gateway,
    ):
        contract = gateway.network("minori").contract("minori")
        for attempt in range(1, 10):
            try:
                await contract.evaluate_transaction("query", [b"lot/1"])
            except GatewayError:
                assert attempt < 4
            else:
                assert line.accepted == 1
                return attempt
    raise AssertionError("it never connects")


async def test_a_slow_line_connects(secure_peer):
    """All lines at once, as each takes its time."""
    all_attempts = (attempts(secure_peer, *line) for line in QUICK_ENOUGH)
    assert set(await asyncio.gather(*all_attempts)) == {1}


async def test_a_slower_line_connects_while_calls_time_out(secure_peer):
    """What one call begins is there for the next."""
    all_attempts = (attempts(secure_peer, *line) for line in BEYOND_A_CALL)
    assert set(await asyncio.gather(*all_attempts)) <= {1, 2}


async def test_a_transaction_and_its_block_pass_a_slow_line(secure_peer):
    async with (
        SlowLine(secure_peer.port, one_way_s=0.6) as line,
        connected(secure_peer.address_at(line.port)) as gateway,
    ):
        network = gateway.network("minori")
        contract = network.contract("minori")
        assert await contract.submit_transaction("submit", [b"wire"]) == answer("ACCEPTED")
        async with aclosing(network.block_events(0)) as events:
            assert [(await anext(events)).number for _ in range(2)] == [0, 1]


async def test_a_peer_that_comes_back_is_found_within_seconds(secure_peer):
    """However long an attempt may take, the pause between attempts stays short."""
    async with connected(secure_peer.address) as gateway:
        contract = gateway.network("minori").contract("minori")
        await contract.evaluate_transaction("query", [b"lot/1"])
        await secure_peer.stop()
        until = time.monotonic() + 6.0  # long enough for the pauses to have grown
        while time.monotonic() < until:
            with pytest.raises(GatewayError):
                await contract.evaluate_transaction("query", [b"lot/1"])
            await asyncio.sleep(0.1)
        await secure_peer.start()
        async with asyncio.timeout(peers.RECONNECT_S_MAX * 1.2 + 1.0):
            while True:
                try:
                    await contract.evaluate_transaction("query", [b"lot/1"])
                except GatewayError:
                    await asyncio.sleep(0.05)
                else:
                    return


# A machine that is off answers nothing, not even that it refuses.


async def test_a_mute_peer_is_passed_over_in_time(own, foreign, monkeypatch):
    """It has the time that a slow line takes, not the whole deadline of an endorsement."""
    monkeypatch.setattr(peers, "CONNECT_S", 0.5)
    async with (
        SlowLine(own.port, is_mute=True) as line,
        connected(own.address_at(line.port), foreign.address) as gateway,
    ):
        contract = gateway.network("minori").contract("minori")
        started = time.monotonic()
        assert await contract.submit_transaction("submit", [b"wire"]) == answer("ACCEPTED")
        assert time.monotonic() - started < 2.0
        assert [stage for stage, _ in foreign.calls] == [
            Stage.ENDORSE,
            Stage.SUBMIT,
            Stage.COMMIT_STATUS,
        ]


async def test_a_slow_peer_is_used_once_it_is_connected(secure_peer, foreign, monkeypatch):
    monkeypatch.setattr(peers, "CONNECT_S", 0.3)
    monkeypatch.setattr(peers, "AVOID_S", 0.5)
    async with (
        SlowLine(secure_peer.port, handshake_s=1.0) as line,
        connected(secure_peer.address_at(line.port), foreign.address) as gateway,
    ):
        contract = gateway.network("minori").contract("minori")
        used = []
        for _ in range(4):
            transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
            used.append(transaction.endorsed_by)
            await asyncio.sleep(0.6)
        assert used[0] == FOREIGN
        assert used[-1] == OWN


async def test_the_only_peer_has_the_whole_deadline(own):
    deadlines = Deadlines(evaluate_s=3.0)
    async with (
        SlowLine(own.port, handshake_s=1.5) as line,
        connected(own.address_at(line.port), deadlines=deadlines) as gateway,
    ):
        contract = gateway.network("minori").contract("minori")
        assert await contract.evaluate_transaction("query", [b"lot/1"])


async def test_closing_ends_the_wait_for_a_connection(own, foreign):
    async with SlowLine(own.port, is_mute=True) as line:
        gateway = connected(own.address_at(line.port), foreign.address)
        contract = gateway.network("minori").contract("minori")
        call = asyncio.create_task(contract.new_proposal("submit", [b"wire"]).endorse())
        blocks = asyncio.create_task(anext(gateway.network("minori").block_events(0)))
        await asyncio.sleep(0.3)
        await gateway.close()
        for task in (call, blocks):
            with pytest.raises(GatewayError, match="closed"):
                await asyncio.wait_for(task, 1.0)
    assert foreign.calls == []


# The patience of a block stream.


async def ended_after(gateway: Gateway, patience_s: float) -> tuple[float, GatewayError]:
    started = time.monotonic()
    events = gateway.network("minori").block_events(1, patience_s=patience_s)
    with pytest.raises(GatewayError) as caught:
        async with aclosing(events), asyncio.timeout(30):
            await anext(events)
    return time.monotonic() - started, caught.value


SLOW_FAILURES = {
    "hangs up": {"hang_up_s": 0.4},
    "mute": {"is_mute": True},
    "beyond patience": {"handshake_s": 60.0},
}


@pytest.mark.parametrize("fault", SLOW_FAILURES.values(), ids=SLOW_FAILURES.keys())
async def test_a_slow_failure_uses_patience_up(secure_peer, monkeypatch, fault):
    monkeypatch.setattr(block_events, "_CONNECTED_S", 0.2)
    async with (
        SlowLine(secure_peer.port, **fault) as line,
        connected(secure_peer.address_at(line.port)) as gateway,
    ):
        took_s, error = await ended_after(gateway, 1.5)
    assert error.outcome is Outcome.UNREACHABLE
    assert 1.4 < took_s < 4.0


@pytest.mark.parametrize("status", [common_pb2.SERVICE_UNAVAILABLE, StatusCode.UNAVAILABLE])
async def test_a_slow_refusal_uses_patience_up(own, monkeypatch, status):
    """The peer is there, and says no: late, but on a connection that stands."""
    monkeypatch.setattr(block_events, "_CONNECTED_S", 0.2)

    class Late(Failure):
        async def abort(self, context) -> None:
            await asyncio.sleep(0.5)
            await super().abort(context)

    own.script[Stage.BLOCKS] = [
        Late(StatusCode.UNAVAILABLE, "late") if isinstance(status, StatusCode) else status
    ] * 100
    async with connected(own.address) as gateway:
        took_s, error = await ended_after(gateway, 1.5)
    assert error.code is StatusCode.UNAVAILABLE
    assert 1.4 < took_s < 5.0


async def test_a_real_connection_renews_patience(own, chain, monkeypatch):
    """No block comes for longer than the patience, and the line breaks again and again."""
    monkeypatch.setattr(block_events, "_CONNECTED_S", 0.4)
    async with (
        SlowLine(own.port) as line,
        connected(own.address_at(line.port)) as gateway,
    ):
        events = gateway.network("minori").block_events(1, patience_s=2.5)
        waiting = asyncio.create_task(anext(events))
        for _ in range(4):
            await asyncio.sleep(1.0)
            assert not waiting.done()
            line.cut()
        await chain.append(configuration_envelope(), codes=(0,))
        assert (await asyncio.wait_for(waiting, 5.0)).number == 1
        await events.aclose()


async def test_a_line_that_breaks_at_once_uses_patience_up(own):
    async with (
        SlowLine(own.port) as line,
        connected(own.address_at(line.port)) as gateway,
    ):
        ended = asyncio.create_task(ended_after(gateway, 1.5))
        while not ended.done():
            await asyncio.sleep(0.2)
            line.cut()
        took_s, _ = await ended
    assert 1.4 < took_s < 5.0


async def test_a_block_renews_patience(own, chain):
    own.blocks_per_stream = 1
    for _ in range(5):
        await chain.append(configuration_envelope(), codes=(0,))
    async with connected(own.address) as gateway:
        events = gateway.network("minori").block_events(0, patience_s=0.5)
        for number in range(6):
            await asyncio.sleep(0.3)  # the reader's own time is not the peers'
            assert (await anext(events)).number == number
        await events.aclose()


async def test_the_second_own_peer_is_used_while_the_first_is_mute(own, chain, monkeypatch):
    monkeypatch.setattr(block_events, "CONNECT_S", 0.3)
    second = await FakePeer(OWN, chain).start()
    async with (
        SlowLine(own.port, is_mute=True) as line,
        connected(own.address_at(line.port), second.address) as gateway,
    ):
        events = gateway.network("minori").block_events(0, patience_s=5.0)
        assert (await asyncio.wait_for(anext(events), 2.0)).number == 0
        await events.aclose()
    await second.stop()
