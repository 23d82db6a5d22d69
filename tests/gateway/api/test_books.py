"""One's own lists: the stock with others' goods in it, the lot book, one's goods at others."""

import pytest
import pytest_asyncio

from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("books")) as stage:
        yield stage, await hold_market(stage)


async def listed(stage, path, handle):
    return {one["id"]: one for one in (await stage.get(path, handle)).json()["lots"]}


async def test_a_shop_sees_consigned_goods_and_whose_they_are(held):
    stage, market = held
    lot = (await listed(stage, "/api/lots", "shop-a"))[market.lots["carrot"]]
    (holding,) = lot["holdings"]
    assert (holding["holder_name"], holding["owner_name"]) == ("直売所A", "農園A")
    quantities = (holding["held_g"], holding["sold_g"], holding["discarded_g"])
    assert quantities == (13_007 - 4_001 - 1_009, 4_001, 1_009)
    assert holding["is_on_hold"] is False
    assert "harvest_g" not in lot


async def test_an_owner_sees_its_goods_at_each_holder_and_not_the_holders_marks(held):
    stage, market = held
    lots = await listed(stage, "/api/consignments", "farm-a")
    assert market.lots["rice"] not in lots
    at = {one["holder_name"]: one for one in lots[market.lots["carrot"]]["holdings"]}
    assert set(at) == {"直売所A", "選果場"}
    assert (at["直売所A"]["sold_g"], at["選果場"]["transformed_g"]) == (4_001, 9_042)
    for lot in lots.values():
        for holding in lot["holdings"]:
            assert holding["owner_name"] == "農園A"
            assert "is_on_hold" not in holding
    assert (await listed(stage, "/api/consignments", "shop-a")) == {}


async def test_an_owner_sees_own_goods_alone_of_a_lot_of_several(held):
    """Of the sorted lot farm A and farm B each own a part; neither sees the other's."""
    stage, market = held
    for farm, grams in (("farm-a", 1_033), ("farm-b", 1_022)):
        lot = (await listed(stage, "/api/consignments", farm))[market.lots["small"]]
        assert [one["held_g"] for one in lot["holdings"]] == [grams]
    both = (await listed(stage, "/api/lots", "packing-house"))[market.lots["small"]]
    assert sorted(one["held_g"] for one in both["holdings"]) == [1_022, 1_033]


async def test_a_rival_sees_nothing(held):
    stage, market = held
    for path in ("/api/lots", "/api/lot-book", "/api/consignments"):
        assert market.lots["carrot"] not in await listed(stage, path, "shop-b")
        assert await listed(stage, path, "land-office") == {}


async def test_the_lot_book_has_what_one_harvested_or_made(held):
    stage, market = held
    book = await listed(stage, "/api/lot-book", "farm-a")
    assert set(book) == {market.lots[one] for one in ("carrot", "rice", "denied")}
    denied = book[market.lots["denied"]]
    assert denied["is_denied"]
    assert (denied["harvest_g"], denied["claimed_g"], denied["denied_g"]) == (7_019, 11_002, 9_013)
    made = await listed(stage, "/api/lot-book", "packing-house")
    assert made[market.lots["soup"]]["made_g"] == 4_327


async def test_a_claim_is_in_the_named_producers_book_with_who_holds_it(held):
    stage, market = held
    (lot,) = (await listed(stage, "/api/lot-book", "farm-c")).values()
    assert (lot["origin"], lot["claimed_g"]) == ("claim", 6_007)
    (holding,) = lot["holdings"]
    assert (holding["holder_name"], holding["held_g"]) == ("直売所B", 6_007)
    public = (await stage.get(f"/api/lots/{market.lots['claimed']}")).json()
    assert not public.keys() & {"crop", "producer", "harvested_at", "is_denied"}
    assert public["recorded_at"] is None


async def test_filters_choose(held):
    stage, market = held
    for query, expected in {
        "on_hold=true": {"claimed"},
        "on_hold=false": {"denied"},
        "has_stock=true": {"claimed", "denied"},
        "has_stock=false": set(),
        "crop=carrot": {"claimed", "denied"},
        "crop=taro": set(),
    }.items():
        found = await listed(stage, f"/api/lots?{query}", "shop-b")
        assert set(found) == {market.lots[one] for one in expected}, query
    assert await listed(stage, "/api/consignments?has_stock=false", "farm-a") == {}
    assert market.lots["carrot"] in await listed(stage, "/api/consignments?has_stock=1", "farm-a")
    assert (await stage.get("/api/lots?crop=X!", "shop-b")).status_code == 422


async def test_pages_end_where_the_next_begin_however_many_there_are(held, monkeypatch):
    """Sorted, for few holdings; picked out on a walk, for many."""
    stage, _ = held
    for few in (2_000, 0):
        monkeypatch.setattr("gateway.lookups.books.FEW", few)
        for path in ("/api/lots", "/api/consignments", "/api/lot-book"):
            whole = list(await listed(stage, path, "packing-house"))
            seen, cursor = [], ""
            while cursor is not None:
                query = f"?limit=1{f'&cursor={cursor}' if cursor else ''}"
                page = (await stage.get(path + query, "packing-house")).json()
                seen += [one["id"] for one in page["lots"]]
                cursor = page["next"]
            assert seen == whole


async def test_hand_overs_of_consigned_goods_concern_both_sides_and_sales_one(held):
    stage, market = held
    path = f"/api/lots/{market.lots['carrot']}/entries"
    farm = [one["type"] for one in (await stage.get(path, "farm-a")).json()["entries"]]
    assert farm == ["label.bind", "lot.arrive", "lot.arrive", "lot.harvest"]
    shop = [one["type"] for one in (await stage.get(path, "shop-a")).json()["entries"]]
    assert shop == ["lot.discard", "lot.sell", "lot.sell", "lot.arrive"]
    denial = (await stage.get(f"/api/lots/{market.lots['denied']}/entries", "shop-b")).json()
    assert denial["entries"][0]["closed_part"]["denied_g"] == 9_013


async def test_origins_stand_by_weight_and_recalls_reach_what_was_made(held):
    stage, market = held
    for name, order in (("large", ("carrot", "taro")), ("small", ("carrot", "taro"))):
        lot = (await stage.get(f"/api/lots/{market.lots[name]}")).json()
        assert [one["id"] for one in lot["origins"]] == [market.lots[one] for one in order]
        assert [one["is_recalled"] for one in lot["origins"]] == [False, True]
        assert [one["id"] for one in lot["recalls"]] == [market.recalls["emergency"]]
        assert [one["type"] for one in lot["history"]] == ["lot.sort"]
    carrot = (await stage.get(f"/api/lots/{market.lots['carrot']}")).json()
    assert [one["type"] for one in carrot["history"]] == ["lot.harvest"]


async def test_stock_from_before_says_so_and_a_proposal_alone_is_nobodys(held):
    stage, market = held
    lot = (await stage.get(f"/api/lots/{market.lots['rice']}")).json()
    assert (lot["origin"], lot["harvested_at"]) == ("opening", "2025-10-01T00:00:00Z")
    (entry,) = lot["history"]
    assert entry["type"] == "lot.open"
    approval = (await stage.get(f"/api/commands/{entry['id']}")).json()
    assert approval["payload"]["body"]["body"]["crop"] == "rice"
    proposal = approval["payload"]["body"]["proposal"]
    assert "payload" not in (await stage.get(f"/api/commands/{proposal}")).json()
