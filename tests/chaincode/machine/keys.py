"""A machine of keys: people and thieves enrol, hoard, revoke, grant, wait, and bring in.

After every step the ledger's records must agree with the books (`tests.chaincode.books.keys`), and
every command must be answered as they say: after a registrar's act nothing comes in by that actor's
keys but what the act says, whatever was signed before it and whoever acts after.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chaincode.rules import REGISTRY, RULES
from tests.chaincode.books.keys import SPARED_DAYS_MAX, Actor, Key, KeyBooks, Word
from tests.chaincode.pen import Pen, pseudonym
from tests.chaincode.world import DAY_S, NOW, SINCE, World

ROLES = {"farmer": "farmer", "coop-registrar": "registrar", "coop-deputy": "registrar"}
REGISTRY_TYPES = {kind.name for kind in RULES[1].families[REGISTRY]}
FAR = "9999-12-31"  # of a revocation that spares nothing

picks = st.integers(0, 999)  # the how-manieth of what there is
persons = st.sampled_from(["farmer", "coop-deputy"])  # the third registrar is there to the end
firsts = st.sampled_from([0, 0, 0, 1])  # so many at a queue's beginning are not spared
kinds = st.sampled_from(["lot.sell", "lot.sell", "party.register"])
mostly = st.sampled_from([True] * 3 + [False])
rarely = st.sampled_from([False] * 5 + [True])


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A command signed and not sent."""

    by: str
    type: str
    seq: int
    prev: str
    id: str
    wire: bytes


class KeysMachine(RuleBasedStateMachine):
    """The world, the books, and what was prepared.

    Attributes:
        answers: How often each command was answered so, over all runs; `spared` of those that came
            in by a revoked key.
    """

    answers: ClassVar[Counter[tuple[str, str]]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world = World.standing()
        self.books = KeyBooks(now=NOW, utc_offset_s=9 * 3_600)
        self.lot = self.world.harvest("farmer", 1_000_000)
        self.prepared: list[Prepared] = []
        self.count = 0
        for handle, role in ROLES.items():
            device = self.world.device(handle)
            self.books.actors[handle] = Actor(roles={role}, live=[handle])
            self.books.keys[handle] = Key(actor=handle, next=device["next"], prev=device["prev"])

    # What is signed

    def key(self, pick: int, among: Iterable[str] = ()) -> str:
        """Return one of some keys, of all if there are none."""
        handles = [*among] or [*self.books.keys]
        return handles[pick % len(handles)]

    def victims(self) -> list[tuple[str, Key]]:
        return [one for one in self.books.keys.items() if one[1].actor != "coop-registrar"]

    def registrar(self, pick: int, *, stray: bool) -> str:
        """Return a key that may do a registrar's acts; astray, any."""
        keys = self.books.keys.items()
        fit = [one for one, key in keys if not key.words and self.books.is_registrar(one)]
        return self.key(pick, () if stray else fit)

    def parts(self, type_name: str) -> tuple[dict, dict | None]:
        """Return what needs nothing but a role."""
        self.count += 1
        if type_name == "party.register":
            return {"party": pseudonym(f"party {self.count}"), "kind": "farm"}, None
        return {"lot": self.lot, "party": self.world.party("farmer")}, {"quantity_g": 1}

    def sign(self, by: str, type_name: str, body: dict, closed: dict | None = None) -> Prepared:
        seq, prev = self.world.sequence[by]
        wire = self.world.write(by, type_name, body, closed)
        _, own_id = self.world.sequence[by]
        return Prepared(by=by, type=type_name, seq=seq, prev=prev, id=own_id, wire=wire)

    def bring_in(self, one: Prepared, judged: object = None) -> str:
        """Submit a command and compare the answer; `judged` says what its own rule answers."""
        words = len(self.books.keys[one.by].words)
        code = self.books.sequence(
            one.by,
            seq=one.seq,
            prev=one.prev,
            command_id=one.id,
            is_registry=one.type in REGISTRY_TYPES,
        )
        if code == "ACCEPTED":
            code = judged() if judged else self.needed(one)
            self.answers["spared" if words else "live", code] += 1
        (answer,) = self.world.submit(one.wire, time=self.books.now)
        assert (one.type, answer) == (one.type, code)
        self.answers[one.type, code] += 1
        return code

    def needed(self, one: Prepared) -> str:
        role = "registrar" if one.type == "party.register" else "farmer"
        return self.books.needs(one.by, role)

    # What people and thieves do

    @rule(
        pick=picks,
        count=st.integers(1, 3),
        type_name=kinds,
        goes_on=st.booleans(),
    )
    def prepare(self, pick, count, type_name, goes_on):
        """Sign and send nothing; going on from what is prepared, or beside it."""
        by = self.key(pick)
        theirs = [one for one in self.prepared if one.by == by]
        if goes_on and theirs:
            self.world.sequence[by] = theirs[-1].seq + 1, theirs[-1].id
        for _ in range(count):
            self.prepared.append(self.sign(by, type_name, *self.parts(type_name)))
        self.world.resume()

    @rule(pick=picks, is_next=st.booleans())
    def bring_in_what_was_prepared(self, pick, is_next):
        """Any of it, or one whose turn it is."""
        ready = [one for one in self.prepared if self.books.keys[one.by].next == one.seq]
        self.bring_in_one(pick, ready if is_next else [])

    @rule(pick=picks)
    def bring_in_what_was_spared(self, pick):
        keys, today = self.books.keys, self.books.today
        revoked = [one for one in self.prepared if keys[one.by].words]
        self.bring_in_one(pick, [one for one in revoked if one.id in keys[one.by].left(today)[:1]])

    @precondition(lambda self: self.named())
    @rule(pick=picks)
    def bring_in_what_was_named(self, pick):
        """What some revocation named, at its place or not, and others perhaps did not."""
        self.bring_in_one(pick, self.named())

    def named(self) -> list[Prepared]:
        keys = [(one, self.books.keys[one.by]) for one in self.prepared]
        untaken = [(one, key) for one, key in keys if one.seq >= key.next]
        return [
            one for one, key in untaken if any(one.id in word.spared.values() for word in key.words)
        ]

    def bring_in_one(self, pick: int, rather: list[Prepared]) -> None:
        choice = rather or self.prepared
        if choice:
            self.bring_in(choice[pick % len(choice)])

    @rule(pick=picks, type_name=st.sampled_from(["lot.sell", "party.register"]))
    def act_now(self, pick, type_name):
        self.bring_in(self.sign(self.key(pick), type_name, *self.parts(type_name)))

    @rule(pick=picks, actor=persons, stray=rarely)
    def enrol(self, pick, actor, stray):
        by, handle = (
            self.registrar(pick, stray=stray),
            f"{actor} {len(self.books.keys)} {self.count}",
        )
        self.count += 1
        owner = self.world.people[actor]
        pen, nonce = Pen(handle), self.world.nonce()
        body = pen.enrolment(self.world.id, owner.actor, nonce)
        one = self.sign(by, "key.enrol", body)
        if self.bring_in(one, lambda: self.books.enrol(by, handle, actor)) == "ACCEPTED":
            self.world.people[handle] = replace(owner, handle=handle, pen=pen)
            self.world.resume()
            self.world.sequence.setdefault(handle, (1, "0" * 64))

    @rule(pick=picks, actor=persons, has_role=mostly, misses_one=rarely, stray=rarely)
    def grant(self, pick, actor, has_role, misses_one, stray):
        by, roles = self.registrar(pick, stray=stray), {ROLES[actor]} if has_role else set()
        devices = self.books.actors[actor].reached[: -1 if misses_one else None]
        body = {
            "actor": self.world.actor(actor),
            "roles": [{"role": role, "since": SINCE} for role in roles],
            "devices": [self.world.kid(handle) for handle in devices],
        }
        one = self.sign(by, "actor.grant", body)
        self.bring_in(one, lambda: self.books.grant(by, actor, roles, devices))

    @rule(
        pick=picks,
        whose=picks,
        is_again=st.booleans(),
        first=firsts,
        count=st.integers(0, 4),
        shift=st.sampled_from([0] * 8 + [-1, 1]),
        days=st.sampled_from([0, 1, 10, 31, 31, 31, -1, 32]),
        stray=rarely,
    )
    def revoke(self, *, pick, whose, is_again, first, count, shift, days, stray):
        """Spare some of what was prepared, forks of it side by side and at wrong places too."""
        drains = [one for one, key in self.victims() if key.words and key.left(self.books.today)]
        live = [one for one, key in self.victims() if not key.words]
        by = self.registrar(pick, stray=stray)
        handle = self.key(whose, drains if is_again and drains else live or drains or ["farmer"])
        key = self.books.keys[handle]
        open_ids = [one.id for one in self.prepared if one.by == handle and one.seq >= key.next]
        ids = open_ids[first : first + count]
        following = max(1, key.next + shift)
        body = {"device": self.world.kid(handle), "actor": self.world.actor(handle)}
        if ids:
            until = self.books.day(days)
            body["spared"] = {"next": following, "commands": ids, "until": until}
        spared = {following + place: one for place, one in enumerate(ids)}
        word = Word(spared=spared, until=self.books.day(days) if ids else FAR)
        one = self.sign(by, "key.revoke", body)
        self.bring_in(one, lambda: self.books.revoke(by, handle, word))

    @precondition(lambda self: self.without_office())
    @rule(pick=picks, whose=picks)
    def revoke_without_office(self, pick, whose):
        """Revoke another's key, by one that is in use and no registrar's."""
        by = self.key(pick, self.without_office())
        own = self.books.keys[by].actor
        handle = self.key(whose, [one for one, key in self.books.keys.items() if key.actor != own])
        body = {"device": self.world.kid(handle), "actor": self.world.actor(handle)}
        one = self.sign(by, "key.revoke", body)
        self.bring_in(one, lambda: self.books.revoke(by, handle, Word(spared={}, until=FAR)))

    def without_office(self) -> list[str]:
        keys = self.books.keys.items()
        return [one for one, key in keys if not key.words and not self.books.is_registrar(one)]

    @rule(days=st.sampled_from([1, 1, 2, 10, 32]))
    def wait(self, days):
        self.books.now += days * DAY_S

    @rule(whose=picks, count=st.integers(1, 3), type_name=kinds, first=firsts, is_long=rarely)
    def lose(self, *, whose, count, type_name, first, is_long):
        """A device with a queue is lost, and what was in the queue is spared.

        At times without the first command, so that each other is named at a wrong place; or for a
        day too long.
        """
        live = [one for one, key in self.victims() if not key.words]
        if not live:
            return
        handle = self.key(whose, live)
        key = self.books.keys[handle]
        queue = [self.sign(handle, type_name, *self.parts(type_name)) for _ in range(count)]
        self.prepared += queue
        self.world.resume()
        ids = [one.id for one in queue][first:] or [queue[0].id]
        until = self.books.day(SPARED_DAYS_MAX + is_long)
        body = {
            "device": self.world.kid(handle),
            "actor": self.world.people[handle].actor,
            "spared": {"next": key.next, "commands": ids, "until": until},
        }
        word = Word(spared=dict(enumerate(ids, key.next)), until=until)
        one = self.sign("coop-registrar", "key.revoke", body)
        self.bring_in(one, lambda: self.books.revoke("coop-registrar", handle, word))

    # What must hold after every step

    @invariant()
    def the_ledger_agrees_with_the_books(self):
        for handle, key in self.books.keys.items():
            device = self.world.device(handle)
            assert (device["next"], device["prev"]) == (key.next, key.prev)
            assert ("revoked" in device) == bool(key.words)
        for handle, actor in self.books.actors.items():
            record = self.world.ledger.record(f"actor/{self.world.actor(handle)}")
            assert record["devices"] == [self.world.kid(one) for one in actor.live]
            assert record["draining"] == [
                {"device": self.world.kid(one), "until": until} for one, until in actor.draining
            ]

    @invariant()
    def whatever_may_still_sign_has_its_actors_roles(self):
        for actor in self.books.actors.values():
            for handle in actor.reached:
                roles = {one["role"] for one in self.world.device(handle)["roles"]}
                assert roles == actor.roles
