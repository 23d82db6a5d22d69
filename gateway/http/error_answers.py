"""From a problem to the answer a reader gets: problem+json for programs, a page for people."""

from collections.abc import Callable
from typing import Final, TypeAlias

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from gateway.http.errors import MEDIA_TYPE, FieldError, ProblemError, problem_object
from gateway.intake import OutboxError
from gateway.ledgers.port import LedgerError, RulesMissingError
from gateway.words.codes import GatewayCode
from gateway.words.language import Language, is_language, negotiate

ErrorPage: TypeAlias = Callable[[HTTPConnection, ProblemError, Language], Response]

PAGE_PREFIXES: Final = (
    *("/lots/", "/problems", "/recalls", "/own", "/enter", "/leave", "/waiting"),
    "/organisations",
)
FIELD_ERRORS_MAX: Final = 20
RETRY_AFTER_S: Final = 5
_WHERE_CHARACTERS_MAX: Final = 120

_CODES_BY_STATUS: Final = {
    404: GatewayCode.ROUTE_NOT_FOUND,
    405: GatewayCode.METHOD_NOT_ALLOWED,
    408: GatewayCode.OUT_OF_TIME,
    413: GatewayCode.REQUEST_TOO_LARGE,
    415: GatewayCode.UNSUPPORTED_MEDIA_TYPE,
    503: GatewayCode.BUSY,
}
# What a route lets through: something that it needs is away. Nothing was half done.
_CODES_BY_ERROR: Final = (
    (RulesMissingError, GatewayCode.RULES_MISSING),
    (LedgerError, GatewayCode.LEDGER_UNAVAILABLE),
    (OutboxError, GatewayCode.OUTBOX_UNAVAILABLE),
    (SQLAlchemyError, GatewayCode.TABLES_UNAVAILABLE),
    (TimeoutError, GatewayCode.OUT_OF_TIME),
)


def language_of(connection: HTTPConnection) -> Language:
    """Return the language of an answer: the query's `lang` on pages, else `Accept-Language`."""
    asked = connection.query_params.get("lang") if not _is_api(connection) else None
    return is_language(asked or "") or negotiate(connection.headers.get("accept-language"))


def request_id_of(connection: HTTPConnection) -> str:
    """Return the id that the guard has given this request."""
    return str(connection.scope.get("state", {}).get("request_id", ""))


def as_problem(error: Exception) -> ProblemError:
    """Return what to answer to any exception; what nobody foresaw says nothing of itself."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RequestValidationError):
        return ProblemError(GatewayCode.INVALID_REQUEST, errors=_field_errors(error))
    if isinstance(error, HTTPException):
        code = _CODES_BY_STATUS.get(error.status_code)
        if code is None and 400 <= error.status_code < 500:
            code = GatewayCode.INVALID_REQUEST
        if code is not None:
            return ProblemError(code, headers=dict(error.headers or {}))
    for kind, code in _CODES_BY_ERROR:
        if isinstance(error, kind):
            return ProblemError(code, retry_after_s=RETRY_AFTER_S)
    return ProblemError(GatewayCode.INTERNAL)


def answer(connection: HTTPConnection, problem: ProblemError, page: ErrorPage) -> Response:
    """Return the answer to a problem."""
    language = language_of(connection)
    if _wants_page(connection):
        response = page(connection, problem, language)
    else:
        shown = problem_object(
            problem.code,
            language,
            member=problem.member,
            index=problem.index,
            errors=problem.errors,
            request_id=request_id_of(connection),
        )
        shown |= problem.extension
        response = JSONResponse(shown, status_code=problem.status, media_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response.headers[name] = value
    if problem.retry_after_s:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="minori"'
    response.headers["Content-Language"] = language
    response.headers.add_vary_header("Accept-Language")
    return response


def _field_errors(error: RequestValidationError) -> list[FieldError]:
    return [
        FieldError(
            where=".".join(map(str, one["loc"]))[:_WHERE_CHARACTERS_MAX], what=str(one["type"])
        )
        for one in error.errors()[:FIELD_ERRORS_MAX]
    ]


def _is_api(connection: HTTPConnection) -> bool:
    return str(connection.scope["path"]).startswith("/api/")


def _wants_page(connection: HTTPConnection) -> bool:
    """Whether a person is reading: the address of a page, or of nothing, in a browser."""
    path: str = connection.scope["path"]  # not `url`: a Host made up by a stranger may break that
    accept = connection.headers.get("accept", "")
    if path.startswith(PAGE_PREFIXES) or path == "/":
        return "json" not in accept
    is_for_programs = path.startswith(("/api", "/health", "/metrics"))
    return not is_for_programs and "text/html" in accept
