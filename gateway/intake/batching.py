"""What goes into the next transaction. Pure: no clock, no I/O; the caller says what time it is.

    batch = batching.choose(now, …)      # its nodes fly until one of these is told:
    batching.land(batch, now)            # committed: those that waited for it may go
    batching.bring_back(batch, now)      # not ordered: all of it again, as it was
    batching.split(batch, now)           # refused as a whole: in parts, apart from the others
    batching.lose_race(batch, now)       # another transaction was faster: see `lose_race`

A transaction closes at a number of commands, of bytes, or of state operations, whichever is
reached first. No two transactions in flight hold commands of which one must come before the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from gateway.intake.items import Item
from gateway.intake.lanes import Lane, Node
from gateway.intake.precedence import Precedence, components
from gateway.intake.settings import IntakeSettings

# In how many parts a refused transaction is tried again. More than halves, because a command that
# hangs the contract costs its companions some seconds in each round.
_PARTS: Final = 4


@dataclass(eq=False, slots=True, kw_only=True)
class Batch:
    """The commands of one transaction, in order, all of one lane.

    Attributes:
        lane: Which.
        is_troubled: Whether it was likely to fail when they were chosen.
        since: When they were chosen.
        size: Their bytes.
        reads: The state keys that they read.
        writes: The state keys that they may write.
    """

    lane: Lane
    is_troubled: bool
    since: float
    nodes: list[Node] = field(default_factory=list)
    size: int = 0
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)

    @property
    def items(self) -> list[Item]:
        """The commands."""
        return [node.item for node in self.nodes]

    @property
    def operations(self) -> int:
        """How many state keys it reads, and how many it may write."""
        return len(self.reads) + len(self.writes)

    @property
    def disturbs_all(self) -> bool:
        """Whether one of them may write what every transaction reads."""
        return any(node.item.disturbs_all for node in self.nodes)

    def has_room_for(self, item: Item, settings: IntakeSettings, *, commands_max: int) -> bool:
        """Whether it stays within the limits; one command always does."""
        operations = (
            self.operations
            + sum(key not in self.reads for key in item.reads)
            + sum(key not in self.writes for key in item.writes)
        )
        return not self.nodes or (
            len(self.nodes) < commands_max
            and self.size + len(item.wire) <= settings.batch_bytes_max
            and operations <= settings.batch_operations_max
        )

    def add(self, node: Node) -> None:
        """Put a node at the end."""
        self.nodes.append(node)
        self.size += len(node.item.wire)
        self.reads.update(node.item.reads)
        self.writes.update(node.item.writes)


class Batching:
    """The commands in line, and those in flight."""

    def __init__(self, settings: IntakeSettings, chance: Random) -> None:
        self._settings = settings
        self._chance = chance  # for jitter alone
        self._precedence = Precedence()
        self._calm = Lane()
        self._lanes: dict[Lane, None] = {self._calm: None}  # those with anyone in it, and `_calm`
        self._hot: dict[str, Lane] = {}
        self._number = 0

    def add(self, item: Item, now: float) -> Node:
        """Put a command at the end of the line."""
        self._number += 1
        node = Node(item=item, number=self._number)
        if item.travels_alone:
            node.group = Lane(is_suspect=True)
        self._precedence.add(node)
        if not node.after:
            self._make_ready(node, now)
        return node

    def remove(self, node: Node, now: float) -> None:
        """Take a command out of the line, and let those behind it go on."""
        for freed in self._precedence.remove(node):
            if freed.is_waiting:
                self._make_ready(freed, now)

    def choose(
        self, now: float, *, linger_s: float, commands_max: int, calm_only: bool = False
    ) -> Batch | None:
        """Choose the next transaction, the longest waiting first, or nothing yet.

        Args:
            now: The time.
            linger_s: How long the first command waits for company.
            commands_max: At most so many.
            calm_only: Leave out lanes that are likely to fail.
        """
        self._cool_down(now)
        while True:
            found = [
                (first, lane)
                for lane in self._lanes
                if not (calm_only and lane.is_troubled)
                and (first := lane.first())
                and self._due(lane, first, linger_s) <= now
            ]
            if not found:
                return None
            batch = self._fill(min(found, key=lambda pair: pair[0])[1], commands_max, now)
            if batch.nodes:
                return batch

    def next_due(self, *, linger_s: float, calm_only: bool = False) -> float | None:
        """Return when `choose` would find something, as things stand."""
        return min(
            (
                self._due(lane, first, linger_s)
                for lane in self._lanes
                if not (calm_only and lane.is_troubled) and (first := lane.first())
            ),
            default=None,
        )

    def land(self, batch: Batch, now: float) -> None:
        """Take the commands of a batch out of the line: the ledger has answered each."""
        batch.lane.conflicts = 0
        for node in batch.nodes:
            self.remove(node, now)

    def bring_back(self, batch: Batch, now: float, *, not_before: float | None = None) -> None:
        """Put a batch back, as it was; with `not_before`, as a suspect, and not earlier."""
        as_before = batch.nodes[0].group  # all of a batch have one, or none
        alone = Lane(is_suspect=True, not_before=not_before or 0.0)
        group = as_before if not_before is None else alone
        self._regroup(batch.nodes, group, now)

    def split(self, batch: Batch, now: float) -> None:
        """Put a batch back in parts, or one by one those that shall travel alone."""
        part = -(-len(batch.nodes) // _PARTS)
        for start in range(0, len(batch.nodes), part):
            together = Lane()
            for node in batch.nodes[start : start + part]:
                is_suspect = node.item.travels_alone
                group = Lane(is_suspect=True) if is_suspect else together
                self._regroup([node], group, now)

    def lose_race(self, batch: Batch, now: float) -> None:
        """Put a batch back that died because another wrote what it read, or peers disagreed.

        Which record it was, nobody says. So commands that don't concern each other are tried again
        in two halves, until what loses is one knot of commands about the same records. These then
        count as hot: for a while, whatever writes them travels apart and harms nobody else.
        """
        parts = components(batch.nodes)
        if len(parts) > 1:
            middle = (len(parts) + 1) // 2
            for half in (parts[:middle], parts[middle:]):
                lane = Lane(not_before=now + self._jitter(self._settings.conflict_pause_s))
                self._regroup(sorted(node for part in half for node in part), lane, now)
            return
        lane = batch.lane if batch.lane.hot_keys else Lane()
        keys = frozenset(key for node in batch.nodes for key in node.item.writes)
        lane.hot_keys |= keys
        lane.hot_until = now + self._settings.hot_s
        lane.conflicts += 1
        pause_s = self._settings.conflict_pause_s * 2.0 ** min(lane.conflicts, 20)
        lane.not_before = now + self._jitter(min(pause_s, self._settings.conflict_pause_max_s))
        self._hot.update(dict.fromkeys(keys, lane))
        self._regroup(batch.nodes, None, now)

    def forgive(self) -> None:
        """Let everything go at once that waits only because the ledger was away."""
        for lane in self._lanes:
            first = lane.first()
            if first and first.group is lane and not (first.item.failures or first.item.setbacks):
                lane.not_before = 0.0

    def _fill(self, lane: Lane, commands_max: int, now: float) -> Batch:
        batch = Batch(lane=lane, is_troubled=lane.is_troubled, since=now)
        chosen: set[Node] = set()
        followers = Lane()  # those whose every predecessor is in this batch
        while True:
            source = self._earlier(lane, followers)
            if source is None:
                break
            node = source.pop()
            if source is lane is self._calm and (actual := self._lane_of(node)) is not lane:
                self._enter(actual, node)  # its records have become hot while it waited
                continue
            if not self._has_room(batch, node, chosen, commands_max):
                if source is lane:
                    lane.push(node)
                break
            batch.add(node)
            chosen.add(node)
            node.is_flying = True
            for later in node.before:
                if later.is_waiting and later.after <= chosen and self._may_join(later, lane):
                    followers.push(later)
        return batch

    def _has_room(self, batch: Batch, node: Node, chosen: set[Node], commands_max: int) -> bool:
        """Whether a node goes into a batch, with what had better go along.

        A recall's declaration and its extensions each write what every transaction reads. In one
        transaction they write it once, and disturb the others once: so none goes before all fit.
        """
        if not batch.has_room_for(node.item, self._settings, commands_max=commands_max):
            return False
        if not (node.item.disturbs_all and batch.nodes) or batch.disturbs_all:
            return True
        company = _company(node, chosen)
        empty = Batch(lane=batch.lane, is_troubled=batch.is_troubled, since=batch.since)
        # What is too much for a transaction of its own is split in any case.
        return self._fits(company, batch, commands_max) or not self._fits(
            company, empty, commands_max
        )

    def _fits(self, nodes: Sequence[Node], batch: Batch, commands_max: int) -> bool:
        """Whether all of some nodes go into a batch, which stays as it is."""
        trial = replace(batch, nodes=[*batch.nodes], reads={*batch.reads}, writes={*batch.writes})
        for node in nodes:
            if not trial.has_room_for(node.item, self._settings, commands_max=commands_max):
                return False
            trial.add(node)
        return True

    def _earlier(self, lane: Lane, followers: Lane) -> Lane | None:
        firsts = [(first, one) for one in (lane, followers) if (first := one.first())]
        return min(firsts, key=lambda pair: pair[0])[1] if firsts else None

    def _may_join(self, node: Node, lane: Lane) -> bool:
        if node.group is None and lane.hot_keys:
            return not lane.hot_keys.isdisjoint(node.item.keys)
        return self._lane_of(node) is lane

    def _lane_of(self, node: Node) -> Lane:
        if node.group is not None:
            return node.group
        if self._hot:
            for key in node.item.writes:
                if key in self._hot:
                    return self._hot[key]
        return self._calm

    def _due(self, lane: Lane, first: Node, linger_s: float) -> float:
        """Return from when on a lane may send."""
        if lane is not self._calm:
            return lane.not_before
        is_full = lane.count >= self._settings.batch_commands_max
        return first.ready_at if is_full else first.ready_at + linger_s

    def _make_ready(self, node: Node, now: float) -> None:
        node.ready_at = now
        self._enter(self._lane_of(node), node)

    def _enter(self, lane: Lane, node: Node) -> None:
        lane.push(node)
        self._lanes[lane] = None

    def _regroup(self, nodes: Sequence[Node], group: Lane | None, now: float) -> None:
        for node in nodes:
            node.is_flying = False
            node.group = node.group if group is None and node.item.travels_alone else group
            if node.item.is_done:
                self.remove(node, now)
            elif not node.after:
                self._make_ready(node, now)

    def _cool_down(self, now: float) -> None:
        """Let hot records be like others again after their time, and forget empty lanes."""
        for lane in [one for one in self._lanes if one is not self._calm]:
            if lane.hot_keys and lane.hot_until <= now:
                self._hot = {key: one for key, one in self._hot.items() if one is not lane}
                while lane.first():
                    self._enter(self._calm, lane.pop())
            if not lane.first():
                del self._lanes[lane]

    def _jitter(self, longest_s: float) -> float:
        return longest_s * self._chance.uniform(0.5, 1.0)


def _company(node: Node, chosen: set[Node]) -> list[Node]:
    """Return a node and those after it that disturb everyone as well and wait for no others."""
    found = {node}
    left = [node]
    while left:
        for later in left.pop().before:
            if later.item.disturbs_all and later.is_waiting and later not in found:
                found.add(later)
                left.append(later)
    together: list[Node] = []
    for one in sorted(found):
        if one is node or one.after <= chosen.union(together):
            together.append(one)
    return together
