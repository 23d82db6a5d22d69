"""Mistakes of making lots from lots, and with stickers, also after goods have moved."""

from tests.chaincode import deeds
from tests.chaincode.pen import pseudonym
from tests.chaincode.ways import way
from tests.chaincode.world import World

UNTOUCHED = "`lot.unmake`, while all that was made is untouched."
MOVED = (
    "After goods have moved: first bring them back (`lot.return`, or shipped back) and correct "
    "what was sold (`lot.correct_outflow`), and unmake."
)
GONE = "What can't come back stays; what is left is made into the right lot (`lot.repack`)."


def made(world: World) -> tuple[str, str, deeds.Run]:
    """Return two parents of 10 kg and 5 kg, and the run that merged them."""
    first, second = world.harvest("farmer", 10_000), world.harvest("farmer", 5_000)
    parts = [(first, 10_000, [10_000]), (second, 5_000, [5_000])]
    return first, second, deeds.make(world, "farmer", "lot.merge", parts, ["carrot"])


@way("lot.merge", UNTOUCHED)
@way("lot.repack", UNTOUCHED)
@way("lot.sort", UNTOUCHED)
@way("lot.process", UNTOUCHED)
def unmade(world: World) -> None:
    for type_name in ("lot.merge", "lot.repack", "lot.sort", "lot.process"):
        lot = world.harvest("farmer", 10_000)
        before = world.ledger.record(f"lot/{lot}"), world.holding(lot, "farmer")
        run = deeds.make(world, "farmer", type_name, [(lot, 9_000, [9_000])], ["carrot"])
        deeds.unmake(world, "farmer", run)
        assert (world.ledger.record(f"lot/{lot}"), world.holding(lot, "farmer")) == before
        child = world.ledger.record(f"lot/{run.children[0]}")
        assert (child["origin"], child["made_g"]) == ("unmade", 0)


@way("lot.merge", MOVED)
@way("lot.repack", MOVED)
@way("lot.sort", MOVED)
@way("lot.process", MOVED)
def unmade_after_the_goods_came_back(world: World) -> None:
    first, second, run = made(world)
    (child,) = run.children
    shipment = world.ship("farmer", child, to="shopkeeper", quantity_g=4_000)
    received = world.ship("farmer", child, to="grocer", quantity_g=4_000)
    world.receive("grocer", child, received, 4_000)
    deeds.take(world, "sell", "farmer", child, 1_000)
    refused = world.write("farmer", "lot.unmake", deeds.unmaking(run), run.closed)
    assert world.submit(refused) == ["ALREADY_LEFT"]

    body = {"shipment": shipment, "lot": child, "party": world.party("farmer")}
    world.act("farmer", "lot.return", body, {"sender": world.party("farmer")})
    back = world.ship("grocer", child, to="farmer", quantity_g=4_000)
    world.receive("farmer", child, back, 4_000)
    deeds.correct_outflow(world, "farmer", child, outflow="sold", was_g=1_000, quantity_g=0)
    deeds.unmake(world, "farmer", run)
    assert deeds.held(world, first, "farmer") == 10_000
    assert deeds.held(world, second, "farmer") == 5_000


@way("lot.merge", GONE)
@way("lot.repack", GONE)
@way("lot.sort", GONE)
@way("lot.process", GONE)
def made_again_from_what_is_left(world: World) -> None:
    first, _, run = made(world)
    (child,) = run.children
    deeds.take(world, "sell", "farmer", child, 6_000)
    parts = [(child, 9_000, [9_000])]
    (right,) = deeds.make(world, "farmer", "lot.repack", parts, ["carrot/small"]).children
    assert deeds.held(world, right, "farmer") == 9_000
    assert {first, child} <= set(world.ledger.record(f"lot/{right}")["roots"])


@way(
    "lot.unmake",
    "Make the run again, under a new nonce: the lots that were taken back keep their ids, and "
    "labels printed with them are replaced.",
)
def made_again(world: World) -> None:
    first, second, run = made(world)
    deeds.unmake(world, "farmer", run)
    assert world.submit(world.write("farmer", run.type, run.body, run.closed)) == ["ID_TAKEN"]
    again = deeds.merge(world, "farmer", first, second)
    assert deeds.held(world, again, "farmer") == 15_000


@way(
    "label.bind",
    "`label.unbind`, also when the packs are out, and bind to the right lot.",
)
@way("label.unbind", "Bind again.")
def stickers_bound_to_the_right_lot(world: World) -> None:
    wrong, right = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    roll, party = pseudonym("roll"), world.party("farmer")
    stickers = {"roll": roll, "party": party, "first": 1, "count": 50}
    world.act("farmer", "label.bind", {**stickers, "lot": wrong})
    deeds.take(world, "sell", "farmer", wrong, 1_000)
    world.act("farmer", "label.unbind", {**stickers, "reason": "wrong-lot"})
    world.act("farmer", "label.bind", {**stickers, "lot": right})
    ranges = world.ledger.record(f"roll/{roll}")["ranges"]
    assert ranges == [{"first": 1, "last": 50, "lot": right}]
