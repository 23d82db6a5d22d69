"""The conversation between a peer and the shim: registration, interleaving, many peers."""

import asyncio
import json
import random
import time

import pytest
from fabric_protos.peer import proposal_pb2
from fabric_protos.peer.chaincode_shim_pb2 import ChaincodeMessage

from chaincode.shim import Refusal
from tests.chaincode.shim.contracts import Contract
from tests.chaincode.shim.fake_peer import (
    CERTIFICATE,
    MSP_ID,
    PACKAGE_ID,
    FakePeer,
    identity,
    transaction_message,
)
from tests.chaincode.shim.waiting import until


async def test_registration_names_the_package(peer):
    assert peer.package_id == PACKAGE_ID


async def test_answer_is_the_contracts(peer):
    response = await peer.invoke(b"echo", b"a", b"", b"\xff")
    assert (response.status, response.payload, response.message) == (200, b"a||\xff", "")


async def test_function_is_empty_when_there_are_no_arguments(peer):
    assert (await peer.invoke()).message == "BAD_FUNCTION"


async def test_stub_tells_the_facts_of_the_signed_proposal(peer):
    seconds = int(time.time()) - 600
    message = transaction_message(b"facts", timestamp=seconds)
    facts = json.loads((await peer.run(message)).payload)
    assert facts == {
        "tx_id": message.txid,
        "time": seconds,
        "msp_id": MSP_ID,
        "certificate": CERTIFICATE.decode(),
    }


@pytest.mark.parametrize(
    "creator", [b"", b"\xff\xff", identity(msp_id=""), identity(certificate=b"")]
)
async def test_creator_that_is_no_identity_is_an_error_not_a_value(peer, creator):
    response = await peer.invoke(b"facts", creator=creator)
    assert (response.status, response.message) == (500, Refusal.CONTRACT_FAILED)


async def test_init_without_a_function_succeeds(peer):
    response = await peer.invoke(kind=ChaincodeMessage.INIT)
    assert (response.status, response.payload) == (200, b"")


async def test_init_with_a_function_runs_the_contract(peer):
    response = await peer.invoke(b"echo", b"a", kind=ChaincodeMessage.INIT)
    assert (response.status, response.payload) == (200, b"a")


async def test_keepalive_is_returned(peer):
    peer.send(ChaincodeMessage(type=ChaincodeMessage.KEEPALIVE))
    await peer.invoke(b"echo")
    assert peer.kinds[ChaincodeMessage.KEEPALIVE] == 1


@pytest.mark.parametrize(
    ("offset_s", "is_taken"), [(-890, True), (890, True), (-910, False), (910, False)]
)
async def test_proposal_is_refused_beyond_15_minutes_off_the_clock(peer, offset_s, is_taken):
    response = await peer.invoke(b"echo", b"a", timestamp=time.time() + offset_s)
    if is_taken:
        assert response.status == 200
    else:
        assert (response.status, response.message) == (400, Refusal.CLOCK_SKEW)


def _of_another_transaction(message):
    other = transaction_message(b"echo")
    message.proposal.CopyFrom(other.proposal)


def _of_another_channel(message):
    message.channel_id = "elsewhere"


def _forged_id(message):
    message.proposal.proposal_bytes = message.proposal.proposal_bytes.replace(
        message.txid.encode(), b"0" * 64
    )
    message.txid = "0" * 64


def _unreadable_proposal(message):
    message.proposal.proposal_bytes = b"\xff\xff"


def _no_proposal(message):
    message.ClearField("proposal")


def _unreadable_input(message):
    message.payload = b"\xff\xff"


def _odd_function(message):
    message.CopyFrom(transaction_message(b"\xff"))


def _of_another_chaincode(message):
    message.CopyFrom(transaction_message(b"echo", proposed="bank"))


def _of_another_chaincode_by_its_header_alone(message):
    other = transaction_message(b"echo", proposed="ironim")
    signed = other.proposal.proposal_bytes.replace(b"ironim", b"minori", 1)
    message.CopyFrom(other)
    message.proposal.proposal_bytes = signed


def _of_another_chaincode_by_its_payload_alone(message):
    other = transaction_message(b"echo", proposed="ironim")
    head, _, tail = other.proposal.proposal_bytes.rpartition(b"ironim")
    message.CopyFrom(other)
    message.proposal.proposal_bytes = head + b"minori" + tail


def _without_its_payload(message):
    proposal = proposal_pb2.Proposal.FromString(message.proposal.proposal_bytes)
    proposal.ClearField("payload")
    message.proposal.proposal_bytes = proposal.SerializeToString()


@pytest.mark.parametrize(
    "spoil",
    [
        _of_another_transaction,
        _of_another_channel,
        _forged_id,
        _unreadable_proposal,
        _no_proposal,
        _unreadable_input,
        _odd_function,
        _of_another_chaincode,
        _of_another_chaincode_by_its_header_alone,
        _of_another_chaincode_by_its_payload_alone,
        _without_its_payload,
    ],
)
async def test_proposal_that_does_not_fit_its_message_is_refused(peer, spoil):
    message = transaction_message(b"echo")
    spoil(message)
    response = await peer.run(message)
    assert (response.status, response.message) == (400, Refusal.BAD_PROPOSAL)


@pytest.mark.parametrize(
    ("called", "signed"),
    [
        ((b"echo", b"a"), ()),
        ((b"echo", b"a"), (b"echo",)),
        ((b"echo",), (b"echo", b"a")),
        ((b"echo", b"a"), (b"echo", b"b")),
        ((b"echo", b"a", b"b"), (b"echo", b"b", b"a")),
        ((b"echo", b"ab"), (b"echo", b"a", b"b")),
        ((), (b"echo",)),
    ],
)
async def test_call_with_other_arguments_than_were_signed_is_refused(peer, called, signed):
    """As another chaincode of the channel would make it, in its caller's name."""
    for kind in (ChaincodeMessage.TRANSACTION, ChaincodeMessage.INIT):
        response = await peer.invoke(*called, signed=signed, kind=kind)
        assert (response.status, response.message) == (400, Refusal.BAD_PROPOSAL)
    assert (await peer.invoke(*called, signed=called)).message != Refusal.BAD_PROPOSAL


async def test_transaction_that_is_still_running_is_not_run_twice(serve):
    contract = Contract()
    async with serve(contract) as server, FakePeer(server.port) as peer:
        message = transaction_message(b"sleeps", b"0.2", b"slept")
        first = asyncio.create_task(peer.run(message))
        await until(lambda: server.running)
        peer.send(message)
        refused = await first
        assert (refused.status, refused.message) == (500, Refusal.DUPLICATE)
        await until(lambda: peer.strays)
        assert contract.finished == 1


async def test_transaction_beyond_the_bound_is_refused_at_once(serve):
    async with serve(transactions_max=3) as server, FakePeer(server.port) as peer:
        slow = [asyncio.create_task(peer.invoke(b"sleeps", b"0.3", b"slept")) for _ in range(3)]
        await until(lambda: server.running >= 3)
        refused = await peer.invoke(b"echo")
        assert (refused.status, refused.message) == (500, Refusal.BUSY)
        assert [response.payload for response in await asyncio.gather(*slow)] == [b"slept"] * 3
        assert (await peer.invoke(b"echo")).status == 200


@pytest.mark.parametrize("offer", [{}, {"reads_max": 2, "writes_max": 2}])
async def test_200_interleaved_transactions_are_neither_lost_nor_mixed_up(serve, offer):
    """Slow, failing, hanging and abandoned ones among them, replies in random order."""
    dice = random.Random(7)

    async def jitter(_message):
        await asyncio.sleep(dice.random() * 0.05)

    async def own(peer):
        message = transaction_message(b"own")
        peer.state[f"a/{message.txid}"] = b"never seen"
        peer.state[f"c/{message.txid}"] = b"mine: " + message.txid.encode()
        response = await peer.run(message)
        assert response.payload == b"never seen|mine: " + message.txid.encode()
        assert peer.writes[message.txid] == [(f"b/{message.txid}", message.txid.encode())]

    async def slow(peer):
        text = str(dice.random()).encode()
        assert (await peer.invoke(b"sleeps", b"0.5", text)).payload == text

    async def failing(peer):
        response = await peer.invoke(b"raises")
        assert (response.status, response.message) == (500, Refusal.CONTRACT_FAILED)

    async def hanging(peer):
        response = await peer.invoke(b"sleeps", b"3600")
        assert (response.status, response.message) == (500, Refusal.DEADLINE)

    async def abandoned(peer):
        """What a peer does whose own timeout strikes first: it forgets the transaction."""
        with pytest.raises(TimeoutError):
            await peer.invoke(b"sleeps", b"0.6", within_s=0.2)

    kinds = [own] * 120 + [slow] * 20 + [failing] * 20 + [hanging] * 20 + [abandoned] * 20
    dice.shuffle(kinds)
    async with serve(deadline_s=3.0) as server, FakePeer(server.port, **offer) as peer:
        peer.before_reply = jitter
        await asyncio.gather(*(kind(peer) for kind in kinds))
        await until(lambda: not server.running)
        assert (await peer.invoke(b"echo", b"alive")).payload == b"alive"
        assert peer.violations == []
        assert peer.kinds[ChaincodeMessage.COMPLETED] == 201
        assert len(peer.strays) == 20


async def test_three_peers_at_once_do_not_see_each_other(serve):
    async with serve() as server:
        peers = [
            FakePeer(server.port, reads_max=10, writes_max=10),
            FakePeer(server.port),
            FakePeer(server.port, reads_max=1),
        ]
        async with peers[0], peers[1], peers[2]:
            for number, peer in enumerate(peers):
                peer.state["key"] = str(number).encode()
            # The same proposals, with the same transaction ids, reach every endorsing peer.
            messages = [transaction_message(b"get", b"key") for _ in range(30)]
            runs = [peer.run(message) for message in messages for peer in peers]
            answers = [response.payload for response in await asyncio.gather(*runs)]
            assert answers == [b'["0"]', b'["1"]', b'["2"]'] * 30
        assert all(peer.violations == [] for peer in peers)


async def test_reconnecting_100_times_leaves_nothing_behind(serve):
    contract = Contract()
    async with serve(contract) as server:
        for _ in range(100):
            async with FakePeer(server.port, reads_max=10) as peer:
                hanging = asyncio.create_task(peer.invoke(b"sleeps", b"3600"))
                assert (await peer.invoke(b"echo", b"a")).payload == b"a"
                await until(lambda: server.running)
            with pytest.raises(ConnectionError):
                await hanging
        await until(lambda: not server.peers)
        await until(lambda: not any("Transaction" in repr(task) for task in asyncio.all_tasks()))
        assert contract.finished == 0


async def test_late_reply_is_dropped_when_the_transaction_is_over(serve):
    async with serve(deadline_s=0.2) as server, FakePeer(server.port) as peer:
        gate = asyncio.Event()
        peer.before_reply = lambda _message: gate.wait()
        message = transaction_message(b"get", b"key")
        assert (await peer.run(message)).message == Refusal.DEADLINE
        # The same proposal again, while the peer still owes the reply to the first run's question:
        # a question now would be dropped.
        assert (await peer.run(message)).message == Refusal.DUPLICATE
        gate.set()
        peer.before_reply = None
        peer.state["key"] = b"value"
        [stream] = server._streams
        await until(lambda: not stream._owed)
        again = await peer.run(message)
        assert again.payload == b'["value"]'
        assert peer.violations == []
