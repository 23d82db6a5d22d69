"""A till's file: its encodings, dates and amounts, and what is said of rows that are wrong."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pos import FileError
from tests.gateway.pos.making import HEADINGS, LOT, SHOP, file, keys, read, told, widened

GOOD = "2026/04/15,10001,1001,3"
OTHER = "2026/04/15,10002,1002,1"


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_file_reads_alike_however_it_is_written(encoding, newline, delimiter):
    content = "".join(row + newline for row in (HEADINGS, GOOD)).replace(",", delimiter)
    (line,) = read(content.encode(encoding)).lines
    assert (line.entry.row, line.entry.day, line.entry.count) == (2, "2026-04-15", 3)
    assert (line.quantity_g, line.entry.item.crop, line.entry.lot) == (900, "carrot", None)
    assert line.key == read(file(GOOD)).lines[0].key


@pytest.mark.parametrize(
    ("content", "row", "kind"),
    [
        (b"", 1, "file.no_column"),
        (b"\xef\xbb\xbf", 1, "file.no_column"),
        (b"\r\n", 1, "file.no_column"),
        (b"\xff\xfe\x00\x00\x00\x00", 1, "file.encoding"),
        (file(headings="日付,商品コード,数量"), 1, "file.no_column"),
        (file(headings=HEADINGS + ",数量"), 1, "file.column_twice"),
        (file(GOOD, '2026/04/15,10002,"1001,3', OTHER), 3, "file.quote_open"),
        (file(GOOD, '2026/04/15,10002,1001,"3', OTHER, '2026/04/15,10003,1001,3"'), 3, "file."),
        (file(GOOD, '2026/04/15,10002,"1001"x,3', OTHER), 3, "file.text_after_quote"),
        (file(GOOD, '"2026/04/15,"10002","1001","3"', OTHER), 3, "file.text_after_quote"),
        (file(GOOD, '2026/04/15,10002",1001,3', OTHER), 3, "file.quote_inside"),
        (file(GOOD, ' "2026/04/15",10002,1001,3', OTHER), 3, "file.quote_inside"),
        (file('"売上,明細"', "", GOOD, '"', headings=HEADINGS), 5, "file.quote_open"),
    ],
)
def test_of_a_file_whose_rows_are_unknown_nothing_is_read_and_the_row_is_named(content, row, kind):
    with pytest.raises(FileError) as raised:
        read(content)
    assert (raised.value.row, raised.value.kind.startswith(kind)) == (row, True)
    assert str(row) in raised.value.say("ja") or row == 1


def test_a_quote_that_closes_rows_later_is_named_where_it_opens():
    rows = ['2026/04/15,10002,1001,3,"memo', f"{GOOD},x", '2026/04/15,10003,1001,1,memo"']
    with pytest.raises(FileError, match="row 2: 3 lines stand in one pair of quotes"):
        read(file(*rows, headings=HEADINGS + ",備考"))


def test_what_quotes_are_for_is_read():
    rows = [
        '"2026/04/15","10001","1001","1,200","a ""b"", c"',
        '2026/04/15,10002,="01001",3,"two\nlines"',
        '2026/04/15,10003,"=""1001""",3,',
    ]
    lines = read(file(*rows, headings=HEADINGS + ",備考")).lines
    assert [line.entry.count for line in lines] == [1_200, 3, 3]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("2026/04/15,10001,1001,1,200", "row.cells"),
        ("2026/04/15,10001,1001,3,", "row.cells"),
        ("2026/04/15,10001,1001", "row.cells"),
        ("2026/04/15", "row.cells"),
        ("2026/04/15,100\x0001,1001,3", "row.control"),
        ("2026/04/15,10001,1001,3\x1a", "row.control"),
        ("2026/04/15,10001\r,1001,3", "row.bare_cr"),
        ("2026/04/15,10001,1001,3\r2026/04/15,10009,1001,3", "row.bare_cr"),
        ("\ufeff2026/04/15,10001,1001,3", "row.mark_inside"),
        ("2026/02/30,10001,1001,3", "row.date"),
        ("2026/04/15(月),10001,1001,3", "row.date"),
        ("昨日,10001,1001,3", "row.date"),
        ("04/15,10001,1001,3", "row.date"),
        ("26/04/15,10001,1001,3", "row.date"),
        (",10001,1001,3", "row.date"),
        ("10:30,10001,1001,3", "row.date"),
        ("2026/04/17,10001,1001,3", "row.future"),
        ("2026-04-16T23:00:00Z,10001,1001,3", "row.future"),
        ("2062/04/15,10001,1001,3", "row.future"),
        ("2026/04/15,,1001,3", "row.no_receipt"),
        ("2026/04/15,1.23E+11,1001,3", "row.shortened"),
        ("2026/04/15,10001,,3", "row.no_item"),
        ("2026/04/15,10001,9999,3", "row.unknown_item"),
        ("2026/04/15,10001,4.9E+12,3", "row.shortened"),
        ("2026/04/15,10001,4.90123E+12,3", "row.shortened"),
        ("2026/04/15,10001,4901234567890,3", "row.check_digit"),
        ("2026/04/15,10001,1001,0", "row.count"),
        ("2026/04/15,10001,1001,1.5", "row.count"),
        ("2026/04/15,10001,1001,3\u00b2", "row.count"),
        ("2026/04/15,10001,1001,1\u00bd", "row.count"),
        ("2026/04/15,10001,2001,1\u00bdkg", "row.mass"),
        ("2026/04/15,10001,1001,1000000", "row.count"),
        ("2026/04/15,10001,1001,", "row.count"),
        ("2026/04/15,10001,1001,3袋入り", "row.count"),
        ('2026/04/15,10001,1001,"12,00"', "row.count"),
        ("2026/04/15,10001,2001,0", "row.mass"),
        ("2026/04/15,10001,2001,0.0005", "row.mass"),
        ("2026/04/15,10001,2001,一キロ", "row.mass"),
        ('2026/04/15,10001,2001,"1,200"', "row.comma"),
        ('2026/04/15,10001,2001,"0,350"', "row.comma"),
        ('2026/04/15,10001,2001,"1,200kg"', "row.comma"),
        ('2026/04/15,10001,2001,"0,350g"', "row.comma"),
        ("2026/04/15,10001,1001,-3", "row.negative"),
        ("2026/04/15,10001,1001,△3", "row.negative"),
    ],
)
def test_a_wrong_row_is_told_by_its_number_and_stops_no_other(row, kind):
    reading = read(file(OTHER, row, "2026/04/15,10002,1001,1", encoding="utf-8"))
    assert [line.entry.row for line in reading.lines] == [2, 4]
    assert told(reading.refused) == [(3, kind)]
    (refused,) = reading.refused
    assert refused.say("ja") != refused.say("en")
    assert refused.cells


def test_what_cannot_be_decoded_is_its_rows_alone():
    for encoding, bad in (("utf-8", b"\x93"), ("cp932", b"\x93\x20"), ("utf-8", b"\xe3\x81")):
        rows = (OTHER, "2026/04/15,1?1,1001,3", "2026/04/15,10002,1001,1")
        content = file(*rows, encoding=encoding).replace(b"?", bad)
        reading = read(content)
        assert [line.entry.row for line in reading.lines] == [2, 4]
        assert told(reading.refused) == [(3, "row.undecodable")]
    cut = read(file(OTHER, GOOD, encoding="utf-16", newline="\n")[:-1] + b"")
    assert told(cut.refused) == [(3, "row.undecodable")]


@pytest.mark.parametrize("encoding", ["euc_jp", "euc_jis_2004", "iso2022_jp", "iso2022_jp_2004"])
@pytest.mark.parametrize(
    "text",
    [
        f"{HEADINGS}\n{GOOD}\n",
        f"date,receipt,item,count,name\n{GOOD},にんじん\n",
        f"date,receipt,item,count,name\n{GOOD},ニンジン\n",
        f"date,receipt,item,count,name\n{GOOD},大根\n{OTHER},新米\n",
        f"売上日,レシートNo,行,商品コード,商品名,数量,区分\n{GOOD},朝採り、「特」\n",
        f"直売所 売上明細\n{HEADINGS}\n{GOOD},",
        f"{HEADINGS},商品名\n{GOOD},トマト 農家Ａ\n",
    ],
)
def test_other_encodings_of_japanese_are_refused_by_name_with_what_to_do(encoding, text):
    with pytest.raises(FileError) as raised:
        read(text.encode(encoding))
    name = "EUC-JP" if encoding.startswith("euc") else "ISO-2022-JP"
    kind = "file.encoding_named_euc" if name == "EUC-JP" else "file.encoding_named"
    assert (raised.value.row, raised.value.kind) == (1, kind)
    for language in ("ja", "en"):
        assert all(one in raised.value.say(language) for one in (name, "UTF-8", "CP932"))


@pytest.mark.parametrize(("encoding", "name"), [("euc_jp", "EUC"), ("iso2022_jp_ext", "ISO-2022")])
def test_half_width_kana_in_other_encodings_are_refused_by_name(encoding, name):
    with pytest.raises(FileError, match=f"in {name}.*save it as UTF-8"):
        read(file(f"{GOOD},ﾄﾏﾄ", headings=HEADINGS + ",名", encoding=encoding))


def test_a_broken_byte_makes_no_other_encoding():
    rows = [f"{GOOD},にんじん"] * 9
    with pytest.raises(FileError, match="in EUC-JP"):
        read(file(*rows, encoding="euc_jp").replace("数".encode("euc_jp"), b"\xbf", 1))


@given(st.text("アイカキタトハホマンｱｲｶｷｻﾀﾄﾊﾎﾏﾝﾞﾟｰにんじん人参米薯蕪、「」・①㈱髙﨑", max_size=20))
def test_what_is_in_an_encoding_that_is_read_is_never_taken_for_another(typed):
    """A till's own half-width kana too: `typed` stands beside headings that EUC-JP can't hold."""
    for encoding in ("cp932", "utf-8", "utf-16"):
        reading = read(file(f"{GOOD},{typed}", headings=HEADINGS + ",名", encoding=encoding))
        assert len(reading.lines) == 1


@pytest.mark.parametrize("name", ["ﾆﾝｼﾞﾝ1", "ﾄﾏﾄ", "ｻﾄｲﾓ", "ﾀﾞｲｺﾝ ﾊ", "ﾋﾟｰﾏﾝ", "ｺﾏﾂﾅ", "｢ﾄｸ｣ ﾅｽ"])
@pytest.mark.parametrize("heading", ["ﾋﾅ", "ﾋﾂﾞｹ", "ﾋﾅﾊ"])
def test_half_width_kana_alone_are_cp932(name, heading):
    """Where every word is of an even number of bytes, once the mapping has said so."""
    content = file(f"{GOOD},{name}", headings=f"{heading},no,item,count,name")
    is_even = not any(
        len(kana) % 2 for kana in re.findall("[\uff61-\uff9f]+", heading + "," + name)
    )
    columns = {"date": heading, "receipt": "no", "item": "item", "count": "count", "name": "name"}
    if is_even:
        with pytest.raises(FileError, match="can't be told"):
            read(content, **columns)
    reading = read(content, **columns, encoding="cp932" if is_even else None)
    assert [line.entry.row for line in reading.lines] == [2]


def test_goods_and_farm_are_named():
    rows = ("2026/04/15,1,2001,x,里芋", "2026/04/15,2,1001,x,", "2026/04/15,3,77,1,たまご")
    reading = read(file(*rows, headings=HEADINGS + ",商品名"), name="商品名")
    assert [one.goods.say() for one in reading.refused] == [
        "さといも 農家B (2001)",
        "にんじん F4M9X2B0KTD7 (1001)",
        "たまご (77)",
    ]


@pytest.mark.parametrize(
    "date",
    [
        *("2026-04-15", "2026/4/15", "2026.4.15", "20260415", "2026年4月15日", "R8.4.15"),
        *("令和8年4月15日", "2026/04/15 10:23", "2026-04-15T10:23:45", "2026年04月15日（水）"),
        *("46127", "2026-04-14T20:00:00Z", "2026-04-15T00:30:00+09:00", "15 Apr 2026"),
    ],
)
def test_a_date_is_read_as_tills_and_workbooks_write_it(date):
    (line,) = read(file(f"{date},10001,1001,3")).lines
    assert line.entry.day == "2026-04-15"
    assert line.key == read(file(GOOD)).lines[0].key


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("3", 3),
        ("3.0", 3),
        (widened("3"), 3),
        ('"1,200"', 1_200),
        ("3個", 3),
        ("3 点", 3),
        (" 3 ", 3),
    ],
)
def test_a_count_is_read_as_workbooks_write_it(count, expected):
    (line,) = read(file(f"2026/04/15,10001,1001,{count}", encoding="utf-8")).lines
    assert (line.entry.count, line.quantity_g) == (expected, expected * 300)


@pytest.mark.parametrize(
    ("mass", "grams"),
    [
        *(("0.35", 350), ("1", 1_000), ("350g", 350), ("0.350kg", 350), ('"1,200g"', 1_200)),
        *(("1.25 kg", 1_250), (widened("0.35") + "キロ", 350)),
    ],
)
def test_what_is_sold_by_weight_is_read_in_its_unit(mass, grams):
    (line,) = read(file(f"2026/04/15,10001,2001,{mass}", encoding="utf-8")).lines
    assert (line.entry.count, line.quantity_g) == (None, grams)
    headings = HEADINGS + ",重量"
    (line,) = read(
        file(f"2026/04/15,10001,2001,1,{mass}", headings=headings, encoding="utf-8"), mass="重量"
    ).lines
    assert line.quantity_g == grams


@pytest.mark.parametrize("code", ["1001", "01001", widened("001001"), "'01001", " 1001 ", '"1001"'])
def test_item_codes_and_receipts_are_compared_as_people_read_them(code):
    (line,) = read(file(f"2026/04/15,0010001,{code},3", encoding="utf-8")).lines
    assert line.key == read(file(GOOD)).lines[0].key


def test_the_mappings_own_codes_are_read_alike():
    items = {widened("0004901234567894"): {"crop": "carrot", "unit_g": 300}}
    (line,) = read(file("2026/04/15,1,4901234567894,3"), items=items).lines
    assert line.entry.code == "4901234567894"


def test_titles_blank_rows_totals_and_headings_again_are_told_and_not_booked():
    rows = ("", "直売所 売上明細", ",,,", HEADINGS, GOOD, "", HEADINGS, OTHER)
    content = file(*rows, "小計,,,4", '合計,,,"1,200"', ",総合計,,4,", headings="期間:4月")
    reading = read(content)
    assert [line.entry.row for line in reading.lines] == [6, 9]
    assert told(reading.passed) == [
        *((1, "passed.titles"), (3, "passed.titles"), (8, "passed.headings")),
        *((10, "passed.total"), (11, "passed.total"), (12, "passed.total")),
    ]
    assert reading.refused == ()


def test_goods_called_total_are_goods():
    assert told(read(file("2026/04/15,1,合計,3")).refused) == [(2, "row.unknown_item")]


def test_what_is_not_the_ledgers_is_passed_over_and_told():
    reading = read(file("2026/04/15,1,0900,3", "x,1,900,x"), ignored=["900"])
    assert told(reading.passed) == [(2, "passed.ignored"), (3, "passed.ignored")]


def test_a_day_without_sales_is_no_error():
    assert read(file()).rows == 0


def test_full_width_cells_are_read():
    reading = read(file(widened(GOOD), encoding="utf-8"))
    assert keys(reading) == keys(read(file(GOOD)))


def test_a_lot_is_known_by_the_item_or_by_its_own_column():
    (line,) = read(file("2026/04/15,10001,1003,3")).lines
    assert line.entry.lot == LOT
    headings = HEADINGS + ",ロット"
    rows = (f"{GOOD},{'7' * 20}", "2026/04/15,10002,1003,1,", f"{GOOD},abc")
    reading = read(file(*rows, headings=headings), lot="ロット")
    assert [line.entry.lot for line in reading.lines] == ["7" * 20, LOT]
    assert told(reading.refused) == [(4, "row.lot")]


def test_a_key_is_bound_to_shop_till_and_register():
    headings = HEADINGS + ",レジ"
    found = [
        read(file(GOOD)),
        read(file(GOOD), till="レジ2"),
        read(file(GOOD), party="T4M9X2B0KTD7"),
        read(file(f"{GOOD},1", headings=headings), register="レジ"),
        read(file(f"{GOOD},2", headings=headings), register="レジ"),
    ]
    assert len({line.key for reading in found for line in reading.lines}) == 5
    assert SHOP != "T4M9X2B0KTD7"
