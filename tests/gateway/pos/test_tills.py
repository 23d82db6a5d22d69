"""Files as tills of many kinds export them: guessed, mapped and read; the invented, not copied."""

from dataclasses import dataclass, field

import pytest

from gateway.pos import FileError, PosMapping, guessing, read_file
from tests.gateway.pos.making import FARM, SHOP, TOWN, told

CARROT = {"crop": "carrot", "owner": FARM, "unit": "bag", "unit_g": 300}
TARO = {"crop": "taro", "owner": FARM, "unit": "kg"}


@dataclass(frozen=True, kw_only=True)
class Till:
    """A till's file: its lines, what a person says beyond what is guessed, and what is found.

    Attributes:
        columns: What the headings are guessed to mean.
        grams: Of the lines that stand, in the file's order.
        told: Rows refused or passed over.
    """

    lines: tuple[str, ...]
    columns: dict[str, str]
    grams: list[int]
    told: list[tuple[int, str]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    said: dict[str, object] = field(default_factory=dict)
    encoding: str = "cp932"


TILLS = {
    "a tablet's till, one row an item": Till(
        lines=(
            "会計ID,会計日時,取引区分,商品ID,商品名,販売価格,数量,備考",
            "A-20260415-0001,2026-04-15 09:12:33,通常会計,1001,にんじん,150,2,",
            'A-20260415-0001,2026-04-15 09:12:33,通常会計,1001,にんじん,150,1,"贈答用, のし"',
            "A-20260415-0002,2026-04-15 09:15:02,取消会計,1001,にんじん,150,4,",
            "A-20260415-0003,2026-04-15 10:00:00,返品会計,1001,にんじん,-150,-1,",
        ),
        columns={
            "date": "会計日時",
            "receipt": "会計ID",
            "item": "商品ID",
            "count": "数量",
            "name": "商品名",
        },
        grams=[600, 300],
        cancelled=[4],
        returned=[5],
        encoding="utf-8-sig",
    ),
    "a cloud till with many columns": Till(
        lines=(
            "取引ID,取引日時,端末ID,取引明細ID,商品コード,商品名,単価,数量,取消区分,合計金額",
            '"10021","2026/04/15 10:01","1","1","0000000001001","人参","150","1","0","150"',
            '"10021","2026/04/15 10:01","1","2","0000000001001","人参","150","1","0","150"',
            '"10021","2026/04/15 10:01","2","1","0000000001001","人参","150","1","0","150"',
            '"10022","2026/04/15 10:05","1","1","0000000001001","人参","150","3","1","450"',
        ),
        columns={
            "date": "取引日時",
            "receipt": "取引ID",
            "line": "取引明細ID",
            "register": "端末ID",
            "item": "商品コード",
            "count": "数量",
            "name": "商品名",
        },
        grams=[300, 300, 300],
        cancelled=[5],
        encoding="utf-8",
    ),
    "an old till of a market, CP932 with titles and totals": Till(
        lines=(
            "売上明細表,,,,",
            "令和8年4月15日から令和8年4月15日,,,,",
            "",
            "年月日,レシートＮＯ,ＪＡＮコード,品名,点数",
            "R8.4.15,0001,4901234567894,ﾆﾝｼﾞﾝ,\uff12",
            "R8.4.15,0002,4901234567894,ﾆﾝｼﾞﾝ,△\uff12",
            "小計,,,,2",
            'R8.4.15,0003,4901234567894,ﾆﾝｼﾞﾝ,"1,000"',
            '総合計,,,,"1,002"',
        ),
        columns={
            "date": "年月日",
            "receipt": "レシートＮＯ",
            "item": "ＪＡＮコード",
            "count": "点数",
            "name": "品名",
        },
        grams=[600, 300_000],
        told=[
            *((1, "passed.titles"), (2, "passed.titles")),
            *((6, "row.negative"), (7, "passed.total"), (9, "passed.total")),
        ],
        said={"items": {"4901234567894": CARROT}},
    ),
    "a label machine's sums of the day": Till(
        lines=(
            "販売日\t生産者\t商品コード\t品名\t販売数",
            "2026年4月15日\t12\t1001\tにんじん\t18",
            "2026年4月14日\t12\t1001\tにんじん\t9",
            "2026年4月15日\t13\t9999\tたまご\t4",
        ),
        columns={"date": "販売日", "item": "商品コード", "name": "品名", "count": "販売数"},
        grams=[5_400, 2_700],
        told=[(4, "row.unknown_item")],
        encoding="utf-16",
    ),
    "a scale with a till, semicolons and weights": Till(
        lines=(
            "日付;伝票番号;行番号;品番;品名;重量",
            "20260415;77;1;2001;さといも;0,350",
            "20260415;77;2;2001;さといも;0.350",
            "20260415;77;3;2001;さといも;350g",
            "20260415;78;1;2001;さといも;1.2kg",
        ),
        columns={
            "date": "日付",
            "receipt": "伝票番号",
            "line": "行番号",
            "item": "品番",
            "name": "品名",
            "mass": "重量",
        },
        said={"count": "重量"},
        grams=[350, 350, 1_200],
        told=[(2, "row.comma")],
    ),
    "a till in English": Till(
        lines=(
            "Date,Receipt No.,Line,SKU,Name,Qty,Status",
            "15 Apr 2026,R-1,1,1001,Carrot,2,Completed",
            "15 Apr 2026,R-1,2,1001,Carrot,2,Voided",
            "15 Apr 2026,R-2,1,1001,Carrot,1,Refunded",
        ),
        columns={
            "date": "Date",
            "receipt": "Receipt No.",
            "line": "Line",
            "item": "SKU",
            "name": "Name",
            "count": "Qty",
        },
        said={
            "kinds": [
                {
                    "column": "Status",
                    "sale": ["Completed"],
                    "void": ["Voided"],
                    "return": ["Refunded"],
                }
            ]
        },
        grams=[600],
        cancelled=[3],
        returned=[4],
        encoding="utf-8",
    ),
    "saved again by a spreadsheet": Till(
        lines=(
            "売上日,伝票番号,商品コード,商品名,数量",
            "2026/4/15,1,1001,にんじん,2",
            "2026/4/15,2,4.90123E+12,にんじん,2",
            "46127,3,1001,にんじん,1",
        ),
        columns={
            "date": "売上日",
            "receipt": "伝票番号",
            "item": "商品コード",
            "name": "商品名",
            "count": "数量",
        },
        grams=[600, 300],
        told=[(3, "row.shortened")],
    ),
    "two files joined": Till(
        lines=(
            "売上日,伝票番号,商品コード,数量",
            "2026/04/14,1,1001,2",
            "売上日,伝票番号,商品コード,数量",
            "2026/04/15,1,1001,2",
            "2026/04/14,1,1001,2",
        ),
        columns={"date": "売上日", "receipt": "伝票番号", "item": "商品コード", "count": "数量"},
        said={"identical": "once"},
        grams=[600, 600],
        told=[(3, "passed.headings"), (5, "passed.same")],
    ),
}


@pytest.mark.parametrize("name", TILLS)
def test_a_tills_file_is_guessed_and_read(name):
    till = TILLS[name]
    content = "".join(f"{line}\r\n" for line in till.lines).encode(till.encoding, "replace")
    guess = guessing.guess(content)
    assert guess.columns == till.columns
    values = {"till": "1", "items": {"1001": CARROT, "2001": TARO}, "kinds": guess.kinds}
    known = PosMapping.model_validate(values | till.columns | till.said)
    reading = read_file(content, known, party=SHOP, town=TOWN)
    assert [line.quantity_g for line in reading.lines] == till.grams
    assert sorted(told((*reading.refused, *reading.passed))) == till.told
    assert [line.entry.row for line in reading.cancelled] == till.cancelled
    assert [line.entry.row for line in reading.returned] == till.returned
    assert len({line.key for line in reading.lines}) == len(till.grams)


@pytest.mark.parametrize(
    "content", [b"", b"\r\n\r\n", "ただの文章です。".encode(), b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_tills_file_is_told(content):
    with pytest.raises(FileError):
        guessing.guess(content)
