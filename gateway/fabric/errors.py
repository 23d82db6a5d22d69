"""What the client raises.

    FabricError                      base
    ├ GatewayError                   a call failed: gRPC code, message, what each peer said
    │ ├ EndorseError                 the proposal was not endorsed
    │ ├ SubmitError                  the transaction was not, or perhaps not, ordered
    │ └ CommitStatusError            nobody said whether the transaction is committed
    ├ CommitError                    ordered, and found invalid: no gRPC error, every call succeeded
    ├ PreparedTransactionError       what came back to be signed is not what was asked for
    ├ BlockError                     a block is malformed, or does not follow the one before
    ├ IdentityError                  the identity cannot sign: expired, wrong kind of key
    └ ProfileError                   the connection profile lacks something

`GatewayError` and `CommitError` have an `outcome`: why, and what may be done about it.
"""

import copyreg
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from grpc import StatusCode

from gateway.fabric.outcome import ErrorDetail, Outcome, Stage, ValidationCode, classify

# internal/pkg/gateway/apiutils.go, responseStatus
_CHAINCODE_RESPONSE: Final = re.compile(r"chaincode response (\d+), (.*)", re.DOTALL)


class FabricError(Exception):
    """Base of everything that this library raises for what it meets outside.

    A copy or a pickle of one has all that it carries.
    """

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]:
        """Rebuild without `__init__`, which Python would call with the message alone."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class GatewayError(FabricError):
    """A call to a peer failed.

    Attributes:
        stage: The call.
        code: Its gRPC status code.
        message: Its gRPC status message.
        details: What each peer or orderer behind the called peer said; empty where the called
            peer itself failed.
        address: `host:port` of the called peer.
        tx_id: The transaction; empty where the call was about none.
    """

    def __init__(
        self,
        stage: Stage,
        code: StatusCode,
        message: str,
        *,
        details: Sequence[ErrorDetail] = (),
        address: str = "",
        tx_id: str = "",
    ) -> None:
        super().__init__(message)
        self.stage = stage
        self.code = code
        self.message = message
        self.details = tuple(details)
        self.address = address
        self.tx_id = tx_id

    def __str__(self) -> str:
        lines = [f"{self.stage} {self.code.name} from {self.address}: {self.message}"]
        # Fabric repeats a chaincode's answer once for every peer that was tried.
        lines += dict.fromkeys(
            f"{detail.msp_id} {detail.address}: {detail.message}" for detail in self.details
        )
        if self.tx_id:
            lines.append(f"transaction {self.tx_id}")
        return "; ".join(lines)

    @property
    def outcome(self) -> Outcome:
        """What the failure means."""
        return classify(self.stage, self.code, self.message, self.details)

    @property
    def chaincode_response(self) -> tuple[int, str] | None:
        """Status and message of the chaincode's answer, where that is what failed."""
        for text in (*(detail.message for detail in self.details), self.message):
            if match := _CHAINCODE_RESPONSE.search(text):
                return int(match[1]), match[2]
        return None


class EndorseError(GatewayError):
    """The proposal was not endorsed; nothing was ordered."""


class SubmitError(GatewayError):
    """The transaction was not ordered, or it is unknown whether it was: see `outcome`."""


class CommitStatusError(GatewayError):
    """The commit status could not be learned."""


class CommitError(FabricError):
    """The transaction was ordered and found invalid; it changed nothing."""

    def __init__(self, *, tx_id: str, code: ValidationCode, block_number: int) -> None:
        super().__init__(f"transaction {tx_id} in block {block_number} is invalid: {code.name}")
        self.tx_id = tx_id
        self.code = code
        self.block_number = block_number

    @property
    def outcome(self) -> Outcome:
        """What the verdict means."""
        return classify(Stage.COMMIT_STATUS, self.code)


class PreparedTransactionError(FabricError):
    """The peer returned a transaction to be signed that is not the one proposed: an alarm."""

    def __init__(self, *, tx_id: str, reason: str) -> None:
        super().__init__(f"prepared transaction for proposal {tx_id} refused: {reason}")
        self.tx_id = tx_id
        self.reason = reason


class BlockError(FabricError):
    """A block is malformed or does not follow the block before it: an alarm."""

    def __init__(self, *, number: int, reason: str) -> None:
        super().__init__(f"block {number}: {reason}")
        self.number = number
        self.reason = reason


class IdentityError(FabricError):
    """The identity cannot sign here and now."""


class ProfileError(FabricError):
    """A connection profile lacks something, or has something of the wrong kind."""
