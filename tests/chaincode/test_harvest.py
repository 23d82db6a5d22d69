"""A harvest brings a lot into being; a correction says what it should have read."""

import pytest

from tests.chaincode.drafts import valid
from tests.chaincode.pen import derived_id, timestamp
from tests.chaincode.world import DAY_S, NOW, World


def test_a_harvest_makes_a_lot_and_its_producers_holding():
    draft = valid("lot.harvest")
    draft.members["event_time"] = timestamp(NOW - 3_600)
    result = draft.submit()
    assert result["code"] == "ACCEPTED"
    lot = draft.body["lot"]
    assert draft.world.ledger.record(f"lot/{lot}") == {
        "v": 1,
        "party": draft.body["party"],
        "plot": draft.body["plot"],
        "crop": "carrot",
        "harvested_at": timestamp(NOW - 3_600),
        "harvest_g": 20_000,
        "estimated": False,
        "entry": result["id"],
    }
    assert draft.world.holding(lot, "farmer") == {
        "v": 1,
        "held_g": 20_000,
        "sold_g": 0,
        "discarded_g": 0,
        "own_use_g": 0,
    }


def test_one_nonce_names_many_lots_by_their_index():
    world = World.standing()
    draft = valid("lot.harvest")
    draft.world = world
    for index in (0, 1, 9_999):
        draft.body["index"] = index
        draft.body["lot"] = derived_id(world.id, world.party("farmer"), draft.body["nonce"], index)
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
    ("ago_s", "code", "flags"),
    [
        (7 * DAY_S + 1, "ACCEPTED", ["late"]),
        (7 * DAY_S, "ACCEPTED", []),
        (0, "ACCEPTED", []),
        (-15 * 60, "ACCEPTED", []),
        (-15 * 60 - 1, "ACCEPTED", ["future"]),
        (-DAY_S, "ACCEPTED", ["future"]),
        (-DAY_S - 1, "FUTURE_EVENT", []),
    ],
)
def test_an_entry_is_marked_when_late_or_early_and_refused_when_it_can_not_be(ago_s, code, flags):
    draft = valid("lot.harvest")
    draft.members["event_time"] = timestamp(NOW - ago_s)
    result = draft.submit()
    assert (result["code"], result["flags"]) == (code, flags)


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
