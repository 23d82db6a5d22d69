import pytest

from gateway.fabric.identity import Identity
from gateway.fabric.profile import ConnectionProfile
from network.crypto import create_all, home
from network.profile import connection_path, write_connections
from network.topology import PEER_ORGANISATIONS, Topology


@pytest.fixture(scope="module")
def topology(tmp_path_factory):
    topology = Topology(directory=tmp_path_factory.mktemp("profile"), base_port=20000)
    create_all(topology)
    write_connections(topology)
    return topology


@pytest.mark.parametrize("organisation", PEER_ORGANISATIONS, ids=lambda one: one.name)
def test_client_reads_what_the_network_writes(topology, organisation):
    profile = ConnectionProfile.load(connection_path(topology, organisation))
    assert profile.channel == "minori"
    assert profile.chaincode == "minori"
    assert profile.msp_id == organisation.msp_id
    assert profile.peers[0].msp_id == organisation.msp_id
    assert {peer.address for peer in profile.peers} == {
        "127.0.0.1:20000",
        "127.0.0.1:20010",
        "127.0.0.1:20020",
    }
    for peer, owner in zip(profile.peers, map(owner_of, profile.peers), strict=True):
        assert peer.tls_ca == home(topology, owner) / "tlsca/cert.pem"
    assert profile.tls_client.certificate.exists()
    assert profile.tls_client.key.exists()


def owner_of(peer):
    return next(one for one in PEER_ORGANISATIONS if one.msp_id == peer.msp_id)


@pytest.mark.parametrize("organisation", PEER_ORGANISATIONS, ids=lambda one: one.name)
@pytest.mark.parametrize("name", ["gateway", "admin"])
def test_identity_of_the_profile_can_sign(topology, organisation, name):
    profile = ConnectionProfile.load(connection_path(topology, organisation))
    identity, sign = Identity.load(profile.msp_id, profile.identities[name])
    assert identity.msp_id == organisation.msp_id
    assert sign(b"message")
