"""What an application would do: compare the workbook with the register and the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from chaincode.registry.records import Constitution
from gateway.setup import schema
from gateway.setup.checking import fault
from gateway.setup.consigning import OPEN
from gateway.setup.faults import WORDS, Fault, FaultKind, WrongTownError, mixed
from gateway.setup.publishing import Edition, next_edition
from gateway.setup.register import Entry, Register
from gateway.setup.sheets import DEMO, INVITE, MAKE, Book, Sheet
from gateway.setup.wishes import CONSIGNMENTS, FIXED, Wish, differing, organisations, wishes
from gateway.town.catalogue import CatalogueFile

SHEETS = {sheet.key: sheet for sheet in schema.SHEETS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that an application would do, for people to read.

    Attributes:
        sheet: A sheet's key.
        what: The code; never a name.
        members: What would change; empty for something new.
    """

    sheet: str
    what: str
    members: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Plan:
    """What an application would do.

    Attributes:
        wanted: Every party, person and plot of the workbook.
        created: New.
        changed: There, and to be changed.
        waiting: Proposed, and waiting for another organisation's registrar.
        same: How many are as wished.
        left: Codes of the register that the workbook lacks, and what another organisation has
            changed or ended since; they stay as they are.
        edition: The catalogue.
        founds: Whether the ledger is to be founded.
        faults: Changes that can't be made.
    """

    wanted: Sequence[Wish]
    edition: Edition
    founds: bool
    created: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    same: int = 0
    left: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether everything is as wished already, or waits for others."""
        return not (self.created or self.changed or self.founds)


def make_plan(
    book: Book,
    register: Register,
    old: CatalogueFile,
    *,
    today: str,
    proposed: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Plan the application of a workbook without faults.

    Args:
        book: The workbook.
        register: With the ledger's records as last seen.
        old: The catalogue.
        today: YYYY-MM-DD in the town.
        proposed: By code, the states of consignments that need not be proposed again.

    Raises:
        WrongTownError: The workbook is of another town, or a demo meets a real one.
    """
    check_town(book, register)
    plan = Plan(
        wanted=tuple(wishes(book)),
        edition=next_edition(book, old, today=today),
        founds=register.constitution is None,
    )
    plan.faults += plan.edition.faults
    if register.in_force is not None:
        plan.faults += _fixed_organisations(book, register.in_force)
    for wish in plan.wanted:
        if wish.sheet == CONSIGNMENTS and wish.code in proposed:
            _compare_proposed(wish, register, plan, state=proposed[wish.code])
        else:
            _compare(wish, register, plan)
    wished = {(wish.sheet, wish.code) for wish in plan.wanted}
    plan.left += [Line(sheet=sheet, what=code) for sheet, code in register.entries.keys() - wished]
    plan.left.sort(key=lambda line: (line.sheet, line.what))
    plan.created += [Line(sheet=sheet, what=what) for sheet, what in plan.edition.created]
    plan.changed += [
        Line(sheet=sheet, what=what, members=("text",)) for sheet, what in plan.edition.changed
    ]
    return plan


def check_town(book: Book, register: Register) -> None:
    """Check that the workbook is of the register's town."""
    town, constitution = book.town[0], register.in_force
    if constitution is None:
        if town.ledger:
            raise WrongTownError(WORDS["planning.no_such_ledger"], ledger=town.ledger[:12])
        return
    if constitution.demo != (town.kind == DEMO):
        raise mixed(is_demo=constitution.demo)
    if town.ledger and town.ledger != register.ledger:
        raise WrongTownError(WORDS["planning.other_ledger"], ledger=register.ledger)
    if constitution.title != town.name:
        raise WrongTownError(WORDS["planning.other_town"], title=constitution.title, name=town.name)


def _fixed_organisations(book: Book, constitution: Constitution) -> list[Fault]:
    """Refuse other ground rules: two organisations amend a constitution, no workbook does."""
    faults = []
    town = book.town[0]
    if town.offset_minutes != constitution.utc_offset_minutes:
        there = str(constitution.utc_offset_minutes)
        faults.append(
            fault(schema.TOWN, town.row, "offset_minutes", FaultKind.NOT_CHANGEABLE, value=there)
        )
    for row, wanted in zip(book.organisations, organisations(book), strict=True):
        there_is = constitution.organisation(row.code)
        if there_is is None:
            faults.append(
                fault(schema.ORGANISATIONS, row.row, "code", FaultKind.NOT_CHANGEABLE, value="-")
            )
            continue
        for key in ("msp", "kind", "title", "roles"):
            value = getattr(there_is, key)
            if value != getattr(wanted, key):
                shown = ", ".join(value) if isinstance(value, tuple) else value
                faults.append(
                    fault(schema.ORGANISATIONS, row.row, key, FaultKind.NOT_CHANGEABLE, value=shown)
                )
    return faults


def _compare_proposed(wish: Wish, register: Register, plan: Plan, *, state: str) -> None:
    if not differing(wish, register.entries[wish.sheet, wish.code], register.entries):
        plan.same += 1
        return
    line = Line(sheet=wish.sheet, what=wish.code)
    (plan.waiting if state == OPEN else plan.left).append(line)


def _compare(wish: Wish, register: Register, plan: Plan) -> None:
    entry = register.entries.get((wish.sheet, wish.code))
    if entry is None or entry.ledger is None:
        plan.created.append(Line(sheet=wish.sheet, what=wish.code))
        return
    members = differing(wish, entry, register.entries)
    for name in members:
        if name in FIXED[wish.sheet]:
            plan.faults.append(_not_changeable(wish, entry, name, register))
    private = [name for name, value in wish.details.items() if entry.details.get(name) != value]
    if wish.published != entry.published:
        private.append("publish")
    if lacks_key(wish, entry):
        private.append("key")
    if members or private:
        line = Line(sheet=wish.sheet, what=wish.code, members=(*members, *private))
        plan.changed.append(line)
    else:
        plan.same += 1


def lacks_key(wish: Wish, entry: Entry) -> bool:
    """Whether a key or an invitation is still to be made."""
    return (wish.key == MAKE and not entry.is_enrolled) or (
        wish.key == INVITE and not entry.is_invited
    )


def _not_changeable(wish: Wish, entry: Entry, name: str, register: Register) -> Fault:
    assert entry.ledger is not None  # noqa: S101 - compared with it
    sheet: Sheet = SHEETS[wish.sheet]
    value = str(entry.ledger.get(name))
    if name == "party":
        codes = {one.id: one.code for one in register.entries.values()}
        value = codes.get(value, value)
    column = name if any(one.key == name for one in sheet.columns) else "party"
    return fault(sheet, wish.row, column, FaultKind.NOT_CHANGEABLE, value=value)
