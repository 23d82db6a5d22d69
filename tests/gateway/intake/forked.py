"""Processes to be killed, without the seconds that importing everything takes each time.

A script calls `serve(main)`: it has imported everything, and forks once per line on its stdin. Each
child runs `main(*words)` and is killed, or ends. A test drives it by `Forked`.
"""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
WITHIN_S = 120


def serve(main):
    """Fork for each line on stdin, one child at a time; say its id, and when it has ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            main(*line.split())
            os._exit(0)
        say("pid", str(child))
        os.waitpid(child, 0)
        say("ended")


def say(*words):
    """Write one line to stdout in one call: a kill leaves whole lines, or none of the last."""
    os.write(1, (" ".join(words) + "\n").encode())


class Forked:
    """A running script that serves."""

    def __init__(self, process):
        self._process = process

    async def run(self, *words, lines=None, delay_s=0.0):
        """Run a child to its end, or kill it so many lines and seconds later; return its lines."""
        self._process.stdin.write((" ".join(words) + "\n").encode())
        seen = []
        child = 0
        while ["ended"] not in seen:
            if child and lines is not None and len(seen) == lines:
                await asyncio.sleep(delay_s)
                os.kill(child, signal.SIGKILL)
                lines = None
            line = (await asyncio.wait_for(self._process.stdout.readline(), WITHIN_S)).split()
            if line[0] == b"pid":
                child = int(line[1])
            else:
                seen.append([word.decode() for word in line])
        return seen[:-1]


@asynccontextmanager
async def forked(module):
    """Start a module that serves, as a `Forked`; end it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield Forked(process)
    finally:
        process.kill()
        await process.wait()
