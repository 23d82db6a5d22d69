"""The client and the ledger port on real Fabric, with a contract of keys and values."""

import asyncio
import base64
import contextlib
import dataclasses
import json
import os
import signal
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from fabric_protos.gateway import gateway_pb2

from gateway.fabric import (
    CommitError,
    ConnectionProfile,
    Deadlines,
    Gateway,
    GatewayError,
    Identity,
    Outcome,
    Stage,
    ValidationCode,
)
from gateway.fabric.identity import P256_ORDER
from gateway.ledgers.on_fabric import FabricLedger
from gateway.ledgers.port import (
    LedgerUnavailableError,
    OutcomeUnknownError,
    TransactionTooLargeError,
)
from network.errors import NetworkStateError
from network.topology import COOP
from tests.fabric_fixture import running
from tests.gateway.fabric.slow_line import SlowLine

pytestmark = [pytest.mark.fabric, pytest.mark.timeout(180)]

COMMAND = (sys.executable, "-P", str(Path(__file__).parent / "key_contract.py"))
NAMES = ("coop", "shops", "town")


@pytest.fixture(scope="module", params=["fabric2", "fabric3"])
def network(request, tmp_path_factory):
    """A network of this module's own: Raft on 2.5 and, where its commands are, SmartBFT on 3.x."""
    options = {"chaincode_command": COMMAND}
    if request.param == "fabric3":
        options["environment"] = request.getfixturevalue("fabric3_environment")
    with running(tmp_path_factory.mktemp(request.param), **options) as network:
        yield network


@pytest.fixture
def profiles(network) -> dict[str, ConnectionProfile]:
    return {name: ConnectionProfile.load(network.connection(name)) for name in NAMES}


@pytest.fixture
async def gateway(profiles):
    async with Gateway.from_profile(profiles["coop"]) as gateway:
        yield gateway


@pytest.fixture
def contract(gateway):
    return gateway.network("minori").contract("minori")


@contextlib.asynccontextmanager
async def connected(profile: ConnectionProfile, **options):
    ledger = FabricLedger.from_profile(profile, **options)
    try:
        yield ledger
    finally:
        await ledger.close()


@pytest.fixture
async def ledger(profiles):
    async with connected(profiles["coop"]) as ledger:
        yield ledger


@pytest.fixture
def key() -> str:
    return f"key/{uuid4().hex}"


def write(key: str, value: str) -> bytes:
    return f"{key}={value}".encode()


async def restore(network) -> None:
    """Bring back what was killed; its threads may still hold its port for a moment."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await asyncio.to_thread(network.up)
            except NetworkStateError:
                await asyncio.sleep(0.1)


async def eventually(condition, *, within_s: float = 60.0) -> None:
    """Await the condition until it holds; an unavailable ledger counts as not yet."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                if await condition():
                    return
            except LedgerUnavailableError:
                pass
            await asyncio.sleep(0.2)


async def all_blocks(ledger) -> list:
    events = ledger.blocks(0)
    async with contextlib.aclosing(events):
        return [await anext(events) for _ in range(await ledger.height())]


async def occurrences(ledger, command: bytes) -> list[bool]:
    """Return the validity of every transaction on the chain that carries the command."""
    return [
        transaction.valid
        for block in await all_blocks(ledger)
        for transaction in block.transactions
        if command in transaction.commands
    ]


async def test_a_command_goes_in_and_its_state_comes_out(ledger, key):
    receipt = await ledger.submit([write(key, "a"), b"!no"])
    assert [result["code"] for result in receipt.results] == ["ACCEPTED", "REFUSED"]
    assert receipt.block_number > 0
    assert await ledger.query([key, "absent"]) == {key: "a", "absent": None}


async def test_both_identities_of_the_profile_can_submit(profiles, key):
    async with connected(profiles["coop"], identity="admin") as ledger:
        assert (await ledger.submit([write(key, "a")])).block_number > 0


async def test_nothing_is_ordered_when_no_command_is_taken(ledger):
    before = await ledger.height()
    assert (await ledger.submit([b"!no"])).block_number == -1
    assert await ledger.height() == before


async def test_the_chain_is_the_one_that_the_peer_reports(network, ledger, key):
    receipt = await ledger.submit([write(key, "a")])
    blocks = await all_blocks(ledger)
    text = network.caller.peer(COOP, "channel", "getinfo", "-c", "minori")
    info = json.loads(text[text.index("{") :])
    assert len(blocks) == info["height"]
    assert blocks[-1].hash == base64.b64decode(info["currentBlockHash"]).hex()
    assert blocks[-1].previous_hash == base64.b64decode(info["previousBlockHash"]).hex()
    (transaction,) = blocks[receipt.block_number].transactions
    assert transaction.id == receipt.tx_id
    assert transaction.writes == {key: b"a"}
    assert transaction.results == receipt.results
    assert transaction.time == receipt.time


async def test_the_verdict_is_asked_by_the_transactions_id(profiles, ledger, key):
    receipt = await ledger.submit([write(key, "a")])
    async with Gateway.from_profile(profiles["shops"]) as other:
        status = await other.network("minori").commit_status(receipt.tx_id, own_only=True)
    assert (status.successful, status.block_number) == (True, receipt.block_number)
    assert status.msp_id == profiles["shops"].msp_id


async def test_a_slow_line_to_the_peer_carries_everything(profiles, key):
    """TLS and client certificates of the real network, at a round trip of 1.2 seconds."""
    own = profiles["coop"].peers[0]
    async with SlowLine(int(own.address.rpartition(":")[2]), one_way_s=0.6) as line:
        near = dataclasses.replace(own, address=f"127.0.0.1:{line.port}")
        profile = dataclasses.replace(profiles["coop"], peers=(near,))
        async with connected(profile, deadlines=Deadlines(commit_status_s=15)) as ledger:
            receipt = await ledger.submit([write(key, "a")])
            async with contextlib.aclosing(ledger.blocks(receipt.block_number)) as blocks:
                (transaction,) = (await anext(blocks)).transactions
    assert transaction.id == receipt.tx_id


@pytest.mark.parametrize(
    ("channel", "start", "outcome"),
    [("minori", 10_000, Outcome.NOT_FOUND), ("elsewhere", 0, Outcome.NOT_FOUND)],
)
async def test_what_the_peer_does_not_have_is_not_waited_for(gateway, channel, start, outcome):
    with pytest.raises(GatewayError) as caught:
        async with asyncio.timeout(10):
            await anext(gateway.network(channel).block_events(start))
    assert caught.value.outcome is outcome


async def test_a_lost_race_is_a_conflict(contract, key):
    one, other = [
        await contract.new_proposal("submit", [write(key, value)]).endorse() for value in "ab"
    ]
    assert (await (await one.submit()).status()).code is ValidationCode.VALID
    status = await (await other.submit()).status()
    with pytest.raises(CommitError) as caught:
        status.raise_for_code()
    assert caught.value.code is ValidationCode.MVCC_READ_CONFLICT
    assert caught.value.outcome is Outcome.CONFLICT


async def test_too_few_endorsements_are_found_at_commit(contract, ledger, key):
    proposal = contract.new_proposal("submit", [write(key, "a")])
    transaction = await proposal.endorse(endorsing_organizations=["CoopMSP"])
    status = await (await transaction.submit()).status()
    assert status.code is ValidationCode.ENDORSEMENT_POLICY_FAILURE
    assert await ledger.query([key]) == {key: None}


async def test_one_envelope_by_fifty_ways_is_valid_once(profiles, contract, ledger, key):
    transaction = await contract.new_proposal("submit", [write(key, "a")]).endorse()
    request = gateway_pb2.SubmitRequest(
        transaction_id=transaction.tx_id,
        channel_id="minori",
        prepared_transaction=transaction._envelope,
    )
    async with contextlib.AsyncExitStack() as stack:
        gateways = [
            await stack.enter_async_context(Gateway.from_profile(profiles[name])) for name in NAMES
        ]
        await asyncio.gather(
            *(
                gateways[number % 3]._peers.call(
                    Stage.SUBMIT, request, tx_id=transaction.tx_id, own_only=True
                )
                for number in range(50)
            )
        )
    status = await transaction.commit().status()
    assert status.code is ValidationCode.VALID
    # A later transaction's block comes after all repetitions, which change nothing.
    await ledger.submit([write(key + "/after", "b")])
    assert await transaction.commit().status() == status
    assert (await occurrences(ledger, write(key, "a"))).count(True) == 1
    for name in NAMES:
        async with connected(profiles[name]) as other:
            await eventually(lambda other=other: holds(other, key, "a"))


async def holds(ledger, key: str, value: str) -> bool:
    return await ledger.query([key]) == {key: value}


async def test_peers_that_disagree_are_a_mismatch(contract):
    with pytest.raises(GatewayError) as caught:
        await contract.new_proposal("clock").endorse()
    assert caught.value.outcome is Outcome.MISMATCH


async def test_a_refusal_of_the_chaincode_keeps_its_status_and_message(contract):
    for call in (contract.new_proposal("no").endorse, contract.new_proposal("no").evaluate):
        with pytest.raises(GatewayError) as caught:
            await call()
        assert caught.value.outcome is Outcome.CHAINCODE_REFUSED
        assert caught.value.chaincode_response == (400, "BAD_FUNCTION")


async def test_an_oversized_transaction_is_told_so(ledger, key):
    with pytest.raises(TransactionTooLargeError):
        await ledger.submit([write(key, "x" * 12_000_000)])
    assert await ledger.query([key]) == {key: None}


async def test_peers_refuse_the_high_twin_of_a_signature(profiles):
    profile = profiles["coop"]
    identity, sign = Identity.load(profile.msp_id, profile.identity("gateway"))

    def sign_high(message: bytes) -> bytes:
        r, s = decode_dss_signature(sign(message))
        return encode_dss_signature(r, P256_ORDER - s)

    async with Gateway(
        identity=identity, signer=sign_high, peers=profile.peers, tls_client=profile.tls_client
    ) as gateway:
        with pytest.raises(GatewayError) as caught:
            await gateway.network("minori").contract("minori").evaluate_transaction("query")
    assert caught.value.outcome is Outcome.CALLER_REFUSED


async def test_a_killed_own_peer_delays_the_receipt_and_doubles_nothing(network, profiles, key):
    """Killed between submit and commit status, and brought back."""
    restoring = []

    async def on_stage(stage: Stage, _tx_id: str) -> None:
        if stage is Stage.SUBMIT:
            await asyncio.to_thread(network.kill, "coop.peer")
            restoring.append(asyncio.create_task(restore(network)))

    async with connected(profiles["coop"], on_stage=on_stage) as ledger:
        receipt = await ledger.submit([write(key, "a")])
        await restoring[0]
        assert receipt.block_number > 0
        assert await occurrences(ledger, write(key, "a")) == [True]


async def test_without_the_own_peer_nothing_is_acknowledged(network, profiles, key):
    async with connected(profiles["coop"], settle_s=3.0) as ledger:
        await asyncio.to_thread(network.kill, "coop.peer")
        try:
            with pytest.raises(LedgerUnavailableError):
                await ledger.query([key])
            with pytest.raises((OutcomeUnknownError, LedgerUnavailableError)):
                await ledger.submit([write(key, "a")])
            with pytest.raises((OutcomeUnknownError, LedgerUnavailableError)):
                await ledger.submit([b"!no"])
        finally:
            await restore(network)
        # It was carried to the orderers by a foreign peer, and is found by the own one.
        await eventually(lambda: holds(ledger, key, "a"))
        assert await occurrences(ledger, write(key, "a")) == [True]


async def test_an_own_peer_frozen_after_endorsing_only_delays(network, profiles, key):
    """Another peer carries the same envelope; the receipt waits for the own peer's word."""
    pid = network.pids["coop.peer"]

    async def on_stage(stage: Stage, _tx_id: str) -> None:
        if stage is Stage.ENDORSE:
            os.kill(pid, signal.SIGSTOP)

    deadlines = Deadlines(submit_s=1.0, commit_status_s=1.0)
    async with (
        connected(profiles["coop"], on_stage=on_stage, deadlines=deadlines) as ledger,
        connected(profiles["shops"]) as shops,
    ):
        waiting = asyncio.create_task(ledger.submit([write(key, "a")]))
        try:
            await eventually(lambda: holds(shops, key, "a"))
            assert not waiting.done()
        finally:
            os.kill(pid, signal.SIGCONT)
        assert (await waiting).block_number > 0
        assert (await occurrences(ledger, write(key, "a"))).count(True) == 1


async def test_a_frozen_foreign_peer_only_delays(network, ledger, key):
    """The peers give up on one another after 6 s, so that the answer is within our deadline."""
    pid = network.pids["shops.peer"]
    os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(40):
            receipt = await ledger.submit([write(key, "a")])
    finally:
        os.kill(pid, signal.SIGCONT)
    assert receipt.block_number > 0


async def test_without_the_own_chaincode_others_endorse(network, ledger, key):
    await asyncio.to_thread(network.kill, "coop.chaincode")
    try:
        receipt = await ledger.submit([write(key, "a")])
    finally:
        await restore(network)
    assert receipt.block_number > 0
    await eventually(lambda: holds(ledger, key, "a"))


async def test_a_killed_orderer_loses_no_receipt(network, ledger, key):
    async def submit(number: int) -> bool:
        try:
            await ledger.submit([write(f"{key}/{number}", "a")])
        except (OutcomeUnknownError, LedgerUnavailableError):
            return False
        return True

    tasks = [asyncio.create_task(submit(number)) for number in range(20)]
    await asyncio.to_thread(network.kill, "coop.orderer")
    tasks += [asyncio.create_task(submit(number)) for number in range(20, 40)]
    acknowledged = await asyncio.gather(*tasks)
    await restore(network)
    found = {
        command: transaction.valid
        for block in await all_blocks(ledger)
        for transaction in block.transactions
        for command in transaction.commands
        if transaction.valid
    }
    for number, is_acknowledged in enumerate(acknowledged):
        if is_acknowledged:
            assert write(f"{key}/{number}", "a") in found
    assert sum(acknowledged) > 30


async def test_blocks_go_on_when_the_own_peer_comes_back(network, ledger, key):
    events = ledger.blocks(await ledger.height())
    waiting = asyncio.create_task(anext(events))
    await asyncio.to_thread(network.kill, "coop.peer")
    await restore(network)
    await eventually(lambda: submitted(ledger, key))
    async with asyncio.timeout(60):
        block = await waiting
    assert any(write(key, "a") in one.commands for one in block.transactions)
    await events.aclose()


async def submitted(ledger, key: str) -> bool:
    try:
        return (await ledger.submit([write(key, "a")])).block_number > 0
    except OutcomeUnknownError:
        return False
