"""Dates and times as a page shows them."""

from chaincode.base import times
from gateway.typed import written
from gateway.web.contexts import When
from gateway.words.language import Language


def when(seconds: int, *, utc_offset_minutes: int, language: Language) -> When:
    """Return a time as a page shows it."""
    offset = utc_offset_minutes
    return When(
        date=written.of_date(seconds, utc_offset_minutes=offset, language=language),
        time=written.of_clock(seconds, utc_offset_minutes=offset, language=language),
        day=written.of_short_date(seconds, utc_offset_minutes=offset, language=language),
        iso=times.timestamp(seconds),
    )
