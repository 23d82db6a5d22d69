"""What a contract can meet when it talks to the peer.

    ShimError
    ├ PeerError             the peer refused a read or a write, or answered it short
    └ TransactionOverError  the stub was used after the transaction had been answered
    ContractStuckError      thrown into a contract that computes past its deadline (BaseException)

A contract lets all of them pass. It cannot turn them into an endorsement either: a transaction
whose peer refused something is answered `PEER_ERROR` whatever the contract returns.
"""


class ShimError(Exception):
    """Base of what the stub raises."""


class PeerError(ShimError):
    """The peer answered ERROR, answered something else than was asked, or too little."""


class TransactionOverError(ShimError):
    """The stub was used after its transaction had been answered."""


class ContractStuckError(BaseException):
    """The contract has computed past its deadline without giving way to the event loop.

    Not an `Exception`, so that a contract's own per-command `except Exception` does not take it for
    a fault of that command.
    """
