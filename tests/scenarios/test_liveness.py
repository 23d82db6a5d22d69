"""Three organisations on a real network: one silent, one suspended, one with a thief in its office.

One month of it, as one story on one ledger: what each organisation can do alone, by its own peer
and gateway, when another does not answer, has lost its offices, or has a recall officer whose key
is in wrong hands. `tests/chaincode` plays the same, act by act, for two, three and five.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from gateway.demo.founding import Founding
from gateway.demo.town import COOP, SHOPS, TOWN, Town
from gateway.demo.trading import Trading
from gateway.device.signing import Device, new_pseudonym
from tests.fabric_fixture import running
from tests.scenarios.acting import accept, send
from tests.scenarios.load import body_of
from tests.scenarios.stage import ORGANISATIONS, GatewayProcess, Stage, fabric_stage

HARVESTS = 200
FARMS = ("farm-a", "farm-b", "farm-c")
THIEF = "quality-desk"
COLLEAGUE = "quality-desk-2"
ROOTS_A_TIME = 20
SPARED = 64
UNTIL = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()


def client_of(gateway: GatewayProcess) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=gateway.url, timeout=90)


def newcomer(town: Town) -> list[bytes]:
    """Return what enters a second recall officer of the co-op: the thief's colleague."""
    officer, actor = town.people[THIEF], new_pseudonym()
    device = Device.create(ledger=town.ledger, actor=actor)
    town.people[COLLEAGUE] = replace(officer, actor=actor, device=device)
    return town.registration(town.people[COLLEAGUE])


async def harvested(client, town: Town, farm: str, count: int) -> list[str]:
    """Let a farm harvest so many lots; return them."""
    made = [town.harvest(farm, 1_000) for _ in range(count)]
    await accept(client, [wire for _, wire in made])
    return [lot for lot, _ in made]


async def until_refused(client, give) -> int:
    """Give a command again and again, and return how often it was accepted."""
    for count in range(SPARED):
        (answer,) = await send(client, [give()])
        if answer["code"] != "ACCEPTED":
            return count
    raise AssertionError("nothing bounds it")


async def goes_on_without(stage: Stage, clients) -> None:
    """One organisation's peer, contract and gateway are down: the others record, recall, lift."""
    town, trade, network = stage.town, Trading(stage.town), stage.network
    for process in (f"{SHOPS}.chaincode", f"{SHOPS}.peer"):
        network.stop(process)
    stage.gateways[ORGANISATIONS.index(SHOPS)].stop()
    (lot,) = await harvested(clients[COOP], town, "farm-a", 1)
    recall, declared = trade.recall(lot, by="food-safety")
    await accept(clients[TOWN], [declared])
    sale = town.take("sell", "farm-a", lot, 100)
    assert [one["code"] for one in await send(clients[COOP], [sale])] == ["RECALLED"]
    proposal, approval = trade.end(recall)
    await accept(clients[COOP], [proposal])
    await accept(clients[TOWN], [approval])
    await accept(clients[COOP], [town.take("sell", "farm-a", lot, 100)])
    await asyncio.to_thread(network.up)
    stage.gateways[ORGANISATIONS.index(SHOPS)].start()
    await stage.gateways[ORGANISATIONS.index(SHOPS)].ready()
    async with client_of(stage.gateways[ORGANISATIONS.index(SHOPS)]) as back:
        answer = (await back.get(f"/api/lots/{lot}", headers={"Minori-Min-Block": "1"})).json()
        assert answer["recalls"] == []  # it has heard of both, the recall and its end


async def outlives_a_thief(stage: Stage, clients) -> None:
    """Its recalls and extensions come to an end, and everyone else still has room for theirs."""
    town, trade = stage.town, Trading(stage.town)
    coop = clients[COOP]
    lots = await harvested(coop, town, "farm-b", ROOTS_A_TIME)
    mine, colleagues, others = await harvested(coop, town, "farm-c", 3)
    recall, first = trade.recall(others, by="food-safety")
    await accept(clients[TOWN], [first])
    nowhere = trade.declaration(THIEF, "Z" * 20, crops=["carrot"])
    await accept(coop, [trade.act(THIEF, "recall.declare", nowhere)])  # and it stays a proposal
    count = await until_refused(coop, lambda: trade.recall(*lots, by=THIEF)[1])
    assert 0 < count < SPARED
    thief = town.people[THIEF].device
    fresh = iter(await harvested(coop, town, "farm-b", ROOTS_A_TIME))
    extended = await until_refused(
        coop, lambda: thief.sign("recall.extend", {"recall": recall, "roots": [next(fresh)]})
    )
    assert extended < ROOTS_A_TIME
    await accept(coop, [trade.recall(colleagues, by=COLLEAGUE)[1]])
    await accept(clients[TOWN], [trade.recall(mine, by="food-safety")[1]])
    own = trade.act("farm-c", "recall.own", trade.declaration("farm-c", mine))
    await accept(clients[SHOPS], [own])
    prepared = [trade.recall(mine, by=THIEF)[1] for _ in range(3)]
    registrar = town.registrars[COOP].device
    body = {"device": thief.kid, "actor": thief.actor}
    await accept(coop, [registrar.sign("key.revoke", body)])
    after = await coop.post("/api/commands", json=body_of(prepared))
    codes = {one["code"] for one in after.json().get("commands", [after.json()])}
    assert codes == {"KEY_REVOKED"}


async def brings_in_what_a_suspended_coops_farmers_queued(stage: Stage, clients) -> None:
    """They were signed before; the votes of the two others are on the ledger first."""
    town = stage.town
    queued = [town.harvest(FARMS[number % len(FARMS)], 1_000)[1] for number in range(HARVESTS)]
    office = town.registrars[COOP].device
    entry = office.sign("party.register", {"party": "K" * 12, "kind": "farm"})
    for voter in (SHOPS, TOWN):
        body = {"organisation": COOP, "reason": "key-stolen", "until": UNTIL}
        await accept(
            clients[voter], [town.registrars[voter].device.sign("organisation.suspend", body)]
        )
    (kept,) = await send(clients[COOP], [entry])
    assert (kept["status"], kept["code"]) == ("dropped", "ORGANISATION_SUSPENDED")
    assert (kept["problem"]["until"], "商店会" in kept["problem"]["detail"]) == (UNTIL, True)
    landed = await accept(clients[COOP], queued)
    assert len({one["id"] for one in landed}) == HARVESTS
    recall, again = Trading(town).recall(
        (await harvested(clients[COOP], town, "farm-a", 1))[0], by=COLLEAGUE
    )
    (answer,) = await send(clients[COOP], [again])
    assert answer["code"] == "ORGANISATION_SUSPENDED", recall


@pytest.mark.fabric
async def test_three_organisations_live_with_a_silent_a_robbed_and_a_suspended_one(tmp_path):
    town = Town.create(demo=False)
    founding = Founding.of(town)
    with running(tmp_path / "network") as network:
        options = {"organisations": ORGANISATIONS, "founding": founding}
        async with fabric_stage(tmp_path, town, network, **options) as stage:
            async with AsyncExitStack() as stack:
                clients = {
                    name: await stack.enter_async_context(client_of(gateway))
                    for name, gateway in zip(ORGANISATIONS, stage.gateways, strict=True)
                }
                entered = await send(clients[COOP], newcomer(town))  # their party is there
                assert [one["code"] for one in entered] == ["ID_TAKEN", "ACCEPTED", "ACCEPTED"]
                await goes_on_without(stage, clients)
                await outlives_a_thief(stage, clients)
                await brings_in_what_a_suspended_coops_farmers_queued(stage, clients)
            chains = await stage.chains()
            assert len({tuple(block.hash for block in chain) for chain in chains.values()}) == 1
