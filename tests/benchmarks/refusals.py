"""A thousand wires that are refused before anything is queued, each as costly as one can be.

They are those of `tests.chaincode.test_cost_of_refusals`: as large as a command may be, and shaped
to keep a parser busy. Each connection comes from an address of its own.
"""

import asyncio
import time
from collections import Counter
from itertools import cycle, islice

from tests.benchmarks.crowd import Order
from tests.benchmarks.http_load import Connection
from tests.chaincode.test_cost_of_refusals import MOST

WIRES = 1_000
LANES = 10
FIRST_ADDRESS = 1_000  # beyond those of the crowd


async def post_all(port: int, *, seconds: float, count: int = WIRES) -> Counter[int]:
    """Post them, spread over so many seconds; return how often which status was answered.

    Raises:
        RuntimeError: One of them was taken in.
    """
    made = [make() for make in MOST.values()]
    wires = list(islice(cycle(made), count))
    pause_s = seconds * LANES / count
    statuses: Counter[int] = Counter()

    async def lane(number: int) -> None:
        connection = Connection(port, FIRST_ADDRESS + number)
        start = time.perf_counter()
        for place, wire in enumerate(wires[number::LANES]):
            await asyncio.sleep(max(0.0, start + place * pause_s - time.perf_counter()))
            status, _ = await connection.post(Order(kid="", commands=(wire,)))
            statuses[status] += 1
        await connection.close()

    await asyncio.gather(*map(lane, range(LANES)))
    if any(not 400 <= status < 500 for status in statuses):
        raise RuntimeError(f"not refused: {statuses}")
    return statuses
