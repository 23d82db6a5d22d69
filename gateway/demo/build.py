"""Make the demo's files: an embedded ledger with a year on it, the people's keys, published names.

    folder/ledger.sqlite  keys/farm-a.json …  names.json  constitution.json

The folder appears whole or not at all, so that a demo interrupted while being made is made anew.
"""

import json
import shutil
import time as clock
from collections.abc import Callable
from pathlib import Path

from chaincode import shapes
from chaincode.contract import MinoriContract
from gateway.cli.keyring import Key
from gateway.demo.founding import Founding, found, submit_all
from gateway.demo.season import DAY_S, season
from gateway.demo.town import Town
from gateway.embedded import EmbeddedLedger
from gateway.ledger import Ledger

LEDGER_FILE = "ledger.sqlite"
NAMES_FILE = "names.json"
KEYS_FOLDER = "keys"
DISTRICTS = {
    "A": ("北", "Kita"),
    "B": ("南", "Minami"),
    "C": ("中", "Naka"),
}

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
    town = Town.create()
    ledger = await EmbeddedLedger.open(unfinished / LEDGER_FILE, contract=MinoriContract())
    try:
        admins = {
            one.msp: ledger.as_identity("admin", organisation=one.msp)
            for one in town.constitution.organisations
            if one.kind != "auditor"
        }
        await enact(town, ledger, dict(admins), days=days, progress=progress)
    finally:
        await ledger.close()
    write_people(town, unfinished, gateway=gateway)
    unfinished.rename(folder)


async def enact(
    town: Town, ledger: Ledger, admins: dict[str, Ledger], *, days: int, progress: Progress
) -> None:
    """Found the town on a fresh ledger and let its past happen."""
    now = int(clock.time())
    start = now - (days + 1) * DAY_S
    await found(Founding.of(town, start), admins, at=start, progress=progress)
    count = 0
    for day in season(town, now=now, days=days):
        await submit_all(ledger, day.commands, at=day.time)
        count += len(day.commands)
    progress(f"{count} records of the last {days} days")


def write_people(town: Town, folder: Path, *, gateway: str) -> None:
    """Write everybody's key and the names that the town publishes."""
    registrars = {f"registrar-{name}": person for name, person in town.registrars.items()}
    for handle, person in {**town.people, **registrars}.items():
        key = Key(
            path=folder / KEYS_FOLDER / f"{handle}.json",
            device=person.device,
            party=person.party,
            gateway=gateway,
        )
        key.save()
    names = {
        "parties": {party: _both(name) for party, name in town.names.items()},
        "districts": {f"45383-{code}": _both(name) for code, name in DISTRICTS.items()},
    }
    (folder / NAMES_FILE).write_text(json.dumps(names, ensure_ascii=False, indent=1))
    constitution = json.dumps(shapes.write(town.constitution), ensure_ascii=False, indent=1)
    (folder / "constitution.json").write_text(constitution)


def _both(name: tuple[str, str]) -> dict[str, str]:
    japanese, english = name
    return {"ja": japanese, "en": english}
