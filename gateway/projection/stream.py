"""Groups a stream of blocks: one when they come one by one, many when there is much to catch up."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final, TypeAlias

from gateway.ledgers.port import Block

BLOCKS_MAX: Final = 64
COMMANDS_MAX: Final = 2_000  # bounds one database transaction, whatever the blocks hold

_Item: TypeAlias = Block | Exception | None  # a block, the stream's failure, or its end


async def grouped(
    blocks: AsyncIterator[Block],
    *,
    blocks_max: int = BLOCKS_MAX,
    commands_max: int = COMMANDS_MAX,
) -> AsyncGenerator[list[Block], None]:
    """Yield the blocks in order, each time as many as are there already; never an empty list.

    Reads at most `blocks_max` blocks ahead of the reader. What the stream raises is raised after
    the last block before it. Close this generator, and it closes the stream.
    """
    queue: asyncio.Queue[_Item] = asyncio.Queue(maxsize=blocks_max)
    pump = asyncio.create_task(_pump(blocks, queue), name="projection-pump")
    try:
        item = await queue.get()
        while isinstance(item, Block):
            group: list[Block] = []
            commands = 0
            while isinstance(item, Block):
                group.append(item)
                commands += _count(item)
                if len(group) == blocks_max or commands >= commands_max or queue.empty():
                    break
                item = queue.get_nowait()
            yield group
            if isinstance(item, Block):
                item = await queue.get()
        if item is not None:
            raise item
    finally:
        pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pump


async def _pump(blocks: AsyncIterator[Block], queue: asyncio.Queue[_Item]) -> None:
    try:
        async for block in blocks:
            await queue.put(block)
    except Exception as error:  # noqa: BLE001 - handed on to whoever reads the queue
        await queue.put(error)
    else:
        await queue.put(None)
    finally:
        if isinstance(blocks, AsyncGenerator):
            await blocks.aclose()


def _count(block: Block) -> int:
    return sum(len(transaction.commands) for transaction in block.transactions)
