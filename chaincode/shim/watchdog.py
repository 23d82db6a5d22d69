"""Interrupts a contract that computes past its deadline without giving way to the event loop.

A timer of the loop answers for a contract that waits too long. For one that never waits (an endless
loop over a poisoned command) the loop itself stands still, and with it every other transaction and
every peer. So a thread looks at the loop from outside.
"""

import asyncio
import ctypes
import threading
import time

import structlog

from chaincode.shim.errors import ContractStuckError

_log = structlog.get_logger(__name__)

TICK_S = 0.1
PATIENCE_S = 1.0
"""After an interrupt, how long until the same task is interrupted again."""


class Watchdog:
    """Watches the running loop's tasks; `deadlines` is by `time.monotonic`."""

    def __init__(self, deadlines: dict[asyncio.Task[None], float]) -> None:
        """Watch the loop of the calling thread, from `start` on."""
        self._deadlines = deadlines
        self._loop = asyncio.get_running_loop()
        self._loop_thread_id = threading.get_ident()
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._is_stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        last: tuple[asyncio.Task[None] | None, float] = (None, 0.0)
        while not self._is_stopped.wait(TICK_S):
            task = asyncio.current_task(self._loop)
            if task is None or task not in self._deadlines:
                continue
            now = time.monotonic()
            # The loop answers a task that waits at its deadline by itself. A task that is seen
            # running a tick later is one that has not waited since.
            if now < self._deadlines.get(task, now) + TICK_S:
                continue
            if task is last[0] and now < last[1] + PATIENCE_S:
                continue
            last = (task, now)
            _log.error("contract_interrupted")
            self._interrupt()

    def _interrupt(self) -> None:
        """Raise `ContractStuckError` in the loop's thread at its next bytecode.

        Should the task end in the few microseconds since it was seen, the error ends the process
        instead, which a supervisor restarts: no worse than a loop that stood still for seconds.
        """
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self._loop_thread_id), ctypes.py_object(ContractStuckError)
        )
