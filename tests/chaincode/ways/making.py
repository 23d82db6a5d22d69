"""Mistakes of making lots from lots, and with stickers, also after goods have moved.

A story of the four types that make lots is told with each type's own run: its parents, owners,
children, classes, losses and crops, as `drafts` has them.
"""

from collections.abc import Callable
from functools import partial, update_wrapper

from tests.chaincode import deeds
from tests.chaincode.drafts import build
from tests.chaincode.pen import derived_id
from tests.chaincode.ways import Story, way
from tests.chaincode.world import World

MAKING = ("lot.merge", "lot.repack", "lot.sort", "lot.process")
GONE = (
    "What can't come back stays, and so do its labels; what is left is made into the right lot "
    "({how}), and labelled anew."
)


def way_of_each(sentence: str, *types: str) -> Callable[[Callable[..., None]], Story]:
    """Enter the decorated story for several types, each told with the type's own run."""

    def enter(story: Callable[..., None]) -> Callable[..., None]:
        for type_name in types:
            way(type_name, sentence)(update_wrapper(partial(story, type_name=type_name), story))
        return story

    return enter


def made(world: World, type_name: str) -> tuple[str, str | None, deeds.Run]:
    """Make a run; return who made it, of whose goods if not their own, and the run."""
    draft = build(type_name, world)
    world.act(draft.by, type_name, draft.body, draft.closed)
    owner = "farmer" if draft.by == "sorter" else None
    return draft.by, owner, deeds.Run(type=type_name, body=draft.body, closed=draft.closed)


def stock(world: World, lots: list[str]) -> dict[str, bytes]:
    """Return the records of lots and of who holds them."""
    kinds = ("lot", "holding")
    keys = {key: key.split("/") for key in world.ledger.state}
    return {
        key: world.ledger.state[key]
        for key, (kind, lot, *_) in keys.items()
        if kind in kinds and lot in lots
    }


def assert_unmade(world: World, run: deeds.Run) -> None:
    for child in run.children:
        record = world.ledger.record(f"lot/{child}")
        assert (record["origin"], record["made_g"]) == ("unmade", 0)
        holdings = [key for key in world.ledger.state if key.startswith(f"holding/{child}/")]
        assert {world.ledger.record(key)["held_g"] for key in holdings} == {0}


@way_of_each("`lot.unmake`, while all that was made is untouched.", *MAKING)
def unmade(world: World, type_name: str) -> None:
    draft = build(type_name, world)
    before = stock(world, draft.body["parents"])
    world.act(draft.by, type_name, draft.body, draft.closed)
    assert stock(world, draft.body["parents"]) != before
    run = deeds.Run(type=type_name, body=draft.body, closed=draft.closed)
    deeds.unmake(world, draft.by, run)
    assert stock(world, draft.body["parents"]) == before
    assert_unmade(world, run)


@way_of_each(
    "After goods have moved: first bring them back (`lot.return`, or shipped back) and correct "
    "what was sold (`lot.correct_outflow`), and unmake.",
    *MAKING,
)
def unmade_after_the_goods_came_back(world: World, type_name: str) -> None:
    by, owner, run = made(world, type_name)
    on_the_way = {}
    for child in run.children:
        sent = deeds.send(world, by, child, to="shopkeeper", quantity_g=400, of=owner)
        on_the_way[child] = sent
        deeds.hand_over(world, by, child, to="grocer", quantity_g=500, of=owner)
        deeds.take(world, "sell", by, child, 600, of=owner)
    wire = world.write(by, "lot.unmake", deeds.unmaking(run), run.closed)
    assert world.submit(wire) == ["ALREADY_LEFT"]

    for child, shipment in on_the_way.items():
        deeds.bring_back(world, by, child, shipment, of=owner)
        deeds.hand_over(world, "grocer", child, to=by, quantity_g=500, of=owner)
        sale = {"outflow": "sold", "was_g": 600, "quantity_g": 0}
        deeds.correct_outflow(world, by, child, of=owner, **sale)
    deeds.unmake(world, by, run)
    assert_unmade(world, run)
    for lot, one in zip(run.body["parents"], run.closed["inputs"], strict=True):
        holding = world.ledger.record(
            f"holding/{lot}/{run.body['party']}/{one.get('owner', run.body['party'])}"
        )
        assert (holding["held_g"], holding["transformed_g"]) == (one["quantity_g"], 0)


@way_of_each(GONE.format(how="`lot.repack`"), "lot.merge", "lot.repack", "lot.sort")
@way_of_each(GONE.format(how="`lot.process`, also of another crop"), "lot.process")
def made_again_from_what_is_left(world: World, type_name: str) -> None:
    by, owner, run = made(world, type_name)
    child = run.children[-1]
    roll = deeds.stick(world, by, child, count=50)
    deeds.take(world, "sell", by, child, 1_000, of=owner)

    owners = (None,) if owner is None else ("farmer", "neighbour")
    parts = []
    for one in owners:
        left_g = deeds.held(world, child, by, of=one)
        parts.append((child, left_g, [left_g], *(() if one is None else (one,))))
    how, crop = ("lot.repack", "carrot/s")
    if type_name == "lot.process":
        how, crop = ("lot.process", "carrot-syrup")
    (right,) = deeds.make(world, by, how, parts, [crop]).children
    for one, part in zip(owners, parts, strict=True):
        assert deeds.held(world, child, by, of=one) == 0
        assert deeds.held(world, right, by, of=one) == part[1]
    record = world.ledger.record(f"lot/{right}")
    assert (record["crop"], record.get("grade")) == ((*crop.split("/"), None)[:2])
    assert set(record["roots"]) == {child, *run.body["parents"]}

    deeds.peel(world, by, roll)
    deeds.stick(world, by, child, roll=roll, count=5)
    deeds.stick(world, by, right, roll=roll, first=6, count=45)
    assert (deeds.scanned(world, roll, 5), deeds.scanned(world, roll, 6)) == (child, right)
    assert world.ledger.record(f"lot/{child}")["origin"] == "made"


@way(
    "lot.unmake",
    "Make the run again, under a new id_nonce: the lots that were taken back keep their ids, and "
    "labels printed with them lead to empty lots until they are replaced; stickers are unbound, "
    "and bound to the new lots.",
)
def made_again(world: World) -> None:
    for type_name in MAKING:
        by, _, run = made(world, type_name)
        child = run.children[0]
        roll = deeds.stick(world, by, child)
        deeds.unmake(world, by, run)
        assert world.submit(world.write(by, run.type, run.body, run.closed)) == ["ID_TAKEN"]
        assert deeds.scanned(world, roll) == child
        assert_unmade(world, run)

        nonce, party = world.nonce(), world.party(by)
        ids = [derived_id(world.id, party, nonce, one["index"]) for one in run.body["children"]]
        children = [one | {"lot": lot} for one, lot in zip(run.body["children"], ids, strict=True)]
        world.act(by, run.type, run.body | {"id_nonce": nonce, "children": children}, run.closed)
        deeds.peel(world, by, roll)
        deeds.stick(world, by, ids[0], roll=roll)
        assert deeds.scanned(world, roll) == ids[0]
        made_g = sum(one["to_g"][0] for one in run.closed["inputs"])
        assert world.ledger.record(f"lot/{ids[0]}")["made_g"] == made_g


@way(
    "label.bind",
    "`label.unbind`, also when the packs are out, and bind to the right lot.",
)
@way("label.unbind", "Bind again; until then these stickers lead nowhere.")
def stickers_bound_to_the_right_lot(world: World) -> None:
    wrong, right = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    roll = deeds.stick(world, "farmer", wrong)
    deeds.take(world, "sell", "farmer", wrong, 1_000)
    deeds.peel(world, "farmer", roll)
    assert deeds.scanned(world, roll, 50) is None
    deeds.stick(world, "farmer", right, roll=roll)
    assert [deeds.scanned(world, roll, number) for number in (1, 50)] == [right, right]


@way("label.bind", "A range of the wrong length is unbound whole, and bound as it should be.")
def stickers_bound_by_another_count(world: World) -> None:
    first, second = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    roll = deeds.stick(world, "farmer", second, first=51, count=10)
    deeds.stick(world, "farmer", first, roll=roll, count=50)
    deeds.peel(world, "farmer", roll, count=50)
    deeds.stick(world, "farmer", first, roll=roll, count=40)
    deeds.stick(world, "farmer", second, roll=roll, first=41, count=10)
    found = [deeds.scanned(world, roll, number) for number in (1, 40, 41, 51, 60)]
    assert found == [first, first, second, second, second]


@way(
    "label.bind",
    "Of another roll of one's own: unbound there, and bound with the right roll's number. "
    "Another party's roll nobody can bind.",
)
def wrong_roll_bound(world: World) -> None:
    lot, other = world.harvest("farmer", 1_000), world.harvest("neighbour", 1_000, "paddy")
    wrong, theirs = (deeds.stick(world, *one) for one in (("farmer", lot), ("neighbour", other)))
    body = {"party": world.party("farmer"), "first": 51, "count": 50, "lot": lot}
    refused = world.write("farmer", "label.bind", {"roll": theirs, **body})
    assert world.submit(refused) == ["NOT_YOUR_PARTY"]
    deeds.peel(world, "farmer", wrong)
    right = deeds.stick(world, "farmer", lot)
    assert [deeds.scanned(world, roll) for roll in (wrong, right)] == [None, lot]
