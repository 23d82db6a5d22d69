"""Ask the person at the terminal: yes or no, or which of several."""

from collections.abc import Sequence

import typer

from gateway.cli import speaking
from gateway.cli.arguments import ArgumentError
from gateway.cli.speaking import WORDS
from gateway.typed import characters


def which(shown: Sequence[str], *, is_agreed: bool) -> int | None:
    """Show what there is, numbered, and return the place of what the person chose.

    One alone is asked about by yes or no. Nothing that is typed otherwise is taken for a yes.

    Args:
        shown: Each in words.
        is_agreed: Whether the only one is taken without asking.

    Returns:
        From 0; `None`: the person wants none.

    Raises:
        ArgumentError: There are several, and nothing shall be asked.
    """
    for number, one in enumerate(shown, start=1):
        typer.echo(f"{number}. {one}")
    if len(shown) > 1 and is_agreed:
        raise ArgumentError(WORDS["asking.several"], count=len(shown))
    chosen = _numbered(len(shown)) if len(shown) > 1 else _only(is_agreed=is_agreed)
    if chosen is None:
        speaking.say(WORDS["asking.not_signed"])
    return chosen


def _only(*, is_agreed: bool) -> int | None:
    question = WORDS["asking.sign"].say(speaking.language())
    is_yes = is_agreed or _is_yes(typer.prompt(question, default="", show_default=False))
    return 0 if is_yes else None


def _is_yes(typed: str) -> bool:
    return characters.plain(typed).lower() in {"y", "yes", "はい", "ハイ"}


def _numbered(most: int) -> int | None:
    question = WORDS["asking.which"].say(speaking.language(), most=most)
    while True:
        typed = typer.prompt(question, default="0", show_default=False)
        plain = characters.plain(typed)
        number = int(plain) if plain.isdecimal() else -1
        if number == 0:
            return None
        if 1 <= number <= most:
            return number - 1
        speaking.say(WORDS["asking.no_such"], is_aside=True, typed=typed)
