"""What can keep a block from being applied.

ProjectionError
├ BlockGapError         it is not the next one: read the checkpoint again and go on from there
├ ChainMismatchError    it is the next one of another chain: this projection is not this ledger's
└ ProjectionInUseError  it is being followed, or being rebuilt
"""

from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from chaincode.base.evidence import EvidenceError


class ProjectionError(EvidenceError):
    """Base of what the projection fails with, besides the database's own errors."""


class ProjectionInUseError(ProjectionError):
    """The database is followed by gateways, so it can't be rebuilt; or the other way round."""


class BlockGapError(ProjectionError):
    """A block other than the next one was to be applied."""

    def __init__(self, *, number: int, height: int) -> None:
        super().__init__(f"block {number} does not follow: {height} blocks are applied")
        self.number = number
        self.height = height


class ChainMismatchError(ProjectionError):
    """A block names another predecessor than the one that was applied."""

    def __init__(self, number: int) -> None:
        super().__init__(f"block {number} continues another chain: rebuild, or check the ledger")
        self.number = number


def is_passing(error: StatementError) -> bool:
    """Whether the database itself fails, away, locked or full, whatever was asked of it."""
    return isinstance(error, OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
