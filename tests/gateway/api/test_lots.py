"""Lots and shipments: what the public, the producer, the holder and a stranger may read."""

import asyncio
import json

import pytest

from chaincode.base.times import timestamp
from gateway.ledgers.port import LedgerUnavailableError
from tests.gateway.stage import command_id

ORIGIN = {
    *("id", "origin", "crop", "crop_name", "grade", "district", "district_name"),
    *("producer", "producer_name", "harvested_at", "is_denied", "has_surplus", "recalls"),
}
PUBLIC_LOT = ORIGIN | {
    *("recorded_at", "corrected_at", "flags", "history", "origins", "has_more_origins"),
}
PRODUCERS = {
    *("harvest_g", "supplement_g", "claimed_g", "denied_g", "estimated"),
    *("plot", "plot_code", "plot_name"),
}
NOTHING_G = dict.fromkeys(
    (
        *("own_use_g", "transformed_g", "lost_g", "surplus_g", "unproven_g", "denied_g"),
        *("sold_g", "discarded_g"),
    ),
    0,
)


class Told:
    """One lot's way: 20,000 g harvested, 12,000 shipped, 11,500 received, 1,500 sold."""

    def __init__(self, stage):
        town = stage.town
        self.lot, harvest = town.harvest("farm-a", 20_000)
        self.shipment, ship = town.ship("farm-a", self.lot, "shop-a", 12_000)
        receive = town.receive("shop-a", self.lot, self.shipment, 11_500)
        sell = town.take("sell", "shop-a", self.lot, 1_500)
        self.wires = [harvest, ship, receive, sell]
        self.farm, self.shop = town.people["farm-a"].party, town.people["shop-a"].party

    @property
    def path(self):
        return f"/api/lots/{self.lot}"


@pytest.fixture
async def told(stage):
    made = Told(stage)
    await stage.done(*made.wires)
    return made


async def correct(stage, told, *, crop="carrot", quantity_g=20_000, harvested_at=1_780_000_000):
    """Correct the harvest, and return the answer's id."""
    person = stage.person("farm-a")
    history = (await stage.get(told.path)).json()["history"]
    body = {
        "lot": told.lot,
        "party": person.party,
        "corrects": history[-1]["id"],
        "reason": "wrong-date",
        "plot": stage.town.plots["farm-a"],
        "crop": crop,
        "harvested_at": timestamp(harvested_at),
    }
    closed = {"quantity_g": quantity_g, "estimated": False}
    wire = person.device.sign("lot.correct_harvest", body, closed=closed)
    return (await stage.done(wire))[0]["id"]


async def test_the_public_sees_origin_and_history_and_nothing_else(stage, told):
    response = await stage.get(told.path)
    assert response.status_code == 200
    lot = response.json()
    assert set(lot) == PUBLIC_LOT
    assert (lot["crop_name"], lot["district_name"]) == ("にんじん", "北川地区")
    assert (lot["producer"], lot["producer_name"]) == (told.farm, "農園A")
    assert [entry["type"] for entry in lot["history"]] == ["lot.harvest"]
    assert lot["recorded_at"] == lot["history"][0]["ledger_time"]
    assert lot["corrected_at"] is None


async def test_no_private_value_of_the_story_reaches_the_public(stage, told):
    """No grams, no buyer, no shipment: neither as values nor anywhere in the text."""
    text = (await stage.get(told.path)).text
    private = [told.shop, told.shipment, stage.town.plots["farm-a"]]
    private += ["20000", "12000", "11500", "1500", "8000", "_g"]
    assert [value for value in private if value in text] == []


async def test_the_producer_sees_the_yield_the_own_stock_and_the_own_shipment(stage, told):
    lot = (await stage.get(told.path, "farm-a")).json()
    assert set(lot) == PUBLIC_LOT | PRODUCERS | {"holdings", "shipments", "entries"}
    assert lot["harvest_g"] == 20_000
    (holding,) = lot["holdings"]
    assert holding == NOTHING_G | {
        "lot": told.lot,
        "holder": told.farm,
        "holder_name": "農園A",
        "owner": told.farm,
        "owner_name": "農園A",
        "held_g": 8_000,
        "is_on_hold": False,
    }
    (shipment,) = lot["shipments"]
    assert (shipment["direction"], shipment["state"]) == ("out", "disputed")
    assert (shipment["recipient"], shipment["recipient_name"]) == (told.shop, "直売所A")
    assert (shipment["shipped_g"], shipment["received_g"]) == (12_000, 11_500)
    # Its own harvest and shipment, and the recipient's count; not what the shop sold.
    types = [entry["type"] for entry in lot["entries"]]
    assert types == ["lot.receive", "lot.ship", "lot.harvest"]
    assert lot["entries"][0]["closed_part"]["received_g"] == 11_500


async def test_a_holder_sees_one_step_back_and_not_the_yield(stage, told):
    lot = (await stage.get(told.path, "shop-a")).json()
    assert set(lot) == PUBLIC_LOT | {"holdings", "shipments", "entries"}
    (holding,) = lot["holdings"]
    assert (holding["held_g"], holding["sold_g"]) == (10_000, 1_500)
    assert lot["shipments"][0]["direction"] == "in"
    types = [entry["type"] for entry in lot["entries"]]
    assert types == ["lot.sell", "lot.receive", "lot.ship"]


async def test_a_stranger_with_a_session_sees_what_everyone_sees(stage, told):
    for handle in ("farm-b", "shop-b", "land-office"):
        lot = (await stage.get(told.path, handle)).json()
        assert (lot.pop("shipments"), lot.pop("entries")) == ([], [])
        assert lot == (await stage.get(told.path)).json()


async def test_a_correction_shows_before_and_after(stage, told):
    corrected = await correct(stage, told, crop="turnip", quantity_g=19_000)
    lot = (await stage.get(told.path)).json()
    assert lot["crop"] == "turnip"
    assert lot["flags"] == ["corrected"]
    first, second = lot["history"]
    assert (first["crop"], second["crop"]) == ("carrot", "turnip")
    assert (second["id"], second["corrects"]) == (corrected, first["id"])
    assert second["reason"] == "wrong-date"
    assert second["harvested_at"] == lot["harvested_at"] == timestamp(1_780_000_000)
    assert lot["corrected_at"] == second["ledger_time"]
    assert (await stage.get(told.path, "farm-a")).json()["harvest_g"] == 19_000


async def test_a_rejected_correction_stays_with_its_party(stage, told):
    await correct(stage, told)
    person = stage.person("farm-a")
    wire = person.device.sign(
        "lot.correct_harvest",
        {
            "lot": told.lot,
            "party": person.party,
            "corrects": "0" * 64,
            "reason": "other",
            "plot": stage.town.plots["farm-a"],
            "crop": "taro",
            "harvested_at": timestamp(1_780_000_000),
        },
        closed={"quantity_g": 1, "estimated": True},
    )
    (answer,) = (await stage.send(wire)).json()["commands"]
    assert answer["code"] == "NOT_THE_LATEST"
    assert await stage.gateway.follower.wait_for_height(answer["block"] + 1, timeout_s=5)
    assert "taro" not in (await stage.get(told.path)).text
    assert "taro" not in (await stage.get(told.path, "shop-a")).text
    entries = (await stage.get(told.path, "farm-a")).json()["entries"]
    assert entries[0]["status"] == "rejected"
    assert entries[0]["payload"]["body"]["crop"] == "taro"


async def test_who_entered_it_for_the_producer_is_shown(stage):
    """A mandate lets the shop's person enter a harvest; everyone sees whose hand it was."""
    farmer, agent = stage.person("farm-a"), stage.person("shop-a")
    mandate = farmer.device.sign(
        "mandate.grant",
        {
            "principal": farmer.actor,
            "agent": agent.actor,
            "types": ["lot.harvest"],
            "since": "2020-01-01",
            "until": "2099-12-31",
        },
    )
    name = farmer.device.name_record(farmer.party)
    body = {
        "lot": name.id,
        "party": farmer.party,
        "id_nonce": name.nonce,
        "index": name.index,
        "plot": stage.town.plots["farm-a"],
        "crop": "carrot",
    }
    closed = {"quantity_g": 500, "estimated": False}
    harvest = agent.device.sign("lot.harvest", body, closed=closed, on_behalf=farmer.actor)
    await stage.done(mandate)
    await stage.done(harvest)
    (entry,) = (await stage.get(f"/api/lots/{name.id}")).json()["history"]
    assert (entry["entered_by"], entry["entered_by_name"]) == (agent.party, "直売所A")
    # Both see the closed part: the principal's party, and the signer's.
    for handle in ("farm-a", "shop-a"):
        shown = (await stage.get(f"/api/commands/{entry['id']}", handle)).json()
        assert shown["closed_part"]["quantity_g"] == 500


async def test_an_unknown_lot_is_not_received_yet(stage):
    response = await stage.get("/api/lots/" + "0" * 20)
    assert (response.status_code, response.json()["code"]) == (404, "LOT_NOT_FOUND")


async def test_names_follow_the_file(stage, told):
    stage.names.write_text("{}", encoding="utf-8")
    lot = (await stage.get(told.path)).json()
    assert (lot["producer"], lot["producer_name"], lot["district_name"]) == (told.farm, None, None)
    stage.names.write_text("{broken", encoding="utf-8")
    assert (await stage.get(told.path)).json()["producer_name"] is None
    named = {"parties": {told.farm: {"ja": "はたけ", "en": "Field"}}}
    stage.names.write_text(json.dumps(named), encoding="utf-8")
    english = await stage.get(told.path, **{"Accept-Language": "en"})
    assert english.json()["producer_name"] == "Field"


# Lists.


async def test_own_stock_comes_in_pages(stage, told):
    wires = [stage.town.harvest("farm-a", 100 + n)[1] for n in range(4)]
    await stage.done(*wires)
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        query = f"?limit=2{f'&cursor={cursor}' if cursor else ''}"
        page = (await stage.get(f"/api/lots{query}", "farm-a")).json()
        assert len(page["lots"]) <= 2
        seen += page["lots"]
        cursor, pages = page["next"], pages + 1
    assert (len(seen), pages) == (5, 3)
    assert len({lot["id"] for lot in seen}) == 5
    order = [(lot["harvested_at"], lot["id"]) for lot in seen]
    assert order == sorted(order, reverse=True)
    mine = next(lot for lot in seen if lot["id"] == told.lot)
    assert (mine["harvest_g"], mine["holdings"][0]["held_g"]) == (20_000, 8_000)
    assert set(mine) == ORIGIN | PRODUCERS | {"holdings"}


async def test_a_shops_stock_shows_no_yield(stage, told):
    (lot,) = (await stage.get("/api/lots", "shop-a")).json()["lots"]
    assert (lot["id"], lot["producer"]) == (told.lot, told.farm)
    assert lot["holdings"][0]["held_g"] == 10_000
    assert not PRODUCERS & lot.keys()
    assert (await stage.get("/api/lots", "shop-b")).json() == {"lots": [], "next": None}


async def test_shipments_are_listed_by_direction_and_state(stage, told):
    other, ship = stage.town.ship("farm-a", told.lot, "shop-b", 500)
    await stage.done(ship)
    all_of_farm = (await stage.get("/api/shipments", "farm-a")).json()["shipments"]
    assert [one["id"] for one in all_of_farm] == [other, told.shipment]  # the latest first
    for query, expected in {
        "direction=out": [other, told.shipment],
        "direction=in": [],
        "state=disputed": [told.shipment],
        "state=in_transit&direction=out": [other],
        "state=settled": [],
    }.items():
        page = (await stage.get(f"/api/shipments?{query}", "farm-a")).json()
        assert [one["id"] for one in page["shipments"]] == expected, query
    (of_shop,) = (await stage.get("/api/shipments", "shop-b")).json()["shipments"]
    assert (of_shop["id"], of_shop["direction"]) == (other, "in")
    first = (await stage.get("/api/shipments?limit=1", "farm-a")).json()
    rest = (await stage.get(f"/api/shipments?cursor={first['next']}", "farm-a")).json()
    assert [one["id"] for one in rest["shipments"]] == [told.shipment]
    assert rest["next"] is None


async def test_entries_of_a_lot_come_in_pages(stage, told):
    path = f"{told.path}/entries"
    first = (await stage.get(f"{path}?limit=2", "shop-a")).json()
    rest = (await stage.get(f"{path}?limit=2&cursor={first['next']}", "shop-a")).json()
    ids = [one["id"] for one in (*first["entries"], *rest["entries"])]
    harvest, ship, receive, sell = map(command_id, told.wires)
    assert ids == [sell, receive, ship]
    assert harvest not in ids
    assert rest["next"] is None


@pytest.mark.parametrize(
    "path", ["/api/lots", "/api/shipments", "/api/lots/" + "0" * 20 + "/entries"]
)
async def test_lists_are_for_sessions(stage, path):
    response = await stage.get(path)
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_REQUIRED")


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyJhIiwgMV0", "bnVsbA", "%E3%81%82", "W1tbW10", "A" * 200]
)
@pytest.mark.parametrize("path", ["/api/lots", "/api/shipments"])
async def test_a_made_up_cursor_is_refused(stage, path, cursor):
    response = await stage.get(f"{path}?cursor={cursor}", "farm-a")
    assert (response.status_code, response.json()["code"]) == (400, "CURSOR_INVALID")


# Reading what one has written.


async def test_an_answer_says_which_block_it_shows(stage, told):
    response = await stage.get(told.path)
    assert int(response.headers["minori-block"]) == stage.gateway.follower.height - 1


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_block_not_there_yet_is_waited_for_and_then_503(stage, told, how):
    shown = stage.gateway.follower.height - 1
    for block, status in ((shown, 200), (shown + 1, 503)):
        headers = {"Minori-Min-Block": str(block)} if how == "header" else {}
        query = f"?min_block={block}" if how == "query" else ""
        response = await stage.get(told.path + query, **headers)
        assert response.status_code == status
    assert response.json()["code"] == "NOT_THERE_YET"
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_block_that_will_not_be_there_for_long_is_refused_at_once(stage, told, how):
    height = stage.gateway.follower.height
    for block, status in ((height + 999, 503), (height + 1_000, 422), (2**53 - 1, 422)):
        headers = {"Minori-Min-Block": str(block)} if how == "header" else {}
        query = f"?min_block={block}" if how == "query" else ""
        response = await stage.get(told.path + query, **headers)
        assert response.status_code == status
    assert response.json()["code"] == "BLOCK_TOO_FAR"
    assert "retry-after" not in response.headers


async def test_a_block_that_the_ledger_has_is_not_too_far_for_tables_being_filled(
    stage, told, monkeypatch
):
    async def height():
        return 5_000

    monkeypatch.setattr(stage.gateway.ledger, "height", height)
    for block, status in ((4_999, 503), (5_999, 503), (6_000, 422)):
        response = await stage.get(f"{told.path}?min_block={block}")
        assert response.status_code == status


@pytest.mark.parametrize("failure", [LedgerUnavailableError("away"), None])
async def test_no_block_is_too_far_while_the_ledger_does_not_say(stage, told, monkeypatch, failure):
    async def height():
        if failure:
            raise failure
        await asyncio.Event().wait()

    monkeypatch.setattr(stage.gateway.ledger, "height", height)
    response = await stage.get(f"{told.path}?min_block=100000")
    assert (response.status_code, response.json()["code"]) == (503, "NOT_THERE_YET")


@pytest.mark.parametrize("block", ["-1", "x", "1.5", str(2**53)])
async def test_a_block_that_is_no_number_is_refused(stage, block):
    response = await stage.get("/api/ledger", **{"Minori-Min-Block": block})
    assert (response.status_code, response.json()["code"]) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "state=lost", "direction=up"])
async def test_a_list_asked_for_wrongly_is_refused(stage, query):
    response = await stage.get(f"/api/shipments?{query}", "farm-a")
    assert (response.status_code, response.json()["code"]) == (422, "INVALID_REQUEST")
    assert response.json()["errors"][0]["where"].startswith("query.")
