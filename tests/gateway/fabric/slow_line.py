"""A TCP proxy of our own that is a bad line: slow, mute, or broken. It needs no rights."""

import asyncio
import contextlib
from typing import Self


class SlowLine:
    """Forwards each connection to a port of this machine, as badly as it is told to.

    Attributes:
        one_way_s: How long every byte is under way, in either direction.
        handshake_s: How much longer the first bytes of each connection to the server are.
        is_mute: Whether connections are taken and nothing is ever forwarded.
        hang_up_s: After so long each new connection is closed without a word; `None` is never.
        accepted: How many connections were taken.
    """

    def __init__(
        self,
        port: int,
        *,
        one_way_s: float = 0.0,
        handshake_s: float = 0.0,
        is_mute: bool = False,
        hang_up_s: float | None = None,
    ) -> None:
        self._to_port = port
        self.one_way_s = one_way_s
        self.handshake_s = handshake_s
        self.is_mute = is_mute
        self.hang_up_s = hang_up_s
        self.accepted = 0
        self.port = 0
        self._tasks: set[asyncio.Task] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_) -> None:
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Break every connection that stands."""
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader, writer) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        with contextlib.closing(writer), contextlib.suppress(asyncio.CancelledError, OSError):
            await self._carry(reader, writer)
        self._tasks.discard(task)

    async def _carry(self, reader, writer) -> None:
        if self.hang_up_s is not None:
            await asyncio.sleep(self.hang_up_s)
            return
        if self.is_mute:
            await asyncio.Event().wait()
        there, back = await asyncio.open_connection("127.0.0.1", self._to_port)
        ends = {writer, back}
        self._writers |= ends
        try:
            with contextlib.closing(back):
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pump(reader, back, self.handshake_s))
                    both.create_task(self._pump(there, writer, 0.0))
        except* OSError:
            pass
        finally:
            self._writers -= ends

    async def _pump(self, reader, writer, first_s: float) -> None:
        """Carry bytes, many chunks at a time under way, each for as long as the line is."""
        under_way: asyncio.Queue = asyncio.Queue()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._deliver(under_way, writer))
            ready_at = asyncio.get_running_loop().time() + first_s
            while True:
                chunk = await reader.read(65536)
                now = asyncio.get_running_loop().time()
                await under_way.put((max(now, ready_at) + self.one_way_s, chunk))
                if not chunk:
                    return

    async def _deliver(self, under_way: asyncio.Queue, writer) -> None:
        while True:
            due, chunk = await under_way.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if not chunk:
                writer.transport.abort()
                return
            writer.write(chunk)
            await writer.drain()
