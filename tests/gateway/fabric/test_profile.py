"""connection.json, written and read."""

import json
from pathlib import Path

import pytest

import gateway.fabric
from gateway.fabric import ConnectionProfile, KeyPair, PeerAddress, ProfileError

FOLDER = Path("/net/coop")

PROFILE = ConnectionProfile(
    channel="minori",
    chaincodes=("minori", "plain"),
    msp_id="CoopMSP",
    peers=(
        PeerAddress(address="127.0.0.1:7051", msp_id="CoopMSP", tls_ca=FOLDER / "tls/ca.pem"),
        PeerAddress(
            address="127.0.0.1:7151",
            msp_id="ShopsMSP",
            tls_ca=Path("/net/shops/tls/ca.pem"),
            tls_name="peer.shops",
        ),
        PeerAddress(address="127.0.0.1:7251", msp_id="TownMSP"),
    ),
    identities={
        "gateway": KeyPair(certificate=FOLDER / "gateway/cert.pem", key=FOLDER / "gateway/key.pem"),
        "admin": KeyPair(certificate=FOLDER / "admin/cert.pem", key=FOLDER / "admin/key.pem"),
    },
    tls_client=KeyPair(certificate=FOLDER / "tls/cert.pem", key=FOLDER / "tls/key.pem"),
)


def changed(**members) -> str:
    """Return the profile as text with some members changed; `None` removes one."""
    document = json.loads(PROFILE.to_json(folder=FOLDER)) | members
    return json.dumps({name: value for name, value in document.items() if value is not None})


def test_profile_read_is_the_profile_written():
    assert ConnectionProfile.from_json(PROFILE.to_json(folder=FOLDER), folder=FOLDER) == PROFILE


def test_profile_can_be_moved_with_its_folder(tmp_path):
    path = tmp_path / "connection.json"
    path.write_text(PROFILE.to_json(folder=FOLDER))
    moved = ConnectionProfile.load(path)
    assert moved.identity("gateway").key == tmp_path / "gateway/key.pem"
    assert moved.peers[1].tls_ca == Path("/net/shops/tls/ca.pem")


def test_profile_without_client_certificate_has_none():
    profile = ConnectionProfile.from_json(changed(tls_client=None), folder=FOLDER)
    assert profile.tls_client is None


def test_first_chaincode_is_the_contract():
    assert PROFILE.chaincode == "minori"


def test_unknown_identity_is_refused():
    with pytest.raises(ProfileError, match="auditor"):
        PROFILE.identity("auditor")


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("[]", "profile is not an object"),
        ("{", "JSON"),
        (changed(v=2), "v = 1"),
        (changed(channel=None), "profile.channel"),
        (changed(channel=""), "profile.channel"),
        (changed(msp_id=7), "profile.msp_id"),
        (changed(chaincodes=[]), "at least one chaincode"),
        (changed(chaincodes=[1]), "chaincodes"),
        (changed(peers=None), "profile.peers"),
        (changed(peers=[]), "at least one peer of CoopMSP"),
        (changed(peers=["127.0.0.1:7051"]), "peers is not an object"),
        (changed(peers=[{"address": "127.0.0.1:7051"}]), "peers.msp_id"),
        (changed(msp_id="AuditorMSP"), "at least one peer of AuditorMSP"),
        (changed(identities={}), "an identity named gateway"),
        (changed(identities={"gateway": {"key": "k"}}), "identities.gateway.certificate"),
        (changed(tls_client="tls.pem"), "tls_client is not an object"),
    ],
)
def test_incomplete_profile_is_refused_with_what_is_wrong(text, about):
    with pytest.raises(ProfileError, match=about):
        ConnectionProfile.from_json(text, folder=FOLDER)


def test_every_exported_name_is_there_and_in_order():
    assert gateway.fabric.__all__ == sorted(gateway.fabric.__all__)
    assert all(hasattr(gateway.fabric, name) for name in gateway.fabric.__all__)
