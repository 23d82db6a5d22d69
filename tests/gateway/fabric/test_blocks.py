"""A block taken apart: known hashes, every namespace's writes, and what anyone may have ordered."""

import pytest
from fabric_protos.common import common_pb2
from fabric_protos.peer import proposal_pb2

from gateway.fabric import BlockError, ValidationCode
from gateway.fabric.blocks import header_hash, parse_block
from gateway.fabric.envelopes import build_proposal
from tests.gateway.fabric.making import (
    TIME,
    answer,
    configuration_envelope,
    make_block,
    prepare,
)
from tests.gateway.fabric.members import OWN, member

VALID = ValidationCode.VALID
PREVIOUS = bytes(range(32))
DATA = bytes(range(255, 223, -1))


@pytest.mark.parametrize(
    ("number", "previous_hash", "expected"),
    [
        (0, b"", "c810d4292e54f7ec83c4cd2e269d003ce8d98f8217ad0515d995a3e15c9795b2"),
        (1, PREVIOUS, "272c67263e1f04c8d72d35f5500776bc08cfc3ccfc97507dc728c3c46995299f"),
        (127, PREVIOUS, "ff1567138d6ad1f49c628d8236b75986be50527d6cfe7ce4c1315bf71ed49faf"),
        (128, PREVIOUS, "62b68a85ab2b05ce94c3bca9b39ca2be9503c6187907c65c9073c7fb72514010"),
        (255, PREVIOUS, "c00a9bfd226378ade1f466058b261ca60f2244105c773b1c4dbe9812da8f5ba5"),
        (256, PREVIOUS, "a9e21770eea0901b9306126deecbeb2ea07896275d522df6dee61ea8d6761e11"),
        (2**31, PREVIOUS, "a8f4958f81908204d51638fdd96f9ecf6a895ad4c13c9afda497645ea4ceb2dd"),
        (2**64 - 1, PREVIOUS, "ee26eb1d8651d85d27ae3678557da6cd7a86000ab12f536b61b54ed592533e1e"),
        (7, bytes(300), "84aa98fdc2f861a991b060bb874dd164f2336d25f02bf6572b413238ace443a6"),
    ],
)
def test_header_hash_is_fabrics(number, previous_hash, expected):
    """Known answers: Fabric's own protoutil.BlockHeaderHash, v2.5.0.

    They cover each form of DER's integers and lengths: a leading zero, one byte, more bytes.
    """
    computed = header_hash(number=number, previous_hash=previous_hash, data_hash=DATA)
    assert computed.hex() == expected


def envelope(*args: bytes, **made) -> tuple[str, bytes]:
    """Return the transaction id and the bytes of an envelope as the orderers have it."""
    identity, _ = member()
    parts = build_proposal(
        channel="minori",
        chaincode="minori",
        args=args or (b"submit", b"wire"),
        creator=identity.creator,
    )
    prepared = prepare(proposal_pb2.SignedProposal(proposal_bytes=parts.proposal), **made)
    prepared.signature = b"client's"
    return parts.tx_id, prepared.SerializeToString()


def test_a_transaction_is_read_whole():
    writes = {"_lifecycle": {}, "minori": {"lot/1": b"{}", "lot/2": None}, "other": {"k": b"v"}}
    tx_id, one = envelope(b"submit", b"a", b"", payload=answer("ACCEPTED"), writes=writes)
    block = parse_block(make_block([one], [VALID], number=5))
    (transaction,) = block.transactions
    assert block.number == 5
    assert block.previous_hash == b"\x11" * 32
    assert transaction.id == tx_id
    assert transaction.code is VALID
    assert transaction.creator_msp_id == OWN
    assert transaction.chaincode == "minori"
    assert transaction.args == (b"submit", b"a", b"")
    assert transaction.status == 200
    assert transaction.payload == answer("ACCEPTED")
    assert transaction.writes == {
        "minori": {"lot/1": b"{}", "lot/2": None},
        "other": {"k": b"v"},
    }


def test_each_transaction_has_its_own_verdict():
    codes = [VALID, ValidationCode.MVCC_READ_CONFLICT, VALID]
    block = parse_block(make_block([envelope()[1] for _ in codes], codes))
    assert [transaction.code for transaction in block.transactions] == codes


def test_a_configuration_has_no_chaincode():
    (transaction,) = parse_block(make_block([configuration_envelope()], [VALID])).transactions
    assert transaction.chaincode is None
    assert transaction.args == ()
    assert transaction.timestamp_s == TIME


def test_the_first_block_needs_no_verdict():
    block = make_block([configuration_envelope()], [VALID], number=0, previous_hash=b"")
    del block.metadata.metadata[:]
    assert parse_block(block).transactions[0].code is VALID


def test_changed_data_are_refused():
    block = make_block([envelope()[1]], [VALID])
    block.data.data[0] += b"\x00"
    with pytest.raises(BlockError, match="do not match its header") as caught:
        parse_block(block)
    assert caught.value.number == 1


@pytest.mark.parametrize("codes", [[], [VALID, VALID]])
def test_a_verdict_too_few_or_too_many_is_refused(codes):
    with pytest.raises(BlockError, match=f"{len(codes)} verdicts on 1 transactions"):
        parse_block(make_block([envelope()[1]], codes))


def without_action() -> bytes:
    whole = common_pb2.Envelope.FromString(envelope()[1])
    payload = common_pb2.Payload.FromString(whole.payload)
    payload.data = b""
    return common_pb2.Envelope(payload=payload.SerializeToString()).SerializeToString()


MALFORMED = [
    b"\xff\xff",
    common_pb2.Envelope(payload=b"\xff").SerializeToString(),
    without_action(),
]


@pytest.mark.parametrize("data", MALFORMED)
def test_malformed_data_are_read_past_when_invalid(data):
    """Any member of the channel can have these ordered, and no reader may stop there for ever."""
    good_id, good = envelope()
    block = parse_block(make_block([data, good], [ValidationCode.BAD_PAYLOAD, VALID]))
    bad, other = block.transactions
    assert bad.code is ValidationCode.BAD_PAYLOAD
    assert bad.writes == {}
    assert other.id == good_id


@pytest.mark.parametrize("data", MALFORMED)
def test_malformed_data_are_refused_when_called_valid(data):
    with pytest.raises(BlockError, match="a valid transaction is malformed"):
        parse_block(make_block([data], [VALID]))


def test_an_empty_envelope_is_of_no_chaincode():
    """It is a well-formed message, of no kind."""
    block = parse_block(make_block([b""], [ValidationCode.NIL_ENVELOPE]))
    assert block.transactions[0].chaincode is None
