"""What a shop alone has booked as a producer's, the producer can deny, wherever it is now."""

import pytest

from tests.chaincode import deeds
from tests.chaincode.test_consignment import claimed, lot_of, sold
from tests.chaincode.ways.lots import correct_harvest, supplement
from tests.chaincode.world import World


def denial(world: World, lot: str, holder: str, denied_g: int) -> str:
    body = {"lot": lot, "party": world.party("farmer")}
    closed = {"holder": world.party(holder), "denied_g": denied_g}
    return world.submit(world.write("farmer", "lot.deny_claim", body, closed))[0]


def correction(world: World, by: str, lot: str, of: str, was_g: int, counted_g: int) -> str:
    body = {"lot": lot, "party": world.party(by), "reason": "typing"}
    closed = {"producer": world.party(of), "was_g": was_g, "counted_g": counted_g}
    return world.submit(world.write(by, "lot.correct_arrival", body, closed))[0]


def test_nobody_keeps_a_producers_stock_by_letting_it_arrive():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=10_000)
    assert deeds.held(world, lot, "farmer") == 0
    deeds.deny(world, "farmer", lot, holder="grocer", denied_g=10_000)
    assert deeds.held(world, lot, "farmer") == 10_000
    assert claimed(world, lot) == (10_000, 10_000, 0)
    assert sold(world, "grocer", lot, 1, of="farmer") == "INSUFFICIENT_QUANTITY"
    deeds.take(world, "sell", "farmer", lot, 10_000)
    deeds.assert_balanced(world)


def test_goods_sold_before_they_were_denied_stay_sold_and_are_the_producers_again():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=10_000)
    deeds.take(world, "sell", "grocer", lot, 10_000, of="farmer")
    deeds.deny(world, "farmer", lot, holder="grocer", denied_g=10_000)
    assert world.holding(lot, "grocer", "farmer")["sold_g"] == 10_000
    assert deeds.held(world, lot, "farmer") == 10_000
    deeds.assert_balanced(world)


def test_a_denial_first_ends_what_was_claimed_and_gives_back_the_rest():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=12_000)
    for denied_g, claims, own_g in (
        (1_500, (2_000, 1_500, 0), 0),
        (5_000, (5_000, 5_000, 0), 3_000),
        (12_000, (12_000, 12_000, 0), 10_000),
    ):
        deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=denied_g)
        assert (claimed(world, lot), deeds.held(world, lot, "farmer")) == (claims, own_g)
        deeds.assert_balanced(world)


def test_a_mistaken_denial_is_undone_to_the_gram():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=12_000)

    def records() -> list[dict]:
        own, there = world.holding(lot, "farmer"), world.holding(lot, "shopkeeper", "farmer")
        return [lot_of(world, lot), own, there]

    before = records()
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=12_000)
    assert records() != before
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=0)
    assert records() == before


@pytest.mark.parametrize(("verb", "left_g"), [("sell", 4_000), ("hold", 0)])
def test_a_denial_taken_back_is_covered_by_what_is_free_of_the_producers_stock(verb, left_g):
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=10_000)
    if verb == "sell":
        deeds.take(world, "sell", "farmer", lot, 6_000)
    else:
        deeds.hold(world, "farmer", lot)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=0)
    assert claimed(world, lot) == (10_000 - left_g, 0, 0)
    assert deeds.held(world, lot, "farmer") == (0 if verb == "sell" else 10_000)
    deeds.assert_balanced(world)


def test_a_denial_at_one_shop_does_not_block_anothers_correction():
    world = World.standing()
    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=3_000)
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=4_000)
    assert denial(world, lot, "shopkeeper", 3_001) == "MORE_THAN_RECORDED"
    assert denial(world, lot, "shopkeeper", 3_000) == "ACCEPTED"
    assert correction(world, "grocer", lot, "farmer", 4_000, 0) == "ACCEPTED"
    assert claimed(world, lot) == (3_000, 3_000, 0)
    deeds.assert_balanced(world)


def test_a_correction_gives_back_what_had_come_home_before_the_record():
    """Of a lot still claimed, too: it may have come home from one shop and gone to the next."""
    world = World.standing()
    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=3_000)
    back = deeds.consign(world, "shopkeeper", lot, to="farmer", quantity_g=3_000, of="farmer")
    deeds.receive(world, "farmer", lot, back, 3_000, of="farmer")
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=4_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=3_000)
    assert correction(world, "grocer", lot, "farmer", 4_000, 0) == "ACCEPTED"
    assert claimed(world, lot) == (3_000, 3_000, 0)
    assert deeds.held(world, lot, "farmer") == 3_000
    deeds.assert_balanced(world)


def test_one_shops_correction_ends_no_other_shops_claim_in_the_wrong_name():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    for shop in ("shopkeeper", "grocer"):
        deeds.arrive(world, shop, lot, of="neighbour", counted_g=3_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    deeds.count(world, "shopkeeper", lot, 6_000, of="neighbour")
    assert correction(world, "shopkeeper", lot, "neighbour", 6_000, 0) == "MORE_THAN_RECORDED"
    assert correction(world, "shopkeeper", lot, "neighbour", 3_000, 0) == "ACCEPTED"
    assert claimed(world, lot) == (3_000, 0, 3_000)
    assert correction(world, "grocer", lot, "neighbour", 3_000, 0) == "ACCEPTED"
    deeds.assert_balanced(world)


def test_what_came_home_can_be_denied_no_more_and_what_is_denied_stays_so():
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    shipment = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=8_000)
    deeds.receive(world, "shopkeeper", lot, shipment, 8_000, of="farmer")
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=6_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=2_000)
    deeds.take(world, "take_back", "shopkeeper", lot, 3_000, of="farmer")
    assert world.holding(lot, "shopkeeper", "farmer")["arrived_g"] == 3_000
    assert denial(world, lot, "shopkeeper", 3_001) == "MORE_THAN_RECORDED"
    deeds.take(world, "take_back", "shopkeeper", lot, 9_000, of="farmer")
    assert world.holding(lot, "shopkeeper", "farmer")["arrived_g"] == 2_000
    assert denial(world, lot, "shopkeeper", 0) == "ACCEPTED"
    deeds.assert_balanced(world)


@pytest.mark.parametrize("verb", ["correct", "deny"])
def test_no_harvest_covers_what_was_claimed_as_another_crop(verb):
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=3_000, crop="daikon")
    deeds.harvest_named(world, "farmer", name, 5_000)
    assert (claimed(world, lot), lot_of(world, lot)["other_crop_g"]) == ((3_000, 0, 0), 3_000)
    assert deeds.held(world, lot, "farmer") == 5_000
    if verb == "correct":
        assert correction(world, "shopkeeper", lot, "farmer", 3_000, 0) == "ACCEPTED"
        assert claimed(world, lot) == (0, 0, 0)
    else:
        assert denial(world, lot, "shopkeeper", 3_000) == "ACCEPTED"
        assert claimed(world, lot) == (3_000, 3_000, 0)
    assert lot_of(world, lot)["other_crop_g"] == 0
    assert deeds.held(world, lot, "farmer") == 5_000
    deeds.assert_balanced(world)


@pytest.mark.parametrize("claimed_before", ["the harvest", "its correction"])
@pytest.mark.parametrize("more_by", ["correction", "supplement", "second correction"])
def test_no_harvest_corrected_to_another_crop_covers_a_claim_of_the_old(claimed_before, more_by):
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    if claimed_before == "the harvest":
        deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=3_000)
        deeds.harvest_named(world, "farmer", name, 1_000)
    else:
        deeds.harvest_named(world, "farmer", name, 1_000)
        deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=3_000)
    assert (claimed(world, lot), deeds.held(world, lot, "farmer")) == ((2_000, 0, 0), 0)
    more_g = 9_000 if more_by == "correction" else 1_000
    assert correct_harvest(world, lot, more_g, crop="daikon") == ["ACCEPTED"]
    if more_by == "supplement":
        supplement(world, lot, 8_000)
    elif more_by == "second correction":
        assert correct_harvest(world, lot, 9_000) == ["ACCEPTED"]
    assert (claimed(world, lot), lot_of(world, lot)["other_crop_g"]) == ((2_000, 0, 0), 2_000)
    assert deeds.held(world, lot, "farmer") == 8_000
    deeds.assert_balanced(world)
    assert denial(world, lot, "shopkeeper", 2_000) == "ACCEPTED"
    assert lot_of(world, lot)["other_crop_g"] == 0
    deeds.assert_balanced(world)


def test_who_takes_the_denial_of_another_crop_back_says_that_the_goods_are_its_own():
    """The farmer had mistaken the crop, and the shop had not."""
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=3_000, crop="daikon")
    deeds.harvest_named(world, "farmer", name, 5_000)
    for denied_g in (3_000, 0):
        deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=denied_g)
    assert (claimed(world, lot), deeds.held(world, lot, "farmer")) == ((0, 0, 0), 2_000)
    deeds.assert_balanced(world)


def gone(world: World, lot: str, verb: str, quantity_g: int) -> None:
    """Let grams be discarded at the shop, or found missing."""
    if verb == "discard":
        deeds.take(world, "discard", "shopkeeper", lot, quantity_g, of="farmer")
    else:
        there_g = deeds.held(world, lot, "shopkeeper", of="farmer")
        deeds.count(world, "shopkeeper", lot, there_g - quantity_g, of="farmer")


def back(world: World, lot: str, verb: str, quantity_g: int) -> None:
    """Let what was gone be there after all."""
    if verb == "discard":
        grams = {"was_g": quantity_g, "quantity_g": 0, "of": "farmer"}
        deeds.correct_outflow(world, "shopkeeper", lot, outflow="discarded", **grams)
    else:
        gone(world, lot, verb, -quantity_g)


def there(world: World, lot: str) -> tuple[int, int, int]:
    """Return what is held at the shop, what of it is denied, and what in all."""
    holding = world.holding(lot, "shopkeeper", "farmer")
    return holding["held_g"], holding["denied_g"], holding["owner_denial"]["arrived_g"]


@pytest.mark.parametrize("verb", ["discard", "count"])
def test_denied_goods_that_are_gone_keep_no_good_ones_from_being_sold(verb):
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=4_000)
    gone(world, lot, verb, 5_000)
    assert there(world, lot) == (5_000, 0, 4_000)
    assert claimed(world, lot) == (4_000, 4_000, 0)  # as before: no record covers them
    assert sold(world, "shopkeeper", lot, 5_000, of="farmer") == "ACCEPTED"
    assert denial(world, lot, "shopkeeper", 10_001) == "MORE_THAN_RECORDED"
    deeds.assert_balanced(world)


@pytest.mark.parametrize("verb", ["discard", "count"])
def test_denied_goods_that_are_there_after_all_are_still_denied(verb):
    world = World.standing()
    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=10_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=10_000)
    gone(world, lot, verb, 7_000)
    assert there(world, lot) == (3_000, 3_000, 10_000)
    back(world, lot, verb, 6_000)
    assert there(world, lot) == (9_000, 9_000, 10_000)
    assert sold(world, "shopkeeper", lot, 1, of="farmer") == "INSUFFICIENT_QUANTITY"
    back(world, lot, verb, 1_000)
    assert there(world, lot) == (10_000, 10_000, 10_000)
    deeds.assert_balanced(world)


def test_goods_that_came_after_the_denied_ones_had_been_sold_are_sold():
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.take(world, "sell", "shopkeeper", lot, 9_000, of="farmer")
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=10_000)
    assert there(world, lot) == (1_000, 1_000, 10_000)
    shipment = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=8_000)
    deeds.receive(world, "shopkeeper", lot, shipment, 8_000, of="farmer")
    assert sold(world, "shopkeeper", lot, 8_001, of="farmer") == "INSUFFICIENT_QUANTITY"
    assert sold(world, "shopkeeper", lot, 8_000, of="farmer") == "ACCEPTED"
    deeds.assert_balanced(world)


@pytest.mark.parametrize("way", ["sale", "shipment", "run"])
def test_what_left_before_it_was_denied_and_comes_back_is_denied(way):
    """Else a holder says for a moment that the goods are gone, and sells them later."""
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "sorter", lot, of="farmer", counted_g=10_000)
    if way == "sale":
        deeds.take(world, "sell", "sorter", lot, 10_000, of="farmer")
    elif way == "shipment":
        shipment = deeds.consign(world, "sorter", lot, to="grocer", quantity_g=10_000, of="farmer")
    else:
        parts = [(lot, 10_000, [10_000], "farmer")]
        made = deeds.make(world, "sorter", "lot.sort", parts, ["carrot/l"])
    deeds.deny(world, "farmer", lot, holder="sorter", denied_g=6_000)
    if way == "sale":
        grams = {"was_g": 10_000, "quantity_g": 0, "of": "farmer"}
        deeds.correct_outflow(world, "sorter", lot, outflow="sold", **grams)
    elif way == "shipment":
        deeds.bring_back(world, "sorter", lot, shipment, of="farmer")
    else:
        deeds.unmake(world, "sorter", made)
    assert sold(world, "sorter", lot, 4_001, of="farmer") == "INSUFFICIENT_QUANTITY"
    assert sold(world, "sorter", lot, 4_000, of="farmer") == "ACCEPTED"
    deeds.assert_balanced(world)


def test_neither_the_wrongly_named_nor_the_producer_undoes_the_others_denial():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=3_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    named = {"holder": "shopkeeper", "owner": world.party("neighbour")}
    deeds.deny(world, "farmer", lot, denied_g=3_000, **named)
    for denied_g in (1_000, 0):
        deeds.deny(world, "neighbour", lot, denied_g=denied_g, **named)
        assert sold(world, "shopkeeper", lot, 1, of="neighbour") == "INSUFFICIENT_QUANTITY"
    deeds.deny(world, "neighbour", lot, denied_g=2_000, **named)
    deeds.deny(world, "farmer", lot, denied_g=0, **named)
    assert sold(world, "shopkeeper", lot, 1_001, of="neighbour") == "INSUFFICIENT_QUANTITY"
    assert sold(world, "shopkeeper", lot, 1_000, of="neighbour") == "ACCEPTED"
    deeds.assert_balanced(world)


def test_a_holder_denies_nothing_and_undoes_nothing_under_the_producers_mandate():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=10_000)
    world.mandate("farmer", "shopkeeper", "lot.deny_claim")
    body = {"lot": lot, "party": world.party("farmer")}
    closed = {"holder": world.party("shopkeeper"), "denied_g": 0}
    for_farmer = {"on_behalf": world.actor("farmer")}
    wire = world.write("shopkeeper", "lot.deny_claim", body, closed, **for_farmer)
    assert world.submit(wire) == ["NOT_INDEPENDENT"]
    assert there(world, lot) == (10_000, 10_000, 10_000)


def test_a_surplus_is_denied_until_that_is_taken_back_whatever_is_found_meanwhile():
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.count(world, "shopkeeper", lot, 11_200, of="farmer")
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=2_000, surplus=True)
    assert there(world, lot) == (11_200, 3_000, 2_000)
    deeds.count(world, "shopkeeper", lot, 12_200, of="farmer")
    assert there(world, lot) == (12_200, 4_000, 2_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=0)
    assert there(world, lot) == (12_200, 2_000, 0)  # of the surplus nothing was said
    deeds.deny(world, "farmer", lot, holder="shopkeeper", surplus=False)
    assert sold(world, "shopkeeper", lot, 12_200, of="farmer") == "ACCEPTED"
    deeds.assert_balanced(world)


@pytest.mark.parametrize("denied_g", [0, 2_000, 10_000])
@pytest.mark.parametrize("by", ["farmer", "neighbour"])
def test_who_denies_a_surplus_alone_says_nothing_of_what_arrived(denied_g, by):
    """By the lot's producer, and by whoever was named wrongly: all else stays to the byte."""
    world = World.standing()
    name = world.name("farmer")
    named = {"holder": "shopkeeper", "owner": world.party(by)}
    deeds.arrive(world, "shopkeeper", name["id"], of=by, counted_g=10_000)
    deeds.harvest_named(world, "farmer", name, 20_000)
    deeds.count(world, "shopkeeper", name["id"], 11_200, of=by)
    deeds.deny(world, by, name["id"], denied_g=denied_g, **named)

    def records() -> dict:
        found = world.ledger.state.items()
        return {key: value for key, value in found if key.startswith(("lot/", "holding/"))}

    before = records()
    deeds.deny(world, by, name["id"], surplus=True, **named)
    changed = {key for key, value in records().items() if before.get(key) != value}
    holding = world.holding(name["id"], "shopkeeper", by)
    assert changed == {f"holding/{name['id']}/{world.party('shopkeeper')}/{world.party(by)}"}
    assert (holding["unproven_g"], holding["denied_g"]) == (1_000, denied_g + 1_000)
    deeds.deny(world, by, name["id"], surplus=False, **named)
    assert records() == before
    deeds.assert_balanced(world)


def test_who_denies_nothing_at_all_has_said_nothing():
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    before = dict(world.ledger.state)
    body = {"lot": lot, "party": world.party("farmer")}
    wire = world.write("farmer", "lot.deny_claim", body, {"holder": world.party("shopkeeper")})
    assert world.submit(wire) == ["MISSING_MEMBER"]
    assert world.ledger.state == before


def test_no_arrival_is_corrected_by_what_nobody_else_vouches_for():
    """Else what one found would go home to the producer as its own."""
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.take(world, "sell", "shopkeeper", lot, 10_000, of="farmer")
    deeds.count(world, "shopkeeper", lot, 5_000, of="farmer")
    assert correction(world, "shopkeeper", lot, "farmer", 10_000, 5_000) == "ALREADY_LEFT"
    assert correction(world, "shopkeeper", lot, "farmer", 10_000, 9_800) == "ACCEPTED"
