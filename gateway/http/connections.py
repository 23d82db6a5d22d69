"""HTTP connections that can't be held without asking for anything.

uvicorn closes idle connections, but waits without end for the rest of a request's head, whatever
its size, and where there are too many it answers in a way that no client of ours reads. What else a
request may take, and what one on a connection too many is told, is the application's to say.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.settings import LimitSettings

CROWDED: Final = "is_crowded"
"""In a request's state: whether there are more connections than requests are taken from."""
_HELD_MAX: Final = 2  # times as many may be open, so that who comes in a crowd is told so


def bounded(limits: LimitSettings) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol for HTTP/1.1 with an end to each head, in time and size."""

    class Bounded(_Bounded):
        head_s = limits.head_s
        head_bytes_max = limits.head_bytes_max
        connections_max = limits.connections_max

    return Bounded


class _Bounded(HttpToolsProtocol):
    head_s: float
    head_bytes_max: int
    connections_max: int
    _deadline: asyncio.TimerHandle | None = None  # while a head is awaited, from its first moment
    _is_in_head = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > _HELD_MAX * self.connections_max:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        was_in_head = self._is_in_head  # what came before it may be the end of a body
        super().data_received(data)
        if was_in_head and self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self.head_bytes_max:
                self._close()

    def on_message_begin(self) -> None:
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._stop_awaiting()
        self.scope["state"][CROWDED] = len(self.connections) > self.connections_max
        super().on_headers_complete()
        if self.parser.get_method() == b"CONNECT":
            # The parser takes what follows for the tunnel's (RFC 9110 section 9.3.6), and reads no
            # other request: so the answer, that there is none, is the last on this connection.
            self.cycle.keep_alive = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:  # else another request came behind this one
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_awaiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._stop_awaiting()
        self._deadline = self.loop.call_later(self.head_s, self._close)

    def _stop_awaiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
