"""Mistakes with recalls: too narrow, too wide, of the wrong lot, ended too early."""

from chaincode.recalls.records import LAPSES_AFTER_S
from tests.chaincode import deeds
from tests.chaincode.ways import way
from tests.chaincode.world import NOW, World


def sell(world: World, by: str, lot: str) -> str:
    """Sell a gram, and return the answer."""
    body = {"lot": lot, "party": world.party(by)}
    return world.submit(world.write(by, "lot.sell", body, {"quantity_g": 1}))[0]


@way("recall.declare", "Before the approval: `proposal.withdraw`.")
def withdrawn_before_it_stopped_anything(world: World) -> None:
    lot = world.harvest("farmer", 1_000)
    body = deeds.declaration(world, "coop-recaller", [lot], ["carrot"])
    proposal = world.act("coop-recaller", "recall.declare", body)
    world.act("coop-recaller", "proposal.withdraw", {"proposal": proposal})
    assert sell(world, "farmer", lot) == "ACCEPTED"


@way(
    "recall.declare",
    "Too narrow: `recall.extend`, which also reaches what has been passed on or made into others "
    "since.",
)
def extended_when_the_goods_had_moved(world: World) -> None:
    lot, missing = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    recall = deeds.recall(world, lot)
    deeds.hand_over(world, "farmer", missing, to="shopkeeper", quantity_g=400)
    child = deeds.merge(world, "farmer", missing)
    goods = [("farmer", lot), ("shopkeeper", missing), ("farmer", child)]
    assert [sell(world, *one) for one in goods] == ["RECALLED", "ACCEPTED", "ACCEPTED"]
    world.act("shops-recaller", "recall.extend", {"recall": recall, "roots": [missing]})
    assert [sell(world, *one) for one in goods] == ["RECALLED", "RECALLED", "RECALLED"]


@way("recall.declare", "Too wide, or of the wrong lots: `recall.lift`, and declare anew.")
@way(
    "recall.emergency", "As of `recall.declare`; unconfirmed, it stays in force until it is lifted."
)
@way("recall.confirm", "`recall.lift`.")
def lifted_and_declared_anew(world: World) -> None:
    wrong, right = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    for is_confirmed in (False, True):
        mistaken = deeds.recall(world, wrong)
        if is_confirmed:
            world.act("town-recaller", "recall.confirm", deeds.seen(world, mistaken))
        answers = [sell(world, "farmer", lot) for lot in (wrong, right)]
        assert answers == ["RECALLED", "ACCEPTED"]
        deeds.end(world, mistaken, "lift")
    deeds.recall_by_two(world, right, second="shops-recaller")
    assert [sell(world, "farmer", lot) for lot in (wrong, right)] == ["ACCEPTED", "RECALLED"]


ANEW_FOR_OTHERS = "No lot is taken out of a recall: `recall.lift`, and declare anew for the others."


@way("recall.extend", ANEW_FOR_OTHERS)
@way("recall.widen", ANEW_FOR_OTHERS)
def lifted_and_declared_for_the_others(world: World) -> None:
    lot, mistaken = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    recall = deeds.recall(world, lot)
    body = {"recall": recall, "roots": [mistaken]}
    world.act("coop-recaller", "recall.extend", body)
    body["crops"] = ["carrot"]
    deeds.by_two(world, "coop-recaller", "town-recaller", "recall.widen", body)
    deeds.end(world, recall, "lift")
    deeds.recall(world, lot)
    assert (sell(world, "farmer", lot), sell(world, "farmer", mistaken)) == ("RECALLED", "ACCEPTED")


@way(
    "recall.own",
    "Officers of two organisations lift it; if it is not for safety's sake, it lapses by itself.",
)
def lifted_or_lapsed(world: World) -> None:
    lot = world.harvest("farmer", 1_000)
    body = deeds.declaration(world, "farmer", [lot])
    world.act("farmer", "recall.own", body)
    assert sell(world, "farmer", lot) == "RECALLED"
    deeds.end(world, body["recall"], "lift")
    assert sell(world, "farmer", lot) == "ACCEPTED"
    body = deeds.declaration(world, "farmer", [lot], kind="labelling")
    world.act("farmer", "recall.own", body)
    assert sell(world, "farmer", lot) == "RECALLED"
    named = {"lot": lot, "party": world.party("farmer")}
    sale = world.write("farmer", "lot.sell", named, {"quantity_g": 1})
    assert world.submit(sale, time=NOW + LAPSES_AFTER_S) == ["ACCEPTED"]


@way(
    "recall.clear",
    "`recall.extend` by the lot itself, which also reaches what was made of it since.",
)
def named_when_it_does_come_of_a_root(world: World) -> None:
    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=1_000)
    recall = deeds.recall(world, world.harvest("farmer", 1_000))
    assert sell_claimed(world, lot) == "RECALLED"
    cleared = {**deeds.seen(world, recall), "lots": [lot], "reason": "papers"}
    world.act("coop-recaller", "recall.clear", cleared)
    assert sell_claimed(world, lot) == "ACCEPTED"
    world.act("coop-recaller", "recall.extend", {"recall": recall, "roots": [lot]})
    assert sell_claimed(world, lot) == "RECALLED"


def sell_claimed(world: World, lot: str) -> str:
    """Sell a gram of what is the farmer's at the shop, and return the answer."""
    body = {"lot": lot, "party": world.party("shopkeeper")}
    closed = {"quantity_g": 1, **deeds.owner(world, "farmer")}
    return world.submit(world.write("shopkeeper", "lot.sell", body, closed))[0]


ANEW = "Declare anew, under a new id; that reaches the goods wherever they are by then."


@way("recall.lift", ANEW)
@way("recall.close", ANEW)
def declared_anew(world: World) -> None:
    for verb in ("lift", "close"):
        lot = world.harvest("farmer", 1_000)
        deeds.end(world, deeds.recall(world, lot), verb)
        deeds.hand_over(world, "farmer", lot, to="shopkeeper", quantity_g=500)
        there = ("farmer", "shopkeeper")
        assert [sell(world, by, lot) for by in there] == ["ACCEPTED", "ACCEPTED"]
        deeds.recall(world, lot)
        assert [sell(world, by, lot) for by in there] == ["RECALLED", "RECALLED"]


@way(
    "recall.drill",
    "A drill stops no goods, so nothing is to be put right; where a recall was meant, declare it, "
    "under a new id.",
)
def a_drill(world: World) -> None:
    lot = world.harvest("farmer", 1_000)
    body = deeds.declaration(world, "coop-recaller", [lot], ["carrot"])
    world.act("coop-recaller", "recall.drill", body)
    assert sell(world, "farmer", lot) == "ACCEPTED"
    del body["crops"]
    again = world.write("coop-recaller", "recall.emergency", body)
    assert world.submit(again) == ["ID_TAKEN"]
    deeds.recall(world, lot)
    assert sell(world, "farmer", lot) == "RECALLED"
