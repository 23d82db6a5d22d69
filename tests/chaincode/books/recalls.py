"""Recalls: which lots each is about, and who has signed for which part of it."""

from dataclasses import dataclass, field

from tests.chaincode.books.entries import HoldingRow, require
from tests.chaincode.books.lineage import Lineage

IN_FORCE = ("unconfirmed", "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever signs."""

    actor: str
    party: str
    organisation: str
    is_officer: bool


@dataclass(slots=True, kw_only=True)
class Part:
    """What was signed at once: lots that it is about, the roots that it names, and their crops.

    `cleared`: lots that come of none of them, as an officer says. `alone`: who signed it alone,
    until another confirms it. `own`: of a party's own goods, whose.
    """

    lots: set[str]
    roots: set[str]
    crops: frozenset[str]
    cleared: set[str] = field(default_factory=set)
    organisation: str
    alone: str | None = None
    own: str | None = None

    def may_confirm(self, one: Person) -> bool:
        if self.own is None:
            return one.is_officer and one.organisation != self.organisation
        return one.actor != self.alone and (one.is_officer or one.party == self.own)


@dataclass(slots=True, kw_only=True)
class RecallRow:
    """A recall: its state, whose own it is, and its parts."""

    state: str
    own: str | None
    parts: list[Part]

    @property
    def alone(self) -> list[Part]:
        return [one for one in self.parts if one.alone] if self.state in IN_FORCE else []


@dataclass
class Recalls(Lineage):
    """Recalls."""

    recalls: dict[str, RecallRow] = field(default_factory=dict)

    def in_force(self) -> set[str]:
        """Return every lot that an open recall is about."""
        rows = [one for one in self.recalls.values() if one.state in IN_FORCE]
        return {lot for row in rows for part in row.parts for lot in part.lots}

    def parts_in_force(self) -> list[Part]:
        rows = [one for one in self.recalls.values() if one.state in IN_FORCE]
        return [part for row in rows for part in row.parts]

    def is_stopped(self, lot: str, holding: HoldingRow) -> bool:
        """Whether a recall names a lot or an ancestor of it, or may mean one that nobody names."""
        mine = self.lots[lot].roots | {lot}
        return any(
            mine & part.roots or (holding.hides & part.crops and lot not in part.cleared)
            for part in self.parts_in_force()
        )

    def slips(self, lot: str, holding: HoldingRow) -> bool:
        """Whether goods may be sold though a recalled lot is in them, and nobody cleared them.

        One exception the specification names: what came before its record hides what it was said
        to be, and no more.
        """
        above = self.ancestors(lot)
        return not self.is_stopped(lot, holding) and any(
            lot not in part.cleared
            for part in self.parts_in_force()
            if above & part.lots and not self._was_said_otherwise(above, part)
        )

    def _was_said_otherwise(self, above: set[str], part: Part) -> bool:
        rows = [self.lots[one] for one in above if one in self.lots]
        return any(one.claimed_as and not one.claimed_as & part.crops for one in rows)

    def clear(self, recall: str, lots: set[str], by: Person, *, is_stale: bool) -> None:
        row = self.recalls[recall]
        parts = row.parts if row.state in IN_FORCE else []
        mine = [one for one in parts if one.organisation == by.organisation]
        require(mine or not parts, "NOT_YOUR_ORGANISATION")
        require(not is_stale, "NOT_THE_LATEST")
        named = lots.union(*(self.lots[one].roots for one in lots))
        require(not any(one.roots & named for one in parts), "RECALLED")
        require(parts, "RECALL_ENDED")
        require(any(lots - one.cleared for one in mine), "NOTHING_NEW")
        for one in mine:
            one.cleared |= lots

    def declare(self, recall: str, part: Part, state: str) -> None:
        self.recalls[recall] = RecallRow(state=state, own=part.own, parts=[part])

    def confirm(self, recall: str, by: Person, *, is_stale: bool) -> None:
        row = self.recalls[recall]
        require(by.is_officer or by.party == row.own, "ROLE_MISSING")
        fit = [one for one in row.alone if one.may_confirm(by)]
        require(bool(fit) or not row.alone, "NOT_INDEPENDENT")
        require(not is_stale, "NOT_THE_LATEST")
        require(bool(fit), "NOT_UNCONFIRMED")
        for one in fit:
            one.alone = None
        row.state = "confirmed"

    def extend(self, recall: str, part: Part) -> None:
        row = self.recalls[recall]
        require(row.state in IN_FORCE, "RECALL_ENDED")
        known = [one for one in row.parts if part.alone or not one.alone]
        require(bool(part.roots.difference(*(one.roots for one in known))), "NOTHING_NEW")
        row.parts.append(part)
        if not part.alone:
            row.state = "confirmed"

    def end(self, recall: str, state: str, *, is_stale: bool) -> None:
        row = self.recalls[recall]
        require(not is_stale, "NOT_THE_LATEST")
        require(row.state in IN_FORCE, "RECALL_ENDED")
        row.state = state
