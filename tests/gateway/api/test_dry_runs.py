"""Dry runs: the contract's own answer, one's own records, and no trace."""

import asyncio
import json

import pytest

from gateway.demo.trading import Trading
from tests.gateway.stage import command_json, stage_in


async def attempt(stage, handle, *wires):
    body = {"commands": [command_json(wire) for wire in wires]}
    headers = await stage.reader(handle)
    return await stage.client.post("/api/dry-runs", json=body, headers=headers)


@pytest.fixture
async def lot(stage):
    made, harvest = stage.town.harvest("farm-a", 20_000)
    await stage.done(harvest)
    return made


async def test_a_dry_run_says_what_would_be_and_nothing_comes_of_it(stage, lot):
    device = stage.person("farm-a").device
    place = (device.seq, device.prev)
    height = stage.gateway.follower.height
    sale = stage.town.take("sell", "farm-a", lot, 3_000)
    answer = (await attempt(stage, "farm-a", sale)).json()
    (one,) = answer["commands"]
    assert (one["status"], one["code"], one["flags"]) == ("accepted", "ACCEPTED", [])
    (holding,) = answer["records"]["holdings"]
    assert (holding["held_g"], holding["sold_g"]) == (17_000, 3_000)
    assert answer["records"]["lots"] == answer["records"]["shipments"] == []
    assert stage.gateway.follower.height == height
    device.seq, device.prev = place
    await stage.done(stage.town.take("sell", "farm-a", lot, 3_000))


async def test_commands_are_tried_in_order_without_a_right_number_or_signature(stage, lot):
    first = stage.town.take("sell", "farm-a", lot, 15_000)
    stage.person("farm-a").device.seq = 900
    second = stage.town.take("sell", "farm-a", lot, 15_000)
    unsigned = second.replace(second.split(b"~")[0].split(b".")[2], b"A" * 86)
    answer = (await attempt(stage, "farm-a", first, unsigned)).json()
    assert [one["code"] for one in answer["commands"]] == ["ACCEPTED", "INSUFFICIENT_QUANTITY"]
    assert answer["commands"][1]["problem"]["code"] == "INSUFFICIENT_QUANTITY"


async def test_only_ones_own_commands_are_tried(stage, lot):
    sale = stage.town.take("sell", "farm-a", lot, 3_000)
    response = await attempt(stage, "farm-b", sale)
    assert (response.status_code, response.json()["code"]) == (403, "NOT_YOUR_COMMAND")
    assert response.json()["index"] == 0
    body = {"commands": [command_json(sale)]}
    assert (await stage.client.post("/api/dry-runs", json=body)).status_code == 401


async def test_a_shop_can_not_find_out_what_is_in_a_farmers_store(stage, lot):
    """Whether an arrival is claimed depends on the farmer's stock: a dry run doesn't say."""
    trade = Trading(stage.town)
    answers = []
    for grams in (20_000, 20_001):
        arrival = trade.arrive("shop-a", lot, "farm-a", grams)
        answer = (await attempt(stage, "shop-a", arrival)).json()
        (holding,) = answer["records"]["holdings"]
        assert (holding["holder_name"], holding["held_g"]) == ("直売所A", grams)
        assert answer["records"]["lots"] == []
        answers.append([(one["code"], one["flags"]) for one in answer["commands"]])
    assert answers[0] == answers[1] == [("ACCEPTED", [])]


async def test_a_producer_sees_its_lot_and_a_maker_its_run(stage, lot):
    trade = Trading(stage.town)
    supplement = trade.supplement("farm-a", lot, 1_000)
    answer = (await attempt(stage, "farm-a", supplement)).json()
    (shown,) = answer["records"]["lots"]
    assert (shown["id"], shown["harvest_g"], shown["supplement_g"]) == (lot, 20_000, 1_000)
    assert answer["commands"][0]["flags"] == ["supplemented"]
    (child,), run = trade.run("farm-a", "merge", [(lot, "farm-a", [5_000])], [("carrot", None)])
    answer = (await attempt(stage, "farm-a", run)).json()
    assert [(one["id"], one["made_g"]) for one in answer["records"]["lots"]] == [(child, 5_000)]


async def test_a_shipment_would_be_shown_to_its_sender(stage, lot):
    shipment, ship = stage.town.ship("farm-a", lot, "shop-a", 4_000)
    answer = (await attempt(stage, "farm-a", ship)).json()
    (shown,) = answer["records"]["shipments"]
    assert (shown["id"], shown["state"], shown["shipped_g"]) == (shipment, "in_transit", 4_000)


async def test_a_fault_of_shape_refuses_the_request(stage):
    headers = await stage.reader("farm-a")
    body = {"commands": [{"jws": "x"}]}
    response = await stage.client.post("/api/dry-runs", json=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["index"] == 0


async def test_dry_runs_that_come_together_do_not_pass_on_one_share(tmp_path):
    async with stage_in(tmp_path, commands_rate="6/day") as stage:
        wires = [stage.town.harvest("farm-a", 1)[1] for _ in range(4)]
        await stage.reader("farm-a")
        tries = await asyncio.gather(*(attempt(stage, "farm-a", *wires) for _ in range(10)))
        assert sorted(one.status_code for one in tries) == [200, *[429] * 9]
        assert (await stage.send(*wires)).status_code == 200  # sending has a share of its own


async def test_a_dry_run_that_is_refused_costs_nothing(tmp_path):
    async with stage_in(tmp_path, commands_rate="2/day") as stage:
        wire = stage.town.harvest("farm-a", 1)[1]
        for _ in range(3):
            assert (await attempt(stage, "farm-b", wire, wire)).status_code == 403
        assert (
            await attempt(stage, "farm-b", *[stage.town.harvest("farm-b", 1)[1]] * 2)
        ).is_success


async def test_only_a_few_dry_runs_are_on_the_ledger_at_a_time(tmp_path):
    async with stage_in(tmp_path, dry_runs_max=2, dry_run_wait_s=0.05) as stage:
        handles = [f"farm-{name}" for name in "abc"]
        wires = {one: stage.town.harvest(one, 1)[1] for one in handles}
        for one in handles:
            await stage.reader(one)
        stage.ledger.hold()
        tries = [asyncio.create_task(attempt(stage, one, wires[one])) for one in handles]
        done, waiting = await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
        (busy,) = (one.result() for one in done)
        assert (busy.status_code, busy.json()["code"]) == (503, "BUSY")
        assert int(busy.headers["retry-after"]) > 0
        stage.ledger.release()
        assert [one.status_code for one in await asyncio.gather(*waiting)] == [200, 200]
        assert (await attempt(stage, "farm-c", wires["farm-c"])).status_code == 200


@pytest.mark.parametrize(
    "limits",
    [{"batch_commands_max": 2}, {"batch_operations_max": 12}, {"batch_bytes_max": 16_384}],
)
async def test_no_more_is_tried_at_once_than_goes_into_a_transaction(tmp_path, limits):
    async with stage_in(tmp_path, **limits) as stage:
        wires = [stage.town.harvest("farm-a", 1)[1] for _ in range(20)]
        response = await attempt(stage, "farm-a", *wires)
        assert (response.status_code, response.json()["code"]) == (413, "TOO_MANY_COMMANDS")
        most = response.json()["index"]
        assert (await attempt(stage, "farm-a", *wires[:most])).status_code == 200
        blocks = stage.ledger.blocks(await stage.ledger.height())
        await stage.done(*wires)
        first = (await anext(blocks)).transactions[0]
        await blocks.aclose()
        assert len(first.commands) == most


async def test_a_dry_run_warns_of_unknown_crops_and_unlikely_packs(stage, lot):
    catalogue = {
        "packings": [{"crop": "carrot", "unit": "bag", "grams": 500, "since": "2020-01-01"}]
    }
    stage.names.with_name("catalogue.json").write_text(json.dumps(catalogue))
    _, misspelt = stage.town.harvest("farm-a", 20_000, crop="carot")
    fresh, harvest = stage.town.harvest("farm-a", 20_000)
    packs = {"packs": {"unit": "bag", "count": 24}, "quantity_g": 2_400}
    person = stage.person("farm-a")
    ships = [
        person.device.sign("lot.sell", {"lot": one, "party": person.party}, closed=packs)
        for one in (lot, fresh)
    ]
    answer = (await attempt(stage, "farm-a", misspelt, harvest, *ships)).json()
    assert [one["status"] for one in answer["commands"]] == ["accepted"] * 4
    first, second, third, fourth = (one["warnings"] for one in answer["commands"])
    assert (first[0]["code"], first[0]["member"]) == ("CROP_UNKNOWN", "crop")
    assert first[0]["choices"][0] == "carrot"
    assert second == []
    assert [one["code"] for one in third] == ["PACK_FAR_FROM_SPEC"]
    assert third == fourth
    assert "24袋で2.4kgなので、1袋が0.1kg" in third[0]["text"]


async def test_a_warning_does_not_tell_what_a_claimed_lot_is_of(stage):
    """The crop that a shop names for another's goods is between the two."""
    trade = Trading(stage.town)
    claimed = trade.named("farm-a", "lot")["lot"]
    await stage.done(trade.arrive("shop-a", claimed, "farm-a", 9_000))
    catalogue = {
        "packings": [{"crop": "carrot", "unit": "bag", "grams": 500, "since": "2020-01-01"}]
    }
    stage.names.with_name("catalogue.json").write_text(json.dumps(catalogue))
    person = stage.person("shop-b")
    packs = {"packs": {"unit": "bag", "count": 24}, "quantity_g": 2_400}
    body = {"lot": claimed, "party": person.party}
    sale = person.device.sign("lot.sell", body, closed=packs)
    (one,) = (await attempt(stage, "shop-b", sale)).json()["commands"]
    assert one["warnings"] == []
