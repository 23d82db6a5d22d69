"""The table: one block per comparison, each with its ratios, and who used the processor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.measuring import Result
from tests.benchmarks.operations import EVERY_TRANSACTION, Operations

QUIET_CORES = 0.25
"""More than this in use by strangers, and rates are theirs as much as ours."""

_COLUMNS = f"{'':46}{'per second':>11}{'ratio':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms each':>13}{'ratio':>8}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Results measured in turns. Ratios are to the first; `aim` is for the one after it.

    Attributes:
        title: What was done.
        results: The first is the yardstick.
        aim: What was hoped for, in words.
        note: What one has to know to read it.
    """

    title: str
    results: Sequence[Result]
    aim: str = ""
    note: str = ""

    def to_json(self) -> dict:
        """Return everything, for the record."""
        return {
            "title": self.title,
            "aim": self.aim,
            "results": [
                {
                    "name": one.name,
                    "per_second": round(one.per_second, 1),
                    "ratio": round(one.per_second / self.results[0].per_second, 3),
                    "processor_ms": round(one.processor_ms, 3),
                    "samples": [sample.to_json() for sample in one.samples],
                }
                for one in self.results
            ],
        }


def table(comparisons: Sequence[Comparison], operations: Sequence[Operations]) -> str:
    """Return the whole report."""
    lines = [_COLUMNS]
    for comparison in comparisons:
        lines += ["", *_comparison(comparison)]
    lines += ["", *_operations(operations), "", *_processor(comparisons)]
    return "\n".join(lines)


def _comparison(comparison: Comparison) -> Iterator[str]:
    aim = f"  (aim: {comparison.aim})" if comparison.aim else ""
    yield f"{comparison.title}{aim}"
    first = comparison.results[0]
    for one in comparison.results:
        rate_ratio = one.per_second / first.per_second
        cost_ratio = one.processor_ms / first.processor_ms
        yield (
            f"  {one.name:44}{one.per_second:>11,.0f}{rate_ratio:>7.2f}×{_ms(one.p50_ms):>8}"
            f"{_ms(one.p99_ms):>8}{one.processor_ms:>13.2f}{cost_ratio:>7.2f}×"
        )
    if comparison.note:
        yield f"  {comparison.note}"


def _operations(operations: Sequence[Operations]) -> Iterator[str]:
    yield (
        f"State operations per command, besides {EVERY_TRANSACTION} reads "
        "that every transaction makes once"
    )
    yield f"  {'type':22}{'reads':>7}{'writes':>8}{'together':>10}"
    for one in operations:
        yield f"  {one.type:22}{one.reads:>7}{one.writes:>8}{one.reads + one.writes:>10}"


def _processor(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield "Who used the processor meanwhile (cores, on average)"
    loud = False
    for comparison in comparisons:
        for one in comparison.results:
            used = sorted(one.cores.items(), key=lambda item: -item[1])
            parts = ", ".join(f"{kind} {cores:.2f}" for kind, cores in used if cores >= 0.01)
            yield f"  {one.name:44}{parts}; others {one.others:.2f}"
            loud = loud or one.others > QUIET_CORES
    yield "  `load` is whoever makes the load, on the same cores."
    if loud:
        yield "  Others were busy: trust the ratios of processor time more than those of rates."


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
