"""In Japanese `minori network`, `minori fabric` and their errors say no sentence of English."""

import copy
import os
import pickle
import re
import socket
import stat
import sys
from contextlib import ExitStack

import pytest
from typer.testing import CliRunner

from gateway.words import speaking
from network import cli, readiness
from network.commands import _run, find
from network.deployment import Deployment
from network.errors import NetworkError
from network.lifecycle import Definition
from network.native import Network
from network.processes import Process, Processes
from network.speaking import WORDS
from network.topology import PORT_MAX, Consensus, Topology
from network.users import watching
from tests.gateway.cli.english import sentences

FREE_PORT = 24_000


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MINORI_FABRIC_BIN", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))  # no Go beside it
    yield
    speaking.choose(None)


def program(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def none(_, __):
    pass


def stopped(folder, _):
    Topology(directory=folder, base_port=FREE_PORT, consensus=Consensus.RAFT).save()


def deployed(folder, stack):
    stopped(folder, stack)
    Deployment(current=Definition(version="7", sequence=7), current_command=("x",)).save(folder)


def strange(folder, _):
    folder.mkdir()
    (folder / "letter.txt").write_text("dear all")


def watched(folder, stack):
    stopped(folder, stack)
    stack.enter_context(watching(folder))


def file_there(folder, _):
    folder.write_text("")


COMMAND_LINES = [
    (none, "status", "ネットワークはありません"),
    (none, "deploy", "`minori network up` でつくれます"),
    (none, "upgrade", "ネットワークはありません"),
    (none, "logs", "ネットワークはありません"),
    (none, "down", "停止しました"),
    (none, "up", "Hyperledger Fabricのコマンドがなく、ビルドに使うGoもありません"),
    (none, "up --base-port 80", "1024"),
    (none, f"up --base-port {PORT_MAX + 1}", str(PORT_MAX)),
    (stopped, "status", "7個が停止しています"),
    (deployed, "status", "コントラクト    バージョン7"),
    (stopped, "deploy", "動いていません：coop.orderer"),
    (stopped, "upgrade", "動いていません"),
    (stopped, "up --base-port 2000", f"ポート{FREE_PORT}からで、2000からではありません"),
    (stopped, "logs nobody", "あるもの：auditor.orderer"),
    (stopped, "down", "0個のプロセスを終了します"),
    (stopped, "down --purge", "を削除します"),
    (strange, "down --purge", "そのまま残します"),
    (watched, "down", "`kill {pid}`"),
    (file_there, "up", "minori："),
    (file_there, "down", "minori："),
]


@pytest.mark.parametrize(("there", "words", "told"), COMMAND_LINES)
def test_a_command_of_the_network_speaks_japanese(tmp_path, there, words, told):
    folder = tmp_path / "f"
    with ExitStack() as stack:
        there(folder, stack)
        verb, *rest = words.split()
        line = ["--lang", "ja", "network", verb, "-d", str(folder), *rest]
        result = CliRunner().invoke(cli.app, line)
    assert told.format(pid=os.getpid()) in result.output
    assert isinstance(result.exception, SystemExit | None)
    assert sentences(result.output.replace(str(tmp_path), "")) == []


def test_fabric_without_go_speaks_japanese(tmp_path):
    folder = str(tmp_path / "f")
    result = CliRunner().invoke(cli.app, ["--lang", "ja", "fabric", "--dry", "-d", folder])
    assert result.exit_code == 1
    assert result.output.startswith("エラー：")
    assert sentences(result.output.replace(str(tmp_path), "")) == []


def named(folder, version):
    for one in ("peer", "orderer", "osnadmin", "configtxgen"):
        program(folder / one, f'echo "{version}"')
    return {"MINORI_FABRIC_BIN": str(folder)}


def taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        process = Process(
            name="coop.peer", command=["x"], environment={}, ports=(port,), ready=bool
        )
        Processes(tmp_path).start(process)


def ended(tmp_path, *, patience_s=5.0, line="exit 1"):
    command = [str(program(tmp_path / "peer", line))]
    process = Process(name="coop.peer", command=command, environment={}, ready=lambda: False)
    processes = Processes(tmp_path)
    processes.start(process)
    try:
        processes.wait_ready(process, patience_s=patience_s)
    finally:
        processes.kill("coop.peer")


def unsettled(tmp_path, monkeypatch):
    monkeypatch.setattr(readiness, "PATIENCE_S", 0.0)
    return Topology(directory=tmp_path, base_port=FREE_PORT, consensus=Consensus.RAFT)


def twice(tmp_path):
    with watching(tmp_path), watching(tmp_path):
        pass


def made_by_3(tmp_path):
    Topology(directory=tmp_path, base_port=FREE_PORT, consensus=Consensus.BFT).save()
    names = named(tmp_path / "bin", "Version: v2.5.0")
    Network(Topology(directory=tmp_path, base_port=FREE_PORT), environment=names).up()


def old_go(tmp_path):
    program(tmp_path / "go/go", "echo go version go1.2 linux/amd64")
    find({"PATH": str(tmp_path / "go"), "HOME": str(tmp_path)}, print)


FAILURES = {
    "named, not there": lambda at, _: find({"MINORI_FABRIC_BIN": str(at)}, print),
    "named, too old": lambda at, _: find(named(at / "b", "Version: 2.2.15"), print),
    "no version": lambda at, _: find(named(at / "b", "1"), print),
    "old go": lambda at, _: old_go(at),
    "not run": lambda at, _: _run([str(at / "absent")], None, 1),
    "failed": lambda at, _: _run([str(program(at / "peer", "exit 3")), "channel"], None, 1),
    "slow": lambda at, _: _run([str(program(at / "peer", "exec /bin/sleep 5"))], None, 0.1),
    "port taken": lambda at, _: taken(at),
    "not started": lambda at, _: Processes(at).start(
        Process(name="coop.peer", command=["/nowhere/peer"], environment={}, ready=bool)
    ),
    "ended": lambda at, _: ended(at),
    "not serving": lambda at, _: ended(at, patience_s=0, line="exec /bin/sleep 60"),
    "no leader": lambda at, patch: readiness.wait_for_leader(unsettled(at, patch)),
    "watched twice": lambda at, _: twice(at),
    "Fabric 3's": lambda at, _: made_by_3(at),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_an_error_tells_its_story_in_japanese(tmp_path, monkeypatch, failure):
    with pytest.raises(NetworkError) as caught:
        failure(tmp_path, monkeypatch)
    for error in (caught.value, copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        story = error.diagnostics("ja")
        assert re.search(r"[ぁ-ん]", story)
        # What the operating system says of a program stands in brackets, as it says it.
        assert sentences(re.sub(r"（[^（）]*）", "", story.replace(str(tmp_path), ""))) == []
        assert error.diagnostics().isascii()


@pytest.mark.parametrize("name", WORDS)
def test_each_text_is_japanese_in_japanese_and_english_in_english(name):
    text = WORDS[name]
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", text.ja)
    assert not re.search(r"[ぁ-んァ-ヶ一-龠]", text.en)
    assert sentences(text.ja) == []
