"""A sorting told as one and signed class by class comes to the same."""

import pytest

from gateway.device import joint_sorting
from tests.chaincode import deeds
from tests.chaincode.drafts import valid
from tests.chaincode.test_sorting import wide
from tests.chaincode.world import World


def whole(world: World, farms: int, classes: int) -> tuple[dict, dict]:
    """Return a sorting of so many farms' 100 kg as one command would tell it."""
    run = wide(world, farms)
    told = deeds.run(world, "sorter", "lot.sort", [], [f"carrot/{n}" for n in range(classes)])
    for child in told.body["children"]:
        child["grade"] = f"class-{child['index']}"
    inputs = [one | {"to_g": [6_000] * classes} for one in run.closed["inputs"]]
    packed = [{"index": 1, "packs": {"unit": "crate", "count": 40}}]
    body = told.body | {"parents": run.body["parents"], "channel": "paper"}
    return body, {"inputs": inputs, "packed": packed}


def test_64_farms_and_8_classes_are_a_beginning_and_8_commands_that_the_ledger_takes():
    world = World.standing()
    body, closed = whole(world, 64, 8)
    assert joint_sorting.is_wide("lot.sort", body, closed)
    for step in joint_sorting.steps(body, closed):
        world.act("sorter", step.kind, step.body, {"salt": world.nonce(), **step.closed})
    for child in body["children"]:
        lot = world.ledger.record(f"lot/{child['lot']}")
        assert (lot["made_g"], lot["grade"]) == (64 * 6_000, child["grade"])
    assert world.ledger.record(f"run/{body['party']}/{body['id_nonce']}")["state"] == "ended"


def test_what_one_command_holds_stays_one():
    draft = valid("lot.sort")
    assert not joint_sorting.is_wide("lot.sort", draft.body, draft.closed)
    for kind in ("lot.repack", "lot.sell"):
        assert not joint_sorting.is_wide(kind, {}, {})


@pytest.mark.parametrize("type_name", ["lot.sort"])
def test_shares_and_lots_are_the_same_either_way(type_name):
    one = valid(type_name)
    several = valid(type_name).world
    one.answer()
    for step in joint_sorting.steps(one.body, one.closed):
        several.act(one.by, step.kind, step.body, {"salt": several.nonce(), **step.closed})
    for child in one.body["children"]:
        for owner in ("farmer", "neighbour"):
            held_g = deeds.held(one.world, child["lot"], one.by, of=owner)
            assert deeds.held(several, child["lot"], one.by, of=owner) == held_g
