"""What can go wrong at the command line, told in one sentence."""

import contextlib
from collections.abc import Iterator

import typer

from gateway.cli.arguments import ArgumentError
from gateway.cli.client import ApiError, RefusedError
from gateway.cli.keyring import KeyringError
from gateway.cli.packing import PackingError
from gateway.language import is_language
from gateway.pos.mapping import MappingError
from gateway.typed import TypedDateError


@contextlib.contextmanager
def told(language: str = "en") -> Iterator[None]:
    """Turn what can go wrong into one sentence and exit code 1.

    Args:
        language: Of the sentence, where it has several.
    """
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
        TypedDateError,
    ) as error:
        text = (
            error.say(is_language(language) or "en")
            if isinstance(error, TypedDateError)
            else str(error)
        )
        typer.echo(f"minori: {text}", err=True)
        raise typer.Exit(1) from None
