"""What is told to the public of a recall, kept off the ledger: texts, known there by their hash.

The file is JSON, every text in Japanese and English, with 128 random bits that nobody can guess:

    {"texts": [{"salt": "<32 hexadecimal digits>", "ja": "検査の…", "en": "The test…"}]}

The hash of a text, which `recall.declare` and `recall.lift` may carry as `explanation`, is SHA-256
of the canonical JSON of exactly these three members. Texts are found by it alone: one that was
changed by a letter is not found, so nothing is shown but what was signed.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, Field

from chaincode.base import canonical
from gateway.storage.watched_file import read_form

TEXT_CHARACTERS_MAX: Final = 4_000

_log = structlog.get_logger(__name__)


class Explanation(BaseModel):
    """A text for the public in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    salt: str = Field(pattern="^[0-9a-f]{32}$")
    ja: str = Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)
    en: str = Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)

    @property
    def hash(self) -> str:
        """What a command carries: 64 hexadecimal digits."""
        return canonical.digest(canonical.encode(self.model_dump()))


class ExplanationsFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: tuple[Explanation, ...] = ()


class Explanations:
    """The file as it is now: read again when it has changed; none if it can't be read."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._read_as: tuple[int, int, int] | None = None
        self._by_hash: Mapping[str, Explanation] = {}

    def find(self, digest: str | None) -> Explanation | None:
        """Return the text with a hash, `None` where it is not published."""
        return self._current().get(digest) if digest else None

    def _current(self) -> Mapping[str, Explanation]:
        if self._path is None:
            return self._by_hash
        try:
            stat = self._path.stat()
            changed = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if changed != self._read_as:
                self._read_as, self._by_hash = changed, {}
                texts = read_explanations(self._path).texts
                self._by_hash = {one.hash: one for one in texts}
        except FileNotFoundError:
            self._read_as, self._by_hash = None, {}
        except (OSError, ValueError) as error:
            _log.warning("explanations_not_read", path=str(self._path), error=type(error).__name__)
        return self._by_hash


def publish(path: Path, *, ja: str, en: str) -> tuple[str, str]:
    """Return what the file has to say with one text more, and that text's hash.

    Raises:
        ValueError: The text is empty or too long, or the file has another form.
        OSError: It can't be read.
    """
    before = read_explanations(path).texts if path.exists() else ()
    added = Explanation(salt=secrets.token_hex(16), ja=ja, en=en)
    return ExplanationsFile(texts=(*before, added)).model_dump_json(indent=1), added.hash


def read_explanations(path: Path) -> ExplanationsFile:
    """Read the texts.

    Raises:
        WrongValueError: They have another form, or the file is too large.
        OSError: It can't be read.
    """
    return read_form(path, ExplanationsFile)
