"""Rules that bind stickers and free them: one roll that another party wants, too."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.chaincode import deeds
from tests.chaincode.machine.base import Base, picks, rarely

OWNER = "farmer"
stickers = st.sampled_from([OWNER, OWNER, "shopkeeper"])


class Labelling(Base):
    """Numbers by lot, sticker by sticker."""

    def __init__(self) -> None:
        super().__init__()
        self.roll = deeds.new_roll(self.world, OWNER)
        self.is_on_record = False
        self.ranges: dict[tuple[int, int], str] = {}

    @rule(
        pick=picks,
        by=stickers,
        first=st.integers(1, 40),
        count=st.integers(1, 10),
        is_proven=st.booleans(),
    )
    def bind(self, pick, by, first, count, is_proven):
        lot = self.lot(pick)
        named = self.roll if is_proven else {"roll": self.roll["roll"]}
        body = {"party": self.world.party(by), "first": first, "count": count, "lot": lot}
        self.give(by, "label.bind", {**named, **body})
        bound = {n for start, length in self.ranges for n in range(start, start + length)}
        if by != OWNER and self.is_on_record:
            self.expect("NOT_YOUR_PARTY")
        elif by != OWNER or not (is_proven or self.is_on_record):
            self.expect("ID_NOT_DERIVED")
        elif bound & set(range(first, first + count)):
            self.expect("LABELS_TAKEN")
        else:
            self.expect("ACCEPTED")
            self.is_on_record = True
            self.ranges[first, count] = lot

    @rule(pick=picks, by=stickers, stray=rarely, is_cut=rarely)
    def unbind(self, pick, by, stray, is_cut):
        """Free a range, bound now if there is none: few runs would ever come to it."""
        if not self.ranges:
            self.bind(pick, OWNER, 1, 10, is_proven=True)
        first, count = sorted(self.ranges)[pick % len(self.ranges)]
        count += is_cut
        by = by if stray else OWNER
        party = self.world.party(by)
        body = {"roll": self.roll["roll"], "party": party, "first": first, "count": count}
        self.give(by, "label.unbind", body | {"reason": "other"})
        is_known = by == OWNER and (first, count) in self.ranges
        if self.expect("ACCEPTED" if is_known else "UNKNOWN_LABELS"):
            del self.ranges[first, count]

    @invariant()
    def stickers_lead_to_the_lots_that_they_were_bound_to(self):
        if self.waiting or not self.is_on_record:
            return
        record = self.world.ledger.record(f"roll/{self.roll['roll']}")
        assert [(one["first"], one["last"], one["lot"]) for one in record["ranges"]] == [
            (first, first + count - 1, lot) for (first, count), lot in sorted(self.ranges.items())
        ]
