"""Everything between a command's acceptance and its answer, less the waiting itself.

Pure like `batching`, which it drives: it holds commands back for their predecessors, judges the
outcome of each transaction, and says which commands have an answer. A transaction that fails as a
whole is one of four things:

    conflict      lost a race: again, with jitter; never held against a command
    away          the ledger is not there: pause, then try with less, until it answers
    refused       one of its commands makes the contract fail: in parts, to find whose
    unknown       as `away`; the contract takes a command once, so sending it again is safe

A command that was in three refused transactions travels alone. One that is refused alone three
times ends as `CONTRACT_FAULT`, unless a transaction of unknown outcome might still bring it onto
the ledger, or the ledger refuses whatever it is sent.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from random import Random
from typing import Final

from chaincode.base.canonical import Json, digest
from chaincode.base.errors import Code
from gateway.intake.answers import Answer
from gateway.intake.batching import Batch, Batching
from gateway.intake.items import ALONE_AFTER, Item
from gateway.intake.lanes import Node
from gateway.intake.lines import Lines
from gateway.intake.settings import IntakeSettings
from gateway.ledgers.port import Receipt
from gateway.words.codes import GatewayCode

NO_BLOCK: Final = -1  # `Receipt.block_number` where no command was taken

_TROUBLE_FAILURES: Final = 2  # in a row
_POISONS_IN_A_ROW_MAX: Final = 3  # more without any success: it's the ledger, not the commands
# So often a command may find the ledger away while others pass, before it counts as what brings the
# ledger down: more often than by chance, even where every second transaction fails.
_SETBACKS_MAX: Final = 20
_PROBE_SHARE: Final = 4  # a transaction that failed because the ledger is away shrinks so much
_DROPPED_REMEMBERED: Final = 10_000
_FLIGHTS_AVERAGED: Final = 16


class Schedule:
    """The commands not done. Every method takes the time and returns at once.

    Attributes:
        flights: How many transactions have no outcome yet.
    """

    def __init__(self, settings: IntakeSettings, chance: Random) -> None:
        self._settings = settings
        self._chance = chance
        self._batching = Batching(settings, chance)
        self._lines = Lines()
        self._nodes: dict[Item, Node] = {}  # of those in line or in flight
        self._landing: set[Item] = set()  # of a committed transaction, not judged yet
        self._dropped: OrderedDict[str, None] = OrderedDict()  # ids, the latest last
        self._answered: list[tuple[Item, Answer]] = []
        self._recorded: list[Item] = []
        self.flights = 0
        self._troubled_flights = 0
        self._flight_s = settings.linger_busy_s * settings.in_flight_max  # average, lately
        self._successes = 0
        self._poisons_in_a_row = 0
        # While the ledger is away: failures in a row, until when to leave it alone, and with how
        # many commands the one transaction that tries whether it is back.
        self._failures_in_a_row = 0
        self._paused_until = 0.0
        self._probe_max = settings.batch_commands_max
        self._probe: Batch | None = None

    @property
    def held(self) -> int:
        """How many commands wait for a predecessor."""
        return self._lines.held

    @property
    def held_devices(self) -> set[str]:
        """The devices of these."""
        return self._lines.held_devices

    def add(self, item: Item, next_seq: int, now: float, *, is_acknowledged: bool = False) -> None:
        """Take in a command.

        Args:
            item: The command.
            next_seq: The number that the ledger takes next from its device, as far as is known.
            now: The time.
            is_acknowledged: Whether it was taken in before a restart: then there is room for it.
        """
        self._dropped.pop(item.id, None)
        for released in self._lines.add(item, next_seq, now):
            self._go(released, now)
        if item in self._nodes:
            return
        is_full = (
            self._lines.held > self._settings.held_commands_max
            or self._lines.held_of(item.kid) > self._settings.device_held_max
        )
        if (is_full and not is_acknowledged) or item.prev in self._dropped:
            self.drop(item, Code.SEQUENCE_GAP, now)

    def advance(self, kid: str, next_seq: int, now: float) -> None:
        """Note that the ledger takes `next_seq` next from a device."""
        for released in self._lines.advance(kid, next_seq):
            self._go(released, now)

    def finish(self, item: Item, now: float) -> None:
        """Let a command go that is on record, by whichever way it came there."""
        if not item.is_done:
            self._take(item, now)

    def drop(self, item: Item, code: Code | GatewayCode, now: float) -> None:
        """End a command that is not taken, and those of its device that build upon it.

        One after the other, for there may be a thousand.
        """
        ending = deque([(item, code)])
        while ending:
            one, why = ending.popleft()
            if one.is_done:
                continue
            one.is_done = True
            self._answered.append((one, Answer.dropped(one.id, why)))
            self._lines.remove(one)
            self._withdraw(one, now)
            self._remember_dropped(one.id)
            ending.extend(
                (successor, Code.SEQUENCE_GAP)
                for successor in self._lines.successors(one.kid, one.id)
                if not self._is_flying(successor)
            )
        for stranded in self._lines.stranded(item.kid):
            if not self._is_flying(stranded):
                self._withdraw(stranded, now)
                self._lines.hold_again(stranded, now)

    def to_ask_about(self, now: float) -> set[str]:
        """Return devices whose predecessor the ledger may have, though nobody told: ask it.

        Each is named again after twice the time, and before a command of it expires.
        """
        kids = set()
        for item in self._lines.waiting():
            held_s = now - item.held_since
            if held_s >= self._settings.held_s:
                kids.add(item.kid)
            elif held_s >= self._settings.recheck_s * 2.0**item.asks:
                item.asks += 1
                kids.add(item.kid)
        return kids

    def expire(self, now: float) -> None:
        """Give up on commands whose predecessor has not come in time; ask the ledger before."""
        for item in self._lines.waiting():
            if now - item.held_since >= self._settings.held_s:
                self.drop(item, Code.SEQUENCE_GAP, now)

    def take_answers(self) -> list[tuple[Item, Answer]]:
        """Return the final answers since the last call."""
        answered, self._answered = self._answered, []
        return answered

    def take_recorded(self) -> list[Item]:
        """Return what the ledger has taken already, so that the projection has the answers."""
        recorded, self._recorded = self._recorded, []
        return recorded

    # What to send, and when.

    def next_batch(self, now: float) -> Batch | None:
        """Return the next transaction to submit now, or `None`."""
        if self.flights >= self._settings.in_flight_max or now < self._paused_until:
            return None
        is_probe = self._failures_in_a_row > 0
        if is_probe and self._probe is not None:
            return None
        batch = self._batching.choose(
            now,
            linger_s=self._linger_s,
            commands_max=self._probe_max if is_probe else self._settings.batch_commands_max,
            calm_only=self._is_trouble_enough,
        )
        if batch is None:
            return None
        self.flights += 1
        self._troubled_flights += batch.is_troubled
        if is_probe:
            self._probe = batch
        return batch

    def next_wake(self, now: float) -> float | None:
        """Return when `next_batch` may have something, if nothing happens until then."""
        if self.flights >= self._settings.in_flight_max or (
            self._failures_in_a_row and self._probe is not None
        ):
            return None
        due = self._batching.next_due(linger_s=self._linger_s, calm_only=self._is_trouble_enough)
        return None if due is None else max(due, self._paused_until, now)

    # What became of it.

    def committed(self, batch: Batch, receipt: Receipt, now: float) -> None:
        """Judge the answers of a transaction that is committed, or that changed nothing."""
        self._land(batch)
        self._recover()
        self._flight_s += (now - batch.since - self._flight_s) / _FLIGHTS_AVERAGED
        self._successes += 1
        self._poisons_in_a_row = 0
        self._batching.land(batch, now)
        self._landing.update(batch.items)
        for item, result in zip(batch.items, receipt.results, strict=True):
            self._landing.discard(item)
            self._nodes.pop(item, None)
            if not item.is_done:
                self._judge(item, result, receipt, now)

    def conflicted(self, batch: Batch, now: float) -> None:
        """Run a transaction anew that lost a race."""
        self._land(batch)
        self._recover()
        self._batching.lose_race(batch, now)

    @property
    def is_in_trouble(self) -> bool:
        """Whether the ledger has taken nothing for a while: one failure may be a passing one."""
        return self._failures_in_a_row >= _TROUBLE_FAILURES

    def away(self, batch: Batch, now: float, *, is_unknown: bool = False) -> None:
        """Try a transaction again that did not reach the ledger, or whose outcome is unknown."""
        self._land(batch)
        if is_unknown:
            for item in batch.items:
                item.doubtful_until = now + self._settings.doubt_s
        self._leave_alone(batch, now)

    def _leave_alone(self, batch: Batch, now: float) -> None:
        """Leave the ledger alone for a while, and then try it with less."""
        if now >= self._paused_until:  # else the transaction left before this pause began
            self._failures_in_a_row += 1
            self._paused_until = now + self._pause_s(self._failures_in_a_row)
            self._probe_max = max(1, min(self._probe_max, len(batch.nodes)) // _PROBE_SHARE)
        if len(batch.nodes) > 1:
            self._batching.bring_back(batch, now)
            return
        (item,) = batch.items
        if item.seen_successes is not None and self._successes > item.seen_successes:
            item.setbacks += 1  # again alone, and others passed meanwhile
        item.seen_successes = self._successes
        # Not the first to be tried after the pause: perhaps another passes.
        self._retry_alone(batch, max(1, item.setbacks), now, since=self._paused_until)

    def refused(self, batch: Batch, now: float) -> None:
        """Find out which command makes the ledger refuse a transaction, or give up on it."""
        self._land(batch)
        if self._poisons_in_a_row >= _POISONS_IN_A_ROW_MAX:
            self._leave_alone(batch, now)  # it refuses everything: no command is to blame
            return
        self._recover()
        for item in batch.items:
            item.failures += 1
        if len(batch.nodes) > 1:
            self._batching.split(batch, now)
            return
        (item,) = batch.items
        item.alone_failures += 1
        self._retry_alone(batch, item.alone_failures, now, since=now)

    @property
    def _linger_s(self) -> float:
        """How long the first command waits for company.

        While something is in flight: as long as it takes, on average, until a place gets free.
        """
        shortest_s, longest_s = self._settings.linger_s, self._settings.linger_busy_s
        if not self.flights:
            return shortest_s
        turn_s = self._flight_s / self._settings.in_flight_max
        return min(max(turn_s, shortest_s), longest_s)

    @property
    def _is_trouble_enough(self) -> bool:
        """Whether no more of the transactions in flight may be of those that met with trouble."""
        return self._troubled_flights >= max(1, self._settings.in_flight_max // 2)

    def _go(self, item: Item, now: float) -> None:
        self._nodes[item] = self._batching.add(item, now)

    def _land(self, batch: Batch) -> None:
        self.flights -= 1
        self._troubled_flights -= batch.is_troubled
        if batch is self._probe:
            self._probe = None
        for item in batch.items:
            if item.is_done:
                self._nodes.pop(item, None)

    def _recover(self) -> None:
        """Note that the ledger answers."""
        if self._failures_in_a_row:
            self._batching.forgive()
        self._failures_in_a_row = 0
        self._paused_until = 0.0
        self._probe_max = self._settings.batch_commands_max

    def _retry_alone(self, batch: Batch, attempt: int, now: float, *, since: float) -> None:
        (item,) = batch.items
        has_failed = item.alone_failures >= ALONE_AFTER or item.setbacks >= _SETBACKS_MAX
        if has_failed and now >= item.doubtful_until:
            self._poisons_in_a_row += 1
            self._batching.land(batch, now)
            self._nodes.pop(item, None)
            self.drop(item, Code.CONTRACT_FAULT, now)
            return
        self._batching.bring_back(batch, now, not_before=since + self._pause_s(attempt))

    def _pause_s(self, attempt: int) -> float:
        longest_s = self._settings.pause_first_s * 2.0 ** min(attempt - 1, 20)
        return min(longest_s, self._settings.pause_max_s) * self._chance.uniform(0.5, 1.0)

    def _judge(self, item: Item, result: dict[str, Json], receipt: Receipt, now: float) -> None:
        code = Code(str(result["code"]))
        if code.is_taken:
            self._answered.append((item, Answer.committed(result, receipt)))
            self._take(item, now)
        elif code is Code.ALREADY_TAKEN:
            # Under this id or another: only the record can tell.
            self._recorded.append(item)
            self.advance(item.kid, item.seq + 1, now)
            self._lines.remove(item)
        elif code is Code.RULES_CHANGED:
            self._lines.hold_again(item, now)  # it was read by rules no longer in force: once more
        elif code is Code.SEQUENCE_GAP and item.prev not in self._dropped:
            # However many are held: it was in line, where there is room for it.
            self._lines.hold_again(item, now)
        else:
            self.drop(item, code, now)

    def _take(self, item: Item, now: float) -> None:
        """Let a command go that is on record, and those go on that waited for it."""
        item.is_done = True
        self.advance(item.kid, item.seq + 1, now)
        self._lines.remove(item)
        self._withdraw(item, now)

    def _remember_dropped(self, command_id: str) -> None:
        self._dropped[command_id] = None
        if len(self._dropped) > _DROPPED_REMEMBERED:
            self._dropped.popitem(last=False)

    def _withdraw(self, item: Item, now: float) -> None:
        """Take a command out of the line, unless it flies: then it leaves when it lands."""
        if not self._is_flying(item):
            node = self._nodes.pop(item, None)
            if node is not None:
                self._batching.remove(node, now)

    def _is_flying(self, item: Item) -> bool:
        return item in self._landing or (item in self._nodes and self._nodes[item].is_flying)


def is_sound(receipt: Receipt, items: Sequence[Item]) -> bool:
    """Whether a receipt answers each of these commands, in order, and nothing else.

    A contract that can't read a command, as one older than this gateway may not, answers with the
    hash of its bytes for want of an id; then it has not taken it.
    """
    try:
        codes = [Code(str(result["code"])) for result in receipt.results]
        ids = [str(result["id"]) for result in receipt.results]
    except (KeyError, ValueError):
        return False
    has_block = receipt.block_number != NO_BLOCK
    return (
        len(ids) == len(items)
        and all(
            answered == item.id or (not code.is_taken and answered == digest(item.wire))
            for answered, code, item in zip(ids, codes, items, strict=True)
        )
        and has_block >= any(code.is_taken for code in codes)
    )
