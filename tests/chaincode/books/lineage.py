"""Runs with every gram from parent to child, and ancestors by search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaincode.books.entries import Entries, LotRow, require

KINDS = {  # one child only, may lose, one crop only
    "lot.merge": (True, False, True),
    "lot.repack": (False, True, True),
    "lot.sort": (False, True, True),
    "lot.process": (False, True, False),
}


@dataclass(slots=True, kw_only=True)
class RunRow:
    """A run: (parent, owner, grams put in, grams of these in each child) for each input."""

    party: str
    inputs: list[tuple[str, str, int, Sequence[int]]]
    children: list[str]
    is_unmade: bool = False

    def edges(self) -> Iterator[tuple[str, str, int]]:
        """Yield (parent, child, grams)."""
        for parent, _, _, to_g in self.inputs:
            for child, grams in zip(self.children, to_g, strict=True):
                yield parent, child, grams

    def owned(self) -> dict[tuple[str, str], int]:
        """Return the grams of each child that are each owner's."""
        found: dict[tuple[str, str], int] = {}
        for _, owner, _, to_g in self.inputs:
            for child, grams in zip(self.children, to_g, strict=True):
                if grams:
                    found[child, owner] = found.get((child, owner), 0) + grams
        return found


@dataclass
class Lineage(Entries):
    """Runs."""

    roots_max: int = 128
    runs: dict[str, RunRow] = field(default_factory=dict)

    def make(self, kind: str, name: str, run: RunRow, crops: Sequence[str]) -> None:
        one_child, has_loss, one_crop = KINDS[kind]
        sources = [self.holding(parent, run.party, owner) for parent, owner, *_ in run.inputs]
        befores = [self.lots.get(child) for child in run.children]
        require(all(one is None or one.origin == "claim" for one in befores), "ID_TAKEN")
        parents = {parent for parent, *_ in run.inputs}
        above = set().union(*(self.ancestors(one) for one in parents))
        is_hidden = any(self.lots[one].hidden for one in parents)
        for child, before in zip(run.children, befores, strict=True):
            require(child not in above and not (before and is_hidden), "ID_TAKEN")
        for (parent, *_), source in zip(run.inputs, sources, strict=True):
            self.require_movable(parent, source)
        all_crops = {self.lots[parent].crop for parent, *_ in run.inputs} | set(crops)
        require(not one_crop or len(all_crops) == 1, "CROP_DIFFERS")
        losses_g = [put_in_g - sum(to_g) for _, _, put_in_g, to_g in run.inputs]
        made_g = [sum(one) for one in zip(*(to_g for *_, to_g in run.inputs), strict=True)]
        fits = len({(parent, owner) for parent, owner, *_ in run.inputs}) == len(run.inputs)
        require(fits and (len(crops) == 1 or not one_child), "SHARES_DIFFER")
        require(min(made_g) > 0 and min(losses_g) >= 0, "SHARES_DIFFER")
        require(has_loss or max(losses_g) == 0, "SHARES_DIFFER")
        for (_, _, put_in_g, _), source in zip(run.inputs, sources, strict=True):
            require(put_in_g <= source.free, "INSUFFICIENT_QUANTITY")
            require(put_in_g <= source.proven, "UNPROVEN")
        for (_, _, put_in_g, _), source in zip(run.inputs, sources, strict=True):
            source.pass_on(put_in_g)
            source.transformed += put_in_g
        self._book_children(run, crops, made_g, befores)
        self.runs[name] = run

    def kept(self, parents: frozenset[str], above: list[LotRow], roots: frozenset) -> frozenset:
        """Return what a record can name: the parents, then theirs, then others."""
        theirs = frozenset().union(*(one.parents for one in above))
        nearest_first = [*sorted(parents), *sorted(theirs - parents), *sorted(roots)]
        return frozenset(list(dict.fromkeys(nearest_first))[: self.roots_max])

    def unnamed(self, above: list[LotRow], roots: frozenset) -> tuple[frozenset, frozenset]:
        """Return what ancestors are at all, and those that a record with these has no room for."""
        crops = frozenset().union(*(one.crops | one.above | one.goods_hide for one in above))
        if len(roots) > self.roots_max:
            return crops, crops
        return crops, frozenset().union(*(one.goods_hide for one in above))

    def _book_children(self, run: RunRow, crops, made_g, befores) -> None:
        parents = frozenset(parent for parent, *_ in run.inputs)
        owned = run.owned()
        above = [self.lots[one] for one in sorted(parents)]
        roots = parents.union(*(one.roots for one in above))
        kept = self.kept(parents, above, roots)
        crops_above, hidden = self.unnamed(above, roots)
        rows = zip(run.children, crops, made_g, befores, strict=True)
        for child, crop, of_child_g, before in rows:
            row = LotRow(run.party, "made", crop, made=of_child_g, parents=parents)
            row.above = crops_above
            row.roots = kept if before is None else frozenset()
            row.hidden = hidden if before is None else crops_above
            row.record(before)
            self.lots[child] = row
            own_g = owned.get((child, run.party), 0)
            if own_g:
                owned[child, run.party] = row.cover(own_g)
        for (child, owner), grams in owned.items():
            there = self.opened(child, run.party, owner)
            there.held += grams
            there.tidy()

    def unmake(self, name: str, party: str) -> None:
        run = self.runs[name]
        require(party == run.party, "NOT_YOUR_PARTY")
        require(not run.is_unmade, "RUN_DIFFERS")
        owned = run.owned()
        there = {key: self.holding(key[0], party, key[1]) for key in owned}
        for (child, _), holding in there.items():
            self.require_movable(child, holding)
        for key, holding in there.items():
            is_whole = holding.held == holding.free == owned[key]
            require(is_whole and holding.lost == holding.surplus, "ALREADY_LEFT")
        for key, holding in there.items():
            holding.pass_on(owned[key])
        for child in run.children:
            self.lots[child].origin, self.lots[child].made = "unmade", 0
        for parent, owner, put_in_g, _ in run.inputs:
            source = self.holdings[parent, party, owner]
            source.come(put_in_g, back=True)
            source.transformed -= put_in_g
        run.is_unmade = True

    def ancestors(self, lot: str) -> set[str]:
        """Return a lot and all that it was ever made from, by search."""
        found, open_ = set(), [lot]
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                open_ += self.lots[one].parents if one in self.lots else ()
        return found

    def is_own_ancestor(self, lot: str) -> bool:
        return any(lot in self.ancestors(parent) for parent in self.lots[lot].parents)

    def descendants(self, lots: set[str]) -> set[str]:
        return {one for one in self.lots if self.ancestors(one) & lots}

    # What must hold of any books

    def unseen(self) -> list[str]:
        """Return the lots of which more was sold than recorded by the producer, or flagged.

        Between two scales, `SURPLUS_PERCENT` of what came to each holder is left unsaid.
        """
        wrong = []
        for lot, row in self.lots.items():
            theirs = [one for key, one in self.holdings.items() if key[0] == lot]
            sold_g = sum(one.sold + one.transformed for one in theirs)
            said_g = row.harvest + row.supplement + row.made + self.flagged[lot]
            unsaid_g = sum(one.most_came * 2 // 100 for one in theirs)
            if sold_g > said_g + unsaid_g:
                wrong.append(lot)
        return wrong

    def into_g(self, lot: str) -> int:
        """Return what runs of one command put into a lot."""
        return sum(
            grams
            for run in self.runs.values()
            if not run.is_unmade
            for _, child, grams in run.edges()
            if child == lot
        )

    def out_g(self, lot: str) -> int:
        """Return what runs of one command took out of a lot."""
        return sum(
            put_in_g
            for run in self.runs.values()
            if not run.is_unmade
            for parent, _, put_in_g, _ in run.inputs
            if parent == lot
        )
