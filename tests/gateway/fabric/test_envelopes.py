"""What a client signs is what it asked for: a false Gateway peer hands it something else."""

import pytest
from fabric_protos.common import common_pb2
from fabric_protos.gateway import gateway_pb2
from fabric_protos.peer import proposal_pb2, transaction_pb2

from gateway.fabric import PreparedTransactionError, Stage
from gateway.fabric.envelopes import build_proposal, check_prepared
from tests.gateway.fabric.making import answer, prepare
from tests.gateway.fabric.members import member


def propose(*args: bytes, channel: str = "minori", chaincode: str = "minori", creator=None):
    identity, _ = member()
    return build_proposal(
        channel=channel,
        chaincode=chaincode,
        args=args or (b"submit", b"wire"),
        creator=identity.creator if creator is None else creator,
    )


def signed(parts) -> proposal_pb2.SignedProposal:
    return proposal_pb2.SignedProposal(proposal_bytes=parts.proposal, signature=b"s")


PROPOSED = propose()


def test_proposal_says_what_is_wanted():
    proposal = proposal_pb2.Proposal.FromString(PROPOSED.proposal)
    header = common_pb2.Header.FromString(proposal.header)
    channel = common_pb2.ChannelHeader.FromString(header.channel_header)
    extension = proposal_pb2.ChaincodeHeaderExtension.FromString(channel.extension)
    assert channel.type == common_pb2.ENDORSER_TRANSACTION
    assert (channel.channel_id, channel.tx_id) == ("minori", PROPOSED.tx_id)
    assert extension.chaincode_id.name == "minori"


def test_an_honest_transaction_is_accepted_with_its_result():
    envelope = prepare(
        signed(PROPOSED),
        payload=answer("ACCEPTED"),
        writes={"_lifecycle": {}, "minori": {"lot/1": b"{}", "lot/2": None}},
    )
    result = check_prepared(envelope.payload, PROPOSED)
    assert result.payload == answer("ACCEPTED")
    assert result.status == 200
    assert result.has_writes
    assert result.writes == {"minori": {"lot/1": b"{}", "lot/2": None}}


def test_a_transaction_that_only_reads_has_no_writes():
    envelope = prepare(signed(PROPOSED), writes={"_lifecycle": {}, "minori": {}})
    assert not check_prepared(envelope.payload, PROPOSED).has_writes


def with_second_action(envelope: common_pb2.Envelope) -> common_pb2.Envelope:
    payload = common_pb2.Payload.FromString(envelope.payload)
    transaction = transaction_pb2.Transaction.FromString(payload.data)
    transaction.actions.append(transaction.actions[0])
    payload.data = transaction.SerializeToString()
    return common_pb2.Envelope(payload=payload.SerializeToString())


def with_action_of(envelope: common_pb2.Envelope, other: common_pb2.Envelope):
    """Return the envelope with the actions of another under its own, right, headers."""
    payload = common_pb2.Payload.FromString(envelope.payload)
    payload.data = common_pb2.Payload.FromString(other.payload).data
    return common_pb2.Envelope(payload=payload.SerializeToString())


def with_foreign_call(envelope: common_pb2.Envelope, other: common_pb2.Envelope):
    """Return the envelope with another's call under its own headers and endorsements."""
    payload = common_pb2.Payload.FromString(envelope.payload)
    transaction = transaction_pb2.Transaction.FromString(payload.data)
    foreign = transaction_pb2.Transaction.FromString(
        common_pb2.Payload.FromString(other.payload).data
    )
    body = transaction_pb2.ChaincodeActionPayload.FromString(transaction.actions[0].payload)
    body.chaincode_proposal_payload = transaction_pb2.ChaincodeActionPayload.FromString(
        foreign.actions[0].payload
    ).chaincode_proposal_payload
    transaction.actions[0].payload = body.SerializeToString()
    payload.data = transaction.SerializeToString()
    return common_pb2.Envelope(payload=payload.SerializeToString())


HONEST = prepare(signed(PROPOSED))

FALSE = {
    "another transaction of mine": (prepare(signed(propose())), "another channel header"),
    "another channel": (prepare(signed(propose(channel="other"))), "another channel header"),
    "another signer": (
        prepare(signed(propose(creator=member("TownMSP")[0].creator))),
        "another channel header",
    ),
    "actions of another transaction": (
        with_action_of(HONEST, prepare(signed(propose()))),
        "another signer in the action",
    ),
    "other arguments": (
        with_foreign_call(HONEST, prepare(signed(propose(b"submit", b"another wire")))),
        "other arguments",
    ),
    "another function": (
        with_foreign_call(HONEST, prepare(signed(propose(b"steal", b"wire")))),
        "other arguments",
    ),
    "another chaincode called": (
        with_foreign_call(HONEST, prepare(signed(propose(chaincode="bank")))),
        "another chaincode",
    ),
    "another chaincode answered": (
        prepare(signed(PROPOSED), chaincode="bank"),
        "answered by another chaincode",
    ),
    "endorsed for another proposal": (
        prepare(signed(PROPOSED), proposal_hash=b"\x00" * 32),
        "endorsed for another proposal",
    ),
    "two actions": (with_second_action(HONEST), "2 actions"),
    "no endorsement": (prepare(signed(PROPOSED), endorsers=()), "no endorsement"),
    "an unsigned endorsement": (prepare(signed(PROPOSED), signature=b""), "without a signature"),
    "one endorser twice": (
        prepare(signed(PROPOSED), endorsers=(b"coop's peer", b"coop's peer")),
        "one endorser twice",
    ),
    "a refusal": (prepare(signed(PROPOSED), status=500), "the chaincode answered 500"),
    "nothing": (common_pb2.Envelope(), "another channel header"),
    "nonsense": (common_pb2.Envelope(payload=b"\xff\xff"), "malformed"),
}


@pytest.mark.parametrize(("envelope", "reason"), FALSE.values(), ids=FALSE.keys())
def test_a_false_transaction_is_refused(envelope, reason):
    with pytest.raises(PreparedTransactionError, match=reason) as caught:
        check_prepared(envelope.payload, PROPOSED)
    assert caught.value.tx_id == PROPOSED.tx_id


@pytest.mark.parametrize(("envelope", "_reason"), FALSE.values(), ids=FALSE.keys())
async def test_the_client_signs_nothing_false(contract, own, envelope, _reason):
    """The signer sees the proposal and, after a false answer, nothing else."""
    proposal = contract.new_proposal("submit", [b"wire"])
    messages: list[bytes] = []
    object.__setattr__(proposal._client, "signer", lambda message: messages.append(message) or b"")
    own.script[Stage.ENDORSE] = [
        lambda _request: gateway_pb2.EndorseResponse(prepared_transaction=envelope)
    ]
    with pytest.raises(PreparedTransactionError):
        await proposal.endorse()
    assert messages == [proposal._parts.proposal]
    assert own.submitted == []


async def test_an_envelope_that_is_signed_already_is_refused(contract, own):
    def endorse(request):
        envelope = prepare(request.proposed_transaction)
        envelope.signature = b"somebody's"
        return gateway_pb2.EndorseResponse(prepared_transaction=envelope)

    own.script[Stage.ENDORSE] = [endorse]
    with pytest.raises(PreparedTransactionError, match="signed already"):
        await contract.new_proposal("submit", [b"wire"]).endorse()
