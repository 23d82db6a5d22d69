"""From rows to the records that the ledger shall have, and to what stays in the register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.registry.records import Constitution, Organisation
from chaincode.rules import PRODUCE
from gateway.setup import values
from gateway.setup.checking import by_code
from gateway.setup.register import Code, Entry
from gateway.setup.sheets import DEMO, NO_KEY, YES, Book

CONSIGNMENTS: Final = "consignments"
# What no command changes once it is on the ledger.
FIXED: Final = {
    "parties": ("organisation", "kind"),
    "people": ("party", "organisation"),
    "plots": (),
    CONSIGNMENTS: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A party, person or plot as the workbook wants it.

    Attributes:
        sheet: `parties`, `people`, `plots` or `consignments`.
        row: The first row that speaks of it.
        record: Its record on the ledger, parties by their code.
        details: What the ledger must not have.
        organisation: Whose registrar enters it.
        key: For a person: `make`, `invite` or `none`.
        published: The name to publish, Japanese and English; or nothing.
    """

    sheet: str
    code: str
    row: int
    record: dict[str, Json]
    details: dict[str, Json]
    organisation: str
    key: str = NO_KEY
    published: tuple[str, ...] = ()


def wishes(book: Book) -> Iterator[Wish]:
    """Yield what a workbook without faults wants: parties, people, plots, then consignments."""
    organisation_of = {row.code: row.organisation for row in book.parties}
    for party in book.parties:
        yield Wish(
            sheet="parties",
            code=party.code,
            row=party.row,
            record={"organisation": party.organisation, "kind": party.kind},
            details={"name": party.name, "english": party.english, "phone": party.phone},
            organisation=party.organisation,
            published=(party.name, party.english or party.name) if party.publish == YES else (),
        )
    for code, rows in by_code(book.people).items():
        first = rows[0]
        roles: list[Json] = []
        for row in sorted(rows, key=lambda one: (one.since, one.role)):
            if row.role:
                until: dict[str, Json] = {"until": row.until} if row.until else {}
                roles.append({"role": row.role, "since": row.since, **until})
        yield Wish(
            sheet="people",
            code=code,
            row=first.row,
            record={
                "party": first.party,
                "organisation": organisation_of[first.party],
                "roles": roles,
            },
            details={"name": first.name, "reading": first.reading},
            organisation=organisation_of[first.party],
            key=first.key or NO_KEY,
        )
    for plot in book.plots:
        area: Json = values.area_m2(plot.area, plot.unit) if plot.area else None
        yield Wish(
            sheet="plots",
            code=plot.code,
            row=plot.row,
            record={"party": plot.party, "district": plot.district},
            details={"name": plot.name, "area_m2": area},
            organisation="",
        )
    for one in book.consignments:
        yield Wish(
            sheet=CONSIGNMENTS,
            code=f"{one.producer} {one.shop}",
            row=one.row,
            record={"since": one.since, "until": one.until},
            details={},
            organisation=organisation_of[one.producer],
        )


def resolved(wish: Wish, entries: Mapping[Code, Entry]) -> dict[str, Json]:
    """Return the record with the party's pseudonym for its code; "" for one that has none yet."""
    record = dict(wish.record)
    if "party" in record:
        party = entries.get(("parties", str(record["party"])))
        record["party"] = party.id if party else ""
    return record


def differing(wish: Wish, entry: Entry, entries: Mapping[Code, Entry]) -> tuple[str, ...]:
    """Return the members in which the ledger's record is not as wished; all are if it has none."""
    record = resolved(wish, entries)
    there = entry.ledger
    if there is None:
        return tuple(record)
    return tuple(name for name in record if _ordered(there.get(name)) != _ordered(record[name]))


def _ordered(value: Json) -> Json:
    """Return roles in an order of their own, anything else as it is."""
    if not isinstance(value, list):
        return value
    return sorted(value, key=lambda one: sorted(one.items()) if isinstance(one, dict) else [])


def draw_up(book: Book, nonce: str) -> Constitution:
    """Return the constitution of a new town; `nonce` makes its ledger unlike any other."""
    town = book.town[0]
    return Constitution(
        id=nonce,
        title=town.name,
        utc_offset_minutes=town.offset_minutes,
        demo=town.kind == DEMO,
        families=PRODUCE,
        organisations=organisations(book),
    )


def organisations(book: Book) -> tuple[Organisation, ...]:
    """Return the organisations as a constitution has them."""
    return tuple(
        shapes.read(
            Organisation,
            {
                "id": row.code,
                "msp": row.msp,
                "kind": row.kind,
                "title": row.title,
                "roles": list(row.roles),
            },
        )
        for row in book.organisations
    )
