"""Calls over a real connection: who is asked, for how long, and who is asked next."""

import asyncio
import time

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificate
from fabric_protos.common import common_pb2
from fabric_protos.gateway import gateway_pb2
from fabric_protos.msp import identities_pb2
from grpc import StatusCode

from gateway.fabric import (
    CommitError,
    CommitStatusError,
    Deadlines,
    EndorseError,
    ErrorDetail,
    Gateway,
    GatewayError,
    IdentityError,
    Outcome,
    Stage,
    SubmitError,
    ValidationCode,
)
from tests.gateway.fabric.fake_peer import HANG, Failure, FakePeer
from tests.gateway.fabric.making import answer
from tests.gateway.fabric.members import FOREIGN, OWN, member

pytestmark = pytest.mark.timeout(60)

UNAVAILABLE = Failure(StatusCode.UNAVAILABLE, "away")


def of_chaincode(message: str) -> Failure:
    return Failure(
        StatusCode.ABORTED,
        "failed to endorse transaction, see attached details for more info",
        (ErrorDetail(address="peer0.coop:7051", msp_id=OWN, message=message),),
    )


CHAINCODE_DOWN = of_chaincode("could not launch chaincode minori")
CHAINCODE_HANGS = of_chaincode("timeout expired while executing transaction")


def verify(signature: bytes, message: bytes) -> None:
    certificate = load_pem_x509_certificate(member()[0].certificate_pem)
    certificate.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256()))


async def test_submit_goes_from_proposal_to_commit(contract, own, chain):
    assert await contract.submit_transaction("submit", [b"wire"]) == answer("ACCEPTED")
    assert [stage for stage, _ in own.calls] == [Stage.ENDORSE, Stage.SUBMIT, Stage.COMMIT_STATUS]
    assert len(chain.blocks) == 2


async def test_every_message_is_signed(contract, own):
    await contract.submit_transaction("submit", [b"wire"])
    (_, endorse), (_, submit), (_, status) = own.calls
    verify(endorse.proposed_transaction.signature, endorse.proposed_transaction.proposal_bytes)
    verify(submit.prepared_transaction.signature, submit.prepared_transaction.payload)
    verify(status.signature, status.request)
    asked = gateway_pb2.CommitStatusRequest.FromString(status.request)
    assert asked.channel_id == "minori"
    assert asked.transaction_id == endorse.transaction_id == submit.transaction_id
    assert identities_pb2.SerializedIdentity.FromString(asked.identity).mspid == OWN


async def test_status_names_block_and_organisation(contract):
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    assert transaction.endorsed_by == OWN
    status = await (await transaction.submit()).status()
    assert (status.code, status.block_number, status.msp_id) == (ValidationCode.VALID, 1, OWN)


async def test_invalid_transaction_is_a_commit_error_and_no_grpc_error(contract, chain):
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    chain.verdicts[transaction.tx_id] = (ValidationCode.MVCC_READ_CONFLICT, 4)
    status = await transaction.commit().status()
    with pytest.raises(CommitError) as caught:
        status.raise_for_code()
    assert caught.value.outcome is Outcome.CONFLICT
    assert caught.value.block_number == 4
    assert not isinstance(caught.value, GatewayError)


async def test_endorsing_organisations_are_passed_on(contract, own):
    proposal = contract.new_proposal("submit", [b"wire"])
    await proposal.endorse(endorsing_organizations=[OWN])
    assert own.calls[0][1].endorsing_organizations == [OWN]


# Evaluate: the own organisation alone.


async def test_evaluate_asks_the_own_peer_for_the_own_organisation(contract, own):
    assert await contract.evaluate_transaction("query", [b"lot/1"]) == b'{"lot/1":null}'
    assert own.calls[0][1].target_organizations == [OWN]


@pytest.mark.parametrize("failure", [UNAVAILABLE, CHAINCODE_DOWN, HANG])
async def test_evaluate_never_goes_to_a_foreign_peer(contract, peers, own, failure):
    own.script[Stage.EVALUATE] = [failure]
    with pytest.raises(GatewayError):
        await contract.evaluate_transaction("query", [b"lot/1"])
    assert [peer.count(Stage.EVALUATE) for peer in peers] == [1, 0, 0]


async def test_evaluate_never_goes_to_a_foreign_peer_when_the_own_is_gone(contract, peers, own):
    await own.stop()
    with pytest.raises(GatewayError) as caught:
        await contract.evaluate_transaction("query", [b"lot/1"])
    assert caught.value.outcome is Outcome.UNREACHABLE
    assert [peer.count(Stage.EVALUATE) for peer in peers] == [0, 0, 0]


async def test_evaluate_goes_to_a_second_peer_of_the_own_organisation(chain, own):
    second = await FakePeer(OWN, chain).start()
    identity, signer = member()
    own.script[Stage.EVALUATE] = [UNAVAILABLE]
    async with Gateway(
        identity=identity, signer=signer, peers=[own.address, second.address]
    ) as gateway:
        contract = gateway.network("minori").contract("minori")
        assert await contract.evaluate_transaction("query", [b"lot/1"])
    assert second.count(Stage.EVALUATE) == 1
    await second.stop()


# Falling over to a foreign peer.


async def test_submit_uses_foreign_peers_while_the_own_is_gone(contract, own, foreign):
    await own.stop()
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    assert transaction.endorsed_by == FOREIGN
    status = await (await transaction.submit()).status()
    assert status.msp_id == FOREIGN
    assert [stage for stage, _ in foreign.calls] == [
        Stage.ENDORSE,
        Stage.SUBMIT,
        Stage.COMMIT_STATUS,
    ]


@pytest.mark.parametrize(
    "failure",
    [
        CHAINCODE_DOWN,
        CHAINCODE_HANGS,
        Failure(StatusCode.FAILED_PRECONDITION, "no combination of peers can be derived which"),
    ],
)
async def test_endorse_falls_over_from_a_peer_that_cannot(contract, own, foreign, failure):
    own.script[Stage.ENDORSE] = [failure]
    await contract.new_proposal("submit", [b"wire"]).endorse()
    assert (own.count(Stage.ENDORSE), foreign.count(Stage.ENDORSE)) == (1, 1)


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (
            Failure(
                StatusCode.ABORTED,
                "failed to endorse transaction",
                (ErrorDetail(address="a", msp_id=OWN, message="chaincode response 400, NO"),),
            ),
            Outcome.CHAINCODE_REFUSED,
        ),
        (
            Failure(StatusCode.UNAVAILABLE, "proposal client identity expired"),
            Outcome.CALLER_REFUSED,
        ),
        (
            Failure(StatusCode.UNKNOWN, "too many requests, exceeding concurrency limit (500)"),
            Outcome.OVERLOADED,
        ),
        (HANG, Outcome.TIMED_OUT),
    ],
    ids=["chaincode", "caller", "overload", "deadline"],
)
async def test_endorse_does_not_fall_over_where_it_would_not_help(
    contract, own, foreign, failure, outcome
):
    own.script[Stage.ENDORSE] = [failure]
    with pytest.raises(EndorseError) as caught:
        await contract.new_proposal("submit", [b"wire"]).endorse()
    assert caught.value.outcome is outcome
    assert foreign.calls == []


async def test_submit_sends_the_same_envelope_to_the_next_peer(contract, own, foreign):
    own.script[Stage.SUBMIT] = [UNAVAILABLE]
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    await transaction.submit()
    (_, _), (_, to_own) = own.calls
    ((_, to_foreign),) = foreign.calls
    assert to_own == to_foreign


async def test_an_unclear_submit_stays_unclear_whatever_the_next_peer_says(contract, peers):
    own, shops, town = peers
    own.script[Stage.SUBMIT] = [UNAVAILABLE]
    shops.script[Stage.SUBMIT] = [Failure(StatusCode.PERMISSION_DENIED, "go away")]
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    with pytest.raises(SubmitError) as caught:
        await transaction.submit()
    assert caught.value.outcome is Outcome.UNANSWERED
    assert town.count(Stage.SUBMIT) == 0


async def test_the_failure_that_settled_it_is_the_one_raised(contract, own, foreign):
    own.script[Stage.ENDORSE] = [UNAVAILABLE]
    details = (ErrorDetail(address="a", msp_id=FOREIGN, message="chaincode response 400, NO"),)
    foreign.script[Stage.ENDORSE] = [Failure(StatusCode.ABORTED, "failed", details)]
    with pytest.raises(EndorseError) as caught:
        await contract.new_proposal("submit", [b"wire"]).endorse()
    assert caught.value.chaincode_response == (400, "NO")


async def test_a_peer_that_hung_is_tried_last_until_it_answers(contract, own, foreign):
    own.script[Stage.ENDORSE] = [HANG]
    with pytest.raises(EndorseError):
        await contract.new_proposal("submit", [b"wire"]).endorse()
    for _ in range(3):
        await contract.new_proposal("submit", [b"wire"]).endorse()
    assert (own.count(Stage.ENDORSE), foreign.count(Stage.ENDORSE)) == (1, 3)
    await contract.evaluate_transaction("query", [b"lot/1"])
    await contract.new_proposal("submit", [b"wire"]).endorse()
    assert (own.count(Stage.ENDORSE), foreign.count(Stage.ENDORSE)) == (2, 3)


async def test_a_peer_whose_chaincode_hangs_is_spared_for_a_while(contract, own, foreign):
    own.script[Stage.ENDORSE] = [CHAINCODE_HANGS]
    for _ in range(3):
        await contract.new_proposal("submit", [b"wire"]).endorse()
    assert (own.count(Stage.ENDORSE), foreign.count(Stage.ENDORSE)) == (1, 3)


async def test_a_peer_that_refuses_connections_is_tried_first_each_time(contract, own, foreign):
    """It costs nothing, and its return is noticed at once."""
    own.script[Stage.ENDORSE] = [UNAVAILABLE]
    for _ in range(3):
        await contract.new_proposal("submit", [b"wire"]).endorse()
    assert (own.count(Stage.ENDORSE), foreign.count(Stage.ENDORSE)) == (3, 1)


async def test_a_restarted_peer_is_found_again(contract, own):
    await contract.evaluate_transaction("query", [b"lot/1"])
    await own.stop()
    with pytest.raises(GatewayError):
        await contract.evaluate_transaction("query", [b"lot/1"])
    await own.start()
    async with asyncio.timeout(10):
        while True:
            try:
                await contract.evaluate_transaction("query", [b"lot/1"])
            except GatewayError:
                await asyncio.sleep(0.02)
            else:
                return


async def test_without_a_peer_of_its_own_an_organisation_cannot_evaluate(foreign):
    identity, signer = member()
    async with Gateway(identity=identity, signer=signer, peers=[foreign.address]) as gateway:
        with pytest.raises(GatewayError, match="no peer to call"):
            await gateway.network("minori").contract("minori").evaluate_transaction("query")
    assert foreign.calls == []


# Deadlines.


@pytest.mark.parametrize("stage", [Stage.EVALUATE, Stage.ENDORSE])
async def test_a_hanging_call_ends_at_its_deadline(peers, stage):
    own = peers[0]
    own.script[stage] = [HANG]
    started = time.monotonic()
    async with short_deadlines(own) as gateway:
        contract = gateway.network("minori").contract("minori")
        proposal = contract.new_proposal("query", [b"lot/1"])
        with pytest.raises(GatewayError) as caught:
            await (proposal.evaluate() if stage is Stage.EVALUATE else proposal.endorse())
    assert caught.value.code is StatusCode.DEADLINE_EXCEEDED
    assert 0.25 < time.monotonic() - started < 2


@pytest.mark.parametrize("stage", [Stage.SUBMIT, Stage.COMMIT_STATUS])
async def test_a_hanging_submit_is_unclear_at_its_deadline(peers, stage):
    own = peers[0]
    own.script[stage] = [HANG]
    async with short_deadlines(own) as gateway:
        contract = gateway.network("minori").contract("minori")
        with pytest.raises(SubmitError if stage is Stage.SUBMIT else CommitStatusError) as caught:
            await contract.submit_transaction("submit", [b"wire"])
    assert caught.value.outcome is Outcome.UNANSWERED


async def test_each_call_has_the_deadline_of_the_settings():
    deadlines = Deadlines()
    assert (deadlines.evaluate_s, deadlines.endorse_s) == (5, 15)
    assert (deadlines.submit_s, deadlines.commit_status_s) == (10, 5)


async def test_commit_status_asks_the_others_when_the_own_peer_is_silent(contract, own):
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    commit = await transaction.submit()
    own.script[Stage.COMMIT_STATUS] = [HANG]
    assert (await commit.status()).msp_id == FOREIGN


async def test_commit_status_of_the_own_peer_alone_asks_no_other(contract, peers, own):
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    commit = await transaction.submit()
    own.script[Stage.COMMIT_STATUS] = [UNAVAILABLE]
    with pytest.raises(CommitStatusError):
        await commit.status(own_only=True)
    assert [peer.count(Stage.COMMIT_STATUS) for peer in peers] == [1, 0, 0]


async def test_the_commit_status_of_an_unclear_transaction_is_asked_by_its_id(own, foreign):
    """By another gateway, later: all that is left is the id in the error."""
    own.script[Stage.COMMIT_STATUS] = [UNAVAILABLE]
    async with short_deadlines(own) as gateway:
        contract = gateway.network("minori").contract("minori")
        with pytest.raises(CommitStatusError) as caught:
            await contract.submit_transaction("submit", [b"wire"])
    assert caught.value.outcome is Outcome.UNANSWERED
    assert caught.value.tx_id in str(caught.value)
    async with short_deadlines(foreign, own) as gateway:
        network = gateway.network("minori")
        status = await network.commit_status(caught.value.tx_id)
        assert (status.successful, status.block_number, status.msp_id) == (True, 1, OWN)
        assert (await network.commit_status(status.tx_id, own_only=True)).successful


async def test_the_commit_status_of_an_invalid_transaction_says_so(gateway, chain):
    chain.verdicts["7f" * 32] = (ValidationCode.MVCC_READ_CONFLICT, 4)
    status = await gateway.network("minori").commit_status("7f" * 32)
    assert (status.successful, status.code) == (False, ValidationCode.MVCC_READ_CONFLICT)


async def test_the_commit_status_of_what_was_never_ordered_stays_unknown(peers):
    async with short_deadlines(*peers) as gateway:
        with pytest.raises(CommitStatusError) as caught:
            await gateway.network("minori").commit_status("7f" * 32)
    assert caught.value.outcome is Outcome.UNANSWERED
    assert caught.value.tx_id == "7f" * 32


def short_deadlines(*peers: FakePeer) -> Gateway:
    identity, signer = member()
    return Gateway(
        identity=identity,
        signer=signer,
        peers=[peer.address for peer in peers],
        deadlines=Deadlines(evaluate_s=0.3, endorse_s=0.3, submit_s=0.3, commit_status_s=0.3),
    )


# Errors, sizes, the end.


async def test_an_error_keeps_what_each_peer_said(contract, own):
    details = (
        ErrorDetail(address="peer0.coop:7051", msp_id=OWN, message="chaincode response 400, NO"),
        ErrorDetail(address="peer0.coop:7051", msp_id=OWN, message="chaincode response 400, NO"),
        ErrorDetail(
            address="peer0.shops:7051", msp_id=FOREIGN, message="chaincode response 400, NO"
        ),
    )
    own.script[Stage.ENDORSE] = [Failure(StatusCode.ABORTED, "see details", details)]
    proposal = contract.new_proposal("submit", [b"wire"])
    with pytest.raises(EndorseError) as caught:
        await proposal.endorse()
    error = caught.value
    assert error.details == details
    assert error.tx_id == proposal.tx_id
    assert error.address == own.address.address
    assert str(error).count("peer0.coop") == 1
    assert str(error).count("peer0.shops") == 1


async def test_malformed_details_are_no_details(contract, own):
    own.script[Stage.EVALUATE] = [Failure(StatusCode.ABORTED, raw_details=b"\xff\xff\xff")]
    with pytest.raises(GatewayError) as caught:
        await contract.evaluate_transaction("query", [b"lot/1"])
    assert caught.value.details == ()


async def test_answers_beyond_grpcs_usual_limit_are_read(contract, own):
    def evaluate(_request):
        response = gateway_pb2.EvaluateResponse()
        response.result.payload = bytes(6 * 1024 * 1024)
        return response

    own.script[Stage.EVALUATE] = [evaluate]
    assert len(await contract.evaluate_transaction("query", [b"lot/1"])) == 6 * 1024 * 1024


async def test_nothing_is_sent_with_an_expired_certificate(own):
    identity, signer = member(days_left=-1)
    async with Gateway(identity=identity, signer=signer, peers=[own.address]) as gateway:
        with pytest.raises(IdentityError, match="expired"):
            await gateway.network("minori").contract("minori").evaluate_transaction("query")
    assert own.calls == []


async def test_closing_ends_calls_under_way_with_an_error(contract, gateway, own):
    """Not with the cancellation that grpc makes of it: nobody cancelled the waiting task."""
    own.script[Stage.EVALUATE] = [HANG]
    call = asyncio.create_task(contract.evaluate_transaction("query", [b"lot/1"]))
    await own.called.wait()
    await gateway.close()
    with pytest.raises(GatewayError, match="closed"):
        await call
    with pytest.raises(GatewayError, match="closed"):
        await contract.evaluate_transaction("query", [b"lot/1"])


async def test_a_cancelled_task_is_cancelled(contract, own):
    own.script[Stage.EVALUATE] = [HANG]
    call = asyncio.create_task(contract.evaluate_transaction("query", [b"lot/1"]))
    await own.called.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_one_envelope_submitted_often_is_valid_once(contract, own, foreign, chain):
    transaction = await contract.new_proposal("submit", [b"wire"]).endorse()
    await asyncio.gather(*(transaction.submit() for _ in range(20)))
    assert len(set(own.submitted + foreign.submitted)) == 1
    filters = [block.metadata.metadata[common_pb2.TRANSACTIONS_FILTER] for block in chain.blocks]
    assert b"".join(filters).count(ValidationCode.VALID) == 2  # one of them the configuration
    assert (await transaction.commit().status()).code is ValidationCode.VALID
