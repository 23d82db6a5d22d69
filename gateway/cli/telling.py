"""What can go wrong at the command line, told in one sentence of the person's language."""

import contextlib
import errno
from collections.abc import Iterator
from typing import Final

import typer

from chaincode.base.evidence import EvidenceError
from gateway.cli import telling_databases, telling_others
from gateway.cli.said import WORDS
from gateway.typed import TypedDateError
from gateway.words import SaidError, speaking
from gateway.words.language import Language

_SAID_OF_FILES: Final = {
    errno.ENOENT: "missing",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "forbidden",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "exists",
}

_DATABASES: Final = frozenset({"sqlite3", "sqlalchemy", "psycopg"})
_FOREIGN: Final = _DATABASES | {"pydantic_core", "pydantic_settings"}


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what can go wrong into one sentence and exit code 1."""
    try:
        yield
    except Exception as error:
        if not is_for_people(error):
            raise
        tell(error)
        raise typer.Exit(1) from None


def is_for_people(error: Exception) -> bool:
    """Whether an error is of what a person typed, keeps or runs, and none of the program itself.

    Those of libraries are known by their module: a command that does without a database should not
    import one to know its errors.
    """
    return isinstance(error, EvidenceError | OSError) or bool(_makers(error) & _FOREIGN)


def _makers(error: Exception) -> frozenset[str]:
    """Return the packages that an error's classes are of."""
    return frozenset(kind.__module__.partition(".")[0] for kind in type(error).__mro__)


def tell(error: Exception) -> None:
    """Say on standard error what went wrong."""
    what = in_words(error, speaking.language())
    speaking.say(WORDS["telling.error"], is_aside=True, what=what)


def in_words(error: Exception, language: Language) -> str:
    """Return an error in a language: its own words, or those for a file that can't be used."""
    if isinstance(error, SaidError | TypedDateError):
        return error.say(language)
    if _makers(error) & _DATABASES:
        return telling_databases.in_words(error, language)
    if isinstance(error, ValueError):
        from gateway.cli.telling_values import in_words as of_values  # noqa: PLC0415 - seldom

        return of_values(error, language)
    if isinstance(error, OSError):
        kind = _SAID_OF_FILES.get(error.errno or 0, "other")
        if error.filename is None:
            return WORDS["telling.system"].say(language, what=error)
        place = error.filename
        return WORDS[f"telling.file.{kind}"].say(
            language, file=place, number=error.errno or "—", what=error.strerror or error
        )
    return telling_others.in_words(error, language)
