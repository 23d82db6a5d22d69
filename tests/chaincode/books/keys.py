"""Books of keys: what every registrar's act said of them, and what therefore may still come in.

Nothing is worked out ahead. Each revocation is kept as it was said; whether a command may come in
is asked of all of them each time, which is slow, plain, and not how the contract does it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

DEVICES_MAX = 8
SPARED_DAYS_MAX = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One revocation: which ids may come in at which running numbers, and until which day."""

    spared: dict[int, str]
    until: str


@dataclass(slots=True, kw_only=True)
class Key:
    """A device: whose it is, where its sequence stands, and every revocation of it."""

    actor: str
    next: int
    prev: str
    words: list[Word] = field(default_factory=list)

    def left(self, today: str) -> list[str]:
        """Return the ids that all revocations leave and that can come in, one after the other."""
        assert self.words
        ids: list[str] = []
        while all(self.next + len(ids) in word.spared for word in self.words):
            said = {word.spared[self.next + len(ids)] for word in self.words}
            if len(said) > 1:
                break
            ids += said
        return ids if today <= self.until else []

    @property
    def until(self) -> str:
        return min(word.until for word in self.words)


@dataclass(slots=True, kw_only=True)
class Actor:
    """Someone with roles, the keys that are not revoked, and those that drain."""

    roles: set[str]
    live: list[str]
    draining: list[tuple[str, str]] = field(default_factory=list)

    @property
    def reached(self) -> list[str]:
        return [*self.live, *(one for one, _ in self.draining)]


class KeyBooks:
    """Keys by handle, actors by handle, and the town's date."""

    def __init__(self, *, now: int, utc_offset_s: int) -> None:
        self.now = now
        self.utc_offset_s = utc_offset_s
        self.keys: dict[str, Key] = {}
        self.actors: dict[str, Actor] = {}

    @property
    def today(self) -> str:
        return datetime.fromtimestamp(self.now + self.utc_offset_s, UTC).date().isoformat()

    def day(self, days: int) -> str:
        return (date.fromisoformat(self.today) + timedelta(days=days)).isoformat()

    def sequence(
        self, handle: str, *, seq: int, prev: str, command_id: str, is_registry: bool
    ) -> str:
        """Answer what comes before a command's own rule; advance the key if it is taken."""
        key = self.keys[handle]
        if seq < key.next:
            return "ALREADY_TAKEN"
        if key.words:
            place = seq - key.next
            is_left = key.left(self.today)[place : place + 1] == [command_id]
            if is_registry or not is_left:
                return "KEY_REVOKED"
        if seq > key.next:
            return "SEQUENCE_GAP"
        if prev != key.prev:
            return "WRONG_PREDECESSOR"
        key.next, key.prev = seq + 1, command_id
        return "ACCEPTED"

    def is_registrar(self, handle: str) -> bool:
        return "registrar" in self.actors[self.keys[handle].actor].roles

    def needs(self, by: str, role: str) -> str:
        """Answer a command that asks for a role alone."""
        return "ACCEPTED" if role in self.actors[self.keys[by].actor].roles else "ROLE_MISSING"

    def enrol(self, by: str, handle: str, actor: str) -> str:
        if self.needs(by, "registrar") != "ACCEPTED":
            return "ROLE_MISSING"
        if len(self.actors[actor].live) == DEVICES_MAX:
            return "TOO_MANY_DEVICES"
        self.actors[actor].live.append(handle)
        self.keys[handle] = Key(actor=actor, next=1, prev="0" * 64)
        return "ACCEPTED"

    def grant(self, by: str, actor: str, roles: set[str], devices: list[str]) -> str:
        if self.needs(by, "registrar") != "ACCEPTED":
            return "ROLE_MISSING"
        one = self.actors[actor]
        if devices != one.reached:
            return "NOT_THE_LATEST"
        one.roles = roles
        self._prune(one)
        return "ACCEPTED"

    def revoke(self, by: str, handle: str, word: Word) -> str:
        key = self.keys[handle]
        is_own = self.keys[by].actor == key.actor
        if not is_own and self.needs(by, "registrar") != "ACCEPTED":
            return "ROLE_MISSING"
        before = (key.left(self.today), key.until) if key.words else None
        key.words.append(word)
        left = key.left(self.today), key.until
        code = "ACCEPTED"
        if before and (left == before or not before[0]):
            code = "DEVICE_REVOKED"
        elif word.spared and word.until > self.day(SPARED_DAYS_MAX):
            code = "PERIOD_TOO_LONG"
        else:
            code = self._drain(handle, left)
        if code != "ACCEPTED":
            key.words.pop()
        return code

    def _drain(self, handle: str, left: tuple[list[str], str]) -> str:
        one, (ids, until) = self.actors[self.keys[handle].actor], left
        others = [row for row in one.draining if row[0] != handle and self.today <= row[1]]
        if ids and len(others) == DEVICES_MAX:
            return "TOO_MANY_DEVICES"
        one.live = [other for other in one.live if other != handle]
        one.draining = others + ([(handle, until)] if ids else [])
        return "ACCEPTED"

    def _prune(self, one: Actor) -> None:
        one.draining = [row for row in one.draining if self.today <= row[1]]
