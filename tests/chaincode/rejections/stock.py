"""Faults of taking stock, holding and releasing."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.rejections import fault


def acts_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("neighbour")


def names_a_lot_that_it_does_not_hold(draft: Draft) -> None:
    draft.body["lot"] = draft.world.harvest("neighbour", 20_000, "paddy")


def names_an_owner_whose_goods_it_does_not_hold(draft: Draft) -> None:
    draft.closed["owner"] = draft.world.party("neighbour")


for _type in ("lot.take_stock", "lot.hold", "lot.release"):
    fault(_type, "NOT_YOUR_PARTY", "party")(acts_for_another_party)
    fault(_type, "NOTHING_HELD", "lot")(names_a_lot_that_it_does_not_hold)
    fault(_type, "NOTHING_HELD", "owner")(names_an_owner_whose_goods_it_does_not_hold)


@fault("lot.hold", "ON_HOLD", "state")
def holds_twice(draft: Draft) -> None:
    deeds.hold(draft.world, draft.by, draft.body["lot"])


@fault("lot.release", "NOT_ON_HOLD", "state")
def releases_twice(draft: Draft) -> None:
    deeds.release(draft.world, draft.by, draft.body["lot"])


@fault("lot.take_stock", "RECALLED", "was")
def finds_more_of_what_is_recalled(draft: Draft) -> None:
    """Though not more than the two in a hundred that are left unsaid otherwise."""
    draft.closed["was_g"] = draft.closed["counted_g"] - 1
    deeds.recall(draft.world, draft.body["lot"])


@fault("lot.take_stock", "ALREADY_LEFT", "was")
def misses_more_than_is_there(draft: Draft) -> None:
    draft.closed["was_g"] = draft.closed["counted_g"] + 20_001
