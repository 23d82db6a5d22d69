"""The contract's source has nothing in it by which two endorsers could differ."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaincode.determinism.lint import findings

CHAINCODE = Path(__file__).parents[2] / "chaincode"
# The process around the contract may use clock, network and environment.
RULES = sorted(
    path
    for path in CHAINCODE.rglob("*.py")
    if "shim" not in path.relative_to(CHAINCODE).parts and path.name != "__main__.py"
)
# The only reason to know Python's version is to tell it, and `version` is never endorsed.
ALLOWED = {"contract.py": ["imports platform"]}


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(CHAINCODE)))
def test_the_rules_have_no_hazard_in_them(path):
    found = [finding.partition(": ")[2] for finding in findings(path.read_text())]
    assert found == ALLOWED.get(path.name, [])


def test_there_are_rules_to_look_at():
    assert {"contract.py", "taking.py", "handover.py", "people.py"} <= {one.name for one in RULES}


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import time", "imports time"),
        ("from random import choice", "imports random"),
        ("import os.path", "imports os.path"),
        ("from datetime import datetime\ndatetime.now()", "uses now"),
        ("from datetime import date\ndate.today()", "uses today"),
        ("def f(at): return at.strftime('%Y')", "uses strftime"),
        ("def f(d, s): return d.fromtimestamp(s)", "reads a time in the host's zone"),
        ("grams = 0.5", "has a number that is no integer"),
        ("grams = 1j", "has a number that is no integer"),
        ("def f(a, b): return a / b", "divides into fractions"),
        ("def f(a): a /= 2", "divides into fractions"),
        ("def f(a): return hash(a)", "calls hash"),
        ("def f(a): return id(a)", "calls id"),
        ("def f(a): return round(a)", "calls round"),
        ("def f(a): return f'{a!r}'", "calls repr"),
        ("def f(a):\n for x in {1, 2}: a(x)", "iterates a set"),
        ("def f(a):\n b = set(a)\n for x in b: a(x)", "iterates a set"),
        ("def f(a: set[str]): return list(a)", "iterates a set"),
        ("def f(a: frozenset[str]): return [x for x in a]", "iterates a set"),
        ("def f(a, b: set[str]): return ','.join(a | b)", "iterates a set"),
        ("def f(a: set[str]): return [*a]", "iterates a set"),
        ("def f(a: set[str]): return a.pop()", "iterates a set"),
        ("def f(a):\n b = {x for x in a}\n c, d = b", "iterates a set"),
        ("def f(a: set[str]): return next(iter(a))", "iterates a set"),
        ("def f(a):\n a.b: set[str] = set()\n return tuple(a.b)", "iterates a set"),
        ("def f(a): assert a.append(1) is None", "acts in an assertion"),
        ("def f(a): assert (b := a)", "acts in an assertion"),
        ("def f():\n global a\n a = 1", "keeps something between transactions"),
    ],
)  # fmt: skip
def test_a_hazard_is_seen(source, what):
    assert what in [finding.partition(": ")[2] for finding in findings(source)]


@pytest.mark.parametrize(
    "source",
    [
        "def f(a: set[str]): return sorted(a)",
        "def f(a: set[str], b): return b in a and len(a) == 2",
        "def f(a, b): return {*a} & {*b}",
        "def f(a): return a // 2",
        "def f(a): assert isinstance(a, int) and len(a) < 3",
        "def f(d, s, utc): return d.fromtimestamp(s, utc)",
        "def f(a):\n for x in sorted({1, 2}): a(x)",
        "def f(a: dict[str, int]): return [x for x in a]",
    ],
)
def test_what_is_no_hazard_is_left_alone(source):
    assert findings(source) == []


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "import random",
        "import secrets",
        "import os",
        "from os import environ",
        "import asyncio",
        "from datetime import datetime; datetime.now()",
        "import uuid",
    ],
)
def test_the_linter_that_everyone_runs_refuses_the_plainest_of_them(line):
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "chaincode/lots/bad.py", "-"],
        input=f'"""Module."""\n\n{line}\n',
        cwd=CHAINCODE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "TID251" in found.stdout
