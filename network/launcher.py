"""Starts a program that outlives its starter, but never one that is not on record.

A crash between a start and the note of its process id would leave a process that nobody knows of,
on a port that the next start needs. So the new process is at first this file, run as a program: it
waits at a socket, its standard input, until it is told what to become. When its starter dies before
that, the socket closes and the process ends, having done nothing.
"""

import json
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def launch(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    log: Path,
    note: Callable[[int], None],
) -> None:
    """Start the program in a session of its own; its output is appended to `log`.

    Args:
        command: The program's path and its arguments.
        environment: Its whole environment.
        log: Where it writes.
        note: Called with the process's id, before the program runs.

    Raises:
        OSError: The program can't be run.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    ours, its = socket.socketpair()
    with ours:
        with its:
            # Not subprocess: its objects expect to be waited for by the program that made them.
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", __file__],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, its.fileno(), 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o644),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
                setsigmask=[],
            )
        note(pid)
        ours.sendall(json.dumps([list(command), dict(environment)]).encode() + b"\n")
        fault = ours.recv(16)  # nothing, once the program has taken the launcher's place
    if fault:
        raise OSError(int(fault), os.strerror(int(fault)))


def become() -> None:
    """Wait for the word at standard input, and become the program that it names."""
    word = os.dup(0)  # closed when the program takes over, which is how its starter knows
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    with open(word) as lines:  # noqa: PTH123 - a descriptor, not a path
        line = lines.readline()
        if not line.endswith("\n"):
            return
        command, environment = json.loads(line)
        try:
            os.execve(command[0], command, environment)  # noqa: S606 - no shell is meant
        except OSError as error:
            os.write(word, str(error.errno).encode())


if __name__ == "__main__":
    become()
