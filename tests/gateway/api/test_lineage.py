"""A lot's lineage: ancestors for everyone, one step on for whom it concerns, all for officers."""

import pytest
import pytest_asyncio

from gateway.demo.trading import Trading
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("lineage")) as stage:
        yield stage, await hold_market(stage)


async def read(held, lot, handle=""):
    """Return (levels by name, grams by the names of a step) of a lineage."""
    stage, market = held
    names = {one: name for name, one in market.lots.items()}
    answer = (await stage.get(f"/api/lots/{market.lots[lot]}/lineage", handle)).json()
    levels = {names[node["id"]]: node["level"] for node in answer["nodes"]}
    steps = {
        (names[one["parent"]], names[one["child"]]): one.get("quantity_g")
        for one in answer["steps"]
    }
    return levels, steps


async def test_everyone_sees_ancestors_and_no_grams(held):
    levels, steps = await read(held, "soup")
    assert levels == {"soup": 0, "large": -1, "carrot": -2, "taro": -2}
    assert set(steps.values()) == {None}
    assert set(steps) == {("large", "soup"), ("carrot", "large"), ("taro", "large")}
    assert await read(held, "carrot") == ({"carrot": 0}, {})


async def test_a_stranger_sees_no_more_with_a_session(held):
    for handle in ("shop-a", "shop-b", "farm-c", "land-office", "inspector"):
        assert await read(held, "carrot", handle) == ({"carrot": 0}, {})
        assert set((await read(held, "soup", handle))[1].values()) == {None}


async def test_an_owner_sees_one_step_on_with_its_own_grams(held):
    levels, steps = await read(held, "carrot", "farm-a")
    assert levels == {"carrot": 0, "large": 1, "small": 1}
    assert steps == {("carrot", "large"): 8_009, ("carrot", "small"): 1_033}
    _, steps = await read(held, "large", "farm-b")  # of the soup nothing is farm B's
    assert steps == {("carrot", "large"): None, ("taro", "large"): 3_987}


async def test_the_maker_sees_every_gram_of_its_run(held):
    levels, steps = await read(held, "large", "packing-house")
    assert levels == {"large": 0, "carrot": -1, "taro": -1, "soup": 1}
    assert steps == {("carrot", "large"): 8_009, ("taro", "large"): 3_987, ("large", "soup"): 4_327}


async def test_a_recall_officer_sees_all_of_it(held):
    levels, steps = await read(held, "taro", "food-safety")
    assert levels == {"taro": 0, "large": 1, "small": 1, "soup": 2}
    assert steps[("large", "soup")] == 4_327


async def test_a_claimed_lot_tells_nothing_of_itself(held):
    stage, market = held
    path = f"/api/lots/{market.lots['claimed']}/lineage"
    (node,) = (await stage.get(path)).json()["nodes"]
    assert not node.keys() & {"crop", "producer", "harvested_at"}
    (node,) = (await stage.get(path, "farm-c")).json()["nodes"]
    assert node["crop"] == "carrot"


async def test_an_unknown_lot_has_no_lineage(held):
    stage, _ = held
    response = await stage.get(f"/api/lots/{'0' * 20}/lineage")
    assert (response.status_code, response.json()["code"]) == (404, "LOT_NOT_FOUND")


@pytest.mark.parametrize(
    ("number", "status"), [(500, 404), (501, 200), (550, 200), (551, 404), (0, 422)]
)
async def test_a_sticker_leads_to_its_lot(held, number, status):
    stage, market = held
    roll = Trading(stage.town).roll("farm-a")["roll"]
    response = await stage.get(f"/api/stickers/{roll}/{number}")
    assert response.status_code == status
    if status == 200:
        expected = {"roll": roll, "number": number, "lot": market.lots["carrot"]}
        assert response.json() == expected


async def test_disputes_are_ones_own(held):
    stage, market = held
    for handle in ("farm-a", "shop-b"):
        found = (await stage.get("/api/disputes", handle)).json()
        assert [one["lot"] for one in found["denied"]] == [market.lots["denied"]]
        assert found["denied"][0]["denied_g"] == 9_013
    for handle in ("shop-a", "farm-b"):
        found = (await stage.get("/api/disputes", handle)).json()
        assert found == {"shipments": [], "denied": [], "surpluses": [], "next": None}


async def test_a_class_of_a_sorting_over_several_commands_has_its_share(held):
    stage, _ = held
    trade = Trading(stage.town)
    lot, harvest = stage.town.harvest("farm-a", 10_000)
    await stage.done(harvest)
    grades = [("carrot", "l"), ("carrot", "s")]
    parts = [(lot, "farm-a", [4_000, 5_000])]
    classes, wires = trade.sort_by_class("farm-a", parts, grades, lost_g=1_000)
    await stage.done(*wires)
    for made, quantity_g in zip(classes, (4_000, 5_000), strict=True):
        answer = (await stage.get(f"/api/lots/{made}/lineage", "farm-a")).json()
        steps = [(one["parent"], one["child"], one["quantity_g"]) for one in answer["steps"]]
        assert steps == [(lot, made, quantity_g)]
        page = await stage.client.get(f"/lots/{made}", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert lot in page.text
