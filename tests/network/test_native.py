"""A real network with a plain contract: every step, repeated, interrupted, undone."""

import itertools
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from network import channel, cli, lifecycle
from network.calls import clean_environment
from network.crypto import home
from network.errors import CommandFailedError, NetworkError, NetworkStateError
from network.lifecycle import Definition
from network.native import Network
from network.processes import Processes
from network.readiness import height, leader
from network.roster import chaincode_names, node_names, orderer_name, peer_name
from network.topology import COOP, PEER_ORGANISATIONS, SHOPS, TOWN, Consensus, Port, Topology
from tests.fabric_fixture import running

pytestmark = pytest.mark.fabric

ROOT = Path(__file__).parents[2]
PLAIN = (sys.executable, "-P", str(Path(__file__).parent / "plain_contract.py"))
ALL = {*node_names(), *chaincode_names()}
PEER_BACKOFF_S = 12  # a peer without orderers for this long asks for them every two seconds only


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with running(tmp_path_factory.mktemp("native"), chaincode_command=PLAIN) as network:
        yield network


@pytest.fixture
def network(shared):
    """The shared network, whole again whatever the test before did to it."""
    shared.up()
    return shared


def put(network, key, value, *, by=COOP, endorsers=(COOP, SHOPS)):
    """Write by the `peer` command, which hands a transaction to one orderer and no other."""
    arguments = [
        *("chaincode", "invoke", "-C", "minori", "-n", "minori"),
        *("--waitForEvent", "--waitForEventTimeout", "10s"),
        *("-c", json.dumps({"Args": ["put", key, value]})),
        *(flag for one in endorsers for flag in network.caller.peer_flags(one)),
    ]
    lifecycle.until_ordered(by, arguments, network.caller)


def ask(network, owner, *args):
    return network.caller.peer(
        owner,
        *("chaincode", "query", "-C", "minori", "-n", "minori"),
        *("-c", json.dumps({"Args": args})),
    ).strip()


def eventually(attempt, *, patience_s=30.0):
    """Repeat `attempt` until it neither raises nor returns False."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            if attempt() is not False:
                return
        except CommandFailedError:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_contract_answers_on_every_peer_when_up(network):
    put(network, "first", "1")
    for one in PEER_ORGANISATIONS:
        eventually(lambda one=one: ask(network, one, "get", "first") == "1")
    assert len({ask(network, one, "who") for one in PEER_ORGANISATIONS}) == 3


def test_up_changes_nothing_when_all_of_it_runs(network):
    before = network.pids
    assert before.keys() == ALL
    heights = [height(network.topology, one) for one in PEER_ORGANISATIONS]
    network.up()
    assert network.pids == before
    assert [height(network.topology, one) for one in PEER_ORGANISATIONS] == heights


def test_everything_is_back_with_its_ledger_when_all_of_it_was_killed(network):
    put(network, "before the crash", "kept")
    before = network.pids
    for name in before:
        network.kill(name)
    assert network.pids == {}
    # Another program, as after a restart of the machine: only the directory tells.
    again = Network(Topology.load(network.topology.directory))
    again.up()
    assert again.pids.keys() == ALL
    assert not set(again.pids.values()) & set(before.values())
    assert ask(again, COOP, "get", "before the crash") == "kept"
    put(again, "after the crash", "taken")


def test_two_organisations_go_on_when_the_third_ones_peer_is_killed(network):
    network.kill("town.peer")
    put(network, "while town is away", "taken")
    network.start("town.peer")
    eventually(lambda: ask(network, TOWN, "get", "while town is away") == "taken")


def test_orderers_go_on_when_their_leader_is_killed(network):
    leading = leader(network.topology)
    network.kill(orderer_name(leading))
    by = next(one for one in PEER_ORGANISATIONS if one is not leading)
    eventually(lambda: put(network, "while the leader is away", "taken", by=by))
    network.up()
    assert network.pids.keys() == ALL


def test_contract_answers_again_when_its_process_was_killed(network):
    network.kill("coop.chaincode")
    with pytest.raises(CommandFailedError):
        ask(network, COOP, "who")
    network.start("coop.chaincode")
    eventually(lambda: ask(network, COOP, "who").startswith("minori_"))


def test_upgrade_replaces_the_processes_and_nobody_waits(network):
    put(network, "kept", "through the upgrade")
    before, ids = network.pids, {one: ask(network, one, "who") for one in PEER_ORGANISATIONS}
    sequence = network.definition().sequence
    stop, answers, faults = threading.Event(), [], []

    def keep_asking():
        while not stop.is_set():
            try:
                answers.append(ask(network, COOP, "get", "kept"))
            except CommandFailedError as error:
                faults.append(error.output)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        definition = network.upgrade(version="autumn")
    finally:
        stop.set()
        asking.join()
    assert faults == []
    assert set(answers) == {"through the upgrade"}
    assert definition == Definition(version="autumn", sequence=sequence + 1)
    assert network.definition() == definition
    assert network.pids.keys() == ALL
    for one in PEER_ORGANISATIONS:
        assert network.pids[f"{one.name}.chaincode"] != before[f"{one.name}.chaincode"]
        assert ask(network, one, "who").startswith("minori_autumn:") != ids[one]
    assert all(network.pids[name] == before[name] for name in node_names())
    put(network, "after the upgrade", "taken")


class Crash(BaseException):
    """The program ends here, in the middle of its work."""


def crash_at(patch, owner, step, *, call):
    """Let the program end at that call of a step, counted from one."""
    step_itself, calls = getattr(owner, step), itertools.count(1)

    def crash(*args, **kwargs):
        if next(calls) == call:
            raise Crash
        return step_itself(*args, **kwargs)

    patch.setattr(owner, step, crash)


def crash_all(network):
    for name in network.pids:
        network.kill(name)
    return Network(Topology.load(network.topology.directory))


def crash_command(network):
    """What it had started lives on: only the command itself has ended."""
    return Network(Topology.load(network.topology.directory))


@pytest.mark.parametrize(
    ("owner", "step", "call", "ends", "upgraded"),
    [
        pytest.param(lifecycle, "approve", 1, crash_all, False, marks=pytest.mark.soak),
        (lifecycle, "commit", 1, crash_all, False),
        pytest.param(lifecycle, "commit", 1, crash_command, False, marks=pytest.mark.soak),
        (Processes, "replace", 1, crash_all, True),
        (Processes, "replace", 2, crash_command, True),
    ],
)
def test_upgrade_is_done_or_undone_when_it_was_cut_off(
    network, monkeypatch, owner, step, call, ends, upgraded
):
    before = network.definition()
    with monkeypatch.context() as patch:
        crash_at(patch, owner, step, call=call)
        with pytest.raises(Crash):
            network.upgrade()
    again = ends(network)
    again.up()
    assert again.pids.keys() == ALL
    assert again.definition().sequence == before.sequence + upgraded
    for one in PEER_ORGANISATIONS:
        assert ask(again, one, "who").startswith(f"minori_{again.definition().version}:")
    put(again, "after the cut", "taken")
    # and the next upgrade goes through
    assert again.upgrade().sequence == before.sequence + upgraded + 1


def test_upgrade_is_done_when_it_was_cut_off_before_any_peer_heard_of_it(network, monkeypatch):
    before = network.definition()

    def heights(port):
        return [height(network.topology, one, port) for one in PEER_ORGANISATIONS]

    def commit_unheard(definition, caller):
        peers = [network.pids[peer_name(one)] for one in PEER_ORGANISATIONS]
        ordered = heights(Port.ORDERER_OPERATIONS)
        caller.peer(
            COOP,
            *("lifecycle", "chaincode", "commit", "-C", "minori", "-n", "minori"),
            *("-v", definition.version, "--sequence", str(definition.sequence)),
            *("--waitForEvent=false", *caller.orderer_flags(COOP)),
            *(flag for one in PEER_ORGANISATIONS for flag in caller.peer_flags(one)),
        )
        for peer in peers:  # the orderer waits a moment for more before it makes a block
            os.kill(peer, signal.SIGKILL)
        eventually(lambda: min(heights(Port.ORDERER_OPERATIONS)) > max(ordered))
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(lifecycle, "commit", commit_unheard)
        with pytest.raises(Crash):
            network.upgrade()
    again = crash_all(network)
    for one in PEER_ORGANISATIONS:
        again.start(peer_name(one))
    time.sleep(PEER_BACKOFF_S)
    again.up()
    assert again.definition().sequence == before.sequence + 1
    assert again.pids.keys() == ALL
    put(again, "after it was heard of", "taken")


@pytest.mark.parametrize(
    ("owner", "step"),
    [
        pytest.param(channel, "join_orderer", marks=pytest.mark.soak),
        (channel, "join_peer"),
        pytest.param(lifecycle, "install", marks=pytest.mark.soak),
        (lifecycle, "commit"),
    ],
)
def test_first_start_goes_on_where_it_was_cut_off(tmp_path, monkeypatch, owner, step):
    with monkeypatch.context() as patch:
        crash_at(patch, owner, step, call=1 if step == "commit" else 2)
        with pytest.raises(Crash), running(tmp_path, chaincode_command=PLAIN) as network:
            pytest.fail(f"up although {step} failed on {network}")
    network = crash_all(Network(Topology.load(tmp_path), chaincode_command=PLAIN))
    network = Network(network.topology, chaincode_command=PLAIN)
    try:
        network.up()
        put(network, "after the cut", "taken")
    finally:
        network.down()


def test_down_ends_everything_and_up_goes_on_from_the_same_ledger(network):
    put(network, "overnight", "kept")
    network.down()
    assert network.pids == {}
    for port in network.topology.ports():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    with pytest.raises(NetworkStateError, match="not running"):
        network.deploy()
    network.up()
    assert ask(network, COOP, "get", "overnight") == "kept"


def test_no_process_stays_when_the_tests_are_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from tests.fabric_fixture import running\n"
        "with running(Path(sys.argv[1])) as network: print('up', flush=True); time.sleep(600)"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=ROOT) as tests:
        assert tests.stdout.readline() == b"up\n"
        network = Network(Topology.load(tmp_path))
        assert network.pids.keys() == ALL
        tests.kill()
    eventually(lambda: network.pids == {})


def test_purge_removes_the_directory(tmp_path):
    with running(tmp_path / "gone", chaincode_command=PLAIN) as network:
        network.down(purge=True)
        assert not (tmp_path / "gone").exists()
        assert network.pids == {}


def test_up_names_the_process_and_its_log_when_the_contract_ends_at_once(tmp_path):
    command = (sys.executable, "-c", "raise SystemExit('no rules today')")
    with (
        pytest.raises(NetworkError, match=r"\.chaincode ended right after its start") as caught,
        running(tmp_path, chaincode_command=command),
    ):
        pytest.fail("up without a contract")
    assert "no rules today" in caught.value.diagnostics()


def test_status_shows_the_whole_network(network):
    result = CliRunner().invoke(
        cli.app, ["network", "status", "-d", str(network.topology.directory)]
    )
    assert result.exit_code == 0, result.output
    for name, pid in network.pids.items():
        assert f"{name:16}  pid {pid}" in result.output
    assert f"led by {leader(network.topology).name}" in result.output
    assert f"{height(network.topology, COOP)} blocks" in result.output


def test_status_names_what_stopped(network):
    network.kill("shops.peer")
    result = CliRunner().invoke(
        cli.app, ["network", "status", "-d", str(network.topology.directory)]
    )
    assert result.exit_code == 3
    assert "shops.peer        stopped" in result.output
    assert "1 stopped" in result.output


def test_peer_hangs_up_on_a_client_without_a_certificate(network):
    folder = home(network.topology, COOP)
    context = ssl.create_default_context(cafile=str(folder / "tlsca/cert.pem"))
    context.set_alpn_protocols(["h2"])
    address = ("127.0.0.1", network.topology.port(COOP, Port.PEER))
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as call,
        pytest.raises(ssl.SSLError, match=r"(?i)certificate.required|bad.certificate"),
    ):
        call.recv(1)


def test_client_identity_may_not_administer_its_peer(network):
    folder = home(network.topology, COOP)
    settings = network.topology.directory.absolute() / "settings/coop.peer"
    environment = {
        **clean_environment(os.environ),
        "FABRIC_CFG_PATH": str(settings),
        "CORE_PEER_MSPCONFIGPATH": str(folder / "gateway/msp"),
        "CORE_PEER_TLS_CLIENTCERT_FILE": str(folder / "gateway/tls/cert.pem"),
        "CORE_PEER_TLS_CLIENTKEY_FILE": str(folder / "gateway/tls/key.pem"),
    }
    with pytest.raises(CommandFailedError, match="exit code 1") as caught:
        network.commands.run(
            "peer", ["lifecycle", "chaincode", "queryinstalled"], environment=environment
        )
    assert "is not an admin under this MSP" in caught.value.output


def test_one_organisation_alone_changes_nothing(network):
    with pytest.raises(CommandFailedError) as caught:
        put(network, "alone", "never", endorsers=(COOP,))
    assert "ENDORSEMENT_POLICY_FAILURE" in caught.value.output
    assert ask(network, COOP, "get", "alone") == "nothing"


def test_real_contract_answers_on_every_peer(fabric_network):
    for one in PEER_ORGANISATIONS:
        answer = json.loads(ask(fabric_network, one, "version"))
        assert answer["contract"] == "minori"


def test_fabric_3_orders_by_smartbft_and_survives_its_leader(tmp_path, fabric3_environment):
    with running(tmp_path, environment=fabric3_environment, chaincode_command=PLAIN) as network:
        topology = network.topology
        assert network.commands.version >= (3, 0, 0)
        assert topology.consensus is Consensus.BFT
        put(network, "first", "1")
        leading = leader(topology)
        network.kill(orderer_name(leading))
        by = next(one for one in PEER_ORGANISATIONS if one is not leading)
        eventually(lambda: put(network, "while the leader is away", "taken", by=by), patience_s=90)
        assert leader(topology, [by]) is not leading
        network.up()
        assert network.pids.keys() == ALL
        assert network.upgrade().sequence == 2
        eventually(lambda: put(network, "after the upgrade", "taken", by=by), patience_s=90)
        assert ask(network, TOWN, "get", "first") == "1"


def test_fabric_3_runs_the_real_contract(fabric3_network):
    for one in PEER_ORGANISATIONS:
        assert json.loads(ask(fabric3_network, one, "version"))["contract"] == "minori"
