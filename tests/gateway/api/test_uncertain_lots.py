"""Lots that a safety recall stops because nobody knows all they were made of, and who is told."""

import re

from gateway.demo.trading import Trading
from tests.gateway.stage import stage_in

OFFICER = "quality-desk"


async def scope_of(stage, recall):
    return (await stage.get(f"/api/recalls/{recall}/scope", OFFICER)).json()


async def recalls_of(stage, lot, reader=""):
    return (await stage.get(f"/api/lots/{lot}", reader)).json()["recalls"]


async def came_first(stage, trade):
    """Let goods come to a shop before their record, and be harvested then; return the lot."""
    lot, harvest = stage.town.harvest("farm-a", 20_000)
    await stage.done(trade.arrive("shop-a", lot, "farm-a", 3_000))
    await stage.done(harvest)
    return lot


async def recall(stage, trade, *lots):
    body = trade.declaration(OFFICER, *lots)
    await stage.done(trade.act(OFFICER, "recall.emergency", body))
    return body["recall"]


async def clear(stage, recall, lot):
    entry = (await stage.get(f"/api/recalls/{recall}")).json()["entry"]
    body = {"recall": recall, "entry": entry, "lots": [lot], "reason": "papers"}
    await stage.done(stage.person(OFFICER).device.sign("recall.clear", body))


async def test_an_officer_is_told_them_before_and_during_a_recall_until_they_are_cleared(tmp_path):
    async with stage_in(tmp_path) as stage:
        trade = Trading(stage.town)
        lot = await came_first(stage, trade)
        named, harvest = stage.town.harvest("farm-a", 10_000)
        await stage.done(harvest)
        headers = await stage.reader(OFFICER)
        asked = await stage.client.post(
            "/api/recalls/scope", json={"lots": [named]}, headers=headers
        )
        assert [one["id"] for one in asked.json()["uncertain"]] == [lot]
        begun = await recall(stage, trade, named)
        told = await scope_of(stage, begun)
        assert [(one["id"], one["crop"]) for one in told["uncertain"]] == [(lot, "carrot")]
        assert told["missing"] == []  # it is stopped already
        assert lot not in told["roots"]
        page = (await stage.get(f"/recalls/{begun}/scope?lang=en", OFFICER)).text
        assert "nobody knows all that they were made of" in page
        assert lot in page
        await clear(stage, begun, lot)
        assert (await scope_of(stage, begun))["uncertain"] == []


async def test_everyone_reads_of_a_lot_that_a_recall_may_mean_it_and_when_it_is_cleared(tmp_path):
    async with stage_in(tmp_path) as stage:
        trade = Trading(stage.town)
        lot = await came_first(stage, trade)
        named, harvest = stage.town.harvest("farm-a", 10_000)
        await stage.done(harvest)
        assert await recalls_of(stage, lot) == []
        begun = await recall(stage, trade, named)
        for reader in ("", "shop-a"):
            (met,) = await recalls_of(stage, lot, reader)
            assert (met["id"], met["is_certain"]) == (begun, False)
        (met,) = await recalls_of(stage, named)
        assert met["is_certain"] is True
        page = (await stage.get(f"/lots/{lot}?lang=en")).text
        assert "as far as anyone knows" in page
        await clear(stage, begun, lot)
        assert await recalls_of(stage, lot) == []
        answer = (await stage.get(f"/api/recalls/{begun}")).json()
        assert answer["cleared"] == [lot]
        assert [one["type"] for one in answer["history"]] == ["recall.emergency", "recall.clear"]
        page = (await stage.get(f"/recalls/{begun}?lang=en")).text
        assert re.search(r"Lots freed.*By other papers", page, re.DOTALL)


async def test_a_recall_of_another_crop_or_kind_says_nothing_of_them(tmp_path):
    async with stage_in(tmp_path) as stage:
        trade = Trading(stage.town)
        lot = await came_first(stage, trade)
        named, harvest = stage.town.harvest("farm-a", 10_000)
        await stage.done(harvest)
        body = trade.declaration(OFFICER, named, crops=["carrot"]) | {"kind": "labelling"}
        await stage.done(*trade.by_two(OFFICER, "food-safety", "recall.declare", body, None))
        assert await recalls_of(stage, lot) == []
        assert (await scope_of(stage, body["recall"]))["uncertain"] == []
