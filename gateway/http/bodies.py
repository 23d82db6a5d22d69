"""How much of requests' bodies is held at a time, and how long one may take to arrive."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from gateway.settings import LimitSettings

RETRY_AFTER_S: Final = 2
_ONE_OF: Final = 4  # so many clients fill the room for bodies, and one alone never does


class Bodies:
    """The bodies of all requests under way.

    What is raised is `HTTPException`: FastAPI hands on this kind, and hides any other.
    """

    def __init__(self, limits: LimitSettings) -> None:
        self._limits = limits
        self._held = 0
        self._held_by: Counter[str] = Counter()
        self._one_client_max = max(limits.body_bytes_max, limits.bodies_bytes_max // _ONE_OF)

    @contextlib.contextmanager
    def reading(self, receive: Receive, client: str) -> Iterator[Receive]:
        """Yield `receive` with an end to how much it gives, whatever length was announced.

        What it gave counts until this context is left, for it is kept as long as the request; and
        against the share of a client, which else could hold all the room for as long as it may.
        """
        limits = self._limits
        taken = 0
        is_read = False
        deadline = asyncio.get_running_loop().time() + limits.body_s

        async def receive_counted() -> Message:
            nonlocal taken, is_read
            if is_read:  # what is still to come is that the client has gone
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            is_read = not message.get("more_body", False)
            size = len(message.get("body", b""))
            if taken + size > limits.body_bytes_max:
                raise HTTPException(413)
            is_full = self._held + size > limits.bodies_bytes_max
            if is_full or self._held_by[client] + size > self._one_client_max:
                raise HTTPException(503, headers={"Retry-After": str(RETRY_AFTER_S)})
            taken += size
            self._held += size
            self._held_by[client] += size
            return message

        try:
            yield receive_counted
        finally:
            self._held -= taken
            self._held_by[client] -= taken
            if not self._held_by[client]:
                del self._held_by[client]
