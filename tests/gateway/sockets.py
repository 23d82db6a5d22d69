"""A gateway behind a real socket, and a client that reads its connection byte for byte."""

import asyncio
import contextlib
from dataclasses import dataclass

from gateway.running.serving import make_server
from gateway.settings import LimitSettings, ListenSettings, Settings


@contextlib.asynccontextmanager
async def listening(served, *, trusted_proxies="", **limits):
    """Serve an application and yield the port."""
    listen = ListenSettings(port=0, trusted_proxies=trusted_proxies)
    settings = Settings(listen=listen, limits=LimitSettings(**limits))
    server = make_server(served, settings)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it calls nobody
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: its status, its headers by lower-case name, the bytes that came as its body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection, kept alive; what a client may not know beforehand it does not assume."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    def send(self, method, path, **headers):
        """Write a request, and wait for nothing."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:8000"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())

    async def read(self, method):
        """Read the answer to a request of this method (RFC 9112 section 6.3)."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            assert name.lower() not in headers, f"{name} stands there twice"
            headers[name.lower()] = value.strip()
        status = int(first.split()[1])
        length = 0 if method == "HEAD" or status in {204, 304} else int(headers["content-length"])
        return Answered(status, headers, await self._reader.readexactly(length))

    async def ask(self, method, path, **headers):
        """Write a request and read its answer."""
        self.send(method, path, **headers)
        return await self.read(method)

    def close(self):
        """Hang up."""
        self._writer.close()


@contextlib.asynccontextmanager
async def line_to(port):
    """Open a connection for as long as this context."""
    line = Line(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield line
    finally:
        line.close()
