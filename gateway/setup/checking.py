"""What only several rows together can get wrong: doubles, references, periods, roles."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from chaincode.registry.records import AUDITOR, REGISTRAR
from gateway.setup import schema, values
from gateway.setup.faults import CellError, Fault, FaultKind
from gateway.setup.reading import Reading
from gateway.setup.sheets import (
    MAKE,
    ROLES,
    Book,
    OrganisationRow,
    PartyRow,
    PersonRow,
    Sheet,
)

LAND_REGISTRAR: Final = "land-registrar"
ROLES_MAX: Final = 16  # of a person, by the contract
ORGANISATIONS_MAX: Final = 16


class _Row(Protocol):
    @property
    def row(self) -> int: ...


Row = TypeVar("Row", bound=_Row)


def check(reading: Reading, *, today: str) -> list[Fault]:
    """Return every fault of a workbook: those of its cells, and those found here.

    Args:
        reading: What was read.
        today: YYYY-MM-DD in the town.
    """
    book = reading.book
    faults = [
        *reading.faults,
        *_one_town(reading),
        *_doubles(book),
        *_organisations(book.organisations),
        *_references(reading),
        *_auditors(book),
        *_people(book),
        *_signers(reading, today),
        *_periods(book),
        *_areas(book),
    ]
    order = {sheet.title: place for place, sheet in enumerate(schema.SHEETS)}
    return sorted(faults, key=lambda fault: (order.get(fault.sheet, -1), fault.row))


def fault(sheet: Sheet, row: int, key: str, kind: FaultKind, **said: str) -> Fault:
    """Return a fault in a row; `key` names the column."""
    column = sheet.column(key).title if key else ("", "")
    return Fault(kind=kind, sheet=sheet.title, row=row, column=column, values=said)


def _one_town(reading: Reading) -> Iterator[Fault]:
    count = len(reading.book.town)
    is_wrong = any(one.sheet == schema.TOWN.title for one in reading.faults)
    if count != 1 and not is_wrong:
        yield Fault(
            kind=FaultKind.ONE_ROW_ONLY, sheet=schema.TOWN.title, values={"count": str(count)}
        )


def _doubles(book: Book) -> Iterator[Fault]:
    yield from _twice(schema.ORGANISATIONS, book.organisations, "code", lambda row: row.code)
    yield from _twice(schema.ORGANISATIONS, book.organisations, "msp", lambda row: row.msp)
    yield from _twice(schema.DISTRICTS, book.districts, "code", lambda row: row.code)
    yield from _twice(schema.PARTIES, book.parties, "code", lambda row: row.code)
    yield from _twice(schema.PLOTS, book.plots, "code", lambda row: row.code)
    yield from _twice(schema.CROPS, book.crops, "code", lambda row: row.code)
    yield from _twice(
        schema.PACKINGS, book.packings, "since", lambda row: f"{row.crop} {row.unit} {row.since}"
    )
    yield from _twice(schema.INPUTS, book.inputs, "since", lambda row: f"{row.code} {row.since}")
    yield from _twice(
        schema.NORMS, book.norms, "since", lambda row: f"{row.crop} {row.measure} {row.since}"
    )
    yield from _twice(schema.GRADES, book.grades, "since", lambda row: f"{row.code} {row.since}")
    yield from _twice(
        schema.PEOPLE,
        [row for row in book.people if row.role],
        "role",
        lambda row: f"{row.code} {row.role} {row.since}",
    )


def _twice(
    sheet: Sheet, rows: Iterable[Row], column: str, identity: Callable[[Row], str]
) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row in rows:
        named = identity(row)
        # Case and kind of file system decide whether F001 and f001 are one key file: they are.
        earlier = first.setdefault(named.casefold(), row.row)
        if earlier != row.row:
            yield fault(sheet, row.row, column, FaultKind.TWICE, other=str(earlier), value=named)


def _organisations(rows: Sequence[OrganisationRow]) -> Iterator[Fault]:
    for row in rows:
        if (REGISTRAR in row.roles) == (row.kind == AUDITOR):
            yield fault(schema.ORGANISATIONS, row.row, "roles", FaultKind.UNSOUND_ORGANISATION)
    working = sum(row.kind != AUDITOR for row in rows)
    if working < 2 or len(rows) > ORGANISATIONS_MAX:
        yield Fault(
            kind=FaultKind.TOO_FEW_ORGANISATIONS,
            sheet=schema.ORGANISATIONS.title,
            values={"count": str(working)},
        )


def _references(reading: Reading) -> Iterator[Fault]:
    for one in reading.references:
        if one.code not in reading.codes[one.column.refers]:
            there = next(sheet for sheet in schema.SHEETS if sheet.key == one.column.refers)
            yield fault(
                one.sheet,
                one.row,
                one.column.key,
                FaultKind.UNKNOWN_REFERENCE,
                there=f"{there.ja} / {there.en}",
                value=one.code,
            )


def _auditors(book: Book) -> Iterator[Fault]:
    auditors = {row.code for row in book.organisations if row.kind == AUDITOR}
    for row in book.parties:
        if row.organisation in auditors:
            yield fault(schema.PARTIES, row.row, "organisation", FaultKind.AUDITOR_PERSON)


def by_code(rows: Iterable[PersonRow]) -> dict[str, list[PersonRow]]:
    """Return each person's rows, in order."""
    people: defaultdict[str, list[PersonRow]] = defaultdict(list)
    for row in rows:
        people[row.code].append(row)
    return dict(people)


def _people(book: Book) -> Iterator[Fault]:
    organisation_of = _organisation_of(book.parties)
    grantable = {row.code: row.roles for row in book.organisations}
    spelled = Counter(code.casefold() for code in by_code(book.people))
    for code, rows in by_code(book.people).items():
        first = rows[0]
        if spelled[code.casefold()] > 1:
            yield fault(
                schema.PEOPLE, first.row, "code", FaultKind.TWICE, other="?", value=code.casefold()
            )
        for key in ("party", "name"):
            if not getattr(first, key):
                yield fault(schema.PEOPLE, first.row, key, FaultKind.BLANK)
        for row in rows[1:]:
            for key in ("party", "name", "reading", "key"):
                if getattr(row, key) not in {"", getattr(first, key)}:
                    yield fault(
                        schema.PEOPLE, row.row, key, FaultKind.ROWS_DIFFER, other=str(first.row)
                    )
        if len(rows) > ROLES_MAX:
            yield fault(
                schema.PEOPLE, first.row, "role", FaultKind.TOO_MANY_ROLES, limit=str(ROLES_MAX)
            )
        yield from _roles(rows, grantable.get(organisation_of.get(first.party, "")))


def _roles(rows: Iterable[PersonRow], grantable: Sequence[str] | None) -> Iterator[Fault]:
    """Check roles against what the organisation grants; `None` where it is not known."""
    for row in rows:
        if not row.role:
            continue
        if not row.since:
            yield fault(schema.PEOPLE, row.row, "since", FaultKind.ROLE_WITHOUT_DATE)
        if grantable is not None and row.role not in grantable:
            yield fault(
                schema.PEOPLE,
                row.row,
                "role",
                FaultKind.ROLE_NOT_GRANTABLE,
                value=row.role,
                choices=values.labelled(ROLES, grantable),
            )


def _signers(reading: Reading, today: str) -> Iterator[Fault]:
    """Check that somebody can sign for each organisation, and for the land."""
    book = reading.book
    if any(one.sheet in {schema.PEOPLE.title, schema.PARTIES.title} for one in reading.faults):
        return  # a signer's row may be among the broken ones
    party_of = {code: rows[0].party for code, rows in by_code(book.people).items()}
    offices = {row.code: row.organisation for row in book.parties if row.kind == "office"}
    for row in book.organisations:
        of_office = [one for one in book.people if offices.get(party_of[one.code]) == row.code]
        if row.kind != AUDITOR and not any(signers(of_office, book, REGISTRAR, today)):
            yield fault(
                schema.ORGANISATIONS, row.row, "code", FaultKind.NO_REGISTRAR, value=row.title
            )
    if book.plots and not any(signers(book.people, book, LAND_REGISTRAR, today)):
        yield Fault(kind=FaultKind.NO_LAND_REGISTRAR, sheet=schema.PLOTS.title)


def signers(rows: Iterable[PersonRow], book: Book, role: str, today: str) -> Iterator[PersonRow]:
    """Yield the rows that give a role today to somebody whose key is made on this computer."""
    makes = {row.code for row in book.people if row.key == MAKE}
    for row in rows:
        is_now = row.since <= today and (not row.until or today <= row.until)
        if row.role == role and row.since and is_now and row.code in makes:
            yield row


def _periods(book: Book) -> Iterator[Fault]:
    for person in book.people:
        if person.since and person.until and person.until < person.since:
            yield fault(schema.PEOPLE, person.row, "until", FaultKind.PERIOD_REVERSED)
    for one in book.inputs:
        if one.until and one.until < one.since:
            yield fault(schema.INPUTS, one.row, "until", FaultKind.PERIOD_REVERSED)


def _areas(book: Book) -> Iterator[Fault]:
    for plot in book.plots:
        if plot.area:
            try:
                values.area_m2(plot.area, plot.unit)
            except CellError as error:
                yield fault(schema.PLOTS, plot.row, "area", error.kind, **error.values)


def _organisation_of(parties: Iterable[PartyRow]) -> Mapping[str, str]:
    return {row.code: row.organisation for row in parties}
