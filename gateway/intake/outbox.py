"""The durable outbox: what is accepted is on disk before anybody is told so.

A row is a command that waits, or its answer. No transaction or envelope is kept: the contract
takes each command once, whoever sends it how often (its device's sequence sees to that). So after
a crash between any two steps, all that waits is simply sent again. Whatever was on its way by then
answers `ALREADY_TAKEN`, and its true answer is in the projection.

Commits are grouped: whatever arrives while the disk is busy shares the next fsync.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from gateway.intake import metrics, outbox_store
from gateway.intake.answers import Answer, Status
from gateway.intake.errors import OutboxError
from gateway.storage.keeping import Keeping, check_room

T = TypeVar("T")
Job = tuple[Callable[[sqlite3.Connection], Any], "asyncio.Future[Any]"]


class Outbox:
    """The outbox in one SQLite file, in a thread of its own; `open` it, `close` it."""

    def __init__(
        self, connection: sqlite3.Connection, thread: ThreadPoolExecutor, path: Path
    ) -> None:
        self.keeping = Keeping("outbox")
        self._path = path
        self._connection = connection
        self._thread = thread
        self._jobs: list[Job] = []
        self._working: asyncio.Task[None] | None = None
        self._is_open = True

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the outbox at `path`, or make it.

        Raises:
            OutboxInUseError: Another process has it open.
            OutboxError: It can't be opened.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")
        opening = partial(outbox_store.open_store, path)
        try:
            connection = await asyncio.get_running_loop().run_in_executor(thread, opening)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(connection, thread, path)

    async def close(self) -> None:
        """Finish what was begun and close the file."""
        if not self._is_open:
            return
        self._is_open = False
        if self._working is not None:
            await self._working
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()

    async def put(self, commands: Sequence[tuple[str, bytes]]) -> dict[str, Answer]:
        """Write commands (id, wire bytes) to disk as waiting; see `outbox_store.put`.

        Returns:
            Answers that hold already, by id; those commands are not put in again.

        Raises:
            OutboxError: Nothing of it is on disk.
        """
        return await self._do(partial(outbox_store.put, commands=commands))

    async def write_answers(self, answers: Sequence[Answer]) -> None:
        """Replace commands by their answers.

        Raises:
            OutboxError: Nothing of it is on disk.
        """
        now = int(time.time())
        await self._do(partial(outbox_store.write_answers, answers=answers, answered_at=now))

    async def find(self, ids: Sequence[str]) -> dict[str, Status]:
        """Return what is known of commands, by id.

        Raises:
            OutboxError: The file can't be read.
        """

        def find_all(connection: sqlite3.Connection) -> dict[str, Status]:
            found = (outbox_store.find(connection, command_id) for command_id in ids)
            return {status.id: status for status in found if status}

        return await self._do(find_all)

    async def waiting(self) -> list[bytes]:
        """Return the wire bytes of all commands without an answer, in the order of acceptance.

        Raises:
            OutboxError: The file can't be read.
        """
        return await self._do(outbox_store.waiting)

    async def prune(self, *, kept_s: float, dropped_kept_s: float) -> None:
        """Delete answers older than that: to commands taken, and to commands dropped.

        Raises:
            OutboxError: The file can't be written.
        """
        now = time.time()
        prune_some = partial(
            outbox_store.prune,
            taken_before=int(now - kept_s),
            dropped_before=int(now - dropped_kept_s),
        )
        while await self._do(prune_some):
            pass

    async def probe(self) -> None:
        """Write what changes nothing.

        Raises:
            OutboxError: It can't be written.
            OSError: There is no room for a request.
        """
        await asyncio.to_thread(check_room, self._path.parent)
        await self._do(outbox_store.touch)

    async def _do(self, job: Callable[[sqlite3.Connection], T]) -> T:
        if not self._is_open:
            raise OutboxError("the outbox is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append((job, future))
        if self._working is None:
            # Not the caller's own: who stops waiting must not stop the others' commit.
            self._working = asyncio.create_task(self._work(), name="outbox")
        return await future

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._jobs:
                jobs, self._jobs = self._jobs, []
                started = time.perf_counter()
                try:
                    run = partial(self._commit, [job for job, _ in jobs])
                    results, has_written = await loop.run_in_executor(self._thread, run)
                except Exception as error:  # noqa: BLE001 - whatever it is, all must hear of it
                    self.keeping.failed(error)
                    _fail(jobs, error)
                    continue
                if has_written:
                    self.keeping.succeeded()
                metrics.OUTBOX_S.observe(time.perf_counter() - started)
                for (_, future), result in zip(jobs, results, strict=True):
                    if not future.done():  # its caller may no longer wait
                        future.set_result(result)
        finally:
            self._working = None

    def _commit(
        self, jobs: Sequence[Callable[[sqlite3.Connection], Any]]
    ) -> tuple[list[Any], bool]:
        """Return what the jobs did, and whether that was more than reading."""
        changes = self._connection.total_changes
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            results = [job(self._connection) for job in jobs]
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return results, self._connection.total_changes > changes


def _fail(jobs: Sequence[Job], error: Exception) -> None:
    for _, future in jobs:
        if not future.done():
            failure = OutboxError("the outbox can't be written")
            failure.__cause__ = error
            future.set_exception(failure)
