"""What the HTTP side tells Prometheus."""

from functools import cache
from typing import Final

from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter(
    "http_requests_total", "Requests answered, by route and status.", ["method", "route", "status"]
)
REQUEST_S: Final = Histogram(
    "http_request_seconds", "Time to answer a request, waiting included.", ["method", "route"]
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})


def count_request(*, method: str, route: str, status: int, duration_s: float) -> None:
    """Count a request that was answered; `route` is a route's name, or `none`."""
    answered, seconds = _measures(method if method in METHODS else "other", route, status)
    answered.inc()
    seconds.observe(duration_s)


@cache  # finding a measure by its labels takes longer than counting
def _measures(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), REQUEST_S.labels(method, route)
