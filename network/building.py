"""Fabric's commands built by Go, with progress: packages compiled of those that have to be.

How long is left is judged by how long the first took: nobody knows it before some are done.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from network.errors import CommandFailedError
from network.speaking import WORDS, said

TIMEOUT_S = 1_800
JUDGED_FROM = 0.1  # of all packages: fewer say nothing about the rest
OF_GO_ITSELF = "go: "

Progress = Callable[[str], None]


class Passing(str):
    """A message that the next one outdates: of a terminal it takes one line, updated."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build.

    Attributes:
        go: The path of Go's command.
        module: The folder whose `go.mod` pins what is built.
        packages: The commands' import paths.
        flags: How they are compiled and linked.
        environment: The whole environment of Go.
    """

    go: str
    module: Path
    packages: Sequence[str]
    flags: Sequence[str]
    environment: Mapping[str, str]

    def run(self, target: Path, progress: Progress) -> None:
        """Build into a folder, which exists.

        Raises:
            CommandFailedError: Go failed, or took longer than `TIMEOUT_S`.
        """
        stale = ["-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"]
        fetched = 0
        total = 0
        for line in self._lines("list", *self.flags, *stale, *self.packages):
            if line.startswith(OF_GO_ITSELF):
                fetched += 1
                progress(Passing(said("building.fetching", count=fetched)))
            elif line:
                total += 1
        done, started = 0, time.monotonic()
        for line in self._lines("build", "-v", *self.flags, "-o", f"{target}/", *self.packages):
            if not line.startswith(OF_GO_ITSELF):
                done += 1
                progress(Passing(told(done, total, time.monotonic() - started)))

    def _lines(self, verb: str, *arguments: str) -> Iterator[str]:
        """Yield what Go prints, line by line, and check that it ends well."""
        command = [self.go, "-C", str(self.module), verb, *arguments]
        printed: list[str] = []
        with subprocess.Popen(  # noqa: S603 - a list of our own making, no shell
            command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            ending = threading.Timer(TIMEOUT_S, process.kill)
            ending.start()
            try:
                assert process.stdout is not None  # noqa: S101 - as asked for above
                for line in process.stdout:
                    printed.append(line)
                    yield line.rstrip("\n")
            finally:
                ending.cancel()
        if process.returncode:
            output = "".join(printed)
            raise CommandFailedError(
                WORDS["building.failed"],
                verb=verb,
                code=process.returncode,
                output=output,
                hint="\n".join(output.splitlines()[-15:]),
            )


def told(done: int, total: int, took_s: float) -> str:
    """Return how far a build is, and how long it takes still as far as one can judge."""
    if done >= total:
        return said("building.linking", done=done)
    if done < JUDGED_FROM * total:
        return said("building.compiled", done=done, total=total)
    left_s = took_s / done * (total - done)
    if left_s >= 90:
        return said("building.left_minutes", done=done, total=total, minutes=left_s / 60)
    seconds = max(10, round(left_s / 10) * 10)
    return said("building.left_seconds", done=done, total=total, seconds=seconds)
