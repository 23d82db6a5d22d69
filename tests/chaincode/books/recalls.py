"""Recalls: which lots each is about, and who has signed for which part of it."""

from dataclasses import dataclass, field

from tests.chaincode.books.entries import require
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
    """What was signed at once: lots that it is about, and the roots that reach them all.

    `alone`: who signed it alone, until another confirms it. `own`: of a party's own goods, whose.
    """

    lots: set[str]
    roots: set[str]
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

    def is_recalled(self, lot: str) -> bool:
        return bool(self.ancestors(lot) & self.in_force())

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
