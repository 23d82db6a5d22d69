"""The port between the gateway and a ledger, and the block type that every ledger yields.

`on_fabric` implements it on Hyperledger Fabric, `embedded` in this process.

    LedgerError                  everything a ledger can fail with; `retry` says what to do
    ├ LedgerUnavailableError     nothing was ordered: try again later, as it is
    │ └ RulesMissingError        the program here is older than the rules in force
    ├ LedgerConflictError        lost an optimistic race, or peers disagreed: try anew at once
    ├ OutcomeUnknownError        may or may not be ordered: try anew, the contract takes it once
    ├ TransactionTooLargeError   too many bytes, or too slow: split and try
    └ LedgerRefusedError         the ledger says no to the whole transaction: split to find whose
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chaincode.base.canonical import Json
from chaincode.base.evidence import EvidenceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One transaction of a block, valid or not.

    Attributes:
        id: 64 hexadecimal digits.
        time: Ledger time of its commands, seconds since 1970 (the response's `time`).
        valid: Whether its writes were applied.
        commands: The wire bytes of each command, in order; empty for a configuration transaction.
        results: The contract's answer to each command, same length as `commands`.
        writes: State key to value; empty when not valid.
    """

    id: str
    time: int
    valid: bool
    commands: tuple[bytes, ...] = ()
    results: tuple[dict[str, Json], ...] = ()
    writes: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block as both ledgers yield it. `hash` is what the next block's `previous_hash` repeats."""

    number: int
    previous_hash: str
    hash: str
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A committed transaction: on Fabric, one that this organisation's peer reports VALID.

    `block_number` is -1 when no command was taken, so that nothing had to be ordered.
    """

    tx_id: str
    block_number: int
    time: int
    results: tuple[dict[str, Json], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What would become of commands if they were ordered now, in this order.

    `results` are the contract's, each with the `member` at fault, where there is one; `writes` are
    the records as they would be.
    """

    time: int
    results: tuple[dict[str, Json], ...]
    writes: Mapping[str, Json]


class LedgerError(EvidenceError):
    """Base of everything that a ledger can fail with; `details` is for logs, never for users."""

    def __init__(self, message: str, *, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = tuple(details)


class LedgerUnavailableError(LedgerError):
    """Nothing was ordered, and the ledger may be back soon."""


class RulesMissingError(LedgerUnavailableError):
    """This gateway's program, or its organisation's contract process, lacks the rules in force.

    Nothing was ordered, and an operator has to bring the newer program.
    """


class LedgerConflictError(LedgerError):
    """The transaction lost an optimistic race (MVCC) or peers at different heights disagreed."""


class OutcomeUnknownError(LedgerError):
    """The transaction may or may not be ordered."""


class TransactionTooLargeError(LedgerError):
    """The transaction has too many bytes, or takes the peers too long."""


class LedgerRefusedError(LedgerError):
    """The ledger refuses the transaction as a whole, and would again."""


class Ledger(Protocol):
    """An append-only ledger that runs the contract."""

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        """Run the commands in one transaction and wait until it is committed.

        Args:
            commands: Wire bytes, 1 to as many as the ledger takes.
            at: Ledger time in seconds since 1970; only a ledger marked `demo` takes it.

        Raises:
            LedgerError: One of its leaves.
        """
        ...

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key from this organisation's own peer; absent: null."""
        ...

    async def dry_run(self, commands: Sequence[bytes]) -> DryRun:
        """Let this organisation's own peer say what would come of the commands; order nothing.

        Signatures and running numbers are not looked at: the caller answers for whose they are.
        """
        ...

    def blocks(self, start: int) -> AsyncIterator[Block]:
        """Yield every block from number `start` on, then wait for new ones, for ever.

        Raises `LedgerUnavailableError` when the stream ends; the caller starts again from its
        checkpoint.
        """
        ...

    async def height(self) -> int:
        """Return the number of blocks."""
        ...

    async def close(self) -> None:
        """Release what the ledger holds open."""
        ...
