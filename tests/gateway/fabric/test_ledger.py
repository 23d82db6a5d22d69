"""The ledger port on Fabric: what a gateway gets to know of each thing that can happen."""

import asyncio
import json
from contextlib import aclosing

import pytest
from fabric_protos.gateway import gateway_pb2
from fabric_protos.peer import chaincode_pb2, proposal_pb2
from grpc import StatusCode

from gateway.fabric import (
    Deadlines,
    ErrorDetail,
    Gateway,
    IdentityError,
    Outcome,
    Stage,
    ValidationCode,
)
from gateway.fabric.envelopes import build_proposal
from gateway.ledgers.on_fabric import _ERRORS, FabricLedger
from gateway.ledgers.port import (
    Block,
    LedgerConflictError,
    LedgerError,
    LedgerRefusedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    TransactionTooLargeError,
)
from tests.gateway.fabric.fake_peer import HANG, Failure
from tests.gateway.fabric.making import TIME, answer, configuration_envelope, prepare
from tests.gateway.fabric.members import OWN, member

pytestmark = pytest.mark.timeout(60)

UNAVAILABLE = Failure(StatusCode.UNAVAILABLE, "away")
NO_LEADER = Failure(StatusCode.UNAVAILABLE, "no orderers could successfully process transaction")


def behind(message: str, code: StatusCode = StatusCode.ABORTED) -> Failure:
    """Return a failure of a peer behind the called one."""
    return Failure(code, "see details", (ErrorDetail(address="a", msp_id=OWN, message=message),))


def endorsed(*codes: str, writes=None, payload: bytes | None = None):
    """Return an answer to Endorse with one result per code."""

    def endorse(request):
        return gateway_pb2.EndorseResponse(
            prepared_transaction=prepare(
                request.proposed_transaction,
                payload=answer(*codes) if payload is None else payload,
                writes=writes,
            )
        )

    return endorse


def verdict(code: ValidationCode, block_number: int = 7):
    return lambda _request: gateway_pb2.CommitStatusResponse(result=code, block_number=block_number)


@pytest.fixture
def stages() -> list[Stage]:
    return []


@pytest.fixture
async def ledger(peers, stages):
    async def on_stage(stage: Stage, _tx_id: str) -> None:
        stages.append(stage)

    identity, signer = member()
    gateway = Gateway(
        identity=identity,
        signer=signer,
        peers=[peer.address for peer in peers],
        deadlines=Deadlines(evaluate_s=0.5, endorse_s=0.5, submit_s=0.5, commit_status_s=0.2),
    )
    ledger = FabricLedger(
        gateway,
        channel="minori",
        chaincode="minori",
        on_stage=on_stage,
        settle_s=1.0,
        patience_s=0.3,
    )
    yield ledger
    await ledger.close()


async def test_receipt_of_a_committed_transaction(ledger, own, stages):
    own.script[Stage.ENDORSE] = [endorsed("ACCEPTED", "ROLE_MISSING")]
    receipt = await ledger.submit([b"one", b"two"])
    assert receipt.block_number == 1
    assert receipt.time == TIME
    assert [result["code"] for result in receipt.results] == ["ACCEPTED", "ROLE_MISSING"]
    assert receipt.tx_id == own.calls[0][1].transaction_id
    assert stages == [Stage.ENDORSE, Stage.SUBMIT, Stage.COMMIT_STATUS]


async def test_nothing_is_ordered_when_no_command_is_taken(ledger, own, stages):
    own.script[Stage.ENDORSE] = [endorsed("BAD_SIGNATURE", writes={"_lifecycle": {}, "minori": {}})]
    receipt = await ledger.submit([b"wire"])
    assert receipt.block_number == -1
    assert [result["code"] for result in receipt.results] == ["BAD_SIGNATURE"]
    assert (own.submitted, stages) == ([], [])


async def test_a_foreign_peer_alone_cannot_say_that_no_command_is_taken(ledger, own, foreign):
    await own.stop()
    foreign.script[Stage.ENDORSE] = [endorsed("BAD_SIGNATURE", writes={"minori": {}})]
    with pytest.raises(LedgerUnavailableError, match="foreign"):
        await ledger.submit([b"wire"])


async def submitted_call(ledger, own, **options) -> list[bytes]:
    await ledger.submit([b"one", b"two"], **options)
    proposal = proposal_pb2.Proposal.FromString(own.calls[0][1].proposed_transaction.proposal_bytes)
    payload = proposal_pb2.ChaincodeProposalPayload.FromString(proposal.payload)
    invocation = chaincode_pb2.ChaincodeInvocationSpec.FromString(payload.input)
    return list(invocation.chaincode_spec.input.args)


async def test_submit_calls_submit_with_the_commands(ledger, own):
    assert await submitted_call(ledger, own) == [b"submit", b"one", b"two"]


async def test_submit_at_calls_submit_at_with_the_time_first(ledger, own):
    call = await submitted_call(ledger, own, at=1_700_000_000)
    assert call == [b"submit_at", b"1700000000", b"one", b"two"]


# Unclear outcomes: the same envelope again, then the truth.


@pytest.mark.parametrize("failure", [UNAVAILABLE, NO_LEADER], ids=["peer", "orderers"])
async def test_an_unclear_submit_is_repeated_with_the_same_envelope(ledger, peers, chain, failure):
    for peer in peers:
        peer.script[Stage.SUBMIT] = [failure]
    receipt = await ledger.submit([b"wire"])
    assert receipt.block_number == 1
    assert [peer.count(Stage.ENDORSE) for peer in peers] == [1, 0, 0]
    assert len(chain.blocks) == 2


async def test_a_submit_that_arrived_unseen_takes_effect_once(ledger, own, chain):
    """The orderers have the envelope, the answer is lost: a second occurrence is a duplicate."""

    async def lose_the_answer(request) -> Failure:
        await own.submit(request)
        return UNAVAILABLE

    own.script[Stage.SUBMIT] = [lose_the_answer]
    receipt = await ledger.submit([b"wire"])
    assert receipt.block_number == 1
    assert len(chain.blocks) == 3
    assert list(chain.verdicts) == [receipt.tx_id]


async def test_an_envelope_that_orderers_lost_is_submitted_again(ledger, peers, own):
    own.script[Stage.SUBMIT] = [lambda _request: gateway_pb2.SubmitResponse()]
    receipt = await ledger.submit([b"wire"])
    assert receipt.block_number == 1
    lost, taken = [call for stage, call in own.calls if stage is Stage.SUBMIT]
    assert lost == taken
    assert sum(peer.count(Stage.ENDORSE) for peer in peers) == 1


async def test_an_overloaded_peer_is_asked_again_without_submitting_again(ledger, own):
    overload = Failure(StatusCode.UNKNOWN, "too many requests, exceeding concurrency limit (500)")
    own.script[Stage.COMMIT_STATUS] = [overload, overload]
    assert (await ledger.submit([b"wire"])).block_number == 1
    assert (own.count(Stage.SUBMIT), own.count(Stage.COMMIT_STATUS)) == (1, 3)


async def test_an_outcome_that_stays_unclear_is_unknown(ledger, peers):
    for peer in peers:
        peer.script[Stage.SUBMIT] = [UNAVAILABLE] * 1000
    with pytest.raises(OutcomeUnknownError):
        await ledger.submit([b"wire"])


async def test_orderers_that_were_never_reached_leave_no_doubt(ledger, peers):
    for peer in peers:
        peer.script[Stage.SUBMIT] = [
            Failure(StatusCode.UNAVAILABLE, "no orderer nodes available")
        ] * 1000
    with pytest.raises(LedgerUnavailableError):
        await ledger.submit([b"wire"])


async def test_a_duplicate_is_not_the_verdict_on_the_first(ledger, own):
    own.script[Stage.COMMIT_STATUS] = [verdict(ValidationCode.DUPLICATE_TXID)]
    assert (await ledger.submit([b"wire"])).block_number == 1
    assert own.count(Stage.SUBMIT) == 1


async def test_a_foreign_word_is_not_enough_for_a_receipt(ledger, own, foreign):
    """The own peer is away after the submit: the receipt waits until it is back."""
    own.script[Stage.COMMIT_STATUS] = [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]
    receipt = await ledger.submit([b"wire"])
    assert receipt.block_number == 1
    assert foreign.count(Stage.COMMIT_STATUS) == 1
    assert own.count(Stage.COMMIT_STATUS) == 4
    assert own.count(Stage.SUBMIT) == 1


async def test_a_foreign_word_alone_leaves_the_outcome_unknown(ledger, own, stages):
    await own.stop()
    with pytest.raises(OutcomeUnknownError, match="foreign"):
        await ledger.submit([b"wire"])
    assert stages == [Stage.ENDORSE, Stage.SUBMIT]


# Failures, by the port's leaves.


@pytest.mark.parametrize(
    ("code", "leaf", "tries"),
    [
        (ValidationCode.MVCC_READ_CONFLICT, LedgerConflictError, 1),
        (ValidationCode.PHANTOM_READ_CONFLICT, LedgerConflictError, 1),
        (ValidationCode.ENDORSEMENT_POLICY_FAILURE, LedgerUnavailableError, 2),
        (ValidationCode.INVALID_CHAINCODE, LedgerUnavailableError, 2),
        (ValidationCode.BAD_CREATOR_SIGNATURE, LedgerUnavailableError, 1),
    ],
)
async def test_a_verdict_becomes_a_leaf_of_the_port(ledger, own, code, leaf, tries):
    own.script[Stage.COMMIT_STATUS] = [verdict(code)] * 10
    with pytest.raises(leaf):
        await ledger.submit([b"wire"])
    assert own.count(Stage.ENDORSE) == tries


@pytest.mark.parametrize(
    ("failure", "leaf", "tries"),
    [
        (behind("ProposalResponsePayloads do not match"), LedgerConflictError, 4),
        (behind("chaincode response 500, VERSION_MISSING"), LedgerUnavailableError, 1),
        (behind("chaincode response 500, DEADLINE"), TransactionTooLargeError, 1),
        (behind("chaincode response 500, BUSY"), LedgerUnavailableError, 1),
        (behind("chaincode response 400, CLOCK_SKEW"), LedgerUnavailableError, 1),
        (behind("chaincode response 500, CONTRACT_FAILED"), LedgerRefusedError, 1),
        (behind("chaincode response 400, NOT_DEMO"), LedgerRefusedError, 1),
        (behind("proposal client identity expired"), LedgerUnavailableError, 1),
        (HANG, LedgerUnavailableError, 2),
    ],
)
async def test_a_failed_endorsement_becomes_a_leaf_of_the_port(ledger, own, failure, leaf, tries):
    own.script[Stage.ENDORSE] = [failure] * 10
    with pytest.raises(leaf):
        await ledger.submit([b"wire"])
    assert own.count(Stage.ENDORSE) == tries


async def test_a_chaincode_that_hangs_everywhere_is_an_outage_and_no_command_s_fault(ledger, peers):
    for peer in peers:
        peer.script[Stage.ENDORSE] = [behind("timeout expired while executing transaction")]
    with pytest.raises(LedgerUnavailableError):
        await ledger.submit([b"wire"])
    assert [peer.count(Stage.ENDORSE) for peer in peers] == [1, 1, 1]


@pytest.mark.parametrize(
    ("said", "leaf"),
    [
        (
            "BAD_REQUEST, info=message payload is 11 bytes and exceeds maximum allowed 10 bytes",
            TransactionTooLargeError,
        ),
        # The gateway's own rights: no command's fault.
        ("FORBIDDEN, info=implicit policy evaluation failed", LedgerUnavailableError),
    ],
)
async def test_a_refusal_of_the_orderers_becomes_a_leaf_of_the_port(ledger, own, said, leaf):
    refusal = f"received unsuccessful response from orderer: status={said}"
    own.script[Stage.SUBMIT] = [Failure(StatusCode.ABORTED, refusal)]
    with pytest.raises(leaf):
        await ledger.submit([b"wire"])


async def test_a_mismatch_that_heals_is_not_seen(ledger, own):
    own.script[Stage.ENDORSE] = [behind("ProposalResponsePayloads do not match")] * 3
    assert (await ledger.submit([b"wire"])).block_number == 1
    ids = [call.transaction_id for stage, call in own.calls if stage is Stage.ENDORSE]
    assert len(set(ids)) == 4  # each a new proposal


async def test_details_are_kept_for_the_log(ledger, own):
    own.script[Stage.ENDORSE] = [behind("chaincode response 400, NOT_DEMO")]
    with pytest.raises(LedgerRefusedError) as caught:
        await ledger.submit([b"wire"])
    assert caught.value.details == ("CoopMSP a: chaincode response 400, NOT_DEMO",)


async def test_a_false_transaction_is_not_signed_and_nothing_ordered(ledger, peers, own):
    def endorse(request):
        false = prepare(request.proposed_transaction, proposal_hash=b"\x00" * 32)
        return gateway_pb2.EndorseResponse(prepared_transaction=false)

    own.script[Stage.ENDORSE] = [endorse]
    with pytest.raises(LedgerUnavailableError, match="refused"):
        await ledger.submit([b"wire"])
    assert all(peer.submitted == [] for peer in peers)


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"time": "1", "results": []}', b"\xff"])
async def test_an_answer_that_is_not_the_contracts_is_refused(ledger, own, payload):
    own.script[Stage.ENDORSE] = [endorsed(payload=payload)]
    with pytest.raises(LedgerRefusedError, match="not the contract's"):
        await ledger.submit([b"wire"])
    assert own.submitted == []


def test_every_outcome_has_a_leaf():
    assert set(_ERRORS) == set(Outcome)
    assert all(issubclass(leaf, LedgerError) for leaf in _ERRORS.values())


async def test_an_exception_of_the_hook_ends_the_submit(gateway, own):
    """As the end of the process does, which is what fault tests use the hook for."""

    class KilledError(Exception):
        pass

    async def on_stage(stage: Stage, _tx_id: str) -> None:
        if stage is Stage.SUBMIT:
            raise KilledError

    ledger = FabricLedger(gateway, channel="minori", chaincode="minori", on_stage=on_stage)
    with pytest.raises(KilledError):
        await ledger.submit([b"wire"])
    assert own.count(Stage.COMMIT_STATUS) == 0


# Reading.


async def test_query_returns_the_state_of_the_own_peer(ledger, own):
    assert await ledger.query(["lot/1"]) == {"lot/1": None}
    assert own.count(Stage.EVALUATE) == 1


async def test_query_is_tried_again_where_the_peer_failed(ledger, own):
    own.script[Stage.EVALUATE] = [behind("chaincode stream terminated")] * 2
    assert await ledger.query(["lot/1"]) == {"lot/1": None}


async def test_query_gives_up(ledger, own, foreign):
    own.script[Stage.EVALUATE] = [behind("chaincode stream terminated")] * 10
    with pytest.raises(LedgerUnavailableError):
        await ledger.query(["lot/1"])
    assert own.count(Stage.EVALUATE) == 3
    assert foreign.calls == []


async def test_height_is_the_number_of_blocks(ledger, own):
    assert await ledger.height() == 1
    await own.stop()
    with pytest.raises(LedgerUnavailableError):
        await ledger.height()


async def blocks(ledger, start: int, count: int) -> list[Block]:
    events = ledger.blocks(start)
    async with aclosing(events), asyncio.timeout(10):
        return [await anext(events) for _ in range(count)]


async def test_blocks_show_commands_results_and_writes(ledger, own):
    own.script[Stage.ENDORSE] = [
        endorsed("ACCEPTED", writes={"_lifecycle": {"x": b"y"}, "minori": {"lot/1": b"{}"}}),
        endorsed("ACCEPTED", "ROLE_MISSING", writes={"minori": {"lot/2": b"{}"}}),
    ]
    first = await ledger.submit([b"one"])
    second = await ledger.submit([b"two", b"three"], at=TIME)
    configuration, one, two = await blocks(ledger, 0, 3)
    assert configuration.previous_hash == ""
    assert [block.number for block in (configuration, one, two)] == [0, 1, 2]
    assert one.previous_hash == configuration.hash
    (transaction,) = one.transactions
    assert (transaction.id, transaction.time, transaction.valid) == (first.tx_id, TIME, True)
    assert transaction.commands == (b"one",)
    assert transaction.results == first.results
    assert transaction.writes == {"lot/1": b"{}"}
    (transaction,) = two.transactions
    assert transaction.commands == (b"two", b"three")
    assert transaction.results == second.results


async def test_a_configuration_has_an_id_and_no_commands(ledger):
    (block,) = await blocks(ledger, 0, 1)
    (transaction,) = block.transactions
    assert len(transaction.id) == 64
    assert transaction.time == TIME
    assert (transaction.commands, transaction.results, transaction.writes) == ((), (), {})


async def committed(ledger, own, chain, *, code, **made) -> Block:
    """Submit a transaction, and return the block in which peers judged it so."""
    own.hold_blocks = True
    own.script[Stage.COMMIT_STATUS] = [verdict(ValidationCode.VALID)]
    if made:
        own.script[Stage.ENDORSE] = [endorsed(**made)]
    await ledger.submit([b"wire"])
    await chain.append(own.submitted[-1], codes=(code,))
    (block,) = await blocks(ledger, 1, 1)
    return block


async def test_an_invalid_transaction_has_no_writes(ledger, own, chain):
    block = await committed(ledger, own, chain, code=ValidationCode.MVCC_READ_CONFLICT)
    (transaction,) = block.transactions
    assert not transaction.valid
    assert transaction.commands == (b"wire",)
    assert transaction.writes == {}


async def test_another_number_of_results_than_commands_shows_neither(ledger, own, chain):
    payload = json.dumps({"time": TIME, "results": []}).encode()
    block = await committed(
        ledger, own, chain, code=ValidationCode.BAD_RESPONSE_PAYLOAD, payload=payload
    )
    (transaction,) = block.transactions
    assert (transaction.commands, transaction.results) == ((), ())


def submitted_envelope(*args: bytes, chaincode: str = "minori", **made) -> bytes:
    """Return the bytes of an envelope as any member of the channel can have it ordered."""
    parts = build_proposal(
        channel="minori", chaincode=chaincode, args=args, creator=member()[0].creator
    )
    signed = proposal_pb2.SignedProposal(proposal_bytes=parts.proposal)
    return prepare(signed, **made).SerializeToString()


@pytest.mark.parametrize(
    "envelope",
    [
        submitted_envelope(b"submit", b"wire", chaincode="bank", payload=answer("ACCEPTED")),
        submitted_envelope(b"query", b"lot/1"),
        submitted_envelope(b"submit", b"wire", payload=b"odd"),
        submitted_envelope(b"submit_at"),
        submitted_envelope(),
    ],
    ids=["another chaincode", "another function", "another answer", "no time", "no function"],
)
async def test_what_is_no_batch_of_commands_has_none(ledger, chain, envelope):
    await chain.append(envelope, codes=(ValidationCode.VALID,))
    (block,) = await blocks(ledger, 1, 1)
    (transaction,) = block.transactions
    assert (transaction.commands, transaction.results) == ((), ())


async def test_another_chaincodes_writes_are_not_ours(ledger, chain):
    writes = {"bank": {"lot/1": b"theirs"}, "minori": {"lot/2": b"ours", "lot/3": None}}
    envelope = submitted_envelope(b"pay", chaincode="bank", writes=writes)
    await chain.append(envelope, codes=(ValidationCode.VALID,))
    (block,) = await blocks(ledger, 1, 1)
    assert block.transactions[0].writes == {"lot/2": b"ours", "lot/3": b""}


async def test_data_that_are_no_transaction_do_not_stop_the_blocks(ledger, chain):
    await chain.append(b"\xff\xff", codes=(ValidationCode.BAD_PAYLOAD,))
    await chain.append(configuration_envelope(), codes=(ValidationCode.VALID,))
    bad, good = await blocks(ledger, 1, 2)
    assert len(bad.transactions[0].id) == 64
    assert not bad.transactions[0].valid
    assert good.number == 2


async def test_blocks_end_when_the_own_peer_stays_away(ledger, own):
    await own.stop()
    with pytest.raises(LedgerUnavailableError):
        await blocks(ledger, 0, 1)


async def test_a_broken_chain_is_not_something_to_wait_for(ledger, own, chain):
    await chain.append(configuration_envelope(), codes=(ValidationCode.VALID,))
    own.replace_block = lambda _block: chain.blocks[1]
    with pytest.raises(LedgerError) as caught:
        await blocks(ledger, 0, 1)
    assert not isinstance(caught.value, LedgerUnavailableError)


async def test_an_expired_identity_leaves_the_ledger_unavailable(ledger, monkeypatch):
    def expired(_identity) -> None:
        raise IdentityError("expired")

    monkeypatch.setattr("gateway.fabric.identity.Identity.check_not_expired", expired)
    with pytest.raises(LedgerUnavailableError):
        await ledger.submit([b"wire"])
    with pytest.raises(LedgerUnavailableError):
        await blocks(ledger, 0, 1)
