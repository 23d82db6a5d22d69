"""Run the checks and the tests, suite by suite: `python -m tests [check|soak|SUITE …]`.

Each suite has a budget in seconds, printed beside what it took; one that takes three times as long
is stopped and fails. The whole must stay under 25 minutes on two cores from clean caches.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

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
    start = time.monotonic()
    try:
        passed = subprocess.run(command, check=False, timeout=3 * suite.budget_s).returncode == 0
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
    outcomes = [(suite, *run(suite)) for suite in chosen]
    print(f"\n{'suite':<12}{'took':>8}{'budget':>8}")
    for suite, passed, took_s in outcomes:
        verdict = "passed" if passed else "FAILED"
        over = "  over budget" if took_s > suite.budget_s else ""
        print(f"{suite.name:<12}{took_s:>6.0f} s{suite.budget_s:>6} s  {verdict}{over}")
    passed_count = sum(passed for _, passed, _ in outcomes)
    print(f"{passed_count} passed, {len(outcomes) - passed_count} failed")
    return 0 if passed_count == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
