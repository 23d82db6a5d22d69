"""Recalls over HTTP: what everyone reads, what officers see, what is missing."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
import pytest_asyncio

from chaincode.recalls.room import SAFETY_MAX, SHARE_MAX
from gateway.demo.trading import Trading
from gateway.lookups import narrowing
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOWN_OFFSET_MINUTES = 540
ALWAYS = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("recalls")) as stage:
        yield stage, await hold_market(stage)


async def preview(stage, body, handle="quality-desk"):
    headers = await stage.reader(handle)
    return await stage.client.post("/api/recalls/scope", json=body, headers=headers)


async def test_everyone_reads_which_recalls_there_are_and_no_drill(held):
    stage, market = held
    page = (await stage.get("/api/recalls")).json()
    found = {one["id"]: one["state"] for one in page["recalls"]}
    names = market.recalls
    assert found == {names["lifted"]: "lifted", names["emergency"]: "unconfirmed"}
    assert next(iter(found)) == names["lifted"]  # the latest changed first
    assert (await stage.get("/api/recalls", "farm-a")).json() == page
    officer = (await stage.get("/api/recalls", "food-safety")).json()["recalls"]
    assert {one["state"] for one in officer} == {"lifted", "unconfirmed", "drill"}


async def test_a_recall_tells_its_lots_and_how_it_came_about(held):
    stage, market = held
    recall = (await stage.get(f"/api/recalls/{market.recalls['emergency']}")).json()
    assert recall["roots"] == [market.lots["taro"]]
    assert (recall["party_name"], recall["cause"]) == ("品質管理", "residue")
    assert [one["type"] for one in recall["history"]] == ["recall.emergency"]
    assert recall["declared_at"] == recall["history"][0]["ledger_time"]


async def test_a_lifted_recall_stays_with_its_reason(held):
    stage, market = held
    recall = (await stage.get(f"/api/recalls/{market.recalls['lifted']}")).json()
    assert (recall["state"], recall["roots"]) == ("lifted", [market.lots["rice"]])
    assert [one["type"] for one in recall["history"]] == ["recall.emergency", "recall.lift"]
    assert recall["history"][1]["reason"] == "no-fault-found"


async def test_a_drill_is_an_officers(held):
    stage, market = held
    path = f"/api/recalls/{market.recalls['drill']}"
    for reader in ("", "farm-a", "inspector"):
        response = await stage.get(path, reader)
        assert (response.status_code, response.json()["code"]) == (404, "RECALL_NOT_FOUND")
    drill = (await stage.get(path, "quality-desk")).json()
    assert (drill["state"], drill["roots"]) == ("drill", [market.lots["carrot"]])
    scope = (await stage.get(f"{path}/scope", "quality-desk")).json()
    assert scope["lots_count"] == 4  # carrot, both sorts, the soup
    assert scope["missing"] == []


async def test_a_scope_says_who_has_what(held):
    stage, market = held
    scope = (await preview(stage, {"lots": [market.lots["taro"]]})).json()
    assert (scope["roots"], scope["lots_count"]) == ([market.lots["taro"]], 4)
    assert (scope["fits"], scope["commands_needed"]) == (True, 1)
    assert scope["limit"] == SHARE_MAX + SAFETY_MAX - 10  # the emergency takes as much as ten
    assert scope["crops"] == ["carrot"]  # what the market calls its second lot
    by_name = {one["party_name"]: one for one in scope["affected"]}
    assert set(by_name) == {"農園B", "直売所B", "選果場"}
    assert by_name["直売所B"]["in_transit_g"] == 3_011
    large_g, small_g, soup_g = 8_009 + 3_987 - 4_327, 1_033 + 1_022, 4_327
    assert by_name["選果場"]["held_g"] == large_g + small_g + soup_g
    assert by_name["農園B"]["held_g"] == 30_011 + 2_003 - 5_009 - 3_011


@pytest.mark.parametrize("by", ["plot", "period"])
async def test_lots_are_found_by_plot_and_by_period(held, by):
    stage, market = held
    farm = stage.person("farm-a")
    body = {
        "plot": {"plot": stage.town.plots["farm-a"], **ALWAYS},
        "period": {"producer": farm.party, "crop": "carrot", **ALWAYS},
    }[by]
    scope = (await preview(stage, body)).json()
    unplaced = {market.lots["rice"]} if by == "plot" else set()  # it may have grown there
    assert set(scope["roots"]) == {market.lots["carrot"], market.lots["denied"], *unplaced}
    nothing = body | {"until": "2020-01-02T00:00:00Z"}
    response = await preview(stage, nothing)
    assert (response.status_code, response.json()["code"]) == (404, "SCOPE_EMPTY")


async def test_a_lot_that_is_not_on_record_yet_can_be_recalled_too(held):
    stage, _ = held
    scope = (await preview(stage, {"lots": ["0" * 20]})).json()
    assert (scope["roots"], scope["lots_count"], scope["affected"]) == (["0" * 20], 0, [])


async def test_what_does_not_fit_is_said_plainly(held, monkeypatch):
    stage, market = held
    lots = [market.lots[one] for one in ("rice", "carrot", "denied")]
    monkeypatch.setattr("gateway.api.recall_records.ROOTS_AT_ONCE_MAX", 2)
    monkeypatch.setattr("gateway.lookups.open_recalls.left_by_two", lambda *_, **__: 2)
    scope = (await preview(stage, {"lots": lots})).json()
    assert (scope["commands_needed"], scope["limit"], scope["fits"]) == (2, 2, False)
    monkeypatch.setattr(narrowing, "SEEDS_MAX", 1)
    monkeypatch.setattr("gateway.api.recall_records.SEEDS_MAX", 1)
    scope = (await preview(stage, {"plot": stage.town.plots["farm-a"], **ALWAYS})).json()
    assert scope["has_more_seeds"]


@pytest.mark.parametrize("handle", ["farm-a", "shop-a", "inspector"])
async def test_scopes_are_for_recall_officers(held, handle):
    stage, market = held
    path = f"/api/recalls/{market.recalls['emergency']}/scope"
    for response in (
        await preview(stage, {"lots": [market.lots["taro"]]}, handle),
        await stage.get(path, handle),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "NOT_YOUR_OFFICE")
    assert (await stage.get(path)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"lots": []},
        {"lots": ["x"]},
        {"plot": "Q7M49X2B0KTD"},
        {"lots": ["0" * 20], "plot": "Q7M49X2B0KTD", **ALWAYS},
        {"crop": "carrot", **ALWAYS},
        {"plot": "Q7M49X2B0KTD", "since": "whenever", "until": "today"},
    ],
)
async def test_a_scope_asked_for_wrongly_is_refused(held, body):
    stage, _ = held
    response = await preview(stage, body)
    assert (response.status_code, response.json()["code"]) == (422, "INVALID_REQUEST")


async def test_a_recall_that_has_ended_has_no_scope(held):
    stage, market = held
    response = await stage.get(f"/api/recalls/{market.recalls['lifted']}/scope", "food-safety")
    assert (response.status_code, response.json()["code"]) == (409, "RECALL_ENDED")


async def test_what_a_recall_lacks_is_an_alarm_with_what_to_sign(tmp_path):
    """A claimed lot that turns out to be made of a recalled one has a lineage of its own."""
    async with stage_in(tmp_path) as stage:
        trade = Trading(stage.town)
        lot, harvest = stage.town.harvest("farm-a", 5_000)
        await stage.done(harvest, trade.arrive("packing-house", lot, "farm-a", 4_000))
        (child,), run = trade.run(
            "packing-house", "repack", [(lot, "farm-a", [4_000])], [("carrot", None)]
        )
        claim = trade.arrive("shop-a", child, "packing-house", 1_000)
        await stage.done(claim)
        await stage.done(run)
        recall, declare = trade.recall(lot)
        await stage.done(declare)
        path = f"/api/recalls/{recall}/scope"
        scope = (await stage.get(path, "quality-desk")).json()
        assert scope["missing"] == [child]
        (extension,) = scope["extensions"]
        body = {"recall": recall, "roots": [child]}
        assert extension == body
        await stage.done(stage.person("quality-desk").device.sign("recall.extend", extension))
        scope = (await stage.get(path, "quality-desk")).json()
        assert (scope["missing"], scope["extensions"]) == ([], [])
        sale = trade.take("sell", "shop-a", child, 100, owner="packing-house")
        (answer,) = (await stage.send(sale)).json()["commands"]
        assert answer["code"] == "RECALLED"


@pytest.mark.parametrize("scope", ["lot", "plot", "period"])
async def test_what_is_entered_late_is_missing_from_a_recall_by_plot_or_period(tmp_path, scope):
    async with stage_in(tmp_path) as stage:
        town, trade = stage.town, Trading(stage.town)
        named, first = town.harvest("farm-a", 5_000)
        other, second = town.harvest("farm-a", 5_000, crop="taro")
        await stage.done(first, second)
        recall, emergency = trade.recall(named, scope=scope)
        await stage.done(emergency)
        path = f"/api/recalls/{recall}/scope"
        before = (await stage.get(path, "quality-desk")).json()
        late, entry = town.harvest("farm-a", 4_000)
        _, elsewhere = town.harvest("farm-b", 4_000)
        await stage.done(entry, elsewhere)
        after = (await stage.get(path, "quality-desk")).json()
        by_plot = [other] if scope == "plot" else []  # the same plot on the same day
        assert before["missing"] == by_plot
        assert after["missing"] == sorted([*by_plot, late] if scope != "lot" else [])
        assert after["lots_count"] == 1 + len(after["missing"])


async def test_grams_that_nobody_has_counted_are_in_a_scope(tmp_path):
    async with stage_in(tmp_path) as stage:
        town = stage.town
        lot, harvest = town.harvest("farm-a", 20_000)
        shipment, ship = town.ship("farm-a", lot, "shop-a", 10_000)
        await stage.done(harvest, ship, town.receive("shop-a", lot, shipment, 6_000))
        scope = (await preview(stage, {"lots": [lot]})).json()
        (shop,) = [one for one in scope["affected"] if one["party_name"] == "直売所A"]
        assert (shop["held_g"], shop["in_transit_g"], shop["disputed_g"]) == (6_000, 0, 4_000)
        _, more = town.ship("farm-a", lot, "shop-b", 1_000)
        await stage.done(more)
        scope = (await preview(stage, {"lots": [lot]})).json()
        (coming,) = [one for one in scope["affected"] if one["party_name"] == "直売所B"]
        assert (coming["in_transit_g"], coming["lots_count"]) == (1_000, 1)


@pytest.mark.parametrize("is_recorded", [True, False])
async def test_goods_that_are_only_claimed_are_in_a_scope(tmp_path, is_recorded):
    """No balance has them, but a shelf does."""
    async with stage_in(tmp_path) as stage:
        trade = Trading(stage.town)
        lot, harvest = stage.town.harvest("farm-c", 20_000)
        claim = trade.claim("shop-b", lot, "farm-c", 3_000)
        await stage.done(*([harvest, claim] if is_recorded else [claim]))
        of_farm = {"producer": stage.person("farm-c").party, **ALWAYS}
        for question in (
            {"lots": [lot]},
            {"plot": stage.town.plots["farm-c"], **ALWAYS},
            {"crop": "carrot", **of_farm},
        ):
            scope = (await preview(stage, question)).json()
            assert (scope["roots"], scope["lots_count"], scope["crops"]) == ([lot], 1, ["carrot"])
            (shop,) = [one for one in scope["affected"] if one["party_name"] == "直売所B"]
            assert (shop["held_g"], shop["sold_g"], shop["lots_count"]) == (3_000, 0, 1)
        beside = (await preview(stage, {"crop": "rice", **of_farm})).json()
        assert [(one["id"], one["crop"]) for one in beside["left_out"]] == [(lot, "carrot")]


@pytest.mark.parametrize("scope", ["lot", "plot", "period"])
@pytest.mark.parametrize("is_first_claimed", [True, False])
async def test_what_is_claimed_late_is_missing_as_what_is_entered_late(
    tmp_path, scope, is_first_claimed
):
    async with stage_in(tmp_path) as stage:
        trade = Trading(stage.town)
        named, first = stage.town.harvest("farm-c", 20_000)
        late, second = (str(trade.named("farm-c", "lot")["lot"]) for _ in range(2))
        if is_first_claimed:
            named, first = second, trade.claim("shop-a", second, "farm-c", 2_000)
        await stage.done(first)
        body = trade.declaration("quality-desk", named, crops=["carrot"]) | {"scope": scope}
        await stage.done(*trade.by_two("quality-desk", "food-safety", "recall.declare", body, None))
        path = f"/api/recalls/{body['recall']}/scope"
        assert (await stage.get(path, "quality-desk")).json()["missing"] == []
        await stage.done(trade.claim("shop-b", late, "farm-c", 3_000))
        found = (await stage.get(path, "quality-desk")).json()
        assert found["missing"] == ([] if scope == "lot" else [late])
        unrecorded = [*([named] if is_first_claimed else []), *found["missing"]]
        assert (sorted(found["unrecorded"]), found["extensions"]) == (sorted(unrecorded), [])


async def test_pages_of_recalls_follow_each_other(held):
    stage, _ = held
    first = (await stage.get("/api/recalls?limit=1")).json()
    rest = (await stage.get(f"/api/recalls?limit=1&cursor={first['next']}")).json()
    assert rest["next"] is None
    assert first["recalls"][0]["id"] != rest["recalls"][0]["id"]


def _typed_today():
    """Return today as people type it, by the town's clock, and its first and last moment in UTC."""
    today = datetime.now(tz=timezone(timedelta(minutes=TOWN_OFFSET_MINUTES))).date()
    first = datetime.combine(today, time(), tzinfo=timezone(timedelta(minutes=TOWN_OFFSET_MINUTES)))
    ends = (first, first + timedelta(days=1, seconds=-1))
    forms = [
        today.isoformat(),
        today.strftime("%Y/%m/%d"),
        f"令和{today.year - 2018}年{today.month}月{today.day}日",
        f"R{today.year - 2018}.{today.month}.{today.day}",
        f"{today.month}/{today.day}",
        "きょう",
        "today",
    ]
    return forms, [one.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for one in ends]


async def test_the_times_of_a_scope_are_the_towns_as_people_type_them(held):
    stage, _ = held
    founded = (await stage.get("/api/ledger")).json()["constitution"]
    assert founded["utc_offset_minutes"] == TOWN_OFFSET_MINUTES
    plot = {"plot": stage.town.plots["farm-a"]}
    forms, (since, until) = _typed_today()
    wanted = (await preview(stage, {**plot, "since": since, "until": until})).json()
    assert wanted["roots"]
    for form in forms:
        for ends in ((form, form), (form, until), (since, form), (f"{form} 0:00", form)):
            answer = await preview(
                stage, {**plot, **dict(zip(("since", "until"), ends, strict=True))}
            )
            assert answer.json() == wanted, ends
    night = {"since": f"{forms[0]} 23:59:59", "until": forms[0]}
    assert (await preview(stage, {**plot, **night})).json()["code"] == "SCOPE_EMPTY"


@pytest.mark.parametrize(
    ("since", "what"),
    [
        ("2026-02-30", "NO_SUCH_DAY"),
        ("whenever", "UNREADABLE"),
        ("1999-12-31", "YEAR_OUT_OF_RANGE"),
        ("2026-11-29 25:00", "NO_SUCH_TIME"),
        ("平成38年4月1日", "OTHER_ERA"),
    ],
)
async def test_a_time_of_a_scope_that_cannot_be_read_is_named_with_its_fault(held, since, what):
    stage, _ = held
    body = {"plot": stage.town.plots["farm-a"], "since": since, "until": "2026-11-29"}
    problem = (await preview(stage, body)).json()
    assert problem["code"] == "INVALID_REQUEST"
    assert [(one["where"], one["what"].upper().replace("-", "_")) for one in problem["errors"]] == [
        ("body.since", what)
    ]
