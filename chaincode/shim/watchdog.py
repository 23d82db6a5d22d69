"""Interrupts a contract that computes past its deadline without giving way to the event loop.

A timer of the loop answers for a contract that waits too long. For one that never waits (an endless
loop over a poisoned command) the loop itself stands still, and with it every other transaction and
every peer. So a thread looks at the loop from outside and sends the process a signal. The signal's
handler runs in the loop's own thread, between two bytecodes: when it finds that thread still within
the overdue contract, the error it raises is raised there and nowhere else.
"""

import asyncio
import signal
import threading
import time
from types import FrameType

import structlog

from chaincode.shim.errors import ContractStuckError

_log = structlog.get_logger(__name__)

SIGNAL = signal.SIGURG
"""Ignored unless handled, so one that comes late harms nobody; nothing else here uses it."""

TICK_S = 0.1
PATIENCE_S = 1.0
"""After an interrupt, how long until the next."""


class Watchdog:
    """Watches the contracts that run on the calling thread's loop, which is the main thread's.

    `deadlines` has an entry for each task that is within the contract, by `time.monotonic`.
    """

    def __init__(self, deadlines: dict[asyncio.Task[None], float]) -> None:
        """Watch, from `start` on."""
        self._deadlines = deadlines
        self._loop = asyncio.get_running_loop()
        self._loop_thread_id = threading.get_ident()
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin.

        Raises:
            ValueError: This is not the main thread, which alone handles signals.
        """
        self._previous = signal.signal(SIGNAL, self._interrupt)
        self._thread.start()

    def stop(self) -> None:
        """End. Of several, the last started is to be stopped first."""
        self._is_stopped.set()
        self._thread.join()
        signal.signal(SIGNAL, self._previous or signal.SIG_DFL)

    def _is_overdue(self) -> bool:
        """Whether the task that the loop is running is a contract past its deadline.

        The loop answers for a contract that waits, by a timer. One that is seen running a tick
        after its deadline has most likely not waited since.
        """
        task = asyncio.current_task(self._loop)
        deadline = None if task is None else self._deadlines.get(task)
        return deadline is not None and time.monotonic() > deadline + TICK_S

    def _watch(self) -> None:
        pause_s = TICK_S
        while not self._is_stopped.wait(pause_s):
            pause_s = TICK_S
            if self._is_overdue():
                _log.error("contract_interrupted")
                signal.pthread_kill(self._loop_thread_id, SIGNAL)
                pause_s = PATIENCE_S

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._is_overdue():
            raise ContractStuckError
        if callable(self._previous):
            self._previous(number, frame)
