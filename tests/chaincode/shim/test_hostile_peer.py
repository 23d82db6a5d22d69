"""Any sequence of messages: no deadlock, no lost stream, one answer to each transaction."""

import asyncio
import os
from pathlib import Path

import grpc
import pytest
from fabric_protos.peer import chaincode_pb2
from fabric_protos.peer.chaincode_shim_pb2 import ChaincodeMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaincode.shim import peer_stream
from tests.chaincode.shim.fake_peer import CHANNEL, SilentPeer, transaction_message
from tests.chaincode.shim.waiting import until

NONCES = [b"1", b"2", b"3"]
CALLS = [
    (),
    (b"echo", b"a"),
    (b"get", b"key"),
    (b"put", b"key"),
    (b"gathered",),
    (b"own",),
    (b"gives_up", b"key", b"other"),
    (b"sleeps", b"0.02"),
    (b"sleeps", b"3600"),
    (b"raises",),
    (b"exits",),
    (b"\xff",),
]
RUN_KINDS = (ChaincodeMessage.TRANSACTION, ChaincodeMessage.INIT)


def _tx_id(nonce):
    return transaction_message(nonce=nonce).txid


def _resident_bytes():
    """Return what this process, with server and peer, occupies. Source: proc_pid_statm(5)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _answered(peer):
    return sum(message.type == ChaincodeMessage.COMPLETED for message in peer.heard)


transactions = st.builds(
    lambda call, nonce, kind, channel_id: transaction_message(
        *call, nonce=nonce, kind=kind, channel_id=channel_id
    ),
    st.sampled_from(CALLS),
    st.sampled_from(NONCES),
    st.sampled_from(RUN_KINDS),
    st.sampled_from([CHANNEL, "other", ""]),
)
anything = st.builds(
    ChaincodeMessage,
    type=st.integers(0, 40),
    payload=st.binary(max_size=20),
    txid=st.sampled_from(["", *map(_tx_id, NONCES)]),
    channel_id=st.sampled_from([CHANNEL, "other", ""]),
)
replies = st.builds(
    ChaincodeMessage,
    type=st.sampled_from([ChaincodeMessage.RESPONSE, ChaincodeMessage.ERROR]),
    payload=st.sampled_from([b"", b"value", b"\x0a\x05value", b"\xff"]),
    txid=st.sampled_from(list(map(_tx_id, NONCES))),
    channel_id=st.just(CHANNEL),
)
ready = st.builds(
    lambda reads_max, writes_max: ChaincodeMessage(
        type=ChaincodeMessage.READY,
        payload=chaincode_pb2.ChaincodeAdditionalParams(
            use_get_multiple_keys=True,
            max_size_get_multiple_keys=reads_max,
            use_write_batch=True,
            max_size_write_batch=writes_max,
        ).SerializeToString(),
    ),
    st.integers(0, 3),
    st.integers(0, 3),
)
pauses = st.sampled_from([0.0, 0.001, 0.03])
sequences = st.lists(st.one_of(transactions, replies, anything, ready, pauses), max_size=25)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sequence=sequences)
async def test_every_transaction_is_answered_whatever_the_peer_sends(serve, sequence):
    async with serve(deadline_s=0.1) as server, SilentPeer(server.port) as peer:
        asked = 0
        for step in sequence:
            if isinstance(step, float):
                await asyncio.sleep(step)
            else:
                peer.send(step)
                asked += step.type in RUN_KINDS
        await until(lambda: _answered(peer) >= asked)
        await until(lambda: not server.running)
        assert peer.is_connected
        assert _answered(peer) == asked


async def test_bytes_that_are_no_message_end_the_stream_at_once(serve):
    """The peer then fails what it has running right away, rather than after its timeout."""
    async with serve() as server, SilentPeer(server.port) as peer:
        peer.send(b"\xff\xff\xff")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await peer.hung_up()
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_peer_that_half_closes_is_let_go(serve):
    async with serve() as server, SilentPeer(server.port) as peer:
        await peer.call.done_writing()
        await peer.hung_up()
        await until(lambda: not server.peers)


async def test_1000_questions_never_answered_are_forgotten_in_the_end(serve):
    """A peer that loses questions costs a bounded memory, and its other transactions go on."""
    async with (
        serve(deadline_s=0.1, transactions_max=50) as server,
        SilentPeer(server.port) as peer,
    ):
        peer.send(ChaincodeMessage(type=ChaincodeMessage.READY))
        memory = 0
        for wave in range(20):
            if wave == 4:
                memory = _resident_bytes()
            peer.heard.clear()
            for _ in range(50):
                peer.send(transaction_message(b"get", b"key"))
            await until(lambda: _answered(peer) == 50)
            await until(lambda: not server.running)
        [stream] = server._streams
        assert 0 < len(stream._owed) <= 50
        assert _resident_bytes() - memory < 10_000_000


async def test_peer_that_sends_faster_than_it_reads_is_read_no_further(serve, monkeypatch):
    """With no room for answers at all, each is sent before the next message is read."""
    monkeypatch.setattr(peer_stream, "QUEUE_MAX", 0)
    async with serve() as server, SilentPeer(server.port) as peer:
        for _ in range(200):
            peer.send(transaction_message(b"echo"))
        await until(lambda: _answered(peer) == 200)
