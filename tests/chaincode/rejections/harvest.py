"""Faults of harvesting, and of correcting a harvest."""

from tests.chaincode.drafts import Draft
from tests.chaincode.pen import pseudonym, timestamp
from tests.chaincode.rejections import fault
from tests.chaincode.world import DAY_S, NOW

HARVEST = "lot.harvest"
CORRECT = "lot.correct_harvest"


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
    draft.world.act(draft.by, HARVEST, draft.body, draft.closed)


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


@fault(CORRECT, "NOT_THE_LATEST", "corrects")
def corrects_another_entry_than_the_latest(draft: Draft) -> None:
    draft.body["corrects"] = "ab" * 32


@fault(CORRECT, "ALREADY_LEFT", "quantity")
def corrects_below_what_has_left(draft: Draft) -> None:
    draft.closed["quantity_g"] -= 1
