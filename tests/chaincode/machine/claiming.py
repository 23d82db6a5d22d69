"""Rules of standing consignments, and of goods that come without one."""

from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from chaincode.lots import claims
from chaincode.lots.claims import Claims
from tests.chaincode.machine.base import LOTS_MAX, amount, farmers, people, picks, rarely
from tests.chaincode.machine.consigning import Consigning
from tests.chaincode.world import SINCE

CLAIMS_MAX = 2  # so few that a party has too many within a run
UNTIL = "2030-03-31"
of_it = st.sampled_from([0, 50, 100, 100, 101])


class Claiming(Consigning):
    """Who may take in whose goods, and what came all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.few_claims = mock.patch.object(claims, "CLAIMS_MAX", CLAIMS_MAX)
        self.books.claims_max = CLAIMS_MAX
        self.few_claims.start()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.few_claims.stop()

    @rule(by=people, to=people, ends=rarely, is_registered=st.booleans())
    def agree(self, by, to, ends, is_registered):
        """Let a producer, or two registrars, give or end what a shop may take in."""
        body = {"producer": self.world.party(by), "shop": self.world.party(to)}
        pair = (body["producer"], body["shop"])
        if ends:
            self.give(by, "consignment.revoke", body)
            self.expect(self.books.answer(self.books.disagree, *pair))
            return
        body |= {"since": SINCE, "until": UNTIL}
        if not is_registered:
            self.give(by, "consignment.grant", body)
            self.expect(self.books.answer(self.books.agree, *pair))
            return
        registrars = ("coop-registrar", "shops-registrar")
        if self.expect_proposal(registrars[0], body):
            self.approve(*registrars, "consignment.register", body)
            self.expect(self.books.answer(self.books.agree, *pair, is_registered=True))

    def expect_proposal(self, by: str, body: dict) -> bool:
        self.give(by, "consignment.register", body)
        return self.expect("ACCEPTED")

    @rule(pick=picks, to=people)
    def arrive_after_the_end(self, pick, to):
        """End a standing consignment, let the shop take in goods all the same, and agree anew."""
        lot = self.lot(pick)
        row = self.books.lots[lot]
        by = self.person(row.party, pick, stray=False)
        pair = (row.party, self.world.party(to))
        body = dict(zip(("producer", "shop"), pair, strict=True))
        self.give(by, "consignment.revoke", body)
        self.expect(self.books.answer(self.books.disagree, *pair))
        self.arrive(to, lot, row.party, row.crop, 40)
        self.give(by, "consignment.grant", body | {"since": SINCE, "until": UNTIL})
        self.expect(self.books.answer(self.books.agree, *pair))

    @rule(by=people, of=farmers, pick=picks, is_new=rarely, is_mistaken=rarely, share=of_it)
    def claim_unasked(self, by, of, pick, is_new, is_mistaken, share):
        """Claim goods of a lot on the ledger or not, at times in the wrong name or as apples."""
        producer, crop = self.world.party(of), "carrot"
        if is_new and len(self.names) < 2 * LOTS_MAX:
            name = self.world.name(of)
            self.names[name["id"]] = (of, name)
            lot, counted_g = name["id"], 40
        else:
            lot = self.lot(pick)
            row = self.books.lots[lot]
            producer, crop = (row.party, row.crop) if pick % 5 else (producer, crop)
            counted_g = max(1, amount(share, self.held_g((lot, row.party, row.party))))
        crop = "apple" if is_mistaken else crop
        body = {"lot": lot, "party": self.world.party(by)}
        closed = {"producer": producer, "crop": crop, "counted_g": counted_g}
        self.give(by, "lot.claim", body, closed)
        act = self.books.claim
        self.expect(self.books.answer(act, body["party"], lot, producer, crop, counted_g))

    @precondition(lambda self: self.books.claims)
    @rule(pick=picks, share=of_it)
    def correct_claim(self, pick, share):
        holder, lot, producer = self.open_claim(pick)
        by = self.person(holder, pick, stray=False)
        claimed_g = amount(share, self.books.claims[holder, lot, producer].claimed)
        body = {"lot": lot, "party": holder, "reason": "typing"}
        self.give(by, "lot.correct_claim", body, {"producer": producer, "claimed_g": claimed_g})
        act = self.books.correct_claim
        self.expect(self.books.answer(act, holder, lot, producer, claimed_g))

    @precondition(lambda self: self.books.claims)
    @rule(pick=picks, stray=rarely, is_stale=rarely, share=of_it)
    def accept_claim(self, pick, stray, is_stale, share):
        holder, lot, producer = self.open_claim(pick)
        by = self.person(producer, pick, stray=stray)
        claimed_g = self.books.claims[holder, lot, producer].claimed
        accepted_g = amount(share, claimed_g)
        claimed_g += is_stale
        body = {"lot": lot, "party": self.world.party(by)}
        closed = {"holder": holder, "claimed_g": claimed_g, "accepted_g": accepted_g}
        self.give(by, "lot.accept_claim", body, closed)
        act, grams = self.books.accept_claim, (claimed_g, accepted_g)
        self.expect(self.books.answer(act, body["party"], holder, lot, *grams))

    def open_claim(self, pick: int) -> tuple[str, str, str]:
        keys = sorted(self.books.claims)
        return keys[pick % len(keys)]

    @invariant()
    def the_ledger_has_the_claims_of_the_books(self):
        if self.waiting:
            return
        found = {
            (holder, one.lot, one.producer): (one.crop, one.claimed_g)
            for holder, record in self.records(Claims, "claims/").items()
            for one in record.claims
        }
        assert found == {key: (one.crop, one.claimed) for key, one in self.books.claims.items()}
