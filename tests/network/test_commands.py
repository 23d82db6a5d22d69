import subprocess
import threading
from pathlib import Path

import pytest

from network import toolchain as module
from network.commands import COMMANDS, MODULE_FOLDER, cache_folder, find
from network.errors import CommandFailedError, CommandsMissingError, NetworkStateError
from network.native import Network
from network.topology import Consensus, Topology


def write(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def install(folder: Path, version: str = "v2.5.0", *, without: str = "") -> Path:
    for command in COMMANDS:
        if command != without:
            write(folder / command, f'echo "{command}:\n Version: {version}\n Commit SHA: abc"')
    return folder


@pytest.fixture
def environment(tmp_path):
    """A machine with neither Fabric nor Go, and a cache of its own."""
    (tmp_path / "empty").mkdir()
    return {"PATH": str(tmp_path / "empty"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.fixture(autouse=True)
def no_go_beside_python(monkeypatch, tmp_path):
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "python/bin/python"))


@pytest.fixture
def told():
    return []


def test_setting_wins_over_cache_and_path(tmp_path, environment, told):
    install(tmp_path / "cache/minori/fabric-2.5.0/bin")
    environment["PATH"] = str(install(tmp_path / "path"))
    environment["MINORI_FABRIC_BIN"] = str(install(tmp_path / "named", "v3.1.5"))
    found = find(environment, told.append)
    assert found.folder == tmp_path / "named"
    assert found.version == (3, 1, 5)
    assert told == []


def test_newest_in_the_cache_wins_over_path(tmp_path, environment, told):
    install(tmp_path / "cache/minori/fabric-2.5.0/bin")
    install(tmp_path / "cache/minori/fabric-2.5.12/bin", "v2.5.12")
    install(tmp_path / "cache/minori/fabric-2.5.9/bin", "v2.5.9")
    environment["PATH"] = str(install(tmp_path / "path"))
    assert find(environment, told.append).version == (2, 5, 12)


def test_path_is_used_when_nothing_is_named_or_cached(tmp_path, environment, told):
    environment["PATH"] += f":{install(tmp_path / 'path', '3.0.0-rc1')}"
    found = find(environment, told.append)
    assert found.folder == tmp_path / "path"
    assert found.line == (3, 0)


@pytest.mark.parametrize(
    ("version", "consensus"),
    [
        ("v2.5.0", Consensus.RAFT),
        ("v2.5.16", Consensus.RAFT),
        ("v3.0.0", Consensus.BFT),
        ("v3.1.5", Consensus.BFT),
        ("v4.0.1", Consensus.BFT),
    ],
)
def test_version_decides_the_consensus_of_a_new_network(
    tmp_path, environment, told, version, consensus
):
    environment["MINORI_FABRIC_BIN"] = str(install(tmp_path / "named", version))
    assert find(environment, told.append).consensus is consensus


def test_named_folder_is_refused_when_a_command_is_missing(tmp_path, environment, told):
    environment["MINORI_FABRIC_BIN"] = str(install(tmp_path / "named", without="osnadmin"))
    with pytest.raises(CommandsMissingError, match="osnadmin can't be run there"):
        find(environment, told.append)


def test_named_folder_is_refused_when_it_is_too_old(tmp_path, environment, told):
    environment["MINORI_FABRIC_BIN"] = str(install(tmp_path / "named", "v2.2.15"))
    with pytest.raises(CommandsMissingError, match=r"Fabric 2\.2\.15, which is too old"):
        find(environment, told.append)


def test_named_folder_is_refused_when_it_says_no_version(tmp_path, environment, told):
    environment["MINORI_FABRIC_BIN"] = str(install(tmp_path / "named", "latest"))
    with pytest.raises(CommandsMissingError, match="does not say which version it is"):
        find(environment, told.append)


@pytest.mark.parametrize("folder", ["named", "path", "cache/minori/fabric-2.5.0/bin"])
def test_commands_made_for_another_machine_are_named_in_a_sentence(
    tmp_path, environment, told, folder
):
    peer = install(tmp_path / folder) / "peer"
    peer.write_bytes(b"\x7fELF of another kind")
    if folder == "named":
        environment["MINORI_FABRIC_BIN"] = str(tmp_path / folder)
    environment["PATH"] += f":{tmp_path / 'path'}"
    with pytest.raises(CommandFailedError, match=f"{peer} can't be run: Exec format error"):
        find(environment, told.append)


@pytest.mark.parametrize("folder", ["path", "cache/minori/fabric-2.5.0/bin"])
def test_incomplete_folder_is_passed_over(tmp_path, environment, told, folder):
    environment["PATH"] += f":{install(tmp_path / folder, without='configtxgen')}"
    with pytest.raises(CommandsMissingError):
        find(environment, told.append)


def test_old_commands_on_path_are_passed_over(tmp_path, environment, told):
    environment["PATH"] += f":{install(tmp_path / 'path', 'v1.4.12')}"
    with pytest.raises(CommandsMissingError):
        find(environment, told.append)


def test_old_commands_in_the_cache_are_passed_over(tmp_path, environment, told):
    install(tmp_path / "cache/minori/fabric-9.9.9/bin", "v1.4.12")
    with pytest.raises(CommandsMissingError, match="neither is Go"):
        find(environment, told.append)
    environment["PATH"] += f":{install(tmp_path / 'path', 'v2.5.12')}"
    assert find(environment, told.append).version == (2, 5, 12)


def test_old_commands_where_the_built_ones_belong_are_refused(tmp_path, environment, told):
    cached = install(tmp_path / "cache/minori/fabric-2.5.0/bin", "v2.2.15")
    write(tmp_path / "go/go", FAKE_GO.format(record=tmp_path / "record"))
    environment["PATH"] += f":{tmp_path / 'go'}"
    with pytest.raises(CommandsMissingError, match=r"holds Fabric 2\.2\.15, which is too old") as e:
        find(environment, told.append)
    assert str(cached) in e.value.diagnostics()


def test_error_says_all_that_would_help_when_there_is_no_go(environment, told):
    with pytest.raises(CommandsMissingError, match="neither is Go to build them") as caught:
        find(environment, told.append)
    story = caught.value.diagnostics()
    for word in ("MINORI_FABRIC_BIN", "PATH", "Go 1.20", str(cache_folder(environment)), *COMMANDS):
        assert word in story


@pytest.mark.parametrize("version", ["go1.19.8", "go1.4rc1"])
def test_error_says_that_go_is_too_old(tmp_path, environment, told, version):
    write(tmp_path / "go/go", f"echo go version {version} linux/amd64")
    environment["PATH"] += f":{tmp_path / 'go'}"
    with pytest.raises(CommandsMissingError, match=f"{tmp_path}/go/go is too old") as caught:
        find(environment, told.append)
    assert "Go 1.20 or later" in caught.value.diagnostics()


FAKE_GO = """
if [ "$1" = version ]; then echo go version go1.20 linux/amd64; exit; fi
if [ "$3" = list ]; then echo go: downloading one v1; echo one; echo two; exit; fi
echo "$@" >> {record}
while [ "$1" != -o ]; do shift; done
echo one; echo two
for command in peer orderer osnadmin configtxgen; do
  printf '#!/bin/sh\\necho " Version: v2.5.0"\\n' > "$2$command"; chmod +x "$2$command"
done
"""


def test_commands_are_built_from_the_pinned_module_when_there_are_none(tmp_path, environment, told):
    record = tmp_path / "record"
    write(tmp_path / "go/go", FAKE_GO.format(record=record))
    environment["PATH"] += f":{tmp_path / 'go'}:/usr/bin:/bin"
    found = find(environment, told.append)
    assert found.folder == tmp_path / "cache/minori/fabric-2.5.0/bin"
    assert found.version == (2, 5, 0)
    assert f"-C {MODULE_FOLDER} build -v -mod=readonly -trimpath" in record.read_text()
    assert "github.com/hyperledger/fabric/cmd/osnadmin" in record.read_text()
    assert told == [
        "building Fabric 2.5.0 from its Go module, once: some minutes",
        "fetching what it is made of: 1 modules so far",
        "compiled 1 of 2 packages, about 10 s left",
        "compiled all 2 packages; linking the commands",
    ]
    told.clear()
    assert find(environment, told.append) == found
    assert told == []
    assert len(record.read_text().splitlines()) == 1


def test_commands_are_built_once_when_two_ask_at_once(tmp_path, environment, told):
    record = tmp_path / "record"
    write(tmp_path / "go/go", FAKE_GO.format(record=record) + "/bin/sleep 0.3")
    environment["PATH"] += f":{tmp_path / 'go'}:/usr/bin:/bin"
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(find(environment, told.append)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(record.read_text().splitlines()) == 1


def test_failed_build_shows_what_go_said_and_leaves_nothing(tmp_path, environment, told):
    write(tmp_path / "go/go", """[ "$1" = version ] && exit; echo 'checksum mismatch'; exit 1""")
    environment["PATH"] += f":{tmp_path / 'go'}"
    with pytest.raises(CommandFailedError, match="go list failed with exit code 1") as caught:
        find(environment, told.append)
    assert "checksum mismatch" in caught.value.diagnostics()
    assert not (tmp_path / "cache/minori/fabric-2.5.0/bin").exists()


def test_module_is_pinned_to_the_release_commit_of_2_5_0():
    required = (MODULE_FOLDER / "go.mod").read_text()
    version = "v1.4.0-rc1.0.20230401164317-bd8e24856939"
    assert f"github.com/hyperledger/fabric {version}\n" in required
    sums = (MODULE_FOLDER / "go.sum").read_text()
    assert f"github.com/hyperledger/fabric {version} h1:" in sums
    imported = (MODULE_FOLDER / "tools.go").read_text()
    assert all(f'"github.com/hyperledger/fabric/cmd/{command}"' in imported for command in COMMANDS)


def test_cache_is_below_home_when_xdg_says_nothing():
    assert cache_folder({"HOME": "/home/aya"}) == Path("/home/aya/.cache/minori")


def test_call_fails_with_all_that_was_printed(tmp_path, environment, told):
    folder = install(tmp_path / "named")
    environment["MINORI_FABRIC_BIN"] = str(folder)
    commands = find(environment, told.append)
    write(folder / "peer", "echo out; echo err >&2; exit 3")
    with pytest.raises(CommandFailedError, match="peer channel join failed with exit code 3") as e:
        commands.run("peer", ["channel", "join", "-b", "x.block"])
    assert e.value.output == "out\nerr\n"


def test_call_fails_when_it_takes_too_long(tmp_path, environment, told):
    folder = install(tmp_path / "named")
    environment["MINORI_FABRIC_BIN"] = str(folder)
    commands = find(environment, told.append)
    write(folder / "orderer", "echo started; exec /bin/sleep 60")
    with pytest.raises(CommandFailedError, match="orderer took longer than 0 s") as caught:
        commands.run("orderer", [], timeout_s=0.3)
    assert caught.value.output == "started\n"
    assert isinstance(caught.value.__cause__, subprocess.TimeoutExpired)


def test_network_of_fabric_3_is_refused_by_commands_of_2_5(tmp_path, environment):
    Topology(directory=tmp_path / "fabric", consensus=Consensus.BFT).save()
    environment["MINORI_FABRIC_BIN"] = str(install(tmp_path / "named"))
    network = Network(Topology.load(tmp_path / "fabric"), environment=environment)
    with pytest.raises(NetworkStateError, match=r"made by Fabric 3 \(SmartBFT\), this is 2\.5\.0"):
        network.up()
    assert network.pids == {}
