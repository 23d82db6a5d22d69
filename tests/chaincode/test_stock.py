"""What a holder says of its own stock: counted, on hold, released."""

import pytest

from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.world import World


@pytest.mark.parametrize(
    ("counted_g", "lost_g", "surplus_g"),
    [(20_000, 0, 0), (19_500, 500, 0), (0, 20_000, 0), (20_700, 0, 700)],
)
def test_a_count_books_what_is_missing_or_too_much(counted_g, lost_g, surplus_g):
    draft = valid("lot.take_stock")
    draft.closed["counted_g"] = counted_g
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", [])
    holding = draft.world.holding(draft.body["lot"], "farmer")
    assert (holding["held_g"], holding["lost_g"], holding["surplus_g"]) == (
        counted_g,
        lost_g,
        surplus_g,
    )
    deeds.assert_balanced(draft.world)


def test_losses_and_surpluses_add_up_without_end():
    """To more than any one command may name: the record can still be read and changed."""
    world = World.standing()
    lot = world.harvest("farmer", 1)
    for counted_g in (1_000_000_000, 0) * 3:
        deeds.count(world, "farmer", lot, counted_g)
    holding = world.holding(lot, "farmer")
    assert (holding["lost_g"], holding["surplus_g"]) == (3_000_000_000, 2_999_999_999)
    deeds.assert_balanced(world)


def test_a_surplus_can_be_sold():
    world = World.standing()
    lot = world.harvest("farmer", 1_000)
    deeds.count(world, "farmer", lot, 1_200)
    deeds.take(world, "sell", "farmer", lot, 1_200)
    deeds.assert_balanced(world)


def test_goods_of_others_are_counted_apart():
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    deeds.count(world, "shopkeeper", lot, 1_900, of="farmer")
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 1_900
    assert deeds.held(world, lot, "farmer") == 3_000
    deeds.assert_balanced(world)


def attempt(world: World, by: str, lot: str, verb: str, of: str | None = None) -> str:
    """Try to pass a gram on, and return the answer."""
    body = {"lot": lot, "party": world.party(by)}
    closed = {"quantity_g": 1, **deeds.owner(world, of)}
    if verb == "discard":
        body["reason"] = "spoiled"
    if verb == "ship":
        name = world.name(by)
        body |= {"shipment": name["id"], "id_nonce": name["id_nonce"], "index": name["index"]}
        closed["recipient"] = world.party("grocer")
    return world.submit(world.write(by, f"lot.{verb}", body, closed))[0]


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("ship", "ON_HOLD"),
        ("sell", "ON_HOLD"),
        ("discard", "ACCEPTED"),
        ("own_use", "ACCEPTED"),
        ("take_back", "ACCEPTED"),
    ],
)
def test_a_hold_stops_what_passes_goods_on_and_nothing_else(verb, code):
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    deeds.hold(world, "shopkeeper", lot, of="farmer")
    assert attempt(world, "shopkeeper", lot, verb, of="farmer") == code


def test_a_hold_is_the_holders_own_and_no_one_elses():
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    world.receive("grocer", lot, world.ship("farmer", lot, to="grocer", quantity_g=1_000), 1_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    deeds.hold(world, "shopkeeper", lot, of="farmer")
    assert attempt(world, "farmer", lot, "sell") == "ACCEPTED"
    assert attempt(world, "grocer", lot, "sell") == "ACCEPTED"


def test_a_hold_lasts_while_more_arrives_and_ends_with_its_release():
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    deeds.hold(world, "shopkeeper", lot, of="farmer")
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=1_000)
    assert attempt(world, "shopkeeper", lot, "sell", of="farmer") == "ON_HOLD"
    deeds.release(world, "shopkeeper", lot, of="farmer")
    assert attempt(world, "shopkeeper", lot, "sell", of="farmer") == "ACCEPTED"
