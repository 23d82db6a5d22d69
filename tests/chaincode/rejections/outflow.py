"""Faults of selling, discarding, using up, and correcting these."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.rejections import fault

CORRECT = "lot.correct_outflow"


def takes_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("neighbour")


def takes_from_a_lot_it_does_not_hold(draft: Draft) -> None:
    draft.body["lot"] = draft.world.harvest("neighbour", 20_000, "paddy")


def takes_of_an_owner_whose_goods_it_does_not_hold(draft: Draft) -> None:
    draft.closed["owner"] = draft.world.party("neighbour")


def takes_more_than_it_holds(draft: Draft) -> None:
    draft.closed["quantity_g"] += 1


for _type in ("lot.sell", "lot.discard", "lot.own_use", CORRECT):
    fault(_type, "NOT_YOUR_PARTY", "party")(takes_for_another_party)
    fault(_type, "NOTHING_HELD", "lot")(takes_from_a_lot_it_does_not_hold)
    fault(_type, "NOTHING_HELD", "owner")(takes_of_an_owner_whose_goods_it_does_not_hold)
    fault(_type, "INSUFFICIENT_QUANTITY", "quantity")(takes_more_than_it_holds)


@fault(CORRECT, "MORE_THAN_RECORDED", "was")
def corrects_more_than_was_recorded(draft: Draft) -> None:
    draft.closed["was_g"] = 5_001
    draft.closed["quantity_g"] = max(draft.closed["quantity_g"], 5_001)


@fault(CORRECT, "MORE_THAN_RECORDED", "was")
def corrects_another_kind_than_was_recorded(draft: Draft) -> None:
    draft.body["outflow"] = "discarded"


@fault(CORRECT, "INSUFFICIENT_QUANTITY", "party", "lot", "owner", "was", "quantity")
def corrects_what_is_denied_into_sold(draft: Draft) -> None:
    world, lot = draft.world, draft.world.harvest("farmer", 20_000)
    draft.by = "shopkeeper"
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.take(world, "sell", "shopkeeper", lot, 5_000, of="farmer")
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=2_000)
    draft.body |= {"lot": lot, "party": world.party("shopkeeper")}
    draft.closed |= {"was_g": 5_000, "quantity_g": 8_001}
