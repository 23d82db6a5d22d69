"""A till's file: its encodings, its dates and counts, and what is said of rows that are wrong."""

import pytest

from gateway.pos import read_lines
from tests.gateway.pos.making import HEADINGS, LOT, SHOP, file, mapping

GOOD = "2026/04/15,10001,1001,3"


def read(content, **changes):
    return read_lines(content, mapping(**changes), party=SHOP)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_a_file_reads_alike_in_every_encoding(encoding, newline):
    (line,), errors = read(file(GOOD, encoding=encoding, newline=newline))
    assert errors == []
    assert (line.row, line.day, line.count, line.quantity_g) == (2, "2026-04-15", 3, 900)
    assert (line.item.crop, line.lot) == ("carrot", None)
    (same,), _ = read(file(GOOD))
    assert line.key == same.key


def test_what_is_neither_encoding_is_one_error_of_the_file():
    lines, (error,) = read(b"\xff\xfe\x00\x81")
    assert (lines, error.row) == ([], 0)
    assert "CP932" in error.en


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n"])
def test_an_empty_file_lacks_its_columns(content):
    lines, (error,) = read(content)
    assert (lines, error.row) == ([], 1)


def test_a_day_without_sales_is_no_error():
    assert read(file()) == ([], [])


def test_what_is_no_csv_file_is_one_error():
    lines, (error,) = read(file("x" * 200_000))
    assert (lines, error.row, error.en) == ([], 0, "not a CSV file")


def test_more_or_fewer_cells_than_headings_are_no_matter():
    (line,), errors = read(file(f"{GOOD},more,and more", "2026/04/15"))
    assert (line.count, [error.row for error in errors]) == (3, [3])


def test_a_missing_column_is_named():
    lines, (error,) = read(file("2026/04/15,1001,3", headings="日付,商品コード,数量"))
    assert (lines, error.row, error.en) == ([], 1, "no column 伝票番号")


@pytest.mark.parametrize(
    "date",
    [
        "2026-04-15",
        "2026/4/15",
        "2026.4.15",
        "20260415",
        "2026年4月15日",
        "R8.4.15",
        "令和8年4月15日",
    ],
)
def test_a_date_is_read_as_tills_write_it(date):
    (line,), _ = read(file(f"{date},10001,1001,3"))
    assert line.day == "2026-04-15"


def test_full_width_digits_and_spaces_are_read():
    digits = str.maketrans({digit: chr(ord(digit) + 0xFEE0) for digit in "0123456789/"})
    (line,), errors = read(file("2026/04/15, 10001 ,1001,3".translate(digits)))
    assert errors == []
    (narrow,), _ = read(file(GOOD))
    assert (line.key, line.count) == (narrow.key, 3)


def test_the_first_year_of_an_era_may_be_called_so():
    (line,), _ = read(file("令和元年5月1日,10001,1001,3"))
    assert line.day == "2019-05-01"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026/02/30,10001,1001,3", "not a date: 2026/02/30"),
        ("昨日,10001,1001,3", "not a date: 昨日"),
        (",10001,1001,3", "not a date: "),
        ("2026/04/15,,1001,3", "no receipt number"),
        ("2026/04/15,10001,9999,3", "unknown item code: 9999"),
        ("2026/04/15,10001,1001,0", "not a count sold: 0"),
        ("2026/04/15,10001,1001,-2", "not a count sold: -2"),
        ("2026/04/15,10001,1001,1.5", "not a count sold: 1.5"),
        ("2026/04/15,10001,1001,1000000", "not a count sold: 1000000"),
        ("2026/04/15,10001,1001", "not a count sold: "),
    ],
)
def test_a_wrong_row_is_told_by_its_number_and_stops_no_other(row, said):
    lines, (error,) = read(file(GOOD, row, "2026/04/15,10002,1001,1"))
    assert [line.row for line in lines] == [2, 4]
    assert (error.row, error.en) == (3, said)
    assert error.ja != error.en


def test_empty_rows_are_passed_over_and_counted():
    lines, errors = read(file(",,,", GOOD, "", ",,,", "2026/04/15,x,1001,"))
    assert [line.row for line in lines] == [3]
    assert [error.row for error in errors] == [6]


def test_lines_of_one_receipt_are_counted_where_they_have_no_number():
    lines, _ = read(file(GOOD, GOOD, "2026/04/15,10002,1001,3"))
    assert len({line.key for line in lines}) == 3


def test_mending_a_wrong_row_changes_no_other_lines_key():
    spoiled, _ = read(file(GOOD, "2026/04/15,10001,9999,1", GOOD))
    mended, _ = read(file(GOOD, "2026/04/15,10001,1002,1", GOOD))
    assert [line.key for line in spoiled] == [mended[0].key, mended[2].key]


def test_a_lines_own_number_names_it_wherever_it_stands():
    headings = "日付,伝票番号,行,商品コード,数量"
    rows = ["2026/04/15,10001,1,1001,3", "2026/04/15,10001,2,1002,1"]
    forth, _ = read(file(*rows, headings=headings), line="行")
    back, _ = read(file(*reversed(rows), headings=headings), line="行")
    assert [line.key for line in forth] == [line.key for line in reversed(back)]


def test_a_key_is_bound_to_shop_and_till():
    (line,), _ = read(file(GOOD))
    (other_till,), _ = read(file(GOOD), till="レジ2")
    (other_shop,), _ = read_lines(file(GOOD), mapping(), party="T4M9X2B0KTD7")
    assert len({line.key, other_till.key, other_shop.key}) == 3


def test_a_lot_is_known_by_the_item_or_by_its_own_column():
    (line,), _ = read(file("2026/04/15,10001,1003,3"))
    assert line.lot == LOT
    headings = HEADINGS + ",ロット"
    rows = (f"{GOOD},{'7' * 20}", "2026/04/15,10002,1003,1,", f"{GOOD},abc", f"{GOOD},{'i' * 20}")
    lines, errors = read(file(*rows, headings=headings), lot="ロット")
    assert [line.lot for line in lines] == ["7" * 20, LOT]
    assert [(error.row, error.en) for error in errors] == [
        (4, "not a lot's number: ABC"),
        (5, f"not a lot's number: {'I' * 20}"),
    ]
