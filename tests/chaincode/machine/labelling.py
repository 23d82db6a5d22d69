"""Rules that bind stickers and free them: one roll that two parties want."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.chaincode.machine.base import Base, picks, rarely
from tests.chaincode.pen import pseudonym

ROLL = pseudonym("roll of stickers")
stickers = st.sampled_from(["farmer", "farmer", "shopkeeper"])


class Labelling(Base):
    """Numbers by lot, sticker by sticker."""

    def __init__(self) -> None:
        super().__init__()
        self.roll_owner: str | None = None
        self.ranges: dict[tuple[int, int], str] = {}

    @rule(pick=picks, by=stickers, first=st.integers(1, 40), count=st.integers(1, 10))
    def bind(self, pick, by, first, count):
        lot, party = self.lot(pick), self.world.party(by)
        body = {"roll": ROLL, "party": party, "first": first, "count": count, "lot": lot}
        self.give(by, "label.bind", body)
        bound = {n for start, length in self.ranges for n in range(start, start + length)}
        if self.ranges and self.roll_owner != party:
            self.expect("NOT_YOUR_PARTY")
        elif bound & set(range(first, first + count)):
            self.expect("LABELS_TAKEN")
        else:
            self.expect("ACCEPTED")
            self.roll_owner = party
            self.ranges[first, count] = lot

    @precondition(lambda self: self.ranges)
    @rule(pick=picks, by=stickers, stray=rarely, is_cut=rarely)
    def unbind(self, pick, by, stray, is_cut):
        first, count = sorted(self.ranges)[pick % len(self.ranges)]
        count += is_cut
        by = by if stray else self.handles[self.roll_owner]
        party = self.world.party(by)
        body = {"roll": ROLL, "party": party, "first": first, "count": count}
        self.give(by, "label.unbind", body | {"reason": "other"})
        is_known = self.roll_owner == party and (first, count) in self.ranges
        if self.expect("ACCEPTED" if is_known else "UNKNOWN_LABELS"):
            del self.ranges[first, count]

    @invariant()
    def stickers_lead_to_the_lots_that_they_were_bound_to(self):
        if self.waiting or self.roll_owner is None:
            return
        record = self.world.ledger.record(f"roll/{ROLL}")
        assert [(one["first"], one["last"], one["lot"]) for one in record["ranges"]] == [
            (first, first + count - 1, lot) for (first, count), lot in sorted(self.ranges.items())
        ]
