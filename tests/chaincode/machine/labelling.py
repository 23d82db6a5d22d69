"""Rules that bind stickers and free them: one roll that two parties want."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.chaincode.machine.base import Base, picks
from tests.chaincode.pen import pseudonym

ROLL = pseudonym("roll of stickers")


class Labelling(Base):
    """Numbers by lot, sticker by sticker."""

    def __init__(self) -> None:
        super().__init__()
        self.roll_owner: str | None = None
        self.ranges: dict[tuple[int, int], str] = {}

    @rule(
        pick=picks,
        by=st.sampled_from(["farmer", "farmer", "shopkeeper"]),
        first=st.integers(1, 40),
        count=st.integers(1, 10),
        verb=st.sampled_from(["bind", "bind", "unbind"]),
    )
    def stick(self, pick, by, first, count, verb):
        party = self.world.party(by)
        body = {"roll": ROLL, "party": party, "first": first, "count": count}
        if verb == "bind":
            self.bind(by, body | {"lot": self.lot(pick)})
            return
        if self.ranges and pick % 3:
            body["first"], body["count"] = sorted(self.ranges)[pick % len(self.ranges)]
        code = self.give(by, "label.unbind", body | {"reason": "other"})
        is_known = self.roll_owner == party and (body["first"], body["count"]) in self.ranges
        assert code == ("ACCEPTED" if is_known else "UNKNOWN_LABELS")
        if is_known:
            del self.ranges[body["first"], body["count"]]

    def bind(self, by: str, body: dict) -> None:
        code = self.give(by, "label.bind", body)
        numbers = set(range(body["first"], body["first"] + body["count"]))
        bound = {n for first, count in self.ranges for n in range(first, first + count)}
        if self.ranges and self.roll_owner != body["party"]:
            assert code == "NOT_YOUR_PARTY"
        elif numbers & bound:
            assert code == "LABELS_TAKEN"
        else:
            assert code == "ACCEPTED"
            self.roll_owner = body["party"]
            self.ranges[body["first"], body["count"]] = body["lot"]
            record = self.world.ledger.record(f"roll/{ROLL}")
            assert [(one["first"], one["last"], one["lot"]) for one in record["ranges"]] == [
                (first, first + count - 1, lot)
                for (first, count), lot in sorted(self.ranges.items())
            ]
