"""Which commands are let in: the contract's own checks of shape, ledger, key and signature.

So nothing is ever ordered that would leave no trace but a fault, and a stranger without a key on
the ledger can't fill the queue, nor have more looked at than an envelope. The first fault refuses
the whole request.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chaincode import reading, rules
from chaincode.base import envelope
from chaincode.base.envelope import FIRST_PREVIOUS, Command
from chaincode.base.errors import Code, FaultError
from chaincode.command_types import CommandType
from chaincode.reading import Request
from chaincode.registry.founding import BOOTSTRAP, check_signature
from chaincode.registry.records import Device, Head
from chaincode.rules import Rules
from gateway.intake.answers import Answer
from gateway.intake.errors import CommandRefusedError, SequenceReusedError
from gateway.intake.outbox import Outbox
from gateway.intake.ports import Devices, Record
from gateway.ledgers.port import RulesMissingError

DEVICES_REMEMBERED: Final = 16_384
_YIELD_EVERY: Final = 16  # commands; each costs some 0.3 ms, and others want the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A command let in.

    Attributes:
        request: The command as the contract reads it.
        party: Of its device; `None` for a bootstrap's.
        answer: The final answer, for one that is on record already.
    """

    request: Request
    party: str | None = None
    answer: Answer | None = None


class Admission:
    """Checks requests; remembers devices, so that most requests ask nobody."""

    def __init__(self, *, devices: Devices, record: Record, outbox: Outbox) -> None:
        self._devices = devices
        self._record = record
        self._outbox = outbox
        self._head: Head | None = None
        self._asking = asyncio.Lock()  # the first requests come together; one asks for all
        # Both with the latest used last. A head only ever grows, so it is never wrong to keep it.
        self._known: OrderedDict[str, Device] = OrderedDict()
        self._heads: OrderedDict[str, int] = OrderedDict()

    def next_seq(self, kid: str) -> int:
        """Return the number that the ledger takes next from a device, as far as is known."""
        return self._heads.get(kid, 1)

    def advance(self, kid: str, next_seq: int) -> None:
        """Note that the ledger takes `next_seq` next from a device."""
        self._heads[kid] = max(next_seq, self._heads.get(kid, 1))
        self._heads.move_to_end(kid)
        if len(self._heads) > DEVICES_REMEMBERED:
            self._heads.popitem(last=False)

    def forget(self, kid: str) -> None:
        """Ask about a device anew: it is not as it seemed."""
        self._known.pop(kid, None)

    def forget_all(self) -> None:
        """Ask about every device anew: one may have been revoked."""
        self._known.clear()

    def forget_head(self) -> None:
        """Ask anew which rules are in force."""
        self._head = None

    @property
    def lacks_rules(self) -> bool:
        """Whether the rules in force, as far as is known, are newer than this program."""
        return self._head is not None and self._head.rules not in rules.RULES

    async def types_in_force(self) -> Mapping[str, CommandType]:
        """Return the command types in force, by name; before a founding, the first rules'.

        Raises:
            LedgerError: The ledger had to be asked and did not answer, or this gateway lacks them.
        """
        head = await self._find_head()
        try:
            return rules.in_force(head)
        except KeyError:
            raise RulesMissingError("VERSION_MISSING") from None

    async def check(
        self, wires: Sequence[bytes], *, is_waiting: Callable[[str], bool]
    ) -> list[Admitted]:
        """Check commands, in order.

        Args:
            wires: As they came.
            is_waiting: Whether a command of this id is in the queue.

        Raises:
            CommandRefusedError: The first fault, with the command's place.
            SequenceReusedError: A number stands on record for another command.
            LedgerError: The ledger had to be asked about a key and did not answer.
            OutboxError: The outbox can't be read.
        """
        commands = [await self._parse(index, wire) for index, wire in enumerate(wires)]
        head = await self._find_head()
        types = await self.types_in_force()
        in_force = rules.RULES[head.rules if head else rules.FIRST]
        kids = [command.kid for command in commands if command.type != BOOTSTRAP]
        devices = await self._find_devices(kids)
        admitted: list[Admitted] = []
        stale: list[int] = []
        ledger = head.ledger if head else None
        for index, command in enumerate(commands):
            if index % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
            is_new = command.seq >= self.next_seq(command.kid)
            party = None
            try:
                if command.type == BOOTSTRAP:
                    request = reading.read(command, types)
                    _check_bootstrap(request, ledger, is_new=is_new)
                else:
                    device = _check(command, ledger, devices.get(command.kid))
                    request, party = reading.read(command, types), device.party
                    if is_new:  # else a revocation no longer concerns it
                        _check_revoked(request, device, in_force)
            except FaultError as fault:
                raise CommandRefusedError(index, fault.code, fault.member) from None
            admitted.append(Admitted(request=request, party=party))
            if not is_new and not is_waiting(command.id):
                stale.append(index)
        await self._answer_stale(admitted, stale)
        return admitted

    async def _parse(self, index: int, wire: bytes) -> Command:
        if index % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
        try:
            return envelope.parse(wire)
        except FaultError as fault:
            raise CommandRefusedError(index, fault.code, fault.member) from None

    async def _find_head(self) -> Head | None:
        if self._head is None:
            async with self._asking:
                if self._head is None:
                    self._head = await self._devices.head()
        return self._head

    async def _find_devices(self, kids: Sequence[str]) -> dict[str, Device]:
        found = {}
        for kid in self._known.keys() & kids:
            self._known.move_to_end(kid)
            found[kid] = self._known[kid]
        missing = [kid for kid in dict.fromkeys(kids) if kid not in found]
        if missing:
            fresh = await self._devices.devices(missing)
            self._known.update(fresh)
            found.update(fresh)
            for kid, device in fresh.items():
                self.advance(kid, device.next)
            while len(self._known) > DEVICES_REMEMBERED:
                self._known.popitem(last=False)
        return found

    async def _answer_stale(self, admitted: list[Admitted], stale: Sequence[int]) -> None:
        """Find the answers to commands whose number the ledger has taken already.

        One that nobody finds is let in if the record lags behind: the contract will tell.
        """
        if not stale:
            return
        sought = {index: admitted[index].request.command for index in stale}
        ids = [command.id for command in sought.values()]
        statuses = await self._outbox.find(ids)
        numbers = await self._record.next_numbers({command.kid for command in sought.values()})
        recorded = await self._record.answers(ids)
        for index, command in sought.items():
            status = statuses.get(command.id)
            kept = status.answer if status and status.answer and status.answer.taken else None
            answer = recorded.get(command.id) or kept
            if answer is None and numbers.get(command.kid, 0) > command.seq:
                raise SequenceReusedError(index)
            admitted[index] = replace(admitted[index], answer=answer)


def _check(command: Command, ledger: str | None, device: Device | None) -> Device:
    """Check what the contract checks besides the sequence, in its order.

    Args:
        command: The command.
        ledger: The ledger's id; `None` while it is not founded.
        device: Its sender's record.

    Returns:
        The device.

    Raises:
        FaultError: The first fault.
    """
    if ledger is None:
        raise FaultError(Code.NOT_FOUNDED)
    if command.ledger != ledger:
        raise FaultError(Code.WRONG_LEDGER, "ledger")
    if device is None:
        raise FaultError(Code.UNKNOWN_KEY, "kid")
    envelope.verify(command, device.jwk)
    return device


def _check_revoked(request: Request, device: Device, in_force: Rules) -> None:
    """Refuse what a revoked key was not spared; until when it was, only the ledger knows."""
    if device.revoked is not None and not in_force.spares(device.revoked, request):
        raise FaultError(Code.KEY_REVOKED, "kid")


def _check_bootstrap(request: Request, ledger: str | None, *, is_new: bool) -> None:
    """Refuse a command that brings its own key, with the contract's first fault that shows here.

    A gateway's identity is no admin, so one sent here can never be taken: its way is an admin's own
    transaction. Anyone can sign one with a fresh key, and no device's limit would hold them back.

    Raises:
        FaultError: Always, but for one that is on record: sent again, it gets its answer.
    """
    command, body = request.command, request.body
    check_signature(command, body, ledger)
    if command.seq != 1:
        raise FaultError(Code.SEQUENCE_GAP, "seq")
    if command.prev != FIRST_PREVIOUS:
        raise FaultError(Code.WRONG_PREDECESSOR, "prev")
    if is_new and ledger is not None and body.constitution is not None:
        raise FaultError(Code.ALREADY_FOUNDED, "body.constitution")
    if is_new:
        raise FaultError(Code.NOT_ADMIN)
