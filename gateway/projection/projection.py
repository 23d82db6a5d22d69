"""Blocks into SQL: one transaction holds the rows of some blocks and how far they lead.

So after any crash the tables show exactly the first `height` blocks, and applying goes on from
there. Several gateways may share one PostgreSQL database: a lock lets one of them at a
time apply blocks, and the others learn that it is done.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

import structlog
from sqlalchemy import Connection, MetaData, Table, insert, inspect, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from gateway.ledgers.port import Block
from gateway.projection import digest, json_text, metrics, reading, writing
from gateway.projection.errors import BlockGapError, ChainMismatchError, is_passing
from gateway.projection.queries import CommandRow
from gateway.projection.tables import METADATA, checkpoint
from gateway.storage.database import Database
from gateway.storage.keeping import Keeping

# Counts up whenever the same blocks would give other rows in the same tables.
ROWS_VERSION: Final = 1

_LOCK: Final = text("SELECT pg_advisory_xact_lock(:key)")
_LOCK_KEY: Final = 0x4D4E_5232  # any number that nobody else in the database uses: "MNR2"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far the tables are: `height` blocks, the last of which has `hash` (empty before any)."""

    height: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying blocks has done: the height reached and the commands now on record."""

    height: int
    commands: tuple[CommandRow, ...]


def schema_digest() -> str:
    """Return a name for these tables and row functions: other names need a rebuild."""
    lines = [str(ROWS_VERSION)]
    for table in METADATA.sorted_tables:
        lines.append(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        lines += sorted(
            str(CreateIndex(index).compile(dialect=sqlite.dialect())) for index in table.indexes
        )
    return sha256("\n".join(lines).encode()).hexdigest()


class Projection:
    """The tables of one database; open it with `open`, and close it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.keeping = Keeping("projection")
        self._applying = asyncio.Lock()

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the projection at a database URL, and make its tables where they are missing.

        Tables of another version of this program are dropped: they follow from the ledger, and
        whoever follows it next fills them again from block 0.

        Args:
            url: `sqlite:///path` or `postgresql://…`.
        """
        projection = cls(Database(url))
        try:
            await projection.database.write(_prepare)
        except BaseException:
            await projection.close()
            raise
        return projection

    async def close(self) -> None:
        """Close all connections."""
        await self.database.close()

    async def checkpoint(self) -> Checkpoint:
        """Return how far the tables are."""
        return await self.database.read(_read_checkpoint)

    async def apply(self, block: Block) -> Applied:
        """Apply the next block; see `apply_all`."""
        return await self.apply_all([block])

    async def apply_all(self, blocks: Sequence[Block]) -> Applied:
        """Apply the next blocks in one database transaction.

        Raises:
            BlockGapError: The first is not the next, or one does not follow the other.
            ChainMismatchError: They continue another chain than the one applied.
            sqlalchemy.exc.SQLAlchemyError: The database fails; nothing was applied.
        """
        changes = await _read(blocks)
        started = time.perf_counter()
        async with self._applying:
            try:
                await self.database.write(_apply, blocks, changes, one_by_one=False)
            except StatementError as error:
                if is_passing(error):
                    self.keeping.failed(error)
                    raise
                _log.warning("blocks_refused", first=blocks[0].number, error=repr(error))
                changes = await _read(blocks)
                await self.database.write(_apply, blocks, changes, one_by_one=True)
        self.keeping.succeeded()
        metrics.APPLY_S.observe(time.perf_counter() - started)
        return _report(blocks[-1].number + 1, changes)

    async def reset(self) -> None:
        """Drop everything and stand before block 0 again, in one transaction."""
        async with self._applying:
            await self.database.write(_reset)

    async def dump(self) -> bytes:
        """Return the state in its comparable form; see `digest.dump`."""
        return digest.dump(await self.database.read(digest.read_state))

    async def content_digest(self) -> str:
        """Return SHA-256 over the content of all tables; equal after a rebuild."""
        return await self.database.read(digest.content_digest)


async def _read(blocks: Sequence[Block]) -> list[reading.Changes]:
    """Read blocks, letting others run after each transaction."""
    changes = []
    for block in blocks:
        for one in reading.read(block):
            changes.append(one)
            await asyncio.sleep(0)
    return changes


def _prepare(connection: Connection) -> None:
    """Make the tables unless those of this version are there."""
    _lock(connection)
    if not _is_current(connection):
        _make_tables(connection)


def _reset(connection: Connection) -> None:
    _lock(connection)
    _make_tables(connection)


def _apply(
    connection: Connection,
    blocks: Sequence[Block],
    changes: Sequence[reading.Changes],
    *,
    one_by_one: bool,
) -> None:
    _lock(connection)
    here = _read_checkpoint(connection)
    for block in blocks:
        if block.number != here.height:
            raise BlockGapError(number=block.number, height=here.height)
        if block.previous_hash != here.hash:
            raise ChainMismatchError(block.number)
        here = Checkpoint(height=block.number + 1, hash=block.hash)
    write = writing.write_each if one_by_one else writing.write
    write(connection, changes)
    connection.execute(update(checkpoint).values(height=here.height, hash=here.hash))


def _lock(connection: Connection) -> None:
    """Keep other gateways from writing until this transaction ends; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"key": _LOCK_KEY})


def _read_checkpoint(connection: Connection) -> Checkpoint:
    row = connection.execute(select(checkpoint.c.height, checkpoint.c.hash)).one()
    return Checkpoint(height=row.height, hash=row.hash)


def _is_current(connection: Connection) -> bool:
    """Whether the database has the tables of this version of the program."""
    if not _has_checkpoint(connection):
        return False
    found = connection.execute(select(checkpoint.c.schema))
    return found.scalar_one_or_none() == schema_digest()


def _has_checkpoint(connection: Connection) -> bool:
    inspector = inspect(connection)
    if not inspector.has_table(checkpoint.name):
        return False
    columns = {column["name"] for column in inspector.get_columns(checkpoint.name)}
    return {"schema", "tables"} <= columns


def _make_tables(connection: Connection) -> None:
    """Drop this projection's tables, an older version's too, and make them anew, empty."""
    if _has_checkpoint(connection):
        former = connection.execute(select(checkpoint.c.tables)).scalar_one_or_none()
        for name in json.loads(former or "[]"):
            connection.execute(DropTable(Table(name, MetaData()), if_exists=True))
    METADATA.create_all(connection)
    connection.execute(
        insert(checkpoint).values(
            id=1,
            height=0,
            hash="",
            schema=schema_digest(),
            tables=json_text.write(sorted(METADATA.tables)),
        )
    )


def _report(height: int, changes: Sequence[reading.Changes]) -> Applied:
    commands = tuple(CommandRow.of(row) for one in changes for row in one.commands)
    metrics.HEIGHT.set(height)
    metrics.APPLIED.inc(len(commands))
    for one in changes:
        for item in one.quarantined:
            metrics.QUARANTINED.labels(item.kind).inc()
            _log.warning(
                "quarantined",
                block_number=one.block_number,
                tx_id=one.tx_id,
                kind=item.kind,
                reason=item.reason,
            )
    return Applied(height=height, commands=commands)
