"""Sorting over several commands: one record, of which nothing moves before its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaincode.base import envelope
from chaincode.lots.apportion import share_out
from chaincode.reading import OPERATIONS_MAX, read
from chaincode.rules import EVER
from tests.chaincode import deeds
from tests.chaincode.drafts import types, valid
from tests.chaincode.pen import canonical, pseudonym
from tests.chaincode.world import NOW, World

FARMS = 64
STATE_BYTES_MAX = 400_000  # what one class of 64 farms writes
MARK = "5a" * 16
PAIR = ("farmer", "neighbour")


def begun(world: World) -> deeds.Sorting:
    """Begin a run with 10 kg of each of two farms."""
    parts = []
    for by, plot in zip(PAIR, ("field", "paddy"), strict=True):
        lot = world.harvest(by, 10_000, plot)
        deeds.arrive(world, "sorter", lot, of=by, counted_g=10_000)
        parts.append((lot, 10_000, by))
    return deeds.begin_sort(world, "sorter", parts)


def run_of(world: World, run: deeds.Sorting) -> dict:
    return world.ledger.record(f"run/{run.body['party']}/{run.body['id_nonce']}")


def sale(world: World, lot: str, quantity_g: int, of: str = "farmer") -> bytes:
    body = {"lot": lot, "party": world.party("sorter")}
    return world.write(
        "sorter", "lot.sell", body, {"quantity_g": quantity_g, "owner": world.party(of)}
    )


def test_nothing_of_a_run_leaves_before_its_last_class_and_then_all_may():
    world = World.standing()
    run = begun(world)
    large = deeds.sort_class(world, run, [6_000, 5_000], is_last=False, grade="l")
    assert world.submit(sale(world, large, 1)) == ["RUN_OPEN"]
    small = deeds.sort_class(world, run, [3_000, 4_000], is_last=True, grade="s")
    for lot, quantity_g in ((large, 6_000), (small, 3_000)):
        assert world.submit(sale(world, lot, quantity_g)) == ["ACCEPTED"]
    assert [one["left_g"] for one in run_of(world, run)["inputs"]] == [1_000, 1_000]
    deeds.assert_balanced(world)


def test_a_gram_too_many_counted_of_a_run_is_rejected_and_not_flagged():
    world = World.standing()
    lot = deeds.sort_class(world, begun(world), [1, 0], is_last=False)
    body = {"lot": lot, "party": world.party("sorter"), "reason": "miscount"}
    closed = {"was_g": 1, "counted_g": 2, "owner": world.party("farmer")}
    count = world.write("sorter", "lot.take_stock", body, closed)
    (result,) = world.ledger.results(count, time=NOW)
    assert (result["code"], result["flags"]) == ("RUN_OPEN", [])


def test_the_mark_comes_off_when_goods_first_move_and_costs_nothing_from_then_on():
    world = World.standing()
    run = begun(world)
    lot = deeds.sort_class(world, run, [6_000, 5_000], is_last=True)
    key = f"run/{run.body['party']}/{run.body['id_nonce']}"
    for is_read in (True, False):
        assert world.submit(sale(world, lot, 1)) == ["ACCEPTED"]
        assert (key in world.ledger.stub.reads) == is_read
        assert "run" not in world.holding(lot, "sorter", "farmer")
    assert world.holding(lot, "sorter", "neighbour")["run"] == run.body["id_nonce"]


def test_an_ordinary_sale_reads_no_run():
    draft = valid("lot.sell")
    draft.submit()
    assert not any(key.startswith(("run/", "lot/")) for key in draft.world.ledger.stub.reads)


def test_a_whole_run_and_what_leaves_after_it_may_stand_in_one_transaction():
    world = World.standing()
    run = begun(world)
    wires, lots = [], []
    for place, is_last in enumerate((False, True)):
        body, closed = deeds.class_of(world, run, [4_000, 4_000], is_last=is_last)
        wires.append(world.write("sorter", "lot.sort_class", body, closed))
        lots.append(body["child"]["lot"])
        run.classes.append((body, closed))
        wires.append(sale(world, lots[0], 100 + place))
    assert world.submit(*wires) == ["ACCEPTED", "RUN_OPEN", "ACCEPTED", "ACCEPTED"]
    deeds.assert_balanced(world)


def test_an_unfinished_run_is_undone_whole():
    world = World.standing()
    before = begun(world)
    stock = [
        world.holding(lot, "sorter", by) for lot, by in zip(parents(before), PAIR, strict=True)
    ]
    assert [one["held_g"] for one in stock] == [0, 0]
    for parts_g in ([6_000, 0], [3_000, 4_000]):
        deeds.sort_class(world, before, parts_g, is_last=False)
    undo = world.write(
        "sorter", "lot.undo_sort", {"begun": before.body, "reason": "other"}, before.closed
    )
    assert world.submit(undo) == ["RUN_OPEN"]
    lots = before.lots
    while before.classes:
        deeds.undo_class(world, before)
        deeds.assert_balanced(world)
    deeds.undo_sort(world, before)
    for lot, by in zip(parents(before), PAIR, strict=True):
        holding = world.holding(lot, "sorter", by)
        assert (holding["held_g"], holding["transformed_g"]) == (10_000, 0)
    for lot in lots:
        record = world.ledger.record(f"lot/{lot}")
        assert (record["origin"], record["made_g"]) == ("unmade", 0)
    assert run_of(world, before)["state"] == "undone"
    deeds.assert_balanced(world)


def parents(run: deeds.Sorting) -> list[str]:
    return run.body["parents"]


def test_an_ended_run_goes_on_when_its_last_class_is_taken_back():
    world = World.standing()
    run = begun(world)
    first = deeds.sort_class(world, run, [6_000, 6_000], is_last=False)
    deeds.sort_class(world, run, [1_000, 1_000], is_last=True)
    assert world.submit(sale(world, first, 1, "farmer")) == ["ACCEPTED"]
    deeds.undo_class(world, run)
    assert run_of(world, run)["state"] == "open"
    assert world.submit(sale(world, first, 1, "neighbour")) == ["RUN_OPEN"]
    body, closed = run.classes[0]
    undo = world.write("sorter", "lot.undo_class", {"made": body, "reason": "other"}, closed)
    assert world.submit(undo) == ["ALREADY_LEFT"]


def test_what_was_sorted_is_met_by_a_recall_of_what_went_in():
    world = World.standing()
    run = begun(world)
    lot = deeds.sort_class(world, run, [6_000, 5_000], is_last=False)
    deeds.recall(world, parents(run)[1])
    other = deeds.sort_class(world, run, [1_000, 1_000], is_last=True)
    assert world.submit(sale(world, lot, 1), sale(world, other, 1)) == ["RECALLED", "RECALLED"]


def test_a_class_that_was_claimed_before_is_covered_as_any_lots_claim_is():
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    run = deeds.begin_sort(world, "farmer", [(lot, 10_000)])
    child = deeds.class_of(world, run, [9_000], is_last=True)[0]["child"]["lot"]
    deeds.arrive(world, "shopkeeper", child, of="farmer", counted_g=2_000)
    deeds.sort_class(world, run, [9_000], is_last=True)
    record = world.ledger.record(f"lot/{child}")
    assert (record["claimed_g"], record["made_g"], record["is_root"]) == (0, 9_000, True)
    assert deeds.held(world, child, "farmer") == 7_000
    deeds.assert_balanced(world)


def mark(world: World, *, state: str) -> None:
    """Let all goods there have come out of a run."""
    lot = next(key for key in world.ledger.state if key.startswith("lot/"))
    made = {name: one for name, one in world.ledger.record(lot).items() if name != "v"}
    inputs = [{"lot": "0" * 20, "owner": world.party("farmer"), "left_g": 0}]
    run = {"v": 1, "state": state, "shares": "measured", "made": made, "inputs": inputs}
    run |= {"classes": [], "begun": "ab" * 32}
    for key in [one for one in world.ledger.state if one.startswith("holding/")]:
        holding = world.ledger.record(key) | {"run": MARK}
        world.ledger.state[key] = canonical(holding)
        world.ledger.state[f"run/{key.split('/')[2]}/{MARK}"] = canonical(run)


ON_GOODS = [name for name in types() if name.startswith("lot.")]


@pytest.mark.parametrize("type_name", ON_GOODS)
def test_no_command_of_any_type_changes_goods_of_a_run_that_is_open(type_name):
    """And every one does when it has ended."""
    draft = valid(type_name).last()
    keys = dict(draft.world.ledger.state)
    assert draft.submit()["code"] == "ACCEPTED"
    changed = {key for key, raw in keys.items() if draft.world.ledger.state[key] != raw}
    touched = {key for key in changed if key.startswith("holding/")}
    for state, code in (("open", "RUN_OPEN" if touched else "ACCEPTED"), ("ended", "ACCEPTED")):
        again = valid(type_name).last()
        if not any(key.startswith("lot/") for key in again.world.ledger.state):
            continue
        mark(again.world, state=state)
        assert again.submit()["code"] == code, state
        if state == "ended":
            for key in touched:
                assert "run" not in again.world.ledger.record(key)


def test_the_table_above_has_types_that_move_goods():
    moving = {name for name in ON_GOODS if "holding/" in str(touches(name))}
    assert len(moving) > 20


def touches(type_name: str) -> tuple[str, ...]:
    return read(envelope.parse(valid(type_name).last().wire()), EVER).touches.writes


@given(
    inputs_g=st.lists(st.integers(1, 5_000), min_size=1, max_size=5),
    cuts=st.lists(st.integers(1, 60), min_size=1, max_size=3),
)
def test_classes_by_formula_are_what_one_command_would_have_made(inputs_g, cuts):
    """Class by class, in proportion to what each input has left."""
    world = World.standing()
    whole_g = sum(inputs_g)
    wholes_g = [max(1, whole_g * cut // 200) for cut in cuts]
    if sum(wholes_g) > whole_g:
        return
    parts = [(world.harvest("farmer", grams), grams) for grams in inputs_g]
    run = deeds.begin_sort(world, "farmer", parts, shares="computed")
    for place, parts_g in enumerate(share_out(wholes_g, inputs_g)):
        deeds.sort_class(world, run, parts_g, is_last=place == len(wholes_g) - 1)
    deeds.assert_balanced(world)


def crowd(world: World, farms: int) -> list[str]:
    """Let the sorter hold 100 kg of each of many farms; return their lots."""
    harvested, sorter = world.harvest("farmer", 100_000), world.party("sorter")
    record, holding = world.ledger.record(f"lot/{harvested}"), world.holding(harvested, "farmer")
    found = []
    for number in range(farms):
        lot, owner = f"{number:020}", pseudonym(f"farm {number}")
        roots = [f"{number:010}{root:010}" for root in range(128 - farms if not number else 0)]
        world.ledger.state[f"lot/{lot}"] = canonical(record | {"party": owner})
        key = f"holding/{lot}/{sorter}/{owner}"
        world.ledger.state[key] = canonical(holding | {"v": 1, "roots": roots})
        found.append(lot)
    return found


def wide(world: World, farms: int) -> deeds.Sorting:
    """Return a run of so many farms' goods, 100 kg each, not begun."""
    body = {
        "party": world.party("sorter"),
        "id_nonce": world.nonce(),
        "parents": crowd(world, farms),
        "crop": "carrot",
        "shares": "measured",
    }
    owners = [pseudonym(f"farm {number}") for number in range(farms)]
    inputs = [{"quantity_g": 100_000, "owner": owner} for owner in owners]
    return deeds.Sorting(by="sorter", body=body, closed={"salt": world.nonce(), "inputs": inputs})


def test_64_farms_are_sorted_by_a_command_for_each_class_and_each_costs_little():
    world = World.standing()
    run = wide(world, FARMS)
    wires = [world.write("sorter", "lot.begin_sort", run.body, run.closed)]
    for place in range(16):
        body, closed = deeds.class_of(world, run, [6_000] * FARMS, is_last=place == 15)
        wires.append(world.write("sorter", "lot.sort_class", body, closed))
        run.classes.append((body, closed))
    for wire in wires:
        assert len(wire) <= envelope.COMMAND_BYTES_MAX
        request = read(envelope.parse(wire), EVER)
        assert request.operations <= OPERATIONS_MAX
        before = dict(world.ledger.state)
        assert world.submit(wire) == ["ACCEPTED"]
        written = [raw for key, raw in world.ledger.state.items() if before.get(key) != raw]
        assert sum(map(len, written)) <= STATE_BYTES_MAX
    assert run_of(world, run)["state"] == "ended"
    assert world.ledger.submit(sale_of(world, run), time=NOW) == ["ACCEPTED"]


def sale_of(world: World, run: deeds.Sorting) -> bytes:
    body = {"lot": run.lots[3], "party": world.party("sorter")}
    closed = {"quantity_g": 6_000, "owner": pseudonym("farm 9")}
    return world.write("sorter", "lot.sell", body, closed)


@pytest.mark.parametrize("kind", ["lot.merge", "lot.repack", "lot.sort", "lot.process"])
@pytest.mark.parametrize(
    ("owners", "children", "is_taken"), [(4, 16, True), (64, 1, True), (5, 13, False)]
)
def test_owners_times_children_of_one_command_are_at_most_64(kind, owners, children, is_taken):
    if kind == "lot.merge" and children > 1:
        return
    world = World.standing()
    run = wide(world, owners)
    made = deeds.run(world, "sorter", kind, [], ["carrot"] * children)
    body = made.body | {"parents": run.body["parents"]}
    whole_g = 100_000
    each = [whole_g // children] * (children - 1)
    inputs = [one | {"to_g": [*each, whole_g - sum(each)]} for one in run.closed["inputs"]]
    wire = world.write("sorter", kind, body, {"salt": world.nonce(), "inputs": inputs})
    assert world.submit(wire) == ["ACCEPTED" if is_taken else "TOO_MANY_RECORDS"]
