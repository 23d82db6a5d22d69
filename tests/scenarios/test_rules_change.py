"""A town changes to other rules while it works: on both ledgers, with a version the tests have.

Programs with version 2 are there before anything changes; an activation stands in the middle of a
batch; then the old program can't go on, and says so.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from gateway.demo.build import write_keys
from gateway.demo.founding import Founding
from gateway.demo.town import COOP, TOWN, Town
from network.deployment import Deployment
from network.native import Network
from network.roster import CHAINCODE_COMMAND
from tests import toy_rules
from tests.fabric_fixture import running
from tests.gateway.cli.terminal import minori
from tests.scenarios.acting import Cast, accept
from tests.scenarios.stage import GatewayProcess, Stage, embedded_stage, fabric_stage

TOY = "tests.toy_gateway"
SOON_S = 60
FARM = ("-k", "farm-a")
AWAY = ("--gateway", "http://127.0.0.1:9")  # nobody listens there
CONTRACT = (sys.executable, "-m", "tests.toy_rules")


def client_of(gateway: GatewayProcess) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=gateway.url, timeout=90)


def own_use(cast: Cast, lot: str) -> bytes:
    return cast.act("farm-a", toy_rules.FORBIDDEN, {"lot": lot}, {"quantity_g": 100})


def praise(cast: Cast, handle: str, lot: str) -> bytes:
    return cast.person(handle).device.sign(toy_rules.ADDED, {"lot": lot})


def change(town: Town) -> list[bytes]:
    """Return the two registrars' commands that put version 2 into force."""
    first, second = town.registrars[COOP].device, town.registrars[TOWN].device
    body = {"rules": 2, "epoch": 2}
    proposal = first.sign("rules.activate", body)
    approval = {
        "proposal": first.prev,
        "proposer": {"device": first.kid, "actor": first.actor},
        "type": "rules.activate",
        "body": body,
    }
    return [proposal, second.sign("proposal.approve", approval)]


async def post(client: httpx2.AsyncClient, *wires: bytes, wait_s: int = 10) -> httpx2.Response:
    commands = []
    for wire in wires:
        jws, _, closed = wire.decode().partition("~")
        commands.append({"jws": jws, **({"closed": closed} if closed else {})})
    wait = {"Prefer": f"wait={wait_s}"}
    return await client.post("/api/commands", json={"commands": commands}, headers=wait)


async def types_of(client: httpx2.AsyncClient) -> set[str]:
    answer = (await client.get("/api/command-types")).json()
    return {one["name"] for one in answer["types"]}


async def live_through(stage: Stage) -> str:
    """Work by the first rules, change them in mid-batch, and go on by every gateway there is."""
    cast = Cast(stage.town)
    name = cast.named("farm-a", "lot")
    lot = name["lot"]
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client_of(one)) for one in stage.gateways]
        await accept(clients[0], [cast.harvest("farm-a", 5_000, "carrot", name=name)])
        early = await post(clients[-1], praise(cast, "shop-b", lot))
        assert (early.status_code, early.json()["code"]) == (400, "UNKNOWN_TYPE")
        proposal, approval = change(stage.town)
        await accept(clients[0], [proposal])
        answer = await post(clients[0], own_use(cast, lot), approval, own_use(cast, lot))
        codes = [one.get("code") for one in answer.json()["commands"]]
        assert codes == ["ACCEPTED", "ACCEPTED", "UNKNOWN_TYPE"]
        for client in clients:
            await accept(client, [praise(cast, "shop-a", lot)])
            assert toy_rules.ADDED in await types_of(client)
            assert toy_rules.FORBIDDEN not in await types_of(client)
    return lot


def replace_contract(network: Network, name: str, command: Sequence[str]) -> None:
    """Stop an organisation's contract process, and start another program in its place."""
    directory = network.topology.directory
    network.stop(name)
    now = Deployment.load(directory)
    replace(now, current_command=tuple(command)).save(directory)
    try:
        network.start(name)
    finally:
        now.save(directory)


def lacks_rules(told: dict) -> bool:
    """Whether a gateway's health says so."""
    return told.get("health", told)["ledger"]["rules_missing"]


async def until(client: httpx2.AsyncClient, path: str, is_so: Callable[[dict], bool]) -> dict:
    """Ask for something until it is so, and return it."""
    async with asyncio.timeout(SOON_S):
        while not is_so(told := (await client.get(path)).json()):  # noqa: ASYNC110 - as a monitor
            await asyncio.sleep(0.2)
        return told


async def waits_for_its_own_contract(network: Network, stage: Stage, lot: str) -> None:
    """The contract beside one peer knows version 1 alone; that organisation's gateway says so.

    The others go on. What was sent there is kept, and lands when the process is replaced.
    """
    cast, (first, other) = Cast(stage.town), stage.gateways
    await asyncio.to_thread(replace_contract, network, "shops.chaincode", CHAINCODE_COMMAND)
    sent = [praise(cast, "farm-c", lot) for _ in range(3)]
    async with client_of(first) as theirs, client_of(other) as client:
        answer = await post(client, *sent, wait_s=1)
        assert answer.status_code == 202, answer.text
        paths = [f"/api/commands/{one['id']}" for one in answer.json()["commands"]]
        told = await until(client, "/health", lacks_rules)
        assert told["code"] == "NOT_READY"
        for path in paths:
            waiting = (await client.get(path)).json()
            assert (waiting["status"], waiting["problem"]["code"]) == ("waiting", "RULES_MISSING")
        await accept(theirs, [praise(cast, "shop-a", lot)])
        assert not lacks_rules((await theirs.get("/health")).json())
        assert "VERSION_MISSING" in other.log.read_text()
        await asyncio.to_thread(replace_contract, network, "shops.chaincode", CONTRACT)
        for path in paths:
            done = await until(client, path, lambda told: told["status"] != "waiting")
            assert (done["code"], "problem" in done) == ("ACCEPTED", False)
        told = await until(client, "/health", lambda told: told.get("ready"))
        assert not lacks_rules(told)
        await accept(client, [praise(cast, "farm-c", lot)])


@contextlib.contextmanager
def spoken_in(home: Path) -> Iterator[None]:
    """Have the command line find its keys in a folder."""
    before = os.environ.get("MINORI_HOME")
    os.environ["MINORI_HOME"] = str(home)
    try:
        yield
    finally:
        del os.environ["MINORI_HOME"]
        if before is not None:
            os.environ["MINORI_HOME"] = before


def signs_by_what_is_in_force(home: Path, *, taken: str, refused: str) -> None:
    """`minori`, a program of version 1 alone, takes types from the gateway: `refused` is unsigned.

    A word that a taken type does not have is answered with those that it has.
    """
    key = home / "keys" / "farm-a.json"
    before = key.read_bytes()
    with spoken_in(home):
        for away in ((), AWAY):  # where there is no line, by what was seen last
            said = minori("submit", refused, f"lot={'0' * 20}", *FARM, *away, code=1)
            sentence = "not in force" if refused == toy_rules.FORBIDDEN else "no command type"
            assert sentence in said
            assert taken in said
            lacking = minori("submit", taken, *FARM, *away, code=1)
            assert f"{taken} also needs: lot" in lacking
        listed = minori("submit", "list", *FARM)
        assert taken in listed
        assert refused not in listed.split()
    assert key.read_bytes() == before


def signs_by_what_it_saw_last(home: Path, lot: str) -> None:
    """Without a line, what was in force when it last asked is signed, and kept."""
    with spoken_in(home):
        words = (toy_rules.FORBIDDEN, f"lot={lot}", "quantity_g=100")
        assert "waiting" in minori("submit", *words, *FARM, "--later", *AWAY)
        assert "not in force" in minori("submit", *words, *FARM, code=1)
    assert len(json.loads((home / "keys" / "farm-a.json").read_bytes())["queue"]) == 1


async def is_refused_by_the_old_program(gateway: GatewayProcess, cast: Cast) -> None:
    """A program of version 1 alone takes nothing in, and says why in its log."""
    async with client_of(gateway) as client:
        answer = await post(client, cast.harvest("farm-b", 1_000, "carrot"))
        assert (answer.status_code, answer.json()["code"]) == (503, "RULES_MISSING")
        assert (await client.get("/api/command-types")).json()["code"] == "RULES_MISSING"
        assert lacks_rules((await client.get("/health")).json())
    assert "VERSION_MISSING" in gateway.log.read_text()


async def test_rules_change_on_the_embedded_ledger(tmp_path):
    town = Town.create()
    async with embedded_stage(tmp_path, town, Founding.of(town), is_warm=False) as stage:
        gateway = stage.gateways[0]
        gateway.stop()
        gateway.module = TOY
        gateway.start()
        await gateway.ready()
        homes = [tmp_path / name for name in ("before", "after")]
        write_keys(town, homes[0], gateway=gateway.url)
        signs_by_what_is_in_force(homes[0], taken=toy_rules.FORBIDDEN, refused=toy_rules.ADDED)
        lot = await live_through(stage)
        signs_by_what_it_saw_last(homes[0], lot)
        write_keys(town, homes[1], gateway=gateway.url)
        signs_by_what_is_in_force(homes[1], taken=toy_rules.ADDED, refused=toy_rules.FORBIDDEN)
        with spoken_in(homes[1]):
            assert "accepted" in minori("submit", toy_rules.ADDED, f"lot={lot}", "-k", "farm-b")
        gateway.stop()
        gateway.module = "network"
        gateway.start()
        await gateway.ready()
        await is_refused_by_the_old_program(gateway, Cast(town))
        gateway.stop()


@pytest.mark.fabric
async def test_rules_change_across_two_gateways_on_a_network(tmp_path):
    town = Town.create()
    with running(tmp_path / "network", chaincode_command=CONTRACT) as network:
        both = {"organisations": ("coop", "shops"), "module": TOY}
        founding = Founding.of(town)
        async with fabric_stage(tmp_path, town, network, founding=founding, **both) as stage:
            lot = await live_through(stage)
            await waits_for_its_own_contract(network, stage, lot)
            first, other = stage.gateways
            other.stop()
            other.module = "network"
            other.start()
            await other.ready()
            await is_refused_by_the_old_program(other, Cast(town))
            async with client_of(first) as client:  # who has it goes on
                await accept(client, [Cast(town).harvest("farm-c", 1_000, "carrot")])
