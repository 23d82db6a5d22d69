"""Faults that many commands on lots have in common: packs, holds, recalls."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.rejections import fault


def counts_packs_that_come_to_something_else(draft: Draft) -> None:
    draft.closed["packs"] = {"unit": "bag", "count": 7, "unit_g": 999_983}


for _type in (
    "lot.harvest",
    "lot.correct_harvest",
    "lot.supplement",
    "lot.open",
    "lot.ship",
    "lot.send_back",
    "lot.receive",
    "lot.correct_receipt",
    "lot.sell",
    "lot.sort_class",
    "lot.discard",
    "lot.own_use",
    "lot.arrive",
    "lot.claim",
    "lot.take_back",
    "lot.take_stock",
):
    fault(_type, "PACKS_DIFFER", "packs")(counts_packs_that_come_to_something_else)


def lot_of(draft: Draft) -> str:
    """Return the lot that leaves, or the first that goes into a run, or that it made."""
    run = draft.body.get("run", draft.body)
    if draft.type == "lot.undo_class":
        return draft.body["made"]["child"]["lot"]
    if draft.type == "lot.unmake":
        return run["children"][0]["lot"]
    return draft.body["lot"] if "lot" in draft.body else run["parents"][0]


def takes_what_is_on_hold(draft: Draft) -> None:
    world = draft.world
    owner = "farmer" if draft.by == "sorter" else None
    deeds.hold(world, draft.by, lot_of(draft), of=owner)


def takes_what_is_recalled(draft: Draft) -> None:
    deeds.recall(draft.world, lot_of(draft))


for _type in (
    "lot.ship",
    "lot.sell",
    "lot.merge",
    "lot.repack",
    "lot.sort",
    "lot.process",
    "lot.begin_sort",
    "lot.unmake",
    "lot.undo_class",
):
    fault(_type, "ON_HOLD", "hold")(takes_what_is_on_hold)
    fault(_type, "RECALLED", "recall")(takes_what_is_recalled)


@fault("lot.own_use", "RECALLED", "recall")
def eats_what_is_recalled_for_safetys_sake(draft: Draft) -> None:
    deeds.recall(draft.world, lot_of(draft))


def takes_what_descends_from_a_recalled_lot(draft: Draft) -> None:
    deeds.recall(draft.world, draft.body["run"]["parents"][0])


fault("lot.unmake", "RECALLED", "recall")(takes_what_descends_from_a_recalled_lot)


def passes_on_what_nobody_else_vouches_for(draft: Draft) -> None:
    """Find a tenth more than came, and sell as much, so that there is still as much as before."""
    world, lot = draft.world, lot_of(draft)
    is_bought = draft.type == "lot.send_back"
    owner = "farmer" if draft.by in {"sorter", "shopkeeper"} and not is_bought else None
    there_g = deeds.held(world, lot, draft.by, of=owner)
    deeds.count(world, draft.by, lot, there_g + there_g // 10, of=owner)
    deeds.take(world, "sell", draft.by, lot, there_g // 10, of=owner)


for _type in (
    *("lot.ship", "lot.send_back", "lot.take_back", "lot.begin_sort"),
    *("lot.merge", "lot.repack", "lot.sort", "lot.process"),
):
    fault(_type, "UNPROVEN", "stock", "state")(passes_on_what_nobody_else_vouches_for)
