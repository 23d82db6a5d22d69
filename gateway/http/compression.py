"""Answers as gzip, for whoever takes it: on a slow line most of a page's time is its length.

Left as it is: what is short or not text, what is encoded already or a part of something, and what
forbids it. What holds a secret that somebody could guess at letter by letter, by the length of many
answers (CVE-2013-3587, "BREACH"), forbids it: with a cookie, or by `secret`. Private pages are
compressed, for no other site can ask for them: the session's cookie is `SameSite=Strict`.
"""

import asyncio
import zlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES_MIN: Final = 700  # less fits into one packet either way
THREAD_BYTES_MIN: Final = 32 * 1024  # more takes over a millisecond, in which the loop would stand
LEVEL: Final = 5  # of 9: the next ones take longer by a half each, and save a hundredth
GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS  # zlib's manual, `deflateInit2`: with gzip's header
FORBIDDEN: Final = "no-transform"  # RFC 9111 section 5.2.2.6; proxies leave it alone as well
SECRET: Final = f"no-store, {FORBIDDEN}"


def secret(response: Response) -> None:
    """Let nobody keep or compress an answer."""
    response.headers["Cache-Control"] = SECRET


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` (RFC 9110 section 12.5.3) takes gzip, by name or by `*`."""
    weights: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        coding, _, parameter = (one.strip() for one in part.partition(";"))
        weights[coding] = _is_positive(parameter)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))


def _is_positive(parameter: str) -> bool:
    name, _, weight = (one.strip() for one in parameter.partition("="))
    if not name:
        return True
    try:
        return name == "q" and 0 < float(weight) <= 1
    except ValueError:
        return False


class Compressed:
    """An application, or one answer, compressed where it may be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request."""
        accepted = ",".join(Headers(scope=scope).getlist("accept-encoding"))
        await self._app(scope, receive, _Answer(send, is_taken=takes_gzip(accepted)).send)


class _Answer:
    """Sends one answer; its head waits for the first of its body, which decides."""

    def __init__(self, send: Send, *, is_taken: bool) -> None:
        self._send = send
        self._is_taken = is_taken
        self._start: Message | None = None
        self._stream: zlib._Compress | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": list(message.get("headers", ()))}
            return
        start, self._start = self._start, None
        if start is not None and message["type"] == "http.response.body":
            self._choose(start, message)
        if self._stream is not None and message["type"] == "http.response.body":
            message = await _compressed(self._stream, message)
        if start is not None:
            if self._stream is not None and not message.get("more_body", False):
                headers = MutableHeaders(raw=start["headers"])
                headers["Content-Length"] = str(len(message["body"]))
            await self._send(start)
        await self._send(message)

    def _choose(self, start: Message, first: Message) -> None:
        """Make a stream for the body, and say so in the head, if it may and is worth it."""
        headers = MutableHeaders(raw=start["headers"])
        is_long = first.get("more_body", False) or len(first.get("body", b"")) >= BYTES_MIN
        if start["status"] == 206 or not _may_be_compressed(headers):
            return
        headers.add_vary_header("Accept-Encoding")
        if not is_long or not self._is_taken:
            return
        self._stream = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_WINDOW)
        headers["Content-Encoding"] = "gzip"
        del headers["Content-Length"]
        tag = headers.get("etag", "")
        if tag.startswith('"'):  # the same content in other bytes (RFC 9110 section 8.8.1)
            headers["ETag"] = f"W/{tag}"


def _may_be_compressed(headers: Headers) -> bool:
    is_as_it_must_be = (
        "content-encoding" in headers
        or "content-range" in headers
        or "set-cookie" in headers
        or FORBIDDEN in headers.get("cache-control", "")
    )
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_text = media_type.startswith("text/") or media_type.endswith(("json", "xml", "javascript"))
    return is_text and not is_as_it_must_be


async def _compressed(stream: "zlib._Compress", message: Message) -> Message:
    """Return a part of a body as the part of its compressed form that a reader needs for it."""
    body, is_last = message.get("body", b""), not message.get("more_body", False)

    def compress() -> bytes:
        return stream.compress(body) + stream.flush(zlib.Z_FINISH if is_last else zlib.Z_SYNC_FLUSH)

    is_large = len(body) >= THREAD_BYTES_MIN  # zlib lets go of the interpreter meanwhile
    return {**message, "body": await asyncio.to_thread(compress) if is_large else compress()}
