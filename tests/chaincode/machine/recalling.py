"""Rules that recall lots, and end that."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.chaincode import deeds
from tests.chaincode.books.recalls import IN_FORCE, Part, Person, RecallRow
from tests.chaincode.machine.base import PEOPLE, Base, people, picks, rarely

OFFICERS = ("coop-recaller", "shops-recaller", "town-recaller")
officers = st.sampled_from(OFFICERS)


class Recalling(Base):
    """Recalls of a lot with all that was ever made of it."""

    def named(self, pick: int, *, two: bool) -> tuple[set[str], list[str]]:
        """Return the lots that a recall is about, and what it must name to reach them all.

        As a projection works it out: the lots themselves, and what descends from them but carries
        no roots, as the ledger's own records say. Every third officer names the lots alone.
        """
        self.submit()
        lots = {self.lot(pick), self.lot(pick + 1)} if two else {self.lot(pick)}
        anew = {
            one
            for one in self.books.descendants(lots)
            if self.world.ledger.record(f"lot/{one}")["is_root"]
        }
        return lots, sorted(lots if pick % 3 == 0 else lots | anew)

    def signer(self, handle: str) -> Person:
        one = self.world.people[handle]
        return Person(
            actor=one.actor,
            party=one.party,
            organisation=one.organisation,
            is_officer=handle in OFFICERS,
        )

    def part(
        self, by: str, lots: set[str], roots: list[str], *, is_alone: bool, crops=None
    ) -> Part:
        signer = self.signer(by)
        return Part(
            lots=set(lots),
            roots=set(roots),
            crops=frozenset(crops or self.crops(roots)),
            organisation=signer.organisation,
            alone=signer.actor if is_alone else None,
            own=None if signer.is_officer else signer.party,
        )

    def crops(self, roots: list[str]) -> list[str]:
        """Return what lots are, or were said to be."""
        return sorted(frozenset().union(*(self.books.lots[one].crops for one in roots)))

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
        crops = () if kind == "emergency" else self.crops(roots)
        body = deeds.declaration(self.world, by, roots, crops)
        self.give(by, f"recall.{kind}", body)
        self.expect("ACCEPTED")
        if kind == "declare":
            self.approve(by, second, "recall.declare", body)
            if not self.expect("NOT_INDEPENDENT" if by == second else "ACCEPTED"):
                return
        state = {"declare": "confirmed", "emergency": "unconfirmed", "drill": "drill"}[kind]
        part = self.part(by, lots, roots, is_alone=kind == "emergency")
        self.books.declare(body["recall"], part, state)

    @precondition(lambda self: len(self.books.in_force()) < 3)
    @rule(pick=picks, by=people)
    def recall_own(self, pick, by):
        lots, roots = self.named(pick, two=False)
        body = deeds.declaration(self.world, by, roots)
        self.give(by, "recall.own", body)
        makers = {self.books.lots[one].party for one in roots}
        if self.expect("ACCEPTED" if makers == {self.world.party(by)} else "UNKNOWN_LOT"):
            part = self.part(by, lots, roots, is_alone=True)
            self.books.declare(body["recall"], part, "unconfirmed")

    def recall(self, pick: int, *states: str, stray: bool = False) -> str:
        """Return a recall in such a state, declared now if there is none; astray, any."""
        rows = self.books.recalls
        ids = [one for one in rows if stray or rows[one].state in states]
        if not ids:
            self.declare(pick, OFFICERS[pick % 3], None, two=False, kind="emergency")
            ids = [list(rows)[-1]]
        return ids[pick % len(ids)]

    def seen(self, recall: str, *, is_stale: bool) -> dict:
        """Return the members that name a recall as it is now, or as it never was."""
        self.submit()  # the ledger is asked which entry changed it last
        return deeds.seen(self.world, recall) | ({"entry": "ab" * 32} if is_stale else {})

    @rule(pick=picks, stray=rarely, is_stale=rarely)
    def confirm(self, pick, stray, is_stale):
        recall = self.recall(pick, "unconfirmed", stray=stray)
        row = self.books.recalls[recall]
        fit = [one for one in (*OFFICERS, *PEOPLE) if self.may_confirm(row, one)]
        anyone = [*OFFICERS, *PEOPLE] if stray or not fit else fit
        by = anyone[pick % len(anyone)]
        self.give(by, "recall.confirm", self.seen(recall, is_stale=is_stale))
        act, signer = self.books.confirm, self.signer(by)
        self.expect(self.books.answer(act, recall, signer, is_stale=is_stale))

    def may_confirm(self, row, handle: str) -> bool:
        return any(part.may_confirm(self.signer(handle)) for part in row.alone)

    @rule(pick=picks, by=st.sampled_from([*OFFICERS, "farmer"]), stray=rarely)
    def extend(self, pick, by, stray):
        recall = self.recall(pick, *IN_FORCE, stray=stray)
        lots, roots = self.named(pick, two=False)
        self.give(by, "recall.extend", {"recall": recall, "roots": roots})
        if by in OFFICERS:
            part = self.part(by, lots, roots, is_alone=True)
            self.expect(self.books.answer(self.books.extend, recall, part))
        else:
            self.expect("ROLE_MISSING")

    @rule(pick=picks, by=officers, second=officers, stray=rarely)
    def widen(self, pick, by, second, stray):
        recall = self.recall(pick, *IN_FORCE, stray=stray)
        lots, roots = self.named(pick, two=False)
        body = {"recall": recall, "roots": roots, "crops": self.crops(roots)}
        self.give(by, "recall.widen", body)
        self.expect("ACCEPTED")
        self.approve(by, second, "recall.widen", body)
        part = self.part(by, lots, roots, is_alone=False)
        same = by == second
        self.expect(
            "NOT_INDEPENDENT" if same else self.books.answer(self.books.extend, recall, part)
        )

    @rule(pick=picks, by=officers, stray=rarely, is_stale=rarely)
    def clear(self, pick, by, stray, is_stale):
        """Say that a lot comes of no root: one that hides ancestors, if there is any."""
        recall = self.recall(pick, *IN_FORCE, stray=stray)
        row = self.books.recalls[recall]
        signer = self.signer(by)
        if not stray:
            theirs = [one for one in OFFICERS if self.has_signed(one, row)]
            signer = self.signer(theirs[0] if theirs else by)
            by = theirs[0] if theirs else by
        hiding = [key[0] for key, one in sorted(self.books.holdings.items()) if one.hides]
        lot = hiding[pick % len(hiding)] if hiding and not stray else self.lot(pick)
        body = self.seen(recall, is_stale=is_stale) | {"lots": [lot], "reason": "traced"}
        self.give(by, "recall.clear", body)
        self.expect(self.books.answer(self.books.clear, recall, {lot}, signer, is_stale=is_stale))

    def has_signed(self, officer: str, row: RecallRow) -> bool:
        organisation = self.signer(officer).organisation
        return any(one.organisation == organisation for one in row.parts)

    @rule(pick=picks, by=officers, stray=rarely, is_stale=rarely)
    def lift(self, pick, by, stray, is_stale):
        self.end("recall.lift", "lifted", pick, by, stray=stray, is_stale=is_stale, reason="typing")

    @rule(pick=picks, by=officers, stray=rarely, is_stale=rarely)
    def close(self, pick, by, stray, is_stale):
        self.end("recall.close", "closed", pick, by, stray=stray, is_stale=is_stale)

    def end(self, type_name, state, pick, by, *, stray, is_stale, **reason):
        recall = self.recall(pick, *IN_FORCE, stray=stray)
        body = self.seen(recall, is_stale=is_stale) | reason
        seconds = [one for one in OFFICERS if stray or one != by]
        second = seconds[pick % len(seconds)]
        self.give(by, type_name, body)
        self.expect("ACCEPTED")
        self.approve(by, second, type_name, body)
        if by == second:
            self.expect("NOT_INDEPENDENT")
        else:
            self.expect(self.books.answer(self.books.end, recall, state, is_stale=is_stale))
