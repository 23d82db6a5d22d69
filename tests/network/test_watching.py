"""What ends is started again, and who keeps a network up is known."""

import os
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from network import watching
from network.errors import NetworkStateError, ProcessFailedError
from network.native import Network
from network.topology import Topology
from network.users import WATCHED, gateways, watcher
from network.users import watching as being_watched
from network.watching import PAUSE_MAX_S, Watch, kept_up


class Fake:
    """Processes that end as a test likes."""

    def __init__(self):
        self.ended = []
        self.started = []
        self.failure = None

    def revive(self, names):
        self.started += names
        if self.failure:
            raise self.failure
        self.ended = [name for name in self.ended if name not in names]


def test_what_ended_is_started_at_once_and_what_runs_is_left_alone():
    network = Fake()
    watch = Watch(network)
    watch.look(0)
    network.ended = ["coop.peer", "town.orderer"]
    watch.look(1)
    assert network.started == ["coop.peer", "town.orderer"]
    watch.look(2)
    assert len(network.started) == 2


def test_what_goes_on_ending_is_left_alone_for_longer_and_longer():
    network = Fake()
    watch, times = Watch(network), []
    for now in range(600):
        network.ended = ["coop.peer"]
        watch.look(now)
        if network.started:
            times.append(now)
            network.started.clear()
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses[:6] == [1, 2, 4, 8, 16, 32]
    assert set(pauses[6:]) == {PAUSE_MAX_S}


def test_what_has_run_long_is_started_at_once_again():
    network = Fake()
    watch = Watch(network)
    for now in (0, 1, 3, 7, 7 + 8 + PAUSE_MAX_S + 1):
        network.ended = ["coop.peer"]
        watch.look(now)
    assert len(network.started) == 5
    network.ended = ["coop.peer"]
    watch.look(7 + 8 + PAUSE_MAX_S + 2)
    assert len(network.started) == 6


@pytest.mark.parametrize("failure", [ProcessFailedError("no program"), OSError("disk full")])
def test_what_cannot_be_started_is_tried_again(failure):
    network = Fake()
    watch = Watch(network)
    network.ended, network.failure = ["coop.peer"], failure
    watch.look(0)
    network.failure = None
    watch.look(1)
    assert network.started == ["coop.peer", "coop.peer"]
    assert network.ended == []


def test_a_watch_survives_what_nobody_foresaw_and_ends_when_told(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "LOOK_EVERY_S", 0.01)
    looked = threading.Event()

    class Broken(Fake):
        @property
        def ended(self):
            looked.set()
            raise ArithmeticError

        @ended.setter
        def ended(self, _value):
            pass

    with kept_up(Broken(), tmp_path):
        for _ in range(3):
            assert looked.wait(5)
            looked.clear()
        assert watcher(tmp_path).pid == os.getpid()
    assert watcher(tmp_path) is None
    assert not [one for one in threading.enumerate() if one.name == "network"]


def test_one_process_keeps_a_network_up(tmp_path):
    with being_watched(tmp_path):
        with pytest.raises(NetworkStateError, match=f"process {os.getpid()} .*already"):
            being_watched(tmp_path).__enter__()
        assert watcher(tmp_path).pid == os.getpid()
    assert (tmp_path / WATCHED).exists()  # what a crash leaves is no watcher
    assert watcher(tmp_path) is None


def test_down_says_who_would_bring_it_all_back(tmp_path):
    topology = Topology(directory=tmp_path)
    topology.save()
    with being_watched(tmp_path), pytest.raises(NetworkStateError) as caught:
        Network(topology).down()
    story = caught.value.diagnostics()
    assert f"process {os.getpid()} (" in story
    assert f"Ctrl-C in its terminal, or `kill {os.getpid()}`" in story
    Network(topology).down(purge=True)
    assert not tmp_path.exists()


def test_down_names_gateways_and_ends_all_the_same(tmp_path):
    directory = tmp_path / "network"
    topology = Topology(directory=directory)
    topology.save()
    profile = "network/organisations/coop/connection.json"
    gateway = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        cwd=tmp_path,
        env={"MINORI_LEDGER__PROFILE": profile},
    )
    try:
        deadline = time.monotonic() + 20
        while not gateways(directory):  # until it is that program
            assert time.monotonic() < deadline
            time.sleep(0.02)
        told = []
        Network(topology, progress=told.append).down()
        assert f"process {gateway.pid} (" in told[0]
        assert "is a gateway on this network" in told[0]
        assert gateways(Path("/elsewhere")) == []
        assert gateway.poll() is None
    finally:
        gateway.kill()
        gateway.wait()
