"""The machine of keys with a second organisation: bootstraps, mandates, and lists of two.

Whoever lost a key still does nothing by it, though an admin sets registrars anew, agents sign for
others, and two organisations give mandates by list: each waits for what was said before.
"""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.chaincode.books.joint import JointBooks, Mandate, Proposed
from tests.chaincode.books.keys import Actor, Key
from tests.chaincode.machine import keys
from tests.chaincode.machine.keys import KeysMachine, Prepared, mostly, picks, rarely
from tests.chaincode.world import DAY_S, MSPS, NOW, SINCE, Person
from tests.identities import creator

PRINCIPAL, AGENT = "farmer", "coop-deputy"
ELDERS = ("elder",)  # without a key: registrars give it for them
PROPOSAL_S = 31 * DAY_S
keys.REGISTRY_TYPES.add("proposal.approve")  # of nothing else here, and judged as what it approves

days = st.sampled_from([0, 5, 30, 30, -1])


class JointKeysMachine(KeysMachine):
    """The world, the books, what was prepared, and who was the second organisation's registrar."""

    answers: ClassVar = KeysMachine.answers

    def __init__(self) -> None:
        super().__init__()
        first = self.books
        self.books = JointBooks(now=first.now, utc_offset_s=first.utc_offset_s)
        self.books.keys, self.books.actors = first.keys, first.actors
        self.successors = ["shops-registrar"]
        device = self.world.device("shops-registrar")
        self.books.strangers.add("shops-registrar")
        self.books.actors["shops-registrar"] = Actor(roles={"registrar"}, live=["shops-registrar"])
        self.books.keys["shops-registrar"] = Key(
            actor="shops-registrar", next=device["next"], prev=device["prev"]
        )
        self.for_another: set[str] = set()  # ids of what agents signed

    @initialize(until=days)
    def one_agent_to_begin_with(self, until):
        self.give("farmer", until)

    def victims(self):
        return [one for one in super().victims() if one[1].actor not in self.books.strangers]

    def needed(self, one: Prepared) -> str:
        if one.id in self.for_another:
            return self.books.acts_for(one.by, PRINCIPAL)
        return super().needed(one)

    # An admin sets another registrar

    @rule(is_stale=rarely)
    def bootstrap(self, is_stale):
        handle, old = f"shops-registrar {len(self.successors)}", self.successors[-1]
        person = self.world.people[handle] = Person.of(handle, "shops", "shops-office")
        named = self.successors[0] if is_stale else old
        body = {
            **self.world.bootstrap("shops"),
            "jwk": person.pen.jwk,
            "actor": person.actor,
            "replaces": {"device": self.world.kid(named), "actor": self.world.actor(named)},
        }
        wire = self.world.write(handle, "registry.bootstrap", body)
        command_id = self.world.sequence[handle][1]
        code = "ACCEPTED" if named == old else "REGISTRAR_MISMATCH"
        answer = self.world.submit(wire, time=self.books.now, creator=creator(MSPS["shops"]))
        assert answer == [code]
        self.answers["registry.bootstrap", code] += 1
        if code != "ACCEPTED":
            del self.world.people[handle]
            return
        self.books.bootstrap(old, handle, command_id)
        self.successors.append(handle)

    # An agent signs for a farmer

    @rule(pick=picks, until=days, stray=rarely)
    def give_a_mandate(self, pick, until, stray):
        theirs = [one for one, key in self.books.keys.items() if key.actor == PRINCIPAL]
        self.give(self.key(pick, () if stray else theirs), until)

    def give(self, by: str, until: int) -> None:
        mandate = Mandate(since=self.books.today, until=self.books.day(until))
        body = {
            **self.pair(PRINCIPAL, AGENT),
            "types": ["lot.sell"],
            "since": mandate.since,
            "until": mandate.until,
        }
        one = self.sign(by, "mandate.grant", body)
        self.bring_in(one, lambda: self.books.give(by, PRINCIPAL, AGENT, mandate))

    @rule(pick=picks)
    def take_a_mandate_back(self, pick):
        by = self.key(pick)
        one = self.sign(by, "mandate.revoke", self.pair(PRINCIPAL, AGENT))
        self.bring_in(one, lambda: self.books.take_back(by, PRINCIPAL, AGENT))

    @rule(pick=picks, is_now=st.booleans(), stray=rarely)
    def act_for_another(self, pick, is_now, stray):
        """At once, or prepared like anything else: lost, spared, and brought in later."""
        agents = [one for one, key in self.books.keys.items() if key.actor == AGENT]
        by = self.key(pick, () if stray else agents)
        body = {"lot": self.lot, "party": self.world.party(PRINCIPAL)}
        seq, prev = self.world.sequence[by]
        on_behalf = {"on_behalf": self.world.actor(PRINCIPAL)}
        wire = self.world.write(by, "lot.sell", body, {"quantity_g": 1}, **on_behalf)
        own_id = self.world.sequence[by][1]
        one = Prepared(by=by, type="lot.sell", seq=seq, prev=prev, id=own_id, wire=wire)
        self.for_another.add(own_id)
        if is_now:
            code = self.bring_in(one)
            self.answers["for another", code] += 1
            return
        self.prepared.append(one)
        self.world.resume()

    # Registrars of two organisations give mandates by list

    @rule(pick=picks, until=days, is_strange=st.booleans(), stray=rarely)
    def propose_a_list(self, *, pick, until, is_strange, stray):
        by = self.officer(pick, is_strange=is_strange, stray=stray)
        body = self.listed(self.books.day(until))
        one = self.sign(by, "mandate.register", body)
        said = Proposed(by=by, until=body["until"], expires=NOW + PROPOSAL_S)
        self.bring_in(one, lambda: self.books.propose(by, one.id, said))

    @precondition(lambda self: self.books.proposals)
    @rule(pick=picks, which=picks, is_latest=mostly, is_other=mostly, is_over=rarely)
    def approve_a_list(self, *, pick, which, is_latest, is_other, is_over):
        proposals = [*self.books.proposals]
        proposal = proposals[-1] if is_latest else proposals[which % len(proposals)]
        said = self.books.proposals[proposal]
        is_strange = self.books.is_strange(said.by) != is_other
        over = [one for one, key in self.books.keys.items() if key.words and is_over]
        by = (
            self.key(pick, over) if over else self.officer(pick, is_strange=is_strange, stray=False)
        )
        body = {
            "proposal": proposal,
            "proposer": {"device": self.world.kid(said.by), "actor": self.world.actor(said.by)},
            "type": "mandate.register",
            "body": self.listed(said.until),
        }
        one = self.sign(by, "proposal.approve", body)
        self.bring_in(one, lambda: self.books.approve(by, proposal, [*ELDERS], PRINCIPAL))

    def officer(self, pick: int, *, is_strange: bool, stray: bool) -> str:
        """Return a registrar's key of one organisation or the other; astray, any key."""
        theirs = self.successors[-1:] if is_strange else []
        return self.key(pick, theirs) if theirs and not stray else self.registrar(pick, stray=stray)

    def listed(self, until: str) -> dict:
        pairs = [self.pair(elder, PRINCIPAL) for elder in ELDERS]
        return {"mandates": pairs, "types": ["lot.sell"], "since": SINCE, "until": until}

    def pair(self, principal: str, agent: str) -> dict:
        return {"principal": self.world.actor(principal), "agent": self.world.actor(agent)}

    def teardown(self) -> None:
        """Compare every mandate with what was said of it."""
        for (principal, agent), mandate in self.books.mandates.items():
            key = f"mandate/{self.world.actor(principal)}/{self.world.actor(agent)}"
            record = self.world.ledger.record(key)
            assert bool(record["types"]) == bool(mandate.until)
            if mandate.until:
                assert (record["since"], record["until"]) == (mandate.since, mandate.until)
