"""Why a request is not accepted. Whatever is raised here, nothing of the request was queued.

IntakeError
├ CommandRefusedError      a command can't be taken: 400, with its place in the request
│ ├ SequenceReusedError    its number already stands for another command: 409
│ └ EnteredTwiceError      the same entry came before, and nobody says that it is meant: 409
├ OverloadedError          too much is waiting: 503, Retry-After
│ └ DeviceBusyError        too much of this device is waiting: 429, Retry-After
├ IntakeStoppedError       this gateway is stopping: 503
└ OutboxError              the outbox can't be opened, read or written: 503
  └ OutboxInUseError       another process has it open
"""

from chaincode.base.errors import Code
from chaincode.base.evidence import EvidenceError
from gateway.words.codes import GatewayCode


class IntakeError(EvidenceError):
    """Nothing of the request was queued."""


class CommandRefusedError(IntakeError):
    """Command `index` (from 0) of the request can't be taken; `member` is the JSON member at fault.

    `code` is the contract's own for a fault of shape, ledger, key or signature.
    """

    def __init__(self, index: int, code: Code | GatewayCode, member: str = "") -> None:
        super().__init__(f"command {index}: {code} {member}".rstrip())
        self.index = index
        self.code = code
        self.member = member


class SequenceReusedError(CommandRefusedError):
    """The device's record shows another command under this running number."""

    def __init__(self, index: int) -> None:
        super().__init__(index, GatewayCode.SEQUENCE_REUSED, "seq")


class EnteredTwiceError(CommandRefusedError):
    """The party has entered the same before, signed by another key; it may be sent as meant."""

    def __init__(self, index: int) -> None:
        super().__init__(index, GatewayCode.ENTERED_TWICE, "nonce")


class OverloadedError(IntakeError):
    """Too much is waiting for the ledger; `retry_after_s` is when to come back."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DeviceBusyError(OverloadedError):
    """Too many commands of one device are waiting."""


class IntakeStoppedError(IntakeError):
    """This gateway takes nothing more, because it is stopping or has not started."""


class OutboxError(IntakeError):
    """The outbox's file can't be opened, read or written: nothing can be promised."""


class OutboxInUseError(OutboxError):
    """Another process has this outbox open."""
