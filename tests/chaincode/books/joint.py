"""Books of keys in two organisations: bootstraps, mandates, and what takes one of each to agree.

As plain as `tests.chaincode.books.keys`: every mandate and proposal is kept as it was said, and
asked anew each time.
"""

from dataclasses import dataclass

from tests.chaincode.books.keys import Actor, Key, KeyBooks, Word

FAR = "9999-12-31"


@dataclass(slots=True, kw_only=True)
class Mandate:
    """Until when somebody may sign for another; `until` empty: taken back."""

    since: str
    until: str

    def is_valid_on(self, today: str) -> bool:
        return bool(self.until) and self.since <= today <= self.until


@dataclass(slots=True, kw_only=True)
class Proposed:
    """A list of mandates that waits for a registrar of another organisation."""

    by: str
    until: str
    expires: int
    is_open: bool = True


class JointBooks(KeyBooks):
    """Who is of which organisation, mandates by (principal, agent), proposals by their id."""

    def __init__(self, *, now: int, utc_offset_s: int) -> None:
        super().__init__(now=now, utc_offset_s=utc_offset_s)
        self.strangers: set[str] = set()  # actors of the second organisation
        self.mandates: dict[tuple[str, str], Mandate] = {}
        self.proposals: dict[str, Proposed] = {}
        self.left_with: dict[str, set[str]] = {}  # what grants no longer reach, with its roles then

    def is_strange(self, by: str) -> bool:
        return self.keys[by].actor in self.strangers

    def is_registrar(self, handle: str) -> bool:
        """Of the first organisation, about whose people all of this is."""
        return super().is_registrar(handle) and not self.is_strange(handle)

    def enrol(self, by: str, handle: str, actor: str) -> str:
        return self._of_own(by) or super().enrol(by, handle, actor)

    def grant(self, by: str, actor: str, roles: set[str], devices: list[str]) -> str:
        before = self.actors[actor].roles
        code = self._of_own(by) or super().grant(by, actor, roles, devices)
        if code == "ACCEPTED":
            for handle, key in self.keys.items():
                if key.actor == actor and handle not in devices:
                    self.left_with.setdefault(handle, before)
        return code

    def revoke(self, by: str, handle: str, word: Word) -> str:
        whose = {self.keys[by].actor, self.keys[handle].actor}
        are_apart = len(whose & self.strangers) == 1
        if are_apart and self.needs(by, "registrar") == "ACCEPTED":
            return "NOT_YOUR_ORGANISATION"
        return super().revoke(by, handle, word)

    def _of_own(self, by: str) -> str:
        if self.needs(by, "registrar") == "ACCEPTED" and self.is_strange(by):
            return "NOT_YOUR_ORGANISATION"
        return ""

    def bootstrap(self, old: str, handle: str, command_id: str) -> None:
        """Let an admin set another registrar: nothing of the old one's key stays."""
        self.keys[old].words.append(Word(spared={}, until=FAR))
        before = self.actors[self.keys[old].actor]
        before.live = [one for one in before.live if one != old]
        self.strangers.add(handle)
        self.actors[handle] = Actor(roles={"registrar"}, live=[handle])
        self.keys[handle] = Key(actor=handle, next=2, prev=command_id)

    def acts_for(self, by: str, principal: str) -> str:
        """Answer a sale of the principal's goods by whoever says that it may."""
        mandate = self.mandates.get((principal, self.keys[by].actor))
        if mandate is None or not mandate.is_valid_on(self.today):
            return "NO_MANDATE"
        return "ACCEPTED" if "farmer" in self.actors[principal].roles else "ROLE_MISSING"

    def give(self, by: str, principal: str, agent: str, mandate: Mandate) -> str:
        if self.keys[by].actor != principal:
            return "WRONG_ACTOR"
        if mandate.since > mandate.until:
            return "PERIOD_REVERSED"
        self.mandates[principal, agent] = mandate
        return "ACCEPTED"

    def take_back(self, by: str, principal: str, agent: str) -> str:
        if self.keys[by].actor not in {principal, agent}:
            if self.needs(by, "registrar") != "ACCEPTED":
                return "ROLE_MISSING"
            if self.is_strange(by):
                return "NOT_YOUR_ORGANISATION"
        mandate = self.mandates.get((principal, agent))
        if mandate is None or not mandate.until:
            return "UNKNOWN_MANDATE"
        mandate.until = ""
        return "ACCEPTED"

    def propose(self, by: str, command_id: str, one: Proposed) -> str:
        code = self.needs(by, "registrar")
        if code == "ACCEPTED":
            self.proposals[command_id] = one
        return code

    def approve(self, by: str, command_id: str, principals: list[str], agent: str) -> str:
        one = self.proposals[command_id]
        proposing = self.left_with.get(one.by, self.actors[self.keys[one.by].actor].roles)
        if self.needs(by, "registrar") != "ACCEPTED" or "registrar" not in proposing:
            return "ROLE_MISSING"
        if self.is_strange(by) == self.is_strange(one.by):
            return "NOT_INDEPENDENT"
        if not one.is_open or self.now >= one.expires:
            return "PROPOSAL_CLOSED"
        if self.keys[one.by].words:
            return "DEVICE_REVOKED"
        one.is_open = False
        for principal in principals:
            self.mandates[principal, agent] = Mandate(since="2020-04-01", until=one.until)
        return "ACCEPTED"
