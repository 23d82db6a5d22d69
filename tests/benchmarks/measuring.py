"""Measurements that are to be compared, taken in turns: A B C, A B C, … and their medians.

The machine does not stay the same for minutes; neighbours in turn see the same machine.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.processor import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One stretch of load.

    Attributes:
        count: Commands, or calls, that were done.
        per_second: How many in a second.
        p50_ms: Half of them had their answer within this; `None` where there is no latency.
        p99_ms: 99 of 100 had.
        usage: Who used the processor.
        notes: Whatever else is worth keeping.
    """

    count: int
    per_second: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    usage: Usage
    notes: Mapping[str, object]

    @property
    def processor_ms(self) -> dict[str, float]:
        """Processor time of each kind of process per command."""
        return {kind: 1000 * spent_s / self.count for kind, spent_s in self.usage.spent_s.items()}

    def to_json(self) -> dict:
        """Return everything, for the record."""
        return {
            "count": self.count,
            "per_second": round(self.per_second, 1),
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
            "processor_ms": {k: round(v, 3) for k, v in self.processor_ms.items()},
            "cores": {k: round(v, 3) for k, v in self.usage.cores.items()},
            "cores_others": round(self.usage.others, 3),
            "notes": dict(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One contender's samples; every figure is the median over them."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def per_second(self) -> float:
        """How many in a second."""
        return median(one.per_second for one in self.samples)

    @property
    def p50_ms(self) -> float | None:
        """The usual latency."""
        return _median([one.p50_ms for one in self.samples])

    @property
    def p99_ms(self) -> float | None:
        """The latency of the slow ones."""
        return _median([one.p99_ms for one in self.samples])

    @property
    def processor_ms(self) -> float:
        """Processor time per command, of all processes that take part."""
        return median(sum(one.processor_ms.values()) for one in self.samples)

    @property
    def allowed_per_second(self) -> float:
        """How many the cores of this machine could do in a second, were nobody else on them."""
        return 1000 * (os.cpu_count() or 1) / self.processor_ms

    @property
    def cores(self) -> dict[str, float]:
        """Cores in use, by kind of process."""
        kinds = self.samples[0].usage.cores
        return {kind: median(one.usage.cores[kind] for one in self.samples) for kind in kinds}

    @property
    def others(self) -> float:
        """Cores in use by what does not take part."""
        return median(one.usage.others for one in self.samples)


def in_turns(
    contenders: Mapping[str, Callable[[], Sample]],
    *,
    rounds: int,
    say: Callable[[str], None],
    rehearse: bool = True,
) -> list[Result]:
    """Measure all contenders in turn, `rounds` times, after one time that does not count."""
    for run in contenders.values() if rehearse else ():
        run()
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, run in contenders.items():
            sample = run()
            samples[name].append(sample)
            say(f"{name}, round {number + 1}: {sample.per_second:,.0f}/s")
    return [Result(name=name, samples=tuple(taken)) for name, taken in samples.items()]


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
