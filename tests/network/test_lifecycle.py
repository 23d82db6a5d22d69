import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

import network
from network.crypto import create_all, home
from network.lifecycle import Definition, health_port, package, server_port
from network.topology import COOP, PEER_ORGANISATIONS, SHOPS, Port, Topology

BUILDER = Path(network.__file__).parent / "builder/bin"
FIRST = Definition(version="1", sequence=1)
SECOND = Definition(version="harvest", sequence=2)


@pytest.fixture(scope="module")
def topology(tmp_path_factory):
    topology = Topology(directory=tmp_path_factory.mktemp("lifecycle"), base_port=20000)
    create_all(topology)
    return topology


def unpack(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive.getmembers()}


def test_package_names_the_service_of_its_organisation(topology):
    outer = unpack(package(topology, SHOPS, FIRST).path.read_bytes())
    assert json.loads(outer["metadata.json"]) == {"type": "ccaas", "label": "minori_1"}
    inner = unpack(outer["code.tar.gz"])
    connection = json.loads(inner["connection.json"])
    folder = home(topology, SHOPS)
    assert connection == {
        "address": "127.0.0.1:20017",
        "dial_timeout": "5s",
        "tls_required": True,
        "client_auth_required": True,
        "client_cert": (folder / "chaincode-client/tls/cert.pem").read_text(),
        "client_key": (folder / "chaincode-client/tls/key.pem").read_text(),
        "root_cert": (folder / "tlsca/cert.pem").read_text(),
    }


def test_package_is_the_same_bytes_when_made_again(topology):
    first = package(topology, COOP, FIRST)
    content = first.path.read_bytes()
    assert package(topology, COOP, FIRST) == first
    assert first.path.read_bytes() == content
    assert first.id == f"minori_1:{hashlib.sha256(content).hexdigest()}"


def test_package_differs_between_organisations_and_versions(topology):
    made = [
        package(topology, one, which) for one in PEER_ORGANISATIONS for which in (FIRST, SECOND)
    ]
    assert len({one.id for one in made}) == 6
    assert len({one.path for one in made}) == 6


def test_package_holds_a_private_key_and_is_its_owners_alone(topology):
    assert package(topology, COOP, FIRST).path.stat().st_mode & 0o777 == 0o600


def test_neighbouring_definitions_never_share_a_port():
    assert server_port(FIRST) is Port.CHAINCODE_ODD
    assert server_port(SECOND) is Port.CHAINCODE_EVEN
    assert health_port(FIRST) is not health_port(SECOND)


def run(script: str, *folders: Path) -> int:
    return subprocess.run([BUILDER / script, *folders], check=False).returncode


def test_builder_takes_our_package_and_releases_its_connection(topology, tmp_path):
    source, metadata, output, release = (
        tmp_path / name for name in ("source", "metadata", "output", "release")
    )
    for folder in (source, metadata, output, release):
        folder.mkdir()
    outer = unpack(package(topology, COOP, FIRST).path.read_bytes())
    (metadata / "metadata.json").write_bytes(outer["metadata.json"])
    connection = unpack(outer["code.tar.gz"])["connection.json"]
    (source / "connection.json").write_bytes(connection)
    assert run("detect", source, metadata) == 0
    assert run("build", source, metadata, output) == 0
    assert run("release", output, release) == 0
    assert (release / "chaincode/server/connection.json").read_bytes() == connection


@pytest.mark.parametrize("metadata", ['{"type": "golang"}', '{"label":"ccaas"}', ""])
def test_builder_leaves_other_packages_alone(tmp_path, metadata):
    (tmp_path / "metadata.json").write_text(metadata)
    assert run("detect", tmp_path, tmp_path) != 0


@pytest.mark.parametrize(
    "metadata", ['{"path":"","type":"ccaas","label":"x"}', '{"type" : "ccaas"}']
)
def test_builder_detects_a_service_however_it_is_written(tmp_path, metadata):
    (tmp_path / "metadata.json").write_text(metadata)
    assert run("detect", tmp_path, tmp_path) == 0


def test_builder_fails_when_there_is_no_connection(tmp_path):
    assert run("build", tmp_path, tmp_path, tmp_path) != 0
    assert run("release", tmp_path, tmp_path) != 0
