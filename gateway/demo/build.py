"""Make the demo's files: an embedded ledger with a year on it, the people's keys, published names.

    folder/town.xlsx      the workbook that the town is set up from
           register.sqlite  keys/farm-a.json …  names.json  catalogue.json      see `setup.places`
           ledger.sqlite

The folder appears whole or not at all, so that a demo interrupted while being made is made anew.
"""

import shutil
import time as clock
from collections.abc import Callable, Iterator
from pathlib import Path

from chaincode.contract import MinoriContract
from gateway.demo.founding import submit_all
from gateway.demo.season import DAY_S, Day, midnight, season
from gateway.demo.town import Town
from gateway.demo.workbook import PROPOSED, rows, settled
from gateway.demo.yesterday import yesterday
from gateway.device.keyring import Key
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.setup.applying import apply_workbook
from gateway.setup.ledger_view import Doors
from gateway.setup.places import KEYS_FOLDER, LEDGER_FILE, TownFiles
from gateway.setup.reading import read_workbook
from gateway.setup.template import write_filled
from gateway.words import load, speaking

WORDS = load(__file__)

WORKBOOK_FILE = "town.xlsx"

Progress = Callable[[str], None]


async def build(folder: Path, *, gateway: str, days: int, progress: Progress) -> None:
    """Make the demo in `folder`, unless it is there.

    Args:
        folder: Where; its parent is made.
        gateway: The address written into the keys.
        days: How many days the demo's past has.
        progress: Told each step, for people to read.
    """
    if folder.exists():  # noqa: ASYNC240 - nobody else waits while a demo is made
        return
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    ledger = await EmbeddedLedger.open(unfinished / LEDGER_FILE, contract=MinoriContract())
    try:
        admins = {
            one.msp: ledger.as_identity("admin", organisation=one.msp)
            for one in Town.create().constitution.organisations
            if one.kind != "auditor"
        }
        doors = Doors(ledger=ledger, admins=admins)
        await enact(doors, unfinished, gateway=gateway, days=days, progress=progress)
    finally:
        await ledger.close()
    unfinished.rename(folder)


async def enact(doors: Doors, folder: Path, *, gateway: str, days: int, progress: Progress) -> None:
    """Set the town up on a fresh ledger, from a workbook, and let its past happen.

    Args:
        doors: To the ledger.
        folder: Gets the town's files.
        gateway: The address written into the keys.
        days: How many days the demo's past has.
        progress: Told each step, for people to read.
    """
    now = int(clock.time())
    start = now - (days + 1) * DAY_S
    town, files = Town.create(), TownFiles.within(folder)
    write_filled(folder / WORKBOOK_FILE, rows(town))
    await apply_workbook(
        read_workbook(folder / WORKBOOK_FILE),
        files,
        doors,
        gateway=gateway,
        now=now,
        at=start,
        progress=progress,
    )
    town = settled(town, files)
    count = 0
    try:
        for day in story(town, now=now, days=days):
            await submit_all(doors.ledger, day.commands, at=day.time)
            count += len(day.commands)
    finally:
        write_keys(town, folder, gateway=gateway)
    progress(WORDS["build.records"].say(speaking.language(), count=count, days=days))


def story(town: Town, *, now: int, days: int) -> Iterator[Day]:
    """Yield the days before `now` on which something happened, the last one hour by hour."""
    founded_at = now - (days + 1) * DAY_S
    given = town.consignments(founded_at, but=PROPOSED)  # those wait for the shops' registrar
    yield Day(time=founded_at, commands=given)
    yield from season(town, now=now, days=days)
    yield from yesterday(town, noon=midnight(now) - DAY_S // 2)


def write_keys(town: Town, folder: Path, *, gateway: str) -> None:
    """Write everybody's key, standing where it stands now."""
    registrars = {f"registrar-{name}": person for name, person in town.registrars.items()}
    for handle, person in {**town.people, **registrars}.items():
        key = Key(
            path=folder / KEYS_FOLDER / f"{handle}.json",
            device=person.device,
            party=person.party,
            gateway=gateway,
        )
        key.save()
