"""What the HTTP side tells Prometheus."""

from typing import Final

from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter(
    "http_requests_total", "Requests answered, by route and status.", ["method", "route", "status"]
)
REQUEST_S: Final = Histogram(
    "http_request_seconds", "Time to answer a request, waiting included.", ["method", "route"]
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
