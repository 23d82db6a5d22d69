"""One of several, by any of its names: or an error that shows what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final
from unicodedata import normalize

from gateway.cli.said import WORDS
from gateway.typed import lot_numbers, member_names
from gateway.typed.same_name import fold
from gateway.words import SaidError
from gateway.words.language import Language

SHOWN_MAX: Final = 30
SHORT_MIN: Final = 4  # characters of a number that may stand for all of it: one group of a label


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that can be chosen.

    Attributes:
        value: What the command gets: an id, a code.
        labels: What people call it; the value always counts as one.
        ja: What it is, in a line for people, in Japanese.
        en: The same in English.
    """

    value: str
    labels: tuple[str, ...]
    ja: str
    en: str

    def said(self, language: Language) -> str:
        """Return what it is, in a language."""
        return self.en if language == "en" else self.ja


class ChoiceError(SaidError):
    """What was typed names none of what there is, or several."""

    def __init__(
        self,
        member: str,
        typed: str,
        candidates: Sequence[Candidate],
        *,
        is_several: bool = False,
    ) -> None:
        self.typed = typed
        self.candidates = candidates
        word = "several" if is_several else "unknown" if candidates else "none"
        super().__init__(WORDS[f"choosing.{word}"], member=member_names.typed(member), typed=typed)

    def say(self, language: Language) -> str:
        """Return the error in a language: a line for each of the choices, the likest first."""
        first = super().say(language)
        likest = sorted(self.candidates, key=lambda one: -_likeness(self.typed, one))
        lines = [f"  {one.said(language)}  {one.value}" for one in likest[:SHOWN_MAX]]
        more = len(likest) - SHOWN_MAX
        lines += [WORDS["choosing.more"].say(language, count=more)] if more > 0 else []
        return "\n".join([first, *lines])


def matching(typed: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return what is called so: exactly, if anything is; else in whatever way it is typed."""
    wanted = fold(typed)
    if not wanted:
        return []
    by_value = [one for one in candidates if one.value == typed]
    by_label = by_value or [one for one in candidates if typed in one.labels]
    if by_label:
        return by_label
    return [one for one in candidates if wanted in {fold(label) for label in _all_labels(one)}]


def matching_words(typed: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return what is called by every one of several words, between blanks: `にんじん A-01`."""
    found = matching(typed, candidates) or beginning(typed, candidates)
    words = [fold(word) for word in typed.split()]
    if found or len(words) < 2:
        return found
    return [
        one for one in candidates if {fold(label) for label in _all_labels(one)}.issuperset(words)
    ]


def beginning(typed: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return whose number begins with what was typed, of at least `SHORT_MIN` characters."""
    number, words = lot_numbers.plain(typed), normalize("NFKC", typed).strip().lower()
    if min(len(number), len(words)) < SHORT_MIN:
        return []
    return [one for one in candidates if one.value.lower().startswith((number.lower(), words))]


def only(member: str, typed: str, found: Sequence[Candidate]) -> Candidate | None:
    """Return the one that was found, `None` for none.

    Raises:
        ChoiceError: There are several.
    """
    if len(found) > 1:
        raise ChoiceError(member, typed, found, is_several=True)
    return found[0] if found else None


def _all_labels(one: Candidate) -> tuple[str, ...]:
    return (one.value, *(label for label in one.labels if label))


def _likeness(typed: str, one: Candidate) -> float:
    wanted = fold(typed)
    ratios = (SequenceMatcher(None, wanted, fold(label)).ratio() for label in _all_labels(one))
    return max(ratios)
