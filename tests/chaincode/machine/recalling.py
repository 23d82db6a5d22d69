"""Rules that recall lots, and end that."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.chaincode import deeds
from tests.chaincode.machine.base import Base, picks, rarely

OFFICERS = ("coop-recaller", "shops-recaller", "town-recaller")
IN_FORCE = ("unconfirmed", "confirmed")
officers = st.sampled_from(OFFICERS)


class Recalling(Base):
    """Recalls of a lot with all that was ever made of it."""

    def named(self, pick: int, *, two: bool) -> tuple[set[str], list[str]]:
        """Return the lots that a recall is about, and what it must name to reach them all.

        As a projection works it out: the lots themselves, and what descends from them but carries
        no roots, as the ledger's own records say.
        """
        self.submit()
        lots = {self.lot(pick), self.lot(pick + 1)} if two else {self.lot(pick)}
        anew = {
            one
            for one in self.books.descendants(lots)
            if self.world.ledger.record(f"lot/{one}")["is_root"]
        }
        return lots, sorted(lots | anew)

    @precondition(lambda self: len(self.books.in_force()) < 3)
    @rule(
        pick=picks,
        by=officers,
        second=officers,
        two=st.booleans(),
        kind=st.sampled_from(["declare", "emergency", "drill"]),
    )
    def declare(self, pick, by, second, two, kind):
        lots, roots = self.named(pick, two=two)
        body = deeds.declaration(self.world, by, roots)
        self.give(by, f"recall.{kind}", body)
        self.expect("ACCEPTED")
        if kind == "declare":
            self.approve(by, second, "recall.declare", body)
            if not self.expect("NOT_INDEPENDENT" if by == second else "ACCEPTED"):
                return
        state = {"declare": "confirmed", "emergency": "unconfirmed", "drill": "drill"}[kind]
        about = set() if kind == "drill" else lots
        self.books.declare(body["recall"], self.world.actor(by), about, state)

    def recall(self, pick: int, *states: str, stray: bool = False) -> str:
        """Return a recall in such a state, declared now if there is none; astray, any."""
        rows = self.books.recalls
        ids = [one for one in rows if stray or rows[one].state in states]
        if not ids:
            self.declare(pick, OFFICERS[pick % 3], None, two=False, kind="emergency")
            ids = [list(rows)[-1]]
        return ids[pick % len(ids)]

    def officer(self, pick: int, but: str, *, stray: bool) -> str:
        """Return an officer other than some actor; astray, anyone."""
        fit = [one for one in OFFICERS if stray or self.world.actor(one) != but]
        return fit[pick % len(fit)]

    def seen(self, recall: str, *, is_stale: bool) -> dict:
        """Return the members that name a recall as it is now, or as it never was."""
        self.submit()  # the ledger is asked which entry changed it last
        return deeds.seen(self.world, recall) | ({"entry": "ab" * 32} if is_stale else {})

    @rule(pick=picks, stray=rarely, is_stale=rarely)
    def confirm(self, pick, stray, is_stale):
        recall = self.recall(pick, "unconfirmed", stray=stray)
        by = self.officer(pick, self.books.recalls[recall].actor, stray=stray)
        self.give(by, "recall.confirm", self.seen(recall, is_stale=is_stale))
        act, actor = self.books.confirm, self.world.actor(by)
        self.expect(self.books.answer(act, recall, actor, is_stale=is_stale))

    @rule(pick=picks, by=st.sampled_from([*OFFICERS, "farmer"]), stray=rarely)
    def extend(self, pick, by, stray):
        recall = self.recall(pick, *IN_FORCE, stray=stray)
        lots, roots = self.named(pick, two=False)
        self.give(by, "recall.extend", {"recall": recall, "roots": roots})
        if by in OFFICERS:
            self.expect(self.books.answer(self.books.extend, recall, self.world.actor(by), lots))
        else:
            self.expect("ROLE_MISSING")

    @rule(pick=picks, by=officers, stray=rarely, is_stale=rarely)
    def lift(self, pick, by, stray, is_stale):
        self.end("recall.lift", "lifted", pick, by, stray=stray, is_stale=is_stale, reason="typing")

    @rule(pick=picks, by=officers, stray=rarely, is_stale=rarely)
    def close(self, pick, by, stray, is_stale):
        self.end("recall.close", "closed", pick, by, stray=stray, is_stale=is_stale)

    def end(self, type_name, state, pick, by, *, stray, is_stale, **reason):
        recall = self.recall(pick, *IN_FORCE, stray=stray)
        body = self.seen(recall, is_stale=is_stale) | reason
        second = self.officer(pick, self.world.actor(by), stray=stray)
        self.give(by, type_name, body)
        self.expect("ACCEPTED")
        self.approve(by, second, type_name, body)
        if by == second:
            self.expect("NOT_INDEPENDENT")
        else:
            self.expect(self.books.answer(self.books.end, recall, state, is_stale=is_stale))
