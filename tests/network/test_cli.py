import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from network import cli
from network.native import Network
from network.topology import Topology

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MINORI_FABRIC_DIRECTORY", str(tmp_path / "fabric"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: CliRunner().invoke(cli.app, ["network", *words])


COMMANDS = ("up", "status", "deploy", "upgrade", "down", "logs")


def test_help_names_every_command_and_says_where_fabric_comes_from(run):
    text = run("--help").output
    assert all(re.search(rf"^\W+{command}\b", text, re.MULTILINE) for command in COMMANDS)
    assert "MINORI_FABRIC_BIN" in text
    assert "Raft" in text
    assert "SmartBFT" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_a_sentence_and_the_directory(run, command):
    text = run(command, "--help").output
    assert "--directory" in text
    assert "MINORI_FABRIC_DIRECTORY" in text
    assert re.search(r"\w+ \w+ \w+ \w+.*\.", text)


@pytest.mark.parametrize("command", ["status", "deploy", "upgrade", "logs"])
def test_command_says_how_to_make_a_network_when_there_is_none(run, tmp_path, command):
    result = run(command)
    assert result.exit_code == 1
    assert f"there is no network in {tmp_path / 'fabric'}" in result.output
    assert "`minori network up` makes one" in result.output
    assert not (tmp_path / "fabric").exists()


def test_down_is_content_when_there_is_no_network(run):
    result = run("down", "--purge")
    assert result.exit_code == 0
    assert "there is no network" in result.output


@pytest.mark.parametrize("words", [("network", "up", "-d"), ("fabric", "-d")])
def test_what_is_missing_is_told_without_a_traceback(tmp_path, monkeypatch, words):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MINORI_FABRIC_BIN", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))  # no Go beside it
    result = CliRunner().invoke(cli.app, [*words, str(tmp_path / "fabric")])
    assert result.exit_code == 1
    assert result.output.startswith("error: Hyperledger Fabric's commands are not there, and neith")
    assert "install Go 1.20 or later" in result.output
    assert "Traceback" not in result.output


def test_up_refuses_another_base_port_than_the_networks(run, tmp_path):
    Topology(directory=tmp_path / "fabric", base_port=2000).save()
    result = run("up", "--base-port", "3000")
    assert result.exit_code == 1
    assert "holds a network at base port 2000, not 3000" in result.output


def test_up_keeps_to_the_networks_own_base_port(run, tmp_path, monkeypatch):
    Topology(directory=tmp_path / "fabric", base_port=2000).save()
    seen = []
    monkeypatch.setattr(Network, "up", lambda self, *, deploy: seen.append((self, deploy)))
    assert run("up", "--no-contract").exit_code == 0
    assert [(network.topology.base_port, deploy) for network, deploy in seen] == [(2000, False)]


def test_status_of_a_stopped_network_exits_3_and_names_every_log(run, tmp_path):
    Topology(directory=tmp_path / "fabric", base_port=2000).save()
    result = run("status")
    assert result.exit_code == 3
    assert "led by nobody" in result.output
    assert "7 stopped" in result.output
    assert str(tmp_path / "fabric/logs/auditor.orderer.log") in result.output


@pytest.mark.parametrize("command", ["deploy", "upgrade"])
def test_contract_is_not_touched_while_nodes_are_stopped(run, tmp_path, command):
    Topology(directory=tmp_path / "fabric", base_port=2000).save()
    result = run(command)
    assert result.exit_code == 1
    assert "not running: coop.orderer, shops.orderer" in result.output


def test_logs_show_the_last_lines_of_one_process(run, tmp_path):
    Topology(directory=tmp_path / "fabric", base_port=2000).save()
    log = tmp_path / "fabric/logs/coop.peer.log"
    log.parent.mkdir()
    log.write_text("one\ntwo\nthree\n")
    assert run("logs", "coop.peer", "--lines", "2").output == "two\nthree\n"


def test_logs_follow_a_process_from_before_its_first_start_until_ctrl_c(tmp_path):
    Topology(directory=tmp_path, base_port=2000).save()
    log = tmp_path / "logs/coop.peer.log"
    arguments = ("logs", "coop.peer", "--follow", "-d", str(tmp_path))
    # A run in the background hands down that SIGINT is ignored; a person's terminal does not.
    heeding = ("env", "--default-signal=INT")
    with subprocess.Popen(
        [*heeding, sys.executable, "-m", "network", "network", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as following:
        patience = threading.Timer(60, following.kill)
        patience.start()
        assert f"nothing has written {log} yet" in following.stderr.readline().decode()
        log.parent.mkdir()
        for text in (b"its first line\n", b"and another\n"):
            with log.open("ab") as file:
                file.write(text)
            assert following.stdout.readline() == text
        following.send_signal(signal.SIGINT)
        assert following.communicate() == (b"", b"")
        assert following.returncode == 0
        patience.cancel()


def test_logs_name_the_processes_there_are_when_asked_for_another(run, tmp_path):
    Topology(directory=tmp_path / "fabric", base_port=2000).save()
    result = run("logs", "coop.paer")
    assert result.exit_code == 1
    assert "There are: auditor.orderer, coop.orderer, coop.peer" in result.output


def test_purge_leaves_a_folder_alone_that_is_no_network(run, tmp_path):
    (tmp_path / "photos").write_text("precious")
    result = run("down", "--purge", "-d", str(tmp_path))
    assert result.exit_code == 1
    assert "holds no network: it is left as it is" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
