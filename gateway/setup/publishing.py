"""What the town keeps off the ledger: the catalogue, the names of those who agreed, private files.

Areas and names of plots are not published: only the gateway's owner may read their files.
Inspectors and the farm itself see a figure drawn from areas (`gateway.plausibility`); who is told
of a plot's code and name, `gateway.answers.visibility` says.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

from gateway.setup import register as registers
from gateway.setup import schema
from gateway.setup.checking import fault
from gateway.setup.faults import Fault, FaultKind, RegisterError
from gateway.setup.places import TownFiles, replace_file
from gateway.setup.register import Register
from gateway.setup.sheets import YES, Book, GradeRow, InputRow, NormRow, PackingRow, Sheet
from gateway.setup.wishes import Wish
from gateway.storage.watched_file import read_form
from gateway.town.areas import AreasFile
from gateway.town.catalogue import (
    CatalogueFile,
    CropEntry,
    GradeEntry,
    InputEntry,
    NormEntry,
    PackingEntry,
    TownEntry,
    Words,
    read_catalogue,
)
from gateway.town.names import Name, NamesFile
from gateway.town.office_codes import OfficeCodesFile, PlotWords
from gateway.words.wrong_values import WrongValueError

PUBLIC: Final = 0o644
PRIVATE: Final = 0o600


class _Dated(Protocol):
    @property
    def since(self) -> str: ...


Entry = TypeVar("Entry", bound=_Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The catalogue as the workbook wants it.

    Attributes:
        file: The next one; equal to the old one if nothing changes.
        created: (sheet's key, what) of each new entry.
        changed: (sheet's key, what) of each entry without a date that reads otherwise now.
        faults: Where a published entry would be changed.
    """

    file: CatalogueFile
    created: Sequence[tuple[str, str]]
    changed: Sequence[tuple[str, str]]
    faults: Sequence[Fault]


def read_edition(files: TownFiles) -> CatalogueFile:
    """Return the catalogue as it is; an empty one where there is none.

    Raises:
        RegisterError: It is damaged.
    """
    try:
        return read_catalogue(files.catalogue)
    except FileNotFoundError:
        return CatalogueFile()
    except WrongValueError as error:
        raise RegisterError(error.text, **error.facts) from None


def next_edition(book: Book, old: CatalogueFile, *, today: str) -> Edition:
    """Compare the workbook with the catalogue. What the workbook lacks stays as it is."""
    dated = _DatedEntries()
    file = old.model_copy(
        update={
            "town": _town(book),
            "addresses": {row.code: row.address for row in book.organisations if row.address},
            "districts": {
                **old.districts,
                **{row.code: Words(ja=row.name, en=row.english) for row in book.districts},
            },
            "crops": {
                **old.crops,
                **{
                    row.code: CropEntry(
                        name=Words(ja=row.name, en=row.english),
                        reading=row.reading,
                        category=row.category,
                    )
                    for row in book.crops
                },
            },
            **_dated(book, old, dated),
        }
    )
    created = [
        *(("districts", code) for code in file.districts if code not in old.districts),
        *(("crops", code) for code in file.crops if code not in old.crops),
        *dated.created,
    ]
    changed = [
        *(
            (("town", "address, office, telephone, hours"),)
            if old.version and file.town != old.town
            else ()
        ),
        *(
            ("districts", code)
            for code, one in old.districts.items()
            if file.districts[code] != one
        ),
        *(("crops", code) for code, one in old.crops.items() if file.crops[code] != one),
    ]
    if file != old:
        file = file.model_copy(update={"version": old.version + 1, "changed_on": today})
    return Edition(file=file, created=created, changed=changed, faults=dated.faults)


def _town(book: Book) -> TownEntry:
    town = book.town[0]
    return TownEntry(
        name=town.name,
        address=town.address,
        office=Words(ja=town.office, en=town.office_english),
        phone=town.phone,
        hours=town.hours,
    )


class _DatedEntries:
    """Takes up entries with a date, and notes what must not be."""

    def __init__(self) -> None:
        self.created: list[tuple[str, str]] = []
        self.faults: list[Fault] = []

    def merge(
        self,
        sheet: Sheet,
        old: Sequence[Entry],
        new: Iterable[tuple[int, Entry]],
        about: Callable[[Entry], tuple[str, ...]],
    ) -> tuple[Entry, ...]:
        """Return the old entries and those of the new that follow them.

        Args:
            sheet: Where the new ones stand.
            old: Published.
            new: (row, entry).
            about: What an entry is about: only entries about one thing follow each other.
        """
        published = {(*about(entry), entry.since): entry for entry in old}
        latest: dict[tuple[str, ...], str] = {}
        for entry in old:
            latest[about(entry)] = max(latest.get(about(entry), ""), entry.since)
        taken = []
        for row, entry in new:
            there = published.get((*about(entry), entry.since))
            last = latest.get(about(entry), "")
            if there == entry:
                continue
            if there is not None:
                self._refuse(sheet, row, FaultKind.SPEC_CHANGED, entry.since)
            elif entry.since < last:
                self._refuse(sheet, row, FaultKind.SPEC_TOO_EARLY, last)
            else:
                taken.append(entry)
                self.created.append((sheet.key, " ".join((*about(entry), entry.since))))
        return tuple(sorted((*old, *taken), key=lambda one: (about(one), one.since)))

    def _refuse(self, sheet: Sheet, row: int, kind: FaultKind, value: str) -> None:
        self.faults.append(fault(sheet, row, "since", kind, value=value))


def _dated(book: Book, old: CatalogueFile, dated: _DatedEntries) -> dict[str, object]:
    merge = dated.merge
    return {
        "packings": merge(
            schema.PACKINGS,
            old.packings,
            [(row.row, _packing(row)) for row in book.packings],
            lambda one: (one.crop, one.unit),
        ),
        "inputs": merge(
            schema.INPUTS,
            old.inputs,
            [(row.row, _input(row)) for row in book.inputs],
            lambda one: (one.code,),
        ),
        "norms": merge(
            schema.NORMS,
            old.norms,
            [(row.row, _norm(row)) for row in book.norms],
            lambda one: (one.crop, one.measure),
        ),
        "grades": merge(
            schema.GRADES,
            old.grades,
            [(row.row, _grade(row)) for row in book.grades],
            lambda one: (one.code,),
        ),
    }


def _packing(row: PackingRow) -> PackingEntry:
    return PackingEntry(crop=row.crop, unit=row.unit, grams=row.grams, since=row.since)


def _input(row: InputRow) -> InputEntry:
    return InputEntry(
        code=row.code,
        name=Words(ja=row.name, en=row.english),
        kind=row.kind,
        registration=row.registration,
        organic=row.organic == YES,
        since=row.since,
        until=row.until,
    )


def _norm(row: NormRow) -> NormEntry:
    return NormEntry(
        crop=row.crop, measure=row.measure, value_tenths=row.value_tenths, since=row.since
    )


def _grade(row: GradeRow) -> GradeEntry:
    return GradeEntry(
        code=row.code,
        name=Words(ja=row.name, en=row.english),
        rank=row.rank,
        pesticide_percent=row.pesticide_percent,
        nitrogen_percent=row.nitrogen_percent,
        since=row.since,
    )


def publish_catalogue(files: TownFiles, edition: Edition, old: CatalogueFile) -> None:
    """Replace the catalogue, and keep the version before beside it."""
    if edition.file == old:
        return
    if old.version:
        kept = files.catalogue.with_suffix(f".v{old.version}.json")
        replace_file(kept, _text(old), mode=PUBLIC)
    replace_file(files.catalogue, _text(edition.file), mode=PUBLIC)


def publish_names(files: TownFiles, register: Register, wanted: Iterable[Wish]) -> None:
    """Publish new names, withdraw those that are no longer to be public, touch no other.

    A name that somebody took out of the file by hand stays out while its row is as it was.
    """
    changed = []
    for wish in wanted:
        entry = register.entries[wish.sheet, wish.code]
        if wish.sheet == "parties" and entry.published != wish.published:
            changed.append(replace(entry, published=wish.published))
    if not changed:
        return
    try:
        names = read_form(files.names, NamesFile)
    except FileNotFoundError:
        names = NamesFile()
    except WrongValueError as error:
        raise RegisterError(error.text, **error.facts) from None
    parties = dict(names.parties)
    for entry in changed:
        parties.pop(entry.id, None)
        if entry.published:
            ja, en = entry.published
            parties[entry.id] = Name(ja=ja, en=en)
    replace_file(files.names, _text(names.model_copy(update={"parties": parties})), mode=PUBLIC)
    register.put(changed)


def write_areas(files: TownFiles, register: Register) -> None:
    """Write the area of every plot that has one, for the gateway alone."""
    areas = {
        entry.id: area
        for entry in _entered(register, "plots")
        if isinstance(area := entry.details.get("area_m2"), int)
    }
    _keep_private(files.areas, AreasFile(plots=areas), is_empty=not areas)


def write_office_codes(files: TownFiles, register: Register) -> None:
    """Write what the office calls plots, parties and people, for the gateway alone."""
    plots = {
        entry.id: PlotWords(code=entry.code, name=str(entry.details.get("name") or ""))
        for entry in _entered(register, "plots")
    }
    parties, people = (
        {entry.id: entry.code for entry in _entered(register, sheet)}
        for sheet in ("parties", "people")
    )
    codes = OfficeCodesFile(plots=plots, parties=parties, people=people)
    _keep_private(files.office_codes, codes, is_empty=not (plots or parties or people))


def _entered(register: Register, sheet: str) -> list[registers.Entry]:
    """Return the register's entries of a sheet, by pseudonym."""
    found = [one for one in register.entries.values() if one.sheet == sheet]
    return sorted(found, key=lambda one: one.id)


def _keep_private(path: Path, file: AreasFile | OfficeCodesFile, *, is_empty: bool) -> None:
    """Write a private file if it says anything new."""
    text, is_there = _text(file), path.exists()
    if (is_there and path.read_text(encoding="utf-8") != text) or not (is_empty or is_there):
        replace_file(path, text, mode=PRIVATE)


def _text(file: CatalogueFile | NamesFile | AreasFile | OfficeCodesFile) -> str:
    return json.dumps(file.model_dump(), ensure_ascii=False, indent=1)
