"""Each device's commands in the order of its sequence: which may go, which wait for one before.

Of a device, `next` is the number that the ledger takes next, as far as this gateway knows. A
command goes when all numbers from `next` up to its own are on their way; otherwise it is held.
"""

from dataclasses import dataclass, field

from gateway.intake.items import Item


@dataclass(slots=True, kw_only=True)
class Line:
    """One device's commands that are not done.

    Attributes:
        next: The number that the ledger takes next, at least.
        end: The first number from `next` on that nobody on the way has.
        going: Those let go, by number; several may claim one.
        held: Those that wait for a predecessor, by number.
        count: How many there are of both.
    """

    next: int
    end: int
    going: dict[int, list[Item]] = field(default_factory=dict)
    held: dict[int, list[Item]] = field(default_factory=dict)
    count: int = 0

    def find_end(self) -> None:
        """Bring `end` up to date after a number was freed."""
        self.end = self.next
        while self.end in self.going:
            self.end += 1


class Lines:
    """All devices with commands that are not done."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._held: dict[Item, None] = {}  # in the order in which they began to wait

    @property
    def held(self) -> int:
        """How many wait for a predecessor."""
        return len(self._held)

    def held_of(self, kid: str) -> int:
        """How many of one device wait for a predecessor."""
        line = self._lines.get(kid)
        return sum(map(len, line.held.values())) if line else 0

    @property
    def held_devices(self) -> set[str]:
        """The devices of these."""
        return {item.kid for item in self._held}

    def add(self, item: Item, next_seq: int, now: float) -> list[Item]:
        """Add a command, and return those that may go now, in order: none if it is held."""
        line = self._lines.setdefault(item.kid, Line(next=next_seq, end=next_seq))
        line.count += 1
        released = self._advance(line, next_seq)
        self._hold(line, item, now)
        return released + self._release(line, [item.seq])

    def advance(self, kid: str, next_seq: int) -> list[Item]:
        """Note that the ledger takes `next_seq` next, and return those that may go now."""
        line = self._lines.get(kid)
        return self._advance(line, next_seq) if line else []

    def hold_again(self, item: Item, now: float) -> None:
        """Hold a command that was let go, but that the ledger finds too early."""
        line = self._lines[item.kid]
        _discard(line.going, item)
        line.next = min(line.next, item.seq - 1)
        line.find_end()
        self._hold(line, item, now)

    def remove(self, item: Item) -> None:
        """Forget a command that is done."""
        line = self._lines.get(item.kid)
        if line is None:
            return
        was_there = _discard(line.going, item) or _discard(line.held, item)
        line.count -= was_there
        self._held.pop(item, None)
        if item.seq >= line.next:
            line.find_end()
        if not line.count:
            del self._lines[item.kid]

    def stranded(self, kid: str) -> list[Item]:
        """Return those let go although, by now, one before them is missing; in order."""
        line = self._lines.get(kid)
        if line is None:
            return []
        later = sorted(seq for seq in line.going if seq > line.end)
        return [item for seq in later for item in line.going[seq]]

    def successors(self, kid: str, command_id: str) -> list[Item]:
        """Return those of a device that name a command as the one before them."""
        line = self._lines.get(kid)
        if line is None:
            return []
        everyone = [*line.going.values(), *line.held.values()]
        return [item for items in everyone for item in items if item.prev == command_id]

    def waiting(self) -> list[Item]:
        """Return those that wait for a predecessor, the longest waiting first."""
        return list(self._held)

    def _advance(self, line: Line, next_seq: int) -> list[Item]:
        if next_seq <= line.next:
            return []
        line.next = next_seq
        if line.end < next_seq:
            line.find_end()
        return self._release(line, sorted(seq for seq in line.held if seq < line.end))

    def _hold(self, line: Line, item: Item, now: float) -> None:
        item.held_since, item.asks = now, 0
        line.held.setdefault(item.seq, []).append(item)
        self._held[item] = None

    def _release(self, line: Line, numbers: list[int]) -> list[Item]:
        """Let go those of `numbers` that may, and all that follow without a gap."""
        released: list[Item] = []
        for seq in numbers:
            if seq < line.end:
                released += line.held.pop(seq, [])
        while line.end in line.held:
            released += line.held.pop(line.end)
            line.end += 1
        for item in released:
            line.going.setdefault(item.seq, []).append(item)
            del self._held[item]
        while line.end in line.going:
            line.end += 1
        return released


def _discard(places: dict[int, list[Item]], item: Item) -> bool:
    items = places.get(item.seq, [])
    if item not in items:
        return False
    items.remove(item)
    if not items:
        del places[item.seq]
    return True
