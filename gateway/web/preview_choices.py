"""What a recall officer can choose from in the form: producers and plots, by published names.

Each choice ends with the pseudonym, which is what is asked for; the name is for finding it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from sqlalchemy import Connection

from gateway.lookups import growers
from gateway.lookups.growers import PlotRecord
from gateway.town.names import Names
from gateway.town.other_crops import OTHER
from gateway.typed.same_name import fold
from gateway.words.language import LANGUAGES, Language

CHOICES_MAX: Final = 1_000  # of each; what is not among them can be typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The lists, by name.

    Attributes:
        producers: Such as `農園A MVKEEAA2A37M`.
        plots: Such as `農園A 北川地区 T47M1AHXMD0P`: those of a producer together.
        by_name: Pseudonyms of producers whose published name, in either language, nobody else has.
        by_fold: The same by names as `same_name` folds them.
    """

    producers: tuple[str, ...]
    plots: tuple[str, ...]
    by_name: Mapping[str, str]
    by_fold: Mapping[str, str]

    def producer_of(self, typed: str) -> str | None:
        """Return the producer with a published name, whatever the page's language."""
        name = normalize("NFKC", typed).strip()
        return self.by_name.get(name) or self.by_fold.get(fold(typed))


def crops(names: Names, language: Language) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every crop; last, those that have no name yet, by their words."""
    unnamed = [one for one in names.others.all() if one.words and not one.crop]
    other = names.crop(OTHER, language)
    return (
        *names.crops(language),
        (OTHER, other),
        *((one.code, f"{other}「{one.words}」") for one in unnamed[:CHOICES_MAX]),
    )


def find(connection: Connection) -> tuple[list[str], list[PlotRecord]]:
    """Return the producers and the plots to choose from."""
    return (
        growers.producers(connection, limit=CHOICES_MAX),
        growers.plots_by_producer(connection, limit=CHOICES_MAX),
    )


def choices(
    producers: list[str], plots: list[PlotRecord], names: Names, language: Language
) -> Choices:
    """Return them as they are shown; a producer without a published name by the pseudonym alone."""
    named = {one: names.party(one, language) for one in producers}
    published = {
        one: {name for each in LANGUAGES if (name := names.party(one, each))} for one in producers
    }
    placed = [
        (
            names.party(plot.party, language) or plot.party,
            names.district(plot.district, language) or plot.district,
            plot.id,
        )
        for plot in plots
    ]
    return Choices(
        producers=tuple(sorted(f"{name or ''} {one}".strip() for one, name in named.items())),
        plots=tuple(" ".join(parts) for parts in sorted(placed)),
        by_name=_alone(published, lambda name: normalize("NFKC", name).strip()),
        by_fold=_alone(published, fold),
    )


def _alone(published: Mapping[str, Iterable[str]], form: Callable[[str], str]) -> dict[str, str]:
    """Return who has each name, in a form, where that is one producer alone."""
    having: dict[str, set[str]] = defaultdict(set)
    for one, names in published.items():
        for name in names:
            having[form(name)].add(one)
    return {name: next(iter(those)) for name, those in having.items() if len(those) == 1}
