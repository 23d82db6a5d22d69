"""Faults of sorting over several commands, and of taking that back."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import derived_id
from tests.chaincode.rejections import fault

BEGIN, CLASS = "lot.begin_sort", "lot.sort_class"
UNDO_CLASS, UNDO = "lot.undo_class", "lot.undo_sort"


@fault(BEGIN, "NOT_YOUR_PARTY", "party")
@fault(CLASS, "NOT_YOUR_PARTY", "party")
def sorts_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("grocer")


@fault(UNDO_CLASS, "NOT_YOUR_PARTY", "party")
@fault(UNDO, "NOT_YOUR_PARTY", "party")
def takes_the_sorting_of_another_party_back(draft: Draft) -> None:
    draft.by = "grocer"


@fault(BEGIN, "NOTHING_HELD", "parent")
def sorts_a_lot_that_it_does_not_hold(draft: Draft) -> None:
    draft.body["parents"][-1] = draft.world.harvest("neighbour", 20_000, "paddy")


@fault(BEGIN, "ID_TAKEN", "state", "parent", "crop", "shares", "quantity", "hold", "recall")
def begins_a_run_twice(draft: Draft) -> None:
    """With a gram more of its own, it has begun a run of that name."""
    lot = draft.world.harvest("farmer", 1)
    deeds.arrive(draft.world, draft.by, lot, of="farmer", counted_g=1)
    run = deeds.sorting(draft.world, draft.by, [(lot, 1, "farmer")])
    draft.world.act(draft.by, BEGIN, run.body | {"id_nonce": draft.body["id_nonce"]}, run.closed)


@fault(BEGIN, "CROP_DIFFERS", "crop")
def sorts_as_another_crop(draft: Draft) -> None:
    draft.body["crop"] = "daikon"


@fault(BEGIN, "SHARES_DIFFER", "shares", "parent")
def names_fewer_inputs_than_parents(draft: Draft) -> None:
    draft.closed["inputs"].pop()


@fault(BEGIN, "SHARES_DIFFER", "shares", "parent", "hold", "recall")
def puts_one_parent_in_twice(draft: Draft) -> None:
    draft.body["parents"].append(draft.body["parents"][0])
    draft.closed["inputs"].append(dict(draft.closed["inputs"][0]))


@fault(BEGIN, "INSUFFICIENT_QUANTITY", "quantity")
def puts_more_in_than_it_holds(draft: Draft) -> None:
    draft.closed["inputs"][0]["quantity_g"] += 1


@fault(CLASS, "UNKNOWN_RUN", "run", "child")
def names_a_run_that_never_began(draft: Draft) -> None:
    made = deeds.run(draft.world, draft.by, CLASS, [], ["carrot"])
    child = draft.body["child"] | made.body["children"][0]
    draft.body |= {"id_nonce": made.body["id_nonce"], "child": child}


@fault(CLASS, "ID_NOT_DERIVED", "child")
def makes_a_lot_of_a_name_it_likes(draft: Draft) -> None:
    draft.body["child"]["lot"] = "0" * 20


@fault(CLASS, "ID_TAKEN", "state", "packs", "shares", "crop")
def makes_a_class_twice(draft: Draft) -> None:
    _before(draft, is_last=False)


@fault(CLASS, "RUN_ENDED", "state", "child", "packs", "shares", "crop")
def makes_a_class_after_the_last(draft: Draft) -> None:
    _before(draft, is_last=True)
    other = derived_id(draft.world.id, draft.body["party"], draft.body["id_nonce"], 7)
    draft.body["child"] |= {"lot": other, "index": 7}


def _before(draft: Draft, *, is_last: bool) -> None:
    """Let a class of two grams come out of the run by the same name."""
    body = draft.body | {"is_last": is_last}
    parts = [{**one, "to_g": n} for n, one in zip((2, 1), draft.closed["parts"], strict=True)]
    draft.world.act(draft.by, CLASS, body, {"salt": draft.world.nonce(), "parts": parts})


@fault(CLASS, "CROP_DIFFERS", "crop")
def makes_another_crop(draft: Draft) -> None:
    draft.body["child"]["crop"] = "daikon"


@fault(CLASS, "SHARES_DIFFER", "shares")
def names_a_part_of_no_input(draft: Draft) -> None:
    draft.closed["parts"].append({"to_g": 1})


@fault(CLASS, "SHARES_DIFFER", "shares")
def says_that_a_part_is_anothers(draft: Draft) -> None:
    draft.closed["parts"][0]["owner"] = draft.world.party("grocer")


@fault(CLASS, "SHARES_DIFFER", "shares", "packs")
def gets_more_out_than_was_put_in(draft: Draft) -> None:
    draft.closed["parts"][0]["to_g"] = 20_001


@fault(CLASS, "SHARES_DIFFER", "shares", "packs")
def makes_a_lot_of_nothing(draft: Draft) -> None:
    del draft.closed["packs"]
    for one in draft.closed["parts"]:
        one["to_g"] = 0


@fault(CLASS, "SHARES_DIFFER", "shares")
def computes_other_shares_than_the_formula_gives(draft: Draft) -> None:
    first, second = draft.closed["parts"]
    first["to_g"] -= 1
    second["to_g"] += 1


@fault(UNDO_CLASS, "UNKNOWN_LOT", "child")
def takes_a_class_back_that_was_never_made(draft: Draft) -> None:
    draft.body["made"]["child"]["lot"] = "0" * 20


@fault(UNDO_CLASS, "UNKNOWN_RUN", "run")
def takes_a_class_of_another_run_back(draft: Draft) -> None:
    draft.body["made"]["id_nonce"] = draft.world.nonce()


@fault(UNDO_CLASS, "NOT_THE_LATEST", "state", "quantity", "hold", "recall", "inputs", "class")
def takes_a_class_back_twice(draft: Draft) -> None:
    draft.world.act(draft.by, UNDO_CLASS, draft.body, draft.closed)


@fault(UNDO_CLASS, "RUN_DIFFERS", "inputs")
def takes_other_parts_back_than_were_signed(draft: Draft) -> None:
    draft.closed["parts"][0]["to_g"] -= 1


@fault(UNDO_CLASS, "RUN_DIFFERS", "class")
def takes_another_class_back_than_was_signed(draft: Draft) -> None:
    draft.body["made"]["is_last"] = False


@fault(UNDO_CLASS, "ALREADY_LEFT", "quantity")
def takes_a_class_back_of_which_some_has_been_sold(draft: Draft) -> None:
    child = draft.body["made"]["child"]["lot"]
    deeds.take(draft.world, "sell", draft.by, child, 1, of="farmer")


@fault(UNDO, "UNKNOWN_RUN", "run")
def takes_a_run_back_that_never_began(draft: Draft) -> None:
    draft.body["begun"]["id_nonce"] = draft.world.nonce()


@fault(UNDO, "RUN_DIFFERS", "inputs")
def takes_other_inputs_back_than_were_signed(draft: Draft) -> None:
    draft.closed["inputs"][0]["quantity_g"] -= 1


@fault(UNDO, "RUN_ENDED", "state")
def takes_a_run_back_twice(draft: Draft) -> None:
    draft.world.act(draft.by, UNDO, draft.body, draft.closed)


@fault(UNDO, "RUN_OPEN", "state")
def takes_a_run_back_that_has_a_class(draft: Draft) -> None:
    begun = draft.body["begun"]
    run = deeds.Sorting(by=draft.by, body=begun, closed=draft.closed)
    deeds.sort_class(draft.world, run, [2, 1], is_last=False)
