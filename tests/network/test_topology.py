from pathlib import Path

import pytest

from network.errors import NetworkStateError
from network.topology import (
    AUDITOR,
    ENDORSEMENT_RULE,
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    PORTS,
    Consensus,
    Port,
    Topology,
    organisation,
    write_atomically,
)


def test_ports_never_meet_within_one_network():
    topology = Topology(base_port=20000)
    numbers = [topology.port(one, port) for one in ORGANISATIONS for port in Port]
    assert sorted(numbers) == list(topology.ports())
    assert len(set(numbers)) == PORTS == 40


@pytest.mark.parametrize("base_port", [0, 1023, 65497, 70000])
def test_topology_is_refused_when_ports_do_not_exist(base_port):
    with pytest.raises(NetworkStateError, match="base port"):
        Topology(base_port=base_port)


def test_topology_takes_the_last_possible_base_port():
    assert max(Topology(base_port=65496).ports()) == 65535


def test_auditor_orders_but_never_endorses():
    assert AUDITOR in ORGANISATIONS
    assert AUDITOR not in PEER_ORGANISATIONS
    assert ENDORSEMENT_RULE == "OutOf(2, 'CoopMSP.peer', 'ShopsMSP.peer', 'TownMSP.peer')"


def test_four_organisations_have_names_and_msp_ids_of_their_own():
    assert len({one.name for one in ORGANISATIONS}) == 4
    assert len({one.msp_id for one in ORGANISATIONS}) == 4
    assert [one.place for one in ORGANISATIONS] == [0, 1, 2, 3]


def test_organisation_is_found_by_name():
    assert [organisation(one.name) for one in ORGANISATIONS] == list(ORGANISATIONS)
    with pytest.raises(KeyError):
        organisation("nobody")


def test_topology_is_the_same_when_saved_and_loaded(tmp_path):
    topology = Topology(
        directory=tmp_path,
        base_port=21000,
        consensus=Consensus.BFT,
        batch_timeout_ms=77,
        preferred_max_bytes=1_000_000,
    )
    topology.save()
    assert Topology.load(tmp_path) == topology


def test_topology_is_none_when_nothing_was_saved(tmp_path):
    assert Topology.load(tmp_path) is None


def test_topology_of_another_version_loads_without_what_it_does_not_know(tmp_path):
    (tmp_path / "topology.json").write_text('{"base_port": 22000, "moon_phase": "full"}')
    assert Topology.load(tmp_path) == Topology(directory=tmp_path, base_port=22000)


def test_atomic_write_keeps_the_old_content_when_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "deep/file"
    write_atomically(path, "old")

    def fail(*_):
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_atomically(path, "new")
    assert path.read_text() == "old"


def test_atomic_write_sets_the_mode(tmp_path):
    write_atomically(tmp_path / "secret", "s", mode=0o600)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
