"""A town changes to other rules while it works: on both ledgers, with a version the tests have.

Programs with version 2 are there before anything changes; an activation stands in the middle of a
batch; then the old program can't go on, and says so.
"""

import contextlib
import sys

import httpx2
import pytest

from gateway.demo.founding import Founding
from gateway.demo.town import COOP, TOWN, Town
from tests import toy_rules
from tests.fabric_fixture import running
from tests.scenarios.acting import Cast, accept
from tests.scenarios.stage import GatewayProcess, Stage, embedded_stage, fabric_stage

TOY = "tests.toy_gateway"
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


async def post(client: httpx2.AsyncClient, *wires: bytes) -> httpx2.Response:
    commands = []
    for wire in wires:
        jws, _, closed = wire.decode().partition("~")
        commands.append({"jws": jws, **({"closed": closed} if closed else {})})
    return await client.post("/api/commands", json={"commands": commands})


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


async def is_refused_by_the_old_program(gateway: GatewayProcess, cast: Cast) -> None:
    """A program of version 1 alone takes nothing in, and says why in its log."""
    async with client_of(gateway) as client:
        answer = await post(client, cast.harvest("farm-b", 1_000, "carrot"))
        assert answer.status_code == 503
        assert (await client.get("/api/command-types")).status_code == 503
    assert "VERSION_MISSING" in gateway.log.read_text()


async def test_rules_change_on_the_embedded_ledger(tmp_path):
    town = Town.create()
    async with embedded_stage(tmp_path, town, Founding.of(town)) as stage:
        gateway = stage.gateways[0]
        gateway.stop()
        gateway.module = TOY
        gateway.start()
        await gateway.ready()
        await live_through(stage)
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
            await live_through(stage)
            first, other = stage.gateways
            other.stop()
            other.module = "network"
            other.start()
            await other.ready()
            await is_refused_by_the_old_program(other, Cast(town))
            async with client_of(first) as client:  # who has it goes on
                await accept(client, [Cast(town).harvest("farm-c", 1_000, "carrot")])
