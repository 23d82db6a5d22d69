"""Faults of harvesting, correcting a harvest, supplementing it, and opening stock."""

from copy import deepcopy
from dataclasses import replace

from chaincode.lots.records import CROPS_OF_A_LOT_MAX
from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import pseudonym, timestamp
from tests.chaincode.rejections import amend_lot, fault, unpacked
from tests.chaincode.world import DAY_S, NOW

HARVEST = "lot.harvest"
CORRECT = "lot.correct_harvest"
SUPPLEMENT = "lot.supplement"
OPEN = "lot.open"


@fault(CORRECT, "TOO_MANY_CROPS", "crop")
def corrects_to_one_more_crop_than_a_lot_can_have_been(draft: Draft) -> None:
    former = [f"crop-{number:02}" for number in range(CROPS_OF_A_LOT_MAX - 1)]
    amend_lot(draft.world, draft.body["lot"], former_crops=former)
    draft.body["crop"] = "taro"


@fault(HARVEST, "NOT_YOUR_PARTY", "party")
def harvests_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("neighbour")


@fault(HARVEST, "NOT_YOUR_PARTY", "plot")
def harvests_on_anothers_plot(draft: Draft) -> None:
    draft.body["plot"] = pseudonym("plot paddy")


@fault(HARVEST, "UNKNOWN_PLOT", "plot")
def harvests_on_no_plot(draft: Draft) -> None:
    draft.body["plot"] = pseudonym("plot nowhere")


@fault(HARVEST, "ID_NOT_DERIVED", "lot")
def harvests_a_lot_of_a_name_it_likes(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(HARVEST, "ID_NOT_DERIVED", "index")
def harvests_under_another_index(draft: Draft) -> None:
    draft.body["index"] += 1


@fault(HARVEST, "ID_TAKEN", "state")
def harvests_a_lot_twice(draft: Draft) -> None:
    draft.world.act(draft.by, HARVEST, draft.body, unpacked(draft))


@fault(CORRECT, "FUTURE_EVENT", "harvested_at")
def corrects_to_a_harvest_later_than_tomorrow(draft: Draft) -> None:
    draft.body["harvested_at"] = timestamp(NOW + DAY_S + 1)


@fault(CORRECT, "NOT_YOUR_PARTY", "party")
def corrects_for_another_party(draft: Draft) -> None:
    draft.by = "neighbour"


@fault(CORRECT, "NOT_YOUR_PARTY", "plot")
def corrects_to_anothers_plot(draft: Draft) -> None:
    draft.body["plot"] = pseudonym("plot paddy")


@fault(CORRECT, "UNKNOWN_PLOT", "plot")
def corrects_to_no_plot(draft: Draft) -> None:
    draft.body["plot"] = pseudonym("plot nowhere")


@fault(CORRECT, "UNKNOWN_LOT", "lot")
def corrects_no_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(CORRECT, "UNKNOWN_LOT", "lot", "plot", "party")
def corrects_anothers_lot(draft: Draft) -> None:
    draft.by = "neighbour"
    draft.body |= {"party": draft.world.party("neighbour"), "plot": pseudonym("plot paddy")}


@fault(CORRECT, "NOT_HARVESTED", "lot")
def corrects_stock_from_before_the_ledger(draft: Draft) -> None:
    draft.body["lot"] = deeds.open_stock(draft.world, "farmer", 20_000)


@fault(CORRECT, "NOT_THE_LATEST", "corrects")
def corrects_another_entry_than_the_latest(draft: Draft) -> None:
    draft.body["corrects"] = "ab" * 32


@fault(CORRECT, "ALREADY_LEFT", "quantity")
def corrects_below_what_has_left(draft: Draft) -> None:
    draft.closed["quantity_g"] -= 1


@fault(CORRECT, "ALREADY_LEFT", "quantity")
def corrects_a_supplement_below_what_has_left(draft: Draft) -> None:
    """Of eight kilograms left and three added, three less a gram are there."""
    world, lot = draft.world, draft.body["lot"]
    body = {"lot": lot, "party": draft.body["party"], "reason": "found"}
    world.act(draft.by, SUPPLEMENT, body, {"quantity_g": 3_000, "estimated": False})
    world.ship(draft.by, lot, to="shopkeeper", quantity_g=8_001)
    draft.closed |= {"quantity_g": 20_000, "supplement_g": 0}


@fault(SUPPLEMENT, "NOT_YOUR_PARTY", "party")
def supplements_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("neighbour")


@fault(SUPPLEMENT, "UNKNOWN_LOT", "lot")
def supplements_no_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(SUPPLEMENT, "UNKNOWN_LOT", "lot")
def supplements_anothers_lot(draft: Draft) -> None:
    draft.body["lot"] = draft.world.harvest("neighbour", 20_000, "paddy")


@fault(SUPPLEMENT, "NOT_HARVESTED", "lot")
def supplements_what_others_only_claimed(draft: Draft) -> None:
    draft.body["lot"] = deeds.claim(draft.world, "shopkeeper", of="farmer", quantity_g=1_000)


@fault(SUPPLEMENT, "NOT_HARVESTED", "lot")
def supplements_what_was_made_of_other_lots(draft: Draft) -> None:
    draft.body["lot"] = deeds.merge(draft.world, "farmer", draft.body["lot"])


@fault(OPEN, "FUTURE_EVENT", "harvested_at")
def opens_stock_harvested_later_than_tomorrow(draft: Draft) -> None:
    draft.body["harvested_at"] = timestamp(NOW + DAY_S + 1)


@fault(OPEN, "ROLE_MISSING", "proposer", "approver")
def opens_stock_of_an_office(draft: Draft) -> None:
    draft.by = "town-clerk"


@fault(OPEN, "NOT_YOUR_PARTY", "party")
def opens_stock_of_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("neighbour")


@fault(OPEN, "NOT_INDEPENDENT", "approver")
def opens_stock_that_only_another_farmer_has_seen(draft: Draft) -> None:
    draft.approver = "neighbour"


@fault(OPEN, "NOT_INDEPENDENT", "approver")
def opens_stock_that_only_someone_of_the_farm_has_seen(draft: Draft) -> None:
    draft.approver = "farmhand"


@fault(OPEN, "NOT_INDEPENDENT", "approver")
def opens_stock_that_someone_of_the_farm_has_seen_for_an_inspector(draft: Draft) -> None:
    draft.world.mandate("inspector", "farmhand", OPEN)
    draft.approver = "farmhand"
    draft.approved_with["on_behalf"] = draft.world.actor("inspector")


@fault(OPEN, "ID_NOT_DERIVED", "lot")
def opens_a_lot_of_a_name_it_likes(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(OPEN, "ID_TAKEN", "state")
def opens_a_lot_twice(draft: Draft) -> None:
    first = replace(draft, body=deepcopy(draft.body), closed=unpacked(draft))
    assert first.answer() == "ACCEPTED"
