"""`--help` and usage errors in the language spoken: Typer's pages with our words.

The English of a command stands beside its code; the Japanese in a `help.toml`, by the command's
path and the parameter's name. Typer's own headings and errors are in `words.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final, TypeAlias

from typer import TyperException
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from gateway.cli.said import WORDS
from gateway.words import speaking

FILE_NAME: Final = "help.toml"
SHARED: Final = "shared"  # parameters that many commands have
TEXT: Final = "help"  # of the command itself, among the names of its parameters

AnyCommand: TypeAlias = TyperCommand | TyperGroup
Parameter: TypeAlias = TyperArgument | TyperOption

# Typer's fixed strings, by their names there.
_FIXED: Final = (
    *("DEFAULT_STRING", "ENVVAR_STRING", "REQUIRED_LONG_STRING", "ARGUMENTS_PANEL_TITLE"),
    *("OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "ERRORS_PANEL_TITLE", "ABORTED_TEXT"),
    "RICH_HELP",
)
# Errors whose kind Typer tells in English words alone.
_TOLD_IN_WORDS: Final = (
    (re.compile(r"Missing command\."), "no_command"),
    (re.compile(r"No such command '(?P<typed>.*?)'\. Did you mean (?P<near>.*)\?"), "command_near"),
    (re.compile(r"No such command '(?P<typed>.*)'\."), "command"),
    (re.compile(r"Got unexpected extra argument\(s\) \((?P<typed>.*)\)"), "extra"),
    (re.compile(r"Option '(?P<typed>.*)' requires .*"), "needs_value"),
    (re.compile(r"Option '(?P<typed>.*)' does not take a value\."), "no_value"),
)
_KINDS: Final[Mapping[type, str]] = {int: "number", bool: "flag", Path: "path"}

_japanese: dict[str, Mapping[str, str]] = {}


def add(module_file: str) -> None:
    """Take in the Japanese of commands from the `help.toml` beside a module."""
    _japanese.update(tomllib.loads(Path(module_file).with_name(FILE_NAME).read_text("utf-8")))


def japanese(path: str, name: str) -> str | None:
    """Return the Japanese of a parameter, or of a command (`help`), `None` if there is none."""
    own = _japanese.get(path, {}).get(name)
    if own is None and name != TEXT:
        own = _japanese.get(SHARED, {}).get(name)
    return own.strip() if own is not None else None


def dress(command: AnyCommand, path: str) -> None:
    """Put a command's page of help into the language spoken, with the list of its commands.

    Commands are made anew for every command line, so the page before is not changed.
    """
    command.options_metavar = _say("help.options")
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = _say("help.command")
    if speaking.language() != "ja":
        return
    command.help = japanese(path, TEXT) or command.help
    for name, sub in getattr(command, "commands", {}).items():
        sub.help = japanese(f"{path} {name}", TEXT) or sub.help
    for parameter in command.params:
        assert isinstance(parameter, Parameter)  # noqa: S101 - Typer has no others
        parameter.help = japanese(path, parameter.name) or parameter.help
        _dress_parameter(parameter)


def dress_help_option(option: TyperOption | None) -> None:
    """Put `--help` itself into the language spoken."""
    if option is not None:
        option.help = _say("help.help")
        if speaking.language() == "ja":
            _dress_parameter(option)


def set_headings() -> None:
    """Set what Typer says around our words to the language spoken."""
    from typer import rich_utils  # noqa: PLC0415 - only for those who read help or errors

    for name in _FIXED:
        text = WORDS[f"help.fixed.{name.lower()}"]
        setattr(rich_utils, name, text.template(speaking.language()))
    # Typer's own tables cut lines off that have no blanks: those of parameters and of commands.
    vars(rich_utils).update(Columns=_folded, _make_command_help=_command_help)


def tell(error: TyperException) -> None:
    """Say what is wrong in the words of a command line, and how it is used."""
    from typer import rich_utils  # noqa: PLC0415 - as above

    set_headings()
    told = in_words(error)
    error.format_message = lambda: told  # type: ignore[method-assign]  # as one of its kind
    rich_utils.rich_format_error(error)  # type: ignore[arg-type]  # its own type is private


def in_words(error: Any) -> str:  # noqa: ANN401 - Typer's errors are private
    """Return what is wrong, in the language spoken; what is our own word already stays."""
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption":
        near = ", ".join(sorted(error.possibilities or ()))
        key = "option_near" if near else "option"
        return _say(f"help.error.{key}", typed=error.option_name, near=near)
    if kind in {"MissingParameter", "BadParameter"} and parameter is not None:
        key = "missing" if kind == "MissingParameter" else "bad"
        return _say(f"help.error.{key}", typed=_shown(parameter), expected=_expected(parameter))
    for pattern, key in _TOLD_IN_WORDS:
        found = pattern.fullmatch(error.message)
        if found:
            facts = {name: text.replace("'", "") for name, text in found.groupdict().items()}
            return _say(f"help.error.{key}", **facts)
    return str(error.message)


def _folded(items: Iterable[Any]) -> Any:  # noqa: ANN401 - what rich renders
    """Return a parameter's help with what follows it, a line each, folded where they must be."""
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table.grid()
    table.add_column(overflow="fold")
    for item in items:
        table.add_row(item)
    return table


def _command_help(*, help_text: str, markup_mode: Any) -> Any:  # noqa: ANN401 - Typer's own type
    """Return the first paragraph of a command's help."""
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    assert markup_mode == "markdown"  # noqa: S101 - what the whole command line is written in
    return _folded([Markdown(cleandoc(help_text).split("\n\n")[0])])


def _say(key: str, **facts: object) -> str:
    return WORDS[key].say(speaking.language(), **facts)


def _dress_parameter(parameter: Parameter) -> None:
    kind = _kind(parameter)
    parameter.display_type = lambda ctx: kind  # type: ignore[method-assign]  # noqa: ARG005


def _kind(parameter: Parameter) -> str:
    """Return what a value is, between angle brackets; nothing for a flag."""
    described = parameter.type_descriptor
    if described.is_choice:
        return f"<{'|'.join(str(getattr(one, 'value', one)) for one in described.choices or ())}>"
    key = next((_KINDS[one] for one in _KINDS if described.annotation is one), "text")
    return _say(f"help.kind.{key}")


def _shown(parameter: Parameter) -> str:
    """Return what a parameter is called on the command line."""
    if isinstance(parameter, TyperOption):
        return parameter.opts[0]
    return parameter.metavar or parameter.name


def _expected(parameter: Parameter) -> str:
    """Return what can be written for a parameter."""
    described = parameter.type_descriptor
    if described.is_choice:
        choices = [str(getattr(one, "value", one)) for one in described.choices or ()]
        return _say("help.expected.choice", choices=", ".join(choices))
    if parameter.min is not None and parameter.max is not None:
        return _say("help.expected.between", low=parameter.min, high=parameter.max)
    if parameter.min is not None:
        return _say("help.expected.from", low=parameter.min)
    if described.annotation is int:
        return _say("help.expected.number")
    return parameter.help or ""
