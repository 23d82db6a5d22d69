"""What every request passes before its route, and what every answer carries.

In order: an id, the client's share of requests, where it comes from, what it carries, how long it
may take. Whatever goes wrong on the way, here or in a route, is answered in the one shape.
"""

import asyncio
import secrets
import time
import traceback
from collections.abc import Sequence
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.http import metrics
from gateway.http.bodies import RETRY_AFTER_S, Bodies
from gateway.http.compression import Compressed
from gateway.http.connections import CROWDED
from gateway.http.cookies import has_session_cookie
from gateway.http.error_answers import ErrorPage, answer, as_problem
from gateway.http.errors import ProblemError
from gateway.http.rate import RateLimits, client_of, network_of
from gateway.settings import Settings
from gateway.words.codes import GatewayCode

REQUEST_ID: Final = "Minori-Request"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
UNLIMITED_PATHS: Final = frozenset({"/health", "/metrics"})  # a monitor must always get through

# Pages bring their own, wider policy (`gateway.web`).
API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": API_POLICY,
    "Cache-Control": "no-store",
}
HSTS: Final = "max-age=63072000"

RawHeader: TypeAlias = tuple[bytes, bytes]

_log = structlog.get_logger(__name__)


class Guard:
    """The outermost layer of the application."""

    def __init__(
        self, app: ASGIApp, *, settings: Settings, rates: RateLimits, page: ErrorPage
    ) -> None:
        self._app = Compressed(app)
        self._settings = settings
        self._rates = rates
        self._page = page
        self._bodies = Bodies(settings.limits)
        # A request may wait for results, and after that for whatever else it needs.
        self._request_s = settings.limits.request_s + settings.limits.wait_max_s
        headers = dict(HEADERS)
        if settings.base_url.startswith("https://"):
            headers["Strict-Transport-Security"] = HSTS
        self._headers = tuple(map(_as_raw, headers.items()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        method = scope["method"]
        scope = _inner(scope, request_id)
        headers = (_as_raw((REQUEST_ID, request_id)), *self._headers)
        reply = _Reply(send, headers, without_body=method == "HEAD")
        request = Request(scope, receive)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                self._check(request)
                client = network_of(client_of(request))
                with self._bodies.reading(receive, client) as receive_counted:
                    async with asyncio.timeout(self._request_s):
                        await self._app(scope, receive_counted, reply.send)
            except Exception as error:
                if reply.status:
                    raise  # half an answer is out: the connection must break, not pretend
                await self._fail(error, request, receive, reply)
            finally:
                _measure(scope, method, reply.status, time.perf_counter() - started)

    def _check(self, request: Request) -> None:
        if request.scope["path"] not in UNLIMITED_PATHS:
            if request.scope["state"].get(CROWDED):
                leave = {"Connection": "close"}
                raise ProblemError(GatewayCode.BUSY, headers=leave, retry_after_s=RETRY_AFTER_S)
            self._rates.count_request(client_of(request))
        if request.method in SAFE_METHODS:
            return
        self._check_origin(request)
        _check_media_type(request)
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._settings.limits.body_bytes_max:
            raise ProblemError(GatewayCode.REQUEST_TOO_LARGE)

    def _check_origin(self, request: Request) -> None:
        """Refuse what a page of another site makes a browser send (RFC 6454, Fetch standard)."""
        origin = request.headers.get("origin")
        if origin is None:
            is_refused = has_session_cookie(request) and "authorization" not in request.headers
        else:
            is_own = _host_of(origin) == request.headers.get("host")
            is_refused = not is_own and origin not in self._settings.origins
        if is_refused:
            raise ProblemError(GatewayCode.ORIGIN_REFUSED)

    async def _fail(
        self, error: Exception, request: Request, receive: Receive, reply: "_Reply"
    ) -> None:
        problem = as_problem(error)
        if problem.code == GatewayCode.INTERNAL:
            # As text: a renderer that shows local variables would show what was asked for.
            where = "".join(traceback.format_exception(error))
            _log.error("request_failed", path=request.scope["path"], traceback=where)
        elif problem.status >= 500:
            _log.warning("request_not_served", path=request.scope["path"], reason=repr(error))
        told = Compressed(answer(request, problem, self._page))
        await told(request.scope, receive, reply.send)


class _Reply:
    """Sends the answer with the headers that it lacks, and remembers its status."""

    def __init__(self, send: Send, headers: Sequence[RawHeader], *, without_body: bool) -> None:
        self.status = 0
        self._send = send
        self._headers = headers
        self._without_body = without_body

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name for name, _ in message["headers"]}
            added = [header for header in self._headers if header[0] not in own]
            message = {**message, "headers": [*message["headers"], *added]}
        elif self._without_body and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _inner(scope: Scope, request_id: str) -> Scope:
    """Return what the application is given: a copy, for the server reads its own once more.

    HEAD is answered as GET is, without the content (RFC 9110 section 9.3.2). The server has to know
    that it was HEAD, or it waits for the bytes that `Content-Length` names, and hangs up.
    """
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    state = {**scope.get("state", {}), "request_id": request_id}
    return {**scope, "method": method, "state": state}


def _as_raw(header: tuple[str, str]) -> RawHeader:
    """Return a header as ASGI has it; names are in lower case there."""
    name, value = header
    return name.lower().encode(), value.encode()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _check_media_type(request: Request) -> None:
    """Refuse a body that is not JSON; it also keeps foreign pages from sending plain forms."""
    length = request.headers.get("content-length", "0")
    has_body = length != "0" or "transfer-encoding" in request.headers
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and media_type != "application/json":
        raise ProblemError(GatewayCode.UNSUPPORTED_MEDIA_TYPE)


def _measure(scope: Scope, method: str, status: int, duration_s: float) -> None:
    route = getattr(scope.get("route"), "name", "none")
    metrics.count_request(method=method, route=route, status=status, duration_s=duration_s)
