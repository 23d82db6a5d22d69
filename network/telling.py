"""What the commands tell a person: progress with times, and errors as sentences."""

import contextlib
import time
from collections.abc import Iterator

import typer

from network.errors import NetworkError


class Progress:
    """Prints what is being done and how long it has been, to standard error."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        """Tell one step."""
        typer.echo(f"{time.monotonic() - self._start:6.1f} s  {message}", err=True)


@contextlib.contextmanager
def told() -> Iterator[Progress]:
    """Tell a person what is done and what went wrong, instead of a traceback."""
    try:
        yield Progress()
    except NetworkError as error:
        typer.echo(f"error: {error.diagnostics()}", err=True)
        raise typer.Exit(1) from error
