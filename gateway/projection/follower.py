"""Keeps a projection up with its ledger, and wakes whoever waits for a height."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from typing import Final, Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from gateway.ledgers.port import Block, Ledger, LedgerError
from gateway.projection.errors import BlockGapError, ChainMismatchError, ProjectionInUseError
from gateway.projection.projection import Projection
from gateway.projection.queries import CommandRow
from gateway.projection.stream import grouped
from gateway.storage.lock import DatabaseLock

RETRY_FIRST_S: Final = 0.1
RETRY_MAX_S: Final = 5.0

_log = structlog.get_logger(__name__)


class Follower:
    """A task that applies every block of a ledger; `start` it, `stop` it, or use it as a context.

    A ledger or database that fails is tried again, from the checkpoint, with growing pauses. Only
    a ledger that is not this projection's ends the task for good: then `fault` says so.

    Attributes:
        height: Blocks applied, as far as this process knows.
        fault: Why the task has ended or is failing right now; empty when all is well.
        listeners: Called with the commands of each group of blocks once they are committed;
            must return at once. After a restart, or when another gateway shares the database,
            some commands are missing: this is for waking up, not for keeping books.
    """

    def __init__(
        self,
        ledger: Ledger,
        projection: Projection,
        *,
        retry_first_s: float = RETRY_FIRST_S,
        retry_max_s: float = RETRY_MAX_S,
    ) -> None:
        self.height = 0
        self.fault = ""
        self.listeners: list[Callable[[Sequence[CommandRow]], None]] = []
        self._ledger = ledger
        self._projection = projection
        self._retry_first_s = retry_first_s
        self._retry_max_s = retry_max_s
        self._task: asyncio.Task[None] | None = None
        self._grown = asyncio.Condition()
        self._lock = DatabaseLock(projection.database.url, alone=False)
        self._busy = asyncio.Lock()  # held while the database is at work, so `stop` waits for it

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Read the checkpoint and begin to follow.

        Raises:
            ProjectionInUseError: The projection is being rebuilt.
        """
        await self._hold()
        self.height = (await self._projection.checkpoint()).height
        self._task = asyncio.create_task(self._follow(), name="projection-follower")

    async def stop(self) -> None:
        """End the task between two groups of blocks; what is committed stays."""
        if self._task is not None:
            async with self._busy:
                self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self._lock.release()

    async def wait_for_height(self, height: int, *, timeout_s: float) -> bool:
        """Wait until `height` blocks are applied and return whether they are."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._grown:
                await self._grown.wait_for(lambda: self.height >= height)
        return self.height >= height

    async def _follow(self) -> None:
        pause_s = self._retry_first_s
        while True:
            height = self.height
            try:
                await self._follow_stream()
                reason = "the stream of blocks ended"
            except BlockGapError:  # another gateway applies to this database, too
                continue
            except ChainMismatchError as error:
                self.fault = str(error)
                _log.critical("chain_mismatched", number=error.number)
                return
            except (LedgerError, ProjectionInUseError, SQLAlchemyError, OSError) as error:
                reason = repr(error)
            except Exception as error:  # noqa: BLE001 - see below
                reason = repr(error)
                _log.exception("following_failed")  # a bug of ours; it may still pass
            self.fault = reason
            pause_s = self._retry_first_s if self.height > height else pause_s * 2
            pause_s = min(pause_s, self._retry_max_s)
            _log.warning("following_again", reason=reason, pause_s=pause_s)
            # Jitter, so that the gateways of several organisations don't knock all at once.
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311 - no secret

    async def _follow_stream(self) -> None:
        """Apply blocks from the checkpoint on until something fails."""
        async with self._busy:
            height = (await self._projection.checkpoint()).height
            await self._reach(height)
            await self._hold()  # on PostgreSQL it may have been lost with its connection
        async with contextlib.aclosing(grouped(self._ledger.blocks(height))) as groups:
            async for group in groups:
                async with self._busy:
                    await self._apply(group)

    async def _hold(self) -> None:
        if not await self._lock.acquire():
            raise ProjectionInUseError("the tables are being rebuilt: start again after that")

    async def _apply(self, group: Sequence[Block]) -> None:
        applied = await self._projection.apply_all(group)
        self.fault = ""
        self._tell(applied.commands)
        await self._reach(applied.height)

    async def _reach(self, height: int) -> None:
        async with self._grown:
            self.height = height
            self._grown.notify_all()

    def _tell(self, rows: Sequence[CommandRow]) -> None:
        for listener in self.listeners:
            try:
                listener(rows)
            except Exception:  # noqa: BLE001 - who listens badly must not stop the others
                _log.exception("listener_failed")


async def rebuild(projection: Projection, ledger: Ledger) -> int:
    """Drop the projection's tables and fill them from block 0; return the height reached.

    It is done in place: the drop is one transaction, then groups of blocks follow, each with its
    checkpoint. So a rebuild that is killed goes on where it was, by itself, when the projection
    is next followed; meanwhile readers see a projection that is behind, and `height` says how far.
    A second set of tables to swap in would keep the old answers readable, but double the disk and
    hide which answers are old.

    Nobody may follow it meanwhile: they would go on telling a height that is no longer there.

    Raises:
        ProjectionInUseError: A gateway follows it; nothing was dropped.
        LedgerError, sqlalchemy.exc.SQLAlchemyError: As soon as either fails.
    """
    target = await ledger.height()
    lock = DatabaseLock(projection.database.url, alone=True)
    try:
        if not await lock.acquire():
            raise ProjectionInUseError("a gateway follows the tables: stop `minori serve` first")
        await projection.reset()
        height = 0
        async with contextlib.aclosing(grouped(ledger.blocks(0))) as groups:
            while height < target:
                height = (await projection.apply_all(await anext(groups))).height
        return height
    finally:
        await lock.release()
