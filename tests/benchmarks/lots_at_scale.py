"""Reading lots where there are a thousand, and where there are a hundred thousand of them.

Lineages are of the same size in both (families of 50); only the town is larger. And how long it
takes to find out how far a recall reaches that meets all hundred thousand.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from gateway.lookups import history, lineage, lots, recalls
from gateway.storage.database import make_engine
from tests.benchmarks.client import percentile
from tests.benchmarks.measuring import Result, Sample
from tests.benchmarks.processor import Meter
from tests.benchmarks.report import Comparison
from tests.branching import Branching

FEW, MANY = 1_000, 100_000
FAMILY = 50
READS = 400
ROUNDS = 3
SCOPES = 5
MIXING = 1  # of a hundred lots: most are split or repacked, few are mixed

Read = Callable[[Connection, str], object]


def _read_history(connection: Connection, lot: str) -> object:
    return lots.find(connection, lot), history.of_lot(connection, lot)


READS_BY_NAME: dict[str, Read] = {
    "a lot with its history": _read_history,
    "a lot's lineage, both ways": lineage.of_lot,
}


def measure(folder: Path, say: Callable[[str], None]) -> list[Comparison]:
    """Fill two databases, read them in turns, and return the comparisons."""
    engines, names = {}, {}
    for count in (FEW, MANY):
        say(f"making {count} lots")
        town = Branching(count, families=count // FAMILY)
        engines[count] = make_engine(f"sqlite:///{folder}/lots-{count}.sqlite")
        with engines[count].begin() as connection:
            town.write(connection)
        names[count] = random.Random(count).sample(sorted(town.parents), READS)
    comparisons = []
    for title, read in READS_BY_NAME.items():
        say(title)
        samples: dict[int, list[Sample]] = {FEW: [], MANY: []}
        for _ in range(ROUNDS):
            for count, engine in engines.items():
                with engine.connect() as connection:
                    samples[count].append(_sample(connection, read, names[count]))
        results = [
            Result(name=f"of {count:,} lots", samples=tuple(taken))
            for count, taken in samples.items()
        ]
        slower = results[1].p50_ms / results[0].p50_ms
        comparisons.append(
            Comparison(
                title=f"Reading {title}",
                results=results,
                aim="at most 1.2 times as long",
                note=f"{slower:.2f} times as long, by the median of each",
            )
        )
    for engine in engines.values():
        engine.dispose()
    return [*comparisons, _scope(folder, say)]


def _sample(connection: Connection, read: Read, names: list[str]) -> Sample:
    read(connection, names[0])
    meter = Meter({})
    taken_ms = []
    for lot in names:
        start = time.perf_counter()
        read(connection, lot)
        taken_ms.append((time.perf_counter() - start) * 1000)
    taken_ms.sort()
    return Sample(
        count=len(names),
        per_second=1000 * len(names) / sum(taken_ms),
        p50_ms=percentile(taken_ms, 50),
        p99_ms=percentile(taken_ms, 99),
        usage=meter.read(),
        notes={},
    )


def _scope(folder: Path, say: Callable[[str], None]) -> Comparison:
    say(f"a recall that reaches {MANY} lots")
    town = Branching(MANY, mixing=MIXING)
    engine = make_engine(f"sqlite:///{folder}/one-family.sqlite")
    with engine.begin() as connection:
        town.write(connection)
    meter = Meter({})
    taken_ms = []
    with engine.connect() as connection:
        for _ in range(SCOPES):
            start = time.perf_counter()
            scope = recalls.scope_of(connection, ["0" * 20])
            taken_ms.append((time.perf_counter() - start) * 1000)
    engine.dispose()
    taken_ms.sort()
    sample = Sample(
        count=SCOPES,
        per_second=1000 * SCOPES / sum(taken_ms),
        p50_ms=percentile(taken_ms, 50),
        p99_ms=taken_ms[-1],
        usage=meter.read(),
        notes={"lots": scope.lots, "roots": len(scope.roots)},
    )
    return Comparison(
        title="How far a recall reaches",
        results=[Result(name=f"{scope.lots:,} lots", samples=(sample,))],
        aim="under 1,000 ms",
        note=f"{len(scope.affected)} holders; {len(scope.roots):,} roots to sign",
    )
