"""Keeps a network up: what ends is started again, sooner or later.

    with kept_up(network, directory):
        ...                      # serve

At once after the first end, then after longer and longer pauses while it goes on ending, so that a
full disk or a broken ledger does not keep the machine busy. Elsewhere a supervisor may do it: any
that runs `minori network watch`.
"""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from network.errors import NetworkError
from network.users import watching

LOOK_EVERY_S = 1.0
PAUSE_FIRST_S = 1.0
PAUSE_MAX_S = 60.0
END_PATIENCE_S = 5.0

_log = structlog.get_logger(__name__)


class Network(Protocol):
    """As much of `network.native.Network` as this needs."""

    @property
    def ended(self) -> list[str]:
        """The names of the processes that should run and don't."""
        ...

    def revive(self, names: Sequence[str]) -> None:
        """Start them."""
        ...


class Watch:
    """What is known of a network that is kept up."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._pauses_s: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    def look(self, now: float) -> None:
        """Start again what has ended, if its time has come; `now` in seconds of any clock."""
        due = []
        for name in self._network.ended:
            if now < self._not_before.get(name, now):
                continue
            pause_s = self._pause(name, now)
            _log.warning("process_ended", process=name, next_pause_s=pause_s)
            self._not_before[name] = now + pause_s
            self._pauses_s[name] = pause_s
            due.append(name)
        if not due:
            return
        try:
            self._network.revive(due)
        except (NetworkError, OSError) as error:
            _log.error("processes_not_started", processes=due, reason=str(error))
        else:
            _log.info("processes_started_again", processes=due)

    def _pause(self, name: str, now: float) -> float:
        """Return how long to wait should it end again; it begins anew with what has run long."""
        ended_before = self._not_before.get(name)
        if ended_before is None or now - ended_before > PAUSE_MAX_S:
            return PAUSE_FIRST_S
        return min(2 * self._pauses_s[name], PAUSE_MAX_S)


def watch(network: Network, stopped: threading.Event) -> None:
    """Keep a network up until told to stop."""
    known = Watch(network)
    while not stopped.wait(LOOK_EVERY_S):
        try:
            known.look(time.monotonic())
        except Exception:  # noqa: BLE001 - the next look may do better; a gateway serves meanwhile
            _log.exception("watch_failed")


@contextlib.contextmanager
def kept_up(network: Network, directory: Path) -> Iterator[None]:
    """Keep a network up for as long as this context.

    Raises:
        NetworkStateError: Another process keeps it up.
    """
    stopped = threading.Event()
    # A daemon: nobody who ends waits for a network command that has the directory's lock.
    thread = threading.Thread(target=watch, args=(network, stopped), name="network", daemon=True)
    with watching(directory):
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join(END_PATIENCE_S)
