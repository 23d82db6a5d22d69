"""Flags: exactly the planted ones, for inspectors and those they are about, and for nobody else."""

import csv
import io

import pytest
import pytest_asyncio

from gateway.api.flag_records import ground_of
from gateway.lookups import flags
from gateway.lookups.flags import Wanted, flagged
from gateway.plausibility import FlagCode
from gateway.projection import Projection, rebuild
from tests.gateway.implausible import Implausible
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in
from tests.postgres_fixture import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

AS_FARM, AS_SHOP = ("farm-a", "farm-b", "farm-c"), ("shop-a", "shop-b")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("flags")) as stage:
        made = Implausible(stage)
        await made.happen()
        yield made


async def ask(town, handle, **asked):
    """Return all flags of all pages."""
    found, cursor = [], None
    while True:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        more = f"&cursor={cursor}" if cursor else ""
        answer = await town.stage.get(
            f"/api/flags?{query}{more}", handle, **{"Accept-Language": "en"}
        )
        assert answer.status_code == 200, answer.text
        found += answer.json()["flags"]
        cursor = answer.json()["next"]
        if cursor is None:
            return found


def about(town, *handles):
    """Return what was planted, all of it or of these parties."""
    return sorted(
        (code, subject, town.stage.person(handle).party)
        for code, subject, handle in town.planted
        if not handles or handle in handles
    )


def brief(found):
    return sorted((one["code"], one["subject"], one["party"]) for one in found)


async def test_exactly_what_was_planted_is_flagged(town):
    assert {code for code, _, _ in town.planted} == set(FlagCode)
    found = await ask(town, "inspector")
    assert brief(found) == about(town)
    assert all("not necessarily wrong" in one["text"] for one in found)
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)


@pytest.mark.parametrize("handle", [*AS_FARM, *AS_SHOP])
async def test_a_party_sees_the_flags_of_its_own_entries_alone(town, handle):
    assert brief(await ask(town, handle)) == about(town, handle)
    own = town.stage.person(handle).party
    assert brief(await ask(town, handle, party=own)) == about(town, handle)


@pytest.mark.parametrize(
    "handle", ["farm-a", "shop-a", "packing-house", "quality-desk", "land-office", "centre-desk"]
)
async def test_nobody_but_inspectors_sees_anothers(town, handle):
    other = town.stage.person("farm-b").party
    refused = await town.stage.get(f"/api/flags?party={other}", handle)
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_YOUR_OFFICE")
    listed = await town.stage.get("/api/csv/flags", handle)
    assert other not in listed.text


async def test_nobody_without_a_session_sees_any(town):
    for path in ("/api/flags", "/api/csv/flags"):
        answer = await town.stage.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_REQUIRED")


async def test_flags_are_asked_for_by_code_party_and_time(town):
    for code in FlagCode:
        assert {one["code"] for one in await ask(town, "inspector", code=code)} == {code}
    party = town.stage.person("shop-b").party
    assert brief(await ask(town, "inspector", party=party)) == about(town, "shop-b")
    assert len(await ask(town, "inspector", after="2020-01-31T00:00:00Z")) == len(town.planted)
    for since in ("令和2年1月31日", "2020/1/31", "2020-01-31 09:00"):
        assert len(await ask(town, "inspector", after=since)) == len(town.planted)
    assert await ask(town, "inspector", after="2099-01-01T00:00:00Z") == []
    for wrong in ("code=YIELD", "party=x", "after=2026-02-30T00:00:00Z", "after=x"):
        assert (await town.stage.get(f"/api/flags?{wrong}", "inspector")).status_code == 422
    refused = (await town.stage.get("/api/flags?after=2026-02-30", "inspector")).json()
    assert refused["errors"] == [{"where": "query.after", "what": "no-such-day"}]
    bad = await town.stage.get("/api/flags?cursor=bm8", "inspector")
    assert bad.json()["code"] == "CURSOR_INVALID"


@pytest.mark.parametrize(("limit", "at_once", "walked"), [(1, 500, 4_000), (2, 7, 14), (5, 1, 3)])
async def test_pages_follow_each_other_without_gap_or_repetition(
    town, monkeypatch, limit, at_once, walked
):
    monkeypatch.setattr(flags, "AT_ONCE", at_once)
    monkeypatch.setattr(flags, "WALKED_MAX", walked)
    assert brief(await ask(town, "inspector", limit=limit)) == about(town)
    assert brief(await ask(town, "farm-b", limit=limit)) == about(town, "farm-b")


async def test_the_csv_file_has_them_in_words(town):
    answer = await town.stage.get("/api/csv/flags", "inspector")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(town.planted)
    (row,) = [row for row in rows if row["コード"] == "LOSS_LARGE"]
    assert row["内容"].startswith("8.002kgが廃棄または不足になりました。ロットは20.003kgです")
    assert row["数値"] == "gone_g=8002 lot_g=20003 limit_percent=40"
    assert row["事業者"] == "農園B"
    own = (await town.stage.get("/api/csv/flags", "shop-b")).text
    assert own.count("\n") == 2


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    """An empty database."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path}/again.sqlite"


async def test_a_rebuilt_projection_raises_the_same(town, url):
    gateway = town.stage.gateway
    other = await Projection.open(url)
    try:
        await rebuild(other, town.stage.ledger)
        ground = ground_of(gateway)
        again = await other.database.read(flagged, ground, limit=100)
        first = await gateway.projection.database.read(flagged, ground, limit=100)
    finally:
        await other.close()
    assert again == first
    assert len(first.items) == len(town.planted)


async def test_without_areas_nothing_is_said_about_yields(town):
    ground = flags.Ground()
    wanted = Wanted(code=FlagCode.YIELD_HIGH)
    read = town.stage.gateway.projection.database.read
    assert (await read(flagged, ground, limit=100, wanted=wanted)).items == ()


async def test_a_corrected_entry_loses_its_flag(tmp_path):
    async with stage_in(tmp_path) as stage:
        made = Implausible(stage)
        lot, harvest = made.harvest("farm-a", 20_000, estimated=True)
        await stage.done(harvest, made.trade.supplement("farm-a", lot, 9_000))
        assert [one["code"] for one in await ask(made, "farm-a")] == ["ESTIMATE_FAR"]
        body = {
            "lot": lot,
            "corrects": await entry_of(stage, lot),
            "reason": "weighing",
            "plot": stage.town.plots["farm-a"],
            "crop": "taro",
            "harvested_at": "2026-01-01T00:00:00Z",
        }
        closed = {"quantity_g": 35_000, "estimated": True}
        await stage.done(made.trade.act("farm-a", "lot.correct_harvest", body, closed))
        assert await ask(made, "farm-a") == []


async def entry_of(stage, lot):
    state = await stage.ledger.query([f"lot/{lot}"])
    return state[f"lot/{lot}"]["entry"]


async def test_a_small_trade_with_every_kind_of_act_raises_nothing(tmp_path):
    async with stage_in(tmp_path) as stage:
        await hold_market(stage)
        assert await ask(Implausible(stage), "inspector") == []


async def test_a_sticker_that_many_ask_about_is_flagged_and_nobody_else_told(tmp_path):
    async with stage_in(tmp_path) as stage:
        made = Implausible(stage)
        lot, harvest = made.harvest("farm-a", 20_000)
        await stage.done(harvest, made.trade.bind("farm-a", lot, 1, 40))
        roll = made.trade.roll("farm-a")["roll"]
        for count in range(31):
            answer = await stage.get(f"/api/stickers/{roll}/7")
            assert answer.json() == {"roll": roll, "number": 7, "lot": lot}
            found = await ask(made, "inspector")
            assert [one["code"] for one in found] == ["STICKERS_COPIED"] * (count == 30)
        assert (await stage.get("/api/flags")).status_code == 401
        assert await ask(made, "farm-b") == []
