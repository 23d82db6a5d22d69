"""What the commands tell a person: progress with times, and errors as sentences."""

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator

import typer

from gateway.cli import telling as shell
from gateway.words import speaking
from network.building import Passing
from network.errors import NetworkError
from network.speaking import WORDS

PASSING_EVERY_S = 10.0  # where lines stay: seldom enough for a log, often enough for a person
ERASE = "\r\x1b[K"
"""To the line's beginning, and all of it away (ECMA-48, EL)."""


class Progress:
    """Prints what is being done and how long it has been, to standard error.

    What passes is one line on a terminal, written over again and again; elsewhere a line now and
    then.
    """

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._is_terminal = sys.stderr.isatty()
        self._is_passing = False
        self._passed_at = self._start

    def __call__(self, message: str) -> None:
        """Tell one step."""
        now = time.monotonic()
        line = f"{now - self._start:6.1f} s  {message}"
        if not isinstance(message, Passing):
            self.end_line()
            typer.echo(line, err=True)
        elif self._is_terminal:
            width = shutil.get_terminal_size().columns
            typer.echo(f"{ERASE}{line[: width - 1]}", err=True, nl=False)
            self._is_passing = True
        elif now - self._passed_at >= PASSING_EVERY_S:
            self._passed_at = now
            typer.echo(line, err=True)

    def end_line(self) -> None:
        """Let what was passing stand, and begin a new line."""
        if self._is_passing:
            typer.echo("", err=True)
            self._is_passing = False


@contextlib.contextmanager
def told() -> Iterator[Progress]:
    """Tell a person what is done and what went wrong, instead of a traceback."""
    progress = Progress()
    try:
        yield progress
    except NetworkError as error:
        progress.end_line()
        what = error.diagnostics(speaking.language())
        speaking.say(WORDS["telling.error"], is_aside=True, what=what)
        raise typer.Exit(1) from error
    except Exception as error:
        progress.end_line()
        if not shell.is_for_people(error):
            raise
        shell.tell(error)
        raise typer.Exit(1) from error
