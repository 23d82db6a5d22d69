"""Reaches names under `localhost` on this computer, whatever its resolver knows of them.

RFC 6761 section 6.3: such names are always the loopback's. Browsers keep to it; not every system's
resolver does, and each organisation's gateway on one computer has a name of its own.
"""

import httpx2

LOOPBACK = "127.0.0.1"
NAMES = "all://*.localhost"
"""For which requests a client mounts one of these; all others go their usual way."""


class LoopbackTransport(httpx2.HTTPTransport):
    """Sends a request to this computer; the server is told the name."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        return super().handle_request(_directed(request))


class AsyncLoopbackTransport(httpx2.AsyncHTTPTransport):
    """The same for who does not wait."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        return await super().handle_async_request(_directed(request))


def _directed(request: httpx2.Request) -> httpx2.Request:
    """Return the request with an address instead of a name; its `Host` header stays."""
    request.extensions = {**request.extensions, "sni_hostname": request.url.host}
    request.url = request.url.copy_with(host=LOOPBACK)
    return request
