"""What an entry of the table of problems is made of."""

from dataclasses import dataclass
from typing import Final

from gateway.words.language import Language

RETRY_JA: Final = "少し待ってから、もう一度お試しください。記録は失われません。"


@dataclass(frozen=True, slots=True)
class Wording:
    """A problem in one language.

    Attributes:
        title: A few words, always the same for this code (RFC 9457 section 3.1.3).
        detail: What it means.
        remedy: How to put it right.
    """

    title: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One entry: a stable code, its HTTP status, and its wording in every language.

    `number` has three digits, never changes and is never given again: what a person reads out on
    the telephone. The status of a code that only a committed command can have is what stands in
    the problem object inside the answer, whose own status is 200.
    """

    code: str
    status: int
    number: int
    ja: Wording
    en: Wording

    def wording(self, language: Language) -> Wording:
        """Return the wording in a language."""
        return self.en if language == "en" else self.ja


def problem(
    code: str, status: int, *, number: int, ja: tuple[str, str, str], en: tuple[str, str, str]
) -> Problem:
    """Return an entry; each wording is (title, detail, remedy)."""
    return Problem(code=str(code), status=status, number=number, ja=Wording(*ja), en=Wording(*en))
