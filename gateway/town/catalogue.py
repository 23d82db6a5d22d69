"""What the town publishes and the contract has no record for: crops, packing, inputs, grades.

One JSON file, written by `minori town apply`, with a version and the date of its last change. What
has a date of its own (`since`) is never changed, only followed by an entry of a later date. Pages
and forms read it; the office's telephone number and the address printed on labels stand here, too.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, Field

from gateway.storage.watched_file import read_form
from gateway.words.language import Language

YIELD_KG_PER_10A: Final = "yield-kg-per-10a"  # a measure: what a crop usually yields in a year

_log = structlog.get_logger(__name__)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Model):
    """A name in both languages; where there is no English, the Japanese stands in for it."""

    ja: str
    en: str = ""

    def text(self, language: Language) -> str:
        """Return it in a language."""
        return (self.en if language == "en" else "") or self.ja


class TownEntry(_Model):
    """The town: `address` is scheme and host printed in QR codes, empty for the gateway's own.

    `hours` are the office's, as they are written.
    """

    name: str = ""
    address: str = ""
    office: Words = Words(ja="")
    phone: str = ""
    hours: str = ""


PACK_UNITS: Final = {
    "bunch": "束",
    "bag": "袋",
    "pack": "パック",
    "stick": "本",
    "head": "玉",
    "piece": "個",
    "plant": "株",
    "box": "箱",
    "crate": "コンテナ",
    "bale": "俵",
    "bottle": "瓶",
    "tray": "トレイ",
}
"""What goods are packed in: the contract's word, and what is written on slips."""


class CropEntry(_Model):
    """A crop: `reading` in hiragana, for search."""

    name: Words
    reading: str = ""
    category: str = "other"


class PackingEntry(_Model):
    """What one `unit` of a crop weighs, from `since` (YYYY-MM-DD, the town's day) on.

    The unit is one of `PACK_UNITS`, as commands name it.
    """

    crop: str
    unit: str
    grams: int = Field(ge=1)
    since: str


class InputEntry(_Model):
    """A fertiliser, pesticide or seed as it may be used from `since` to `until`, both included."""

    code: str
    name: Words
    kind: str
    registration: str = ""
    organic: bool
    since: str
    until: str = ""


class NormEntry(_Model):
    """What conventional farming of a crop uses or yields; `value_tenths`: tenths of the measure."""

    crop: str
    measure: str
    value_tenths: int = Field(ge=0)
    since: str


class GradeEntry(_Model):
    """A grade: percent of the norm that it allows at most."""

    code: str
    name: Words
    rank: int
    pesticide_percent: int
    nitrogen_percent: int
    since: str


class CatalogueFile(_Model):
    """The whole file. `version` counts changes; `changed_on` is the day of the last one."""

    version: int = 0
    changed_on: str = ""
    town: TownEntry = TownEntry()
    districts: dict[str, Words] = {}
    crops: dict[str, CropEntry] = {}
    classes: dict[str, Words] = {}
    packings: tuple[PackingEntry, ...] = ()
    inputs: tuple[InputEntry, ...] = ()
    norms: tuple[NormEntry, ...] = ()
    grades: tuple[GradeEntry, ...] = ()
    addresses: dict[str, str] = {}  # of organisations' gateways, where they have their own


class _Dated(Protocol):
    @property
    def since(self) -> str: ...


Entry = TypeVar("Entry", bound=_Dated)


def in_force(entries: Iterable[Entry], on: str) -> Entry | None:
    """Return the latest of entries about one thing that has begun on a day, or `None`."""
    begun = [entry for entry in entries if entry.since <= on]
    return max(begun, key=lambda entry: entry.since, default=None)


class Catalogue:
    """The file as it is now: read again whenever it has changed; unreadable, it stays as it was."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._read_as: tuple[int, int, int] | None = None
        self._file = CatalogueFile()

    @property
    def current(self) -> CatalogueFile:
        """The whole catalogue."""
        if self._path is None:
            return self._file
        try:
            stat = self._path.stat()
            changed = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if changed != self._read_as:
                self._read_as = changed
                self._file = read_catalogue(self._path)
        except FileNotFoundError:
            pass  # no town has been set up from a workbook
        except (OSError, ValueError) as error:
            _log.warning("catalogue_not_read", path=str(self._path), error=type(error).__name__)
        return self._file

    def crop(self, code: str, language: Language) -> str | None:
        """Return a crop's name, or `None`."""
        crop = self.current.crops.get(code)
        return crop.name.text(language) if crop else None

    def district(self, code: str, language: Language) -> str | None:
        """Return a district's name, or `None`."""
        district = self.current.districts.get(code)
        return district.text(language) if district else None

    def packing(self, crop: str, unit: str, *, on: str) -> PackingEntry | None:
        """Return what a unit of a crop weighs on a day (YYYY-MM-DD), or `None`."""
        return in_force(
            (one for one in self.current.packings if (one.crop, one.unit) == (crop, unit)), on
        )

    def norm(self, crop: str, measure: str, *, on: str) -> NormEntry | None:
        """Return what is usual for a crop on a day (YYYY-MM-DD), or `None`."""
        return in_force(
            (one for one in self.current.norms if (one.crop, one.measure) == (crop, measure)), on
        )


def read_catalogue(path: Path) -> CatalogueFile:
    """Read a catalogue.

    Raises:
        WrongValueError: It has another form, or is too large.
        OSError: It can't be read.
    """
    return read_form(path, CatalogueFile)
