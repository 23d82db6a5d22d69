"""Reads and writes: one by one where the peer offers no more, in batches where it does."""

import asyncio
import json

import pytest
from fabric_protos.peer.chaincode_shim_pb2 import ChaincodeMessage

from chaincode.shim import Refusal
from chaincode.shim.peer_stub import BATCH_BYTES_MAX, Offer
from tests.chaincode.shim.fake_peer import FakePeer, PeerRefusalError, transaction_message

KEYS = [f"key/{number}".encode() for number in range(7)]


def _fill(peer):
    peer.state = {key.decode(): b"value of " + key for key in KEYS[:5]}


EXPECTED = [f"value of key/{number}" for number in range(5)] + [None, None]


async def test_values_come_in_the_order_asked_and_absent_is_none(peer):
    _fill(peer)
    answer = json.loads((await peer.invoke(b"get", *reversed(KEYS))).payload)
    assert answer == EXPECTED[::-1]


async def test_reading_no_keys_asks_the_peer_nothing(peer):
    assert (await peer.invoke(b"get")).payload == b"[]"
    assert peer.kinds.total() == 2  # REGISTER, COMPLETED


async def test_reads_are_one_by_one_where_the_peer_offers_no_more(serve):
    async with serve() as server, FakePeer(server.port) as peer:
        _fill(peer)
        assert json.loads((await peer.invoke(b"get", *KEYS)).payload) == EXPECTED
        assert peer.kinds[ChaincodeMessage.GET_STATE] == 7
        assert peer.reads == []


@pytest.mark.parametrize(
    ("reads_max", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (6, [6, 1]), (7, [7]), (1000, [7])]
)
async def test_multi_key_reads_respect_the_peers_limit(serve, reads_max, sizes):
    async with serve() as server, FakePeer(server.port, reads_max=reads_max) as peer:
        _fill(peer)
        assert json.loads((await peer.invoke(b"get", *KEYS)).payload) == EXPECTED
        assert peer.reads == sizes
        assert peer.kinds[ChaincodeMessage.GET_STATE] == 0


@pytest.mark.parametrize("short", [[], [b""], [b"value"] * 8])
async def test_multi_key_read_that_is_answered_short_is_an_error(serve, short):
    async with serve() as server, FakePeer(server.port, reads_max=100) as peer:
        peer.answer_many = lambda _values: short
        response = await peer.invoke(b"get", *KEYS)
        assert (response.status, response.message) == (500, Refusal.PEER_ERROR)


async def test_writes_arrive_in_key_order(peer):
    message = transaction_message(b"put", b"key/2", b"key/10", b"a", b"key/1")
    assert (await peer.run(message)).status == 200
    names = ["a", "key/1", "key/10", "key/2"]
    assert peer.writes[message.txid] == [(name, b"value of " + name.encode()) for name in names]


async def test_writes_are_one_by_one_where_the_peer_offers_no_more(serve):
    async with serve() as server, FakePeer(server.port) as peer:
        assert (await peer.invoke(b"put", *KEYS)).status == 200
        assert peer.kinds[ChaincodeMessage.PUT_STATE] == 7


@pytest.mark.parametrize(("writes_max", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7])])
async def test_write_batches_respect_the_peers_limit(serve, writes_max, sizes):
    async with serve() as server, FakePeer(server.port, writes_max=writes_max) as peer:
        assert (await peer.invoke(b"put", *KEYS)).status == 200
        assert peer.batches == sizes
        assert peer.kinds[ChaincodeMessage.PUT_STATE] == 0


async def test_write_batches_are_cut_by_bytes_too(serve):
    """1,000 records of 1 MB would be one message ten times Fabric's limit."""
    size = BATCH_BYTES_MAX // 4
    async with serve() as server, FakePeer(server.port, writes_max=1000) as peer:
        message = transaction_message(b"put_large", b"10", str(size).encode())
        assert (await peer.run(message)).status == 200
        assert peer.batches == [3, 3, 3, 1]
        assert sum(len(value) for _, value in peer.writes[message.txid]) == 10 * size


@pytest.mark.parametrize("refused", ["GET_STATE", "PUT_STATE", "WRITE_BATCH_STATE"])
@pytest.mark.parametrize("function", [b"get", b"put", b"swallows"])
async def test_error_of_the_peer_is_never_a_value_nor_an_endorsement(serve, refused, function):
    async def refuse(message):
        if message.type == ChaincodeMessage.Type.Value(refused):
            raise PeerRefusalError("database on fire")

    offer = {"writes_max": 10} if refused == "WRITE_BATCH_STATE" else {}
    async with serve() as server, FakePeer(server.port, **offer) as peer:
        peer.before_reply = refuse
        response = await peer.invoke(function, b"key")
        if refused.startswith("GET") == (function != b"put"):
            assert (response.status, response.message) == (500, Refusal.PEER_ERROR)
            assert response.payload == b""
        else:
            assert response.status == 200


async def test_gathered_reads_are_asked_one_at_a_time(peer):
    peer.state = {f"key/{number}": str(number).encode() for number in range(20)}
    answer = json.loads((await peer.invoke(b"gathered")).payload)
    assert answer == [str(number) for number in range(20)]


async def test_read_after_one_given_up_waits_for_the_reply_to_that(peer):
    """Otherwise the peer drops the second question, or its reply is taken for the first's."""

    async def slow_first(message):
        if b"slow" in message.payload:
            await asyncio.sleep(0.3)

    peer.before_reply = slow_first
    peer.state = {"slow": b"the wrong one", "other": b"the right one"}
    assert (await peer.invoke(b"gives_up", b"slow", b"other")).payload == b'["the right one"]'


@pytest.mark.parametrize("payload", [b"", b"\xff\xff"])
def test_offer_is_nothing_when_ready_says_nothing(payload):
    assert Offer.from_ready(payload) == Offer(reads_max=0, writes_max=0)
