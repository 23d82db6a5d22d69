"""Load without HTTP: our client and the official one, on plain chaincodes and on the contract."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from tests.benchmarks import client
from tests.benchmarks.measuring import Sample
from tests.benchmarks.processor import LOAD, Meter
from tests.node import driver

IN_FLIGHT = 64
WARM_UP = 100  # within each run: connections, V8's compiler
VALUE = "x" * 100
_FIRST_COUNT = 200  # until a rate is known
_COUNT_MAX = 100_000

Ask = Callable[..., dict]
OURS: Ask = client.ask
NODE: Ask = driver.ask


class FabricLoad:
    """One client with one call, again and again; each run lasts about `seconds`."""

    _runs = count()

    def __init__(
        self,
        connection: Path,
        meter: Callable[[], Meter],
        ask: Ask,
        load: dict,
        *,
        chaincode: str,
        seconds: float,
    ):
        """Prepare; calling it measures."""
        self._connection = connection.absolute()
        self._meter = meter
        self._ask = ask
        self._load = load
        self._chaincode = chaincode
        self._seconds = seconds
        self._count = _FIRST_COUNT

    def __call__(self) -> Sample:
        """Measure one stretch."""
        run = str(next(self._runs))
        load = {**self._load, "args": [one.replace("{run}", run) for one in self._load["args"]]}
        meter = self._meter()
        answer = self._ask(
            self._connection,
            {
                "chaincode": self._chaincode,
                "load": load,
                "transactions": self._count,
                "in_flight": IN_FLIGHT,
                "warm_up": WARM_UP,
            },
        )
        usage = meter.read()
        done = answer["transactions"] - answer["failed"]
        share = done / (done + WARM_UP)
        spent = {kind: spent_s * share for kind, spent_s in usage.spent_s.items()}
        spent[LOAD] = answer["processor_seconds"]  # without the start of its interpreter
        self._count = min(_COUNT_MAX, max(_FIRST_COUNT, int(answer["per_second"] * self._seconds)))
        return Sample(
            count=done,
            per_second=answer["per_second"],
            p50_ms=answer["p50_ms"],
            p99_ms=answer["p99_ms"],
            usage=replace(usage, seconds=answer["seconds"], spent_s=spent),
            notes={"failed": answer["failed"], "errors": answer["errors"]},
        )


def put() -> dict:
    """Return the order to read one key and write it: another key each time."""
    return {"kind": "submit", "function": "put", "args": ["{run}-{n}", VALUE]}


def query(key: str) -> dict:
    """Return the order to evaluate the contract's query of one key."""
    return {"kind": "evaluate", "function": "query", "args": [key]}
