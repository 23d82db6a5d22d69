"""What the office calls plots, parties and people: a private file, shown to those concerned alone.

Pseudonyms are drawn, so nobody knows which is hers; the office's codes are what she has on paper.
Names of plots hold surnames (屋号). So the file is JSON readable by its owner only, written by
`minori town apply`, and `gateway.answers.visibility` says who is told of which entry: of a plot its
party, that party's agents, inspectors and land registrars; of a party and of people those
themselves, the other side of a mandate, and registrars of their organisation. Names of people stay
in the register.

    {"plots":   {"<pseudonym>": {"code": "A-01", "name": "上の畑"}},
     "parties": {"<pseudonym>": "F-01"},
     "people":  {"<pseudonym>": "P-01"}}
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gateway.storage.watched_file import ChangingFile


class PlotWords(BaseModel):
    """What the office calls a plot; `name` is empty where it wrote none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str = ""


class OfficeCodesFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plots: dict[str, PlotWords] = {}
    parties: dict[str, str] = {}
    people: dict[str, str] = {}


class OfficeCodes:
    """The file as it is now: read again when it has changed; none if it can't be read."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = ChangingFile(path, OfficeCodesFile)

    def plot(self, pseudonym: str) -> PlotWords | None:
        """Return what the office calls a plot, or `None`."""
        return self._file.current.plots.get(pseudonym)

    def party(self, pseudonym: str) -> str | None:
        """Return the office's code of a party, or `None`."""
        return self._file.current.parties.get(pseudonym)

    def person(self, pseudonym: str) -> str | None:
        """Return the office's code of a person, or `None`."""
        return self._file.current.people.get(pseudonym)
