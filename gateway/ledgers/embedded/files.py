"""What the ledger's files ask of the operating system: a lock, privacy, and being really there."""

import fcntl
import os
from pathlib import Path

from gateway.ledgers.embedded.errors import LedgerInUseError


def lock(path: Path) -> int:
    """Take the lock of the ledger at `path` and return the descriptor that holds it.

    The kernel releases it when the descriptor is closed or this process ends, however it does.

    Raises:
        LedgerInUseError: Somebody else holds it.
    """
    descriptor = os.open(
        path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LedgerInUseError(
            f"{path} is open already: one process at a time, once, may open an embedded ledger"
        ) from None
    return descriptor


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read, unless there is a file.

    SQLite gives the files that it puts beside it the same rights.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, durably.

    The mode is given at creation: there is no moment at which others could read it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
