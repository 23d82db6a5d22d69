"""`GET /health` over plain HTTP, for supervisors: 200 while serving, 503 while stopping."""

import asyncio
import json
from collections.abc import Callable, Mapping

REQUEST_S_MAX = 5.0
HEAD_BYTES_MAX = 8192


class Health:
    """A listener that answers every request with the same few figures, then hangs up."""

    def __init__(self, figures: Callable[[], Mapping[str, str | int]]) -> None:
        """Answer with `figures()` as JSON; its `status` decides between 200 and 503."""
        self._figures = figures
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port. Port 0 takes a free one."""
        self._server = await asyncio.start_server(self._answer, host, port, limit=HEAD_BYTES_MAX)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_S_MAX):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._response(head.split(b"\r\n", 1)[0].split(b" ")))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked went away, or asked no HTTP
        finally:
            writer.close()

    def _response(self, request: list[bytes]) -> bytes:
        figures = self._figures()
        body = json.dumps(figures).encode()
        if request[:2] != [b"GET", b"/health"]:
            status, body = "404 Not Found", b"{}"
        elif figures["status"] == "serving":
            status = "200 OK"
        else:
            status = "503 Service Unavailable"
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body
