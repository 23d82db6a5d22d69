import ipaddress
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from network.crypto import P256_ORDER, create_all, home
from network.topology import AUDITOR, COOP, ORGANISATIONS, PEER_ORGANISATIONS, Topology


@pytest.fixture(scope="module")
def topology(tmp_path_factory):
    topology = Topology(directory=tmp_path_factory.mktemp("crypto"))
    create_all(topology)
    return topology


def certificate(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def identity(folder):
    return certificate(folder / "msp/signcerts/cert.pem")


@pytest.mark.parametrize("organisation", ORGANISATIONS, ids=lambda one: one.name)
def test_every_certificate_is_issued_by_an_authority_of_its_own_organisation(
    topology, organisation
):
    folder = home(topology, organisation)
    ca, tls_ca = certificate(folder / "ca/cert.pem"), certificate(folder / "tlsca/cert.pem")
    identities = sorted(folder.glob("*/msp/signcerts/cert.pem"))
    servers = sorted(folder.glob("*/tls/cert.pem"))
    assert len(identities) == (4 if organisation.has_peer else 2)
    assert len(servers) == (6 if organisation.has_peer else 2)
    for path in identities:
        certificate(path).verify_directly_issued_by(ca)
    for path in servers:
        certificate(path).verify_directly_issued_by(tls_ca)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("admin", "admin"), ("peer", "peer"), ("orderer", "orderer"), ("gateway", "client")],
)
def test_role_is_the_organisational_unit(topology, name, unit):
    for organisation in PEER_ORGANISATIONS:
        subject = identity(home(topology, organisation) / name).subject
        units = subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        assert [attribute.value for attribute in units] == [unit]


def test_auditor_has_no_peer_and_no_client(topology):
    folder = home(topology, AUDITOR)
    assert {path.name for path in folder.iterdir()} == {"ca", "tlsca", "msp", "admin", "orderer"}


def test_msp_knows_four_units(topology):
    for path in home(topology, COOP).glob("**/msp/config.yaml"):
        units = json.loads(path.read_text())["NodeOUs"]
        assert units.pop("Enable") is True
        named = {member: unit["OrganizationalUnitIdentifier"] for member, unit in units.items()}
        assert named == {
            "ClientOUIdentifier": "client",
            "PeerOUIdentifier": "peer",
            "AdminOUIdentifier": "admin",
            "OrdererOUIdentifier": "orderer",
        }
        assert all((path.parent / unit["Certificate"]).exists() for unit in units.values())


def test_key_belongs_to_its_certificate_and_to_its_owner_alone(topology):
    folder = home(topology, COOP)
    keys = [*folder.glob("*/msp/keystore/key.pem"), *folder.glob("**/key.pem")]
    assert len(keys) > 10
    for path in keys:
        assert path.stat().st_mode & 0o777 == 0o600
    for name in ("peer", "admin", "gateway", "orderer"):
        key = serialization.load_pem_private_key(
            (folder / name / "msp/keystore/key.pem").read_bytes(), None
        )
        assert key.public_key() == identity(folder / name).public_key()
    assert topology.directory.joinpath("organisations").stat().st_mode & 0o777 == 0o700


def test_signatures_on_certificates_have_a_low_s(topology):
    paths = sorted(topology.directory.glob("organisations/**/cert.pem"))
    assert len(paths) > 40
    for path in paths:
        _, s = decode_dss_signature(certificate(path).signature)
        assert s <= P256_ORDER // 2


def test_tls_certificate_names_this_machine_and_its_container(topology):
    extensions = certificate(home(topology, COOP) / "peer/tls/cert.pem").extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.0.0.1")]
    assert names.get_values_for_type(x509.DNSName) == ["coop.peer", "localhost"]


def test_material_is_never_made_again(topology):
    path = home(topology, COOP) / "ca/cert.pem"
    before = path.read_bytes()
    create_all(topology)
    assert path.read_bytes() == before


def test_material_is_made_whole_after_a_crash_in_the_middle(tmp_path):
    topology = Topology(directory=tmp_path)
    half = tmp_path / "organisations.partial/coop/ca"
    half.mkdir(parents=True)
    (half / "cert.pem").write_text("half a certi")
    create_all(topology)
    assert certificate(home(topology, COOP) / "ca/cert.pem").subject
    assert not (tmp_path / "organisations.partial").exists()
