"""Lots made from lots: grams from each parent to each child, owners, ancestors, and undoing it."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaincode.base.envelope import COMMAND_BYTES_MAX
from chaincode.lots.apportion import apportion, share_out
from chaincode.lots.records import ROOTS_MAX
from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.pen import canonical, pseudonym, timestamp
from tests.chaincode.world import NOW, Person, World

FARMS = 30
grams = st.integers(1, 1_000_000_000)
weights = st.lists(grams, min_size=1, max_size=64)


def lot_of(world: World, lot: str) -> dict:
    return world.ledger.record(f"lot/{lot}")


# Shares by formula


@given(weights, st.data())
def test_parts_add_up_to_the_whole_and_are_within_a_gram_of_the_exact_share(weights_g, data):
    whole_g = data.draw(st.integers(0, sum(weights_g)))
    parts = apportion(whole_g, weights_g)
    assert sum(parts) == whole_g
    for part_g, weight_g in zip(parts, weights_g, strict=True):
        exact = whole_g * weight_g
        assert abs(part_g * sum(weights_g) - exact) < sum(weights_g)
        assert 0 <= part_g <= weight_g


@given(weights, st.data())
def test_who_put_in_more_never_gets_less(weights_g, data):
    whole_g = data.draw(st.integers(0, 2 * sum(weights_g)))
    parts = apportion(whole_g, weights_g)
    ranked = sorted(zip(weights_g, parts, strict=True))
    assert [part for _, part in ranked] == sorted(parts)


@pytest.mark.parametrize(
    ("whole_g", "weights_g", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),  # of equal remainders, the first
        (11, [1, 1, 1], [4, 4, 3]),
        (10, [10, 20, 70], [1, 2, 7]),
        (1, [1, 2], [0, 1]),
        (5, [3, 0, 3], [3, 0, 2]),
        (0, [5, 7], [0, 0]),
    ],
)
def test_the_grams_left_over_go_to_the_largest_remainders(whole_g, weights_g, parts):
    assert apportion(whole_g, weights_g) == parts


@given(weights, st.data())
def test_nobody_gives_more_than_was_put_in_however_many_ways_it_is_divided(weights_g, data):
    cuts = data.draw(st.lists(st.integers(0, sum(weights_g)), min_size=1, max_size=16))
    edges = [0, *sorted(cuts)]
    wholes_g = [high - low for low, high in pairwise(edges)]
    shares = share_out(wholes_g, weights_g)
    assert [sum(parts) for parts in shares] == wholes_g
    for place, weight_g in enumerate(weights_g):
        assert 0 <= sum(parts[place] for parts in shares) <= weight_g


def test_more_than_was_put_in_can_not_be_shared_out():
    assert share_out([5, 6], [10]) is None
    assert share_out([10, 0], [10]) == [[10], [0]]


# What a run leaves behind


def test_a_merge_makes_one_lot_and_marks_what_went_into_it():
    draft = valid("lot.merge")
    draft.members["event_time"] = timestamp(NOW - 3_600)
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", [])
    world, parents = draft.world, sorted(draft.body["parents"])
    child = lot_of(world, draft.body["children"][0]["lot"])
    assert len(child.pop("run")) == 64
    assert child == {
        "v": 1,
        "party": world.party("farmer"),
        "origin": "made",
        "crop": "carrot",
        "harvested_at": timestamp(NOW - 3_600),
        "estimated": False,
        "harvest_g": 0,
        "supplement_g": 0,
        "claimed_g": 0,
        "denied_g": 0,
        "misnamed_g": 0,
        "other_crop_g": 0,
        "made_g": 30_000,
        "parents": parents,
        "roots": parents,
        "is_root": False,
        "entry": result["id"],
    }
    holding = world.holding(draft.body["children"][0]["lot"], "farmer")
    assert (holding["held_g"], holding["roots"]) == (30_000, parents)
    spent = [world.holding(lot, "farmer") for lot in draft.body["parents"]]
    assert [(one["held_g"], one["transformed_g"]) for one in spent] == [(0, 20_000), (0, 10_000)]
    deeds.assert_balanced(world)


@pytest.mark.parametrize("type_name", ["lot.repack", "lot.sort", "lot.process"])
def test_what_does_not_come_out_is_lost_with_its_parent(type_name):
    draft = valid(type_name)
    assert draft.answer() == "ACCEPTED"
    world = draft.world
    made_g = sum(lot_of(world, child["lot"])["made_g"] for child in draft.body["children"])
    put_in_g = sum(one["quantity_g"] for one in draft.closed["inputs"])
    assert made_g == sum(sum(one["to_g"]) for one in draft.closed["inputs"]) < put_in_g
    deeds.assert_balanced(world)


def test_a_processed_lot_may_be_of_other_crops_and_a_repacked_one_may_not():
    world = World.standing()
    lot = world.harvest("farmer", 1_000)
    for type_name, code in (("lot.repack", "CROP_DIFFERS"), ("lot.process", "ACCEPTED")):
        run = deeds.run(world, "farmer", type_name, [(lot, 1_000, [700])], ["pickles"])
        assert world.submit(world.write("farmer", run.type, run.body, run.closed)) == [code]


def test_a_part_of_a_parent_stays_what_it_is():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    deeds.make(world, "farmer", "lot.repack", [(lot, 4_000, [4_000])], ["carrot"])
    deeds.take(world, "sell", "farmer", lot, 6_000)
    deeds.assert_balanced(world)


def test_one_parent_may_give_goods_of_several_owners_once_each():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    world.receive("sorter", lot, world.ship("farmer", lot, to="sorter", quantity_g=3_000), 3_000)
    deeds.arrive(world, "sorter", lot, of="farmer", counted_g=7_000)
    parts = [(lot, 3_000, [3_000]), (lot, 7_000, [7_000], "farmer")]
    (child,) = deeds.make(world, "sorter", "lot.merge", parts, ["carrot"]).children
    assert deeds.held(world, child, "sorter") == 3_000
    assert deeds.held(world, child, "sorter", of="farmer") == 7_000
    assert lot_of(world, child)["parents"] == [lot]
    deeds.assert_balanced(world)


# Joint sorting


@cache
def _many_farms() -> World:
    world = World.standing()
    for number in range(FARMS):
        handle, party = f"farm-{number}", f"farm {number}"
        person = Person.of(handle, "coop", party)
        world.people[handle] = person
        world.act("coop-registrar", "party.register", {"party": person.party, "kind": "farm"})
        roles = [{"role": "farmer", "since": "2020-04-01"}]
        body = {"actor": person.actor, "party": person.party, "roles": roles}
        world.act("coop-registrar", "actor.register", body)
        world.enrol(handle, by="coop-registrar")
        plot = {"plot": pseudonym(f"plot {number}"), "party": person.party, "district": "45383"}
        world.act("land-officer", "plot.register", plot)
    return world


def intakes(world: World) -> list[tuple[str, str, int]]:
    """Let each farm harvest by estimate and the line count it: (farm, lot, grams), off by ±20 %."""
    found = []
    for number in range(FARMS):
        counted_g = 10_000 + 317 * number
        estimate_g = counted_g * (80 + number * 41 % 41) // 100
        lot = world.harvest(f"farm-{number}", estimate_g, str(number))
        world.consign(f"farm-{number}", "sorter")
        deeds.arrive(world, "sorter", lot, of=f"farm-{number}", counted_g=counted_g)
        found.append((f"farm-{number}", lot, counted_g))
    return found


def shares_of(taken: list, permille: tuple, *, measured: bool) -> list[list[int]]:
    """Return, for each class, each farm's part: by formula, or as if weighed."""
    inputs_g = [quantity_g for *_, quantity_g in taken]
    wholes_g = [sum(inputs_g) * share // 1_000 for share in permille]
    if not measured:
        return share_out(wholes_g, inputs_g)
    return [[one_g * share // 1_000 for one_g in inputs_g] for share in permille]


@pytest.mark.parametrize("measured", [True, False])
def test_thirty_farms_goods_are_sorted_and_each_class_is_every_farms_by_its_share(measured):
    world = _many_farms().copy()
    taken = intakes(world)
    classes = shares_of(taken, (550, 300, 120), measured=measured)
    parts = [
        (lot, quantity_g, [parts[place] for parts in classes], farm)
        for place, (farm, lot, quantity_g) in enumerate(taken)
    ]
    crops = ["carrot/l", "carrot/m", "carrot/cull"]
    shares = "measured" if measured else "computed"
    large, medium, culls = deeds.sort_by_class(world, "sorter", parts, crops, shares=shares)
    for place, (farm, lot, _) in enumerate(taken):
        for child, of_class in zip((large, medium, culls), classes, strict=True):
            assert deeds.held(world, child, "sorter", of=farm) == of_class[place]
            assert lot in lot_of(world, child)["roots"]
    record = lot_of(world, culls)
    assert (record["grade"], record["estimated"]) == ("cull", not measured)
    assert record["made_g"] == sum(classes[2])

    farm = taken[7][0]
    deeds.take(world, "take_back", "sorter", culls, classes[2][7], of=farm)
    assert deeds.held(world, culls, farm) == classes[2][7]
    deeds.assert_balanced(world)


def test_a_run_without_loss_can_be_shared_out_by_formula_to_the_gram():
    world = _many_farms().copy()
    taken = intakes(world)
    total_g = sum(quantity_g for *_, quantity_g in taken)
    classes = share_out(
        [total_g // 3, total_g // 3, total_g - 2 * (total_g // 3)],
        [quantity_g for *_, quantity_g in taken],
    )
    parts = [
        (lot, quantity_g, [parts[place] for parts in classes], farm)
        for place, (farm, lot, quantity_g) in enumerate(taken)
    ]
    crops = ["carrot/l", "carrot/m", "carrot/cull"]
    deeds.sort_by_class(world, "sorter", parts, crops, shares="computed")
    assert {deeds.held(world, lot, "sorter", of=farm) for farm, lot, _ in taken} == {0}
    deeds.assert_balanced(world)


def test_the_most_parents_that_a_run_may_have_fit_into_one_command():
    world = World.standing()
    lots = [world.harvest("farmer", 1_000_000_000) for _ in range(64)]
    parts = [(lot, 1_000_000_000, [250_000_000] * 4) for lot in lots]
    run = deeds.make(world, "farmer", "lot.sort", parts, ["carrot"] * 4)
    assert lot_of(world, run.children[0])["made_g"] == 64 * 250_000_000  # beyond one command's
    deeds.unmake(world, "farmer", run)
    deeds.assert_balanced(world)


@pytest.mark.parametrize(("parents", "children"), [(64, 8), (49, 16)])
def test_runs_of_the_size_that_is_published_fit(parents, children):
    world = World.standing()
    parts = [
        (f"{number:020}", 9_999_999 * children, [9_999_999] * children, "neighbour")
        for number in range(parents)
    ]
    run = deeds.run(world, "farmer", "lot.sort", parts, ["carrot/large"] * children)
    assert len(world.write("farmer", run.type, run.body, run.closed)) <= COMMAND_BYTES_MAX


# Ancestors


def test_a_lot_carries_all_its_ancestors_and_so_do_its_holdings_and_shipments():
    world = World.standing()
    first, second, third = (world.harvest("farmer", 1_000) for _ in range(3))
    child = deeds.merge(world, "farmer", first, second)
    grandchild = deeds.merge(world, "farmer", child, third)
    roots = sorted([first, second, third, child])
    assert lot_of(world, grandchild)["roots"] == roots
    assert lot_of(world, grandchild)["parents"] == sorted([child, third])
    shipment = world.ship("farmer", grandchild, to="shopkeeper", quantity_g=500)
    assert world.ledger.record(f"shipment/{shipment}")["roots"] == roots
    world.receive("shopkeeper", grandchild, shipment, 500)
    assert world.holding(grandchild, "shopkeeper")["roots"] == roots


@pytest.mark.parametrize(("more", "is_root"), [(0, False), (1, True)])
def test_a_lot_with_more_ancestors_than_it_can_carry_keeps_the_nearest(more, is_root):
    world = World.standing()
    half = ROOTS_MAX // 2 - 1  # a merge of so many has itself as the next ancestor
    halves = [
        deeds.merge(world, "farmer", *(world.harvest("farmer", 10) for _ in range(half)))
        for _ in range(2)
    ]
    extra = [world.harvest("farmer", 10) for _ in range(more)]
    child = lot_of(world, deeds.merge(world, "farmer", *halves, *extra))
    assert child["is_root"] is is_root
    assert len(child["roots"]) == ROOTS_MAX
    assert {*halves, *extra} <= set(child["roots"])
    assert len(child["parents"]) == 2 + more


def test_what_descends_from_so_wide_a_lot_carries_that_lot_and_its_parents():
    world = World.standing()
    lots = [
        deeds.merge(world, "farmer", *(world.harvest("farmer", 10) for _ in range(64)))
        for _ in range(2)
    ]
    wide = deeds.merge(world, "farmer", *lots)
    assert lot_of(world, wide)["is_root"]
    child = deeds.merge(world, "farmer", wide)
    assert {wide, *lots} <= set(lot_of(world, child)["roots"])
    assert len(lot_of(world, child)["roots"]) == ROOTS_MAX


# Goods before their record, and undoing


@pytest.mark.parametrize(("of", "covered"), [("farmer", True), ("neighbour", False)])
def test_a_lot_that_was_claimed_before_it_was_made_is_made_all_the_same(of, covered):
    """A packed lot reaches the shop before the packer's phone reaches the ledger."""
    world = World.standing()
    parent = world.harvest("farmer", 5_000)
    run = deeds.run(world, "farmer", "lot.repack", [(parent, 5_000, [5_000])], ["carrot"])
    (child,) = run.children
    deeds.arrive(world, "shopkeeper", child, of=of, counted_g=2_000)
    world.act("farmer", run.type, run.body, run.closed)
    record = lot_of(world, child)
    assert (record["origin"], record["made_g"]) == ("made", 5_000)
    assert record["claimed_g"] == record["misnamed_g"] == (0 if covered else 2_000)
    assert deeds.held(world, child, "farmer") == (3_000 if covered else 5_000)
    # The goods at the shop know of no ancestors, so a recall must name the lot itself.
    assert record["is_root"]
    assert record["roots"] == world.holding(child, "shopkeeper", of)["roots"] == []
    deeds.assert_balanced(world)


def circle(world: World, *, steps: int) -> tuple[deeds.Run, list[str]]:
    """Return a run of the farmer's that makes a lot of what a shop has made of that lot.

    The shop makes each lot of the one before, the last first: so each is but a claim when it goes
    into the next, and no record names more than one ancestor.
    """
    signed = deeds.run(world, "farmer", "lot.repack", [("0" * 20, 5, [5])], ["carrot"])
    runs, parent = [], signed.children[0]
    for _ in range(steps):
        runs.append(deeds.run(world, "shopkeeper", "lot.repack", [(parent, 5, [5])], ["carrot"]))
        (parent,) = runs[-1].children
    for number, run in reversed(list(enumerate(runs))):
        of = "farmer" if number == 0 else "grocer"
        deeds.arrive(world, "shopkeeper", run.body["parents"][0], of=of, counted_g=5)
        run.closed["inputs"][0]["owner"] = world.party(of)
        world.act("shopkeeper", run.type, run.body, run.closed)
    of = "farmer" if steps == 1 else "grocer"
    back = deeds.consign(world, "shopkeeper", parent, to="farmer", quantity_g=5, of=of)
    deeds.receive(world, "farmer", parent, back, 5, of=of)
    signed.body["parents"] = [parent]
    signed.closed["inputs"][0]["owner"] = world.party(of)
    return signed, [run.children[0] for run in runs]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_no_lot_is_its_own_ancestor_however_long_the_way(steps):
    world = World.standing()
    run, made = circle(world, steps=steps)
    assert world.submit(world.write("farmer", run.type, run.body, run.closed)) == ["ID_TAKEN"]
    assert [len(lot_of(world, lot)["roots"]) for lot in made] == [0] * (steps - 1) + [1]


def test_a_claim_on_a_lot_made_of_others_goods_is_not_covered_by_these():
    world = World.standing()
    parent = world.harvest("farmer", 5_000)
    deeds.arrive(world, "sorter", parent, of="farmer", counted_g=5_000)
    parts = [(parent, 5_000, [5_000], "farmer")]
    run = deeds.run(world, "sorter", "lot.repack", parts, ["carrot"])
    deeds.arrive(world, "shopkeeper", run.children[0], of="sorter", counted_g=1_000)
    world.act("sorter", run.type, run.body, run.closed)
    assert lot_of(world, run.children[0])["claimed_g"] == 1_000
    assert deeds.held(world, run.children[0], "sorter", of="farmer") == 5_000
    deeds.assert_balanced(world)


def test_a_run_whose_child_was_claimed_and_covered_can_not_be_unmade():
    world = World.standing()
    parent = world.harvest("farmer", 5_000)
    run = deeds.run(world, "farmer", "lot.repack", [(parent, 5_000, [5_000])], ["carrot"])
    deeds.arrive(world, "shopkeeper", run.children[0], of="farmer", counted_g=2_000)
    world.act("farmer", run.type, run.body, run.closed)
    wire = world.write("farmer", "lot.unmake", deeds.unmaking(run), run.closed)
    assert world.submit(wire) == ["ALREADY_LEFT"]


def test_a_run_is_unmade_by_any_device_of_its_party_and_by_no_other_run():
    draft = valid("lot.unmake")
    draft.by = "farmhand"
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["corrected"])
    child = lot_of(draft.world, draft.body["run"]["children"][0]["lot"])
    assert (child["origin"], child["made_g"], child["entry"]) == ("unmade", 0, result["id"])
    deeds.assert_balanced(draft.world)


def touched(world: World, child: str, how: str) -> None:
    """Do something with a lot."""
    if how == "ship":
        world.ship("farmer", child, to="shopkeeper", quantity_g=1)
    elif how == "count":
        deeds.count(world, "farmer", child, 29_999)
    elif how == "make":
        deeds.make(world, "farmer", "lot.repack", [(child, 1, [1])], ["carrot"])
    else:
        deeds.take(world, how, "farmer", child, 1)


@pytest.mark.parametrize("how", ["ship", "count", "make", "sell", "discard", "own_use"])
def test_a_run_is_unmade_only_while_what_it_made_is_untouched(how):
    draft = valid("lot.unmake")
    before = canonical(draft.body)
    touched(draft.world, draft.body["run"]["children"][0]["lot"], how)
    assert canonical(draft.body) == before
    assert draft.answer() == "ALREADY_LEFT"


def test_a_recount_and_the_right_count_again_leave_a_run_to_be_unmade():
    draft = valid("lot.unmake")
    (child,) = draft.body["run"]["children"]
    for counted_g in (29_000, 31_000, 30_000):
        deeds.count(draft.world, "farmer", child["lot"], counted_g)
    assert draft.answer() == "ACCEPTED"
    deeds.assert_balanced(draft.world)


def test_of_several_children_a_recall_is_answered_before_what_has_left():
    """Whatever their order: state is judged before the rule."""
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    parts = [(lot, 9_000, [3_000, 6_000])]
    run = deeds.make(world, "farmer", "lot.repack", parts, ["carrot", "carrot"])
    deeds.take(world, "sell", "farmer", run.children[0], 1)
    deeds.recall(world, run.children[1])
    wire = world.write("farmer", "lot.unmake", deeds.unmaking(run), run.closed)
    assert world.submit(wire) == ["RECALLED"]
