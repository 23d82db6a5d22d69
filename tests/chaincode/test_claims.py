"""A shop can't take what nobody gave it: standing consignments, and goods that come without one."""

import json

import pytest

from chaincode.base.shapes import read
from chaincode.lots.claims import CLAIMS_MAX
from chaincode.lots.consent import Consignment
from chaincode.rules import EVER
from tests.benchmarks.operations import Operations, per_type
from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.specification import operations
from tests.chaincode.world import DAY_S, NOW, World

PASSING_ON = ("lot.sell", "lot.own_use", "lot.ship", "lot.take_back", "lot.merge", "lot.discard")


def arrival(world: World, lot: str, by: str = "shopkeeper", *, time: int = NOW) -> str:
    body = {"lot": lot, "party": world.party(by)}
    closed = {"producer": world.party("farmer"), "crop": "carrot", "counted_g": 4_000}
    return world.submit(world.write(by, "lot.arrive", body, closed), time=time)[0]


def passing_on(world: World, kind: str, lot: str) -> str:
    """Return the answer to a shop that tries to pass on farm goods of a lot."""
    party, owner = world.party("shopkeeper"), {"owner": world.party("farmer")}
    body: dict = {"lot": lot, "party": party}
    closed: dict = {"quantity_g": 1, **owner}
    if kind == "lot.ship":
        name = world.name("shopkeeper")
        body |= {"shipment": name["id"], "id_nonce": name["id_nonce"], "index": name["index"]}
        closed |= {"recipient": world.party("grocer")}
    elif kind == "lot.merge":
        run = deeds.run(world, "shopkeeper", kind, [(lot, 1, [1], "farmer")], ["carrot"])
        body, closed = run.body, run.closed
    elif kind == "lot.discard":
        body["reason"] = "unsold"
    return world.submit(world.write("shopkeeper", kind, body, closed))[0]


@pytest.fixture
def world() -> World:
    """A world in which the farmer has agreed on nothing with the shop."""
    world = World.standing()
    world.end_consignment("farmer", "shopkeeper")
    return world


def test_a_number_read_off_a_bag_takes_nothing_of_the_producers_stock(world):
    lot = world.harvest("farmer", 10_000)
    assert arrival(world, lot) == "NOT_CONSIGNED"
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    assert deeds.held(world, lot, "farmer") == 10_000
    assert world.holding(lot, "shopkeeper", "farmer") is None
    for kind in PASSING_ON:
        assert passing_on(world, kind, lot) == "NOTHING_HELD", kind
    deeds.take(world, "sell", "farmer", lot, 10_000)


def test_a_claim_on_a_lot_without_a_record_begins_none(world):
    name = world.name("farmer")
    deeds.claim_unasked(world, "shopkeeper", name["id"], of="farmer", counted_g=4_000)
    assert world.ledger.record(f"lot/{name['id']}") is None
    for kind in PASSING_ON:
        assert passing_on(world, kind, name["id"]) in {"NOTHING_HELD", "UNKNOWN_LOT"}, kind


@pytest.mark.parametrize("more", ["lot.harvest", "lot.supplement", "lot.correct_harvest"])
def test_no_record_of_the_producers_covers_it_in_silence(world, more):
    name = world.name("farmer")
    lot = name["id"]
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    deeds.harvest_named(world, "farmer", name, 10_000)
    before_g = deeds.held(world, lot, "farmer")
    if more != "lot.harvest":
        draft = valid(more)
        draft.world, draft.body["lot"] = world, lot
        if more == "lot.correct_harvest":
            draft.body["corrects"] = world.ledger.record(f"lot/{lot}")["entry"]
            draft.closed |= {"quantity_g": 12_000}
            draft.closed.pop("packs", None)
            draft.closed.pop("supplement_g", None)
        assert draft.answer() == "ACCEPTED"
        assert deeds.held(world, lot, "farmer") > before_g
    assert before_g == 10_000
    assert deeds.unasked_g(world, "shopkeeper", lot, of="farmer") == 4_000
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == 0


@pytest.mark.parametrize(
    ("harvest_g", "accepted_g", "own_g", "claimed_g"),
    [(10_000, 4_000, 6_000, 0), (10_000, 1_500, 8_500, 0), (3_000, 4_000, 0, 1_000)],
)
def test_what_the_producer_accepts_is_as_if_it_had_come_on_consignment(
    world, harvest_g, accepted_g, own_g, claimed_g
):
    lot = world.harvest("farmer", harvest_g)
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    grams = {"claimed_g": 4_000, "accepted_g": accepted_g}
    deeds.accept(world, "farmer", lot, holder="shopkeeper", **grams)
    assert deeds.held(world, lot, "farmer") == own_g
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == accepted_g
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == claimed_g
    assert deeds.unasked_g(world, "shopkeeper", lot, of="farmer") == 0
    deeds.take(world, "sell", "shopkeeper", lot, accepted_g, of="farmer")
    deeds.assert_balanced(world)


@pytest.mark.parametrize(
    ("accepted_g", "flags"), [(0, ["denied"]), (3_999, ["denied"]), (4_000, [])]
)
def test_what_the_producer_does_not_accept_is_marked_as_denied(world, accepted_g, flags):
    lot = world.harvest("farmer", 10_000)
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    body = {"lot": lot, "party": world.party("farmer")}
    closed = {"holder": world.party("shopkeeper"), "claimed_g": 4_000, "accepted_g": accepted_g}
    wire = world.write("farmer", "lot.accept_claim", body, closed)
    (result,) = world.ledger.results(wire, time=NOW)
    assert (result["code"], result["flags"]) == ("ACCEPTED", flags)


def test_a_wrong_number_is_denied_whosever_the_lot_is(world):
    """What is claimed of a lot that then is another's can still be refused by whoever was named."""
    name = world.name("neighbour")
    deeds.claim_unasked(world, "shopkeeper", name["id"], of="farmer", counted_g=4_000)
    deeds.harvest_named(world, "neighbour", name, 10_000)
    grams = {"claimed_g": 4_000, "accepted_g": 0}
    deeds.accept(world, "farmer", name["id"], holder="shopkeeper", **grams)
    assert deeds.unasked_g(world, "shopkeeper", name["id"], of="farmer") == 0
    assert deeds.held(world, name["id"], "neighbour") == 10_000


def test_a_second_delivery_of_a_lot_adds_to_its_claim_and_takes_no_room(world):
    lots = [world.name("farmer")["id"] for _ in range(CLAIMS_MAX)]
    for lot in lots:
        deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=1_000)
    deeds.claim_unasked(world, "shopkeeper", lots[0], of="farmer", counted_g=500)
    assert deeds.unasked_g(world, "shopkeeper", lots[0], of="farmer") == 1_500
    body = {"lot": world.name("farmer")["id"], "party": world.party("shopkeeper")}
    closed = {"producer": world.party("farmer"), "crop": "carrot", "counted_g": 1}
    assert world.submit(world.write("shopkeeper", "lot.claim", body, closed)) == ["TOO_MANY_CLAIMS"]
    # Others' room is their own.
    deeds.claim_unasked(world, "grocer", body["lot"], of="farmer", counted_g=1)


def test_whatever_it_claims_a_party_has_no_more_of_the_town_than_one_small_record(world):
    for _ in range(CLAIMS_MAX):
        lot = world.name("farmer")["id"]
        deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=10**9)
    assert len(world.ledger.state[f"claims/{world.party('shopkeeper')}"]) < 16_384


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        ("2026-04-15", "2026-04-15", "ACCEPTED"),
        ("2026-04-16", "2027-03-31", "NOT_CONSIGNED"),
        ("2025-04-01", "2026-04-14", "NOT_CONSIGNED"),
    ],
)
def test_an_arrival_is_judged_by_the_towns_day_on_which_the_ledger_takes_it(
    world, since, until, code
):
    """Never by its own time: a shop could date it back to when it was still allowed."""
    lot = world.harvest("farmer", 10_000)
    sides = {"producer": world.party("farmer"), "shop": world.party("shopkeeper")}
    world.act("farmer", "consignment.grant", {**sides, "since": since, "until": until})
    assert arrival(world, lot) == code
    assert arrival(world, lot, time=NOW + 400 * DAY_S) == "NOT_CONSIGNED"


def test_what_came_while_it_was_agreed_is_still_sold_and_corrected_downwards(world):
    world.consign("farmer", "shopkeeper")
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    world.end_consignment("farmer", "shopkeeper", by="shopkeeper")
    deeds.take(world, "sell", "shopkeeper", lot, 1_000, of="farmer")
    grams = {"was_g": 4_000, "counted_g": 3_000}
    deeds.correct_arrival(world, "shopkeeper", lot, of="farmer", **grams)
    assert deeds.held(world, lot, "farmer") == 7_000


@pytest.mark.parametrize("by", ["farmer", "shopkeeper", "coop-registrar", "shops-registrar"])
def test_either_side_or_its_registrar_ends_a_consignment_alone(by):
    world = World.standing()
    world.end_consignment("farmer", "shopkeeper", by=by)
    assert arrival(world, world.harvest("farmer", 10_000)) == "NOT_CONSIGNED"
    assert arrival(world, world.harvest("farmer", 10_000), by="grocer") == "ACCEPTED"


def test_two_registrars_of_one_side_are_not_enough():
    draft = valid("consignment.register")
    draft.approver = "coop-deputy"
    assert draft.answer() == "NOT_INDEPENDENT"


def test_of_two_parties_of_one_organisation_the_second_registrar_is_anothers():
    draft = valid("consignment.register")
    draft.body["shop"] = draft.world.party("sorter")
    assert draft.answer() == "ACCEPTED"
    key = Consignment.key(draft.body["producer"], draft.body["shop"])
    record = json.loads(draft.world.ledger.state[key])
    record.pop("v")
    assert read(Consignment, record).until == draft.body["until"]


def test_a_left_over_proposal_never_brings_back_what_was_ended():
    draft = valid("consignment.register")
    approval = draft.approval()
    draft.world.end_consignment("farmer", "shopkeeper", time=NOW + 1)
    assert approval.submit()["code"] == "PROPOSAL_CLOSED"


def test_an_arrival_costs_nine_state_operations_as_before():
    assert sum(operations(EVER["lot.arrive"])) == 9
    (counted,) = [one for one in per_type() if one.type == "lot.arrive"]
    assert counted == Operations(type="lot.arrive", reads=5, writes=4)
