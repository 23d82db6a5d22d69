"""The crowd at the gateway's door: orders posted on kept connections, answers timed and counted.

The client is a few lines on a socket, because it shares the processor with what it measures. Every
connection comes from an address of its own (127.1.0.1, 127.1.0.2, …), as every phone would, so the
gateway's limits per address hold as they are.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from chaincode.base.canonical import Json
from gateway.ledgers.port import Ledger
from tests.benchmarks.client import percentile
from tests.benchmarks.crowd import EXPECTED_CODES, Crowd, Order
from tests.benchmarks.measuring import Sample
from tests.benchmarks.processor import Meter

HOST = "127.0.0.1"
WAIT_S = 60
POLL_S = 0.2
READ_PATIENCE_S = 60


class Connection:
    """One phone's connection: posts orders one after the other."""

    def __init__(self, port: int, number: int) -> None:
        """Connect from the loopback address of that number when first used."""
        self._port = port
        self._source = f"127.1.{number // 250}.{number % 250 + 1}"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, order: Order) -> tuple[int, list[dict[str, Json]]]:
        """Send the commands; return the status and, of 200 and 202, their answers."""
        commands = []
        for wire in order.commands:
            jws, _, closed = wire.decode().partition("~")
            commands.append({"jws": jws, "closed": closed})
        body = json.dumps({"commands": commands}).encode()
        status, answer = await self._call(
            f"POST /api/commands HTTP/1.1\r\nPrefer: wait={WAIT_S}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n",
            body,
        )
        return status, answer.get("commands", [])

    async def get(self, command_id: str) -> dict[str, Json]:
        """Ask what became of a command."""
        _, answer = await self._call(f"GET /api/commands/{command_id} HTTP/1.1\r\n", b"")
        return answer

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            await self._streams[1].wait_closed()
            self._streams = None

    async def _call(self, head: str, body: bytes) -> tuple[int, dict]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                HOST, self._port, local_addr=(self._source, 0)
            )
        reader, writer = self._streams
        writer.write(f"{head}Host: {HOST}:{self._port}\r\n\r\n".encode() + body)
        raw = await reader.readuntil(b"\r\n\r\n")
        headers = raw.decode("latin-1").lower()
        _, _, rest = headers.partition("content-length:")
        content = await reader.readexactly(int(rest.split("\r\n", 1)[0]))
        if "connection: close" in headers:
            await self.close()
        return int(raw[9:12]), json.loads(content)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came back."""

    codes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[int] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)


async def run(
    crowd: Crowd,
    port: int,
    *,
    in_flight: int,
    seconds: float,
    readers: Sequence[Ledger],
    meter: Meter,
    pause_s: float = 0.0,
) -> Sample:
    """Send orders for so many seconds, take every answer, and read every device's record.

    The clock stops when each of `readers` (two organisations' own peers) has every command.

    Args:
        crowd: Its orders are used up.
        port: Where the gateway listens.
        in_flight: Requests at a time.
        seconds: After so long nothing new is sent.
        readers: Where the outcome is read.
        meter: Made when the gateway was warm.
        pause_s: From the beginning of one request to that of the next, for each in flight.
    """
    tally = Tally()
    before = sum(count for count, _ in crowd.sent.values())
    start = time.perf_counter()

    async def lane(number: int) -> None:
        connection = Connection(port, number)
        while crowd.pairs and time.perf_counter() - start < seconds:
            orders = crowd.pairs.popleft()
            next_s = time.perf_counter() + pause_s
            await _send(connection, crowd, orders.popleft(), tally)
            await asyncio.sleep(max(0.0, next_s - time.perf_counter()))
            if orders:
                crowd.pairs.append(orders)
        await connection.close()

    await asyncio.gather(*map(lane, range(in_flight)))
    async with asyncio.timeout(READ_PATIENCE_S):
        await asyncio.gather(*(_until_read(crowd, reader) for reader in readers))
    took = time.perf_counter() - start
    usage = meter.read()
    if not tally.latencies_ms:
        raise RuntimeError("nothing was left to send: let more weeks be signed beforehand")
    unexpected = set(tally.codes) - EXPECTED_CODES
    if unexpected:
        raise RuntimeError(f"unexpected answers: {tally.codes}")
    count = sum(count for count, _ in crowd.sent.values()) - before
    latencies = sorted(tally.latencies_ms)
    return Sample(
        count=count,
        per_second=count / took,
        p50_ms=percentile(latencies, 50),
        p99_ms=percentile(latencies, 99),
        usage=usage,
        notes={
            "codes": dict(tally.codes),
            "refused_requests": dict(tally.refusals),
            "devices": len(crowd.sent),
        },
    )


async def _send(connection: Connection, crowd: Crowd, order: Order, tally: Tally) -> None:
    start = time.perf_counter()
    status, answers = await connection.post(order)
    while status not in (200, 202):
        tally.refusals[status] += 1
        if status not in (429, 503):
            raise RuntimeError(f"HTTP {status}")
        await asyncio.sleep(POLL_S)
        status, answers = await connection.post(order)
    for place, answer in enumerate(answers):
        final = answer
        while final["status"] == "waiting":
            await asyncio.sleep(POLL_S)
            final = await connection.get(str(answer["id"]))
        answers[place] = final
    took_ms = (time.perf_counter() - start) * 1000
    tally.latencies_ms += [took_ms] * len(answers)
    tally.codes.update(str(one["code"]) for one in answers)
    crowd.note(order, last=str(answers[-1]["id"]))


async def _until_read(crowd: Crowd, reader: Ledger) -> None:
    behind = await crowd.missing_on(reader)
    while behind:
        await asyncio.sleep(POLL_S)
        behind = await crowd.missing_on(reader)
