"""What a failed call means for the transaction: one pure function, `classify`, and its answers.

The texts are those of Fabric 2.5 and 3.1; which file each comes from stands beside it. Fabric has
no codes for these cases, so its texts are all there is. Rows of the tests are rows of this table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, assert_never

from grpc import StatusCode


class Stage(StrEnum):
    """The call that failed: a method of the peer's Gateway service, or its block delivery."""

    EVALUATE = "evaluate"
    ENDORSE = "endorse"
    SUBMIT = "submit"
    COMMIT_STATUS = "commit_status"
    BLOCKS = "blocks"


class Action(StrEnum):
    """What a caller may do about a failure."""

    RETRY_SAME = "retry_same"
    """It had no effect: the same request may be sent again, after a pause."""
    RETRY_ANEW = "retry_anew"
    """The transaction will never take effect: a new proposal, with a new id, may succeed."""
    FINAL = "final"
    """It had no effect, and neither the same request nor a new proposal would do better."""
    UNKNOWN = "unknown"
    """It may have been ordered: send the same envelope again, and ask for its commit status."""


class Outcome(StrEnum):
    """Why a call failed; `action` says what may be done."""

    OVERLOADED = "overloaded"
    """The peer's Gateway service had no free slot and did nothing."""
    UNREACHABLE = "unreachable"
    """The peer that was called could not be reached, before anything was ordered."""
    NOT_FOUND = "not_found"
    """The called peer does not have what was asked for: the channel, or so high a block."""
    TIMED_OUT = "timed_out"
    """The deadline passed before anything was ordered."""
    INFRASTRUCTURE = "infrastructure"
    """A peer or a chaincode process failed while it endorsed or evaluated."""
    TOO_SLOW = "too_slow"
    """The chaincode gave no answer for as long as a peer waits: it hangs, or its machine does."""
    TOO_LARGE = "too_large"
    """A message or the transaction has more bytes than the network takes."""
    NO_ENDORSERS = "no_endorsers"
    """The peer knows no set of living peers that satisfies the endorsement policy."""
    NO_ORDERERS = "no_orderers"
    """The peer knows no orderer to send to, and sent nothing."""
    MISMATCH = "mismatch"
    """Endorsers answered differently: at different heights, or the chaincode is not determinate."""
    CHAINCODE_REFUSED = "chaincode_refused"
    """The chaincode answered with a status of 400 or above."""
    CALLER_REFUSED = "caller_refused"
    """The request is at fault: identity, clock, signature, access or form."""
    ORDERER_REFUSED = "orderer_refused"
    """The orderers refused the envelope."""
    DUPLICATE = "duplicate"
    """A transaction with this id is on the ledger already: its first occurrence counts."""
    UNANSWERED = "unanswered"
    """Nobody said whether the transaction was ordered."""
    CONFLICT = "conflict"
    """Ordered but void: it lost an optimistic race."""
    POLICY_FAILURE = "policy_failure"
    """Ordered but void: the endorsements did not satisfy the policy at that moment."""
    UPGRADED = "upgraded"
    """Ordered but void: the chaincode's definition changed meanwhile."""
    INVALID = "invalid"
    """Ordered but void, which honest software does not bring about: a fault or an attack."""

    @property
    def action(self) -> Action:
        """What a caller may do."""
        return _ACTIONS[self]


class ValidationCode(IntEnum):
    """A peer's verdict on an ordered transaction. Unknown numbers are `INVALID_OTHER_REASON`.

    Source: fabric-protos `peer/transaction.proto`, `TxValidationCode`.
    """

    VALID = 0
    NIL_ENVELOPE = 1
    BAD_PAYLOAD = 2
    BAD_COMMON_HEADER = 3
    BAD_CREATOR_SIGNATURE = 4
    INVALID_ENDORSER_TRANSACTION = 5
    INVALID_CONFIG_TRANSACTION = 6
    UNSUPPORTED_TX_PAYLOAD = 7
    BAD_PROPOSAL_TXID = 8
    DUPLICATE_TXID = 9
    ENDORSEMENT_POLICY_FAILURE = 10
    MVCC_READ_CONFLICT = 11
    PHANTOM_READ_CONFLICT = 12
    UNKNOWN_TX_TYPE = 13
    TARGET_CHAIN_NOT_FOUND = 14
    MARSHAL_TX_ERROR = 15
    NIL_TXACTION = 16
    EXPIRED_CHAINCODE = 17
    CHAINCODE_VERSION_CONFLICT = 18
    BAD_HEADER_EXTENSION = 19
    BAD_CHANNEL_HEADER = 20
    BAD_RESPONSE_PAYLOAD = 21
    BAD_RWSET = 22
    ILLEGAL_WRITESET = 23
    INVALID_WRITESET = 24
    INVALID_CHAINCODE = 25
    NOT_VALIDATED = 254
    INVALID_OTHER_REASON = 255

    @classmethod
    def _missing_(cls, value: object) -> "ValidationCode | None":
        return cls.INVALID_OTHER_REASON if isinstance(value, int) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDetail:
    """What one peer or orderer said. No details at all: the called peer itself failed.

    Source: fabric-protos `gateway/gateway.proto`, `ErrorDetail`.
    """

    address: str
    msp_id: str
    message: str


def classify(
    stage: Stage,
    code: StatusCode | ValidationCode,
    message: str = "",
    details: Sequence[ErrorDetail] = (),
) -> Outcome:
    """Say what a failure means.

    Args:
        stage: The call that failed.
        code: Its gRPC status or, where the call itself succeeded, the verdict on the transaction.
        message: The gRPC status message.
        details: What the peers behind the called one said.

    Raises:
        ValueError: `code` is no failure.
    """
    if isinstance(code, ValidationCode):
        if code is ValidationCode.VALID:
            raise ValueError("a valid transaction is no failure")
        return _VERDICTS.get(code, Outcome.INVALID)
    if code is StatusCode.OK:
        raise ValueError("a call that succeeded is no failure")
    if code is StatusCode.UNKNOWN and _OVERLOAD in message:
        return Outcome.OVERLOADED
    match stage:
        case Stage.EVALUATE | Stage.ENDORSE | Stage.BLOCKS:
            return _before_ordering(code, message, details)
        case Stage.SUBMIT:
            return _at_submit(code, message, details)
        case Stage.COMMIT_STATUS:
            # Whatever keeps a peer from answering says nothing about the transaction.
            return Outcome.UNANSWERED
        case _:
            assert_never(stage)


_ACTIONS: Final = {
    Outcome.OVERLOADED: Action.RETRY_SAME,
    Outcome.UNREACHABLE: Action.RETRY_ANEW,
    Outcome.NOT_FOUND: Action.FINAL,
    Outcome.TIMED_OUT: Action.RETRY_ANEW,
    Outcome.INFRASTRUCTURE: Action.RETRY_ANEW,
    Outcome.TOO_SLOW: Action.RETRY_ANEW,
    Outcome.TOO_LARGE: Action.FINAL,
    Outcome.NO_ENDORSERS: Action.RETRY_ANEW,
    Outcome.NO_ORDERERS: Action.RETRY_SAME,
    Outcome.MISMATCH: Action.RETRY_ANEW,
    Outcome.CHAINCODE_REFUSED: Action.FINAL,
    Outcome.CALLER_REFUSED: Action.FINAL,
    Outcome.ORDERER_REFUSED: Action.FINAL,
    Outcome.DUPLICATE: Action.UNKNOWN,
    Outcome.UNANSWERED: Action.UNKNOWN,
    Outcome.CONFLICT: Action.RETRY_ANEW,
    Outcome.POLICY_FAILURE: Action.RETRY_ANEW,
    Outcome.UPGRADED: Action.RETRY_ANEW,
    Outcome.INVALID: Action.FINAL,
}

_VERDICTS: Final = {
    ValidationCode.MVCC_READ_CONFLICT: Outcome.CONFLICT,
    ValidationCode.PHANTOM_READ_CONFLICT: Outcome.CONFLICT,
    ValidationCode.ENDORSEMENT_POLICY_FAILURE: Outcome.POLICY_FAILURE,
    # Never the first occurrence of the id, so not the verdict that was asked for.
    ValidationCode.DUPLICATE_TXID: Outcome.DUPLICATE,
    ValidationCode.EXPIRED_CHAINCODE: Outcome.UPGRADED,
    ValidationCode.CHAINCODE_VERSION_CONFLICT: Outcome.UPGRADED,
    ValidationCode.INVALID_CHAINCODE: Outcome.UPGRADED,
}

# internal/peer/node/grpc_limiters.go: a plain error, so the code is UNKNOWN as for a chaincode's.
_OVERLOAD: Final = "exceeding concurrency limit"

# In order of precedence: where endorsers said different things, the first row that any met wins.
# What new proposals cannot heal comes before what they can.
_TEXTS: Final = (
    # core/endorser/endorser.go
    ("duplicate transaction found", Outcome.DUPLICATE),
    # core/handlers/auth/filter/{expiration,timewindow}.go: disguised as UNAVAILABLE
    ("identity expired", Outcome.CALLER_REFUSED),
    ("incorrect timestamp", Outcome.CALLER_REFUSED),
    # core/endorser and core/aclmgmt: who signed, and whether they may
    ("error validating proposal", Outcome.CALLER_REFUSED),
    ("access denied", Outcome.CALLER_REFUSED),
    ("failed evaluating policy on signed data", Outcome.CALLER_REFUSED),
    # internal/pkg/gateway/apiutils.go
    ("chaincode response ", Outcome.CHAINCODE_REFUSED),
    # grpc: a peer's or our own limit on a message
    ("message larger than max", Outcome.TOO_LARGE),
    # core/chaincode/handler.go
    ("timeout expired while executing transaction", Outcome.TOO_SLOW),
    # internal/pkg/gateway/endorsement.go
    ("ProposalResponsePayloads do not match", Outcome.MISMATCH),
    # internal/pkg/gateway/registry.go: also what a peer says until gossip has found the others
    ("no combination of peers can be derived", Outcome.NO_ENDORSERS),
    ("failed to select a set of endorsers", Outcome.NO_ENDORSERS),
    ("failed to find any endorsing peers", Outcome.NO_ENDORSERS),
    ("no peers available to evaluate", Outcome.NO_ENDORSERS),
)

_CALLERS_FAULT: Final = frozenset(
    {
        StatusCode.INVALID_ARGUMENT,
        StatusCode.FAILED_PRECONDITION,
        StatusCode.PERMISSION_DENIED,
        StatusCode.UNAUTHENTICATED,
        StatusCode.UNIMPLEMENTED,
        StatusCode.OUT_OF_RANGE,
    }
)

# What a code means by itself, where no text says more; any other is the infrastructure's failure.
_CODES: Final = {
    **dict.fromkeys(_CALLERS_FAULT, Outcome.CALLER_REFUSED),
    StatusCode.RESOURCE_EXHAUSTED: Outcome.TOO_LARGE,
    StatusCode.NOT_FOUND: Outcome.NOT_FOUND,
    StatusCode.DEADLINE_EXCEEDED: Outcome.TIMED_OUT,
}


def _before_ordering(code: StatusCode, message: str, details: Sequence[ErrorDetail]) -> Outcome:
    said = (message, *(detail.message for detail in details))
    for text, outcome in _TEXTS:
        if any(text in one for one in said):
            return outcome
    if code in {StatusCode.UNAVAILABLE, StatusCode.CANCELLED} and not details:
        return Outcome.UNREACHABLE
    return _CODES.get(code, Outcome.INFRASTRUCTURE)


# internal/pkg/gateway/submit.go; the names are common/common.proto's `Status` from 400 to 499.
_REFUSAL: Final = re.compile(
    r"received unsuccessful response from orderer: "
    r"status=(?:BAD_REQUEST|FORBIDDEN|NOT_FOUND|REQUEST_ENTITY_TOO_LARGE)\b"
)
# orderer/common/msgprocessor/sizefilter.go
_ENVELOPE_SIZE: Final = re.compile(r"status=REQUEST_ENTITY_TOO_LARGE|exceeds maximum allowed")


def _at_submit(code: StatusCode, message: str, details: Sequence[ErrorDetail]) -> Outcome:
    refusal = _refusal([detail.message for detail in details] or [message])
    if refusal is not None:
        return refusal
    # The last two: the called peer could not find out who the orderers are.
    if "no orderer nodes available" in message or code in {
        StatusCode.FAILED_PRECONDITION,
        StatusCode.NOT_FOUND,
    }:
        return Outcome.NO_ORDERERS
    if code is StatusCode.RESOURCE_EXHAUSTED and "larger than max" in message:
        return Outcome.TOO_LARGE
    if code in _CALLERS_FAULT:
        return Outcome.CALLER_REFUSED
    return Outcome.UNANSWERED


def _refusal(said: Sequence[str]) -> Outcome | None:
    """Return why the orderers refuse the envelope, or `None` if one of them does not.

    On Raft the first refusal ends the call (ABORTED). On BFT the call goes to every orderer and
    ends (UNAVAILABLE) when a quorum is out of reach, that is after f + 1 failures: if each of them
    is a refusal, so is that of at least one honest orderer.
    """
    if not all(_REFUSAL.search(one) for one in said):
        return None
    if any(_ENVELOPE_SIZE.search(one) for one in said):
        return Outcome.TOO_LARGE
    if any("identity expired" in one for one in said):
        return Outcome.CALLER_REFUSED
    return Outcome.ORDERER_REFUSED
