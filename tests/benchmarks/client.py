"""Our Fabric client as a program that takes the same orders as tests/node/client.js.

    python -m tests.benchmarks.client path/to/connection.json < request.json

A request is {"load": {"kind": "evaluate" | "submit", "function": …, "args": […]}, "transactions":
1000, "in_flight": 64, "warm_up": 100, "chaincode": "minori"}, with `{n}` in the arguments counting;
the answer is what `client.js` prints for it.
"""

import asyncio
import json
import math
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog
import uvloop

from gateway.fabric.contract import Contract
from gateway.fabric.errors import FabricError
from gateway.fabric.gateway import Gateway
from gateway.fabric.profile import ConnectionProfile


def ask(connection: Path, request: dict, *, timeout_s: float = 120) -> dict:
    """Run one request in a process of its own; return what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(connection)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile of ordered values."""
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


async def _load(contract: Contract, request: dict) -> dict:
    call, count = request["load"], request["transactions"]
    perform = (
        contract.evaluate_transaction if call["kind"] == "evaluate" else contract.submit_transaction
    )
    times: list[float] = []
    errors: Counter[str] = Counter()

    async def lane(numbers: Iterator[int]) -> None:
        for number in numbers:
            args = [one.replace("{n}", str(number)).encode() for one in call["args"]]
            start = time.perf_counter()
            try:
                await perform(call["function"], args)
            except FabricError as error:
                errors[str(error)] += 1
            else:
                times.append((time.perf_counter() - start) * 1000)

    async def together(numbers: Iterator[int]) -> None:
        await asyncio.gather(*(lane(numbers) for _ in range(request["in_flight"])))

    warm_up = request.get("warm_up", 0)
    await together(iter(range(warm_up)))
    times.clear()
    errors.clear()
    used = time.process_time()
    start = time.perf_counter()
    await together(iter(range(warm_up, warm_up + count)))
    seconds = time.perf_counter() - start
    times.sort()
    return {
        "transactions": count,
        "failed": count - len(times),
        "seconds": seconds,
        "per_second": len(times) / seconds,
        "p50_ms": percentile(times, 50) if times else None,
        "p99_ms": percentile(times, 99) if times else None,
        "processor_seconds": time.process_time() - used,
        "errors": errors,
    }


async def _main(path: Path, request: dict) -> None:
    profile = ConnectionProfile.load(path)
    async with Gateway.from_profile(profile) as gateway:
        name = request.get("chaincode", profile.chaincode)
        contract = gateway.network(profile.channel).contract(name)
        print(json.dumps(await _load(contract, request)))


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    uvloop.run(_main(Path(sys.argv[1]), json.load(sys.stdin)))
