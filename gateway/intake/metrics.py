"""What the intake tells Prometheus."""

from functools import cache
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

ANSWERED: Final = Counter("intake_commands_total", "Commands with a final answer.", ["code"])
REFUSED: Final = Counter(
    "intake_refused_commands_total", "Commands for which a whole request was refused.", ["code"]
)
OVERLOADED: Final = Counter(
    "intake_overloads_total", "Requests refused because too much waits.", ["whose"]
)
WAITING: Final = Gauge("intake_waiting_commands", "Commands accepted and not yet answered.")
HELD: Final = Gauge("intake_held_commands", "Of these, those that wait for a predecessor.")
IN_FLIGHT: Final = Gauge("intake_transactions_in_flight", "Transactions without an outcome.")
TRANSACTIONS: Final = Counter("intake_transactions_total", "Transactions by outcome.", ["outcome"])
BATCH_COMMANDS: Final = Histogram(
    "intake_batch_commands",
    "Commands in one transaction.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
COMMAND_S: Final = Histogram(
    "intake_command_seconds",
    "From acceptance to the final answer.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
TRANSACTION_S: Final = Histogram(
    "intake_transaction_seconds",
    "From submitting a transaction to its outcome.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
OUTBOX_S: Final = Histogram("intake_outbox_commit_seconds", "One commit of the outbox to disk.")


@cache  # finding a counter by its label takes longer than counting
def answered(code: str) -> Counter:
    """Return the counter of commands with this code; there are as many as codes."""
    return ANSWERED.labels(code=code)
