import sys

import pytest

from network import toolchain
from network.commands import MODULE_FOLDER
from tests.benchmarks.chaincodes import GO_FOLDER


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return what puts a Go that answers so into a folder; "venv/bin" is this Python's."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))

    def write(folder, answer):
        go = tmp_path / folder / "go"
        go.parent.mkdir(parents=True)
        go.write_text(answer if answer.startswith("#!") else f"#!/bin/sh\necho go version {answer}")
        go.chmod(0o755)
        return str(go)

    return write


@pytest.fixture
def environment(tmp_path):
    return {"PATH": f"{tmp_path / 'first'}::{tmp_path / 'second'}"}


@pytest.fixture
def module(tmp_path):
    (tmp_path / "go.mod").write_text("module minori.invalid/one\n\ngo 1.20\n\nrequire (\n)\n")
    return tmp_path


TOO_OLD = [
    "go1.19.8 linux/amd64",
    "go1.4rc1 linux/amd64",
    "go1.2 linux/amd64",
    "#!/bin/sh\nexit 1",
    "#!/nowhere/sh",
]


@pytest.mark.parametrize("answer", TOO_OLD)
def test_one_that_is_too_old_or_broken_is_passed_over(place, environment, module, answer):
    old = place("first", answer)
    assert toolchain.find_go(module, environment) is None
    wheel = place("venv/bin", "go1.26.6 linux/amd64")
    assert toolchain.find_go(module, environment) == wheel
    newer = place("second", "go1.20 linux/amd64")
    assert toolchain.find_go(module, environment) == newer
    assert toolchain.candidates(environment) == [old, newer, wheel]


@pytest.mark.parametrize("answer", ["go1.20 x", "go1.20rc1 x", "go1.100.3 x", "devel +5a1e x"])
def test_the_one_on_path_comes_first(place, environment, module, answer):
    place("venv/bin", "go1.26.6 linux/amd64")
    own = place("first", answer)
    assert toolchain.find_go(module, environment) == own


@pytest.mark.parametrize("path", [{}, {"PATH": ""}, {"PATH": "/nowhere"}])
def test_without_any_there_is_none(place, module, path):
    assert toolchain.find_go(module, path) is None
    assert toolchain.candidates(path) == []
    assert place("venv/bin", "go1.26.6 x") == toolchain.find_go(module, path)


def test_each_module_says_what_it_needs(place, environment, monkeypatch):
    assert toolchain.oldest(MODULE_FOLDER) == "1.20"
    place("first", "go1.20 linux/amd64")
    monkeypatch.setenv("PATH", environment["PATH"])
    assert toolchain.main([str(MODULE_FOLDER)]) == 0
    assert toolchain.main([str(MODULE_FOLDER), str(GO_FOLDER)]) == 1
