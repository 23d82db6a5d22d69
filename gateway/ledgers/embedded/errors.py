"""What the embedded ledger fails with besides the port's own errors.

LedgerError (gateway.ledger)
├ LedgerUnavailableError
│ └ LedgerInUseError       another process holds the file: close that one first
└ EmbeddedLedgerError      the file or what stands beside it is not what it should be
  ├ ChainBrokenError       a block does not follow from its content: restore a backup
  └ IdentityError          certificates or keys are missing, foreign, or don't fit together
"""

from gateway.ledgers.port import LedgerError, LedgerUnavailableError


class LedgerInUseError(LedgerUnavailableError):
    """Another process has this ledger open."""


class EmbeddedLedgerError(LedgerError):
    """The ledger's file, or what stands beside it, is not what it should be."""


class ChainBrokenError(EmbeddedLedgerError):
    """Block `number` is missing, altered, or does not follow from the one before it."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"block {number}: {reason}")
        self.number = number


class IdentityError(EmbeddedLedgerError):
    """Certificates or keys are missing, belong to other organisations, or don't match."""
