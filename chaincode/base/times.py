"""Times without a clock: a command's own times are text, the ledger's are seconds since 1970."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone

DAY_S = 86_400
LATE_AFTER_S = 7 * DAY_S  # an entry later than this is marked
# Paper notebooks are brought to the desk once a month.
LATE_AFTER_S_BY: Mapping[str | None, int] = {"paper": 31 * DAY_S}
FUTURE_FLAG_S = 15 * 60  # phones' clocks are wrong by minutes
FUTURE_REFUSED_S = DAY_S


def seconds(timestamp: str) -> int:
    """Return a `Timestamp` as seconds since 1970-01-01T00:00:00Z."""
    return int(datetime.fromisoformat(timestamp).timestamp())


def timestamp(seconds_since_1970: int) -> str:
    """Return seconds since 1970 as a `Timestamp`, in UTC."""
    # Not strftime, which asks the platform's C library.
    return datetime.fromtimestamp(seconds_since_1970, UTC).isoformat().removesuffix("+00:00") + "Z"


def local_date(seconds_since_1970: int, utc_offset_minutes: int) -> str:
    """Return the date in the town, whose offset from UTC is fixed, as a `Date`."""
    zone = timezone(timedelta(minutes=utc_offset_minutes))
    return datetime.fromtimestamp(seconds_since_1970, zone).date().isoformat()


def days_after(day: str, days: int) -> str:
    """Return the `Date` that many days later; past the year 9999, its last day."""
    since = date.fromisoformat(day)
    return (since + min(timedelta(days=days), date.max - since)).isoformat()
