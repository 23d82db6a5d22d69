"""Who comes before whom: commands of which one writes what another reads or writes.

Such commands reach the ledger in the order in which they were added: in one transaction, or the
later one after the earlier is committed. As every command writes its device's record, this keeps
each device's order, too. Readers of one record don't wait for each other.
"""

from collections.abc import Sequence

from gateway.intake.lanes import Node


class Precedence:
    """The nodes in line, by the keys they touch."""

    def __init__(self) -> None:
        self._writers: dict[str, Node] = {}  # the last to write a key
        self._readers: dict[str, set[Node]] = {}  # those who read it after that

    def add(self, node: Node) -> None:
        """Put a node behind all that it must not overtake."""
        item = node.item
        node.after.update(self._writers[key] for key in item.keys if key in self._writers)
        for key in item.writes:
            node.after |= self._readers.pop(key, set())
            self._writers[key] = node
        for key in item.keys.difference(item.writes):
            self._readers.setdefault(key, set()).add(node)
        for earlier in node.after:
            earlier.before.add(node)

    def remove(self, node: Node) -> list[Node]:
        """Take a node out, and return those that are now behind nobody.

        One that is itself behind another keeps its place, empty, for as long as it is: else those
        behind it would overtake those before it.
        """
        node.is_gone = True
        freed: list[Node] = []
        leaving = [] if node.after else [node]
        while leaving:
            gone = leaving.pop()
            self._forget(gone)
            for later in gone.before:
                later.after.discard(gone)
                if not later.after:
                    (leaving if later.is_gone else freed).append(later)
            gone.before.clear()
        return freed

    def _forget(self, node: Node) -> None:
        for key in node.item.writes:
            if self._writers.get(key) is node:
                del self._writers[key]
        for key in node.item.keys.difference(node.item.writes):
            readers = self._readers.get(key, set())
            readers.discard(node)
            if not readers:
                self._readers.pop(key, None)


def components(nodes: Sequence[Node]) -> list[list[Node]]:
    """Split nodes in line into the smallest parts that don't concern each other; order is kept."""
    left = dict.fromkeys(nodes)
    parts = []
    while left:
        first = next(iter(left))
        del left[first]
        part, frontier = [first], [first]
        while frontier:
            node = frontier.pop()
            for other in (*node.after, *node.before):
                if other in left:
                    del left[other]
                    part.append(other)
                    frontier.append(other)
        parts.append(sorted(part))
    return parts
