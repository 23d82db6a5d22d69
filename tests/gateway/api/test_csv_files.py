"""CSV files: what Excel in Japan opens unbroken, and nothing that it would run."""

import csv
import io
import json

import pytest
import pytest_asyncio

from gateway.api import csv_files
from gateway.typed.csv_cells import write
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("csv")) as stage:
        yield stage, await hold_market(stage)


async def read(stage, name, handle="", **headers):
    response = await stage.get(f"/api/csv/{name}", handle, **headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    text = response.content.decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_a_shops_stock_has_a_row_for_each_owner(held):
    stage, market = held
    rows = await read(stage, "stock", "packing-house")
    small = [row for row in rows if row["ロット番号"] == market.lots["small"]]
    assert sorted((row["持ち主"], row["在庫(g)"]) for row in small) == [
        ("農園A", "1033"),
        ("農園B", "1022"),
    ]
    assert {row["回収の件数"] for row in small} == {"1"}
    (row,) = [row for row in await read(stage, "stock", "shop-b") if row["出荷停止"] == "1"]
    assert row["ロット番号"] == market.lots["claimed"]


async def test_the_other_lists_are_ones_own(held):
    stage, market = held
    book = await read(stage, "lot-book", "farm-a")
    assert {row["収穫(g)"] for row in book} == {"40013", "900001", "7019"}
    away = await read(stage, "consignments", "farm-a")
    assert {row["預け先"] for row in away} == {"直売所A", "直売所B", "選果場"}
    (shipment,) = await read(stage, "shipments", "shop-b")
    assert (shipment["出荷番号"], shipment["出荷(g)"]) == (market.shipment, "3011")
    assert await read(stage, "disputes", "shop-b") == []


async def test_recalls_are_everyones_and_their_drills_are_not(held):
    stage, _ = held
    assert {row["状態"] for row in await read(stage, "recalls")} == {"lifted", "unconfirmed"}
    assert len(await read(stage, "recalls", "quality-desk")) == 3


async def test_lists_need_a_session(held):
    stage, _ = held
    for name in ("stock", "lot-book", "consignments", "shipments", "disputes"):
        assert (await stage.get(f"/api/csv/{name}")).json()["code"] == "SESSION_REQUIRED"
    assert (await stage.get("/api/csv/passwords", "farm-a")).status_code == 422


async def test_headings_follow_the_language(held):
    stage, _ = held
    rows = await read(stage, "shipments", "shop-b", **{"Accept-Language": "en"})
    assert rows[0]["Shipped (g)"] == "3011"


async def test_a_name_that_is_a_formula_is_harmless(held):
    stage, _ = held
    party = stage.person("farm-a").party
    before = stage.names.read_text(encoding="utf-8")
    evil = '=HYPERLINK("http://x/","農園"),A'
    stage.names.write_text(json.dumps({"parties": {party: {"ja": evil, "en": evil}}}))
    try:
        rows = await read(stage, "lot-book", "farm-a")
        assert {row["生産者"] for row in rows} == {"'" + evil}
    finally:
        stage.names.write_text(before, encoding="utf-8")


async def test_a_file_too_long_says_so_in_its_last_row(held, monkeypatch):
    stage, _ = held
    monkeypatch.setattr(csv_files, "ROWS_MAX", 2)
    monkeypatch.setattr(csv_files, "_PAGE", 1)
    rows = await read(stage, "stock", "packing-house")
    assert len(rows) == 3
    assert rows[-1]["ロット番号"].startswith("これより前")


async def test_quotes_commas_and_line_breaks_stay_in_their_cell():
    raw = write(["品目"], [['a"b,c\nd']]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(raw, newline=""))) == [["品目"], ['a"b,c\nd']]
