"""The intake: takes wires in, and says what became of them.

outbox = await Outbox.open(settings.outbox_path)
known = Projected(projection, ledger)
intake = Intake(ledger=ledger, outbox=outbox, devices=known, record=known)
follower.listeners.append(intake.notice)
await intake.start()
statuses = await intake.accept(wires)
answers = await intake.wait([status.id for status in statuses], timeout_s=10)
await intake.stop()
await outbox.close()
"""

import asyncio
import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from random import Random
from typing import Final

import structlog

from chaincode import reading
from chaincode.base import envelope
from chaincode.base.errors import FaultError
from chaincode.command_types import CommandType
from chaincode.proposals import APPROVE
from chaincode.registry.founding import BOOTSTRAP
from chaincode.rules import EVER
from gateway.intake import metrics
from gateway.intake.admission import Admission, Admitted
from gateway.intake.answers import Answer, Status
from gateway.intake.dispatcher import Dispatcher
from gateway.intake.entries import Entries, Entry
from gateway.intake.errors import (
    CommandRefusedError,
    EnteredTwiceError,
    IntakeStoppedError,
    OutboxError,
)
from gateway.intake.items import Item
from gateway.intake.outbox import Outbox
from gateway.intake.ports import Devices, Record
from gateway.intake.projected import answer_of
from gateway.intake.schedule import Schedule
from gateway.intake.settings import IntakeSettings
from gateway.intake.twins import Twins
from gateway.ledgers.port import Ledger, LedgerError
from gateway.projection import CommandRow, Signed
from gateway.words.codes import GatewayCode

_log = structlog.get_logger(__name__)

_PRUNE_EVERY_S: Final = 60.0
_IDS_AT_ONCE: Final = 500
_REVOKING_TYPES: Final = (BOOTSTRAP, "key.revoke", APPROVE)  # the last of an auditor's key
_HEAD_WRITING_TYPES: Final = (BOOTSTRAP, APPROVE)  # an approval can activate other rules


class Intake:
    """The way of commands to the ledger; `start` it, `stop` it. The outbox stays open."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        outbox: Outbox,
        devices: Devices,
        record: Record,
        settings: IntakeSettings | None = None,
        chance: Random | None = None,
    ) -> None:
        """Prepare.

        Args:
            ledger: Where commands go; not closed here.
            outbox: Open; not closed here.
            devices: Who may sign.
            record: What is on record.
            settings: Limits; by default those of `IntakeSettings`.
            chance: For jitter.
        """
        self._settings = settings or IntakeSettings()
        self._outbox = outbox
        self._devices = devices
        self._record = record
        self._admission = Admission(devices=devices, record=record, outbox=outbox)
        self._schedule = Schedule(self._settings, chance or Random())  # noqa: S311 - no secret
        self._dispatcher = Dispatcher(ledger, self._schedule, self._settings, self._settle)
        self._entries = Entries(self._settings)
        self._unrecorded: dict[str, Item] = {}  # taken before; the record will say as what
        self._unwritten: list[Answer] = []
        self._news = asyncio.Event()  # for `_look_up`
        self._answers = asyncio.Event()  # for `_write`
        self._tasks: list[asyncio.Task[None]] = []
        self._saving: set[asyncio.Task[None]] = set()
        self._is_running = False

    @property
    def is_running(self) -> bool:
        """Whether it takes commands in, and all that brings them to the ledger is at work."""
        has_ended = any(task.done() for task in self._tasks) or not self._dispatcher.is_running
        return self._is_running and not has_ended

    @property
    def is_held_up(self) -> bool:
        """Whether commands wait for a ledger that takes none."""
        return self.waiting_count > 0 and self._schedule.is_in_trouble

    @property
    def lacks_rules(self) -> bool:
        """Whether this program, or, as its commands wait for it, the contract's, is too old."""
        contract_lacks = self.waiting_count > 0 and self._dispatcher.lacks_rules
        return contract_lacks or self._admission.lacks_rules

    @property
    def waiting_count(self) -> int:
        """How many commands are accepted and not done."""
        return len(self._entries)

    async def start(self) -> None:
        """Take up what waits in the outbox, and begin to work.

        Raises:
            OutboxError: The outbox can't be read; whatever the record raises, too.
        """
        await self._resume()
        self._is_running = True
        self._dispatcher.start()
        for work in (self._look_up(), self._write(), self._prune()):
            self._tasks.append(asyncio.create_task(work))
        self._settle()

    async def stop(self) -> None:
        """Take in nothing more, let what is in flight land, write its answers down.

        Whoever still waits is told that there is no answer yet.
        """
        self._is_running = False
        if self._saving:
            await asyncio.wait(self._saving)
        await self._dispatcher.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        try:
            await self._write_once()
        except Exception:  # noqa: BLE001 - as in `_write`; all of it is sent again at the next start
            _log.exception("answers_not_written", answers=len(self._unwritten))
        for entry in self._entries:
            entry.answer.cancel()

    async def accept(self, wires: Sequence[bytes], *, again: Collection[int] = ()) -> list[Status]:
        """Let in the commands of a request, all or none, and write them to disk.

        Args:
            wires: One or more commands as they came. Those of one device are best in order.
            again: The places of those that are meant although the same entry came before.

        Returns:
            One status per wire. A command that waits already, or is on record, is not taken in
            again: its status says so.

        Raises:
            CommandRefusedError: One of them can't be taken; `SequenceReusedError`: for its number;
                `EnteredTwiceError`: the same entry came before, and it is not `again`.
            OverloadedError: Too much is waiting; `DeviceBusyError`: of one of the devices.
            IntakeStoppedError: This gateway is stopping.
            OutboxError: The disk can't be written.
            LedgerError: The ledger had to be asked about a key and did not answer.
        """
        self._check_running()
        try:
            admitted = await self._admission.check(wires, is_waiting=self._entries.__contains__)
            items = await self._asked_back(admitted, again)
        except CommandRefusedError as refused:
            metrics.REFUSED.labels(code=str(refused.code)).inc()
            raise
        self._check_running()
        self._entries.check_room(items)
        entries = [self._entries.add(item) for item in items]
        if entries:
            saving = asyncio.create_task(self._save(entries), name="intake-save")
            self._saving.add(saving)
            saving.add_done_callback(self._saving.discard)
        for entry in [self._entries.get(_id(one)) for one in admitted]:
            if entry is not None:
                # Shielded: who stops waiting stops neither the others nor the saving.
                await asyncio.shield(entry.saved)
        return [await self._status_of(one) for one in admitted]

    async def wait(self, ids: Collection[str], timeout_s: float) -> dict[str, Answer | None]:
        """Wait for final answers, at most so long; `None` for each that has none by then.

        Raises:
            OutboxError: The disk can't be read.
        """
        entries = [entry for one in ids if (entry := self._entries.get(one))]
        waiting = [entry.answer for entry in entries if not entry.answer.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=timeout_s)
        answers = {entry.item.id: entry.answer_now for entry in entries}
        for one in ids:
            if answers.get(one) is None:
                status = await self.status(one)
                answers[one] = status.answer if status else None
        return answers

    async def status(self, command_id: str) -> Status | None:
        """Return what is known of a command; `None` if it was never heard of.

        Raises:
            OutboxError: The disk can't be read.
        """
        entry = self._entries.get(command_id)
        if entry is not None:
            return Status(id=command_id, answer=entry.answer_now)
        recorded = await self._record.answers([command_id])
        if command_id in recorded:
            return Status(id=command_id, answer=recorded[command_id])
        return (await self._outbox.find([command_id])).get(command_id)

    def notice(self, rows: Sequence[CommandRow]) -> None:
        """Learn which commands have come on record, by whichever gateway: a follower's listener.

        A row that nobody tells of costs time only: what waits asks again by itself.
        """
        now = _now()
        for row in rows:
            if row.type in _REVOKING_TYPES:
                self._admission.forget_all()
            if row.type in _HEAD_WRITING_TYPES:
                self._admission.forget_head()
            self._admission.advance(row.kid, row.seq + 1)
            self._schedule.advance(row.kid, row.seq + 1, now)
            entry = self._entries.get(row.id)
            if entry is not None:
                self._finish(entry.item, answer_of(row))
        self._settle()
        self._dispatcher.wake()

    # Taking in.

    def _check_running(self) -> None:
        if not self._is_running:
            raise IntakeStoppedError("this gateway takes no commands now")

    async def _asked_back(self, admitted: Sequence[Admitted], again: Collection[int]) -> list[Item]:
        """Return what is new, once each; refuse what came before as another command.

        Raises:
            EnteredTwiceError: One of them did, and it is not `again`.
        """
        new: dict[str, tuple[int, Item]] = {}
        for index, one in enumerate(admitted):
            if one.answer is None and _id(one) not in self._entries:
                item = Item.of(one.request, party=one.party, since=_now())
                new.setdefault(item.id, (index, item))
        doubted = [item for index, item in new.values() if index not in again]
        on_record = await self._record.entered_before(
            [Signed(id=one.id, nonce=one.nonce, principal=one.principal) for one in doubted]
        )
        together = Twins()
        for index, item in new.values():
            is_waiting = together.of(item) or self._entries.is_waiting_elsewhere(item)
            if (is_waiting or item.id in on_record) and index not in again:
                raise EnteredTwiceError(index)
            together.add(item)
        return [item for _, item in new.values() if item.id not in self._entries]

    async def _save(self, entries: Sequence[Entry]) -> None:
        """Write commands to disk and put them in line, whoever still waits for that."""
        try:
            holding = await self._outbox.put([(one.item.id, one.item.wire) for one in entries])
        except OutboxError as error:
            _log.exception("commands_not_saved", commands=len(entries))
            for entry in entries:
                self._entries.remove(entry)
                entry.saved.set_exception(error)
                entry.saved.exception()  # somebody need not have waited
            return
        now = _now()
        for entry in entries:
            item = entry.item
            entry.saved.set_result(None)
            if item.id in holding:
                self._entries.remove(entry)
                entry.tell(holding[item.id])
            else:
                self._schedule.add(item, self._admission.next_seq(item.kid), now)
        self._settle()
        self._dispatcher.wake()

    async def _status_of(self, one: Admitted) -> Status:
        if one.answer is not None:
            return Status(id=_id(one), answer=one.answer)
        return await self.status(_id(one)) or Status(id=_id(one))

    async def _resume(self) -> None:
        """Put in line what the outbox says is waiting."""
        now = _now()
        wires = await self._outbox.waiting()
        for start in range(0, len(wires), _IDS_AT_ONCE):
            items = []
            types = await self._types_to_resume()
            for wire in wires[start : start + _IDS_AT_ONCE]:
                try:
                    request = reading.read(envelope.parse(wire), types)
                except FaultError:  # taken in by another version of this program
                    _log.exception("waiting_command_unreadable")
                    continue
                items.append(
                    Item.of(request, since=now, doubtful_until=now + self._settings.doubt_s)
                )
            await self._learn_numbers({item.kid for item in items})
            for item in items:
                self._entries.add(item).saved.set_result(None)
                number = self._admission.next_seq(item.kid)
                self._schedule.add(item, number, now, is_acknowledged=True)
        if wires:
            _log.info("outbox_resumed", commands=len(wires))

    async def types_in_force(self) -> Mapping[str, CommandType]:
        """Return the command types in force, by name.

        Raises:
            LedgerError: The ledger had to be asked and did not answer, or this gateway lacks them.
        """
        return await self._admission.types_in_force()

    async def _types_to_resume(self) -> Mapping[str, CommandType]:
        """Return the types in force; with the ledger away, all: the contract judges in the end."""
        try:
            return await self._admission.types_in_force()
        except LedgerError as error:
            _log.warning("rules_not_asked", reason=repr(error))
            return EVER

    async def _learn_numbers(self, kids: Collection[str]) -> None:
        try:
            numbers = await self._devices.current_numbers(kids)
        except LedgerError as error:  # away: what is on record will do, and it is asked again
            _log.warning("sequence_not_asked", reason=repr(error))
            numbers = await self._record.next_numbers(kids)
        for kid, number in numbers.items():
            self._admission.advance(kid, number)

    # Answers.

    def _settle(self) -> None:
        """Hand on what the schedule has found out."""
        for item in self._schedule.take_recorded():
            if not item.is_done:
                self._unrecorded[item.id] = item
                self._news.set()
        for item, answer in self._schedule.take_answers():
            self._answer(item, answer)
        metrics.HELD.set(self._schedule.held)

    def _finish(self, item: Item, answer: Answer) -> None:
        """Note the answer that stands on record."""
        self._unrecorded.pop(item.id, None)
        entry = self._entries.get(item.id)
        if not item.is_done:
            self._schedule.finish(item, _now())
            self._answer(item, answer)
        elif entry is not None:  # dropped here, but taken before anybody was told of that
            entry.tell(answer)

    def _answer(self, item: Item, answer: Answer) -> None:
        metrics.answered(answer.code).inc()
        metrics.COMMAND_S.observe(_now() - item.since)
        entry = self._entries.get(item.id)
        if answer.taken:
            # It is on the ledger, so it may be told at once. That a command was dropped is told
            # only when it is on disk: else it might still be sent, and taken, after a crash.
            if entry is not None:
                entry.tell(answer)
            self._admission.advance(item.kid, item.seq + 1)
        else:
            _log.info("command_dropped", command_id=item.id, code=answer.code)
            self._admission.forget(item.kid)
        self._unwritten.append(answer)
        self._answers.set()

    async def _write(self) -> None:
        """Write answers down as they come; for ever."""
        while True:
            await self._answers.wait()
            self._answers.clear()
            try:
                await self._write_once()
            except Exception:  # noqa: BLE001 - disk or database: nobody is told before both work
                _log.exception("answers_not_written", answers=len(self._unwritten))
                await asyncio.sleep(self._settings.recheck_s)
                self._answers.set()

    async def _write_once(self) -> None:
        answers = list(self._unwritten)
        if not answers:
            return
        # What was dropped here may have been taken by way of another gateway, or of a transaction
        # thought lost: the record is asked once more before anybody is told.
        dropped = [answer.id for answer in answers if not answer.taken]
        recorded = await self._record.answers(dropped) if dropped else {}
        final = [recorded.get(answer.id, answer) for answer in answers]
        await self._outbox.write_answers(final)
        del self._unwritten[: len(answers)]
        for answer in final:
            entry = self._entries.get(answer.id)
            if entry is not None:
                self._entries.remove(entry)
                entry.tell(answer)

    # What waits for the record.

    async def _look_up(self) -> None:
        """Ask the record about what waits for it, when there is news and from time to time."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.recheck_s):
                    await self._news.wait()
            self._news.clear()
            try:
                await self._look_up_once()
            except Exception:  # noqa: BLE001 - the database may be away; it will be asked again
                _log.exception("record_not_read")
            try:
                await self._ask_ledger()
            except LedgerError as error:
                _log.warning("sequence_not_asked", reason=repr(error))
            except Exception:  # noqa: BLE001 - a bug of ours must not end what all others wait for
                _log.exception("ledger_not_asked")
            self._settle()
            self._dispatcher.wake()

    async def _look_up_once(self) -> None:
        items = list(self._unrecorded.values())
        kids = {item.kid for item in items} | self._schedule.held_devices
        if not kids:
            return
        # In this order: what the numbers imply, the answers know (`ports.Record`).
        numbers = await self._record.next_numbers(kids)
        for part in _parts(items):
            answers = await self._record.answers([item.id for item in part])
            for item in part:
                if item.id in answers:
                    self._finish(item, answers[item.id])
                elif numbers.get(item.kid, 0) > item.seq:
                    self._unrecorded.pop(item.id, None)
                    self._schedule.drop(item, GatewayCode.SEQUENCE_REUSED, _now())
        for kid, number in numbers.items():
            self._schedule.advance(kid, number, _now())

    async def _ask_ledger(self) -> None:
        """Ask the ledger about gaps that stay: the projection may be far behind, or being rebuilt.

        Only after that does a command expire whose predecessor has not come.
        """
        kids = self._schedule.to_ask_about(_now())
        if kids:
            for kid, number in (await self._devices.current_numbers(kids)).items():
                self._admission.advance(kid, number)
                self._schedule.advance(kid, number, _now())
            self._schedule.expire(_now())

    async def _prune(self) -> None:
        while True:
            try:
                await self._outbox.prune(
                    kept_s=self._settings.kept_s, dropped_kept_s=self._settings.dropped_kept_s
                )
            except OutboxError:
                _log.exception("outbox_not_pruned")
            await asyncio.sleep(_PRUNE_EVERY_S)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _id(one: Admitted) -> str:
    return one.request.command.id


def _parts(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[start : start + _IDS_AT_ONCE] for start in range(0, len(items), _IDS_AT_ONCE))
