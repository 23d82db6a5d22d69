"""What can go wrong at the command line, told in one sentence."""

import contextlib
from collections.abc import Iterator

import typer

from gateway.cli.arguments import ArgumentError
from gateway.cli.client import ApiError, RefusedError
from gateway.cli.keyring import KeyringError
from gateway.cli.packing import PackingError
from gateway.pos.mapping import MappingError


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what can go wrong into one sentence and exit code 1."""
    try:
        yield
    except (
        ApiError,
        ArgumentError,
        KeyringError,
        MappingError,
        OSError,
        PackingError,
        RefusedError,
    ) as error:
        typer.echo(f"minori: {error}", err=True)
        raise typer.Exit(1) from None
