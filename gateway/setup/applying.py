"""Sign and submit what the ledger lacks, then publish; may be repeated, also after a crash.

Every step asks the ledger what is there and adds what is missing, so the second application of one
workbook submits nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType

from gateway.setup.checking import check
from gateway.setup.consigning import proposals
from gateway.setup.faults import WorkbookError
from gateway.setup.inviting import Inviting, address_in
from gateway.setup.keys import Keys
from gateway.setup.ledger_view import Doors, check_ledger, refresh
from gateway.setup.places import TownFiles
from gateway.setup.planning import Plan, make_plan
from gateway.setup.publishing import (
    publish_catalogue,
    publish_names,
    read_edition,
    write_areas,
    write_office_codes,
)
from gateway.setup.reading import Reading
from gateway.setup.register import Register
from gateway.setup.sheets import Book
from gateway.setup.submitting import Submission

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an application did: the plan it followed, and how many commands it submitted."""

    plan: Plan
    commands: int


def today_in(book: Book, now: float) -> str:
    """Return the town's date."""
    offset = timedelta(minutes=book.town[0].offset_minutes if book.town else 0)
    return (datetime.fromtimestamp(now, UTC) + offset).date().isoformat()


def plan_application(
    reading: Reading,
    register: Register,
    files: TownFiles,
    *,
    today: str,
    proposed: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Return what an application would do; `proposed` is as `consigning.proposals` returns it.

    Raises:
        WorkbookError: The workbook has faults.
        WrongTownError: It is of another town.
    """
    faults = check(reading, today=today)
    if faults:
        raise WorkbookError(faults)
    plan = make_plan(reading.book, register, read_edition(files), today=today, proposed=proposed)
    if plan.faults:
        raise WorkbookError(plan.faults)
    return plan


async def preview(reading: Reading, files: TownFiles, doors: Doors | None, *, now: float) -> Plan:
    """Return what an application would do now; nothing is written anywhere.

    Args:
        reading: The workbook.
        files: The town's files, if there are any.
        doors: To the ledger; `None` where it can't be asked, so the register's memory must do.
        now: Seconds since 1970.

    Raises:
        SetupError: One of its leaves.
    """
    today = today_in(reading.book, now)
    register = Register.look(files.register)
    try:
        plan = plan_application(reading, register, files, today=today)
        if doors is not None and await check_ledger(doors.ledger, register, reading.book):
            await refresh(doors.ledger, register)
            proposed = await proposals(doors.ledger, register, plan.wanted, now=int(now))
            plan = plan_application(reading, register, files, today=today, proposed=proposed)
    finally:
        register.close()
    return plan


async def apply_workbook(
    reading: Reading,
    files: TownFiles,
    doors: Doors,
    *,
    gateway: str,
    now: float,
    at: int | None = None,
    renewed: Iterable[str] = (),
    progress: Progress = lambda _text: None,
) -> Outcome:
    """Make the town as the workbook has it.

    Args:
        reading: The workbook.
        files: The town's files; made if there are none.
        doors: To the ledger.
        gateway: Where this computer's gateway is reached: written into keys and invitations
            unless the workbook has a better one.
        now: Seconds since 1970.
        at: Ledger time, for a demo's ledger.
        renewed: The codes of people who get another invitation.
        progress: Told each step, for people to read.

    Raises:
        SetupError: One of its leaves; nothing is submitted on a fault of the workbook.
    """
    today = today_in(reading.book, now)
    await preview(reading, files, doors, now=now)  # before anything is written
    address = partial(address_in, reading.book, served=gateway)
    register = Register.open(files.register)
    try:
        if await check_ledger(doors.ledger, register, reading.book):
            await refresh(doors.ledger, register)
        plan = plan_application(reading, register, files, today=today)
        with Keys(files, register, address=address) as keys:
            submission = Submission(
                book=reading.book,
                register=register,
                keys=keys,
                doors=doors,
                wanted=plan.wanted,
                at=at,
                today=today,
                inviting=Inviting(files, register, reading.book, served=gateway, today=today),
                renewed=frozenset(renewed),
                progress=progress,
            )
            commands = await submission.run()
        publish_names(files, register, plan.wanted)
        publish_catalogue(files, plan.edition, read_edition(files))
        write_areas(files, register)
        write_office_codes(files, register)
    finally:
        register.close()
    return Outcome(plan=plan, commands=commands)
