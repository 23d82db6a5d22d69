"""Follows an embedded ledger until it is killed; run by test_crash.py.

`python -m tests.gateway.projection.following LEDGER DATABASE_URL`: says `open` once it follows.
Applies block by block, so that there are many moments to be killed at.
"""

import asyncio
import os
import sys
from pathlib import Path

from gateway.ledgers.embedded import EmbeddedLedger
from gateway.projection import Projection
from tests.gateway.toy_contract import ToyContract


async def main(path, url):
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    projection = await Projection.open(url)
    start = (await projection.checkpoint()).height
    os.write(1, b"open\n")
    async for block in ledger.blocks(start):
        await projection.apply(block)


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
