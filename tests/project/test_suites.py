"""`make test`: what it needs, and how long it may take."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import __main__ as suites
from tests import system_needs
from tests.no_silent_skips import NO_SKIPS
from tests.small_disk import MAY_NOT_MOUNT
from tests.system_needs import Need

ROOT = Path(__file__).parents[2]

SKIPS = """
import pytest
def test_one():
    pytest.skip("{reason}")
def test_other():
    pass
"""

PACKAGES = "debootstrap docker-compose docker.io git locales postgresql"


@pytest.fixture
def taking(monkeypatch):
    """Let the suites pass after so many seconds each, in the order of the run."""

    def taking(*seconds, passed=True):
        left = iter(seconds)
        monkeypatch.setattr(suites, "run", lambda _suite, **_: (passed, next(left, 1.0)))
        monkeypatch.setattr(suites, "provide", lambda _environment: [])

    return taking


def test_budgets_fit_into_the_whole():
    assert sum(one.budget_s for one in (*suites.CHECKS, *suites.TESTS)) <= suites.WHOLE_S_AIM


@pytest.mark.parametrize("is_ci", [True, False])
def test_a_slow_run_is_told_of_and_passes(taking, monkeypatch, capsys, is_ci):
    """A busy machine turns no green work red."""
    monkeypatch.setenv("CI", "true" if is_ci else "")
    taking(50.0, 100.0, 600.0, 150.0, 149.0, 299.0, 119.0, 1.0, 200.0, 2_800.0)
    assert suites.main([]) == 0
    printed = capsys.readouterr().out
    assert "the whole took 4468 s, 2368 s more than on two free cores" in printed
    assert "fabric        2800 s    63%   720 s  passed  over budget" in printed
    assert "10 passed, 0 failed" in printed


def test_a_run_in_time_says_nothing_of_it(taking, capsys):
    taking(5.0, 10.0, 60.0, 15.0, 149.0, 299.0, 119.0, 60.0, 299.0, 719.0)
    assert suites.main([]) == 0
    assert "more than" not in capsys.readouterr().out


def test_the_whole_has_an_end(taking, capsys):
    taking(5.0, 10.0, 60.0, 15.0, 4_400.0, 10.0)
    assert suites.main([]) == 1
    printed = capsys.readouterr().out
    assert "FAILED: the time is up: 4500 s for all of it" in printed
    assert "not run, for the time is up: project" in printed
    assert "not run, for the time is up: fabric" in printed
    assert "6 passed, 4 failed" in printed


def test_a_suite_gets_the_time_that_is_left(monkeypatch):
    given = []

    def run(_suite, timeout_s):
        given.append(timeout_s)
        return True, 100.0

    monkeypatch.setattr(suites, "run", run)
    suites.run_all(suites.TESTS)
    assert given == [4_500, 4_400, 4_300, 4_200, 4_100, 4_000]


def test_a_suite_that_hangs_is_stopped():
    hanging = suites.Suite(
        name="hangs", command=(sys.executable, "-c", "import time; time.sleep(60)"), budget_s=1
    )
    passed, took_s = suites.run(hanging, timeout_s=0.5)
    assert not passed
    assert took_s < 30


def test_soak_may_take_its_hours(taking, monkeypatch):
    monkeypatch.setenv("CI", "true")
    taking(3 * 3600.0)
    assert suites.main(["soak"]) == 0


def test_a_suite_that_fails_fails_the_run(taking):
    taking(passed=False)
    assert suites.main(["check"]) == 1


def test_nothing_runs_where_something_is_missing(monkeypatch, capsys):
    lacking = [Need("Git (git)", ("git",)), Need("Node (node)", ("nodejs",)), Need("Fabric: odd")]
    monkeypatch.setattr(suites, "provide", lambda _environment: lacking)
    monkeypatch.setattr(suites, "run", pytest.fail)
    assert suites.main([]) == 2
    printed = capsys.readouterr().out
    assert "  - Git (git): apt-get install git\n" in printed
    assert "  - Fabric: odd\n" in printed
    assert "sudo apt-get update && sudo apt-get install git nodejs\n" in printed


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """Return the environment of a machine on which nothing is installed."""
    monkeypatch.setattr(system_needs, "find_binaries", lambda: None)
    monkeypatch.setattr(system_needs, "LOCALES", tmp_path / "locales")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    return {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_a_bare_machine_lacks_everything(bare):
    told = system_needs.told(system_needs.missing(bare))
    for word in ("initdb", "git", "Node 20.19", "npm", "locales", "Fabric", "Go 1.20", "dockerd"):
        assert word in told
    assert f"sudo apt-get update && sudo apt-get install {PACKAGES}" in told


def program(folder, name, *lines):
    (folder / name).write_text("\n".join(["#!/bin/sh", *lines, ""]))
    (folder / name).chmod(0o755)


def test_root_on_debian_has_it_installed_and_is_told_what(bare, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    notes = tmp_path / "notes"
    installing = f"/bin/cp {tmp_path}/apt-get {tmp_path}/git"
    program(tmp_path, "apt-get", f'echo "$@" >> {notes}', installing)
    left = system_needs.provide(bare)
    assert f"packages, for the tests: {PACKAGES}" in (capsys.readouterr().out)
    update, install = notes.read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install -y")
    assert install.endswith(f"--no-install-recommends {PACKAGES}")
    assert {word for one in left for word in one.packages} == {*PACKAGES.split()} - {"git"}


def test_what_fails_to_install_is_said(bare, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    program(tmp_path, "apt-get", "exit 100")
    assert system_needs.provide(bare) == system_needs.missing(bare)
    assert "failed: apt-get update" in capsys.readouterr().out


@pytest.mark.parametrize(("user", "has_apt"), [(1000, True), (0, False)])
def test_elsewhere_nothing_is_installed(bare, tmp_path, monkeypatch, capsys, user, has_apt):
    monkeypatch.setattr("os.geteuid", lambda: user)
    if has_apt:
        program(tmp_path, "apt-get", f"touch {tmp_path}/called")
    assert system_needs.provide(bare) == system_needs.missing(bare)
    assert not (tmp_path / "called").exists()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("python", "code", "told"),
    [
        (None, 1, "sudo apt-get install python3 python3-venv"),
        ("no-venv", 1, "sudo apt-get install python3 python3-venv"),
        ("old", 1, "Python 3.10.12 is too old: Minori needs 3.11 or newer"),
        ("good", 0, ""),
    ],
)
def test_python_is_looked_at_before_anything_of_ours_runs(tmp_path, python, code, told):
    answers = {
        "no-venv": ['case "$*" in *ensurepip*) exit 1;; esac'],
        "old": ['case "$*" in *version_info*) exit 1;; *--version*) echo Python 3.10.12;; esac'],
        "good": [],
    }
    if python:
        program(tmp_path, "python3", *answers[python])
    done = subprocess.run(
        ["/bin/sh", ROOT / ".ci/python", "python3"],
        env={"PATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == code
    assert told in done.stderr


@pytest.mark.parametrize(("version", "lines"), [("go1.20.1", 0), ("go1.19.8", 1)])
def test_go_must_be_new_enough_to_build_fabric(bare, tmp_path, version, lines):
    program(tmp_path, "go", f"echo go version {version} linux/amd64")
    assert len(system_needs._missing_of_fabric(bare)) == lines


@pytest.mark.parametrize(
    ("reason", "variable", "code"),
    [
        ("no server", None, 0),
        ("no server", "CI", 1),
        ("no server", NO_SKIPS, 1),
        ("MINORI_FABRIC3_BIN names nothing", NO_SKIPS, 0),
        (MAY_NOT_MOUNT, NO_SKIPS, 0),
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
