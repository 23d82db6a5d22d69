"""Sends what the schedule chooses, several transactions at a time, and tells it the outcome."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog

from gateway.intake import metrics
from gateway.intake.batching import Batch
from gateway.intake.schedule import Schedule, is_sound
from gateway.intake.settings import IntakeSettings
from gateway.ledgers.port import (
    Ledger,
    LedgerConflictError,
    LedgerError,
    LedgerRefusedError,
    LedgerUnavailableError,
    Receipt,
    RulesMissingError,
    TransactionTooLargeError,
)

_log = structlog.get_logger(__name__)

_WAKE_MAX_S: Final = 60.0
_TICK_S: Final = 0.001


class Dispatcher:
    """A task that sends transactions; `start` it, `wake` it when there is more, `stop` it."""

    def __init__(
        self,
        ledger: Ledger,
        schedule: Schedule,
        settings: IntakeSettings,
        on_outcome: Callable[[], None],
    ) -> None:
        """Prepare; `on_outcome` is called when the schedule has judged a transaction."""
        self._ledger = ledger
        self._schedule = schedule
        self._settings = settings
        self._on_outcome = on_outcome
        self._awake = asyncio.Event()
        self._flights: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._lacks_rules = False

    @property
    def lacks_rules(self) -> bool:
        """Whether the ledger's last answer was that its program is older than the rules in force.

        What it did not take then is sent again and again, so a newer program ends this.
        """
        return self._lacks_rules

    @property
    def is_running(self) -> bool:
        """Whether it sends what is chosen."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._run(), name="intake-dispatcher")
        self._task.add_done_callback(_tell_of_end)

    def wake(self) -> None:
        """Look at the schedule again: something in it has changed."""
        self._awake.set()

    async def stop(self) -> None:
        """Send nothing more, and wait a while for what is in flight."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._flights:
            await asyncio.wait(self._flights, timeout=self._settings.stop_s)
        left = list(self._flights)
        for flight in left:
            flight.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._awake.clear()
            now = _now()
            while (batch := self._schedule.next_batch(now)) is not None:
                flight = asyncio.create_task(self._fly(batch), name="intake-transaction")
                self._flights.add(flight)
                flight.add_done_callback(self._flights.discard)
            metrics.IN_FLIGHT.set(self._schedule.flights)
            wake_at = self._schedule.next_wake(now)
            # Never less than a tick: a sum of floats may lie a trifle behind the clock.
            timeout_s = _WAKE_MAX_S if wake_at is None else max(wake_at - now, _TICK_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._awake.wait()

    async def _fly(self, batch: Batch) -> None:
        started = _now()
        metrics.BATCH_COMMANDS.observe(len(batch.nodes))
        outcome: Receipt | Exception
        try:
            async with asyncio.timeout(self._settings.submit_s):
                outcome = await self._ledger.submit([item.wire for item in batch.items])
        except Exception as error:  # noqa: BLE001 - whatever it is, no command may be lost by it
            outcome = error
        self._lacks_rules = isinstance(outcome, RulesMissingError)
        now = _now()
        name = self._judge(batch, outcome, now)
        metrics.TRANSACTIONS.labels(outcome=name).inc()
        metrics.TRANSACTION_S.observe(now - started)
        metrics.IN_FLIGHT.set(self._schedule.flights)
        facts = {"outcome": name, "commands": len(batch.nodes), "duration_ms": _ms(now - started)}
        if isinstance(outcome, Receipt):
            _log.debug("transaction_answered", block_number=outcome.block_number, **facts)
        else:
            details = outcome.details if isinstance(outcome, LedgerError) else ()
            _log.warning("transaction_failed", reason=repr(outcome), details=details, **facts)
        self._on_outcome()
        self.wake()

    def _judge(self, batch: Batch, outcome: Receipt | Exception, now: float) -> str:
        """Tell the schedule the outcome, and return its name."""
        match outcome:
            case Receipt() if is_sound(outcome, batch.items):
                self._schedule.committed(batch, outcome, now)
                return "answered"
            case LedgerConflictError():
                self._schedule.conflicted(batch, now)
                return "conflict"
            case LedgerUnavailableError():
                self._schedule.away(batch, now)
                return "away"
            case TransactionTooLargeError() | LedgerRefusedError():
                self._schedule.refused(batch, now)
                return "refused"
            case _:  # of unknown outcome, or nothing that a ledger may answer
                self._schedule.away(batch, now, is_unknown=True)
                return "unknown"


def _tell_of_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        _log.critical("dispatcher_ended", exc_info=task.exception())


def _now() -> float:
    return asyncio.get_running_loop().time()


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
