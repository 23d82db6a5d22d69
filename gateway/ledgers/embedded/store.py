"""The SQLite file of an embedded ledger: blocks, their transactions and the state they led to.

Everything a block brings is written in one SQLite transaction, in WAL mode with an fsync at each
commit. So after a crash at any moment a block is there whole, with the state that follows from it,
or not at all. Every method is synchronous and belongs to the one thread that opened the store.

Source of the guarantees: SQLite documentation, "Write-Ahead Logging" and `PRAGMA synchronous`.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from gateway.ledgers.embedded import blocks, files
from gateway.ledgers.embedded.errors import ChainBrokenError, EmbeddedLedgerError
from gateway.ledgers.embedded.identities import fingerprint
from gateway.ledgers.port import LedgerUnavailableError, OutcomeUnknownError

APPLICATION_ID: Final = 0x4D4E5231  # "MNR1", in the file's header
FORMAT: Final = 1

_SCHEMA: Final = """
CREATE TABLE block (
    number INTEGER PRIMARY KEY,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TABLE tx (
    block_number INTEGER NOT NULL REFERENCES block (number),
    position INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    content BLOB NOT NULL,
    PRIMARY KEY (block_number, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE certificate (
    fingerprint TEXT PRIMARY KEY,
    pem BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlock:
    """A block's header and the contents of its transactions, in order."""

    number: int
    previous_hash: str
    hash: str
    contents: tuple[bytes, ...]

    def check(self) -> None:
        """Check that the stored hash is the one that follows from the content.

        Raises:
            ChainBrokenError: It is not.
        """
        computed = blocks.seal(
            number=self.number, previous_hash=self.previous_hash, contents=self.contents
        )
        if computed != self.hash:
            raise ChainBrokenError(self.number, "its content does not have its hash")


class Store:
    """One open ledger file. `height` blocks are in it; `tip` is the hash of the last, or empty."""

    def __init__(self, connection: sqlite3.Connection, *, lock: int | None) -> None:
        self.connection = connection
        self._lock = lock
        self.height, self.tip = 0, ""
        self.refresh()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a ledger's file for writing, or make it.

        Raises:
            LedgerInUseError: Another process has it open.
            ChainBrokenError: The last block does not have its hash, or its predecessor's.
            EmbeddedLedgerError: It is not a ledger's file, or of a later format.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = files.lock(path)
        files.make_private(path)
        try:
            # A full disk or a slow one is an error to report, not to wait for: no other writer.
            connection = sqlite3.connect(path, isolation_level=None, timeout=0)
            try:
                _prepare(connection, path)
                store = cls(connection, lock=lock)
                store.check_tip()
            except BaseException:
                connection.close()
                raise
        except BaseException:
            os.close(lock)
            raise
        return store

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open a ledger's file for reading, also while another process writes to it."""
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("BEGIN")  # one snapshot for all that follows
            _check_format(connection, path)
            return cls(connection, lock=None)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the file and let others open it."""
        self.connection.close()
        if self._lock is not None:
            os.close(self._lock)

    def refresh(self) -> None:
        """Read height and tip from the file."""
        row = self.connection.execute(
            "SELECT number, hash FROM block ORDER BY number DESC LIMIT 1"
        ).fetchone()
        self.height, self.tip = (row[0] + 1, row[1]) if row else (0, "")

    def states(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the committed value of each key, in the order asked; `None` where there is none.

        One short statement per key: 3 µs each, and no limit on how many.
        """
        values: list[bytes | None] = []
        for key in keys:
            row = self.connection.execute("SELECT value FROM state WHERE key = ?", (key,))
            found = row.fetchone()
            values.append(found[0] if found else None)
        return values

    def all_states(self) -> Iterator[tuple[str, bytes]]:
        """Yield every key and value, ordered by key."""
        yield from self.connection.execute("SELECT key, value FROM state ORDER BY key")

    def append(
        self,
        transactions: Sequence[tuple[str, bytes]],
        *,
        writes: Mapping[str, bytes],
        certificates: Sequence[bytes],
    ) -> int:
        """Write the next block and the state after it, durably, and return its number.

        Args:
            transactions: Id and content of each, in order; at least one.
            writes: The values of all keys that they change.
            certificates: Of their creators, PEM.

        Raises:
            LedgerUnavailableError: Nothing was written, for example because the disk is full.
            OutcomeUnknownError: The commit itself failed: whether the block is there is known
                only after the ledger is opened again.
        """
        number, previous_hash = self.height, self.tip
        block = StoredBlock(
            number=number,
            previous_hash=previous_hash,
            hash=blocks.seal(
                number=number,
                previous_hash=previous_hash,
                contents=[content for _, content in transactions],
            ),
            contents=tuple(content for _, content in transactions),
        )
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self._insert(block, [tx_id for tx_id, _ in transactions], writes, certificates)
        except sqlite3.Error as error:
            self._roll_back()
            raise LedgerUnavailableError(f"the block was not written: {error}") from error
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:  # no commit mark was written
                raise LedgerUnavailableError(f"the disk is full: {error}") from error
            raise OutcomeUnknownError(f"the commit failed: {error}") from error
        self.height, self.tip = number + 1, block.hash
        return number

    def _insert(
        self,
        block: "StoredBlock",
        tx_ids: Sequence[str],
        writes: Mapping[str, bytes],
        certificates: Sequence[bytes],
    ) -> None:
        self.connection.execute(
            "INSERT INTO block VALUES (?, ?, ?)", (block.number, block.previous_hash, block.hash)
        )
        self.connection.executemany(
            "INSERT INTO tx VALUES (?, ?, ?, ?)",
            [
                (block.number, position, tx_id, content)
                for position, (tx_id, content) in enumerate(
                    zip(tx_ids, block.contents, strict=True)
                )
            ],
        )
        self.connection.executemany(
            "INSERT OR IGNORE INTO certificate VALUES (?, ?)",
            [(fingerprint(pem), pem) for pem in certificates],
        )
        self.connection.executemany(
            "INSERT INTO state VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            list(writes.items()),
        )

    def _roll_back(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def blocks(self, start: int, *, limit: int) -> list[StoredBlock]:
        """Return up to `limit` blocks from number `start` on, each checked against its hash.

        Raises:
            ChainBrokenError: A block is missing or altered.
        """
        headers = self.connection.execute(
            "SELECT number, previous_hash, hash FROM block"
            " WHERE number >= ? ORDER BY number LIMIT ?",
            (start, limit),
        ).fetchall()
        found = []
        for place, (number, previous_hash, block_hash) in enumerate(headers):
            if number != start + place:
                raise ChainBrokenError(start + place, "it is missing")
            contents = self.connection.execute(
                "SELECT content FROM tx WHERE block_number = ? ORDER BY position", (number,)
            )
            block = StoredBlock(
                number=number,
                previous_hash=previous_hash,
                hash=block_hash,
                contents=tuple(content for (content,) in contents),
            )
            block.check()
            found.append(block)
        return found

    def certificates(self) -> dict[str, bytes]:
        """Return every creator's certificate (PEM) by its fingerprint."""
        return dict(self.connection.execute("SELECT fingerprint, pem FROM certificate"))

    def check_tip(self) -> None:
        """Check the last block's hash and its link to the one before.

        Raises:
            ChainBrokenError: They are not what they should be.
        """
        if self.height == 0:
            return
        start = max(0, self.height - 2)
        previous_hash = None if start else ""
        for block in self.blocks(start, limit=2):
            if previous_hash not in (None, block.previous_hash):
                raise ChainBrokenError(block.number, "it does not name the block before")
            previous_hash = block.hash


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the durability that the module promises, and make the tables of a new file."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        raise EmbeddedLedgerError(f"{path} can't be opened: {error}") from error
    if tables:
        _check_format(connection, path)
        return
    connection.executescript(
        f"BEGIN; {_SCHEMA} PRAGMA application_id = {APPLICATION_ID};"
        f" PRAGMA user_version = {FORMAT}; COMMIT;"
    )
    files.sync_folder(path.parent)


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise EmbeddedLedgerError(f"{path} can't be read: {error}") from error
    if application != APPLICATION_ID:
        raise EmbeddedLedgerError(f"{path} is a database, but not an embedded ledger's")
    if version != FORMAT:
        raise EmbeddedLedgerError(f"{path} has format {version}; this program reads {FORMAT}")
