"""What may still be done with goods while a recall for safety's sake meets them.

They are not sold, shipped, made into others or eaten. Whatever tells where they are goes on: they
are counted where they come in, and lie there as they lay before; they go home, or are lost.
"""

import pytest

from chaincode import lots
from chaincode.lots import consent, labels
from chaincode.rules import EVER
from gateway.projection.subjects import subjects
from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.test_stock import attempt
from tests.chaincode.world import World

STOPPED = {
    *("lot.ship", "lot.sell", "lot.own_use", "lot.begin_sort"),
    *("lot.merge", "lot.repack", "lot.sort", "lot.process", "lot.unmake", "lot.undo_class"),
}
GOES_ON = {
    # goods come in, or are on record as they came
    *("lot.harvest", "lot.correct_harvest", "lot.supplement", "lot.open"),
    *("lot.receive", "lot.correct_receipt", "lot.settle"),
    *("lot.arrive", "lot.correct_arrival", "lot.claim", "lot.correct_claim", "lot.accept_claim"),
    # go home
    *("lot.take_back", "lot.return", "lot.send_back", "lot.deny_claim", "lot.undo_sort"),
    # are lost, or were sold before
    *("lot.discard", "lot.take_stock", "lot.correct_outflow"),
    # lie where they are
    *("lot.hold", "lot.release", "lot.sort_class"),
}


def test_of_every_type_it_is_said_whether_it_goes_on():
    apart = {kind.name for kind in (*labels.TYPES, *consent.TYPES)}
    assert {kind.name for kind in lots.TYPES} - apart == STOPPED | GOES_ON
    assert not STOPPED & GOES_ON


def handle_of(world: World, party: str) -> str:
    return next(name for name, one in world.people.items() if one.party == party)


def movements(world: World, named: list[str]) -> set[str]:
    """Try to sell a gram of each of these lots wherever some are; return the answers."""
    held = [key.split("/") for key in world.ledger.state if key.startswith("holding/")]
    return {
        attempt(world, handle_of(world, holder), lot, "sell", of=handle_of(world, owner))
        for _, lot, holder, owner in held
        if lot in named
    }


@pytest.mark.parametrize("type_name", sorted(STOPPED | GOES_ON))
def test_under_a_recall_for_safetys_sake(type_name):
    draft = valid(type_name)
    named = [one.removeprefix("lot/") for one in subjects(draft.body) if one.startswith("lot/")]
    deeds.recall_by_two(draft.world, *named)
    assert draft.answer() == ("RECALLED" if type_name in STOPPED else "ACCEPTED")
    assert movements(draft.world, named) <= {"RECALLED", "ON_HOLD"}
    deeds.assert_balanced(draft.world)


@pytest.mark.parametrize("way", ["receive", "arrive", "take_back", "return", "send_back", "settle"])
def test_what_came_in_under_a_recall_is_moved_when_it_is_lifted(way):
    """Nothing of it is marked: it is the recall in force that stops it."""
    draft = valid(f"lot.{way}")
    world, lot = draft.world, draft.body["lot"]
    recall = deeds.recall(world, lot)
    assert draft.answer() == "ACCEPTED"
    to = {"take_back": "farmer", "return": "farmer", "send_back": "farmer"}.get(way, "shopkeeper")
    if way == "send_back":
        world.receive("farmer", lot, draft.body["shipment"], draft.closed["quantity_g"])
    of = "farmer" if way == "arrive" else None
    assert deeds.held(world, lot, to, of=of) > 0
    assert attempt(world, to, lot, "sell", of=of) == "RECALLED"
    deeds.end(world, recall)
    assert attempt(world, to, lot, "sell", of=of) == "ACCEPTED"


def test_bought_goods_go_all_the_way_home_and_nowhere_else():
    """From the second shop to the first, and from that to the farm; each counts them in."""
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    first = world.ship("farmer", lot, to="shopkeeper", quantity_g=6_000)
    world.receive("shopkeeper", lot, first, 6_000)
    second = world.ship("shopkeeper", lot, to="grocer", quantity_g=4_000)
    world.receive("grocer", lot, second, 4_000)
    deeds.take(world, "sell", "grocer", lot, 1_000)
    deeds.recall(world, lot)
    deeds.hold(world, "grocer", lot)
    back = world.send_back("grocer", lot, second, 3_000)
    world.receive("shopkeeper", lot, back, 2_900)  # 100 g are in dispute, as of any shipment
    home = world.send_back("shopkeeper", lot, first, 4_900)
    world.receive("farmer", lot, home, 4_900)
    held = [deeds.held(world, lot, one) for one in ("grocer", "shopkeeper", "farmer")]
    assert held == [0, 0, 7_900]
    assert world.ledger.record(f"shipment/{home}")["brought_by"] == first
    deeds.assert_balanced(world)


def test_what_was_sent_back_is_refused_or_taken_back_on_the_way():
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    came = world.ship("farmer", lot, to="shopkeeper", quantity_g=6_000)
    world.receive("shopkeeper", lot, came, 6_000)
    deeds.recall(world, lot)
    for by in ("shopkeeper", "farmer"):
        home = world.send_back("shopkeeper", lot, came, 6_000)
        body = {"shipment": home, "lot": lot, "party": world.party(by)}
        world.act(by, "lot.return", body, {"sender": world.party("shopkeeper")})
        assert deeds.held(world, lot, "shopkeeper") == 6_000
    assert movements(world, [lot]) == {"RECALLED"}


def test_sending_back_is_for_those_who_hold_goods():
    assert EVER["lot.send_back"].roles == EVER["lot.ship"].roles
    assert EVER["lot.send_back"].is_delegable
