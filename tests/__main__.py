"""Run the checks and the tests, suite by suite: `python -m tests [check|soak|SUITE …]`.

Each suite has a budget in seconds, printed beside what it took; one that takes three times as long
is stopped and fails. All of them together must stay under 25 minutes on two cores from clean
caches: in CI the run fails when they don't, elsewhere, where other work goes on, it says so.

Nothing is skipped but Fabric 3.x: what the system lacks is said before anything runs.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.no_silent_skips import NO_SKIPS
from tests.system_needs import missing

WHOLE_S_MAX = 25 * 60
PYTEST = (sys.executable, "-m", "pytest", "-q", "--durations=5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One command with its budget."""

    name: str
    command: tuple[str, ...]
    budget_s: int


CHECKS = (
    Suite(name="format", command=("ruff", "format", "--check", "."), budget_s=5),
    Suite(name="lint", command=("ruff", "check", "."), budget_s=10),
    Suite(name="types", command=("mypy",), budget_s=60),
    Suite(name="layers", command=("lint-imports",), budget_s=15),
)
NOT_FABRIC = ("-m", "not fabric and not soak", "-n", "2", "--dist", "loadfile")
TESTS = (
    Suite(name="chaincode", command=(*PYTEST, "tests/chaincode", *NOT_FABRIC), budget_s=150),
    Suite(name="gateway", command=(*PYTEST, "tests/gateway", *NOT_FABRIC), budget_s=300),
    Suite(
        name="project",
        command=(*PYTEST, "tests/network", "tests/project", "tests/scenarios", *NOT_FABRIC),
        budget_s=120,
    ),
    Suite(name="fabric", command=(*PYTEST, "tests", "-m", "fabric and not soak"), budget_s=720),
)
SOAK = (
    Suite(
        name="soak",
        command=(*PYTEST, "tests", "-m", "soak", "--hypothesis-profile=soak", "--timeout=0"),
        budget_s=4 * 3600,
    ),
)


def run(suite: Suite) -> tuple[bool, float]:
    """Run one suite; return whether it passed and how many seconds it took."""
    print(f"\n── {suite.name} (budget {suite.budget_s} s): {' '.join(suite.command)}", flush=True)
    command = suite.command
    if command[0] != sys.executable:
        command = (f"{sys.prefix}/bin/{command[0]}", *command[1:])
    environment = {**os.environ, NO_SKIPS: "1"}
    start = time.monotonic()
    try:
        done = subprocess.run(command, check=False, env=environment, timeout=3 * suite.budget_s)
        passed = done.returncode == 0
    except subprocess.TimeoutExpired:
        passed = False
    return passed, time.monotonic() - start


def main(names: Sequence[str]) -> int:
    """Run the suites named, or all but soak; return the exit code."""
    everything = {suite.name: suite for suite in (*CHECKS, *TESTS, *SOAK)}
    chosen = [*CHECKS, *TESTS]
    if names:
        groups = {"check": list(CHECKS), **{name: [suite] for name, suite in everything.items()}}
        unknown = [name for name in names if name not in groups]
        if unknown:
            print(f"no suite {', '.join(unknown)}; there are {', '.join(groups)}")
            return 2
        chosen = [suite for name in names for suite in groups[name]]
    elif lacking := missing(os.environ):
        print("these are missing here, and tests need them:", *lacking, sep="\n  - ")
        return 2
    outcomes = [(suite, *run(suite)) for suite in chosen]
    is_in_time = report(outcomes)
    passed_count = sum(passed for _, passed, _ in outcomes)
    print(f"{passed_count} passed, {len(outcomes) - passed_count} failed")
    return 0 if passed_count == len(outcomes) and is_in_time else 1


def report(outcomes: Sequence[tuple[Suite, bool, float]]) -> bool:
    """Print what each suite took; return whether the whole, less soak, may count as in time."""
    whole_s = sum(took_s for suite, _, took_s in outcomes if suite not in SOAK)
    print(f"\n{'suite':<12}{'took':>8}{'share':>7}{'budget':>8}")
    for suite, passed, took_s in outcomes:
        share = f"{took_s / whole_s:.0%}" if suite not in SOAK else ""
        verdict = "passed" if passed else "FAILED"
        over = "  over budget" if took_s > suite.budget_s else ""
        print(f"{suite.name:<12}{took_s:>6.0f} s{share:>7}{suite.budget_s:>6} s  {verdict}{over}")
    print(f"{'whole':<12}{whole_s:>6.0f} s{'':>7}{WHOLE_S_MAX:>6} s")
    if whole_s <= WHOLE_S_MAX:
        return True
    is_ci = bool(os.environ.get("CI"))
    told = f"the whole took {whole_s:.0f} s, {whole_s - WHOLE_S_MAX:.0f} s more than it may"
    print(f"{'FAILED: ' if is_ci else ''}{told}: make the suites with the largest shares quicker")
    return not is_ci


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
