"""Writes to an outbox until it is killed; a line on stdout for whatever is acknowledged.

Run by test_outbox.py: `python -m … OUTBOX RUN`. Eight writers at once, so that commits are shared.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from gateway.intake import Answer, Outbox


async def write_for_ever(outbox, name):
    for i in itertools.count():
        command_id = f"{name}-{i}"
        await outbox.put([(command_id, command_id.encode())])
        # One write call per line: a kill leaves whole lines, or none of the last.
        os.write(1, f"put {command_id}\n".encode())
        if i % 3:
            answer = Answer(id=command_id, code=f"CODE-{command_id}", taken=bool(i % 2))
            await outbox.write_answers([answer])
            os.write(1, f"answered {command_id}\n".encode())


async def main(path, run):
    outbox = await Outbox.open(path)
    await asyncio.gather(*(write_for_ever(outbox, f"r{run}w{i}") for i in range(8)))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
