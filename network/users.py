"""Who uses a network on this machine: one process that keeps it up, and gateways."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from network.errors import NetworkStateError
from network.speaking import WORDS, said

WATCHED = "watched"
PROFILE = b"MINORI_LEDGER__PROFILE="


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A process: its id, and how it was called."""

    pid: int
    command: str


@contextlib.contextmanager
def watching(directory: Path) -> Iterator[None]:
    """Be the one that keeps the network up, for as long as this context.

    Raises:
        NetworkStateError: Another process does.
    """
    with (directory / WATCHED).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found = watcher(directory) or User(pid=0, command=said("users.gone"))
            raise NetworkStateError(
                WORDS["users.watched"],
                hint=WORDS["users.one_is_enough"],
                pid=found.pid,
                command=found.command,
                directory=directory,
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def watcher(directory: Path) -> User | None:
    """Return who keeps the network up, or `None`."""
    try:
        with (directory / WATCHED).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = int(file.read() or 0)
                return User(pid=pid, command=_command(pid))
    except FileNotFoundError:
        pass
    return None


def check_unwatched(directory: Path) -> None:
    """Check that nobody would bring back what is ended.

    Raises:
        NetworkStateError: Somebody would.
    """
    found = watcher(directory)
    if found is not None:
        raise NetworkStateError(
            WORDS["users.would_start_again"],
            hint=WORDS["users.end_it_first"],
            pid=found.pid,
            command=found.command,
            directory=directory,
        )


def gateways(directory: Path) -> list[User]:
    """Return the gateways of this user that are told to use the network, by their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pairs = (folder / "environ").read_bytes().split(b"\0")
            for pair in pairs:
                if not pair.startswith(PROFILE) or int(folder.name) == os.getpid():
                    continue
                profile = (folder / "cwd").readlink() / os.fsdecode(pair.removeprefix(PROFILE))
                if directory.absolute() in profile.parents:
                    pid = int(folder.name)
                    found.append(User(pid=pid, command=_command(pid)))
    return sorted(found, key=lambda one: one.pid)


def _command(pid: int) -> str:
    """Return how a process was called, programs and scripts by their bare names."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return said("users.gone")
    words = [os.fsdecode(word) for word in raw.split(b"\0") if word]
    if len(words) > 1 and Path(words[0]).name.startswith("python") and words[1].startswith("/"):
        words = words[1:]  # a script, by its interpreter
    return " ".join([Path(word).name for word in words[:1]] + words[1:])
