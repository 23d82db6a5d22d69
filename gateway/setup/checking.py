"""What only several rows together can get wrong: doubles, references, periods, roles."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from chaincode.lots.harvest import CLERK
from chaincode.lots.records import PACKER
from chaincode.registry.records import AUDITOR, REGISTRAR
from gateway.setup import schema, values
from gateway.setup.faults import CellError, Fault, FaultKind
from gateway.setup.reading import Reading, ranges
from gateway.setup.sheets import MAKE, Book, PartyRow, PersonRow, Sheet
from gateway.town.vocabulary import ROLES

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
        *_organisations(reading),
        *_references(reading),
        *_auditors(book),
        *_people(reading),
        *_signers(reading, today),
        *_periods(book),
        *_consignments(book),
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
    yield from _twice(
        schema.CONSIGNMENTS, book.consignments, "shop", lambda row: f"{row.producer} {row.shop}"
    )
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


def _organisations(reading: Reading) -> Iterator[Fault]:
    rows = reading.book.organisations
    for row in rows:
        if (REGISTRAR in row.roles) == (row.kind == AUDITOR):
            yield fault(schema.ORGANISATIONS, row.row, "roles", FaultKind.UNSOUND_ORGANISATION)
    working = sum(row.kind != AUDITOR for row in rows)
    is_whole = not _is_faulty(reading, schema.ORGANISATIONS)  # else some may be missing here
    if (working < 2 and is_whole) or len(rows) > ORGANISATIONS_MAX:
        yield Fault(
            kind=FaultKind.TOO_FEW_ORGANISATIONS,
            sheet=schema.ORGANISATIONS.title,
            values={"count": str(working)},
        )


def _is_faulty(reading: Reading, *sheets: Sheet) -> bool:
    """Whether a sheet lacks rows that are in the workbook, for they have faults."""
    titles = {sheet.title for sheet in sheets}
    return any(one.sheet in titles for one in reading.faults)


def _references(reading: Reading) -> Iterator[Fault]:
    missing: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    for one in reading.references:
        there = one.column.refers
        if one.code not in reading.codes[there] and there not in reading.partial:
            missing[one.sheet.key, one.column.key, one.code].append(one.row)
    sheets = {sheet.key: sheet for sheet in schema.SHEETS}
    for (key, column, code), rows in missing.items():
        there_is = sheets[sheets[key].column(column).refers]
        yield fault(
            sheets[key],
            rows[0],
            column,
            FaultKind.UNKNOWN_REFERENCE,
            there=f"{there_is.ja} / {there_is.en}",
            value=_in_rows(code, rows),
        )


def _in_rows(value: str, rows: Sequence[int]) -> str:
    """Return a value with the rows that it stands in, where they are several."""
    return value if len(rows) == 1 else f"{value}: {ranges(rows)}"


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


def _people(reading: Reading) -> Iterator[Fault]:
    people = by_code(reading.book.people)
    spelled = Counter(code.casefold() for code in people)
    for code, rows in people.items():
        first = rows[0]
        is_partial = schema.PEOPLE.key in reading.partial and not first.party
        if code in reading.faulty[schema.PEOPLE.key] or is_partial:
            continue  # the row that says who this is may be the faulty one
        if spelled[code.casefold()] > 1:
            yield fault(
                schema.PEOPLE, first.row, "code", FaultKind.TWICE, other="?", value=code.casefold()
            )
        yield from _person(rows)
    yield from _lacking_roles(reading.book)
    yield from _desks(people)


def _desks(people: Mapping[str, Sequence[PersonRow]]) -> Iterator[Fault]:
    """Check that a desk is no party that those it signs for deliver to: see `authorise`."""
    by_role: defaultdict[str, list[tuple[str, PersonRow]]] = defaultdict(list)
    for rows in people.values():
        for row in rows:
            by_role[row.role].append((rows[0].party, row))
    houses = {party for party, _ in by_role[PACKER] if party}
    for party, row in by_role[CLERK]:
        if party in houses:
            yield fault(
                schema.PEOPLE, row.row, "party", FaultKind.DESK_IN_PACKING_HOUSE, value=party
            )


def _person(rows: Sequence[PersonRow]) -> Iterator[Fault]:
    """Check the rows of one person, of which the first says who this is."""
    first = rows[0]
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
    for row in rows:
        if row.role and not row.since:
            yield fault(schema.PEOPLE, row.row, "since", FaultKind.ROLE_WITHOUT_DATE)


def _lacking_roles(book: Book) -> Iterator[Fault]:
    """Check roles against what organisations grant; each that one lacks is told once."""
    organisation_of = _organisation_of(book.parties)
    grantable = {row.code: row.roles for row in book.organisations}
    lacking: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for rows in by_code(book.people).values():
        organisation = organisation_of.get(rows[0].party, "")
        for row in rows:
            if row.role and row.role not in grantable.get(organisation, (row.role,)):
                lacking[organisation, row.role].append(row.row)
    for (organisation, role), at in lacking.items():
        yield fault(
            schema.PEOPLE,
            at[0],
            "role",
            FaultKind.ROLE_NOT_GRANTABLE,
            value=_in_rows(values.labelled(ROLES, [role]), at),
            choices=values.labelled(ROLES, grantable[organisation]),
        )


def _signers(reading: Reading, today: str) -> Iterator[Fault]:
    """Check that somebody can sign for each organisation, and for the land."""
    book = reading.book
    if _is_faulty(reading, schema.PEOPLE, schema.PARTIES, schema.ORGANISATIONS):
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
    for given in book.consignments:
        if given.until < given.since:
            yield fault(schema.CONSIGNMENTS, given.row, "until", FaultKind.PERIOD_REVERSED)
    for one in book.inputs:
        if one.until and one.until < one.since:
            yield fault(schema.INPUTS, one.row, "until", FaultKind.PERIOD_REVERSED)


def _consignments(book: Book) -> Iterator[Fault]:
    """Check that the two sides are two, also where one signs for the other: see `authorise`."""
    party_of = {code: rows[0].party for code, rows in by_code(book.people).items()}
    desks = {party_of[row.code] for row in book.people if row.role == CLERK}
    for given in book.consignments:
        kinds = {
            FaultKind.CONSIGNED_TO_ITSELF: given.producer == given.shop,
            FaultKind.CONSIGNED_TO_DESK: given.shop in desks,
        }
        for kind in (kind for kind, is_so in kinds.items() if is_so):
            yield fault(schema.CONSIGNMENTS, given.row, "shop", kind, value=given.shop)


def _areas(book: Book) -> Iterator[Fault]:
    for plot in book.plots:
        if plot.area:
            try:
                values.area_m2(plot.area, plot.unit)
            except CellError as error:
                yield fault(schema.PLOTS, plot.row, "area", error.kind, **error.values)


def _organisation_of(parties: Iterable[PartyRow]) -> Mapping[str, str]:
    return {row.code: row.organisation for row in parties}
