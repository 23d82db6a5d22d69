"""What a recall officer can choose from in the form: producers and plots, by published names.

Each choice ends with the pseudonym, which is what is asked for; the name is for finding it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from sqlalchemy import Connection

from gateway.language import Language
from gateway.lookups import growers
from gateway.lookups.growers import PlotRecord
from gateway.names import Names
from gateway.other_crops import OTHER

CHOICES_MAX: Final = 1_000  # of each; what is not among them can be typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The lists, by name.

    Attributes:
        producers: Such as `農園A MVKEEAA2A37M`.
        plots: Such as `農園A 北川地区 T47M1AHXMD0P`: those of a producer together.
        by_name: Pseudonyms of producers whose published name nobody else has.
    """

    producers: tuple[str, ...]
    plots: tuple[str, ...]
    by_name: Mapping[str, str]


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
    counts = Counter(named.values())
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
        by_name={
            normalize("NFKC", name): one
            for one, name in named.items()
            if name and counts[name] == 1
        },
    )
