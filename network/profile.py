"""Writes `connection.json`, one per organisation with a peer; `gateway.fabric` knows its format."""

from pathlib import Path

from gateway.fabric.profile import ConnectionProfile, KeyPair, PeerAddress
from network.crypto import home
from network.topology import PEER_ORGANISATIONS, Organisation, Port, Topology, write_atomically


def connection_path(topology: Topology, organisation: Organisation) -> Path:
    """Return where the organisation's connection.json is, absolute."""
    return home(topology, organisation) / "connection.json"


def connection(topology: Topology, organisation: Organisation) -> ConnectionProfile:
    """Return what a client of the organisation needs to know of the network."""
    folder = home(topology, organisation)
    others = [other for other in PEER_ORGANISATIONS if other is not organisation]
    return ConnectionProfile(
        channel=topology.channel,
        chaincodes=(topology.chaincode,),
        msp_id=organisation.msp_id,
        peers=tuple(_peer(topology, one) for one in (organisation, *others)),
        identities={
            name: KeyPair(
                certificate=folder / name / "msp/signcerts/cert.pem",
                key=folder / name / "msp/keystore/key.pem",
            )
            for name in ("gateway", "admin")
        },
        tls_client=KeyPair(
            certificate=folder / "gateway/tls/cert.pem", key=folder / "gateway/tls/key.pem"
        ),
    )


def write_connections(topology: Topology) -> None:
    """Write connection.json of every organisation that has a peer."""
    for one in PEER_ORGANISATIONS:
        path = connection_path(topology, one)
        write_atomically(path, connection(topology, one).to_json(folder=path.parent))


def _peer(topology: Topology, organisation: Organisation) -> PeerAddress:
    return PeerAddress(
        address=topology.address(organisation, Port.PEER),
        msp_id=organisation.msp_id,
        tls_ca=home(topology, organisation) / "tlsca/cert.pem",
    )
