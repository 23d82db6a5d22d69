"""`minori sales map`: from a till's file to a mapping by asking, and from there to booked sales."""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from typer.testing import CliRunner

from network.cli import app

TODAY = datetime.now(timezone(timedelta(hours=9))).strftime("%Y/%m/%d")
HEADINGS = "取引日時,レシートNo.,明細番号,商品コード,商品名,販売数量,単価,取消区分"
ROWS = (
    f"{TODAY} 00:00,000012,1,000101,有機にんじん 1袋,2,150,",
    f"{TODAY} 00:00,000012,2,000102,さといも量り売り,0.35,900,",
    f"{TODAY} 00:00,000013,1,000900,レジ袋,1,5,",
    f"{TODAY} 00:00,000014,1,000101,有機にんじん 1袋,1,150,取消",
)


@pytest.fixture
def shop(stage, home):
    """Bring 10 kg of farm A's carrots to shop A, and return the lot."""
    words = ("lot.harvest", f"plot={stage.town.plots['farm-a']}", "crop=carrot")
    made = minori("submit", *words, "quantity_g=12kg", "estimated=false", "-k", "farm-a")
    lot = re.search(r"^lot +(\w{20})$", made, re.MULTILINE)[1]
    farm = stage.town.people["farm-a"].party
    minori("arrive", f"{lot}=10kg", "--producer", farm, "--crop", "carrot", "-k", "shop-a")
    (home / "till.csv").write_bytes("\r\n".join((HEADINGS, *ROWS, "")).encode("cp932"))
    return lot


def minori(*words, typed="", code=0):
    result = CliRunner().invoke(app, [*words], input=typed)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_a_mapping_made_by_asking_books_the_file(shop, home, stage):
    farm = stage.town.people["farm-a"].party
    files = (str(home / "till.csv"), "-m", str(home / "till.json"), "-k", "shop-a")
    answers = [
        "レジ1",
        *("", "", ""),  # day, item and count as guessed
        *("", ""),  # receipt and line
        *("", "", "", "", ""),  # no mass, lot, register, original; the name as guessed
        *("", ""),  # what stands in 取消区分: nothing is a sale, 取消 a void
        *("", farm, "袋", "500g"),  # 000101: the crop as guessed
        *("さといもの一種", "?"),  # 000102: no such crop, then left for later
        "-",  # 000900 is not the ledger's
    ]
    output = minori("sales", "map", *files, "--lang", "ja", typed="\n".join([*answers, ""]))
    assert "売れた日の列（なければ -） [取引日時]" in output
    made = json.loads((home / "till.json").read_text("utf-8"))
    assert {name: made[name] for name in ("date", "receipt", "line", "item", "count", "name")} == {
        "date": "取引日時",
        "receipt": "レシートNo.",
        "line": "明細番号",
        "item": "商品コード",
        "count": "販売数量",
        "name": "商品名",
    }
    assert made["kinds"] == [{"column": "取消区分", "sale": [""], "void": ["取消"]}]
    assert made["ignored"] == ["000900"]
    (item,) = made["items"].values()
    assert (item["crop"], item["owner"], item["unit_g"]) == ("carrot", farm, 500)

    output = minori("sales", "check", *files, "--lang", "ja", code=1)
    assert "3行目: 商品コード「000102」は対応表にありません" in output
    assert "さといも量り売り (000102)" in output
    assert "4行 = 記録する1 + 記録済み0 + 手で記録する0 + 受け付けない1 + 数えない2" in output
    assert "1 accepted" in minori("sales", "import", *files, code=1)
    holdings = json.loads(minori("query", "lot", shop, "-k", "shop-a"))["holdings"]
    assert [one["held_g"] for one in holdings] == [9_000]


def test_a_till_in_euc_jp_is_mapped_once_that_is_said(home, stage):  # noqa: ARG001
    path, made = home / "euc.csv", home / "euc.json"
    path.write_bytes("日付,商品コード,数量\r\n2026/04/15,000900,1\r\n".encode("euc_jp"))
    words = ("sales", "map", str(path), "-m", str(made), "-k", "shop-a")
    assert "--encoding euc-jp" in minori(*words, code=1)
    assert not made.exists()
    answers = ["レジ1", *("", "", ""), *("-",) * 8, "-"]
    minori(*words, "--encoding", "euc-jp", typed="\n".join([*answers, ""]))
    assert json.loads(made.read_text("utf-8"))["encoding"] == "euc-jp"
    minori(*words)  # known by now


def test_of_a_mapping_that_exists_only_what_is_new_is_asked(shop, home, stage):  # noqa: ARG001
    known = {
        "till": "レジ1",
        "date": "取引日時",
        "receipt": "レシートNo.",
        "item": "商品コード",
        "count": "販売数量",
        "name": "商品名",
        "ignored": ["900"],
        "items": {"101": {"crop": "carrot", "unit_g": 500}},
    }
    path = home / "till.json"
    path.write_text(json.dumps(known), encoding="utf-8")
    files = (str(home / "till.csv"), "-m", str(path), "-k", "shop-a")
    minori("sales", "map", *files, typed="carrot\n-\nkg\n")
    made = json.loads(path.read_text("utf-8"))
    new = {"crop": "carrot", "unit": "kg", "name": "さといも量り売り"}
    assert made == known | {"items": known["items"] | {"000102": new}}
