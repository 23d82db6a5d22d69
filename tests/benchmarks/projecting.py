"""How fast the projection applies blocks, and rebuilds itself from block 0."""

import contextlib
import time
from pathlib import Path

from gateway.ledgers.port import Block, Ledger
from gateway.projection import Projection, rebuild
from gateway.projection.stream import grouped
from tests.benchmarks.measuring import Sample
from tests.benchmarks.processor import Meter


async def read_all(ledger: Ledger) -> list[Block]:
    """Return every block that there is."""
    height = await ledger.height()
    blocks = []
    async with contextlib.aclosing(ledger.blocks(0)) as stream:
        while len(blocks) < height:
            blocks.append(await anext(stream))
    return blocks


async def apply(blocks: list[Block], folder: Path) -> Sample:
    """Apply blocks that are in memory to an empty SQLite database, as the follower does."""

    async def stream():
        for block in blocks:
            yield block

    projection = await Projection.open(f"sqlite:///{folder / 'applied.sqlite'}")
    try:
        await projection.reset()
        meter = Meter({})
        start = time.perf_counter()
        async with contextlib.aclosing(grouped(stream())) as groups:
            async for group in groups:
                await projection.apply_all(group)
        return _sample(blocks, time.perf_counter() - start, meter)
    finally:
        await projection.close()


async def rebuilt(ledger: Ledger, blocks: list[Block], folder: Path) -> Sample:
    """Rebuild from the own peer, as `minori rebuild` does; `blocks` are what it will find."""
    projection = await Projection.open(f"sqlite:///{folder / 'rebuilt.sqlite'}")
    try:
        meter = Meter({})
        start = time.perf_counter()
        await rebuild(projection, ledger)
        return _sample(blocks, time.perf_counter() - start, meter)
    finally:
        await projection.close()


def _sample(blocks: list[Block], seconds: float, meter: Meter) -> Sample:
    usage = meter.read()
    commands = sum(len(one.commands) for block in blocks for one in block.transactions)
    return Sample(
        count=commands,
        per_second=commands / seconds,
        usage=usage,
        notes={"blocks_per_second": round(len(blocks) / seconds, 1)},
    )
