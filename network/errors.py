"""What can go wrong with a network.

NetworkError              everything below; `hint` says what to do about it
├ CommandsMissingError    Fabric's commands, or Go to build them, are not there
├ CommandFailedError      one of Fabric's commands ended with an error
├ ProcessFailedError      a process of the network ended, or did not become ready
└ NetworkStateError       what is asked does not fit what is there
"""

from chaincode.base.evidence import EvidenceError


class NetworkError(EvidenceError):
    """Base of everything that a network can fail with.

    Attributes:
        hint: What a person can do about it; empty when there is nothing to add.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        if hint:
            self.add_note(hint)  # so that a traceback tells it too

    def diagnostics(self) -> str:
        """Return the whole story for a person, over as many lines as it takes."""
        return f"{self}\n{self.hint}" if self.hint else str(self)


class CommandsMissingError(NetworkError):
    """Fabric's commands are not there, and can't be built."""


class CommandFailedError(NetworkError):
    """One of Fabric's commands ended with an error.

    Attributes:
        output: What it printed, standard output and error.
    """

    def __init__(self, message: str, *, output: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.output = output


class ProcessFailedError(NetworkError):
    """A process of the network ended, or did not become ready in time."""


class NetworkStateError(NetworkError):
    """What is asked does not fit what is there: another topology, a port in use, nothing up."""
