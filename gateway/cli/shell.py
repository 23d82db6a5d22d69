"""Commands and groups that speak the person's language: Typer's, with `--lang` on every one.

`Shell` is used in place of `typer.Typer`; its commands need to say nothing of `--lang`.
"""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from gateway.cli import speaking
from gateway.cli.speaking import WORDS


def _option() -> TyperOption:
    """Return a `--lang` that a command takes and does not hear of."""
    alone = typer.Typer(add_completion=False)

    @alone.command()
    def command(
        lang: Annotated[
            str, typer.Option(speaking.OPTION, help="Language: ja or en (also MINORI_LANG).")
        ] = "",
    ) -> None:
        raise NotImplementedError(lang)  # only its option is used

    option = typer.main.get_command(alone).params[0]
    assert isinstance(option, TyperOption)  # noqa: S101 - as declared
    option.expose_value = False
    return option


def speak(context: typer.Context, words: list[str]) -> None:
    """Speak what `--lang` asks for, wherever it stands among the words of a command line."""
    asked = speaking.asked_for(words)
    if asked is None:
        if context.parent is None:
            speaking.choose(None)
        return
    chosen = speaking.named(asked)
    if chosen is None:
        context.fail(WORDS["speaking.unknown"].say(speaking.language(), typed=asked))
    speaking.choose(chosen)


class Command(TyperCommand):
    """A command with `--lang`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as Typer's
        super().__init__(*arguments, **options)
        self.params = [*self.params, _option()]

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Choose the language, then parse."""
        speak(ctx, args)
        return super().parse_args(ctx, args)


class Group(TyperGroup):
    """A group with `--lang`."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as Typer's
        super().__init__(**options)
        self.params = [*self.params, _option()]

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Choose the language, then parse."""
        speak(ctx, args)
        return super().parse_args(ctx, args)


class Shell(typer.Typer):
    """A group of commands that speak."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as Typer's
        super().__init__(cls=Group, **options)

    def command(  # type: ignore[override]
        self,
        name: str | None = None,
        **options: Any,  # noqa: ANN401 - as Typer's
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a command, as `typer.Typer.command`."""
        return super().command(name, cls=Command, **options)
