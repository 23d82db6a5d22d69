"""Waiting for what another task, thread or process does, without guessing how long it takes."""

import asyncio


async def until(condition, *, within_s=10.0):
    """Return as soon as `condition()` is true; `TimeoutError` when it stays false."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - what is awaited has no event to offer
            await asyncio.sleep(0.002)
