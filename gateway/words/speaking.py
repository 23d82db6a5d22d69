"""The language that the command line speaks: `--lang`, else `MINORI_LANG`, else the locale's.

`--lang` may stand anywhere after `minori`, on every command. Errors and help are in it, too.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Final

import typer

from gateway.words import Text, load
from gateway.words.language import Language

WORDS: Final = load(__file__)

OPTION: Final = "--lang"
VARIABLE: Final = "MINORI_LANG"
# The first that is set says which locale is in force: POSIX, "Environment Variables", 8.2.
LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")

_NAMES: Final[Mapping[str, Language]] = {
    **dict.fromkeys(("ja", "jp", "jpn", "japanese", "日本語"), "ja"),
    **dict.fromkeys(("en", "eng", "english", "英語"), "en"),
}


class _Chosen:
    """What this process speaks now; one command line is one process."""

    language: Language | None = None


def language() -> Language:
    """Return what to speak now."""
    return _Chosen.language or of_environment(os.environ)


def choose(chosen: Language | None) -> None:
    """Speak a language from now on; `None`: the environment's."""
    _Chosen.language = chosen


def named(text: str) -> Language | None:
    """Return the language meant by `ja`, `ja_JP.UTF-8`, `JP`, `English` …, `None` for none."""
    whole = text.strip().lower()
    return _NAMES.get(whole) or _NAMES.get(whole.replace("-", "_").split("_")[0].split(".")[0])


def of_environment(environment: Mapping[str, str]) -> Language:
    """Return the language that the environment asks for; English where it asks for none."""
    own = named(environment.get(VARIABLE, ""))
    if own is not None:
        return own
    locale = next((environment[one] for one in LOCALE_VARIABLES if environment.get(one)), "")
    return "ja" if named(locale) == "ja" else "en"


def asked_for(arguments: Sequence[str]) -> str | None:
    """Return the value of the first `--lang` among words of a command line, `None` for none."""
    for place, word in enumerate(arguments):
        if word == "--":
            break
        if word.startswith(f"{OPTION}="):
            return word.partition("=")[2]
        if word == OPTION and place + 1 < len(arguments):
            return arguments[place + 1]
    return None


def say(text: Text, *, is_aside: bool = False, **facts: object) -> None:
    """Print a text in the language spoken.

    Args:
        text: What to say.
        is_aside: Whether it goes to standard error: progress, warnings, what is no result.
        facts: For the text's placeholders.
    """
    typer.echo(text.say(language(), **facts), err=is_aside)
