"""Crops that the office has not named yet: their words stay here, the ledger has a salted hash.

At six in the morning there is no office, and a command has no room for words. So a crop that is in
no list is entered in a farmer's words, and goes to the ledger as `other-` with 130 bits of SHA-256
of these words and a salt that nobody can guess. At nine the office says which crop it is: that is
kept here, too, and the lot's pages, and a recall's preview, go by it from then on. The same words
get the same code, so that lots of one crop can be put together.

One SQLite file, readable by its owner only. It is no part of the projection: `rebuild` leaves it
alone. Words that are forgotten leave a code that says nothing to anybody.
"""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from unicodedata import category, normalize

from chaincode.base import canonical
from gateway.typed.same_name import fold
from gateway.words import SaidError, Text

OTHER: Final = "other"
PREFIX: Final = f"{OTHER}-"
WORDS_CHARACTERS_MAX: Final = 40
BUSY_TIMEOUT_S: Final = 5

_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_HASH_LETTERS: Final = 26  # 130 bits; with the prefix, as long as a code may be
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS other_crops (
  code TEXT PRIMARY KEY, salt TEXT NOT NULL, words TEXT NOT NULL, entered_at INTEGER NOT NULL,
  crop TEXT NOT NULL
) WITHOUT ROWID
"""
_COLUMNS: Final = "SELECT code, words, entered_at, crop FROM other_crops"


class OtherCropError(SaidError, ValueError):
    """Words for a crop can't be kept, or are of none that is known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCrop:
    """A crop as somebody called it; `words` are empty once forgotten, `crop` until it is named.

    Attributes:
        entered_at: Seconds since 1970.
    """

    code: str
    words: str
    entered_at: int
    crop: str


def is_other(crop: str) -> bool:
    """Whether a crop's code is one of those that stand for what has no name yet."""
    return crop == OTHER or crop.startswith(PREFIX)


def tidy(words: str) -> str:
    """Return words for a crop as they are kept.

    Raises:
        OtherCropError: There are none, too many, or characters that nobody can see.
    """
    kept = " ".join(normalize("NFKC", words).split())
    if not 1 <= len(kept) <= WORDS_CHARACTERS_MAX:
        raise OtherCropError(_LENGTH, most=WORDS_CHARACTERS_MAX)
    if any(category(char) in {"Cc", "Cf", "Co", "Cs", "Cn"} for char in kept):
        raise OtherCropError(_UNSEEN)
    return kept


class OtherCrops:
    """The words in a file, from any thread and process; without a path none are kept.

    Raises:
        sqlite3.Error: The file is of another kind.
        OSError: It can't be made.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with self._opened() as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute(_SCHEMA)

    def enter(self, words: str, *, now: int, salt: str = "") -> OtherCrop:
        """Keep words, durably, and return them with their code; the same words: the same code.

        Args:
            words: What somebody calls the crop.
            now: Seconds since 1970.
            salt: Drawn where there was no line, for a code that is signed already: then the words
                are kept under that code, even if they have another, and once however often.

        Raises:
            OtherCropError: They can't be kept.
            sqlite3.Error: The file can't be written.
        """
        kept = tidy(words)
        with self._opened() as database:
            database.execute("BEGIN IMMEDIATE")
            code = code_of(salt, kept) if salt else ""
            for one in self._read(database, "WHERE words <> '' OR code = ?", code):
                if one.code == code or (not salt and fold(one.words) == fold(kept)):
                    return one
            salt = salt or new_salt()
            one = OtherCrop(code=code_of(salt, kept), words=kept, entered_at=now, crop="")
            database.execute(
                "INSERT INTO other_crops VALUES (?, ?, ?, ?, '')", (one.code, salt, kept, now)
            )
        return one

    def find(self, code: str) -> OtherCrop | None:
        """Return what is known of a code."""
        return next(iter(self._asked("WHERE code = ?", code)), None)

    def all(self) -> list[OtherCrop]:
        """Return all, those without a name first, the latest first."""
        return self._asked("ORDER BY crop <> '', entered_at DESC, code")

    def called(self, words: str) -> list[OtherCrop]:
        """Return those that were entered in these words."""
        return [one for one in self.all() if one.words and fold(one.words) == fold(words)]

    def of_crop(self, crop: str) -> list[str]:
        """Return the codes that the office has named as a crop."""
        return [one.code for one in self._asked("WHERE crop = ?", crop)] if crop else []

    def kin(self, crop: str) -> list[str]:
        """Return every code of the same crop, the crop's own among them."""
        found = self.find(crop) if is_other(crop) else None
        named = found.crop if found and found.crop else crop
        return [named, crop, *self.of_crop(named)]

    def name(self, code: str, crop: str) -> None:
        """Say which crop a code stands for; empty: none, after all."""
        self._change("UPDATE other_crops SET crop = ? WHERE code = ?", crop, code)

    def forget(self, code: str) -> None:
        """Erase a code's words and salt; what it was named as stays."""
        self._change("UPDATE other_crops SET words = '', salt = '' WHERE code = ?", code)

    def _change(self, statement: str, *values: str) -> None:
        """Raise `OtherCropError` where there is no such code."""
        with self._opened() as database:
            database.execute("PRAGMA secure_delete = ON")
            if database.execute(statement, values).rowcount != 1:
                raise OtherCropError(_NO_SUCH, code=values[-1])
        with self._opened() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # no old words in the log

    def _asked(self, condition: str, *values: str) -> list[OtherCrop]:
        if self._path is None:
            return []
        with self._opened() as database:
            return self._read(database, condition, *values)

    @staticmethod
    def _read(database: sqlite3.Connection, condition: str, *values: str) -> list[OtherCrop]:
        rows = database.execute(f"{_COLUMNS} {condition}", values)
        return [
            OtherCrop(code=code, words=words, entered_at=at, crop=crop)
            for code, words, at, crop in rows
        ]

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(str(self._path), timeout=BUSY_TIMEOUT_S)
        try:
            with database:
                yield database
        finally:
            database.close()


def new_salt() -> str:
    """Return 128 random bits, as `code_of` takes them."""
    return secrets.token_hex(16)


def code_of(salt: str, words: str) -> str:
    """Return the code of words that were made `tidy`."""
    digest = sha256(canonical.encode({"salt": salt, "words": words})).digest()
    number = int.from_bytes(digest) >> (256 - 5 * _HASH_LETTERS)
    letters = [_LETTERS[number >> 5 * place & 31] for place in reversed(range(_HASH_LETTERS))]
    return PREFIX + "".join(letters)


_LENGTH: Final = Text(
    ja="品目のことばは{most}文字までで書いてください",
    en="write 1 to {most} characters for the crop",
)
_UNSEEN: Final = Text(
    ja="品目のことばに、目に見えない文字があります。打ち直してください",
    en="the words for the crop have characters that can't be seen: type them again",
)
_NO_SUCH: Final = Text(
    ja="{code} という、名前のない品目はありません（minori town crops で一覧）",
    en="there is no crop {code} without a name; `minori town crops` lists them",
)
