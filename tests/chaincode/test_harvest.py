"""A harvest brings a lot into being; a correction says what it should have read."""

import pytest

from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.pen import derived_id, timestamp
from tests.chaincode.world import DAY_S, NOW, World

EMPTY = {
    "v": 1,
    "held_g": 0,
    "sold_g": 0,
    "discarded_g": 0,
    "own_use_g": 0,
    "transformed_g": 0,
    "lost_g": 0,
    "surplus_g": 0,
    "came_g": 0,
    "unproven_g": 0,
    "unproven_gone_g": 0,
    "arrived_g": 0,
    "denied_g": 0,
    "is_on_hold": False,
    "roots": [],
}


def test_a_harvest_makes_a_lot_and_its_producers_holding():
    draft = valid("lot.harvest")
    draft.members["event_time"] = timestamp(NOW - 3_600)
    result = draft.submit()
    assert result["code"] == "ACCEPTED"
    lot = draft.body["lot"]
    assert draft.world.ledger.record(f"lot/{lot}") == {
        "v": 1,
        "party": draft.body["party"],
        "origin": "harvest",
        "plot": draft.body["plot"],
        "crop": "carrot",
        "harvested_at": timestamp(NOW - 3_600),
        "estimated": False,
        "harvest_g": 20_000,
        "supplement_g": 0,
        "claimed_g": 0,
        "denied_g": 0,
        "misnamed_g": 0,
        "other_crop_g": 0,
        "made_g": 0,
        "parents": [],
        "roots": [],
        "is_root": False,
        "entry": result["id"],
    }
    assert draft.world.holding(lot, "farmer") == EMPTY | {"held_g": 20_000, "came_g": 20_000}


def test_one_nonce_names_many_lots_by_their_index():
    world = World.standing()
    draft = valid("lot.harvest")
    draft.world = world
    for index in (0, 1, 9_999):
        draft.body["index"] = index
        draft.body["lot"] = derived_id(
            world.id, world.party("farmer"), draft.body["id_nonce"], index
        )
        assert draft.answer() == "ACCEPTED"


def test_a_lots_id_survives_signing_with_another_key_of_the_party():
    draft = valid("lot.harvest")
    draft.by = "farmhand"
    assert draft.answer() == "ACCEPTED"


def test_nobody_else_can_take_a_lots_id():
    draft = valid("lot.harvest")
    draft.by = "neighbour"
    draft.body |= {"party": draft.world.party("neighbour"), "plot": valid_paddy()}
    assert draft.answer() == "ID_NOT_DERIVED"


def valid_paddy() -> str:
    """Return the neighbour's plot."""
    world = World.standing()
    lot = world.harvest("neighbour", 1, "paddy")
    return world.ledger.record(f"lot/{lot}")["plot"]


@pytest.mark.parametrize(
    ("channel", "ago_s", "code", "flags"),
    [
        ("phone", 7 * DAY_S + 1, "ACCEPTED", ["late"]),
        ("desk", 7 * DAY_S + 1, "ACCEPTED", ["late"]),
        ("import", 7 * DAY_S + 1, "ACCEPTED", ["late"]),
        (None, 7 * DAY_S + 1, "ACCEPTED", ["late"]),
        ("phone", 7 * DAY_S, "ACCEPTED", []),
        ("paper", 7 * DAY_S + 1, "ACCEPTED", []),
        ("paper", 31 * DAY_S, "ACCEPTED", []),
        ("paper", 31 * DAY_S + 1, "ACCEPTED", ["late"]),
        ("phone", 0, "ACCEPTED", []),
        ("phone", -15 * 60, "ACCEPTED", []),
        ("phone", -15 * 60 - 1, "ACCEPTED", ["future"]),
        ("paper", -DAY_S, "ACCEPTED", ["future"]),
        ("paper", -DAY_S - 1, "FUTURE_EVENT", []),
    ],
)
def test_an_entry_is_marked_when_late_or_early_and_refused_when_it_can_not_be(
    channel, ago_s, code, flags
):
    draft = valid("lot.harvest")
    draft.body["channel"] = channel
    if channel is None:
        del draft.body["channel"]
    draft.members["event_time"] = timestamp(NOW - ago_s)
    result = draft.submit()
    assert (result["code"], result["flags"]) == (code, flags)


@pytest.mark.parametrize("type_name", ["lot.ship", "lot.receive", "lot.take_back", "lot.sort"])
def test_sheets_of_one_notebook_come_with_the_same_delay(type_name):
    for channel, flags in (("paper", []), ("desk", ["late"])):
        draft = valid(type_name)
        draft.body["channel"] = channel
        draft.members["event_time"] = timestamp(NOW - 31 * DAY_S)
        result = draft.submit()
        assert (result["code"], set(result["flags"]) - {"disputed"}) == ("ACCEPTED", set(flags))


def test_a_rejected_entry_is_marked_late_all_the_same():
    draft = valid("lot.harvest")
    draft.members["event_time"] = timestamp(NOW - 30 * DAY_S)
    draft.body["lot"] = "0" * 20
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ID_NOT_DERIVED", ["late"])


@pytest.mark.parametrize(("signed_s", "code"), [(-DAY_S * 400, "ACCEPTED"), (400, "ACCEPTED")])
def test_when_a_command_was_signed_decides_nothing(signed_s, code):
    draft = valid("lot.harvest")
    draft.members["signed_at"] = timestamp(NOW + signed_s)
    assert draft.answer() == code


def test_a_correction_replaces_the_entry_and_moves_the_holding_with_it():
    draft = valid("lot.correct_harvest")
    draft.body |= {"crop": "daikon", "harvested_at": timestamp(NOW - DAY_S)}
    draft.closed |= {"quantity_g": 21_500, "estimated": True}
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["corrected"])
    lot = draft.world.ledger.record(f"lot/{draft.body['lot']}")
    assert (lot["crop"], lot["harvest_g"], lot["estimated"]) == ("daikon", 21_500, True)
    assert (lot["harvested_at"], lot["entry"]) == (timestamp(NOW - DAY_S), result["id"])
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 21_500 - 12_000


def test_a_correction_down_to_what_has_left_empties_the_holding():
    draft = valid("lot.correct_harvest")
    assert draft.answer() == "ACCEPTED"
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 0


def test_a_harvest_entered_twice_is_put_right_by_correcting_one_to_nothing():
    world = World.standing()
    lot = world.harvest("farmer", 20_000)
    draft = valid("lot.correct_harvest")
    draft.world = world
    draft.body |= {"lot": lot, "corrects": world.ledger.record(f"lot/{lot}")["entry"]}
    draft.closed["quantity_g"] = 0
    assert draft.answer() == "ACCEPTED"
    assert world.holding(lot, "farmer")["held_g"] == 0


def test_of_two_corrections_of_one_entry_the_second_is_refused():
    draft = valid("lot.correct_harvest")
    draft.closed["quantity_g"] = 15_000
    wires = [
        draft.world.write("farmer", draft.type, draft.body, draft.closed),
        draft.world.write("farmhand", draft.type, draft.body, draft.closed),
    ]
    assert draft.world.submit(*wires) == ["ACCEPTED", "NOT_THE_LATEST"]


@pytest.mark.parametrize(
    ("unit_g", "quantity_g", "code"),
    [(500, 20_000, "ACCEPTED"), (500, 19_999, "PACKS_DIFFER"), (None, 19_999, "ACCEPTED")],
)
def test_packs_come_to_the_quantity_unless_they_were_weighed(unit_g, quantity_g, code):
    draft = valid("lot.harvest")
    draft.closed["packs"] = {"unit": "bag", "count": 40}
    if unit_g:
        draft.closed["packs"]["unit_g"] = unit_g
    draft.closed["quantity_g"] = quantity_g
    assert draft.answer() == code


def test_a_supplement_adds_to_what_the_producer_has():
    draft = valid("lot.supplement")
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["supplemented"])
    lot = draft.world.ledger.record(f"lot/{draft.body['lot']}")
    assert (lot["harvest_g"], lot["supplement_g"]) == (20_000, 3_000)
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 23_000


def test_a_lot_can_be_supplemented_beyond_what_one_command_may_name():
    """Sums have a range of their own: a record that can't be read again would be stuck for good."""
    draft = valid("lot.supplement")
    draft.closed |= {"quantity_g": 1_000_000_000}
    for _ in range(3):
        assert draft.answer() == "ACCEPTED"
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 3_000_020_000


def test_opening_stock_is_a_lot_without_a_plot_harvested_when_the_papers_say():
    draft = valid("lot.open")
    approval = draft.approval()
    approval.members["event_time"] = timestamp(NOW - 60)  # when the inspector saw the papers
    result = approval.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["opening"])
    lot = draft.world.ledger.record(f"lot/{draft.body['lot']}")
    assert (lot["origin"], lot["harvest_g"]) == ("opening", 600_000)
    assert lot["harvested_at"] == draft.body["harvested_at"]
    assert "plot" not in lot
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 600_000


def test_a_clerk_of_the_town_may_witness_opening_stock_too():
    draft = valid("lot.open")
    draft.approver = "town-clerk"
    assert draft.answer() == "ACCEPTED"


def test_the_witness_of_opening_stock_does_not_propose_it():
    """The farmer answers for what the farm has; who saw the papers comes second."""
    draft = valid("lot.open")
    draft.by, draft.approver = "inspector", "farmer"
    assert draft.answer() == "ROLE_MISSING"


def test_opening_stock_that_a_shop_had_claimed_is_covered_too():
    world = World.standing()
    draft = valid("lot.open")
    draft.world = world
    lot = draft.body["lot"]
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=100_000, crop="rice")
    assert draft.answer() == "ACCEPTED"
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == 0
    assert world.holding(lot, "farmer")["held_g"] == 500_000
    deeds.assert_balanced(world)
