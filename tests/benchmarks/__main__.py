"""Run the benchmark: `python -m tests.benchmarks [--parts fabric http projection]`.

Brings up a network of its own (Fabric as `minori network` finds it: MINORI_FABRIC_BIN names
another), prints one table, writes everything to `var/bench.json`, and takes the network down.
`--dry` gets all of it ready and measures nothing.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import uvloop

from gateway.fabric.profile import ConnectionProfile
from gateway.ledgers.on_fabric import FabricLedger
from network.native import Network
from network.topology import PEER_ORGANISATIONS, Topology
from tests.benchmarks import (
    chaincodes,
    fabric_load,
    http_load,
    lots_at_scale,
    machine,
    operations,
    projecting,
    refusals,
    report,
)
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.fabric_load import NODE, OURS, FabricLoad
from tests.benchmarks.gateway_process import serving
from tests.benchmarks.measuring import Result, Sample, in_turns
from tests.benchmarks.processor import Meter
from tests.benchmarks.report import Comparison
from tests.fabric_fixture import free_base_port
from tests.system_needs import provide, told

OUTPUT = Path("var/bench.json")
PARTS = ("fabric", "http", "projection", "lots")
DEVICES = 1_000
ROUNDS = 3
REST_SECONDS = 4
PLAIN_SECONDS = 4
EVALUATE_SECONDS = 4
HTTP_SECONDS = 8
HTTP_WARM_SECONDS = 2
IN_FLIGHT = 256  # requests of 4: more than fills the transactions under way (8 of 100)
CALM_IN_FLIGHT = 8
HONEST_PER_SECOND = 50  # beside which a thousand wires are refused
REQUEST_COMMANDS = 4
WORK_WEEKS = 5  # of commands signed beforehand: more than all rounds can send
MARKET_WEEKS = 1
ONE_PER_TRANSACTION = {
    "MINORI_LIMITS__BATCH_COMMANDS_MAX": "1",
    "MINORI_LIMITS__TRANSACTIONS_MAX": "64",
}
PLAIN_GO, PLAIN_PYTHON = "plain-go", "plain-python"


class Benchmark:
    """One run on one network."""

    def __init__(self, folder: Path) -> None:
        """Prepare; `run` does everything."""
        self._folder = folder
        self._start = time.monotonic()
        topology = Topology(directory=folder / "network", base_port=free_base_port())
        self.network = Network(topology, progress=self.say)
        self._crowd = Crowd.create(devices=DEVICES)
        self._idle: dict[str, float] = {}

    def say(self, text: str) -> None:
        """Tell what is being done, to standard error."""
        print(f"{time.monotonic() - self._start:6.1f} s  {text}", file=sys.stderr, flush=True)

    def run(self, parts: Sequence[str]) -> dict:
        """Measure the parts; return everything that was found, the table among it."""
        network = self.network
        about = self.prepare()
        at_scale = lots_at_scale.measure(self._folder, self.say) if "lots" in parts else []
        try:
            network.up()
            comparisons: list[Comparison] = []
            self._idle = self._rest()
            if "fabric" in parts:
                comparisons += self._plain()
            self.say(f"entering {DEVICES} people with a device each")
            uvloop.run(self._enter())
            if "fabric" in parts:
                comparisons.append(self._evaluate())
            if "http" in parts:
                comparisons = [*self._http(), *comparisons]
            if "projection" in parts:
                comparisons.append(uvloop.run(self._project()))
            comparisons += at_scale
        finally:
            network.down()
        counted = operations.per_type()
        return {
            "about": about,
            "seconds": round(time.monotonic() - self._start),
            "comparisons": [one.to_json() for one in comparisons],
            "operations": {one.type: [one.reads, one.writes] for one in counted},
            "table": report.table(comparisons, counted),
        }

    def prepare(self) -> dict[str, str]:
        """Get everything ready that a run needs; return what it is. Quick, and first.

        What is lacking is found here, and not after minutes of measuring.
        """
        self.say("getting Fabric, the chaincode in Go and the Node client ready")
        go_shim = chaincodes.build_go(self._folder / PLAIN_GO)
        return machine.facts(self.network, go_shim=go_shim)

    def _rest(self) -> dict[str, float]:
        """Return how many cores each kind of process uses with nothing to do."""
        meter = Meter(self.network.pids)
        time.sleep(REST_SECONDS)
        return meter.read().cores

    def _meter(self, **more: int) -> Meter:
        return Meter({**self.network.pids, **more}, self._idle)

    def _plain(self) -> list[Comparison]:
        """Compare shims and clients, one command per transaction, on the plain contract."""
        self.say("deploying the plain contract twice: in Go, and on our shim")
        commands = {
            PLAIN_GO: [str(self._folder / PLAIN_GO)],
            PLAIN_PYTHON: [sys.executable, "-P", "-m", "tests.benchmarks.plain_python"],
        }
        for name, command in commands.items():
            chaincodes.deploy(self.network, name=name, command=command, base_port=free_base_port())
        order = fabric_load.put()

        def load(ask: fabric_load.Ask, chaincode: str) -> FabricLoad:
            return self._load(ask, order, chaincode=chaincode, seconds=PLAIN_SECONDS)

        results = in_turns(
            {
                "Go shim, our client": load(OURS, PLAIN_GO),
                "our shim, our client": load(OURS, PLAIN_PYTHON),
                "Go shim, official Node client": load(NODE, PLAIN_GO),
            },
            rounds=ROUNDS,
            say=self.say,
        )
        title = "One command per transaction, no HTTP: read a key, write it, 64 in flight"
        return [Comparison(title=title, results=results, aim="our shim ≥ 0.95× of Go")]

    def _evaluate(self) -> Comparison:
        order = fabric_load.query("contract/head")
        name = self.network.topology.chaincode
        results = in_turns(
            {
                "official Node client": self._load(
                    NODE, order, chaincode=name, seconds=EVALUATE_SECONDS
                ),
                "our client": self._load(OURS, order, chaincode=name, seconds=EVALUATE_SECONDS),
            },
            rounds=ROUNDS,
            say=self.say,
        )
        title = "Evaluate: the contract's query of one key, 64 in flight"
        return Comparison(title=title, results=results, aim="≥ 2×")

    def _load(
        self, ask: fabric_load.Ask, order: dict, *, chaincode: str, seconds: float
    ) -> FabricLoad:
        connection = self.network.connection(PEER_ORGANISATIONS[0].name)
        return FabricLoad(connection, self._meter, ask, order, chaincode=chaincode, seconds=seconds)

    async def _enter(self) -> None:
        admins = self._ledgers("admin")
        try:
            await self._crowd.enter(admins)
        finally:
            await asyncio.gather(*(one.close() for one in admins.values()))

    def _ledgers(self, identity: str) -> dict[str, FabricLedger]:
        """Return the ledger as each organisation sees it, by MSP id."""
        profiles = [
            ConnectionProfile.load(self.network.connection(one.name)) for one in PEER_ORGANISATIONS
        ]
        return {
            profile.msp_id: FabricLedger.from_profile(profile, identity=identity)
            for profile in profiles
        }

    def _http(self) -> list[Comparison]:
        """Compare many commands per transaction with one, through the gateway."""
        is_batching_well = self.network.commands.line >= (3, 1)
        self.say(f"signing {WORK_WEEKS} weeks of everybody's work")
        count = self._crowd.sign(weeks=WORK_WEEKS, request_commands=REQUEST_COMMANDS)
        self.say(f"signed {count} commands")

        def load(name: str, settings: Mapping[str, str], in_flight: int) -> Sample:
            folder = self._folder / f"gateway-{name}"
            profile = self.network.connection(PEER_ORGANISATIONS[0].name)
            with serving(folder, profile=profile, settings=settings) as gateway:
                return uvloop.run(self._send(gateway.port, gateway.pid, in_flight))

        results = in_turns(
            {
                "one per transaction": lambda: load("single", ONE_PER_TRANSACTION, IN_FLIGHT),
                "up to 100 per transaction": lambda: load("batched", {}, IN_FLIGHT),
            },
            rounds=ROUNDS,
            say=self.say,
            rehearse=False,
        )
        calm = load("batched", {}, CALM_IN_FLIGHT)
        alone, beside = self._refused()
        self.say("signing a week of everybody's markets")
        self._crowd.drop_unsent()
        self._crowd.sign(weeks=MARKET_WEEKS, request_commands=REQUEST_COMMANDS, is_market=True)
        market = load("batched", {}, IN_FLIGHT)
        return [
            Comparison(
                title="Signed commands through HTTP, until read from two peers",
                results=results,
                aim="≥ 15×" if is_batching_well else "≥ 2×",
                note=_http_note(results),
            ),
            Comparison(
                title=f"The same at ease, for the latency: {CALM_IN_FLIGHT} requests in flight",
                results=[Result(name="up to 100 per transaction", samples=(calm,))],
            ),
            Comparison(
                title=f"{HONEST_PER_SECOND} honest commands a second, alone and with refused ones",
                results=[
                    Result(name="alone", samples=(alone,)),
                    Result(
                        name=f"beside {refusals.WIRES:,} refused in {HTTP_SECONDS} s",
                        samples=(beside,),
                    ),
                ],
                note=f"answered {beside.notes['refused']}, each as costly as one can be",
            ),
            Comparison(
                title="A week of markets: arrivals on consignment, sales for farms, repacking, …",
                results=[Result(name="up to 100 per transaction", samples=(market,))],
                note=_http_note([Result(name="", samples=(market,))]),
            ),
        ]

    def _refused(self) -> tuple[Sample, Sample]:
        """Measure a quiet day's commands alone, then beside a thousand that are refused."""
        profile = self.network.connection(PEER_ORGANISATIONS[0].name)
        with serving(self._folder / "gateway-beside", profile=profile, settings={}) as gateway:
            return uvloop.run(self._quiet(gateway.port, gateway.pid))

    async def _quiet(self, port: int, pid: int) -> tuple[Sample, Sample]:
        ledgers = self._ledgers("gateway")

        async def load() -> Sample:
            return await http_load.run(
                self._crowd,
                port,
                in_flight=CALM_IN_FLIGHT,
                seconds=HTTP_SECONDS,
                readers=list(ledgers.values())[:2],
                meter=self._meter(gateway=pid),
                pause_s=CALM_IN_FLIGHT * REQUEST_COMMANDS / HONEST_PER_SECOND,
            )

        try:
            alone = await load()
            beside, statuses = await asyncio.gather(
                load(), refusals.post_all(port, seconds=HTTP_SECONDS)
            )
        finally:
            await asyncio.gather(*(one.close() for one in ledgers.values()))
        return alone, replace(beside, notes={**beside.notes, "refused": dict(statuses)})

    async def _send(self, port: int, pid: int, in_flight: int) -> Sample:
        ledgers = self._ledgers("gateway")
        readers = list(ledgers.values())[:2]

        async def load(seconds: float) -> Sample:
            return await http_load.run(
                self._crowd,
                port,
                in_flight=in_flight,
                seconds=seconds,
                readers=readers,
                meter=self._meter(gateway=pid),
            )

        try:
            await load(HTTP_WARM_SECONDS)
            return await load(HTTP_SECONDS)
        finally:
            await asyncio.gather(*(one.close() for one in ledgers.values()))

    async def _project(self) -> Comparison:
        self.say("projecting the chain")
        ledgers = self._ledgers("gateway")
        own = next(iter(ledgers.values()))
        samples: dict[str, list[Sample]] = {"blocks at hand": [], "rebuild from the own peer": []}
        try:
            blocks = await projecting.read_all(own)
            for _ in range(ROUNDS):
                samples["blocks at hand"].append(await projecting.apply(blocks, self._folder))
                samples["rebuild from the own peer"].append(
                    await projecting.rebuilt(own, blocks, self._folder)
                )
        finally:
            await asyncio.gather(*(one.close() for one in ledgers.values()))
        results = [Result(name=name, samples=tuple(taken)) for name, taken in samples.items()]
        rates = [one.samples[-1].notes["blocks_per_second"] for one in results]
        return Comparison(
            title="Projection: commands of the chain just made, applied to SQLite",
            results=results,
            note=f"{len(blocks)} blocks, {results[0].samples[0].count} commands; "
            f"{rates[0]} and {rates[1]} blocks per second",
        )


def _http_note(results: Sequence[Result]) -> str:
    notes = [sample.notes for one in results for sample in one.samples]
    codes: Counter[str] = Counter()
    for note in notes:
        codes.update(note["codes"])
    rejected = 1 - codes["ACCEPTED"] / codes.total()
    refused = {key for note in notes for key in note["refused_requests"]}
    return (
        f"{IN_FLIGHT} requests in flight, {REQUEST_COMMANDS} commands of one device each, "
        f"{notes[-1]['devices']} devices, {rejected:.0%} rejected"
        + (f", some requests answered {sorted(refused)} and sent again" if refused else "")
    )


def main() -> int:
    """Run, print, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--dry", action="store_true", help="get everything ready, measure nothing")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    if lacking := provide(os.environ):
        print(told(lacking))
        return 2
    with tempfile.TemporaryDirectory(prefix="minori-bench-") as folder:
        benchmark = Benchmark(Path(folder))
        found = {"about": benchmark.prepare()} if options.dry else benchmark.run(options.parts)
    for name, text in found["about"].items():
        print(f"{name:12}{text}")
    if options.dry:
        return 0
    print(f"\n{found['table']}\n\n{found['seconds']} s")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
