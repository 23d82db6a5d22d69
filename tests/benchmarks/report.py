"""The table: one block per comparison, each with its ratios, and who used the processor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.measuring import Result
from tests.benchmarks.operations import EVERY_TRANSACTION, Operations

QUIET_CORES = 0.25
"""More than this in use by strangers, and rates are theirs as much as ours."""

_NAME_WIDTH = 36
_WIDTHS = (11, 8, 9, 9, 13, 13, 8)
_HEADS = ("per second", "ratio", "p50 ms", "p99 ms", "CPU ms each", "CPU allows/s", "ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Results measured in turns.

    Attributes:
        title: What was done.
        results: The first is the yardstick of the ratios.
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
            "note": self.note,
            "results": [
                {
                    "name": one.name,
                    "per_second": round(one.per_second, 1),
                    "ratio": round(one.per_second / self.results[0].per_second, 3),
                    "processor_ms": round(one.processor_ms, 3),
                    "allowed_per_second": round(one.allowed_per_second, 1),
                    "samples": [sample.to_json() for sample in one.samples],
                }
                for one in self.results
            ],
        }


def table(comparisons: Sequence[Comparison], operations: Sequence[Operations]) -> str:
    """Return the whole report."""
    lines = [_row("", _HEADS)]
    for comparison in comparisons:
        lines += ["", *_comparison(comparison)]
    lines += ["", *_operations(operations), "", *_processor(comparisons)]
    return "\n".join(lines)


def _row(name: str, cells: Sequence[str]) -> str:
    padded = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"{name:{_NAME_WIDTH}}{''.join(padded)}"


def _comparison(comparison: Comparison) -> Iterator[str]:
    aim = f" (aim: {comparison.aim})" if comparison.aim else ""
    yield f"{comparison.title}{aim}"
    first = comparison.results[0]
    for one in comparison.results:
        cells = (
            f"{one.per_second:,.0f}",
            f"{one.per_second / first.per_second:.2f}×",
            _ms(one.p50_ms),
            _ms(one.p99_ms),
            f"{one.processor_ms:.2f}",
            f"{one.allowed_per_second:,.0f}",
            f"{one.allowed_per_second / first.allowed_per_second:.2f}×",
        )
        yield _row(f"  {one.name}", cells)
    if comparison.note:
        yield f"  {comparison.note}"


def _operations(operations: Sequence[Operations]) -> Iterator[str]:
    yield (
        f"State operations per command, besides {EVERY_TRANSACTION} reads "
        "that every transaction makes once"
    )
    for one in operations:
        yield (
            f"  {one.type:20}{one.reads + one.writes:>3} = {one.reads} reads + {one.writes} writes"
        )


def _processor(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield "Who used the processor meanwhile (cores, on average)"
    loud = False
    for comparison in comparisons:
        for one in comparison.results:
            used = sorted(one.cores.items(), key=lambda item: -item[1])
            parts = ", ".join(f"{kind} {cores:.2f}" for kind, cores in used if cores >= 0.01)
            yield f"  {one.name:{_NAME_WIDTH - 2}}{parts}; others {one.others:.2f}"
            loud = loud or one.others > QUIET_CORES
    yield "  `load` is whoever makes the load, on the same cores; idle heartbeats are left out."
    if loud:
        yield (
            "  OTHERS WERE BUSY: rates and latencies are theirs as much as ours. What the CPU"
            " allows is less disturbed."
        )


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
