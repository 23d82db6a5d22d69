"""Rules that recall lots, and end that."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.chaincode import deeds
from tests.chaincode.machine.base import Base, picks, rarely

OFFICERS = ("coop-recaller", "shops-recaller", "town-recaller")
officers = st.sampled_from(OFFICERS)


class Recalling(Base):
    """Recalls of a lot with all that was ever made of it."""

    def named(self, pick: int, *, two: bool) -> tuple[set[str], list[str]]:
        """Return the lots that a recall is about, and what it must name to reach them all.

        As a projection works it out: the lots themselves, and what descends from them but carries
        no roots, as the ledger's own records say.
        """
        lots = {self.lot(pick), self.lot(pick + 1)} if two else {self.lot(pick)}
        anew = {
            one
            for one in self.books.descendants(lots)
            if self.world.ledger.record(f"lot/{one}")["is_root"]
        }
        return lots, sorted(lots | anew)

    @precondition(lambda self: len(self.books.in_force()) < 3)
    @rule(pick=picks, by=officers, second=officers, two=st.booleans(), alone=st.booleans())
    def declare(self, pick, by, second, two, alone):
        lots, roots = self.named(pick, two=two)
        body = deeds.declaration(self.world, by, roots)
        if alone:
            assert self.give(by, "recall.emergency", body) == "ACCEPTED"
            state = "unconfirmed"
        else:
            assert self.give(by, "recall.declare", body) == "ACCEPTED"
            code = self.second(by, second, "recall.declare", body)
            if by == second:
                assert code == "NOT_INDEPENDENT"
                return
            assert code == "ACCEPTED"
            state = "confirmed"
        self.books.declare(body["recall"], self.world.actor(by), lots, state)

    def second(self, by: str, second: str, type_name: str, body: dict) -> str:
        approval = {
            "proposal": self.last_id(by),
            "proposer": {"device": self.world.kid(by), "actor": self.world.actor(by)},
            "type": type_name,
            "body": body,
        }
        return self.give(second, "proposal.approve", approval)

    def recall(self, pick: int) -> str:
        """Return a recall, one in force rather than another."""
        rows = self.books.recalls
        ids = [one for one in rows if rows[one].state in {"unconfirmed", "confirmed"}]
        return (ids or list(rows))[pick % len(ids or rows)]

    @precondition(lambda self: self.books.recalls)
    @rule(
        pick=picks,
        by=officers,
        second=officers,
        stray=rarely,
        verb=st.sampled_from(["drill", "confirm", "extend", "lift", "lift", "close"]),
    )
    def change_recall(self, pick, by, second, stray, verb):
        recall = self.recall(pick)
        if verb == "drill":
            self.drill(pick, by)
        elif verb == "confirm":
            self.confirm(recall, by, stray=stray)
        elif verb == "extend":
            self.extend(recall, pick, by, stray=stray)
        else:
            self.end(recall, by, second, verb, stray=stray)

    def drill(self, pick, by):
        body = deeds.declaration(self.world, by, [self.lot(pick)])
        assert self.give(by, "recall.drill", body) == "ACCEPTED"
        self.books.declare(body["recall"], self.world.actor(by), set(), "drill")

    def seen(self, recall, *, stray):
        return deeds.seen(self.world, recall) | ({"entry": "ab" * 32} if stray else {})

    def confirm(self, recall, by, *, stray):
        code = self.give(by, "recall.confirm", self.seen(recall, stray=stray))
        act, actor = self.books.confirm, self.world.actor(by)
        assert code == self.books.answer(act, recall, actor, is_stale=stray)

    def extend(self, recall, pick, by, *, stray):
        lots, roots = self.named(pick, two=False)
        body = {"recall": recall, "roots": roots}
        if stray:
            assert self.give("farmer", "recall.extend", body) == "ROLE_MISSING"
            return
        code = self.give(by, "recall.extend", body)
        assert code == self.books.answer(self.books.extend, recall, self.world.actor(by), lots)

    def end(self, recall, by, second, verb, *, stray):
        body = self.seen(recall, stray=stray) | ({"reason": "typing"} if verb == "lift" else {})
        assert self.give(by, f"recall.{verb}", body) == "ACCEPTED"
        code = self.second(by, second, f"recall.{verb}", body)
        if by == second:
            assert code == "NOT_INDEPENDENT"
            return
        state = {"lift": "lifted", "close": "closed"}[verb]
        assert code == self.books.answer(self.books.end, recall, state, is_stale=stray)
