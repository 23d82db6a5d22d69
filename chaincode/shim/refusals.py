"""Every answer that is the shim's and not the contract's. The names are stable."""

from enum import StrEnum

from chaincode.base.stub import Response


class Refusal(StrEnum):
    """Why the shim answered in the contract's place; the response's `message`."""

    BAD_PROPOSAL = "BAD_PROPOSAL"
    """The signed proposal is unreadable, or is not for this transaction, chaincode or arguments."""

    CLOCK_SKEW = "CLOCK_SKEW"
    """The proposal's timestamp is too far off this process's clock."""

    BUSY = "BUSY"
    """As many transactions as allowed are running."""

    CONTRACT_FAILED = "CONTRACT_FAILED"
    """The contract raised, was cancelled, or returned no response."""

    DEADLINE = "DEADLINE"
    """The contract did not answer in time."""

    DUPLICATE = "DUPLICATE"
    """The same transaction is still running here, or the peer still owes it a reply."""

    NOT_READY = "NOT_READY"
    """The peer sent a transaction before READY."""

    PEER_ERROR = "PEER_ERROR"
    """The peer refused a read or a write of this transaction, or answered it short."""

    STOPPING = "STOPPING"
    """The process is about to end."""

    @property
    def response(self) -> Response:
        """The answer: status 400 where the caller is at fault, 500 where the service is."""
        status = 400 if self in _CALLERS_FAULT else 500
        return Response(status=status, message=self.value)


_CALLERS_FAULT = frozenset({Refusal.BAD_PROPOSAL, Refusal.CLOCK_SKEW})
