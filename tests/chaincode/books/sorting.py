"""Runs over several commands: what is in them, what came out, and what may not move yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chaincode.lots.apportion import apportion
from tests.chaincode.books.entries import HoldingRow, Key, LotRow, require
from tests.chaincode.books.lineage import Lineage


@dataclass(slots=True, kw_only=True)
class SortRow:
    """A run: who put how much in and what of that is in no class; and what is in each class."""

    party: str
    crop: str
    computed: bool
    inputs: list[tuple[str, str, int]]  # parent, owner, grams
    left: list[int]
    roots: frozenset[str]
    above: frozenset[str]
    hidden: frozenset[str]
    classes: list[tuple[str, list[int]]] = field(default_factory=list)
    undone: list[tuple[str, list[int]]] = field(default_factory=list)
    state: str = "open"

    @property
    def parents(self) -> frozenset[str]:
        return frozenset(parent for parent, *_ in self.inputs)

    def owned(self, parts_g: Sequence[int]) -> dict[str, int]:
        """Return what of a class is whose."""
        found: dict[str, int] = {}
        for (_, owner, _), grams in zip(self.inputs, parts_g, strict=True):
            if grams:
                found[owner] = found.get(owner, 0) + grams
        return found


@dataclass
class Sorting(Lineage):
    """Runs by the nonce that names them."""

    sorts: dict[str, SortRow] = field(default_factory=dict)

    def begin_sort(
        self, nonce: str, party: str, inputs: list[tuple[str, str, int]], *, computed: bool
    ) -> None:
        sources = [self.holding(parent, party, owner) for parent, owner, _ in inputs]
        for (parent, *_), source in zip(inputs, sources, strict=True):
            self.require_movable(parent, source)
        crops = {self.lots[parent].crop for parent, *_ in inputs}
        require(len(crops) == 1, "CROP_DIFFERS")
        require(len({one[:2] for one in inputs}) == len(inputs), "SHARES_DIFFER")
        for (*_, grams), source in zip(inputs, sources, strict=True):
            require(grams <= source.free, "INSUFFICIENT_QUANTITY")
            require(grams <= source.proven, "UNPROVEN")
        for (*_, grams), source in zip(inputs, sources, strict=True):
            source.pass_on(grams)
            source.transformed += grams
        parents = frozenset(parent for parent, *_ in inputs)
        above = [self.lots[one] for one in sorted(parents)]
        roots = parents.union(*(one.roots for one in above))
        crops_above, hidden = self.unnamed(above, roots)
        self.sorts[nonce] = SortRow(
            party=party,
            crop=crops.pop(),
            computed=computed,
            inputs=inputs,
            left=[grams for *_, grams in inputs],
            roots=self.kept(parents, above, roots),
            above=crops_above,
            hidden=hidden,
        )

    def sort_class(
        self, nonce: str, party: str, child: str, parts_g: list[int], *, is_last: bool
    ) -> None:
        row = self.sorts[nonce]
        before = self.lots.get(child)
        is_own = child in row.parents | row.roots or row.hidden
        is_free = before is None or (before.origin == "claim" and not is_own)
        require(party == row.party, "NOT_YOUR_PARTY")
        require(is_free, "ID_TAKEN")
        require(row.state == "open", "RUN_ENDED")
        fits = sum(parts_g) > 0 and all(
            part <= left for part, left in zip(parts_g, row.left, strict=True)
        )
        require(fits, "SHARES_DIFFER")
        formula_g = apportion(sum(parts_g), row.left)
        require(not row.computed or parts_g == formula_g, "SHARES_DIFFER")
        made = LotRow(party, "made", row.crop, made=sum(parts_g), parents=row.parents)
        made.above = row.above
        made.roots = row.roots if before is None else frozenset()
        made.hidden = row.hidden if before is None else row.above
        made.record(before)
        self.lots[child] = made
        for owner, grams in row.owned(parts_g).items():
            holding = self.opened(child, party, owner)
            holding.held += made.cover(grams) if owner == party else grams
            holding.tidy()
            holding.run = nonce
        row.left = [left - part for left, part in zip(row.left, parts_g, strict=True)]
        row.classes.append((child, parts_g))
        row.state = "ended" if is_last else "open"

    def undo_class(self, nonce: str, party: str, child: str) -> None:
        row = self.sorts[nonce]
        require(party == row.party, "NOT_YOUR_PARTY")
        require(row.classes and row.classes[-1][0] == child, "NOT_THE_LATEST")
        parts_g = row.classes[-1][1]
        there = {
            owner: (self.holding(child, party, owner), grams)
            for owner, grams in row.owned(parts_g).items()
        }
        for holding, _ in there.values():
            self.require_movable(child, holding)
        for holding, grams in there.values():
            is_whole = holding.held == holding.free == grams
            require(is_whole and holding.lost == holding.surplus, "ALREADY_LEFT")
        for holding, grams in there.values():
            holding.pass_on(grams)
            holding.run = None
        self.lots[child].origin, self.lots[child].made = "unmade", 0
        row.left = [left + part for left, part in zip(row.left, parts_g, strict=True)]
        row.undone.append(row.classes.pop())
        row.state = "open"

    def undo_sort(self, nonce: str, party: str) -> None:
        row = self.sorts[nonce]
        require(party == row.party, "NOT_YOUR_PARTY")
        require(row.state != "undone", "RUN_ENDED")
        require(not row.classes, "RUN_OPEN")
        for parent, owner, grams in row.inputs:
            source = self.holdings[parent, party, owner]
            source.come(grams, back=True)
            source.transformed -= grams
        row.state = "undone"

    def moves_what_is_being_sorted(
        self, holdings: dict[Key, HoldingRow], sorts: dict[str, SortRow]
    ) -> bool:
        """Whether goods of an open run have moved since; of an ended one they are free then."""
        moved = [
            (key, one)
            for key, one in holdings.items()
            if one.run and one != self.holdings[key] and sorts[one.run] == self.sorts[one.run]
        ]
        if any(self.sorts[one.run].state != "ended" for _, one in moved):
            return True
        for key, _ in moved:
            self.holdings[key].run = None
        return False

    def unbalanced(self) -> list[str]:
        """Return the lots whose grams do not add up over all runs, of one command or several."""
        wrong = []
        for lot, row in self.lots.items():
            sorts = [one for one in self.sorts.values() if one.state != "undone"]
            into_g = self.into_g(lot) + sum(
                sum(parts_g) for one in sorts for child, parts_g in one.classes if child == lot
            )
            out_g = self.out_g(lot) + sum(
                grams for one in sorts for parent, _, grams in one.inputs if parent == lot
            )
            transformed_g = sum(
                one.transformed for key, one in self.holdings.items() if key[0] == lot
            )
            if (into_g, out_g) != (row.made, transformed_g):
                wrong.append(lot)
        return wrong
