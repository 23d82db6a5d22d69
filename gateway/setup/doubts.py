"""What is asked back of a workbook that has no fault: packs that nobody packs.

A crate of 5 g is a slip of the unit, most likely; a spec of double the weight from one date on is
another pack. Neither can be told from a fact, so the office is asked once, and `--yes` answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.plausibility.thresholds import thresholds
from gateway.setup import schema
from gateway.setup.sheets import PackingRow
from gateway.town.catalogue import PACK_UNITS
from gateway.words import Text
from gateway.words.language import LANGUAGES, Language

_WORDS: Final = {
    "weight": Text(
        ja="1{unit}が{grams:,}gになっています（ふつうは{least:,}〜{most:,}g）"
        " → グラムで書いてあるか、単位の列が合っているか、お確かめください",
        en="one {unit} weighs {grams:,} g here (usual are {least:,} to {most:,} g) → check that "
        "it is in grams, and that the unit is right",
    ),
    "change": Text(
        ja="前の行（{other}行）では1{unit}が{before:,}g、ここでは{grams:,}gです"
        " → 別の荷姿でないか、けたがちがわないか、お確かめください",
        en="one {unit} weighs {before:,} g in row {other} and {grams:,} g here → check that it "
        "is not another pack, or a slip of a digit",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDoubt:
    """A row of the sheet of packs that is asked back."""

    row: int
    unit: str
    word: str
    facts: dict[str, int]

    def text(self, language: Language) -> str:
        """Return where and what, as one line."""
        place = LANGUAGES.index(language)
        sheet = schema.PACKINGS.title[place]
        column = schema.PACKINGS.column("grams").title[place]
        where = f"{self.row}行" if language == "ja" else f"row {self.row}"
        unit = PACK_UNITS[self.unit] if language == "ja" else self.unit
        said = _WORDS[self.word].say(language, unit=unit, **self.facts)
        return f"{sheet} / {where} / {column}: {said}"


def doubts(packings: Sequence[PackingRow]) -> list[RowDoubt]:
    """Return what is asked back of the sheet of packs, in the order of its rows."""
    found = [*_weights(packings), *_changes(packings)]
    return sorted(found, key=lambda one: one.row)


def _weights(packings: Sequence[PackingRow]) -> Iterator[RowDoubt]:
    for row in packings:
        least_g, most_g = thresholds(row.since).unit_g[row.unit]
        if not least_g <= row.grams <= most_g:
            facts = {"grams": row.grams, "least": least_g, "most": most_g}
            yield RowDoubt(row=row.row, unit=row.unit, word="weight", facts=facts)


def _changes(packings: Sequence[PackingRow]) -> Iterator[RowDoubt]:
    """Compare each spec with the one before it, of the same crop and unit."""
    before: dict[tuple[str, str], PackingRow] = {}
    for row in sorted(packings, key=lambda one: one.since):
        earlier = before.get((row.crop, row.unit))
        before[row.crop, row.unit] = row
        if earlier is None:
            continue
        least, most = thresholds(row.since).pack_percent
        if not least * earlier.grams <= row.grams * 100 <= most * earlier.grams:
            facts = {"grams": row.grams, "before": earlier.grams, "other": earlier.row}
            yield RowDoubt(row=row.row, unit=row.unit, word="change", facts=facts)
