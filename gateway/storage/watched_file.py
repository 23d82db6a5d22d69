"""A JSON file that somebody else writes while the gateway runs: read again when it has changed."""

import json
from pathlib import Path
from typing import Final, Generic, TypeVar

import structlog
from pydantic import BaseModel

from gateway.words.wrong_values import WORDS, WrongValueError, told_of

FILE_BYTES_MAX: Final = 16 * 1024 * 1024

Form = TypeVar("Form", bound=BaseModel)

_log = structlog.get_logger(__name__)


class ChangingFile(Generic[Form]):
    """The file as it is now; as if it were empty where it is missing or can't be read."""

    def __init__(self, path: Path | None, form: type[Form]) -> None:
        self._path = path
        self._form = form
        self._read_as: tuple[int, int, int] | None = None
        self._file = form()

    @property
    def current(self) -> Form:
        """What it says."""
        if self._path is None:
            return self._file
        try:
            stat = self._path.stat()
            changed = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if changed != self._read_as:
                self._read_as, self._file = changed, self._form()
                self._file = read_form(self._path, self._form)
        except FileNotFoundError:
            self._read_as, self._file = None, self._form()
        except (OSError, ValueError) as error:
            _log.warning("file_not_read", path=str(self._path), error=type(error).__name__)
        return self._file


def read_form(path: Path, form: type[Form]) -> Form:
    """Read such a file.

    Raises:
        WrongValueError: It has another form, or is too large.
        OSError: It can't be read.
    """
    if path.stat().st_size > FILE_BYTES_MAX:
        limit_mib = FILE_BYTES_MAX // 1024**2
        raise WrongValueError(WORDS["file.too_large"], file=path, limit_mib=limit_mib)
    try:
        return form.model_validate(json.loads(path.read_bytes()))
    except ValueError as error:
        raise WrongValueError(WORDS["file.form"], file=path, what=told_of(error)) from error
