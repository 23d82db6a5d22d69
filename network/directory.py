"""A network's directory: one command at a time in it; removed whole, or still to be removed.

Removing takes a while and may be cut off. So `topology.json`, which makes a directory a network's,
is renamed first: from then on there is no network, only remains, and whoever gets the lock next
removes these before anything else.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from network.topology import FILE

PURGED = "purged.json"
LOCK = "lock"


def holds_network(directory: Path) -> bool:
    """Whether there is a network in it, or the remains of one."""
    return (directory / FILE).exists() or (directory / PURGED).exists()


def holds_anything_else(directory: Path) -> bool:
    """Whether there is something in it that is no network's."""
    if holds_network(directory) or not directory.exists():
        return False
    return any(entry.name != LOCK for entry in directory.iterdir())


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep a second command on the same network waiting until this one is done."""
    with contextlib.ExitStack() as stack:
        while not _lock(directory, stack):
            pass
        if (directory / PURGED).exists():
            _empty(directory)
            (directory / PURGED).unlink(missing_ok=True)
        yield


def remove(directory: Path) -> None:
    """Remove all of it; the caller has it locked."""
    with contextlib.suppress(FileNotFoundError):
        (directory / FILE).replace(directory / PURGED)
    _empty(directory)
    for name in (LOCK, PURGED):
        (directory / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # a mount point stays, or what the next `up` makes already
        directory.rmdir()


def _lock(directory: Path, stack: contextlib.ExitStack) -> bool:
    """Wait for the lock; return whether it still is the directory's.

    It lies in the directory: who waited while that was purged has the lock of nothing.
    """
    path = directory / LOCK
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        lock = stack.enter_context(path.open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _empty(directory: Path) -> None:
    """Remove everything but the lock and the sign that the rest is to be removed."""
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in {LOCK, PURGED}:
            entry.unlink()
