"""Processes that outlive the command that started them: started, watched, ended.

A process is known by a record `run/<name>.json` {pid, started, edition}, where `started` is the
kernel's start time: a pid that was given to another process meanwhile is never taken for ours. It
is written before the program runs (see `launcher`). Output goes to `logs/<name>.log`. Needs Linux's
/proc.
"""

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from network.errors import NetworkStateError, ProcessFailedError
from network.launcher import launch
from network.speaking import WORDS
from network.topology import HOST, write_atomically

NEXT = "-next"
POLL_S = 0.05
STOP_PATIENCE_S = 10.0
KILL_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process of the network: how to start it, and how to know that it serves.

    Attributes:
        name: `<organisation>.<what>`, such as `coop.peer`; with `NEXT` behind it, the process that
            is to take that one's place.
        command: The program's path and its arguments.
        environment: The whole environment of the program.
        ready: Whether it serves; asked again and again after a start.
        ports: What it listens on, on the loopback interface; must be free before a start.
        edition: Which of several programs that go by its name, one after the other, it is.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    ports: tuple[int, ...] = ()
    edition: str = ""


class Processes:
    """The processes of one network, by name."""

    def __init__(self, directory: Path) -> None:
        self._run = directory / "run"
        self._logs = directory / "logs"

    def log(self, name: str) -> Path:
        """Return where the process writes; a new start, and what takes its place, appends."""
        return self._logs / f"{name.removesuffix(NEXT)}.log"

    def names(self) -> list[str]:
        """Return the names of all processes that were started and not stopped, alive or not."""
        return sorted(path.stem for path in self._run.glob("*.json"))

    def pid(self, name: str) -> int | None:
        """Return the process's id, or `None` when it does not run."""
        record = self._record(name)
        return None if record is None else int(record["pid"])

    def edition(self, name: str) -> str | None:
        """Return which edition runs by that name, or `None` when none does."""
        record = self._record(name)
        return None if record is None else str(record.get("edition", ""))

    def start(self, process: Process) -> None:
        """Start the process if it does not run. Does not wait until it serves.

        Raises:
            ProcessFailedError: The program is not there.
            NetworkStateError: Another program has one of its ports.
        """
        if self.pid(process.name) is not None:
            return
        for port in process.ports:
            _check_free(process.name, port)
        self._logs.mkdir(parents=True, exist_ok=True)
        record = self._run / f"{process.name}.json"

        def note(pid: int) -> None:
            values = {"pid": pid, "started": _started(pid), "edition": process.edition}
            write_atomically(record, json.dumps(values))

        try:
            launch(process.command, process.environment, log=self.log(process.name), note=note)
        except OSError as error:
            record.unlink(missing_ok=True)
            raise ProcessFailedError(
                WORDS["processes.not_started"],
                name=process.name,
                program=process.command[0],
                what=error.strerror,
            ) from error

    def wait_ready(self, process: Process, *, patience_s: float) -> None:
        """Wait until the process serves.

        Raises:
            ProcessFailedError: It ended, or does not serve within `patience_s`.
        """
        deadline = time.monotonic() + patience_s
        while not process.ready():
            if self.pid(process.name) is None:
                raise self._failed(process.name, "ended")
            if time.monotonic() > deadline:
                raise self._failed(process.name, "not_serving", seconds=patience_s)
            time.sleep(POLL_S)

    def signal(self, name: str, number: signal.Signals) -> int | None:
        """Send a signal to the process and return its id, or `None` when it does not run."""
        pid = self.pid(name)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid

    def kill(self, name: str) -> None:
        """End the process at once (SIGKILL) and wait until it is gone."""
        pid = self.signal(name, signal.SIGKILL)
        if pid is not None:
            self._wait_gone(name, KILL_PATIENCE_S)

    def stop(self, name: str) -> None:
        """End the process: SIGTERM, after ten seconds SIGKILL; forget it."""
        if self.signal(name, signal.SIGTERM) is not None and not self._wait_gone(
            name, STOP_PATIENCE_S
        ):
            self.kill(name)
        (self._run / f"{name}.json").unlink(missing_ok=True)

    def replace(self, name: str) -> None:
        """End the process, and let the running one named with `NEXT` take its name."""
        self.stop(name)
        (self._run / f"{name}{NEXT}.json").replace(self._run / f"{name}.json")

    def _record(self, name: str) -> dict[str, Any] | None:
        """Return what was noted at the start of the process, or `None` when it does not run."""
        try:
            record: dict[str, Any] = json.loads((self._run / f"{name}.json").read_text())
        except FileNotFoundError:
            return None
        started = _started(int(record["pid"]))
        return record if started is not None and started == record["started"] else None

    def _wait_gone(self, name: str, patience_s: float) -> bool:
        deadline = time.monotonic() + patience_s
        while self.pid(name) is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        return True

    def _failed(self, name: str, what: str, **facts: object) -> ProcessFailedError:
        log = self.log(name)
        return ProcessFailedError(
            WORDS[f"processes.{what}"],
            hint=WORDS["processes.end_of_log"],
            name=name,
            log=log,
            lines=last_lines(log, 15),
            **facts,
        )


def _check_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise NetworkStateError(
                WORDS["processes.port_taken"],
                hint=WORDS["processes.free_port"],
                name=name,
                port=port,
            ) from error


def last_lines(path: Path, count: int) -> str:
    """Return the last lines of a file, at most 64 KiB; empty when there is none."""
    try:
        with path.open("rb") as file:
            return tail(file, count)
    except FileNotFoundError:
        return ""


def tail(file: BinaryIO, count: int) -> str:
    """Read to the end of a file and return its last lines, at most 64 KiB."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65536))
    return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])


def _started(pid: int) -> int | None:
    """Return when the process started, in ticks since boot; `None` when it is gone or a zombie.

    Source: proc_pid_stat(5): fields 3 (state) and 22 (starttime); the name, field 2, may hold
    spaces and brackets.
    """
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # takes the exit status of a child of ours, so that it goes
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    values = stat.rpartition(")")[2].split()
    state, started = values[0], int(values[19])
    return None if state in ("Z", "X") else started
