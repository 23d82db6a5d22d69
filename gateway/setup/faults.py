"""What can be wrong in a workbook: where, what, and how to put it right, in two languages.

SetupError
├ WorkbookError(faults)     the workbook can't be used as it is; every fault at once
├ WrongTownError            it belongs to another ledger, or a demo meets a real town
├ RegisterError             the private register does not fit the ledger
└ LedgerSaysNoError         the ledger refused commands; names the rows
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chaincode.base.evidence import EvidenceError
from gateway.setup.fault_kinds import FaultKind
from gateway.setup.fault_words import WORDING, Wording
from gateway.words import SaidError, load
from gateway.words.language import LANGUAGES, Language

WORDS: Final = load(__file__)

__all__ = [
    "WORDING",
    "WORDS",
    "CellError",
    "Fault",
    "FaultKind",
    "LedgerSaysNoError",
    "RegisterError",
    "SetupError",
    "Wording",
    "WorkbookError",
    "WrongTownError",
    "mixed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a workbook.

    Attributes:
        sheet: (Japanese, English) name; empty for the whole workbook.
        row: As Excel counts, from 1; 0 for the whole sheet.
        column: (Japanese, English) heading; empty for the whole row.
        kind: Which.
        values: What its wording has in `{…}`.
    """

    kind: FaultKind
    sheet: tuple[str, str] = ("", "")
    row: int = 0
    column: tuple[str, str] = ("", "")
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """Return where, what and how to put it right, as one line."""
        said = WORDING[self.kind]
        place = LANGUAGES.index(language)
        where = [self.sheet[place]] if self.sheet[place] else []
        if self.row:
            where.append(f"{self.row}行" if language == "ja" else f"row {self.row}")
        if self.column[place]:
            where.append(self.column[place])
        what = said.ja if language == "ja" else said.en
        remedy = said.ja_remedy if language == "ja" else said.en_remedy
        filled = f"{what} → {remedy}".format_map(self.values)
        return f"[{said.number}] " + (f"{' / '.join(where)}: {filled}" if where else filled)


class CellError(EvidenceError):
    """A cell can't be read; `reading` adds where it stands."""

    def __init__(self, kind: FaultKind, **values: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.values = values


class SetupError(SaidError):
    """The town can't be set up like this; the message is for the person who asked."""


class WorkbookError(SetupError):
    """The workbook has faults: all of them, in the order of sheets and rows."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(WORDS["faults.count"], count=len(faults))
        self.faults = tuple(faults)


class WrongTownError(SetupError):
    """The workbook is for another ledger, or a demo would meet a real town."""


class RegisterError(SetupError):
    """The private register does not fit the ledger."""


class LedgerSaysNoError(SetupError):
    """The ledger refused commands; the message names rows and codes."""


def mixed(*, is_demo: bool) -> WrongTownError:
    """Return the error of a workbook of the other kind than the ledger: demo, or real town."""
    return WrongTownError(WORDS["faults.real_on_demo" if is_demo else "faults.demo_on_real"])
