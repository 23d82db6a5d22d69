"""Commands and groups that speak the person's language: Typer's, with `--lang` on every one.

`Shell` is used in place of `typer.Typer`; its commands need to say nothing of `--lang`.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer import TyperException
from typer.core import TyperCommand, TyperGroup, TyperOption

from gateway.cli import helping
from gateway.cli.said import WORDS
from gateway.words import speaking

PROGRAM = "minori"


class Command(TyperCommand):
    """A command with `--lang`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as Typer's
        super().__init__(*arguments, **options)
        self.params = [*self.params, _option()]

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Choose the language, then parse."""
        _speak(self, ctx, args)
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's are private
        """Write the line of usage."""
        _write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's are private
        """Write the page of help."""
        helping.set_headings()
        super().format_help(ctx, formatter)

    def main(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as Typer's
        """Run, and tell what is wrong with the command line."""
        return _run(super().main, *arguments, **options)


class Group(TyperGroup):
    """A group with `--lang`."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as Typer's
        super().__init__(**options)
        self.params = [*self.params, _option()]

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Choose the language, then parse."""
        _speak(self, ctx, args)
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's are private
        """Write the line of usage."""
        _write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's are private
        """Write the page of help."""
        helping.set_headings()
        super().format_help(ctx, formatter)

    def main(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as Typer's
        """Run, and tell what is wrong with the command line."""
        return _run(super().main, *arguments, **options)


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


def _speak(command: Command | Group, context: typer.Context, words: list[str]) -> None:
    """Speak what `--lang` asks for, wherever it stands among the words of a command line."""
    asked = speaking.asked_for(words)
    if asked is not None:
        chosen = speaking.named(asked)
        if chosen is None:
            context.fail(WORDS["speaking.unknown"].say(speaking.language(), typed=asked))
        speaking.choose(chosen)
    elif context.parent is None:
        speaking.choose(None)
    names = context.command_path.split()[1:]
    helping.dress(command, " ".join([PROGRAM, *names]))
    helping.dress_help_option(command.get_help_option(context))


def _write_usage(command: Command | Group, context: Any, formatter: Any) -> None:  # noqa: ANN401
    prefix = WORDS["help.usage"].say(speaking.language())
    pieces = command.collect_usage_pieces(context)
    formatter.write_usage(context.command_path, " ".join(pieces), prefix=prefix)


def _run(
    main: Callable[..., Any],
    args: Sequence[str] | None = None,
    prog_name: str | None = None,
    *,
    standalone_mode: bool = True,
    **options: Any,  # noqa: ANN401 - as Typer's
) -> Any:  # noqa: ANN401 - as Typer's
    """Run Typer's `main`; on its own, end the process with an error told in our words."""
    if not standalone_mode:
        return main(args, prog_name, standalone_mode=False, **options)
    try:
        code = main(args, prog_name, standalone_mode=False, **options)
    except TyperException as error:
        helping.tell(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        speaking.say(WORDS["help.fixed.aborted_text"], is_aside=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
