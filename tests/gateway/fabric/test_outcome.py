"""Every row of the decision table, with the texts that Fabric's own sources use."""

import pytest
from fabric_protos.peer import transaction_pb2
from grpc import StatusCode

from gateway.fabric import Action, ErrorDetail, Outcome, Stage, ValidationCode, classify

BEHIND = "failed to endorse transaction, see attached details for more info"
ENDORSEMENTS = "failed to collect enough transaction endorsements, see attached details"
QUORUM = (
    "insufficient number of orderers could successfully process transaction to satisfy quorum"
    " requirement"
)
NO_ORDERER = "no orderers could successfully process transaction"
REFUSED = "received unsuccessful response from orderer: status={}, info={}"
OVERSIZE = "message payload is 12000000 bytes and exceeds maximum allowed 10485760 bytes"


def said(*messages: str) -> tuple[ErrorDetail, ...]:
    return tuple(
        ErrorDetail(address=f"peer{place}:7051", msp_id="CoopMSP", message=message)
        for place, message in enumerate(messages)
    )


CALLS = [
    # Any stage: the peer's limit on concurrent calls.
    *(
        (
            stage,
            StatusCode.UNKNOWN,
            "too many requests for /gateway.Gateway, exceeding concurrency limit (500)",
            (),
            Outcome.OVERLOADED,
        )
        for stage in Stage
    ),
    # Evaluate.
    (
        Stage.EVALUATE,
        StatusCode.UNKNOWN,
        "evaluate call to endorser returned error: chaincode response 400, BAD_FUNCTION",
        (),
        Outcome.CHAINCODE_REFUSED,
    ),
    (
        Stage.EVALUATE,
        StatusCode.ABORTED,
        "failed to evaluate transaction, see attached details for more info",
        said("error in simulation: failed to execute transaction 7f: chaincode stream terminated"),
        Outcome.INFRASTRUCTURE,
    ),
    (
        Stage.EVALUATE,
        StatusCode.ABORTED,
        "failed to evaluate transaction, see attached details for more info",
        said("could not launch chaincode minori:0a: error starting container"),
        Outcome.INFRASTRUCTURE,
    ),
    (
        Stage.EVALUATE,
        StatusCode.ABORTED,
        "failed to evaluate transaction, see attached details for more info",
        said(
            "error in simulation: failed to execute transaction 7f: "
            "timeout expired while executing transaction"
        ),
        Outcome.TOO_SLOW,
    ),
    (
        Stage.EVALUATE,
        StatusCode.UNAVAILABLE,
        "failed to evaluate transaction, see attached details for more info",
        said("rpc error: code = Unknown desc = proposal client identity expired 3h ago"),
        Outcome.CALLER_REFUSED,
    ),
    (
        Stage.EVALUATE,
        StatusCode.UNAVAILABLE,
        "failed to evaluate transaction, see attached details for more info",
        said("request unauthorized due to incorrect timestamp 2026-11-23T00:00:00Z, peer time"),
        Outcome.CALLER_REFUSED,
    ),
    (
        Stage.EVALUATE,
        StatusCode.FAILED_PRECONDITION,
        "no peers available to evaluate chaincode minori in channel minori",
        (),
        Outcome.NO_ENDORSERS,
    ),
    (Stage.EVALUATE, StatusCode.UNAVAILABLE, "failed to connect", (), Outcome.UNREACHABLE),
    (Stage.EVALUATE, StatusCode.DEADLINE_EXCEEDED, "", (), Outcome.TIMED_OUT),
    (
        Stage.EVALUATE,
        StatusCode.RESOURCE_EXHAUSTED,
        "CLIENT: Received message larger than max (104857601 vs. 104857600)",
        (),
        Outcome.TOO_LARGE,
    ),
    (Stage.EVALUATE, StatusCode.RESOURCE_EXHAUSTED, "", (), Outcome.TOO_LARGE),
    # Evaluate and endorse: what the peer checks first.
    *(
        (stage, StatusCode.FAILED_PRECONDITION, message, (), outcome)
        for stage in (Stage.EVALUATE, Stage.ENDORSE)
        for message, outcome in (
            ("error validating proposal: access denied: channel [minori]", Outcome.CALLER_REFUSED),
            ("failed evaluating policy on signed data during check policy", Outcome.CALLER_REFUSED),
            ("duplicate transaction found [7f]. Creator [0a]", Outcome.DUPLICATE),
            ("something that no release has said yet", Outcome.CALLER_REFUSED),
        )
    ),
    # Endorse.
    (
        Stage.ENDORSE,
        StatusCode.FAILED_PRECONDITION,
        (
            "no combination of peers can be derived which satisfy the endorsement policy: "
            "no peer combination can satisfy the endorsement policy"
        ),
        (),
        Outcome.NO_ENDORSERS,
    ),
    (
        Stage.ENDORSE,
        StatusCode.FAILED_PRECONDITION,
        (
            "failed to select a set of endorsers that satisfy the endorsement policy due to "
            "unavailability of peers: [peer0.shops:7051]"
        ),
        (),
        Outcome.NO_ENDORSERS,
    ),
    (
        Stage.ENDORSE,
        StatusCode.UNAVAILABLE,
        "failed to find any endorsing peers for org(s): ShopsMSP",
        (),
        Outcome.NO_ENDORSERS,
    ),
    (
        Stage.ENDORSE,
        StatusCode.FAILED_PRECONDITION,
        (
            "no endorsers found in the gateway's organization; retry specifying endorsing "
            "organization(s) to protect transient data"
        ),
        (),
        Outcome.CALLER_REFUSED,
    ),
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        BEHIND,
        said("chaincode response 500, VERSION_MISSING"),
        Outcome.CHAINCODE_REFUSED,
    ),
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        ENDORSEMENTS,
        said("ProposalResponsePayloads do not match"),
        Outcome.MISMATCH,
    ),
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        ENDORSEMENTS,
        said("rpc error: code = Unknown desc = duplicate transaction found [7f]. Creator [0a]"),
        Outcome.DUPLICATE,
    ),
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        ENDORSEMENTS,
        said('rpc error: code = Unavailable desc = "transport is closing"'),
        Outcome.INFRASTRUCTURE,
    ),
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        ENDORSEMENTS,
        said("rpc error: code = ResourceExhausted desc = grpc: received message larger than max"),
        Outcome.TOO_LARGE,
    ),
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        ENDORSEMENTS,
        said("error in simulation: txid: 7f(minori) exists"),
        Outcome.INFRASTRUCTURE,
    ),
    # Different endorsers, different words: what a new proposal cannot heal decides.
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        ENDORSEMENTS,
        said("ProposalResponsePayloads do not match", "chaincode response 400, NOT_DEMO"),
        Outcome.CHAINCODE_REFUSED,
    ),
    (
        Stage.ENDORSE,
        StatusCode.ABORTED,
        ENDORSEMENTS,
        said("rpc error: code = Unavailable", "ProposalResponsePayloads do not match"),
        Outcome.MISMATCH,
    ),
    (Stage.ENDORSE, StatusCode.UNAVAILABLE, "failed to connect", (), Outcome.UNREACHABLE),
    (Stage.ENDORSE, StatusCode.CANCELLED, "", (), Outcome.UNREACHABLE),
    (Stage.ENDORSE, StatusCode.DEADLINE_EXCEEDED, "", (), Outcome.TIMED_OUT),
    (Stage.ENDORSE, StatusCode.INTERNAL, "", (), Outcome.INFRASTRUCTURE),
    (Stage.ENDORSE, StatusCode.UNIMPLEMENTED, "unknown service", (), Outcome.CALLER_REFUSED),
    # Submit.
    *(
        (
            Stage.SUBMIT,
            StatusCode.ABORTED,
            REFUSED.format(status, info),
            (),
            outcome,
        )
        for status, info, outcome in (
            ("BAD_REQUEST", OVERSIZE, Outcome.TOO_LARGE),
            ("REQUEST_ENTITY_TOO_LARGE", "", Outcome.TOO_LARGE),
            ("FORBIDDEN", "implicit policy evaluation failed", Outcome.ORDERER_REFUSED),
            ("NOT_FOUND", "channel does not exist", Outcome.ORDERER_REFUSED),
            ("BAD_REQUEST", "broadcast client identity expired 3h ago", Outcome.CALLER_REFUSED),
        )
    ),
    (
        Stage.SUBMIT,
        StatusCode.UNAVAILABLE,
        QUORUM,
        said(REFUSED.format("BAD_REQUEST", OVERSIZE), REFUSED.format("BAD_REQUEST", OVERSIZE)),
        Outcome.TOO_LARGE,
    ),
    # One orderer is not at fault but away: the others may have taken it.
    (
        Stage.SUBMIT,
        StatusCode.UNAVAILABLE,
        QUORUM,
        said(REFUSED.format("FORBIDDEN", ""), "rpc error: code = Unavailable"),
        Outcome.UNANSWERED,
    ),
    (
        Stage.SUBMIT,
        StatusCode.UNAVAILABLE,
        QUORUM,
        said(*[REFUSED.format("SERVICE_UNAVAILABLE", "no leader")] * 2),
        Outcome.UNANSWERED,
    ),
    (Stage.SUBMIT, StatusCode.UNAVAILABLE, NO_ORDERER, (), Outcome.UNANSWERED),
    (Stage.SUBMIT, StatusCode.UNAVAILABLE, "Socket closed", (), Outcome.UNANSWERED),
    (Stage.SUBMIT, StatusCode.DEADLINE_EXCEEDED, "", (), Outcome.UNANSWERED),
    (Stage.SUBMIT, StatusCode.CANCELLED, "", (), Outcome.UNANSWERED),
    (Stage.SUBMIT, StatusCode.INTERNAL, "stream reset", (), Outcome.UNANSWERED),
    (Stage.SUBMIT, StatusCode.UNKNOWN, "whatever", (), Outcome.UNANSWERED),
    (
        Stage.SUBMIT,
        StatusCode.UNAVAILABLE,
        "no orderer nodes available",
        (),
        Outcome.NO_ORDERERS,
    ),
    (
        Stage.SUBMIT,
        StatusCode.FAILED_PRECONDITION,
        "failed to get config for channel [minori]",
        (),
        Outcome.NO_ORDERERS,
    ),
    (
        Stage.SUBMIT,
        StatusCode.NOT_FOUND,
        "failed to create block deliverer for channel `minori`, missing OrdererConfig",
        (),
        Outcome.NO_ORDERERS,
    ),
    (
        Stage.SUBMIT,
        StatusCode.RESOURCE_EXHAUSTED,
        "grpc: received message larger than max (104857700 vs. 104857600)",
        (),
        Outcome.TOO_LARGE,
    ),
    (
        Stage.SUBMIT,
        StatusCode.INVALID_ARGUMENT,
        "prepared transaction must be signed",
        (),
        Outcome.CALLER_REFUSED,
    ),
    # Commit status: no failure of the question says anything about the transaction.
    *(
        (Stage.COMMIT_STATUS, code, "", (), Outcome.UNANSWERED)
        for code in (
            StatusCode.DEADLINE_EXCEEDED,
            StatusCode.UNAVAILABLE,
            StatusCode.CANCELLED,
            StatusCode.ABORTED,
            StatusCode.PERMISSION_DENIED,
            StatusCode.FAILED_PRECONDITION,
        )
    ),
    # Blocks.
    (Stage.BLOCKS, StatusCode.PERMISSION_DENIED, "", (), Outcome.CALLER_REFUSED),
    (Stage.BLOCKS, StatusCode.INVALID_ARGUMENT, "", (), Outcome.CALLER_REFUSED),
    (Stage.BLOCKS, StatusCode.NOT_FOUND, "", (), Outcome.NOT_FOUND),
    (Stage.BLOCKS, StatusCode.UNAVAILABLE, "", (), Outcome.UNREACHABLE),
]


@pytest.mark.parametrize(("stage", "code", "message", "details", "outcome"), CALLS)
def test_classify_a_failed_call(stage, code, message, details, outcome):
    assert classify(stage, code, message, details) is outcome


VERDICTS = {
    ValidationCode.MVCC_READ_CONFLICT: Outcome.CONFLICT,
    ValidationCode.PHANTOM_READ_CONFLICT: Outcome.CONFLICT,
    ValidationCode.ENDORSEMENT_POLICY_FAILURE: Outcome.POLICY_FAILURE,
    ValidationCode.DUPLICATE_TXID: Outcome.DUPLICATE,
    ValidationCode.EXPIRED_CHAINCODE: Outcome.UPGRADED,
    ValidationCode.CHAINCODE_VERSION_CONFLICT: Outcome.UPGRADED,
    ValidationCode.INVALID_CHAINCODE: Outcome.UPGRADED,
}


@pytest.mark.parametrize("code", [code for code in ValidationCode if code])
def test_classify_a_verdict(code):
    outcome = classify(Stage.COMMIT_STATUS, code)
    assert outcome is VERDICTS.get(code, Outcome.INVALID)


def test_each_outcome_has_the_action_of_the_table():
    assert {outcome: outcome.action for outcome in Outcome} == {
        Outcome.OVERLOADED: Action.RETRY_SAME,
        Outcome.NO_ORDERERS: Action.RETRY_SAME,
        Outcome.UNREACHABLE: Action.RETRY_ANEW,
        Outcome.TIMED_OUT: Action.RETRY_ANEW,
        Outcome.INFRASTRUCTURE: Action.RETRY_ANEW,
        Outcome.TOO_SLOW: Action.RETRY_ANEW,
        Outcome.NO_ENDORSERS: Action.RETRY_ANEW,
        Outcome.MISMATCH: Action.RETRY_ANEW,
        Outcome.CONFLICT: Action.RETRY_ANEW,
        Outcome.POLICY_FAILURE: Action.RETRY_ANEW,
        Outcome.UPGRADED: Action.RETRY_ANEW,
        Outcome.NOT_FOUND: Action.FINAL,
        Outcome.TOO_LARGE: Action.FINAL,
        Outcome.CHAINCODE_REFUSED: Action.FINAL,
        Outcome.CALLER_REFUSED: Action.FINAL,
        Outcome.ORDERER_REFUSED: Action.FINAL,
        Outcome.INVALID: Action.FINAL,
        Outcome.DUPLICATE: Action.UNKNOWN,
        Outcome.UNANSWERED: Action.UNKNOWN,
    }


def test_nothing_after_submit_is_retried_anew_unless_a_peer_judged_it():
    """A new proposal for what may still be ordered would run the wish twice."""
    for stage in (Stage.SUBMIT, Stage.COMMIT_STATUS):
        for code in StatusCode:
            if code is not StatusCode.OK:
                assert classify(stage, code).action is not Action.RETRY_ANEW


@pytest.mark.parametrize("code", [StatusCode.OK, ValidationCode.VALID])
def test_classify_refuses_success(code):
    with pytest.raises(ValueError, match="no failure"):
        classify(Stage.SUBMIT, code)


def test_validation_codes_are_fabrics():
    assert {code.name: code.value for code in ValidationCode} == dict(
        transaction_pb2.TxValidationCode.items()
    )


def test_an_unknown_validation_code_is_invalid():
    assert ValidationCode(77) is ValidationCode.INVALID_OTHER_REASON
    with pytest.raises(ValueError, match="text"):
        ValidationCode("text")
