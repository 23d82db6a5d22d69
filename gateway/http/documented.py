"""What routes answer when they don't do what was asked, for OpenAPI."""

from typing import Any, Final

from gateway.http.errors import MEDIA_TYPE, problem_object
from gateway.http.models import ProblemObject
from gateway.http.problems import PROBLEMS
from gateway.words.codes import GatewayCode

# One code of each status as its example; the description lists all that routes answer with.
_EXAMPLES: Final[dict[int, str]] = {
    400: GatewayCode.CURSOR_INVALID,
    401: GatewayCode.SESSION_REQUIRED,
    403: GatewayCode.ORIGIN_REFUSED,
    404: GatewayCode.LOT_NOT_FOUND,
    405: GatewayCode.METHOD_NOT_ALLOWED,
    409: GatewayCode.SEQUENCE_REUSED,
    413: GatewayCode.REQUEST_TOO_LARGE,
    415: GatewayCode.UNSUPPORTED_MEDIA_TYPE,
    422: GatewayCode.INVALID_REQUEST,
    429: GatewayCode.RATE_LIMITED,
    500: GatewayCode.INTERNAL,
    503: GatewayCode.NOT_THERE_YET,
}
_DESCRIPTIONS: Final = {
    400: "A command can't be read, or a cursor is not one of this list.",
    401: "No session, or it has ended.",
    403: "The key, the proof or the origin is refused.",
    404: "Not here, or not here yet.",
    405: "Another method.",
    409: "It does not fit what is on record.",
    413: "Too large, or too many.",
    415: "Not JSON.",
    422: "The request has another form, `errors` says where; or asks for a block far off.",
    429: "Too many requests; see Retry-After.",
    500: "A bug of ours.",
    503: "Not now; see Retry-After.",
}
_ALWAYS: Final = (429, 500)
# Beside bearer and cookie, which the route's own dependency names: neither.
SESSION_OPTIONAL: Final[dict[str, Any]] = {"security": [{}]}
_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the error responses of a route, with those that every route has."""
    return {status: _response(status) for status in sorted({*statuses, *_ALWAYS})}


def _response(status: int) -> dict[str, Any]:
    code = _EXAMPLES[status]
    described: dict[str, Any] = {
        "description": _DESCRIPTIONS[status],
        "model": ProblemObject,
        "content": {MEDIA_TYPE: {"example": problem_object(code, "en", request_id="0" * 16)}},
    }
    if status in {429, 503}:
        described["headers"] = _RETRY_AFTER
    assert PROBLEMS[code].status == status  # noqa: S101 - the example is of this status
    return described
