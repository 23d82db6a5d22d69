"""On how many days, and how often a day, a sticker's number was asked about: the trace of a copy.

One SQLite file with a row for each number asked about: counts and the last day, no time of day, no
address, nothing about who asked. It is no part of the projection, since a ledger can't bring it
back; it may be deleted at any time.
"""

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

import structlog

from gateway.plausibility.evidence import ScanFacts
from gateway.storage.keeping import Keeping, check_room

BUSY_TIMEOUT_S: Final = 5

_log = structlog.get_logger(__name__)

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS scans (
  roll TEXT, number INTEGER, day TEXT NOT NULL, on_day INTEGER NOT NULL,
  most_a_day INTEGER NOT NULL, days INTEGER NOT NULL, PRIMARY KEY (roll, number)
) WITHOUT ROWID
"""
_NOTE: Final = """
INSERT INTO scans VALUES (?, ?, ?, 1, 1, 1)
ON CONFLICT (roll, number) DO UPDATE SET
  on_day = CASE WHEN day = excluded.day THEN on_day + 1 ELSE 1 END,
  most_a_day = max(most_a_day, CASE WHEN day = excluded.day THEN on_day + 1 ELSE 1 END),
  days = days + (day <> excluded.day),
  day = excluded.day
"""
_OFTEN: Final = """
SELECT count(*), max(most_a_day), max(days) FROM scans
WHERE roll = ? AND number BETWEEN ? AND ? AND (most_a_day > ? OR days > ?)
"""


class Scans:
    """The counts in a file, from any thread; without a path none are kept.

    Raises:
        sqlite3.Error: The file is of another kind.
        OSError: It can't be made.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.keeping = Keeping("scans")
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with contextlib.closing(self._open()) as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute(_SCHEMA)

    def note(self, roll: str, number: int, *, day: str) -> None:
        """Count one question about a sticker, on a day of the town (YYYY-MM-DD).

        A count that can't be written is lost: whoever asked gets an answer all the same.
        """
        if self._path is None:
            return
        try:
            with contextlib.closing(self._open()) as database, database:
                database.execute(_NOTE, (roll, number, day))
            self.keeping.succeeded()
        except sqlite3.Error as error:
            self.keeping.failed(error)
            _log.warning("scan_not_counted", error=type(error).__name__)

    async def probe(self) -> None:
        """Write what changes nothing.

        Raises:
            sqlite3.Error: It can't be written.
            OSError: There is hardly any room.
        """
        await asyncio.to_thread(self._touch)

    def often(self, roll: str, first: int, last: int, *, a_day: int, days: int) -> ScanFacts | None:
        """Return what was asked about more than `a_day` times on one day, or on more than `days`.

        Nothing, where the counts can't be read.
        """
        if self._path is None:
            return None
        try:
            with contextlib.closing(self._open()) as database:
                found = database.execute(_OFTEN, (roll, first, last, a_day, days)).fetchone()
        except sqlite3.Error as error:
            _log.warning("scans_not_read", error=type(error).__name__)
            return None
        if not found[0]:
            return None
        return ScanFacts(stickers=found[0], most_a_day=found[1], days=found[2])

    def _touch(self) -> None:
        assert self._path is not None  # noqa: S101 - else nothing was written
        check_room(self._path.parent)
        with contextlib.closing(self._open()) as database, database:
            database.execute("PRAGMA user_version = 0")

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(str(self._path), timeout=BUSY_TIMEOUT_S)
        database.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last counts
        return database
