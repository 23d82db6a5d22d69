"""How large each plot is: a private file of the gateway, which no page and no list shows.

Areas come from the town's workbook and never reach the ledger. The file is JSON, readable by its
owner only, and says nothing but `{"plots": {"<pseudonym>": <square metres>}}`. Without it, or for
a plot that is not in it, nothing is said about yields.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gateway.storage.watched_file import ChangingFile

SquareMetres = Annotated[int, Field(ge=1)]


class AreasFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plots: dict[str, SquareMetres] = {}


class Areas:
    """The file as it is now: read again when it has changed; none if it can't be read."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = ChangingFile(path, AreasFile)

    @property
    def current(self) -> Mapping[str, int]:
        """Square metres by plot."""
        return self._file.current.plots
