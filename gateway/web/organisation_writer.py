"""Writes how the organisations stand, for the page about them and above one's own pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chaincode.registry.records import OFFICES, Organisation
from gateway.api.suspended import by_whom, day, offices, roles_in_words
from gateway.lookups.organisations import SuccessionRecord, SuspensionRecord, Together
from gateway.web.words import word
from gateway.words.language import Language

_LIST: Final[dict[Language, str]] = {"ja": "、", "en": ", "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know of an organisation, and what it comes from, a line each."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPart:
    """One organisation.

    Attributes:
        kind: In words.
        msp: The name of its certificates.
        grants: The roles that it may grant, in words.
        notices: Suspension and new name; mostly none.
    """

    title: str
    kind: str
    msp: str
    grants: str
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationWriter:
    """Writes them in one language."""

    found: Together
    language: Language

    def parts(self) -> tuple[OrganisationPart, ...]:
        """Return every organisation, in the constitution's order."""
        return tuple(map(self._part, self.found.founding[1].organisations))

    def own(self, organisation: str, roles: Iterable[str]) -> str:
        """Return what somebody is told of the own organisation's suspension.

        Args:
            organisation: The reader's.
            roles: Those that the reader holds, or would hold but for a suspension.
        """
        one = self.found.suspension(organisation)
        held = OFFICES.intersection(roles)
        if one is None or (one.until is None and not held):
            return ""
        name = "own_wanted"
        if one.until is not None:
            name = "own_suspended_office" if held else "own_suspended"
        is_own = name == "own_suspended_office"
        return self._word(name).format(
            title=self.found.title(organisation),
            offices=roles_in_words(held, self.language) if is_own else self._offices(one),
            others=by_whom(self.found, one, self.language),
            until=self._day(one.until) if one.until else "",
        )

    def _part(self, one: Organisation) -> OrganisationPart:
        suspension = self.found.suspension(one.id)
        succession = self.found.succession(one.id)
        return OrganisationPart(
            title=one.title,
            kind=self._word(f"organisation_kind_{one.kind}"),
            msp=one.msp,
            grants=roles_in_words(one.roles, self.language),
            notices=(
                *([self._suspension(suspension)] if suspension else []),
                *([self._succession(succession)] if succession else []),
            ),
        )

    def _suspension(self, one: SuspensionRecord) -> Notice:
        votes = tuple(
            self._word("organisation_vote").format(
                title=self.found.title(vote.organisation),
                reason=self._word(f"organisation_reason_{vote.reason}"),
                until=self._day(vote.until),
            )
            for vote in one.votes
        )
        if one.until is None:
            return Notice(title=self._word("organisation_wanted"), lines=votes)
        told = self._suspended(one)
        return Notice(title=told.title, lines=(*told.lines, *votes))

    def _suspended(self, one: SuspensionRecord) -> Notice:
        others = by_whom(self.found, one, self.language)
        title = self._word("organisation_suspended")
        return Notice(
            title=title.format(offices=self._offices(one), until=self._day(one.until or "")),
            lines=(self._word("organisation_suspended_note").format(others=others),),
        )

    def _succession(self, one: SuccessionRecord) -> Notice:
        if one.msp is None:
            names = sorted({naming.msp for naming in one.namings})
            lines = tuple(
                self._word("organisation_naming").format(
                    title=self.found.title(naming.organisation),
                    msp=naming.msp,
                    until=self._day(naming.until),
                )
                for naming in one.namings
            )
            return Notice(title=self._renamed(names), lines=lines)
        others = [self.found.title(by.organisation) for by in one.namings if by.msp == one.msp]
        note = self._word("organisation_renamed_note")
        named = _LIST[self.language].join(others)
        return Notice(
            title=self._renamed([one.msp]), lines=(note.format(others=named, msp=one.msp),)
        )

    def _renamed(self, names: Sequence[str]) -> str:
        return self._word("organisation_renamed").format(msp=_LIST[self.language].join(names))

    def _offices(self, one: SuspensionRecord) -> str:
        return offices(self.found, one.organisation, self.language)

    def _day(self, on: str) -> str:
        return day(on, self.language)

    def _word(self, name: str) -> str:
        return word(name, self.language)
