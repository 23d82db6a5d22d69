"""What a holder found beyond what came: its producer is told, wherever the goods were bought."""

import pytest
import pytest_asyncio

from gateway.demo.trading import Trading
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page, assert_is_safe

pytestmark = pytest.mark.asyncio(loop_scope="module")

READERS = ("farm-a", "farm-b", "farm-c", "shop-a", "shop-b", "packing-house", "inspector")
CAME_G, FOUND_G = 10_000, 11_200
UNPROVEN_G = FOUND_G - CAME_G - CAME_G * 2 // 100


@pytest_asyncio.fixture(loop_scope="module")
async def stage(tmp_path):
    async with stage_in(tmp_path) as running:
        yield running


async def find(stage, how: str) -> dict[str, str]:
    """Let shop A find more of farm A's carrots than came; return lot, holder and owner."""
    town, trade = stage.town, Trading(stage.town)
    lot, harvest = town.harvest("farm-a", 20_000)
    owner = {"bought": "shop-a", "consigned": "farm-a"}[how]
    if how == "bought":
        shipment, ship = town.ship("farm-a", lot, "shop-a", CAME_G)
        coming = [ship, town.receive("shop-a", lot, shipment, CAME_G)]
    else:
        coming = [trade.arrive("shop-a", lot, "farm-a", CAME_G)]
    closed = {"was_g": CAME_G, "counted_g": FOUND_G, "owner": trade.party(owner)}
    count = trade.act("shop-a", "lot.take_stock", {"lot": lot, "reason": "miscount"}, closed)
    await stage.done(harvest, *coming, count)
    return {"lot": lot, "holder": trade.party("shop-a"), "owner": trade.party(owner)}


async def seen(stage) -> dict[str, list]:
    """Return what each reader is told, of those who are told anything."""
    answers = {one: (await stage.get("/api/disputes", one)).json() for one in READERS}
    return {one: found for one, answer in answers.items() if (found := answer["surpluses"])}


@pytest.mark.parametrize("how", ["bought", "consigned"])
async def test_the_producer_alone_is_told_who_found_how_much_and_denies_it(stage, how):
    named = await find(stage, how)
    told = await seen(stage)
    assert set(told) == {"farm-a"}
    (one,) = told["farm-a"]
    assert named.items() <= one.items()
    assert (one["unproven_g"], one["gone_g"], one["is_denied"]) == (UNPROVEN_G, 0, False)
    assert (one["holder_name"], one["crop"]) == ("直売所A", "carrot")
    trade = Trading(stage.town)
    owner = None if how == "bought" else "farm-a"
    spent = trade.take("sell", "shop-a", named["lot"], FOUND_G - 100, owner=owner)
    await stage.done(spent)
    body = {"lot": named["lot"]}
    closed = {"holder": named["holder"], "owner": named["owner"], "surplus": True}
    await stage.done(trade.act("farm-a", "lot.deny_claim", body, closed))
    (one,) = (await seen(stage))["farm-a"]
    assert (one["unproven_g"], one["gone_g"], one["is_denied"]) == (100, UNPROVEN_G - 100, True)
    await stage.done(trade.act("farm-a", "lot.deny_claim", body, closed | {"surplus": False}))
    assert [one["is_denied"] for one in (await seen(stage))["farm-a"]] == [False]


async def test_what_is_found_within_the_bound_is_told_to_nobody(stage):
    town, trade = stage.town, Trading(stage.town)
    lot, harvest = town.harvest("farm-a", 20_000)
    counted = {"was_g": CAME_G, "counted_g": CAME_G + CAME_G * 2 // 100}
    shipment, ship = town.ship("farm-a", lot, "shop-a", CAME_G)
    received = town.receive("shop-a", lot, shipment, CAME_G)
    count = trade.act("shop-a", "lot.take_stock", {"lot": lot, "reason": "miscount"}, counted)
    await stage.done(harvest, ship, received, count)
    assert await seen(stage) == {}


@pytest.mark.parametrize(
    ("lang", "title", "todo"),
    [
        ("en", "Surplus of your goods elsewhere", "with surplus=true"),
        ("ja", "よそでの棚卸超過", "surplus=true"),
    ],
)
async def test_the_page_of_differences_shows_it_with_what_to_do(stage, lang, title, todo):
    await find(stage, "bought")
    path = f"/own/disputes?lang={lang}"
    response = await stage.get(path, "farm-a", Accept="text/html")
    page = Page(response.text)
    assert_is_safe(response, page, private=True)
    assert title in page.text
    assert todo in page.text
    assert "1 kg" in page.text
    other = await stage.get(path, "farm-b", Accept="text/html")
    assert "surplus=true" not in other.text
