"""How large each plot is: a private file of the gateway, which no page and no list shows.

Areas come from the town's workbook and never reach the ledger. The file is JSON, readable by its
owner only, and says nothing but `{"plots": {"<pseudonym>": <square metres>}}`. Without it, or for
a plot that is not in it, nothing is said about yields.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import structlog
from pydantic import BaseModel, ConfigDict, Field

FILE_BYTES_MAX: Final = 16 * 1024 * 1024

_log = structlog.get_logger(__name__)

SquareMetres = Annotated[int, Field(ge=1)]


class AreasFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plots: dict[str, SquareMetres] = {}


class Areas:
    """The file as it is now: read again when it has changed; none if it can't be read."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._read_as: tuple[int, int, int] | None = None
        self._file = AreasFile()

    @property
    def current(self) -> Mapping[str, int]:
        """Square metres by plot."""
        if self._path is None:
            return self._file.plots
        try:
            stat = self._path.stat()
            changed = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if changed != self._read_as:
                self._read_as, self._file = changed, AreasFile()
                self._file = read_areas(self._path)
        except FileNotFoundError:
            self._read_as, self._file = None, AreasFile()
        except (OSError, ValueError) as error:
            _log.warning("areas_not_read", path=str(self._path), error=type(error).__name__)
        return self._file.plots


def read_areas(path: Path) -> AreasFile:
    """Read the areas.

    Raises:
        ValueError: They have another form, or the file is too large.
        OSError: It can't be read.
    """
    if path.stat().st_size > FILE_BYTES_MAX:
        raise ValueError("the file of areas is too large")
    return AreasFile.model_validate(json.loads(path.read_bytes()))
