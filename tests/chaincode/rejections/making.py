"""Faults of making lots from lots, and of taking that back."""

from chaincode.lots.records import ANCESTOR_CROPS_MAX
from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.rejections import amend_lot, fault

MERGE, REPACK, SORT, PROCESS = "lot.merge", "lot.repack", "lot.sort", "lot.process"
UNMAKE = "lot.unmake"
MAKING = (MERGE, REPACK, SORT, PROCESS)


def makes_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("grocer")


def makes_of_what_was_made_of_too_many_crops(draft: Draft) -> None:
    crops = [f"crop-{number:02}" for number in range(ANCESTOR_CROPS_MAX)]
    amend_lot(draft.world, draft.body["parents"][0], ancestor_crops=crops)


for _type in (*MAKING, "lot.begin_sort"):
    fault(_type, "TOO_MANY_CROPS", "ancestors", "parent")(makes_of_what_was_made_of_too_many_crops)


def makes_of_a_lot_that_it_does_not_hold(draft: Draft) -> None:
    draft.body["parents"][-1] = draft.world.harvest("neighbour", 20_000, "paddy")


def makes_of_goods_of_someone_who_has_none_there(draft: Draft) -> None:
    draft.closed["inputs"][-1]["owner"] = draft.world.party("grocer")


def makes_a_lot_of_a_name_it_likes(draft: Draft) -> None:
    draft.body["children"][0]["lot"] = "0" * 20


def makes_a_lot_twice(draft: Draft) -> None:
    """Some other run, of goods of its own, has made the first child."""
    world, by = draft.world, draft.by
    other, owner = world.name("farmer"), "farmer"
    deeds.harvest_named(world, owner, other, 1)
    if by == "sorter":
        deeds.arrive(world, by, other["id"], of=owner, counted_g=1)
    made = deeds.run(world, by, PROCESS, [(other["id"], 1, [1], owner)], ["carrot"])
    child = {"id_nonce": draft.body["id_nonce"], "children": draft.body["children"][:1]}
    world.act(by, PROCESS, made.body | child, made.closed)


def makes_a_lot_of_what_was_made_of_it(draft: Draft) -> None:
    """The grocer claimed the child before it was made, made another of it, and sent that."""
    world, by, child = draft.world, draft.by, draft.body["children"][0]
    deeds.arrive(world, "grocer", child["lot"], of=by, counted_g=5, crop=child["crop"])
    run = deeds.make(world, "grocer", PROCESS, [(child["lot"], 5, [5], by)], ["carrot"])
    deeds.hand_over(world, "grocer", run.children[0], to=by, quantity_g=5, of=by)
    draft.body["parents"][-1] = run.children[0]
    draft.closed["inputs"][-1].pop("owner", None)


def puts_more_in_than_it_holds(draft: Draft) -> None:
    """Beyond what is there for both: the loss, or the child, takes the rest."""
    for one in draft.closed["inputs"]:
        more_g = one["quantity_g"]
        one["quantity_g"] += more_g
        one["to_g"] = [2 * to_g for to_g in one["to_g"]]


def names_fewer_inputs_than_parents(draft: Draft) -> None:
    draft.body["parents"].append("0" * 20)


def gets_more_out_than_was_put_in(draft: Draft) -> None:
    first = draft.closed["inputs"][0]
    first["to_g"][0] = first["quantity_g"] + 1


def says_for_another_number_of_children_what_went_in(draft: Draft) -> None:
    draft.closed["inputs"][0]["to_g"].append(1)


def puts_one_parent_in_twice(draft: Draft) -> None:
    draft.body["parents"].append(draft.body["parents"][0])
    draft.closed["inputs"].append(dict(draft.closed["inputs"][0]))


def makes_a_lot_of_nothing(draft: Draft) -> None:
    for one in draft.closed["inputs"]:
        one["to_g"][-1] = 0


for _type in MAKING:
    fault(_type, "NOT_YOUR_PARTY", "party")(makes_for_another_party)
    fault(_type, "NOTHING_HELD", "parent")(makes_of_a_lot_that_it_does_not_hold)
    fault(_type, "NOTHING_HELD", "owner", "shares", "quantity")(
        makes_of_goods_of_someone_who_has_none_there
    )
    fault(_type, "ID_NOT_DERIVED", "child")(makes_a_lot_of_a_name_it_likes)
    fault(_type, "ID_TAKEN", "state")(makes_a_lot_twice)
    _spoils = ("state", "child", "parent", "owner", "crop", "shares", "quantity", "recall")
    fault(_type, "ID_TAKEN", *_spoils)(makes_a_lot_of_what_was_made_of_it)
    fault(_type, "SHARES_DIFFER", "shares", "parent")(names_fewer_inputs_than_parents)
    fault(_type, "SHARES_DIFFER", "shares", "quantity")(gets_more_out_than_was_put_in)
    fault(_type, "SHARES_DIFFER", "shares")(says_for_another_number_of_children_what_went_in)
    fault(_type, "SHARES_DIFFER", "shares", "parent", "hold", "recall")(puts_one_parent_in_twice)
    fault(_type, "SHARES_DIFFER", "shares", "quantity")(makes_a_lot_of_nothing)
    fault(_type, "INSUFFICIENT_QUANTITY", "quantity")(puts_more_in_than_it_holds)


def counts_packs_that_come_to_something_else(draft: Draft) -> None:
    draft.closed["packed"] = [{"index": 0, "packs": {"unit": "bag", "count": 7, "unit_g": 999}}]


def counts_packs_of_a_child_twice(draft: Draft) -> None:
    draft.closed["packed"] = [{"index": 0, "packs": {"unit": "bag", "count": 7}}] * 2


def counts_packs_of_no_child(draft: Draft) -> None:
    draft.closed["packed"] = [{"index": 9, "packs": {"unit": "bag", "count": 7}}]


for _type in MAKING:
    fault(_type, "PACKS_DIFFER", "packs")(counts_packs_that_come_to_something_else)
    fault(_type, "PACKS_DIFFER", "packs")(counts_packs_of_a_child_twice)
    fault(_type, "PACKS_DIFFER", "packs")(counts_packs_of_no_child)


@fault(MERGE, "CROP_DIFFERS", "crop")
@fault(REPACK, "CROP_DIFFERS", "crop")
@fault(SORT, "CROP_DIFFERS", "crop")
def makes_another_crop(draft: Draft) -> None:
    draft.body["children"][0]["crop"] = "daikon"


@fault(MERGE, "CROP_DIFFERS", "parent")
def merges_different_crops(draft: Draft) -> None:
    lot = draft.world.harvest(draft.by, 10_000, crop="apple")
    draft.body["parents"][-1] = lot


@fault(MERGE, "SHARES_DIFFER", "shares", "quantity")
def merges_with_a_loss(draft: Draft) -> None:
    draft.closed["inputs"][0]["to_g"][0] -= 1


@fault(MERGE, "SHARES_DIFFER", "shares", "child")
def merges_into_two_lots(draft: Draft) -> None:
    world = draft.world
    made = deeds.run(world, draft.by, MERGE, [], ["carrot", "carrot"])
    draft.body |= {"id_nonce": made.body["id_nonce"], "children": made.body["children"]}
    for one in draft.closed["inputs"]:
        one["to_g"] = [one["quantity_g"] - 1, 1]


@fault(SORT, "SHARES_DIFFER", "shares")
def computes_other_shares_than_the_formula_gives(draft: Draft) -> None:
    first, second = draft.closed["inputs"]
    first["to_g"][0] -= 1
    second["to_g"][0] += 1


@fault(UNMAKE, "NOT_YOUR_PARTY", "party")
def unmakes_for_another_party(draft: Draft) -> None:
    draft.by = "neighbour"


@fault(UNMAKE, "UNKNOWN_LOT", "child")
def unmakes_a_lot_that_was_never_made(draft: Draft) -> None:
    draft.body["run"]["children"][0]["lot"] = "0" * 20


@fault(UNMAKE, "RUN_DIFFERS", "inputs")
def unmakes_other_inputs_than_were_signed(draft: Draft) -> None:
    draft.closed["inputs"][0]["quantity_g"] += 1


@fault(UNMAKE, "RUN_DIFFERS", "run")
def unmakes_another_run_than_was_signed(draft: Draft) -> None:
    draft.body["run"]["shares"] = "computed"


@fault(UNMAKE, "RUN_DIFFERS", "type")
def unmakes_another_kind_of_run_than_was_signed(draft: Draft) -> None:
    draft.body["type"] = "lot.repack"


@fault(UNMAKE, "RUN_DIFFERS", "state", "hold", "recall", "quantity")
def unmakes_twice(draft: Draft) -> None:
    draft.world.act(draft.by, UNMAKE, draft.body, draft.closed)


@fault(UNMAKE, "ALREADY_LEFT", "quantity")
def unmakes_what_has_been_sold_in_part(draft: Draft) -> None:
    child = draft.body["run"]["children"][0]["lot"]
    deeds.take(draft.world, "sell", draft.by, child, 1)
