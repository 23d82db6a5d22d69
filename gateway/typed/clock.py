"""The town's clock: without it nobody can say what "yesterday" or "17:00" means."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Self


class Tense(StrEnum):
    """What a date is typed for, which decides the year of `11/29` and whether it may be to come.

    `HAPPENED`: something that was done. `11/29` and `29日` are the latest that have been; what is
    still to come is refused. `PERIOD`: an end of a period looked at: the same, but a whole date may
    be to come. `PLANNED`: the first or last day of something agreed: a date needs its year.
    `WHOLE`: what stands in a file, which is read on any day: the same, and no `yesterday`.
    """

    HAPPENED = "happened"
    PERIOD = "period"
    PLANNED = "planned"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownClock:
    """The time in a town.

    Attributes:
        utc_offset_minutes: How far its clocks are ahead of UTC, as its constitution says.
        now: Seconds since 1970.
    """

    utc_offset_minutes: int
    now: int

    @property
    def today(self) -> date:
        """The day that it is there."""
        return self.local(self.now).date()

    def local(self, seconds: int) -> datetime:
        """Return a time as its clocks show it."""
        zone = timezone(timedelta(minutes=self.utc_offset_minutes))
        return datetime.fromtimestamp(seconds, zone)

    def seconds(self, day: date, hour: int = 0, minute: int = 0, second: int = 0) -> int:
        """Return a day and time of its clocks as seconds since 1970."""
        zone = timezone(timedelta(minutes=self.utc_offset_minutes))
        local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
        return int(local.timestamp())

    def in_zone(self, utc_offset_minutes: int) -> Self:
        """Return the same moment on the clocks of another zone."""
        return replace(self, utc_offset_minutes=utc_offset_minutes)
