"""Goods at a shop that are the farmer's: arrivals, claims and their end, taking back, disputes."""

import pytest

from tests.chaincode import deeds
from tests.chaincode.drafts import build, valid
from tests.chaincode.ways.lots import correct_harvest, supplement
from tests.chaincode.world import World


def lot_of(world: World, lot: str) -> dict:
    return world.ledger.record(f"lot/{lot}")


def claimed(world: World, lot: str) -> tuple[int, int, int]:
    """Return what is claimed, denied and misnamed."""
    record = lot_of(world, lot)
    return record["claimed_g"], record["denied_g"], record["misnamed_g"]


def sold(world: World, by: str, lot: str, quantity_g: int, of: str) -> str:
    body = {"lot": lot, "party": world.party(by)}
    closed = {"quantity_g": quantity_g, "owner": world.party(of)}
    return world.submit(world.write(by, "lot.sell", body, closed))[0]


@pytest.mark.parametrize(
    ("counted_g", "own_g", "claimed_g", "flags"),
    [(12_000, 8_000, 0, []), (20_000, 0, 0, []), (20_001, 0, 1, ["claimed"])],
)
def test_an_arrival_takes_what_the_producer_has_and_claims_the_rest(
    counted_g, own_g, claimed_g, flags
):
    draft = valid("lot.arrive")
    draft.closed["counted_g"] = counted_g
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", flags)
    world, lot = draft.world, draft.body["lot"]
    assert deeds.held(world, lot, "farmer") == own_g
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == counted_g
    assert claimed(world, lot) == (claimed_g, 0, 0)
    deeds.assert_balanced(world)


def test_goods_that_come_before_their_record_begin_it():
    world = World.standing()
    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=3_000)
    record = lot_of(world, lot)
    assert (record["origin"], record["party"]) == ("claim", world.party("farmer"))
    assert (record["harvest_g"], record["claimed_g"]) == (0, 3_000)
    assert sold(world, "shopkeeper", lot, 2_000, of="farmer") == "ACCEPTED"
    deeds.assert_balanced(world)


@pytest.mark.parametrize(
    ("quantity_g", "claimed_g", "own_g"), [(5_000, 0, 2_000), (3_000, 0, 0), (1_000, 2_000, 0)]
)
def test_a_harvest_covers_what_was_claimed(quantity_g, claimed_g, own_g):
    world = World.standing()
    name = world.name("farmer")
    deeds.arrive(world, "shopkeeper", name["id"], of="farmer", counted_g=3_000)
    deeds.harvest_named(world, "farmer", name, quantity_g)
    record = lot_of(world, name["id"])
    assert (record["origin"], record["harvest_g"]) == ("harvest", quantity_g)
    assert record["claimed_g"] == claimed_g
    assert deeds.held(world, name["id"], "farmer") == own_g
    assert deeds.held(world, name["id"], "shopkeeper", of="farmer") == 3_000
    deeds.assert_balanced(world)


def test_a_supplement_and_a_correction_cover_what_was_claimed():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=15_000)
    supplement(world, lot, 2_000)
    assert (claimed(world, lot)[0], deeds.held(world, lot, "farmer")) == (3_000, 0)
    assert correct_harvest(world, lot, 14_000) == ["ACCEPTED"]
    assert (claimed(world, lot)[0], deeds.held(world, lot, "farmer")) == (0, 1_000)
    deeds.assert_balanced(world)


def test_goods_that_came_home_before_their_record_are_not_forgotten_by_it():
    """A harvest adds to what the producer already has of a lot that others claimed."""
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=3_000)
    back = deeds.consign(world, "shopkeeper", lot, to="farmer", quantity_g=1_000, of="farmer")
    deeds.receive(world, "farmer", lot, back, 1_000, of="farmer")
    deeds.harvest_named(world, "farmer", name, 5_000)
    assert deeds.held(world, lot, "farmer") == 1_000 + 5_000 - 3_000
    deeds.assert_balanced(world)


def test_a_claim_in_anothers_name_does_not_block_the_real_one():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=3_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    assert lot_of(world, lot)["party"] == world.party("farmer")
    assert claimed(world, lot) == (3_000, 0, 3_000)
    assert deeds.held(world, lot, "farmer") == 5_000
    deeds.assert_balanced(world)


def test_no_record_of_the_producers_ever_covers_a_claim_in_anothers_name():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=3_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    supplement(world, lot, 1_000)
    assert correct_harvest(world, lot, 7_000) == ["ACCEPTED"]
    assert deeds.held(world, lot, "farmer") == 8_000
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=9_000)
    assert claimed(world, lot) == (4_000, 0, 3_000)
    supplement(world, lot, 5_000)
    assert claimed(world, lot) == (3_000, 0, 3_000)
    assert deeds.held(world, lot, "farmer") == 4_000
    deeds.assert_balanced(world)


def test_a_claim_in_anothers_name_can_be_corrected_after_the_record():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=3_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    grams = {"was_g": 3_000, "counted_g": 1_000}
    deeds.correct_arrival(world, "shopkeeper", lot, of="neighbour", **grams)
    assert claimed(world, lot) == (1_000, 0, 1_000)
    assert deeds.held(world, lot, "shopkeeper", of="neighbour") == 1_000
    assert deeds.held(world, lot, "farmer") == 5_000
    deeds.assert_balanced(world)


@pytest.mark.parametrize("by", ["farmer", "neighbour"])
def test_the_producer_and_whoever_was_named_can_deny_a_claim_in_the_wrong_name(by):
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=3_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    owner = world.party("neighbour")
    deeds.deny(world, by, lot, holder="shopkeeper", denied_g=2_500, owner=owner)
    assert sold(world, "shopkeeper", lot, 501, of="neighbour") == "INSUFFICIENT_QUANTITY"
    assert sold(world, "shopkeeper", lot, 500, of="neighbour") == "ACCEPTED"
    deeds.assert_balanced(world)


def test_the_named_producer_can_deny_before_any_record():
    world = World.standing()
    lot = deeds.claim(world, "shopkeeper", of="neighbour", quantity_g=3_000)
    deeds.deny(world, "neighbour", lot, holder="shopkeeper", denied_g=3_000)
    assert sold(world, "shopkeeper", lot, 1, of="neighbour") == "INSUFFICIENT_QUANTITY"
    assert claimed(world, lot) == (3_000, 3_000, 0)


def test_a_claim_taken_back_leaves_the_lot_to_the_right_producer():
    world = World.standing()
    lot = world.name("farmer")["id"]
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=3_000, crop="daikon")
    grams = {"was_g": 3_000, "counted_g": 0}
    deeds.correct_arrival(world, "shopkeeper", lot, of="neighbour", **grams)
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=2_000)
    record = lot_of(world, lot)
    assert (record["party"], record["crop"]) == (world.party("farmer"), "carrot")
    deeds.assert_balanced(world)


def test_what_is_denied_can_be_discarded_but_not_passed_on():
    draft = valid("lot.deny_claim")
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["denied"])
    world, lot = draft.world, draft.body["lot"]
    assert claimed(world, lot) == (2_000, 2_000, 0)
    deeds.take(world, "sell", "shopkeeper", lot, 10_000, of="farmer")
    shop = {"lot": lot, "party": world.party("shopkeeper")}
    owner = {"owner": world.party("farmer")}
    for verb in ("sell", "own_use", "take_back"):
        wire = world.write("shopkeeper", f"lot.{verb}", shop, {"quantity_g": 1, **owner})
        assert world.submit(wire) == ["INSUFFICIENT_QUANTITY"], verb
    ship = valid("lot.ship")
    name = world.name("shopkeeper")
    ship.body = {
        "shipment": name["id"],
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        **shop,
    }
    closed = {"recipient": world.party("grocer"), "quantity_g": 1, **owner}
    assert world.submit(world.write("shopkeeper", "lot.ship", ship.body, closed)) == [
        "INSUFFICIENT_QUANTITY"
    ]
    deeds.take(world, "discard", "shopkeeper", lot, 2_000, of="farmer")
    deeds.assert_balanced(world)


def test_a_denied_claim_is_covered_by_no_record():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=4_000)
    deeds.harvest_named(world, "farmer", name, 20_000)
    assert claimed(world, lot) == (4_000, 4_000, 0)
    assert deeds.held(world, lot, "farmer") == 14_000
    deeds.assert_balanced(world)


def test_a_corrected_arrival_takes_the_denied_grams_away_first():
    """The shop admits its mistake: what remains is no longer denied, and can be sold."""
    world = World.standing()
    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=10_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=4_000)
    grams = {"was_g": 10_000, "counted_g": 6_000}
    deeds.correct_arrival(world, "shopkeeper", lot, of="farmer", **grams)
    assert claimed(world, lot) == (6_000, 0, 0)
    assert sold(world, "shopkeeper", lot, 6_000, of="farmer") == "ACCEPTED"
    deeds.assert_balanced(world)


def test_an_arrival_corrected_to_nothing_gives_the_producer_no_denied_grams():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=4_000)
    grams = {"was_g": 10_000, "counted_g": 0}
    deeds.correct_arrival(world, "shopkeeper", lot, of="farmer", **grams)
    assert world.holding(lot, "farmer") is None
    deeds.harvest_named(world, "farmer", name, 5_000)
    assert deeds.held(world, lot, "farmer") == 5_000
    deeds.assert_balanced(world)


def test_the_producers_own_stock_on_hold_is_not_taken_by_an_arrival():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.hold(world, "farmer", lot)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    assert (claimed(world, lot)[0], deeds.held(world, lot, "farmer")) == (4_000, 10_000)
    deeds.assert_balanced(world)


def test_unsold_goods_go_home_even_under_a_recall_or_on_hold():
    draft = valid("lot.take_back")
    world, lot = draft.world, draft.body["lot"]
    deeds.hold(world, "shopkeeper", lot, of="farmer")
    deeds.recall(world, lot)
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", [])
    assert deeds.held(world, lot, "farmer") == 20_000
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 0


def test_consigned_goods_stay_their_owners_from_shop_to_shop():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    first = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=8_000)
    deeds.receive(world, "shopkeeper", lot, first, 8_000, of="farmer")
    second = deeds.consign(world, "shopkeeper", lot, to="grocer", quantity_g=5_000, of="farmer")
    deeds.receive(world, "grocer", lot, second, 5_000, of="farmer")
    deeds.take(world, "sell", "grocer", lot, 4_000, of="farmer")
    deeds.take(world, "take_back", "grocer", lot, 1_000, of="farmer")
    assert world.holding(lot, "grocer") is None
    assert deeds.held(world, lot, "farmer") == 3_000
    deeds.assert_balanced(world)


def test_a_dispute_about_consigned_goods_is_settled_to_the_right_owners():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    first = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=10_000)
    deeds.receive(world, "shopkeeper", lot, first, 10_000, of="farmer")
    second = deeds.consign(world, "shopkeeper", lot, to="grocer", quantity_g=6_000, of="farmer")
    deeds.receive(world, "grocer", lot, second, 5_000, of="farmer")
    draft = build("lot.settle", world)
    draft.body = {"shipment": second, "lot": lot}
    draft.by, draft.approver = "grocer", "shopkeeper"
    draft.closed |= {
        "sender": world.party("shopkeeper"),
        "recipient": world.party("grocer"),
        "to_sender_g": 500,
        "to_recipient_g": 300,
        "lost_g": 200,
        "owner": world.party("farmer"),
        "consigned": True,
    }
    assert draft.answer() == "ACCEPTED"
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 4_500
    assert deeds.held(world, lot, "grocer", of="farmer") == 5_300
    assert world.holding(lot, "shopkeeper") is None
    assert world.holding(lot, "grocer") is None
    deeds.assert_balanced(world)


def test_goods_of_a_consignor_that_are_sold_on_are_the_buyers():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    name = world.name("shopkeeper")
    body = {
        "shipment": name["id"],
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "lot": lot,
        "party": world.party("shopkeeper"),
    }
    closed = {"recipient": world.party("grocer"), "quantity_g": 4_000}
    world.act("shopkeeper", "lot.ship", body, closed | {"owner": world.party("farmer")})
    world.receive("grocer", lot, name["id"], 3_000)
    assert deeds.held(world, lot, "grocer") == 3_000
    draft = build("lot.settle", world)
    draft.body = {"shipment": name["id"], "lot": lot}
    draft.by, draft.approver = "grocer", "shopkeeper"
    draft.closed |= {"sender": world.party("shopkeeper"), "recipient": world.party("grocer")}
    draft.closed |= {"to_sender_g": 600, "to_recipient_g": 400, "lost_g": 0}
    assert draft.answer() == "ACCEPTED"
    assert deeds.held(world, lot, "grocer") == 3_400
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 6_600
    deeds.assert_balanced(world)


def test_a_consigned_shipment_sent_back_is_the_owners_at_the_sender_again():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    shipment = deeds.consign(world, "shopkeeper", lot, to="grocer", quantity_g=6_000, of="farmer")
    body = {"shipment": shipment, "lot": lot, "party": world.party("grocer")}
    sides = {"sender": world.party("shopkeeper"), "owner": world.party("farmer")}
    world.act("grocer", "lot.return", body, sides)
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 10_000
    deeds.assert_balanced(world)


def test_a_days_delivery_of_many_lots_is_one_transaction():
    """One act at the shop's counter signs one command a lot; of two on one lot the order counts."""
    world = World.standing()
    lots = [world.harvest("farmer", 1_000) for _ in range(20)]
    closed = {"producer": world.party("farmer"), "crop": "carrot", "counted_g": 600}
    wires = [
        world.write(
            "shopkeeper",
            "lot.arrive",
            {"lot": lot, "party": world.party("shopkeeper"), "channel": "desk"},
            closed,
        )
        for lot in (*lots, lots[0])
    ]
    results = world.ledger.results(*wires, time=1_776_211_200)
    assert {one["code"] for one in results} == {"ACCEPTED"}
    assert [one["flags"] for one in results] == [[]] * 20 + [["claimed"]]
    deeds.assert_balanced(world)
