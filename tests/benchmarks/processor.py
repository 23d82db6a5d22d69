"""Who uses the processor: seconds per kind of process over a stretch of time.

Sources: proc_pid_stat(5), fields 14 to 17 (times in clock ticks); proc_stat(5), first line.
"""

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NOTHING: Mapping[str, float] = {}

_TICKS = os.sysconf("SC_CLK_TCK")

LOAD = "load"
"""The kind of this process and of its children that have ended: whoever makes the load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Processor time within so many seconds.

    Attributes:
        seconds: How long was measured.
        spent_s: Processor seconds by kind of process.
        others: Cores in use, on average, by what does not take part, and by the kernel for all.
    """

    seconds: float
    spent_s: Mapping[str, float]
    others: float

    @property
    def cores(self) -> dict[str, float]:
        """Cores in use, on average, by kind of process."""
        return {kind: spent / self.seconds for kind, spent in self.spent_s.items()}


class Meter:
    """Measures from its making on."""

    def __init__(self, pids: Mapping[str, int], idle: Mapping[str, float] = NOTHING) -> None:
        """Watch processes.

        Args:
            pids: By name; one such as `coop.peer` counts to the kind `peer`.
            idle: Cores that each kind uses with nothing to do (heartbeats, gossip): left out, so
                that a load does not look dearer for being slow.
        """
        self._pids = dict(pids)
        self._idle = idle
        self._start = time.monotonic()
        self._before = self._read()
        self._busy_before = _busy()

    def read(self) -> Usage:
        """Return the usage since the start."""
        seconds = time.monotonic() - self._start
        spent = self._read()
        spent.subtract(self._before)
        busy = _busy() - self._busy_before
        others = max(0.0, busy - sum(spent.values())) / seconds
        working = {
            kind: max(0.0, spent_s - seconds * self._idle.get(kind, 0.0))
            for kind, spent_s in spent.items()
        }
        return Usage(seconds=seconds, spent_s=working, others=others)

    def _read(self) -> Counter[str]:
        times = os.times()
        used: Counter[str] = Counter()
        for name, pid in self._pids.items():
            used[name.partition(".")[2] or name] += _used(pid)
        used[LOAD] = times.user + times.system + times.children_user + times.children_system
        return used


def _used(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    values = text.rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / _TICKS


def _busy() -> float:
    values = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    user, nice, system, _idle, _iowait, irq, softirq, _steal = values
    return (user + nice + system + irq + softirq) / _TICKS
