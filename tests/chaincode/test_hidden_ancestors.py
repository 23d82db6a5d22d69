"""A recall stops what may come of a recalled lot, as long as nobody knows that it does not.

Beyond 128 a lot names no more ancestors, and one that came before its record has none: it says of
which crops they may be. The machine of lots (`test_mass_balance`) holds that of every order of
commands: nothing that comes of a recalled lot is sold but what an officer has cleared.
"""

from typing import Final

import pytest

from chaincode.lots.records import ROOTS_MAX
from tests.chaincode import deeds
from tests.chaincode.test_recalls import is_stopped, make_of, wide
from tests.chaincode.test_stock import attempt
from tests.chaincode.world import World

OFFICER: Final = "coop-recaller"


def lot_of(world: World, lot: str) -> dict:
    return world.ledger.record(f"lot/{lot}")


def cut_off(world: World) -> tuple[str, str]:
    """Return a harvest, and a lot made of it that has no room for its name."""
    lots, run = wide(world)
    kept = lot_of(world, run)["roots"]
    return next(one for one in lots if one not in kept), run


def clear(world: World, recall: str, *lots: str, by: str = OFFICER) -> str:
    body = {**deeds.seen(world, recall), "lots": list(lots), "reason": "traced"}
    return world.submit(world.write(by, "recall.clear", body))[0]


def sell(world: World, by: str, lot: str, of: str | None = None) -> str:
    body = {"lot": lot, "party": world.party(by)}
    closed = {"quantity_g": 1, **deeds.owner(world, of)}
    return world.submit(world.write(by, "lot.sell", body, closed))[0]


# What hides ancestors, and which


def test_a_lot_with_too_many_ancestors_is_not_sold_while_one_that_it_cannot_name_is_recalled():
    """It once was, if whoever recalled didn't name it as well."""
    world = World.standing()
    lot, run = cut_off(world)
    assert not is_stopped(world, "farmer", run)
    deeds.recall(world, lot)
    assert is_stopped(world, "farmer", run)
    assert attempt(world, "farmer", run, "own_use") == "RECALLED"


@pytest.mark.parametrize(("more", "hidden"), [(0, None), (1, ["carrot"])])
def test_crops_are_hidden_from_the_first_ancestor_that_has_no_room(more, hidden):
    world = World.standing()
    half = ROOTS_MAX // 2 - 1
    halves = [
        deeds.merge(world, "farmer", *(world.harvest("farmer", 10) for _ in range(half)))
        for _ in range(2)
    ]
    extra = [world.harvest("farmer", 10) for _ in range(more)]
    child = deeds.merge(world, "farmer", *halves, *extra)
    assert lot_of(world, child).get("hidden_crops") == hidden
    assert world.holding(child, "farmer").get("hidden_crops") == hidden
    assert lot_of(world, halves[0]).keys().isdisjoint({"hidden_crops", "ancestor_crops"})


def test_what_is_made_of_it_and_shipped_hides_the_same():
    world = World.standing()
    lot, run = cut_off(world)
    child = deeds.make(world, "farmer", "lot.process", [(run, 900, [900])], ["soup"]).children[0]
    shipment = world.ship("farmer", child, to="shopkeeper", quantity_g=500)
    world.receive("shopkeeper", child, shipment, 500)
    hiding = (
        lot_of(world, child),
        world.ledger.record(f"shipment/{shipment}"),
        world.holding(child, "shopkeeper"),
    )
    assert [one["hidden_crops"] for one in hiding] == [["carrot"]] * 3
    deeds.recall(world, lot)
    assert is_stopped(world, "farmer", child)
    assert is_stopped(world, "shopkeeper", child)


def test_a_lot_hides_what_was_processed_on_the_way_to_it():
    """Soup of carrots: the crop of the soup's own parents would not tell."""
    world = World.standing()
    halves, lots = [], []
    for _ in range(2):
        parents = [world.harvest("farmer", 10) for _ in range(64)]
        lots += parents
        pulp = [(one, 10, [10]) for one in parents]
        halves += deeds.make(world, "farmer", "lot.process", pulp, ["pulp"]).children
    parts = [(one, 640, [640]) for one in halves]
    (soup,) = deeds.make(world, "farmer", "lot.process", parts, ["soup"]).children
    assert lot_of(world, soup)["hidden_crops"] == ["carrot", "pulp"]
    deeds.recall(world, next(one for one in lots if one not in lot_of(world, soup)["roots"]))
    assert is_stopped(world, "farmer", soup)


@pytest.mark.parametrize("of", ["farmer", "neighbour"])
def test_goods_that_came_before_their_record_hide_ancestors_of_the_crop_they_were_said_to_be(of):
    """A packed lot reaches the shop before its packer's phone reaches the ledger."""
    world = World.standing()
    parent = world.harvest("farmer", 5_000)
    run = deeds.run(world, "farmer", "lot.repack", [(parent, 4_000, [4_000])], ["carrot"])
    (child,) = run.children
    deeds.arrive(world, "shopkeeper", child, of=of, counted_g=2_000)
    world.act("farmer", run.type, run.body, run.closed)
    deeds.recall(world, parent)
    assert sell(world, "shopkeeper", child, of=of) == "RECALLED"
    assert sell(world, "farmer", child) == "RECALLED"


def test_so_do_goods_whose_claim_the_producer_has_accepted_before_recording_them():
    world = World.standing()
    parent = world.harvest("farmer", 5_000)
    run = deeds.run(world, "farmer", "lot.repack", [(parent, 4_000, [4_000])], ["carrot"])
    (child,) = run.children
    deeds.claim_unasked(world, "shopkeeper", child, of="farmer", counted_g=2_000)
    answer = {"claimed_g": 2_000, "accepted_g": 2_000}
    deeds.accept(world, "farmer", child, holder="shopkeeper", **answer)
    world.act("farmer", run.type, run.body, run.closed)
    deeds.recall(world, parent)
    assert sell(world, "shopkeeper", child, of="farmer") == "RECALLED"


def test_what_is_made_of_goods_that_came_before_their_record_hides_the_same():
    world = World.standing()
    parent = world.harvest("farmer", 5_000)
    run = deeds.run(world, "farmer", "lot.repack", [(parent, 4_000, [4_000])], ["carrot"])
    (child,) = run.children
    deeds.arrive(world, "shopkeeper", child, of="farmer", counted_g=2_000)
    parts = [(child, 900, [900], "farmer")]
    (bag,) = deeds.make(world, "shopkeeper", "lot.repack", parts, ["carrot"]).children
    world.act("farmer", run.type, run.body, run.closed)
    deeds.recall(world, parent)
    assert sell(world, "shopkeeper", bag, of="farmer") == "RECALLED"


def test_a_holding_knows_its_ancestors_once_more_of_the_recorded_lot_comes_to_it():
    """A harvest has none: then it is no longer stopped for what it might have been made of."""
    world = World.standing()
    name = world.name("farmer")
    deeds.arrive(world, "shopkeeper", name["id"], of="farmer", counted_g=2_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    deeds.recall(world, world.harvest("farmer", 10))
    assert sell(world, "shopkeeper", name["id"], of="farmer") == "RECALLED"
    assert sell(world, "farmer", name["id"]) == "ACCEPTED"
    deeds.arrive(world, "shopkeeper", name["id"], of="farmer", counted_g=100)
    assert sell(world, "shopkeeper", name["id"], of="farmer") == "ACCEPTED"


def test_a_shipment_from_before_the_record_makes_what_it_comes_to_hide_as_much():
    world = World.standing()
    name = world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    deeds.harvest_named(world, "farmer", name, 5_000)
    deeds.hand_over(world, "farmer", lot, to="grocer", quantity_g=500)
    assert "hidden_crops" not in world.holding(lot, "grocer")
    deeds.hand_over(world, "shopkeeper", lot, to="grocer", quantity_g=500, of="farmer")
    there = [world.holding(lot, "grocer", *of) for of in ((), ("farmer",))]
    assert [one.get("hidden_crops") for one in there].count(["carrot"]) >= 1


# Which recalls stop it


@pytest.mark.parametrize(
    ("kind", "crop", "code"),
    [
        ("safety", "carrot", "RECALLED"),
        ("safety", "daikon", "ACCEPTED"),
        ("labelling", "carrot", "ACCEPTED"),
        ("quality", "carrot", "ACCEPTED"),
    ],
)
def test_only_a_safety_recall_of_a_hidden_crop_stops_it(kind, crop, code):
    world = World.standing()
    _, run = cut_off(world)
    other = world.harvest("farmer", 10, crop=crop)
    if kind == "safety":
        deeds.recall(world, other)
    else:
        deeds.recall_by_two(world, other, kind=kind)
    assert sell(world, "farmer", run) == code
    assert attempt(world, "farmer", run, "ship") == code
    assert attempt(world, "farmer", run, "own_use") == code
    assert make_of(world, "farmer", run, "lot.repack") == code


def correct_crop(world: World, lot: str, crop: str) -> None:
    was = lot_of(world, lot)
    body = {
        "lot": lot,
        "party": world.party("farmer"),
        "corrects": was["entry"],
        "reason": "typing",
        "plot": was["plot"],
        "crop": crop,
        "harvested_at": was["harvested_at"],
    }
    closed = {"quantity_g": was["harvest_g"], "estimated": False}
    world.act("farmer", "lot.correct_harvest", body, closed)


def test_a_lot_is_recalled_as_all_that_it_was_ever_said_to_be():
    """What was made of it hides it as what it was then."""
    world = World.standing()
    lot, run = cut_off(world)
    correct_crop(world, lot, "daikon")
    assert lot_of(world, lot)["former_crops"] == ["carrot"]
    deeds.recall(world, lot)
    (entry,) = world.ledger.record("recalls/open")["recalls"]
    assert entry["crops"] == ["carrot", "daikon"]
    assert is_stopped(world, "farmer", run)


def test_a_crop_corrected_back_was_the_other_too():
    world = World.standing()
    lot = world.harvest("farmer", 10)
    for crop in ("daikon", "carrot"):
        correct_crop(world, lot, crop)
    assert (lot_of(world, lot)["crop"], lot_of(world, lot)["former_crops"]) == (
        "carrot",
        ["daikon"],
    )


def test_what_others_claimed_it_to_be_was_said_as_well():
    world = World.standing()
    name = world.name("farmer")
    for crop in ("daikon", "taro"):
        deeds.arrive(world, "shopkeeper", name["id"], of="farmer", counted_g=10, crop=crop)
        grams = {"was_g": 10, "counted_g": 0}
        deeds.correct_arrival(world, "shopkeeper", name["id"], of="farmer", **grams)
    deeds.arrive(world, "shopkeeper", name["id"], of="neighbour", counted_g=10, crop="turnip")
    deeds.harvest_named(world, "farmer", name, 1_000)
    assert lot_of(world, name["id"])["former_crops"] == ["daikon", "taro", "turnip"]


# Clearing


def test_an_officer_clears_a_lot_and_what_is_made_of_it_is_cleared_by_itself():
    world = World.standing()
    _, run = cut_off(world)
    (child,) = deeds.make(world, "farmer", "lot.repack", [(run, 900, [900])], ["carrot"]).children
    recall = deeds.recall(world, world.harvest("farmer", 10))
    assert clear(world, recall, run) == "ACCEPTED"
    assert not is_stopped(world, "farmer", run)
    assert is_stopped(world, "farmer", child)
    (entry,) = world.ledger.record("recalls/open")["recalls"]
    assert entry["cleared"] == [run]
    assert clear(world, recall, run, child) == "ACCEPTED"
    assert not is_stopped(world, "farmer", child)


def test_a_recall_that_is_confirmed_stays_cleared_and_one_that_is_extended_does_not():
    world = World.standing()
    _, run = cut_off(world)
    recall = deeds.recall(world, world.harvest("farmer", 10))
    clear(world, recall, run)
    world.act("town-recaller", "recall.confirm", deeds.seen(world, recall))
    assert sell(world, "farmer", run) == "ACCEPTED"
    signed_before = {**deeds.seen(world, recall), "lots": [run], "reason": "traced"}
    extension = {"recall": recall, "roots": [world.harvest("farmer", 10)]}
    world.act(OFFICER, "recall.extend", extension)
    assert sell(world, "farmer", run) == "RECALLED"
    late = world.write(OFFICER, "recall.clear", signed_before)
    assert world.submit(late) == ["NOT_THE_LATEST"]
    assert clear(world, recall, run) == "ACCEPTED"
    assert sell(world, "farmer", run) == "ACCEPTED"


def test_each_organisation_clears_what_it_has_signed_for():
    world = World.standing()
    _, run = cut_off(world)
    recall = deeds.recall(world, world.harvest("farmer", 10))
    assert clear(world, recall, run, by="shops-recaller") == "NOT_YOUR_ORGANISATION"
    extension = {"recall": recall, "roots": [world.harvest("farmer", 10)]}
    world.act("shops-recaller", "recall.extend", extension)
    assert clear(world, recall, run) == "ACCEPTED"
    assert sell(world, "farmer", run) == "RECALLED"
    assert clear(world, recall, run, by="shops-recaller") == "ACCEPTED"
    assert sell(world, "farmer", run) == "ACCEPTED"


def test_one_recall_is_not_cleared_by_another():
    world = World.standing()
    _, run = cut_off(world)
    first, second = (deeds.recall(world, world.harvest("farmer", 10)) for _ in range(2))
    assert clear(world, first, run) == "ACCEPTED"
    assert sell(world, "farmer", run) == "RECALLED"
    assert clear(world, second, run) == "ACCEPTED"
    assert sell(world, "farmer", run) == "ACCEPTED"


def test_a_farmers_own_recall_is_cleared_by_an_officer_of_its_organisation():
    world = World.standing()
    _, run = cut_off(world)
    body = deeds.declaration(world, "farmer", [world.harvest("farmer", 10)])
    world.act("farmer", "recall.own", body)
    assert clear(world, body["recall"], run, by="town-recaller") == "NOT_YOUR_ORGANISATION"
    assert clear(world, body["recall"], run) == "ACCEPTED"


def test_what_is_cleared_and_then_recalled_by_name_is_stopped():
    world = World.standing()
    lot, run = cut_off(world)
    recall = deeds.recall(world, lot)
    clear(world, recall, run)
    deeds.recall(world, run)
    assert sell(world, "farmer", run) == "RECALLED"
