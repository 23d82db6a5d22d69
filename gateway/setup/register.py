"""The private register: which code of the workbook is which pseudonym, and whose name it is.

One SQLite file that only its owner may read. A pseudonym is drawn and kept here before anything is
signed with it, so that an interrupted application goes on with the same ones. Losing the file
means that nobody knows any more who is who: back it up, apart from the ledger.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, TypeAlias

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.registry.founding import ledger_id
from chaincode.registry.records import Constitution
from gateway.setup.faults import WORDS, RegisterError

Code: TypeAlias = tuple[str, str]  # (sheet's key, code in it)

KINDS = {  # sheet: first part of its records' keys; of a consignment the id is both parties'
    "parties": "party",
    "people": "actor",
    "plots": "plot",
    "consignments": "consignment",
}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS town (
  one INTEGER PRIMARY KEY CHECK (one = 1), constitution TEXT NOT NULL, in_force TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS entries (
  sheet TEXT, code TEXT, id TEXT NOT NULL UNIQUE, details TEXT NOT NULL, ledger TEXT,
  kid TEXT NOT NULL, is_enrolled INTEGER NOT NULL, is_invited INTEGER NOT NULL,
  published TEXT NOT NULL, PRIMARY KEY (sheet, code)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A party, person or plot.

    Attributes:
        id: Its pseudonym.
        details: What the office wrote about it that the ledger must not have.
        ledger: Its record on the ledger as last seen; `None` before it was entered.
        kid: The key made for it on this computer; empty for none.
        is_enrolled: Whether the ledger has that key.
        is_invited: Whether an invitation was written.
        published: The name that was put into the file of names, Japanese and English; or nothing.
    """

    sheet: str
    code: str
    id: str
    details: dict[str, Json] = field(default_factory=dict)
    ledger: dict[str, Json] | None = None
    kid: str = ""
    is_enrolled: bool = False
    is_invited: bool = False
    published: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its key in the ledger's state."""
        return f"{KINDS[self.sheet]}/{self.id}"


class Register:
    """The register, open; close it. Everything is in memory, too: a town has some thousands."""

    def __init__(self, database: sqlite3.Connection, lock: int | None) -> None:
        self._database = database
        self._lock = lock
        self.constitution: Constitution | None = None  # the founding one, which names the ledger
        self.in_force: Constitution | None = None  # as last seen on the ledger
        self.entries: dict[Code, Entry] = {}

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the register, or make an empty one.

        Raises:
            RegisterError: It is open elsewhere, or is no register.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # On a file of its own: SQLite's locks on the register would end with this descriptor.
            os.close(lock)
            beside = path.with_name(path.name + ".lock")
            lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise RegisterError(WORDS["register.in_use"], path=path) from None
        return cls._read(sqlite3.connect(path), path, lock)

    @classmethod
    def look(cls, path: Path) -> Self:
        """Return a copy in memory, empty if there is no register; nothing is written."""
        memory = sqlite3.connect(":memory:")
        if path.exists():
            there = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            try:
                there.backup(memory)
            except sqlite3.DatabaseError as error:
                memory.close()
                raise RegisterError(WORDS["register.none"], path=path) from error
            finally:
                there.close()
        return cls._read(memory, path, None)

    @classmethod
    def _read(cls, database: sqlite3.Connection, path: Path, lock: int | None) -> Self:
        register = cls(database, lock)
        try:
            database.executescript(_SCHEMA)
            founded = database.execute("SELECT constitution, in_force FROM town").fetchone()
            if founded:
                register.constitution = shapes.read(Constitution, json.loads(founded[0]))
                register.in_force = shapes.read(Constitution, json.loads(founded[1]))
            columns = "sheet, code, id, details, ledger, kid, is_enrolled, is_invited, published"
            for row in database.execute(f"SELECT {columns} FROM entries"):  # noqa: S608 - constant
                entry = _entry(row)
                register.entries[entry.sheet, entry.code] = entry
        except (sqlite3.DatabaseError, ValueError) as error:
            register.close()
            raise RegisterError(WORDS["register.none"], path=path) from error
        return register

    @property
    def ledger(self) -> str:
        """The id of the town's ledger; empty before its constitution is drawn up."""
        return ledger_id(self.constitution) if self.constitution else ""

    def found(self, constitution: Constitution) -> None:
        """Keep the constitution, before anybody signs it."""
        text = json.dumps(shapes.write(constitution))
        with self._database:
            self._database.execute("INSERT INTO town VALUES (1, ?, ?)", (text, text))
        self.constitution = self.in_force = constitution

    def amend(self, constitution: Constitution) -> None:
        """Note that the ledger has another constitution in force."""
        with self._database:
            text = json.dumps(shapes.write(constitution))
            self._database.execute("UPDATE town SET in_force = ?", (text,))
        self.in_force = constitution

    def put(self, entries: Iterable[Entry]) -> None:
        """Add or replace entries, durably."""
        kept = list(entries)
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, kept)
            )
        self.entries.update({(entry.sheet, entry.code): entry for entry in kept})

    def seen(self, records: dict[str, Json]) -> None:
        """Note what the ledger has, by state key."""
        changed = []
        for entry in self.entries.values():
            record = records.get(entry.key)
            ledger = record if isinstance(record, dict) else None
            is_enrolled = entry.is_enrolled or records.get(f"device/{entry.kid}") is not None
            if ledger != entry.ledger or is_enrolled != entry.is_enrolled:
                changed.append(replace(entry, ledger=ledger, is_enrolled=is_enrolled))
        self.put(changed)

    def close(self) -> None:
        """Close it."""
        self._database.close()
        if self._lock is not None:
            os.close(self._lock)


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.sheet,
        entry.code,
        entry.id,
        json.dumps(entry.details, ensure_ascii=False),
        None if entry.ledger is None else json.dumps(entry.ledger),
        entry.kid,
        entry.is_enrolled,
        entry.is_invited,
        json.dumps(entry.published, ensure_ascii=False),
    )


def _entry(row: tuple[str, str, str, str, str | None, str, int, int, str]) -> Entry:
    sheet, code, entry_id, details, ledger, kid, is_enrolled, is_invited, published = row
    return Entry(
        sheet=sheet,
        code=code,
        id=entry_id,
        details=json.loads(details),
        ledger=None if ledger is None else json.loads(ledger),
        kid=kid,
        is_enrolled=bool(is_enrolled),
        is_invited=bool(is_invited),
        published=tuple(json.loads(published)),
    )
