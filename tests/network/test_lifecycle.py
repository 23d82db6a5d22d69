import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

import network as network_package
from network import lifecycle
from network.calls import Caller
from network.crypto import create_all, home
from network.errors import CommandFailedError
from network.lifecycle import Definition, Package, health_port, package, server_port
from network.topology import COOP, PEER_ORGANISATIONS, SHOPS, Port, Topology

BUILDER = Path(network_package.__file__).parent / "builder/bin"
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


class Scripted(Caller):
    """Answers each call of `peer` by the next line of a script; an empty line is success."""

    def peer(self, organisation, *arguments):
        script, calls = self.commands
        calls.append((organisation, arguments))
        line = script.pop(0)
        if line and not line.startswith("{"):
            raise CommandFailedError("peer failed", output=line)
        return line


@pytest.fixture
def scripted(topology, monkeypatch):
    monkeypatch.setattr(lifecycle, "POLL_S", 0)
    return lambda *script: Scripted(topology=topology, commands=(list(script), []))


def approve(caller):
    lifecycle.approve(SHOPS, Package(id="x:1", path=Path("x")), FIRST, caller)
    return [arguments[arguments.index("-o") + 1] for _, arguments in caller.commands[1]]


def test_approval_goes_to_the_own_orderer_first(scripted):
    assert approve(scripted("")) == ["127.0.0.1:20013"]


@pytest.mark.parametrize(
    "line",
    [
        "got unexpected status: SERVICE_UNAVAILABLE -- no Raft leader",
        "Error: timed out waiting for txid on all peers",
        "orderer client failed to connect to 127.0.0.1:20013",
        "transaction invalidated with status (MVCC_READ_CONFLICT)",
    ],
)
def test_approval_goes_to_the_next_orderer_when_one_does_not_order_it(scripted, line):
    assert approve(scripted(line, line, line, line, "")) == [
        "127.0.0.1:20013",
        "127.0.0.1:20023",
        "127.0.0.1:20033",
        "127.0.0.1:20003",
        "127.0.0.1:20013",
    ]


def test_approval_is_done_when_a_try_before_was_committed_after_all(scripted):
    committed = "redefine uncommitted sequence (1) for namespace minori with unchanged content"
    assert len(approve(scripted("timed out waiting for txid on all peers", committed))) == 2


def test_approval_fails_at_once_when_it_is_refused(scripted):
    caller = scripted("access denied", "")
    with pytest.raises(CommandFailedError) as caught:
        approve(caller)
    assert caught.value.output == "access denied"
    assert len(caller.commands[0]) == 1


def test_approval_gives_up_when_nobody_orders_it_in_time(scripted, monkeypatch):
    monkeypatch.setattr(lifecycle, "ORDERING_PATIENCE_S", -1)
    with pytest.raises(CommandFailedError):
        approve(scripted("SERVICE_UNAVAILABLE", ""))


def test_commit_is_tried_again_when_a_peer_has_not_got_all_approvals_yet(scripted):
    definition = '{"version": "harvest", "sequence": 2}'
    behind = "Error: failed to create signed transaction: ProposalResponsePayloads do not match"
    caller = scripted(behind, "", *[definition] * 3)
    lifecycle.commit(SECOND, caller)
    assert [one[2] for _, one in caller.commands[1][:3]] == ["commit", "commit", "querycommitted"]


def test_commit_waits_until_every_peer_has_the_definition(scripted):
    before, after = '{"version": "1", "sequence": 1}', '{"version": "harvest", "sequence": 2}'
    caller = scripted("", after, before, before, after, after)
    lifecycle.commit(SECOND, caller)
    asked = [one.name for one, _ in caller.commands[1][1:]]
    assert asked == ["coop", "shops", "shops", "shops", "town"]


def test_commit_is_done_when_the_channel_is_past_it(scripted):
    after = '{"version": "harvest", "sequence": 2}'
    line = "requested sequence is 2, but new definition must be sequence 3"
    caller = scripted(line, after, after, after)
    lifecycle.commit(SECOND, caller)
    assert caller.commands[0] == []


def test_definition_is_none_before_the_first(scripted):
    caller = scripted("query failed with status: 404 - namespace minori is not defined")
    assert lifecycle.committed(COOP, caller) is None


def test_newest_definition_is_that_of_the_peers_that_are_up_and_not_behind(scripted):
    one, two = '{"version": "1", "sequence": 1}', '{"version": "harvest", "sequence": 2}'
    undefined = "namespace minori is not defined"
    assert lifecycle.newest(scripted(one, two, "connection refused")) == SECOND
    assert lifecycle.newest(scripted(undefined, "connection refused", one)) == FIRST
    assert lifecycle.newest(scripted(undefined, undefined, "connection refused")) is None


def test_newest_definition_is_not_guessed_when_no_peer_is_up(scripted):
    with pytest.raises(CommandFailedError) as caught:
        lifecycle.newest(scripted(*["connection refused"] * 3))
    assert caught.value.output == "connection refused"
