"""`make test`: what it needs, and how long it may take."""

import subprocess
import sys

import pytest

from tests import __main__ as suites
from tests import system_needs
from tests.no_silent_skips import NO_SKIPS

SKIPS = """
import pytest
def test_one():
    pytest.skip("{reason}")
def test_other():
    pass
"""


@pytest.fixture
def taking(monkeypatch):
    """Let the suites pass after so many seconds each, in the order of the run."""

    def taking(*seconds, passed=True):
        left = iter(seconds)
        monkeypatch.setattr(suites, "run", lambda _suite: (passed, next(left, 1.0)))
        monkeypatch.setattr(suites, "missing", lambda _environment: [])

    return taking


def test_budgets_fit_into_the_whole():
    assert sum(one.budget_s for one in (*suites.CHECKS, *suites.TESTS)) <= suites.WHOLE_S_MAX


def test_in_ci_the_run_fails_when_the_whole_takes_too_long(taking, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    taking(5.0, 10.0, 60.0, 15.0, 149.0, 299.0, 119.0, 844.0)
    assert suites.main([]) == 1
    printed = capsys.readouterr().out
    assert "FAILED: the whole took 1501 s, 1 s more than it may" in printed
    assert "fabric         844 s    56%   720 s  passed  over budget" in printed


def test_the_run_passes_when_the_whole_is_in_time(taking, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    taking(5.0, 10.0, 60.0, 15.0, 149.0, 299.0, 119.0, 843.0)
    assert suites.main([]) == 0
    assert "more than it may" not in capsys.readouterr().out


def test_elsewhere_a_slow_run_is_told_of_and_passes(taking, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    taking(2_000.0)
    assert suites.main([]) == 0
    assert "the whole took 2007 s, 507 s more than it may" in capsys.readouterr().out


def test_soak_may_take_its_hours(taking, monkeypatch):
    monkeypatch.setenv("CI", "true")
    taking(3 * 3600.0)
    assert suites.main(["soak"]) == 0


def test_a_suite_that_fails_fails_the_run(taking):
    taking(passed=False)
    assert suites.main(["check"]) == 1


def test_nothing_runs_where_something_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(suites, "missing", lambda _environment: ["Go: apt-get install golang"])
    monkeypatch.setattr(suites, "run", pytest.fail)
    assert suites.main([]) == 2
    assert "  - Go: apt-get install golang" in capsys.readouterr().out


def test_a_bare_machine_lacks_everything(tmp_path, monkeypatch):
    monkeypatch.setattr(system_needs, "find_binaries", lambda: None)
    monkeypatch.setattr(system_needs, "LOCALES", tmp_path / "locales")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    bare = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    told = "\n".join(system_needs.missing(bare))
    commands = ("initdb", "chromium", "node", "npm")
    for word in (*commands, "locales", "Fabric", "Go 1.20", "apt-get install"):
        assert word in told


@pytest.mark.parametrize(("version", "lines"), [("go1.20.1", 0), ("go1.19.8", 1), ("?", 1)])
def test_go_must_be_new_enough_to_build_fabric(tmp_path, version, lines):
    (tmp_path / "go").write_text(f"#!/bin/sh\necho go version {version} linux/amd64\n")
    (tmp_path / "go").chmod(0o755)
    environment = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert len(system_needs._missing_of_fabric(environment)) == lines


@pytest.mark.parametrize(
    ("reason", "variable", "code"),
    [
        ("no server", None, 0),
        ("no server", "CI", 1),
        ("no server", NO_SKIPS, 1),
        ("MINORI_FABRIC3_BIN names nothing", NO_SKIPS, 0),
    ],
)
def test_a_skip_fails_the_run_where_nothing_may_be_skipped(tmp_path, reason, variable, code):
    (tmp_path / "test_it.py").write_text(SKIPS.format(reason=reason))
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.no_silent_skips"]\n')
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "."],
        cwd=tmp_path,
        env={
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": ":".join(sys.path),
            **({variable: "1"} if variable else {}),
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("SKIPPED, which fails the run: test_it.py::test_one" in done.stdout) == bool(code)
