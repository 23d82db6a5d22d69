"""`minori sales`: check shows, import books once, remainder books what is neither left nor gone."""

import csv
import io
import json
import re
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from typer.testing import CliRunner

from gateway.demo.build import write_keys
from gateway.demo.town import Town
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key
from network.cli import app
from tests.scenarios.stage import embedded_stage

HEADINGS = "日付,伝票番号,商品コード,数量"


def day_before(days: int) -> str:
    """Return the town's date so many days ago, as a till writes it."""
    return (datetime.now(timezone(timedelta(hours=9))) - timedelta(days=days)).strftime("%Y/%m/%d")


TODAY = day_before(0)
ROWS = (
    f"{TODAY},10001,1001,3",
    "2026/04/31,10002,1001,1",  # no such day
    f"{TODAY} 10:23,10003,1001,2",
    f"{TODAY},10004,1001,99",  # more than there is
)


class Shop:
    """A shop's computer: its keys, its till's mapping and file, and the command line."""

    def __init__(self, stage, folder) -> None:
        self.stage, self.folder = stage, folder
        self.key = folder / "keys" / "shop-a.json"

    def write(self, *rows: str, headings: str = HEADINGS) -> None:
        content = "\r\n".join((headings, *rows, ""))
        (self.folder / "till.csv").write_bytes(content.encode("cp932"))

    def minori(self, *arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, [*arguments, "-k", "shop-a"])
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    def map(self, **changes: object) -> None:
        path = self.folder / "mapping.json"
        path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))

    def sales(self, verb: str, *options: str, code: int = 0) -> str:
        files = (str(self.folder / "till.csv"), "-m", str(self.folder / "mapping.json"))
        return self.minori("sales", verb, *files, *options, code=code)

    def free_g(self, lot: str) -> int:
        """Return what is still for sale of a lot, as its own record says."""
        shown = json.loads(self.minori("query", "lot", lot))
        (holding,) = shown["holdings"]
        return holding["held_g"]


@pytest.fixture
async def shop(tmp_path, monkeypatch):
    town = Town.create()
    async with embedded_stage(tmp_path, town) as stage:
        home = tmp_path / "home"
        home.mkdir()
        write_keys(town, home, gateway=stage.url)
        monkeypatch.setenv("MINORI_HOME", str(home))
        owner = town.people["farm-a"].party
        item = {
            "crop": "carrot",
            "owner": owner,
            "unit_g": 500,
            "name": "にんじん",
            "farm": "農家A",
        }
        mapping = {
            "till": "レジ1",
            "date": "日付",
            "receipt": "伝票番号",
            "item": "商品コード",
            "count": "数量",
            "items": {"1001": item},
        }
        (home / "mapping.json").write_text(json.dumps(mapping))
        yield Shop(stage, home)


@pytest.fixture
def lot(shop):
    """Return a lot of which 10 kg are at the shop."""
    return bring(shop)


def bring(shop):
    """Bring 10 kg of a farm's carrots to the shop, and return the lot."""
    plot = f"plot={shop.stage.town.plots['farm-a']}"
    words = ("lot.harvest", plot, "crop=carrot", "quantity_g=12kg", "estimated=false")
    result = CliRunner().invoke(app, ["submit", *words, "-k", "farm-a"])
    made = re.search(r"^lot +(\w{20})$", result.output, re.MULTILINE)[1]
    farm = shop.stage.town.people["farm-a"].party
    shop.minori("arrive", f"{made}=10kg", "--producer", farm, "--crop", "carrot")
    return made


def test_of_a_delivery_what_was_shipped_is_received_and_not_booked_twice(shop):
    plot = f"plot={shop.stage.town.plots['farm-a']}"
    words = ("lot.harvest", plot, "crop=carrot", "quantity_g=12kg", "estimated=false")
    harvest = CliRunner().invoke(app, ["submit", *words, "-k", "farm-a"])
    lot = re.search(r"^lot +(\w{20})$", harvest.output, re.MULTILINE)[1]
    party = shop.stage.town.people["shop-a"].party
    for quantity in ("7kg", "1kg", "1kg"):
        sent = (f"lot={lot}", f"recipient={party}", f"quantity_g={quantity}", "consigned=true")
        CliRunner().invoke(app, ["submit", "lot.ship", *sent, "-k", "farm-a"])
        if quantity == "7kg":
            farm = shop.stage.town.people["farm-a"].party
            arrive = ("arrive", f"{lot}=7kg", "--producer", farm, "--crop", "carrot")
            assert "received shipment" in shop.minori(*arrive)
            assert shop.free_g(lot) == 7_000
    own = json.loads(CliRunner().invoke(app, ["query", "lot", lot, "-k", "farm-a"]).output)
    assert {one["held_g"] for one in own["holdings"]} >= {3_000}
    assert "several shipments are on their way" in shop.minori(*arrive, code=1)
    assert Key.load(shop.key).queue == []


def test_check_shows_what_an_import_books_and_books_nothing(shop, lot):
    shop.write(*ROWS)
    before = shop.key.read_bytes()
    output = shop.sales("check", code=1)
    assert f"{lot}      2,500 g" in output
    assert "2 sales of 2,500 g to book" in output
    assert (
        "4 rows = 2 to book + 0 booked before + 0 to enter by hand + 2 refused + 0 passed over"
    ) in output
    assert re.search(r"[\d,]+ g read = 2,500 g to book \+ 0 g booked before \+ [\d,]+ g", output)
    assert "row 3: the date can't be read: “2026/04/31”" in output
    assert re.search(r"row 5: [\d,]+ g of [\d,]+ g more than is in stock", output)
    assert "にんじん 農家A (1001)" in output
    assert "日付が読めません" in shop.sales("check", "--lang", "ja", code=1)
    assert shop.free_g(lot) == 10_000
    assert shop.key.read_bytes() == before


def test_an_import_books_each_line_once_and_a_mended_row_later(shop, lot):
    shop.write(*ROWS)
    assert "2 accepted" in shop.sales("import", code=1)
    assert shop.free_g(lot) == 7_500
    again = shop.sales("import", code=1)
    assert "4 rows = 0 to book + 2 booked before" in again
    shop.write(ROWS[0], f"{TODAY},10002,1001,1", ROWS[2])
    mended = shop.sales("import")
    assert "3 rows = 1 to book + 2 booked before + 0 to enter by hand + 0 refused" in mended
    assert shop.free_g(lot) == 7_000
    assert Key.load(shop.key).queue == []


def test_an_import_cut_off_before_its_answer_books_nothing_twice(shop, lot, monkeypatch):
    shop.write(ROWS[0])
    send = Client.send

    def cut_off(client, wires):
        send(client, wires)
        raise ApiError("connection lost")

    monkeypatch.setattr(Client, "send", cut_off)
    assert "still waiting" in shop.sales("import", code=1)
    monkeypatch.setattr(Client, "send", send)
    again = shop.sales("import")
    assert "1 rows = 0 to book + 1 booked before" in again
    assert shop.free_g(lot) == 8_500


def test_a_line_whose_sale_was_corrected_is_told_until_what_is_shown_books_it(shop, lot):
    shop.write(ROWS[0])
    shop.sales("import")
    shop.minori("submit", "lot.correct_outflow", f"lot={lot}", "reason=typing", "quantity_g=0")
    assert shop.free_g(lot) == 10_000
    told = shop.sales("import", code=1)
    assert "booked with 1,500 g, and corrected to 0 g; the file says 1,500 g" in told
    assert "1 rows = 0 to book + 0 booked before + 0 to enter by hand + 1 refused" in told
    assert "0gに訂正されています" in shop.sales("check", "--lang", "ja", code=1)
    assert shop.free_g(lot) == 10_000
    (typed,) = re.findall(r"minori (submit lot\.sell [^—]*[^—\s])", told)
    shop.minori(*typed.split())
    assert "1 rows = 0 to book + 1 booked before" in shop.sales("import")
    assert shop.free_g(lot) == 8_500


def test_refused_rows_are_a_file_to_mend_and_import_itself(shop, lot):
    shop.write(*ROWS)
    path = shop.folder / "refused.csv"
    output = shop.sales("import", "--refused", str(path), "--lang", "ja", code=1)
    assert "4行 = 記録する2 + 記録済み0 + 手で記録する0 + 受け付けない2 + 数えない0" in output
    assert "3行目: 日付が読めません" in output
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert rows[0] == ["元の行", "理由", "品と農家", *HEADINGS.split(",")]
    assert [row[0] for row in rows[1:]] == ["3", "5"]
    assert rows[1][2:] == ["にんじん 農家A (1001)", "2026/04/31", "10002", "1001", "1"]
    mended = path.read_text("utf-8-sig").replace("2026/04/31", TODAY).replace("1001,99", "1001,4")
    (shop.folder / "till.csv").write_text(mended, encoding="utf-8")
    assert "2 rows = 2 to book" in shop.sales("import")
    assert shop.free_g(lot) == 5_000
    shop.write(*(row.replace("2026/04/31", TODAY).replace(",99", ",4") for row in ROWS))
    assert "4 rows = 0 to book + 4 booked before" in shop.sales("import")
    assert shop.free_g(lot) == 5_000


def test_a_file_whose_rows_are_unknown_books_nothing(shop, lot):
    shop.write(ROWS[0], f'{TODAY},10002,1001,"1', ROWS[2])
    assert "row 3: a quote is never closed" in shop.sales("import", code=1)
    assert "引用符" in shop.sales("import", "--lang", "ja", code=1)
    assert shop.free_g(lot) == 10_000


def test_a_mapping_may_call_goods_by_name_and_an_unknown_name_is_told(shop, lot):
    owner = shop.stage.town.people["farm-a"].party
    shop.write(ROWS[0])
    shop.map(items={"1001": {"crop": "ニンジン", "owner": owner, "unit": "袋", "unit_g": 500}})
    assert "1 accepted" in shop.sales("import")
    assert shop.free_g(lot) == 8_500
    shop.map(items={"1001": {"crop": "carrot", "owner": "だれか", "unit_g": 500}})
    assert "品の持ち主（owner）=だれか" in shop.sales("check", "--lang", "ja", code=1)


def test_what_is_typed_for_a_sale_cancelled_later_takes_it_back(shop, lot):
    headings = f"{HEADINGS},区分"
    shop.map(kinds=[{"column": "区分", "sale": ["売上"], "void": ["取消"]}])
    shop.write(f"{TODAY},10001,1001,3,売上", headings=headings)
    shop.sales("import")
    shop.write(f"{TODAY},10001,1001,3,取消", headings=headings)
    output = shop.sales("import", code=1)
    assert "1 to enter by hand" in output
    typed = re.search(r"minori submit (lot\.correct_outflow [^;—]+)", output)[1].split()
    assert "accepted" in shop.minori("submit", *typed)
    assert shop.free_g(lot) == 10_000


def test_a_sale_is_dated_by_the_till_and_marked_when_it_comes_late(shop, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: now - 30 * 86_400)
    now = datetime.now(UTC).timestamp()
    bring(shop)
    monkeypatch.undo()
    monkeypatch.setenv("MINORI_HOME", str(shop.folder))
    shop.write(ROWS[0].replace(TODAY, day_before(20)))
    assert "1 accepted" in shop.sales("import")
    sale = json.loads(shop.minori("query", "command", Key.load(shop.key).device.prev))
    assert sale["payload"]["event_time"] == f"{day_before(20).replace('/', '-')}T14:59:59Z"
    assert "late" in sale["flags"]


def test_the_remainder_is_what_is_neither_left_nor_thrown_away(shop, lot):
    owner = shop.stage.town.people["farm-a"].party
    words = (f"lot={lot}", "reason=spoiled", "quantity_g=1kg", f"owner={owner}")
    assert "accepted" in shop.minori("submit", "lot.discard", *words)
    output = shop.minori("sales", "remainder", f"{lot}=2.4kg")
    assert re.search(rf"{lot} +6,600 g sold", output)
    assert shop.free_g(lot) == 2_400
    same = shop.minori("sales", "remainder", f"{lot}=2.4kg")
    assert "sold" not in same
    for wrong, said in (
        (lot, "write LOT=MASS"),
        (f"{lot}=3kg", f"{lot}: 3000 g left, and on record are only 2400 g"),
        (f"{'0' * 20}=1kg", f"{'0' * 20}: nothing of it is in stock"),
    ):
        assert said in shop.minori("sales", "remainder", wrong, code=1)
    assert shop.free_g(lot) == 2_400


@pytest.mark.parametrize("command", ["remainder", "arrive"])
def test_a_lot_named_twice_is_refused_and_nothing_is_signed(shop, lot, command):
    farm = shop.stage.town.people["farm-a"].party
    words = {
        "remainder": ("sales", "remainder", f"{lot}=9kg", f"{lot.lower()}=2kg"),
        "arrive": ("arrive", f"{lot}=1kg", f"{lot}=1kg", "--producer", farm, "--crop", "carrot"),
    }
    before = shop.key.read_bytes()
    assert f"{lot} is named twice" in shop.minori(*words[command], code=1)
    assert shop.key.read_bytes() == before
    assert shop.free_g(lot) == 10_000


@pytest.mark.usefixtures("lot")
def test_what_is_wrong_with_the_files_is_one_sentence(shop):
    shop.write()
    mapping = shop.folder / "mapping.json"
    mapping.write_text('{"till": ""}')
    output = shop.sales("check", code=1)
    assert re.search(r"mapping\.json can.t be used: till: ", output)
    mapping.unlink()
    assert "mapping.json" in shop.sales("check", code=1)
    (shop.folder / "till.csv").unlink()
    for verb in ("check", "import"):
        assert "Traceback" not in shop.sales(verb, code=1)


@pytest.mark.usefixtures("lot")
def test_a_crop_misspelt_in_the_mapping_is_asked_back_and_nothing_is_signed(shop):
    path = shop.folder / "mapping.json"
    written = json.loads(path.read_text())
    for item in written["items"].values():
        item["crop"] = "carot"
    path.write_text(json.dumps(written))
    shop.write(*ROWS)
    before = shop.key.read_bytes()
    said = shop.sales("import", code=1)
    assert "the town has no crop carot; did you mean: carrot" in said
    assert "add --yes" in said
    assert shop.key.read_bytes() == before
    assert "did you mean: carrot" in shop.sales("check", code=1)
    assert "stopped" not in shop.sales("import", "--yes", code=1)
