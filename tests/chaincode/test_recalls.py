"""A recall stops what it should, wherever it is and whenever it was made, and nothing else."""

import json
import time

import pytest

from chaincode.recalls.records import ROOTS_OPEN_MAX
from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.pen import canonical
from tests.chaincode.test_stock import attempt
from tests.chaincode.world import NOW, World

OPEN = "recalls/open"


def recall_of(world: World, recall: str) -> dict:
    return world.ledger.record(f"recall/{recall}")


def make_of(world: World, by: str, lot: str, type_name: str) -> str:
    """Try to make a gram of a lot into another, and return the answer."""
    run = deeds.run(world, by, type_name, [(lot, 1, [1])], ["carrot"])
    return world.submit(world.write(by, run.type, run.body, run.closed))[0]


def is_stopped(world: World, by: str, lot: str) -> bool:
    """Whether a lot can't be passed on in any of the ways there are."""
    codes = {
        attempt(world, by, lot, "ship"),
        attempt(world, by, lot, "sell"),
        *(make_of(world, by, lot, f"lot.{one}") for one in ("merge", "repack", "sort", "process")),
    }
    assert codes in ({"RECALLED"}, {"ACCEPTED"})
    return codes == {"RECALLED"}


def test_a_recall_by_two_persons_is_on_record_and_confirmed():
    draft = valid("recall.declare")
    result = draft.approval().submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", [])
    world, body = draft.world, draft.body
    assert recall_of(world, body["recall"]) == {
        "v": 1,
        "party": world.party("coop-recaller"),
        "organisation": "coop",
        "actor": world.actor("coop-recaller"),
        "is_own": False,
        "state": "confirmed",
        "kind": "safety",
        "cause": "residue",
        "scope": "lot",
        "roots_count": 2,
        "entry": result["id"],
    }
    assert world.ledger.record(OPEN) == {
        "v": 1,
        "recalls": [
            {
                "recall": body["recall"],
                "entry": result["id"],
                "organisation": "coop",
                "kind": "safety",
                "crops": ["carrot"],
                "roots": sorted(body["roots"]),
            }
        ],
    }


def test_a_proposed_recall_stops_nothing_yet():
    draft = valid("recall.declare")
    assert draft.submit()["flags"] == ["proposed"]
    assert not is_stopped(draft.world, "farmer", draft.body["roots"][0])


def test_an_emergency_applies_at_once_and_stays_unconfirmed_until_another_confirms():
    draft = valid("recall.emergency")
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["unconfirmed"])
    world, recall = draft.world, draft.body["recall"]
    assert recall_of(world, recall)["state"] == "unconfirmed"
    assert is_stopped(world, "farmer", draft.body["roots"][0])
    confirmation = world.write("coop-recaller", "recall.confirm", deeds.seen(world, recall))
    assert world.submit(confirmation) == ["NOT_INDEPENDENT"]
    world.act("shops-recaller", "recall.confirm", deeds.seen(world, recall))
    assert recall_of(world, recall)["state"] == "confirmed"
    assert is_stopped(world, "farmer", draft.body["roots"][0])


def alone(world: World, recall: str) -> set[str]:
    """Return whose parts of a recall wait for another's signature."""
    entries = world.ledger.record(OPEN)["recalls"]
    return {one["alone"] for one in entries if one["recall"] == recall and "alone" in one}


def test_each_confirms_what_other_organisations_signed_alone_and_nothing_of_its_own():
    world = World.standing()
    recall = deeds.recall(world, world.harvest("farmer", 1_000))
    extension = {"recall": recall, "roots": [world.harvest("farmer", 1_000)]}
    signed_before = deeds.seen(world, recall)
    world.act("shops-recaller", "recall.extend", extension)
    late = world.write("town-recaller", "recall.confirm", signed_before)
    assert world.submit(late) == ["NOT_THE_LATEST"]
    world.act("shops-recaller", "recall.confirm", deeds.seen(world, recall))
    assert recall_of(world, recall)["state"] == "confirmed"
    assert alone(world, recall) == {world.actor("shops-recaller")}
    own = world.write("shops-recaller", "recall.confirm", deeds.seen(world, recall))
    assert world.submit(own) == ["NOT_INDEPENDENT"]
    world.act("coop-recaller", "recall.confirm", deeds.seen(world, recall))
    assert alone(world, recall) == set()


@pytest.mark.parametrize("type_name", ["recall.declare", "recall.widen", "recall.lift"])
def test_others_goods_are_recalled_and_freed_by_two_organisations(type_name):
    """Two officers of one organisation are one organisation's word."""
    draft = valid(type_name)
    registrar = "coop-registrar"
    body = {
        "actor": draft.world.actor("coop-deputy"),
        "roles": [{"role": "recall-officer", "since": "2020-04-01"}],
        "devices": [draft.world.kid("coop-deputy")],
    }
    draft.world.act(registrar, "actor.grant", body)
    draft.approver = "coop-deputy"
    assert draft.answer() == "NOT_INDEPENDENT"


def test_a_recall_stops_the_lot_at_every_holder_and_nothing_else():
    world = World.standing()
    lot, other = world.harvest("farmer", 9_000), world.harvest("farmer", 9_000)
    for one in (lot, other):
        shipment = world.ship("farmer", one, to="shopkeeper", quantity_g=2_000)
        world.receive("shopkeeper", one, shipment, 2_000)
        deeds.arrive(world, "grocer", one, of="farmer", counted_g=2_000)
    deeds.recall(world, lot)
    assert is_stopped(world, "farmer", lot)
    assert is_stopped(world, "shopkeeper", lot)
    assert attempt(world, "grocer", lot, "sell", of="farmer") == "RECALLED"
    assert not is_stopped(world, "farmer", other)
    assert not is_stopped(world, "shopkeeper", other)
    assert attempt(world, "grocer", other, "sell", of="farmer") == "ACCEPTED"


def test_recalled_goods_can_still_be_accounted_for():
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=2_000)
    returned = world.ship("farmer", lot, to="grocer", quantity_g=2_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=1_000)
    deeds.take(world, "sell", "farmer", lot, 500)
    deeds.recall(world, lot)
    world.receive("shopkeeper", lot, shipment, 2_000)
    body = {"shipment": returned, "lot": lot, "party": world.party("grocer")}
    world.act("grocer", "lot.return", body, {"sender": world.party("farmer")})
    deeds.take(world, "take_back", "shopkeeper", lot, 500, of="farmer")
    deeds.correct_outflow(world, "farmer", lot, outflow="sold", was_g=500, quantity_g=700)
    deeds.count(world, "farmer", lot, 4_000)
    deeds.hold(world, "farmer", lot)
    deeds.release(world, "farmer", lot)
    deeds.take(world, "discard", "farmer", lot, 1_000)
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=100)
    grams = {"was_g": 100, "counted_g": 50}
    deeds.correct_arrival(world, "grocer", lot, of="farmer", **grams)
    deeds.assert_balanced(world)
    assert is_stopped(world, "shopkeeper", lot)


def test_a_recall_stops_every_descendant_and_no_ancestor_or_sibling():
    world = World.standing()
    grandmother, uncle = world.harvest("farmer", 9_000), world.harvest("farmer", 9_000)
    parts = [(grandmother, 2_000, [1_000, 1_000])]
    mother, aunt = deeds.make(world, "farmer", "lot.repack", parts, ["carrot", "carrot"]).children
    child = deeds.make(
        world, "farmer", "lot.merge", [(mother, 500, [500]), (uncle, 500, [500])], ["carrot"]
    ).children[0]
    shipment = world.ship("farmer", child, to="shopkeeper", quantity_g=200)
    world.receive("shopkeeper", child, shipment, 200)
    deeds.recall(world, mother)
    assert is_stopped(world, "farmer", mother)
    assert is_stopped(world, "farmer", child)
    assert is_stopped(world, "shopkeeper", child)
    for lot in (grandmother, aunt, uncle):
        assert not is_stopped(world, "farmer", lot)


def test_a_child_made_later_of_a_recalled_lots_child_is_covered():
    """The recall is declared first; what was no part of it then joins it by being made of it."""
    world = World.standing()
    parent, other = world.harvest("farmer", 9_000), world.harvest("farmer", 9_000)
    child = deeds.make(world, "farmer", "lot.repack", [(parent, 900, [900])], ["carrot"])
    recall = deeds.recall(world, parent)
    assert make_of(world, "farmer", child.children[0], "lot.repack") == "RECALLED"
    deeds.end(world, recall, "lift")
    later = deeds.make(
        world,
        "farmer",
        "lot.merge",
        [(child.children[0], 900, [900]), (other, 100, [100])],
        ["carrot"],
    ).children[0]
    deeds.recall(world, parent)
    assert is_stopped(world, "farmer", later)


@pytest.mark.parametrize("recalled_first", [True, False])
def test_a_sale_and_a_recall_in_one_transaction_are_taken_in_their_order(recalled_first):
    world = World.standing()
    lot = world.harvest("farmer", 1_000)
    body = {"lot": lot, "party": world.party("farmer")}
    sale = world.write("farmer", "lot.sell", body, {"quantity_g": 1})
    recall = world.write(
        "coop-recaller", "recall.emergency", deeds.declaration(world, "coop-recaller", [lot])
    )
    if recalled_first:
        assert world.submit(recall, sale) == ["ACCEPTED", "RECALLED"]
    else:
        assert world.submit(sale, recall) == ["ACCEPTED", "ACCEPTED"]


def test_a_recall_and_its_end_in_one_transaction_are_taken_in_their_order():
    world = World.standing()
    lot = world.harvest("farmer", 1_000)
    recall = deeds.recall(world, lot)
    body = {"lot": lot, "party": world.party("farmer")}
    lift = deeds.seen(world, recall) | {"reason": "wrong-lot"}
    proposal = world.act("coop-recaller", "recall.lift", lift)
    approval = {
        "proposal": proposal,
        "proposer": {"device": world.kid("coop-recaller"), "actor": world.actor("coop-recaller")},
        "type": "recall.lift",
        "body": lift,
    }
    wires = [
        world.write("farmer", "lot.sell", body, {"quantity_g": 1}),
        world.write("town-recaller", "proposal.approve", approval),
        world.write("farmer", "lot.sell", body, {"quantity_g": 1}),
    ]
    assert world.submit(*wires) == ["RECALLED", "ACCEPTED", "ACCEPTED"]


def test_every_transaction_reads_the_open_recalls_so_that_one_endorsed_before_dies():
    """A sale endorsed while a recall commits carries the old version of this record (MVCC)."""
    for type_name in ("lot.sell", "lot.receive", "party.register"):
        draft = valid(type_name)
        assert draft.submit()["code"] == "ACCEPTED"
        assert OPEN in draft.world.ledger.stub.reads
        assert OPEN not in draft.world.ledger.stub.writes


def test_a_recall_writes_what_is_open_its_own_record_and_no_lot():
    draft = valid("recall.emergency")
    assert draft.submit()["code"] == "ACCEPTED"
    kinds = {key.partition("/")[0] for key in draft.world.ledger.stub.writes}
    assert kinds == {"device", "recall", "recalls"}


def wide(world: World) -> tuple[list[str], str]:
    """Return 128 harvests, and a lot made of merges of them: 130 ancestors."""
    lots, halves = [], []
    for _ in range(2):
        parents = [world.harvest("farmer", 100) for _ in range(64)]
        lots += parents
        halves.append(deeds.merge(world, "farmer", *parents))
    return lots, deeds.merge(world, "farmer", *halves)


@pytest.mark.parametrize(("kind", "code"), [("safety", "RECALLED"), ("labelling", "ACCEPTED")])
def test_what_is_recalled_for_safetys_sake_is_not_eaten_at_home(kind, code):
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    child = deeds.make(world, "farmer", "lot.repack", [(lot, 900, [900])], ["carrot"]).children[0]
    deeds.recall_by_two(world, lot, kind=kind)
    for one in (lot, child):
        body = {"lot": one, "party": world.party("farmer")}
        eaten = world.write("farmer", "lot.own_use", body, {"quantity_g": 1})
        assert world.submit(eaten) == [code]
    deeds.take(world, "discard", "farmer", child, 100)
    deeds.count(world, "farmer", child, 700)


def test_a_run_of_many_lots_is_met_by_a_recall_of_its_parents():
    """It once forgot even them, and was sold while they were recalled."""
    world = World.standing()
    _, run = wide(world)
    half = world.ledger.record(f"lot/{run}")["parents"][0]
    child = deeds.make(world, "farmer", "lot.repack", [(run, 500, [500])], ["carrot"]).children[0]
    deeds.recall(world, half)
    assert is_stopped(world, "farmer", run)
    assert is_stopped(world, "farmer", child)


def test_a_recall_of_a_far_ancestor_of_a_wide_run_names_the_run_itself():
    """What must be named is what carries none of it; all that is made of it is met again.

    For safety's sake it is stopped all the same: `tests.chaincode.test_hidden_ancestors`.
    """
    world = World.standing()
    lots, run = wide(world)
    child = deeds.make(world, "farmer", "lot.repack", [(run, 500, [500])], ["carrot"]).children[0]
    kept = {root for one in (run, child) for root in world.ledger.record(f"lot/{one}")["roots"]}
    far = next(one for one in lots if one not in kept)
    recall = deeds.recall_by_two(world, far, kind="labelling")
    assert not is_stopped(world, "farmer", run)
    assert not is_stopped(world, "farmer", child)
    world.act("coop-recaller", "recall.extend", {"recall": recall, "roots": [run]})
    assert is_stopped(world, "farmer", run)
    assert is_stopped(world, "farmer", child)


def test_an_extension_adds_lots_once_and_counts_them():
    world = World.standing()
    first, second = world.harvest("farmer", 1), world.harvest("farmer", 1)
    recall = deeds.recall(world, first)
    body = {"recall": recall, "roots": [second, first, second]}
    world.act("town-recaller", "recall.extend", body)
    again = world.write("town-recaller", "recall.extend", body)
    assert world.submit(again) == ["NOTHING_NEW"]
    entries = world.ledger.record(OPEN)["recalls"]
    assert sorted(one["roots"] for one in entries) == sorted([[first], [second]])
    assert recall_of(world, recall)["roots_count"] == 2
    assert recall_of(world, recall)["state"] == "unconfirmed"


@pytest.mark.parametrize(("verb", "state"), [("lift", "lifted"), ("close", "closed")])
def test_a_recall_ends_by_two_and_frees_what_no_other_recall_names(verb, state):
    world = World.standing()
    only, both = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    ending = deeds.recall(world, only, both)
    lasting = deeds.recall(world, both)
    deeds.end(world, ending, verb)
    assert recall_of(world, ending)["state"] == state
    assert not is_stopped(world, "farmer", only)
    assert is_stopped(world, "farmer", both)
    deeds.end(world, lasting, verb)
    assert not is_stopped(world, "farmer", both)
    assert world.ledger.record(OPEN) == {"v": 1, "recalls": []}


def test_a_drill_is_on_record_and_stops_nothing():
    draft = valid("recall.drill")
    result = draft.submit()
    assert (result["code"], result["flags"]) == ("ACCEPTED", ["drill"])
    assert recall_of(draft.world, draft.body["recall"])["state"] == "drill"
    assert draft.world.ledger.record(OPEN) is None
    assert not is_stopped(draft.world, "farmer", draft.body["roots"][0])


def test_a_lot_that_is_not_on_the_ledger_yet_can_be_recalled_before_it_comes():
    world = World.standing()
    name = world.name("farmer")
    deeds.recall_by_two(world, name["id"])
    deeds.arrive(world, "shopkeeper", name["id"], of="farmer", counted_g=1_000)
    assert attempt(world, "shopkeeper", name["id"], "sell", of="farmer") == "RECALLED"
    deeds.harvest_named(world, "farmer", name, 2_000)
    assert is_stopped(world, "farmer", name["id"])


def watched(world: World, count: int) -> None:
    """Let so many lots be recalled, as if by others."""
    deeds.recall_by_two(world, "0" * 20)
    record = world.ledger.record(OPEN)
    (one,) = record["recalls"]
    record["recalls"] = [
        one | {"roots": [f"{number:020}" for number in range(start, min(count, start + 400))]}
        for start in range(0, count, 400)
    ]
    world.ledger.state[OPEN] = canonical(record)


def test_sales_go_on_at_speed_while_ten_thousand_lots_are_recalled():
    """What every sale pays for a full record: far less than verifying its signature did."""
    world = World.standing()
    lot = world.harvest("farmer", 10_000)
    body = {"lot": lot, "party": world.party("farmer")}

    def took_s(count: int) -> float:
        sale = {"quantity_g": 1}
        wires = [world.write("farmer", "lot.sell", body, sale) for _ in range(count)]
        begun = time.process_time()
        response = world.ledger.invoke("submit", *wires, time=NOW)
        spent_s = time.process_time() - begun
        codes = [one["code"] for one in json.loads(response.payload)["results"]]
        assert codes == ["ACCEPTED"] * count
        return spent_s

    took_s(100)
    before_s = took_s(300)
    watched(world, ROOTS_OPEN_MAX)
    assert took_s(300) < 4 * before_s + 0.2
