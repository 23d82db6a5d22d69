"""Ask the person at the terminal: yes or no, which of several, or whether it is meant as typed.

`ask_back` is the one way in which the command line doubts what was typed, before it is signed. A
person at a terminal is asked; `--yes` answers for them; where nobody can answer, nothing is signed.
What a script feeds to other programs is never taken for an answer to a doubt.
"""

import sys
from collections.abc import Sequence

import typer

from gateway.cli.arguments import ArgumentError
from gateway.cli.said import WORDS
from gateway.typed import characters
from gateway.words import SaidError, speaking


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
    is_agreed = is_agreed or is_yes(typer.prompt(question, default="", show_default=False))
    return 0 if is_agreed else None


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


class NotConfirmedError(SaidError):
    """What was asked back was not meant, or nobody was there to answer; nothing was signed."""


def ask_back(questions: Sequence[str], *, is_sure: bool) -> None:
    """Show what is doubtful, and go on only if it is meant.

    Args:
        questions: A line each; none: there is nothing to ask.
        is_sure: Whether `--yes` was given.

    Raises:
        NotConfirmedError: It was not meant, or there is no terminal to ask at.
    """
    for question in questions:
        typer.echo(f"?  {question}", err=True)
    if is_sure or not questions:
        return
    if not sys.stdin.isatty():
        raise NotConfirmedError(WORDS["asking.nobody"])
    sure = WORDS["asking.sure"].say(speaking.language())
    if not is_yes(typer.prompt(sure, default="", show_default=False, err=True)):
        raise NotConfirmedError(WORDS["asking.no"])


def is_yes(typed: str) -> bool:
    """Whether an answer is a yes, in either language and any width."""
    return characters.plain(typed).lower() in {"y", "yes", "はい", "ハイ"}
