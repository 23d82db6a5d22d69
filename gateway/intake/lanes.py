"""Commands in line, and their lanes: those of one lane may share a transaction."""

import heapq
from dataclasses import dataclass, field

from gateway.intake.items import Item


@dataclass(eq=False, slots=True, kw_only=True)
class Node:
    """An item in line.

    Attributes:
        item: The command.
        number: Its place in the order in which they were added; unique.
        ready_at: When it was last free to go.
        after: Who must be on the ledger before it, or go with it; those finished are left out.
        before: Who must wait for it, or go with it.
        group: The companions with which alone it is tried again, after a failure.
        is_flying: Whether it is in a transaction that has no outcome yet.
        is_gone: Whether it has left the line.
    """

    item: Item
    number: int
    ready_at: float = 0.0
    after: "set[Node]" = field(default_factory=set)
    before: "set[Node]" = field(default_factory=set)
    group: "Lane | None" = None
    is_flying: bool = False
    is_gone: bool = False

    def __lt__(self, other: "Node") -> bool:
        return self.number < other.number

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be put into a transaction."""
        return not (self.is_flying or self.is_gone)


@dataclass(eq=False, slots=True, kw_only=True)
class Lane:
    """Nodes that may share a transaction, by their numbers.

    There is one lane for all that have met no trouble, one for each group that is tried again
    apart from the others, and one for each set of records over which races were lost lately.

    Attributes:
        not_before: Nothing of it goes earlier.
        hot_keys: The records over which races were lost; empty in the other kinds of lane.
        hot_until: How long they count as such.
        conflicts: Races lost in a row.
        is_suspect: Whether it is one command's own, which has failed alone or too often.
    """

    is_suspect: bool = False
    not_before: float = 0.0
    hot_keys: frozenset[str] = frozenset()
    hot_until: float = 0.0
    conflicts: int = 0
    _heap: list[Node] = field(default_factory=list)

    @property
    def is_troubled(self) -> bool:
        """Whether it is likely to fail again, so that it may not take all that is in flight."""
        return self.is_suspect or bool(self.hot_keys)

    @property
    def count(self) -> int:
        """How many are in it, and perhaps some that no longer wait."""
        return len(self._heap)

    def push(self, node: Node) -> None:
        """Put a node, free to go, into its place."""
        heapq.heappush(self._heap, node)

    def first(self) -> Node | None:
        """Return the first that still waits."""
        while self._heap and not self._heap[0].is_waiting:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def pop(self) -> Node:
        """Take what `first` has just returned."""
        return heapq.heappop(self._heap)
