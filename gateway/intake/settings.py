"""The limits of the intake, in one value. Times in seconds, sizes in bytes."""

from dataclasses import dataclass
from typing import Self

from gateway.settings import LimitSettings

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSettings:
    """Every limit of the way from a request to the ledger.

    Attributes:
        queue_commands_max: Commands accepted and not yet done; more are refused.
        queue_bytes_max: Their bytes on the wire.
        device_commands_max: Of these, one device's: so that none fills the queue alone.
        held_commands_max: Of these, those that wait for a predecessor.
        device_held_max: Of these, one device's: so that few don't take all that room.
        held_s: How long one waits for its predecessor.
        batch_commands_max: Commands in one transaction.
        batch_bytes_max: Bytes of the commands in one transaction.
        batch_operations_max: Different keys read plus different keys written by one transaction.
        in_flight_max: Transactions at a time.
        linger_s: How long the first command waits for company while nothing is in flight.
        linger_busy_s: The same while something is, at most; less where transactions are quick.
        submit_s: After so long without any answer from the ledger, the outcome is unknown.
        pause_first_s: How long a ledger that is away is left alone, at first; then twice as long.
        pause_max_s: At most so long: a ledger that is back serves again within this time.
        conflict_pause_s: Pause before a lost race is run anew, at first; then twice as long.
        conflict_pause_max_s: At most so long.
        hot_s: How long records over which races were lost travel apart from the others.
        doubt_s: For so long, a transaction of unknown outcome may still commit.
        recheck_s: How often the projection is asked about what waits for it; it also calls.
        kept_s: How long the outbox keeps the answer to a command that was taken.
        dropped_kept_s: How long it keeps the answer to one that was not.
        retry_after_s: What a refused sender is told to wait.
        stop_s: How long a stop waits for transactions in flight; what has no outcome by then is
            sent again at the next start.
    """

    queue_commands_max: int = 10_000
    queue_bytes_max: int = 64 * MIB
    device_commands_max: int = 1_000
    held_commands_max: int = 5_000
    device_held_max: int = 500
    held_s: float = 600.0
    batch_commands_max: int = 100
    batch_bytes_max: int = MIB // 2
    batch_operations_max: int = 600
    in_flight_max: int = 8
    linger_s: float = 0.003
    linger_busy_s: float = 0.05
    submit_s: float = 180.0
    pause_first_s: float = 0.1
    pause_max_s: float = 5.0
    conflict_pause_s: float = 0.02
    conflict_pause_max_s: float = 1.0
    hot_s: float = 10.0
    doubt_s: float = 300.0
    recheck_s: float = 1.0
    kept_s: float = 86_400.0
    dropped_kept_s: float = 86_400.0
    retry_after_s: int = 2
    stop_s: float = 20.0

    @classmethod
    def of(cls, limits: LimitSettings) -> Self:
        """Return these settings with what an operator has set."""
        return cls(
            queue_commands_max=limits.queue_commands_max,
            batch_commands_max=limits.batch_commands_max,
            batch_bytes_max=limits.batch_bytes_max,
            batch_operations_max=limits.batch_operations_max,
            in_flight_max=limits.transactions_max,
        )
