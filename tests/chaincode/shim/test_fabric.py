"""The shim on real peers: Fabric's command, our client and the official one drive it."""

import asyncio
import contextlib
import json
import os
import random
import sys
import time

import pytest

from chaincode.shim import Refusal
from gateway.fabric import ConnectionProfile, Deadlines, Gateway, GatewayError
from network.topology import COOP, SHOPS
from tests.contract_health import contract_health_port, contract_transactions
from tests.fabric_fixture import running
from tests.node import driver

pytestmark = pytest.mark.fabric

COMMAND = (sys.executable, "-m", "tests.chaincode.shim.contract_process")
PATIENT = Deadlines(evaluate_s=30, endorse_s=30, submit_s=30, commit_status_s=60)


@pytest.fixture(scope="module", params=["2.5", "3.x"])
def network(request, tmp_path_factory):
    """A network whose contract is the tests' own, with its slow and failing functions.

    Fabric 3.x has the multi-key reads and write batches that 2.5 lacks.
    """
    is_3 = request.param == "3.x"
    environment = request.getfixturevalue("fabric3_environment") if is_3 else os.environ
    folder = tmp_path_factory.mktemp("shim")
    with running(folder, chaincode_command=COMMAND, environment=environment) as network:
        yield network


def _gateway(network, owner):
    profile = ConnectionProfile.load(network.connection(owner))
    gateway = Gateway.from_profile(profile, deadlines=PATIENT)
    return gateway, gateway.network(profile.channel).contract(profile.chaincode)


@pytest.fixture
async def coop(network):
    gateway, contract = _gateway(network, "coop")
    async with gateway:
        yield contract


@pytest.fixture
async def shops(network):
    gateway, contract = _gateway(network, "shops")
    async with gateway:
        yield contract


async def _refused(contract, function, args=()):
    with pytest.raises(GatewayError) as caught:
        await contract.evaluate_transaction(function, args)
    return caught.value.chaincode_response or str(caught.value)


async def _refuses_connections(port):
    """Return when nobody listens: threads of a killed process hold its ports a little longer."""
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await asyncio.sleep(0.01)


def test_peer_command_invokes_and_queries(network):
    name = ("-C", network.topology.channel, "-n", network.topology.chaincode)

    def arguments(*args):
        return ("-c", json.dumps({"Args": args}))

    network.caller.peer(
        COOP,
        *("chaincode", "invoke", "--waitForEvent", *name, *arguments("put", "by/command")),
        *network.caller.orderer_flags(COOP),
        *network.caller.peer_flags(COOP),
        *network.caller.peer_flags(SHOPS),
    )
    answer = network.caller.peer(
        SHOPS, "chaincode", "query", *name, *arguments("get", "by/command", "nothing")
    )
    assert json.loads(answer) == ["value of by/command", None]


async def test_200_interleaved_transactions_on_real_peers_are_neither_lost_nor_mixed_up(
    network, coop, shops
):
    """Committed, read, slow, failing, hanging and abandoned ones, through two organisations."""
    dice = random.Random(11)

    async def committed(contract):
        key = f"interleaved/{dice.random()}".encode()
        await contract.submit_transaction("put", [key])
        [value] = json.loads(await contract.evaluate_transaction("get", [key]))
        assert value == f"value of {key.decode()}"

    async def own(contract):
        proposal = contract.new_proposal("own")
        transaction = await proposal.endorse()
        assert transaction.result.payload == b"-|-"
        assert transaction.result.writes == {
            network.topology.chaincode: {f"b/{proposal.tx_id}": proposal.tx_id.encode()}
        }

    async def slow(contract):
        text = str(dice.random()).encode()
        assert await contract.evaluate_transaction("sleeps", [b"0.7", text]) == text

    async def failing(contract):
        assert await _refused(contract, "raises") == (500, Refusal.CONTRACT_FAILED)

    async def hanging(contract):
        assert await _refused(contract, "sleeps", [b"3600"]) == (500, Refusal.DEADLINE)

    async def abandoned(contract):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await contract.evaluate_transaction("sleeps", [b"1.5"])

    kinds = [committed] * 60 + [own] * 20 + [slow] * 40 + [failing] * 40 + [abandoned] * 30
    dice.shuffle(kinds)
    # First: while one hangs, its peer's commits wait, and whatever begins after those waits too,
    # longer than a peer waits for an endorsement.
    kinds = [hanging] * 10 + kinds
    await asyncio.gather(*(kind((coop, shops)[n % 2]) for n, kind in enumerate(kinds)))
    assert await coop.evaluate_transaction("echo", [b"alive"]) == b"alive"


async def test_contract_that_computes_for_ever_stops_its_peer_for_no_longer_than_the_deadline(
    network, coop, shops
):
    """While it runs, its peer commits nothing (it holds the ledger's lock); the others go on."""
    health = contract_health_port(network)
    poison = asyncio.create_task(_refused(coop, "computes"))
    while await contract_transactions(health) is not None:
        assert not poison.done()
    start = time.monotonic()
    assert await shops.evaluate_transaction("echo", [b"a"]) == b"a"
    assert time.monotonic() - start < 2
    assert await poison == (500, Refusal.DEADLINE)
    await coop.submit_transaction("put", [b"after/poison"])
    assert time.monotonic() - start < 15


async def test_chaincode_killed_in_mid_transaction_serves_again_at_once(network, coop):
    """Nothing half done: the transaction fails, and the next finds the state as it was."""
    health = contract_health_port(network)
    for cycle in range(5):
        key = f"killed/{cycle}".encode()
        caught_in_the_act = asyncio.create_task(_refused(coop, "put_slowly", [key, b"3"]))
        while await contract_transactions(health) != 1:
            assert not caught_in_the_act.done()
        await asyncio.to_thread(network.kill, "coop.chaincode")
        await caught_in_the_act
        await _refuses_connections(health)
        await asyncio.to_thread(network.start, "coop.chaincode")
        start = time.monotonic()
        assert json.loads(await coop.evaluate_transaction("get", [key])) == [None]
        assert time.monotonic() - start < 5


async def test_peer_and_shim_agree_on_multi_key_reads_and_write_batches(network, coop):
    keys = [f"many/{number}".encode() for number in range(1500)]
    await coop.submit_transaction("put", keys[:1200])
    values = json.loads(await coop.evaluate_transaction("get", keys))
    assert values == [f"value of {key.decode()}" for key in keys[:1200]] + [None] * 300
    log = network.log("coop.chaincode").read_text()
    size = 1000 if network.commands.version >= (3, 1, 0) else 0
    assert f'"reads_max": {size}, "writes_max": {size}' in log


async def test_arguments_of_6_mib_leave_the_stream_alive(coop):
    size = 6 * 1024 * 1024
    assert await coop.evaluate_transaction("size", [b"x" * size]) == str(size).encode()
    assert await coop.evaluate_transaction("echo", [b"alive"]) == b"alive"


def test_official_node_client_drives_the_chaincode(network):
    calls = [
        {"kind": "submit", "function": "put", "args": ["by/node"]},
        {"kind": "evaluate", "function": "get", "args": ["by/node", "nothing"]},
        {"kind": "evaluate", "function": "raises", "args": []},
    ]
    request = {"calls": calls, "in_flight": 1}
    put, get, raises = driver.ask(network.connection("coop"), request)["outcomes"]
    assert put["ok"]
    assert json.loads(get["payload"]) == ["value of by/node", None]
    assert not raises["ok"]
    assert any(Refusal.CONTRACT_FAILED in detail for detail in raises["details"])


def test_official_node_client_loads_the_chaincode(network):
    figures = driver.ask(
        network.connection("coop"),
        {
            "load": {"kind": "submit", "function": "put", "args": ["load/{n}"]},
            "transactions": 40,
            "in_flight": 20,
        },
    )
    assert (figures["transactions"], figures["failed"]) == (40, 0), figures["errors"]
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert figures["per_second"] > 0
