"""From what a recall officer types to a question about scope."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final
from unicodedata import normalize

from fastapi import Query
from pydantic import ValidationError

from chaincode.base import times
from gateway.api.recalls import By, ByLots, ByPeriod, ByPlot
from gateway.typed import TownClock, dates, lot_numbers

LOTS_CHARACTERS_MAX: Final = 8_000  # what browsers and servers take in an address
_FIELD_CHARACTERS_MAX: Final = 40
_CHOICE_CHARACTERS_MAX: Final = 240  # two names and a pseudonym
_PSEUDONYM_CHARACTERS: Final = 12

_Field = Annotated[str, Query(max_length=_FIELD_CHARACTERS_MAX)]
_Choice = Annotated[str, Query(max_length=_CHOICE_CHARACTERS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewForm:
    """The fields as they were typed; what stands in `lots` outweighs a plot, and that a producer.

    Attributes:
        lots: One number a line, written as on labels.
        plot: Pseudonym, or a choice that ends with it.
        producer: The same, or the whole of a published name.
        crop: Code.
        since: First day, as `dates` reads it; a browser's own field gives YYYY-MM-DD.
        until: Last day.
    """

    lots: str
    plot: str
    producer: str
    crop: str
    since: str
    until: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked yet."""
        return not (self.lots.strip() or self.plot.strip() or self.producer.strip())

    def read(
        self, town: TownClock, producer_of: Callable[[str], str | None] = lambda _name: None
    ) -> By:
        """Return the question.

        Args:
            town: Its clock.
            producer_of: Returns the producer with a published name.

        Raises:
            NumberError: A lot's number can't be read.
            TypedDateError: A day can't.
            ValueError: Another field can't.
        """
        try:
            if self.lots.strip():
                return ByLots(lots=lot_numbers.read_all(self.lots))
            since = times.timestamp(dates.first_moment(self.since, town))
            until = times.timestamp(dates.last_moment(self.until, town))
            if self.plot.strip():
                return ByPlot(plot=_chosen(self.plot), since=since, until=until)
            producer = producer_of(self.producer) or _chosen(self.producer)
            return ByPeriod(producer=producer, crop=self.crop, since=since, until=until)
        except ValidationError as error:
            raise ValueError("a field can't be read") from error


async def preview_form(
    lots: Annotated[str, Query(max_length=LOTS_CHARACTERS_MAX)] = "",
    plot: _Choice = "",
    producer: _Choice = "",
    crop: _Field = "",
    since: _Field = "",
    until: _Field = "",
) -> PreviewForm:
    """Return the fields of the query."""
    return PreviewForm(lots=lots, plot=plot, producer=producer, crop=crop, since=since, until=until)


def _chosen(typed: str) -> str:
    """Return the pseudonym that was typed, in groups perhaps, or stands at the end of a choice."""
    whole = lot_numbers.plain(typed)
    if len(whole) == _PSEUDONYM_CHARACTERS:
        return whole
    return lot_numbers.plain((normalize("NFKC", typed).split() or [""])[-1])
