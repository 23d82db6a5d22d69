"""What a holder says of its own stock: counted, on hold, released."""

import pytest

from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.world import NOW, World


@pytest.mark.parametrize(
    ("counted_g", "lost_g", "surplus_g", "unproven_g"),
    [
        (20_000, 0, 0, 0),
        (19_500, 500, 0, 0),
        (0, 20_000, 0, 0),
        (20_400, 0, 400, 0),  # two in a hundred of what was harvested
        (20_401, 0, 401, 1),
        (60_000, 0, 40_000, 39_600),
    ],
)
def test_a_count_books_what_is_missing_or_too_much(counted_g, lost_g, surplus_g, unproven_g):
    draft = valid("lot.take_stock")
    draft.closed["counted_g"] = counted_g
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["surplus"] if unproven_g else [])
    holding = draft.world.holding(draft.body["lot"], "farmer")
    members = ("held_g", "lost_g", "surplus_g", "unproven_g")
    assert tuple(holding[one] for one in members) == (counted_g, lost_g, surplus_g, unproven_g)
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


def flags(world: World, by: str, lot: str, was_g: int, counted_g: int, **owner: str) -> list[str]:
    """Take stock, and return the public flags."""
    body = {"lot": lot, "party": world.party(by), "reason": "miscount"}
    closed = {"was_g": was_g, "counted_g": counted_g, **owner}
    wire = world.write(by, "lot.take_stock", body, closed)
    (result,) = world.ledger.results(wire, time=NOW)
    world.resume()
    assert result["code"] == "ACCEPTED"
    return result["flags"]


def test_a_count_entered_after_a_sale_books_what_was_counted_and_makes_nothing():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.take(world, "sell", "farmer", lot, 4_000)
    assert flags(world, "farmer", lot, 10_000, 10_000) == []
    assert deeds.held(world, lot, "farmer") == 6_000
    assert flags(world, "farmer", lot, 10_000, 9_700) == []
    holding = world.holding(lot, "farmer")
    assert (holding["held_g"], holding["lost_g"], holding["surplus_g"]) == (5_700, 300, 0)


def test_recalled_goods_are_not_stolen_and_found_under_another_lot_unseen():
    """The case that must not go unseen: what one lot lost, another has too much of."""
    world = World.standing()
    recalled, clean = world.harvest("farmer", 10_000), world.harvest("farmer", 10_000)
    for lot in (recalled, clean):
        deeds.hand_over(world, "farmer", lot, to="grocer", quantity_g=10_000)
    deeds.recall(world, recalled)
    deeds.count(world, "grocer", recalled, 0)
    assert flags(world, "grocer", clean, 10_000, 20_000) == ["surplus"]
    assert attempt(world, "grocer", clean, "ship", quantity_g=10_201) == "UNPROVEN"
    farm = {"holder": "grocer", "owner": world.party("grocer"), "surplus": True}
    deeds.deny(world, "farmer", clean, **farm)
    assert attempt(world, "grocer", clean, "sell", quantity_g=10_201) == "INSUFFICIENT_QUANTITY"
    assert attempt(world, "grocer", clean, "sell", quantity_g=10_200) == "ACCEPTED"
    deeds.assert_balanced(world)


def test_under_a_recall_nothing_is_found_but_what_was_lost():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.count(world, "farmer", lot, 9_000)
    deeds.recall(world, lot)
    deeds.count(world, "farmer", lot, 10_000)
    body = {"lot": lot, "party": world.party("farmer"), "reason": "miscount"}
    for by_g, code in ((1, "RECALLED"), (0, "ACCEPTED"), (-1, "ACCEPTED")):
        closed = {"was_g": 10_000, "counted_g": 10_000 + by_g}
        wire = world.write("farmer", "lot.take_stock", body, closed)
        assert world.submit(wire) == [code]


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("sell", "ACCEPTED"),
        ("own_use", "ACCEPTED"),
        ("discard", "ACCEPTED"),
        ("ship", "UNPROVEN"),
        ("take_back", "UNPROVEN"),
    ],
)
def test_what_nobody_else_vouches_for_is_sold_where_it_is_and_goes_nowhere(verb, code):
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.count(world, "shopkeeper", lot, 10_500, of="farmer")  # 200 g are within two per cent
    assert attempt(world, "shopkeeper", lot, verb, of="farmer", quantity_g=10_201) == code
    if code == "UNPROVEN":
        assert attempt(world, "shopkeeper", lot, verb, of="farmer", quantity_g=10_200) == "ACCEPTED"
    deeds.assert_balanced(world)


@pytest.mark.parametrize("verb", ["sell", "discard", "own_use"])
def test_what_was_not_sold_after_all_is_as_unproven_as_before(verb):
    world = World.standing()
    lot = world.harvest("farmer", 1_000)
    deeds.count(world, "farmer", lot, 2_000)
    deeds.take(world, verb, "farmer", lot, 2_000)
    outflow = {"sell": "sold", "discard": "discarded", "own_use": "own_use"}[verb]
    deeds.correct_outflow(world, "farmer", lot, outflow=outflow, was_g=2_000, quantity_g=0)
    assert attempt(world, "farmer", lot, "ship", quantity_g=1_021) == "UNPROVEN"
    assert attempt(world, "farmer", lot, "ship", quantity_g=1_020) == "ACCEPTED"


def test_what_comes_in_later_is_passed_on_though_surplus_was_sold():
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    deeds.hand_over(world, "farmer", lot, to="grocer", quantity_g=1_000)
    deeds.count(world, "grocer", lot, 2_000)
    deeds.take(world, "sell", "grocer", lot, 2_000)
    deeds.hand_over(world, "farmer", lot, to="grocer", quantity_g=1_000)
    assert attempt(world, "grocer", lot, "ship", quantity_g=1_000) == "ACCEPTED"


@pytest.mark.parametrize("way", ["harvest", "receipt", "arrival"])
def test_two_in_a_hundred_of_what_was_corrected_away_is_flagged(way):
    """Else whoever records a ton, counts 20 kg more and corrects to nothing had made 20 kg."""
    world = World.standing()
    lot, holder, of = world.harvest("farmer", 1_000_000), "farmer", None
    if way == "receipt":
        holder = "shopkeeper"
        shipment = world.ship("farmer", lot, to=holder, quantity_g=1_000_000)
        world.receive(holder, lot, shipment, 1_000_000)
    if way == "arrival":
        holder, of = "shopkeeper", "farmer"
        deeds.arrive(world, holder, lot, of=of, counted_g=1_000_000)
    owner = {} if of is None else {"owner": world.party(of)}
    assert flags(world, holder, lot, 1_000_000, 1_020_000, **owner) == []
    party = world.party(holder)
    if way == "harvest":
        draft = valid("lot.correct_harvest")
        body = draft.body | {"lot": lot, "corrects": world.ledger.record(f"lot/{lot}")["entry"]}
        wire = world.write("farmer", "lot.correct_harvest", body, draft.closed | {"quantity_g": 1})
    elif way == "receipt":
        entry = world.ledger.record(f"shipment/{shipment}")["entry"]
        body = {"shipment": shipment, "lot": lot, "party": party, "corrects": entry}
        closed = {"received_g": 1}
        wire = world.write(holder, "lot.correct_receipt", body | {"reason": "typing"}, closed)
    else:
        body = {"lot": lot, "party": party, "reason": "typing"}
        closed = {"producer": world.party("farmer"), "was_g": 1_000_000, "counted_g": 1}
        wire = world.write(holder, "lot.correct_arrival", body, closed)
    (result,) = world.ledger.results(wire, time=NOW)
    assert "surplus" in result["flags"]
    assert world.holding(lot, holder, of)["unproven_g"] == 20_000
    deeds.assert_balanced(world)


def test_to_let_goods_arrive_and_go_home_again_and_again_leaves_no_more_unsaid():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    for _ in range(3):
        deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
        deeds.take(world, "take_back", "shopkeeper", lot, 10_000, of="farmer")
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    owner = {"owner": world.party("farmer")}
    assert flags(world, "shopkeeper", lot, 10_000, 10_201, **owner) == ["surplus"]


@pytest.mark.parametrize("verb", ["ship", "repack"])
def test_to_send_out_and_back_or_repack_ones_own_leaves_no_more_unsaid(verb):
    """What comes back, and what one makes oneself, did not come in."""
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    if verb == "ship":
        shipment = world.ship("farmer", lot, to="grocer", quantity_g=10_000)
        deeds.bring_back(world, "farmer", lot, shipment)
        assert flags(world, "farmer", lot, 10_000, 10_201) == ["surplus"]
    else:
        made = deeds.make(world, "farmer", "lot.repack", [(lot, 10_000, [10_000])], ["carrot"])
        assert flags(world, "farmer", made.children[0], 10_000, 10_001) == ["surplus"]


def test_goods_of_others_are_counted_apart():
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    deeds.count(world, "shopkeeper", lot, 1_900, of="farmer")
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 1_900
    assert deeds.held(world, lot, "farmer") == 3_000
    deeds.assert_balanced(world)


def attempt(
    world: World, by: str, lot: str, verb: str, of: str | None = None, *, quantity_g: int = 1
) -> str:
    """Try to pass some grams on, and return the answer."""
    body = {"lot": lot, "party": world.party(by)}
    closed = {"quantity_g": quantity_g, **deeds.owner(world, of)}
    if verb == "discard":
        body["reason"] = "spoiled"
    if verb == "ship":
        name = world.name(by)
        body |= {"shipment": name["id"], "id_nonce": name["id_nonce"], "index": name["index"]}
        closed["recipient"] = world.party("shopkeeper" if by == "grocer" else "grocer")
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
