import fcntl
import itertools
import shutil
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from network import cli
from network.directory import LOCK, locked
from network.native import Network
from network.topology import Topology


@pytest.fixture
def directory(tmp_path):
    """A stopped network's directory, as far as a purge can tell."""
    directory = tmp_path / "fabric"
    Topology(directory=directory, base_port=2000).save()
    for name in ("organisations/coop/ca/key.pem", "ledgers/coop.peer/blocks", "logs/coop.peer.log"):
        (directory / name).parent.mkdir(parents=True)
        (directory / name).write_text("x")
    return directory


class Crash(BaseException):
    """The program ends here, in the middle of its work."""


@pytest.fixture(params=[1, 2, 3])
def remains(request, directory, monkeypatch):
    """What a purge left that was cut off at its first, second or third folder."""
    calls, rmtree = itertools.count(1), shutil.rmtree

    def cut_off(path):
        if next(calls) == request.param:
            raise Crash
        rmtree(path)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut_off)
        with pytest.raises(Crash):
            Network(Topology.load(directory)).down(purge=True)
    assert any(entry.is_dir() for entry in directory.iterdir())
    return directory


def test_purge_that_was_cut_off_is_finished_by_the_next(remains):
    result = CliRunner().invoke(cli.app, ["network", "down", "--purge", "-d", str(remains)])
    assert result.exit_code == 0, result.output
    assert not remains.exists()


def test_remains_are_no_network(remains):
    result = CliRunner().invoke(cli.app, ["network", "status", "-d", str(remains)])
    assert result.exit_code == 1
    assert "there is no network in" in result.output


def test_next_network_takes_nothing_over_from_the_remains(remains):
    with locked(remains):
        assert [entry.name for entry in remains.iterdir()] == [LOCK]


def test_two_commands_never_work_at_once_while_one_of_them_purges(directory):
    network = Network(Topology.load(directory))
    is_in, may_go = threading.Event(), threading.Event()

    def wait_and_work():
        with locked(directory):
            is_in.set()
            may_go.wait(20)

    waiting = threading.Thread(target=wait_and_work)
    with locked(directory):
        purging = threading.Thread(target=network.down, kwargs={"purge": True})
        purging.start()
        wait_for_waiters(directory, 1)
        waiting.start()
        wait_for_waiters(directory, 2)
    try:
        assert is_in.wait(20)
        with (directory / LOCK).open() as third, pytest.raises(BlockingIOError):
            fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        may_go.set()
        waiting.join()
        purging.join()


def wait_for_waiters(directory, count):
    """Wait until that many wait for the directory's lock.

    Source: proc_locks(5): a waiter's line begins with "->", the file is "major:minor:inode".
    """
    inode = (directory / LOCK).stat().st_ino
    deadline = time.monotonic() + 20
    while True:
        lines = Path("/proc/locks").read_text().splitlines()
        if sum("->" in line and f":{inode} " in line for line in lines) == count:
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)
