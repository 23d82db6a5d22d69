"""Rules that make lots from lots, and take that back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chaincode.lots.apportion import share_out
from tests.chaincode import deeds
from tests.chaincode.books.entries import Key
from tests.chaincode.books.lineage import KINDS, RunRow
from tests.chaincode.machine.base import LOTS_MAX, MADE_MAX, amount, people, picks, rarely
from tests.chaincode.machine.consigning import Consigning
from tests.chaincode.pen import derived_id

CROPS = ("carrot", "carrot", "carrot", "pickles")
put_in = st.sampled_from([1, 30, 50, 100, 100, 101])
come_out = st.sampled_from([0, 30, 50, 100, 100, 100, 101])


class Making(Consigning):
    """Runs; the books know each gram of them."""

    def __init__(self) -> None:
        super().__init__()
        self.nonces: list[tuple[str, str]] = []  # of runs whose child was claimed beforehand
        self.signed: dict[str, deeds.Run] = {}

    @precondition(lambda self: len(self.books.lots) < LOTS_MAX)
    @rule(by=people, of=people, named=people, quantity_g=st.sampled_from([1, 40]))
    def claim_a_child_not_made_yet(self, by, of, named, quantity_g):
        nonce = self.world.nonce()
        self.nonces.append((of, nonce))
        lot = derived_id(self.world.id, self.world.party(of), nonce, 0)
        self.arrive(by, lot, self.world.party(named), "carrot", quantity_g)

    @staticmethod
    def parts(first: Key, others: list[Key], pick: int, count: int) -> list[Key]:
        """Return a holding and more of the same holder, at times the same twice."""
        theirs = [one for one in others if one[1] == first[1]]
        more = [theirs[(pick + place) % len(theirs)] for place in range(count - 1) if theirs]
        return [first, *(one for one in more if one != first or pick % 11 == 0)]

    @precondition(lambda self: self.signed)
    @rule(pick=picks, share=come_out, to=people)
    def touch_what_was_made(self, pick, share, to):
        """Sell some of it, or let it arrive elsewhere."""
        child = list(self.signed)[pick % len(self.signed)]
        key = (child, self.books.lots[child].party, self.books.lots[child].party)
        if pick % 2:
            self.arrive(to, child, key[1], "carrot", max(1, amount(share, self.held_g(key))))
            return
        self.sell(key, pick, max(1, amount(share, self.held_g(key))))

    @precondition(lambda self: len(self.books.lots) < MADE_MAX)
    @rule(
        pick=picks,
        stray=rarely,
        kind=st.sampled_from(list(KINDS)),
        counts=st.tuples(st.integers(1, 3), st.integers(1, 2)),
        crop=st.sampled_from(CROPS),
        shares_=st.tuples(put_in, come_out),
        computed=st.booleans(),
    )
    def make_of_anything(self, pick, stray, kind, counts, crop, shares_, computed):
        by, first = self.holding(pick, stray=stray)
        others = [one for one in sorted(self.books.holdings) if self.held_g(one)]
        keys = self.parts(first, others, pick, counts[0])
        self.make(by, keys, pick, kind, counts[1], crop, shares_, computed=computed)

    @precondition(lambda self: len(self.books.lots) < MADE_MAX)
    @rule(
        pick=picks,
        kind=st.sampled_from(list(KINDS)),
        counts=st.tuples(st.integers(1, 3), st.integers(1, 2)),
        put_in=st.sampled_from([50, 100]),
        computed=st.booleans(),
        is_mistaken=st.sampled_from([False, False, True]),
    )
    def make_sensibly(self, pick, kind, counts, put_in, computed, is_mistaken):
        by, first = self.movable(pick)
        keys = self.parts(first, self.movables(), pick, counts[0])
        count = counts[1] if self.held_g(first) > 6 else 1  # else one of two would be empty
        before = len(self.signed)
        self.make(by, keys, pick, kind, count, "carrot", (put_in, 100), computed=computed)
        if is_mistaken and len(self.signed) > before:
            self.unmake_run(list(self.signed)[-1], pick, stray=False)

    def make(self, by, keys, pick, kind, count, crop, shares_, *, computed):
        count = 1 if kind == "lot.merge" and pick % 5 else count
        inputs_g = [max(1, amount(shares_[0], self.held_g(key))) for key in keys]
        output = 100 if kind == "lot.merge" and pick % 3 else shares_[1]
        columns = self.columns(inputs_g, count, output, computed=computed)
        run_inputs = [
            (lot, owner, put_in_g, to_g)
            for (lot, _, owner), put_in_g, to_g in zip(keys, inputs_g, columns, strict=True)
        ]
        nonce = next((one for who, one in self.nonces if who == by and pick % 3), None)
        parts = [
            (lot, put_in_g, to_g, *(() if owner == party else (self.handles[owner],)))
            for (lot, party, owner), put_in_g, to_g in zip(keys, inputs_g, columns, strict=True)
        ]
        text = "computed" if computed else "measured"
        signed = deeds.run(self.world, by, kind, parts, [crop] * count, shares=text, nonce=nonce)
        self.give(by, kind, signed.body, signed.closed)
        run = RunRow(party=self.world.party(by), inputs=run_inputs, children=signed.children)
        name = signed.children[0]
        if self.expect(self.books.answer(self.books.make, kind, name, run, [crop] * count)):
            self.signed[name] = signed

    @staticmethod
    def columns(inputs_g: list[int], count: int, share: int, *, computed: bool) -> list[list[int]]:
        """Return, for each input, what of it goes into each child."""
        outputs_g = [amount(share, one) for one in inputs_g]
        if computed:
            whole_g = min(sum(outputs_g), sum(inputs_g))
            wholes_g = [whole_g - whole_g // 3, whole_g // 3] if count == 2 else [whole_g]
            return [list(one) for one in zip(*share_out(wholes_g, inputs_g), strict=True)]
        return [[one - one // 3, one // 3] if count == 2 else [one] for one in outputs_g]

    @precondition(lambda self: self.signed)
    @rule(pick=picks, stray=rarely)
    def unmake(self, pick, stray):
        self.unmake_run(list(self.signed)[pick % len(self.signed)], pick, stray=stray)

    def unmake_run(self, name, pick, *, stray):
        signed = self.signed[name]
        by = self.person(signed.body["party"], pick, stray=stray)
        self.give(by, "lot.unmake", deeds.unmaking(signed), signed.closed)
        self.expect(self.books.answer(self.books.unmake, name, self.world.party(by)))
