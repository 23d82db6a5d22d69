"""Goods on their way: in transit, received, disputed, settled, returned."""

import pytest

from tests.chaincode.drafts import Draft, valid
from tests.chaincode.rejections.handover import settle
from tests.chaincode.world import World


def shipment_of(draft: Draft) -> dict:
    return draft.world.ledger.record(f"shipment/{draft.body['shipment']}")


def test_shipping_takes_the_grams_out_of_the_holding_and_puts_them_in_transit():
    draft = valid("lot.ship")
    draft.closed["quantity_g"] = 12_000
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", [])
    assert shipment_of(draft) == {
        "v": 1,
        "lot": draft.body["lot"],
        "sender": draft.world.party("farmer"),
        "recipient": draft.world.party("shopkeeper"),
        "owner": draft.world.party("farmer"),
        "is_consigned": False,
        "state": "in_transit",
        "shipped_g": 12_000,
        "received_g": 0,
        "disputed_g": 0,
        "lost_g": 0,
        "roots": [],
        "entry": result["id"],
    }
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 8_000
    assert draft.world.holding(draft.body["lot"], "shopkeeper") is None


def test_all_of_a_holding_can_be_shipped():
    draft = valid("lot.ship")
    assert draft.answer() == "ACCEPTED"
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 0


@pytest.mark.parametrize(
    ("received_g", "state", "disputed_g", "held_g", "flags"),
    [
        (12_000, "received", 0, 12_000, []),
        (11_999, "disputed", 1, 11_999, ["disputed"]),
        (0, "disputed", 12_000, None, ["disputed"]),
        (12_001, "disputed", 0, 12_000, ["disputed"]),  # more than shipped books nothing
        (1_000_000_000, "disputed", 0, 12_000, ["disputed"]),
    ],
)
def test_a_count_credits_what_was_shipped_and_disputes_the_difference(
    received_g, state, disputed_g, held_g, flags
):
    draft = valid("lot.receive")
    draft.closed["received_g"] = received_g
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", flags)
    shipment = shipment_of(draft)
    assert (shipment["state"], shipment["disputed_g"]) == (state, disputed_g)
    assert (shipment["received_g"], shipment["entry"]) == (received_g, result["id"])
    holding = draft.world.holding(draft.body["lot"], "shopkeeper")
    assert (holding and holding["held_g"]) == held_g


@pytest.mark.parametrize(
    ("received_g", "state", "disputed_g", "held_g", "flags"),
    [
        (12_000, "received", 0, 1_000, ["corrected"]),
        (11_800, "disputed", 200, 800, ["corrected", "disputed"]),
        (11_500, "disputed", 500, 500, ["corrected", "disputed"]),
        (11_000, "disputed", 1_000, 0, ["corrected", "disputed"]),
        (13_000, "disputed", 0, 1_000, ["corrected", "disputed"]),
    ],
)
def test_a_corrected_count_moves_the_difference_between_holding_and_dispute(
    received_g, state, disputed_g, held_g, flags
):
    draft = valid("lot.correct_receipt")  # counted 11,500 of 12,000, and sold 11,000
    draft.closed["received_g"] = received_g
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", flags)
    shipment = shipment_of(draft)
    assert (shipment["state"], shipment["disputed_g"]) == (state, disputed_g)
    assert (shipment["received_g"], shipment["entry"]) == (received_g, result["id"])
    assert draft.world.holding(draft.body["lot"], "shopkeeper")["held_g"] == held_g


def test_a_count_of_nothing_can_be_corrected_when_the_goods_turn_up():
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=5_000)
    count = world.receive("shopkeeper", lot, shipment, 0)
    body = {
        "shipment": shipment,
        "lot": lot,
        "party": world.party("shopkeeper"),
        "corrects": count,
        "reason": "other",
    }
    world.act("shopkeeper", "lot.correct_receipt", body, {"received_g": 5_000})
    assert world.holding(lot, "shopkeeper")["held_g"] == 5_000


def test_a_correction_of_a_count_follows_the_correction_before():
    draft = valid("lot.correct_receipt")
    first = draft.submit()
    assert draft.answer() == "NOT_THE_LATEST"
    draft.body["corrects"] = first["id"]
    draft.closed["received_g"] = 12_000
    assert draft.answer() == "ACCEPTED"


@pytest.mark.parametrize("by", ["farmer", "shopkeeper"])
def test_sender_and_recipient_can_each_send_goods_back(by):
    draft = valid("lot.return")
    draft.by = by
    draft.body["party"] = draft.world.party(by)
    result = draft.submit()
    assert result["code"] == "ACCEPTED"
    assert (shipment_of(draft)["state"], shipment_of(draft)["entry"]) == ("returned", result["id"])
    assert draft.world.holding(draft.body["lot"], "farmer")["held_g"] == 20_000


def test_a_settlement_moves_every_disputed_gram():
    draft = valid("lot.settle")
    assert draft.answer() == "ACCEPTED"
    shipment, lot = shipment_of(draft), draft.body["lot"]
    assert (shipment["state"], shipment["disputed_g"], shipment["lost_g"]) == ("settled", 0, 100)
    assert draft.world.holding(lot, "farmer")["held_g"] == 8_200
    assert draft.world.holding(lot, "shopkeeper")["held_g"] == 11_700


def test_a_settlement_can_be_proposed_by_the_sender_too():
    draft = valid("lot.settle")
    draft.by, draft.approver = "farmer", "shopkeeper"
    assert draft.answer() == "ACCEPTED"


def test_a_surplus_is_settled_by_moving_nothing():
    draft = valid("lot.receive")
    draft.closed["received_g"] = 13_000
    assert draft.answer() == "ACCEPTED"
    settle(draft)
    assert shipment_of(draft)["state"] == "settled"
    assert draft.world.holding(draft.body["lot"], "shopkeeper")["held_g"] == 12_000


def test_all_of_a_dispute_may_go_to_a_recipient_who_held_nothing():
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=5_000)
    world.receive("shopkeeper", lot, shipment, 0)
    draft = valid("lot.settle")
    draft.world = world
    draft.body |= {"shipment": shipment, "lot": lot}
    draft.closed |= {"to_sender_g": 0, "to_recipient_g": 5_000, "lost_g": 0}
    assert draft.answer() == "ACCEPTED"
    assert world.holding(lot, "shopkeeper")["held_g"] == 5_000


def test_a_settlement_of_a_count_that_was_corrected_meanwhile_no_longer_adds_up():
    approval = valid("lot.settle").approval()
    world, content = approval.world, approval.body["body"]
    count = world.ledger.record(f"shipment/{content['shipment']}")["entry"]
    body = content | {"party": world.party("shopkeeper"), "corrects": count, "reason": "typing"}
    world.act("shopkeeper", "lot.correct_receipt", body, {"received_g": 11_600})
    assert approval.submit()["code"] == "SUM_DIFFERS"


def test_what_was_received_can_be_shipped_on():
    world = World.standing()
    lot = world.harvest("farmer", 5_000)
    first = world.ship("farmer", lot, to="shopkeeper", quantity_g=5_000)
    world.receive("shopkeeper", lot, first, 5_000)
    second = world.ship("shopkeeper", lot, to="grocer", quantity_g=2_000)
    world.receive("grocer", lot, second, 2_000)
    assert world.holding(lot, "grocer")["held_g"] == 2_000
    assert world.holding(lot, "shopkeeper")["held_g"] == 3_000


def test_a_till_of_the_same_shop_may_receive():
    draft = valid("lot.receive")
    draft.by = "clerk"
    assert draft.answer() == "ACCEPTED"
