"""Run the checks and the tests, suite by suite: `python -m tests [check|soak|SUITE …]`.

Each suite has a budget in seconds, and all of them together 35 minutes, on two cores from clean
caches. A run that takes longer says so and passes all the same: perhaps other work went on. Only
after 75 minutes is it stopped, and fails. `--dry` gets everything ready and runs nothing.

Nothing is skipped but Fabric 3.x and what needs to mount: what the system lacks is installed where
it can be, else said before anything runs.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.no_silent_skips import NO_SKIPS
from tests.system_needs import provide, told

WHOLE_S_AIM = 35 * 60
WHOLE_S_MAX = 75 * 60
DRY = "--dry"
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
NEEDS_NOTHING = ("-m", "not fabric and not docker and not soak", "-n", "2", "--dist", "loadfile")
TESTS = (
    Suite(name="chaincode", command=(*PYTEST, "tests/chaincode", *NEEDS_NOTHING), budget_s=150),
    Suite(name="gateway", command=(*PYTEST, "tests/gateway", *NEEDS_NOTHING), budget_s=300),
    Suite(
        name="project",
        command=(
            *(*PYTEST, "tests/network", "tests/project", "tests/scenarios", "tests/containers"),
            *NEEDS_NOTHING,
        ),
        budget_s=120,
    ),
    Suite(name="build", command=(sys.executable, "-m", "tests.build_fabric"), budget_s=120),
    Suite(name="containers", command=(*PYTEST, "tests/containers", "-m", "docker"), budget_s=300),
    Suite(name="fabric", command=(*PYTEST, "tests", "-m", "fabric and not soak"), budget_s=720),
)
SOAK = (
    Suite(
        name="soak",
        command=(*PYTEST, "tests", "-m", "soak", "--hypothesis-profile=soak", "--timeout=0"),
        budget_s=4 * 3600,
    ),
)


def run(suite: Suite, *, timeout_s: float | None) -> tuple[bool, float]:
    """Run one suite; return whether it passed in that time, and how many seconds it took."""
    print(f"\n── {suite.name} (budget {suite.budget_s} s): {' '.join(suite.command)}", flush=True)
    command = suite.command
    if command[0] != sys.executable:
        command = (f"{sys.prefix}/bin/{command[0]}", *command[1:])
    environment = {**os.environ, NO_SKIPS: "1"}
    start = time.monotonic()
    try:
        done = subprocess.run(command, check=False, env=environment, timeout=timeout_s)
        passed = done.returncode == 0
    except subprocess.TimeoutExpired:
        passed = False
    return passed, time.monotonic() - start


def main(names: Sequence[str]) -> int:
    """Run the suites named, or all but soak; return the exit code."""
    is_dry, names = DRY in names, [name for name in names if name != DRY]
    everything = {suite.name: suite for suite in (*CHECKS, *TESTS, *SOAK)}
    chosen = [*CHECKS, *TESTS]
    if names:
        groups = {"check": list(CHECKS), **{name: [suite] for name, suite in everything.items()}}
        unknown = [name for name in names if name not in groups]
        if unknown:
            print(f"no suite {', '.join(unknown)}; there are {', '.join(groups)}")
            return 2
        chosen = [suite for name in names for suite in groups[name]]
    is_whole = not names or set(chosen) & set(SOAK)
    if is_whole and (lacking := provide(os.environ)):
        print(told(lacking))
        return 2
    if is_dry:
        print("ready; this would run", *(suite.name for suite in chosen))
        return 0
    outcomes = run_all(chosen)
    report(outcomes)
    passed_count = sum(passed for _, passed, _ in outcomes)
    print(f"{passed_count} passed, {len(chosen) - passed_count} failed")
    return 0 if passed_count == len(chosen) else 1


def run_all(chosen: Sequence[Suite]) -> list[tuple[Suite, bool, float]]:
    """Run the suites one after the other, until the whole has taken all the time that it may."""
    outcomes: list[tuple[Suite, bool, float]] = []
    left_s = float(WHOLE_S_MAX)
    for suite in chosen:
        if left_s <= 0:
            print(f"not run, for the time is up: {suite.name}")
            continue
        passed, took_s = run(suite, timeout_s=None if suite in SOAK else left_s)
        outcomes.append((suite, passed, took_s))
        left_s -= 0 if suite in SOAK else took_s
    return outcomes


def report(outcomes: Sequence[tuple[Suite, bool, float]]) -> None:
    """Print what each suite took, and whether that was more than it should."""
    whole_s = sum(took_s for suite, _, took_s in outcomes if suite not in SOAK)
    print(f"\n{'suite':<12}{'took':>8}{'share':>7}{'budget':>8}")
    for suite, passed, took_s in outcomes:
        share = f"{took_s / whole_s:.0%}" if suite not in SOAK else ""
        verdict = "passed" if passed else "FAILED"
        over = "  over budget" if took_s > suite.budget_s else ""
        print(f"{suite.name:<12}{took_s:>6.0f} s{share:>7}{suite.budget_s:>6} s  {verdict}{over}")
    print(f"{'whole':<12}{whole_s:>6.0f} s{'':>7}{WHOLE_S_AIM:>6} s")
    if whole_s >= WHOLE_S_MAX:
        print(f"FAILED: the time is up: {WHOLE_S_MAX} s for all of it")
    elif whole_s > WHOLE_S_AIM:
        over_s = whole_s - WHOLE_S_AIM
        print(f"the whole took {whole_s:.0f} s, {over_s:.0f} s more than on two free cores")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
