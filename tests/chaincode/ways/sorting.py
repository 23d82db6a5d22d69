"""Mistakes of sorting over several commands."""

from tests.chaincode import deeds
from tests.chaincode.pen import derived_id
from tests.chaincode.ways import way
from tests.chaincode.world import World

PEOPLE = ("farmer", "neighbour")


def begun(world: World) -> deeds.Sorting:
    """Begin a run with the goods of two farms."""
    parts = []
    for by, plot in (("farmer", "field"), ("neighbour", "paddy")):
        lot = world.harvest(by, 10_000, plot)
        deeds.arrive(world, "sorter", lot, of=by, counted_g=10_000)
        parts.append((lot, 10_000, by))
    return deeds.begin_sort(world, "sorter", parts)


def assert_as_before(world: World, run: deeds.Sorting) -> None:
    for lot, by in zip(run.body["parents"], PEOPLE, strict=True):
        holding = world.holding(lot, "sorter", by)
        assert (holding["held_g"], holding["transformed_g"]) == (10_000, 0)


@way("lot.begin_sort", "`lot.undo_sort`, before the first class or when all are taken back.")
@way("lot.undo_sort", "`lot.begin_sort` again, under a new nonce.")
def begun_again(world: World) -> None:
    wrong = begun(world)
    deeds.undo_sort(world, wrong)
    assert_as_before(world, wrong)
    parts = [(lot, 10_000, by) for lot, by in zip(wrong.body["parents"], PEOPLE, strict=True)]
    right = deeds.begin_sort(world, "sorter", parts)
    deeds.sort_class(world, right, [9_000, 8_000], is_last=True)


@way(
    "lot.sort_class",
    "`lot.undo_class`, the latest first, down to the wrong one, while nothing of these has moved; "
    "labels are unbound, and the classes made again. With goods of the last class gone: first "
    "bring them back (`lot.return`, or shipped back) and correct what was sold.",
)
@way(
    "lot.undo_class",
    "`lot.sort_class` again, under another index: the lot that was taken back keeps its id.",
)
def sorted_again(world: World) -> None:
    run = begun(world)
    large = deeds.sort_class(world, run, [6_000, 6_000], is_last=False, grade="l")
    wrong = deeds.sort_class(world, run, [3_000, 3_000], is_last=True, grade="s")
    roll = deeds.stick(world, "sorter", wrong)
    shipment = deeds.send(world, "sorter", wrong, to="shopkeeper", quantity_g=3_000, of="farmer")
    deeds.bring_back(world, "sorter", wrong, shipment, of="farmer")
    deeds.peel(world, "sorter", roll)
    deeds.undo_class(world, run)
    assert world.ledger.record(f"lot/{wrong}")["origin"] == "unmade"

    body, closed = deeds.class_of(world, run, [3_500, 3_500], is_last=True, grade="s")
    index = 7
    lot = derived_id(world.id, body["party"], body["id_nonce"], index)
    body["child"] |= {"lot": lot, "index": index}
    world.act("sorter", "lot.sort_class", body, closed)
    deeds.stick(world, "sorter", lot, roll=roll)
    assert deeds.scanned(world, roll) == lot
    for by in PEOPLE:
        held = [deeds.held(world, one, "sorter", of=by) for one in (large, wrong, lot)]
        assert held == [6_000, 0, 3_500]
        deeds.take(world, "sell", "sorter", lot, 3_500, of=by)
