"""Rules that sort over several commands, and take that back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chaincode.lots.apportion import apportion
from tests.chaincode import deeds
from tests.chaincode.machine.base import MADE_MAX, amount, picks, rarely
from tests.chaincode.machine.making import Making
from tests.chaincode.pen import derived_id


class Sorting(Making):
    """Runs of which each class is a command."""

    def __init__(self) -> None:
        super().__init__()
        self.sortings: list[deeds.Sorting] = []

    @precondition(lambda self: len(self.sortings) < 3)
    @rule(
        pick=picks,
        count=st.integers(1, 3),
        put_in=st.sampled_from([50, 100, 100, 101]),
        computed=st.booleans(),
        is_any=rarely,
        goes_on=st.sampled_from(["", "class", "mistake", "back", "back", "all"]),
    )
    def begin_sort(self, pick, count, put_in, computed, is_any, goes_on):
        by, first = self.holding(pick, stray=False) if is_any else self.movable(pick)
        others = self.movables()
        keys = self.parts(first, others, pick, count)
        inputs = [
            (lot, owner, max(1, amount(put_in, self.held_g((lot, holder, owner)))))
            for lot, holder, owner in keys
        ]
        parts = [
            (lot, grams, *(() if owner == holder else (self.handles[owner],)))
            for (lot, holder, owner), (*_, grams) in zip(keys, inputs, strict=True)
        ]
        run = deeds.sorting(
            self.world,
            by,
            parts,
            crop=self.books.lots[first[0]].crop,
            shares="computed" if computed else "measured",
        )
        self.give(by, "lot.begin_sort", run.body, run.closed)
        act, named = self.books.begin_sort, (run.body["id_nonce"], run.body["party"], inputs)
        if self.expect(self.books.answer(act, *named, computed=computed)):
            self.sortings.append(run)
            if goes_on == "back":
                self.back(run, by)
            elif goes_on and len(self.books.lots) < MADE_MAX:
                self.come_out(run, by, 50, is_last=goes_on == "all")
            if goes_on == "mistake" and run.classes:
                self.undo(run, -1, by)

    @precondition(lambda self: self.sortings and len(self.books.lots) < MADE_MAX)
    @rule(
        pick=picks,
        stray=rarely,
        share=st.sampled_from([0, 30, 50, 50, 100, 101]),
        is_last=st.booleans(),
        is_skewed=rarely,
    )
    def sort_class(self, pick, stray, share, is_last, is_skewed):
        run = self.sortings[pick % len(self.sortings)]
        by = self.person(run.body["party"], pick, stray=stray)
        self.come_out(run, by, share, is_last=is_last, is_skewed=is_skewed)

    def come_out(
        self, run: deeds.Sorting, by: str, share: int, *, is_last: bool, is_skewed: bool = False
    ) -> None:
        """Let so many hundredths of what is left come out as the next class."""
        row = self.books.sorts[run.body["id_nonce"]]
        parts_g = [amount(share, left) for left in row.left]
        if row.computed and sum(row.left) and sum(parts_g) <= sum(row.left):
            parts_g = apportion(sum(parts_g), row.left)
        if is_skewed and parts_g[0]:
            parts_g[0] -= 1
        body, closed = deeds.class_of(self.world, run, parts_g, is_last=is_last)
        if row.undone:  # a number that was taken back is not free again
            self.renumber(body, len(row.classes) + len(row.undone))
        self.give(by, "lot.sort_class", body, closed)
        if self.world.party(by) != run.body["party"]:
            self.expect("NOT_YOUR_PARTY")
            return
        named = (run.body["id_nonce"], body["party"], body["child"]["lot"], parts_g)
        if self.expect(self.books.answer(self.books.sort_class, *named, is_last=is_last)):
            run.classes.append((body, closed))

    def renumber(self, body: dict, index: int) -> None:
        lot = derived_id(self.world.id, body["party"], body["id_nonce"], index)
        body["child"] |= {"lot": lot, "index": index}

    @precondition(lambda self: any(one.classes for one in self.sortings))
    @rule(pick=picks, stray=rarely, is_any=rarely)
    def undo_class(self, pick, stray, is_any):
        runs = [one for one in self.sortings if one.classes]
        run = runs[pick % len(runs)]
        by = self.person(run.body["party"], pick, stray=stray)
        self.undo(run, pick % len(run.classes) if is_any else -1, by)

    def undo(self, run: deeds.Sorting, place: int, by: str) -> None:
        body, closed = run.classes[place]
        self.give(by, "lot.undo_class", {"made": body, "reason": "other"}, closed)
        named = (run.body["id_nonce"], self.world.party(by), body["child"]["lot"])
        if self.expect(self.books.answer(self.books.undo_class, *named)):
            run.classes.pop()

    @precondition(lambda self: self.sortings)
    @rule(pick=picks, stray=rarely, is_meant=rarely)
    def undo_sort(self, pick, stray, is_meant):
        if not is_meant:
            return
        run = self.sortings[pick % len(self.sortings)]
        self.back(run, self.person(run.body["party"], pick, stray=stray))

    def back(self, run: deeds.Sorting, by: str) -> None:
        """Give back what went in."""
        body = {"begun": run.body, "reason": "other"}
        self.give(by, "lot.undo_sort", body, run.closed)
        named = (run.body["id_nonce"], self.world.party(by))
        self.expect(self.books.answer(self.books.undo_sort, *named))
