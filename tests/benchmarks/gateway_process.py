"""A gateway as operators run it: `minori serve`, in a process and a folder of its own."""

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fabric_fixture import free_base_port

HOST = "127.0.0.1"
PATIENCE_S = 60
POLL_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayProcess:
    """A running gateway: where it listens, and its process's id."""

    port: int
    pid: int


@contextlib.contextmanager
def serving(
    folder: Path, *, profile: Path, settings: Mapping[str, str]
) -> Iterator[GatewayProcess]:
    """Run a gateway that has caught up with the ledger; end it with the block.

    Args:
        folder: Holds its files and its log; those of an earlier run are used again.
        profile: The organisation's connection.json.
        settings: Environment variables besides those that say where and what.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "var").mkdir(exist_ok=True)  # its default paths start there
    port = free_base_port()
    environment = {
        **os.environ,
        "MINORI_LEDGER__KIND": "fabric",
        "MINORI_LEDGER__PROFILE": str(profile.absolute()),
        "MINORI_LISTEN__PORT": str(port),
        **settings,
    }
    minori = str(Path(sys.executable).parent / "minori")
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [minori, "serve"], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_healthy(process, port, folder / "log")
        yield GatewayProcess(port=port, pid=process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_healthy(process: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not _is_healthy(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the gateway does not serve; the end of {log}:\n{_end(log)}")
        time.sleep(POLL_S)


def _is_healthy(port: int) -> bool:
    call = http.client.HTTPConnection(HOST, port, timeout=2)
    with contextlib.closing(call):
        try:
            call.request("GET", "/health")
            return call.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def _end(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
