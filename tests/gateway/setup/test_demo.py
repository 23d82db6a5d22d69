"""The demo is a workbook: what `minori demo` makes is what the workbook says, and it goes on."""

import json
import time
from collections import defaultdict

import httpx2
from sqlalchemy import select

from chaincode.contract import MinoriContract
from gateway.demo.build import WORKBOOK_FILE, build
from gateway.demo.town import Town
from gateway.demo.workbook import PROPOSED, settled
from gateway.demo.yesterday import SIEVED_G, SMALL_G
from gateway.device.keyring import Key
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.lookups import recall_book, recalls
from gateway.projection import Projection, rebuild
from gateway.projection.domain import lots
from gateway.running.app import create_app
from gateway.running.node import open_gateway
from gateway.running.serving import demo_settings
from gateway.setup.applying import preview
from gateway.setup.checking import check
from gateway.setup.ledger_view import Doors
from gateway.setup.places import LEDGER_FILE, TownFiles
from gateway.setup.reading import read_workbook
from gateway.town.catalogue import PACK_UNITS, read_catalogue
from tests.gateway.setup.workbooks import GATEWAY, TODAY

DAYS = 12


async def test_the_demo_is_set_up_from_its_workbook(tmp_path):
    folder, told = tmp_path / "demo", []
    await build(folder, gateway=GATEWAY, days=DAYS, progress=told.append)
    files, reading = TownFiles.within(folder), read_workbook(folder / WORKBOOK_FILE)
    assert check(reading, today=TODAY) == []
    assert any("records" in text for text in told)
    ledger = await EmbeddedLedger.open(folder / LEDGER_FILE, contract=MinoriContract())
    try:
        plan = await preview(reading, files, Doors(ledger=ledger), now=time.time())
        assert plan.is_nothing
        assert [one.what for one in plan.waiting] == [" ".join(one) for one in PROPOSED]
        town = settled(Town.create(), files)
        _, harvest = town.harvest("farm-a", 2_000, at=int(time.time()))
        receipt = await ledger.submit([harvest], at=int(time.time()))
        assert [one["code"] for one in receipt.results] == ["ACCEPTED"]
        state = await state_of(ledger)
    finally:
        await ledger.close()
    assert Key.load(files.key("farm-a")).device.seq > 1
    assert [len(one["parents"]) for one in state["lot"] if one["origin"] == "made"] == [2, 2]
    assert [(one["state"], len(one["classes"])) for one in state["run"]] == [("ended", 2)]
    recalls = sorted((one["state"], one["is_own"], one["roots_count"]) for one in state["recall"])
    assert recalls == [("confirmed", True, 2), ("drill", False, 1), ("lifted", False, 1)]
    assert [one["state"] for one in state["shipment"] if "brought_by" in one] == ["in_transit"]
    assert any(one["is_consigned"] for one in state["shipment"])
    assert any(one["denied_g"] for one in state["holding"])
    (found,) = [one for one in state["holding"] if one["unproven_g"]]
    assert (found["unproven_g"], found["denied_g"]) == (1_800, 1_800)  # 12 kg, of 10 kg and 2 %
    assert found["producer_denial"]["surplus"]
    assert {"surplus", "denied"} <= {flag for one in state["flags"] for flag in one}
    assert any(one["is_on_hold"] for one in state["holding"])
    assert any(one["supplement_g"] for one in state["lot"])
    assert any(one["origin"] == "opening" for one in state["lot"])
    assert len(state["roll"]) == 1
    grams = {(one.crop, one.unit): one.grams for one in read_catalogue(files.catalogue).packings}
    assert grams["carrot", "bag"] == 500  # 袋 in the workbook
    assert {unit for _, unit in grams} <= PACK_UNITS.keys()


async def test_the_demo_tells_a_recall_that_is_still_in_force_to_its_end(tmp_path):
    """By who made it; confirmed, and widened; what a shop had bought of it is on its way home."""
    folder = tmp_path / "demo"
    await build(folder, gateway=GATEWAY, days=DAYS, progress=lambda _text: None)
    town = settled(Town.create(), TownFiles.within(folder))
    party = {town.people[one].party: one for one in town.people}
    ledger = await EmbeddedLedger.open(folder / LEDGER_FILE, contract=MinoriContract())
    projection = await Projection.open(f"sqlite:///{tmp_path}/projection.sqlite")
    try:
        await rebuild(projection, ledger)
        read = projection.database.read
        (recall,) = await read(recalls.in_force)
        events = await read(recall_book.events, recall.id)
        scope = await read(recalls.scope_of, await read(recall_book.named, recall.id))
    finally:
        await projection.close()
        await ledger.close()
    assert [one.type for one in events] == ["recall.own", "recall.confirm", "recall.widen"]
    there = {party[one.party]: one for one in scope.affected}
    assert there["farm-c"].in_transit_g == SIEVED_G
    assert there["packing-house"].held_g == sum(SMALL_G)
    assert "shop-b" not in there or there["shop-b"].held_g == 0


async def state_of(ledger):
    """Return every record, by kind, and the flags of every command."""
    state, flags, height = {}, [], await ledger.height()
    async for block in ledger.blocks(0):
        for transaction in block.transactions:
            state |= {key: json.loads(value) for key, value in transaction.writes.items()}
            flags += [one["flags"] for one in transaction.results]
        if block.number == height - 1:
            break
    kinds = defaultdict(list, flags=flags)
    for key, record in state.items():
        kinds[key.partition("/")[0]].append(record)
    return kinds


def every_lot(connection):
    return connection.execute(select(lots.c.id)).scalars().all()


async def test_every_lot_and_recall_of_the_demo_has_a_page(tmp_path):
    folder = tmp_path / "demo"
    await build(folder, gateway=GATEWAY, days=DAYS, progress=lambda _text: None)
    ledger = await EmbeddedLedger.open(folder / LEDGER_FILE, contract=MinoriContract())
    try:
        async with open_gateway(demo_settings(folder, 8000), ledger=ledger) as opened:
            assert await opened.follower.wait_for_height(await ledger.height(), timeout_s=30)
            transport = httpx2.ASGITransport(create_app(opened))
            async with httpx2.AsyncClient(transport=transport, base_url=GATEWAY) as client:
                recalls = (await client.get("/api/recalls")).json()["recalls"]
                found = await opened.projection.database.read(every_lot)
                paths = [f"/lots/{lot}" for lot in found]
                paths += [f"/recalls/{one['id']}" for one in recalls]
                asked = [path for one in paths for path in (one, f"/api{one}")]
                asked += [f"/api{one}/lineage" for one in paths if one.startswith("/lots")]
                answered = {path: (await client.get(path)).status_code for path in asked}
    finally:
        await ledger.close()
    assert len(found) > 10
    assert recalls
    assert {path: code for path, code in answered.items() if code != 200} == {}


async def test_a_demo_that_is_there_is_left_alone(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    await build(folder, gateway=GATEWAY, days=DAYS, progress=lambda _text: None)
    assert list(folder.iterdir()) == []
