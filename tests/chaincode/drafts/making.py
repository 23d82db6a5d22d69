"""Right commands that make lots from lots, take that back, and bind stickers."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.world import World


def _draft(world: World, by: str, made: deeds.Run) -> Draft:
    body = made.body | {"channel": "paper"}
    return Draft(world=world, by=by, type=made.type, body=body, closed=made.closed)


def _merged(world: World) -> deeds.Run:
    first, second = world.harvest("farmer", 20_000), world.harvest("farmer", 10_000)
    parts = [(first, 20_000, [20_000], "farmer"), (second, 10_000, [10_000])]
    return deeds.run(world, "farmer", "lot.merge", parts, ["carrot"])


@prepares("lot.merge")
def _merge(world: World) -> Draft:
    return _draft(world, "farmer", _merged(world))


@prepares("lot.repack")
def _repack(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    parts = [(lot, 20_000, [12_000, 7_500])]
    run = deeds.run(world, "farmer", "lot.repack", parts, ["carrot", "carrot"])
    run.closed["packed"] = [
        {"index": 0, "packs": {"unit": "bag", "count": 40}},
        {"index": 1, "packs": {"unit": "crate", "count": 1}},
    ]
    return _draft(world, "farmer", run)


@prepares("lot.sort")
def _sort(world: World) -> Draft:
    """Two farms' goods, on consignment with the sorting house; their shares by formula."""
    parts = []
    for by, plot, quantity_g, to_g in (
        ("farmer", "field", 20_000, [12_000, 6_000, 1_600]),
        ("neighbour", "paddy", 10_000, [6_000, 3_000, 800]),
    ):
        lot = world.harvest(by, quantity_g, plot)
        deeds.arrive(world, "sorter", lot, of=by, counted_g=quantity_g)
        parts.append((lot, quantity_g, to_g, by))
    classes = ["carrot/l", "carrot/m", "carrot/cull"]
    return _draft(
        world, "sorter", deeds.run(world, "sorter", "lot.sort", parts, classes, shares="computed")
    )


def _begun(world: World) -> deeds.Sorting:
    """Two farms' goods, on consignment with the sorting house, in a run; shares by formula."""
    parts = []
    for by, plot, quantity_g in (("farmer", "field", 20_000), ("neighbour", "paddy", 10_000)):
        lot = world.harvest(by, quantity_g, plot)
        deeds.arrive(world, "sorter", lot, of=by, counted_g=quantity_g)
        parts.append((lot, quantity_g, by))
    return deeds.sorting(world, "sorter", parts, shares="computed")


def _sorted(world: World, *, is_last: bool) -> deeds.Sorting:
    """Return a run of one class."""
    run = _begun(world)
    world.act("sorter", "lot.begin_sort", run.body, run.closed)
    deeds.sort_class(world, run, [12_000, 6_000], is_last=is_last, grade="l")
    return run


@prepares("lot.begin_sort")
def _begin_sort(world: World) -> Draft:
    run = _begun(world)
    body = run.body | {"channel": "paper"}
    return Draft(world=world, by="sorter", type="", body=body, closed=run.closed)


@prepares("lot.sort_class")
def _sort_class(world: World) -> Draft:
    run = _sorted(world, is_last=False)
    body, closed = deeds.class_of(world, run, [4_000, 2_000], is_last=True, grade="m")
    closed["packs"] = {"unit": "crate", "count": 3}
    body["channel"] = "paper"
    return Draft(world=world, by="sorter", type="", body=body, closed=closed)


@prepares("lot.undo_class")
def _undo_class(world: World) -> Draft:
    ((body, closed),) = _sorted(world, is_last=True).classes
    undo = {"made": body, "reason": "typing"}
    return Draft(world=world, by="sorter", type="", body=undo, closed=closed)


@prepares("lot.undo_sort")
def _undo_sort(world: World) -> Draft:
    run = _begun(world)
    world.act("sorter", "lot.begin_sort", run.body, run.closed)
    undo = {"begun": run.body, "reason": "typing"}
    return Draft(world=world, by="sorter", type="", body=undo, closed=run.closed)


@prepares("lot.process")
def _process(world: World) -> Draft:
    first = world.harvest("farmer", 20_000)
    second = world.harvest("farmer", 10_000, crop="apple")
    parts = [(first, 20_000, [9_000]), (second, 10_000, [6_000])]
    return _draft(
        world, "farmer", deeds.run(world, "farmer", "lot.process", parts, ["carrot-juice"])
    )


@prepares("lot.unmake")
def _unmake(world: World) -> Draft:
    made = _merged(world)
    world.act("farmer", made.type, made.body, made.closed)
    return Draft(world=world, by="farmer", type="", body=deeds.unmaking(made), closed=made.closed)


def _stickers(world: World) -> dict:
    return {"party": world.party("farmer"), "first": 501, "count": 500}


@prepares("label.bind")
def _bind(world: World) -> Draft:
    named = deeds.new_roll(world, "farmer")
    body = {**named, **_stickers(world), "lot": world.harvest("farmer", 20_000)}
    return Draft(world=world, by="farmer", type="", body=body)


@prepares("label.unbind")
def _unbind(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    roll = deeds.stick(world, "farmer", lot, first=501, count=500)
    body = {"roll": roll, **_stickers(world), "reason": "wrong-lot"}
    return Draft(world=world, by="farmer", type="", body=body)
