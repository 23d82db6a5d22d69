"""Writes to an outbox until it is killed; a line on stdout for whatever is acknowledged.

Driven by test_outbox.py: `OUTBOX RUN`. Eight writers at once, so that commits are shared.
"""

import asyncio
import itertools
from pathlib import Path

from gateway.intake import Answer, Outbox
from tests.gateway.intake.forked import say, serve


async def write_for_ever(outbox, name):
    for i in itertools.count():
        command_id = f"{name}-{i}"
        await outbox.put([(command_id, command_id.encode())])
        say("put", command_id)
        if i % 3:
            answer = Answer(id=command_id, code=f"CODE-{command_id}", taken=bool(i % 2))
            await outbox.write_answers([answer])
            say("answered", command_id)


async def main(path, run):
    outbox = await Outbox.open(path)
    await asyncio.gather(*(write_for_ever(outbox, f"r{run}w{i}") for i in range(8)))


serve(lambda path, run: asyncio.run(main(Path(path), run)))
