"""Errors of SQLite and PostgreSQL, told in a person's language: what to do, then what it said."""

from collections.abc import Mapping
from typing import Final

from gateway.cli.said import WORDS
from gateway.words.language import Language

# Source: SQLite, "Result and Error Codes"; the last byte of an extended code is the primary one.
_SAID_OF_SQLITE: Final[Mapping[int, str]] = {
    5: "busy",
    6: "busy",
    8: "forbidden",
    10: "broken_disk",
    11: "damaged",
    13: "full",
    14: "not_opened",
    26: "not_one",
}


def in_words(error: Exception, language: Language) -> str:
    """Return what is wrong with a database, with its own words behind.

    Args:
        error: Of `sqlite3`, of psycopg, or of SQLAlchemy around one of these.
        language: The person's.
    """
    cause = getattr(error, "orig", None) or error
    if type(error).__name__ == "ArgumentError":  # SQLAlchemy's, of an address with a password in it
        return WORDS["telling.database.address"].say(language)
    what = " ".join(str(cause).split()) or type(cause).__name__
    return WORDS[f"telling.database.{_kind(cause)}"].say(language, what=what)


def _kind(cause: BaseException) -> str:
    if type(cause).__module__.partition(".")[0] == "sqlite3":
        return _SAID_OF_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "other")
    is_away = type(cause).__name__ == "OperationalError" and not getattr(cause, "sqlstate", None)
    return "away" if is_away else "other"
