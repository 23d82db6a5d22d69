"""What becomes of a row that is not booked: refused, passed over, or entered by hand; and why."""

from dataclasses import dataclass, field
from typing import Final

from gateway.words import SaidError, Text, load
from gateway.words.language import Language

WORDS: Final = load(__file__)


class FileError(SaidError):
    """The file can't be read at all; nothing of it is booked.

    Attributes:
        row: Where it went wrong, counted from 1.
    """

    def __init__(self, row: int, kind: str, **facts: object) -> None:
        self.row = row
        self.kind = kind
        super().__init__(WORDS[kind], row=row, **facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What a row is about, as far as it can be told.

    Attributes:
        code: The item code, as it stands in the file.
        name: What people call the goods; empty if nobody knows.
        farm: Whose they are; empty for the shop's own, or if nobody knows.
    """

    code: str = ""
    name: str = ""
    farm: str = ""

    def say(self) -> str:
        """Return it for a list: にんじん 農家A (1001)."""
        parts = [self.name, self.farm, f"({self.code})" if self.code else ""]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row that no command is signed for.

    Attributes:
        row: As a spreadsheet counts them, from 1.
        kind: Which of the words of this package says why.
        facts: For those words.
        cells: The row as it stands in the file.
    """

    row: int
    kind: str
    goods: Goods = Goods()
    facts: dict[str, object] = field(default_factory=dict)
    cells: tuple[str, ...] = ()

    def say(self, language: Language) -> str:
        """Return why, and what to do."""
        return WORDS[self.kind].say(language, **self.facts)


class CellRefusedError(Exception):
    """A cell can't be read; `Told` gets its kind and facts from here."""

    def __init__(self, kind: str, **facts: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.facts = facts


def in_both(ja: str, en: str) -> Text:
    """Return words of another module as a fact in both languages."""
    return Text(*(one.replace("{", "{{").replace("}", "}}") for one in (ja, en)))
