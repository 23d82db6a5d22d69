"""What a real network alone can show: who submits, what a peer says without an order, and what
becomes of a transaction that was endorsed before a recall and ordered after it.

One founded town serves all tests; each works on lots of its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import product

import httpx2
import pytest
import pytest_asyncio

from chaincode.base import canonical, shapes
from chaincode.lots.records import Holding
from gateway.demo.founding import Founding
from gateway.demo.town import Town
from gateway.demo.trading import Trading
from gateway.device.signing import Device, new_pseudonym
from gateway.fabric import ConnectionProfile, Gateway, ValidationCode
from gateway.ledgers.on_fabric import FabricLedger
from tests.scenarios.acting import accept, send
from tests.scenarios.reading import latest_block, session_of
from tests.scenarios.stage import ORGANISATIONS, Stage, fabric_stage

pytestmark = [pytest.mark.fabric, pytest.mark.asyncio(loop_scope="module")]

HEAD = "contract/head"


@asynccontextmanager
async def connected(network, name: str, identity: str = "gateway") -> AsyncIterator[FabricLedger]:
    """A ledger as an organisation's peer and one of its identities see it."""
    profile = ConnectionProfile.load(network.connection(name))
    ledger = FabricLedger.from_profile(profile, identity=identity)
    try:
        yield ledger
    finally:
        await ledger.close()


async def state_everywhere(network, *keys: str) -> list[tuple[int, dict]]:
    """Return height and records of every organisation's peer, once all are level."""
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(connected(network, one)) for one in ORGANISATIONS]
        deadline = time.monotonic() + 30
        while len(heights := {await one.height() for one in peers}) > 1:
            assert time.monotonic() < deadline, "the peers' heights differ"
            await asyncio.sleep(0.1)
        return [(*heights, await one.query(keys)) for one in peers]


@dataclass(slots=True, kw_only=True)
class Attempt:
    """A bootstrap by whoever may not."""

    organisation: str
    submitter: tuple[str, str]
    code: str
    block: int


async def attempt_all(network, wires: dict[str, bytes]) -> list[Attempt]:
    """Submit bootstraps, by organisation, as everybody but that organisation's admin."""
    made = []
    for name, identity in product(ORGANISATIONS, ("gateway", "admin")):
        async with connected(network, name, identity) as ledger:
            for organisation, wire in wires.items():
                if (organisation, "admin") != (name, identity):
                    receipt = await ledger.submit([wire])
                    made.append(
                        Attempt(
                            organisation=organisation,
                            submitter=(name, identity),
                            code=str(receipt.results[0]["code"]),
                            block=receipt.block_number,
                        )
                    )
    return made


@dataclass(slots=True, kw_only=True)
class Made:
    """The stage, and what went before.

    Attributes:
        attempts: To found the ledger, by whoever may not.
        before: Every peer's height and head before these.
        after: The same afterwards.
    """

    stage: Stage
    attempts: list[Attempt] = field(default_factory=list)
    before: list = field(default_factory=list)
    after: list = field(default_factory=list)

    @property
    def town(self) -> Town:
        return self.stage.town

    @property
    def network(self):
        return self.stage.network


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(fabric_network, tmp_path_factory) -> AsyncIterator[Made]:
    town = Town.create(demo=False)
    founding = Founding.of(town)
    before = await state_everywhere(fabric_network, HEAD)
    attempts = await attempt_all(fabric_network, {"coop": founding.bootstraps[0][1]})
    after = await state_everywhere(fabric_network, HEAD)
    folder = tmp_path_factory.mktemp("fabric")
    # The very bytes that were refused before are accepted from the right admin.
    async with fabric_stage(folder, town, fabric_network, founding=founding) as stage:
        yield Made(stage=stage, attempts=attempts, before=before, after=after)


async def test_nobody_but_its_own_admin_founds_a_ledger(made):
    assert {one.submitter for one in made.attempts} == {
        *(("coop", "gateway"), ("shops", "gateway"), ("shops", "admin")),
        *(("town", "gateway"), ("town", "admin")),
    }
    assert {(one.code, one.block) for one in made.attempts} == {("NOT_ADMIN", -1)}
    assert made.before == made.after
    assert [state[HEAD] for _, state in made.before] == [None] * len(ORGANISATIONS)


async def test_nobody_but_its_own_admin_sets_a_new_registrar(made):
    wires, keys = {}, []
    for organisation in ORGANISATIONS:
        key, wires[organisation] = await new_registrar(made, organisation)
        keys += [f"registrar/{organisation}", key]
    before = await state_everywhere(made.network, *keys)
    attempts = await attempt_all(made.network, wires)
    assert len(attempts) == 5 * len(ORGANISATIONS)
    assert {(one.code, one.block) for one in attempts} == {("NOT_ADMIN", -1)}
    assert await state_everywhere(made.network, *keys) == before
    # The same bytes, by whom they are of.
    async with connected(made.network, "town", "admin") as ledger:
        receipt = await ledger.submit([wires["town"]])
        assert [one["code"] for one in receipt.results] == ["ACCEPTED"]
        registrar = (await ledger.query(["registrar/town"]))["registrar/town"]
    assert registrar != before[0][1]["registrar/town"]


async def new_registrar(made: Made, organisation: str) -> tuple[str, bytes]:
    """Return a new device's state key, and the bootstrap that makes it the registrar's."""
    old = made.town.registrars[organisation]
    device = Device.create(ledger=made.town.ledger, actor=new_pseudonym())
    body = {
        "organisation": organisation,
        "jwk": shapes.write(device.jwk),
        "kept": "file",
        "actor": device.actor,
        "party": old.party,
        "since": made.town.since,
        "replaces": {"device": old.device.kid, "actor": old.actor},
    }
    return f"device/{device.kid}", device.sign("registry.bootstrap", body)


async def test_a_dry_run_on_any_peer_says_what_then_happens(made):
    wires = a_days_trade(made.town)
    before = await state_everywhere(made.network, HEAD)
    foreseen = {}
    for name in ORGANISATIONS:
        async with connected(made.network, name) as ledger:
            foreseen[name] = await ledger.dry_run(wires)
    assert await state_everywhere(made.network, HEAD) == before
    async with connected(made.network, "coop") as ledger:
        receipt = await ledger.submit(wires)
        blocks = ledger.blocks(receipt.block_number)
        (transaction,) = (await anext(blocks)).transactions
        await blocks.aclose()
    assert [one["code"] for one in receipt.results] == [
        *("ACCEPTED", "ACCEPTED", "ACCEPTED", "INSUFFICIENT_QUANTITY"),
        *("NOT_THEIR_SHIPMENT", "ACCEPTED"),
    ]
    assert [one["flags"] for one in receipt.results] == [[], [], ["disputed"], [], [], ["claimed"]]
    happened = [{**one, "member": ""} for one in receipt.results]
    written = {key: canonical.decode(value) for key, value in transaction.writes.items()}
    for name in ORGANISATIONS:
        assert list(foreseen[name].results) == happened, name
        assert foreseen[name].writes == written, name
    async with connected(made.network, "shops") as ledger:
        assert await ledger.query(sorted(written)) == written


def a_days_trade(town: Town) -> list[bytes]:
    """Return commands that build upon each other: accepted, marked and rejected ones."""
    trade = Trading(town)
    lot, harvest = town.harvest("farm-a", 20_000)
    shipment, ship = town.ship("farm-a", lot, "shop-a", 12_000)
    not_on_record = trade.named("farm-b", "lot")["lot"]
    return [
        harvest,
        ship,
        town.receive("shop-a", lot, shipment, 11_500),
        town.take("sell", "shop-a", lot, 11_501),
        # Somebody else's shipment: only its recipient counts it.
        town.receive("shop-b", lot, shipment, 12_000),
        trade.arrive("shop-b", not_on_record, "farm-b", 3_000),
    ]


async def test_what_was_endorsed_before_a_recall_dies_when_it_is_ordered_after_it(made):
    """A sale and a sorting of the recalled lot; and the sale of another lot, which may go on."""
    town, trade = made.town, Trading(made.town)
    lot, harvest = town.harvest("farm-a", 9_000)
    other, second = town.harvest("farm-b", 9_000)
    async with client_of(made) as client:
        await accept(client, [harvest, second])
        device = town.people["farm-a"].device
        place = (device.seq, device.prev)
        _, run = trade.run("farm-a", "sort", [(lot, "farm-a", [2_000])], [("carrot", "l")])
        device.seq, device.prev = place  # the run is never sent again; the sale is
        sale = town.take("sell", "farm-a", lot, 1_000)
        other_sale = town.take("sell", "farm-b", other, 1_000)
        await state_everywhere(made.network, HEAD)  # level, so that the endorsements match
        profile = ConnectionProfile.load(made.network.connection("coop"))
        async with Gateway.from_profile(profile) as gateway:
            contract = gateway.network(profile.channel).contract(profile.chaincode)
            endorsed = [
                await contract.new_proposal("submit", [wire]).endorse()
                for wire in (sale, run, other_sale)
            ]
            codes = [canonical.decode(one.result.payload)["results"][0]["code"] for one in endorsed]
            assert codes == ["ACCEPTED"] * 3  # there was no recall yet
            await accept(client, declare(trade, lot)[1])
            status = [await (await one.submit()).status() for one in endorsed]
        assert [one.code for one in status] == [ValidationCode.MVCC_READ_CONFLICT] * 3
        for _, state in await state_everywhere(made.network, *held_by_farms(town, lot, other)):
            grams = [(one["held_g"], one["sold_g"]) for one in state.values()]
            assert grams == [(9_000, 0)] * 2
        # Whoever hears of it submits the same bytes again: now there is a recall.
        (answer,) = await send(client, [sale])
        assert answer["code"] == "RECALLED"
        await accept(client, [other_sale])


def held_by_farms(town: Town, lot: str, other: str) -> list[str]:
    """Return the state keys of what farm A has of the one lot, and farm B of the other."""
    parties = [(one, town.people[farm].party) for one, farm in ((lot, "farm-a"), (other, "farm-b"))]
    return [Holding.key(one, party, party) for one, party in parties]


async def test_a_claimed_child_that_turns_out_to_be_made_of_recalled_goods_is_found(made):
    """Its record begins as a claim, without parents: the recall's alarm brings what to sign."""
    town, trade = made.town, Trading(made.town)
    lot, harvest = town.harvest("farm-a", 5_000)
    async with client_of(made) as client:
        await accept(client, [harvest, trade.arrive("packing-house", lot, "farm-a", 4_000)])
        (child,), run = trade.run(
            "packing-house", "repack", [(lot, "farm-a", [4_000])], [("carrot", None)]
        )
        await accept(client, [trade.arrive("shop-a", child, "packing-house", 1_000)])
        await accept(client, [run])
        recall, declared = declare(trade, lot)
        answers = await accept(client, declared)
        scope = await scope_of(client, town, recall, since_block=latest_block(answers))
        assert (scope["missing"], scope["extensions"]) == (
            [child],
            [{"recall": recall, "roots": [child]}],
        )
        officer = town.people["quality-desk"].device
        answers = await accept(client, [officer.sign("recall.extend", scope["extensions"][0])])
        scope = await scope_of(client, town, recall, since_block=latest_block(answers))
        assert (scope["missing"], scope["extensions"]) == ([], [])
        sale = trade.take("sell", "shop-a", child, 100, owner="packing-house")
        assert [one["code"] for one in await send(client, [sale])] == ["RECALLED"]


async def test_nothing_is_made_of_recalled_goods_by_whichever_run(made):
    """Nor of a child of theirs, nor by a run whose child a shop has claimed before."""
    town, trade = made.town, Trading(made.town)
    lot, harvest = town.harvest("farm-c", 9_000)
    clean, second = town.harvest("farm-c", 9_000)
    (child,), before = trade.run("farm-c", "repack", [(lot, "farm-c", [3_000])], [("carrot", None)])
    async with client_of(made) as client:
        await accept(client, [harvest, second, before])
        (claimed,), run = trade.run(
            "farm-c", "repack", [(lot, "farm-c", [2_000])], [("carrot", None)]
        )
        await accept(client, [trade.arrive("shop-a", claimed, "farm-c", 1_000)])
        await accept(client, declare(trade, lot)[1])
        runs = [run]
        for kind in ("merge", "repack", "sort", "process"):
            for parents in ([lot], [child], [clean, lot], [clean, child]):
                parts = [(one, "farm-c", [500]) for one in parents]
                runs.append(trade.run("farm-c", kind, parts, [("carrot", None)])[1])
        answers = await send(client, runs)
        assert {one["code"] for one in answers} == {"RECALLED"}
        for _, state in await state_everywhere(made.network, f"lot/{claimed}"):
            assert state[f"lot/{claimed}"]["origin"] == "claim"
        alone = trade.run("farm-c", "repack", [(clean, "farm-c", [500])], [("carrot", None)])[1]
        await accept(client, [alone])


def client_of(made: Made) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=made.stage.url, timeout=90)


def declare(trade: Trading, *roots: str) -> tuple[str, list[bytes]]:
    """Return (recall, proposal and approval) of two persons."""
    body = trade.declaration("quality-desk", *roots, crops=["carrot"])
    wires = trade.by_two("quality-desk", "food-safety", "recall.declare", body, None)
    return str(body["recall"]), wires


async def scope_of(client, town: Town, recall: str, *, since_block: int) -> dict:
    """Return what a recall reaches, as its officer is told."""
    headers = await session_of(client, town, "quality-desk")
    headers["Minori-Min-Block"] = str(since_block)
    response = await client.get(f"/api/recalls/{recall}/scope", headers=headers)
    assert response.status_code == 200, response.text
    return response.json()
