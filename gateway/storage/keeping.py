"""Whether what a gateway keeps can be written: one `Keeping` for each of its files.

The last attempt counts. Whoever was refused tries again when there is room, but a gateway that says
it is not well is given nothing to write: so what failed is tried again here, until it succeeds.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

WRITABLE: Final = Gauge(
    "storage_writable", "Whether the last write to a file succeeded (1) or failed (0).", ["file"]
)
FAILURES: Final = Counter("storage_failures_total", "Writes to a file that failed.", ["file"])
RETRY_S: Final = 2.0
ROOM_BYTES: Final = 1024 * 1024  # less than this is still full, whatever fits into it

_log = structlog.get_logger(__name__)


class Keeping:
    """How the last write to a file went.

    Attributes:
        name: Which file, in `/health` and `/metrics`.
        fault: Why it failed; empty when all is well.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.fault = ""
        self._writable, self._failures = WRITABLE.labels(name), FAILURES.labels(name)
        self._writable.set(1)

    @property
    def is_writable(self) -> bool:
        """Whether the last write succeeded."""
        return not self.fault

    def failed(self, error: Exception) -> None:
        """Note that something could not be written."""
        if not self.fault:
            _log.error("storage_failed", file=self.name, reason=repr(error))
        self.fault = repr(error)
        self._writable.set(0)
        self._failures.inc()

    def succeeded(self) -> None:
        """Note that something was written."""
        if self.fault:
            _log.info("storage_recovered", file=self.name)
        self.fault = ""
        self._writable.set(1)


@contextlib.asynccontextmanager
async def retrying(probes: Mapping[Keeping, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Try again what failed, for as long as this context; a probe raises, or it was written."""
    task = asyncio.create_task(_retry(probes), name="storage-retry")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _retry(probes: Mapping[Keeping, Callable[[], Awaitable[None]]]) -> None:
    while True:
        await asyncio.sleep(RETRY_S)
        for keeping, probe in probes.items():
            if keeping.is_writable:
                continue
            try:
                await probe()
            except Exception as error:  # noqa: BLE001 - of whatever kind, it can't be written
                keeping.failed(error)
            else:
                keeping.succeeded()


def check_room(folder: Path) -> None:
    """Check that a folder's disk has room for what a gateway may write at once.

    Raises:
        OSError: It has not.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, ROOM_BYTES)
