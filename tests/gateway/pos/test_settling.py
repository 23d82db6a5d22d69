"""Lines are known by what they are, never by their place; what is taken back is told."""

import random

import pytest

from gateway.pos import PosMapping
from tests.gateway.pos.making import HEADINGS, ITEMS, file, keys, read, told, widened

BAG = "2026/04/15,10001,1001,1"
LINED = "日付,伝票番号,行,商品コード,数量"
KINDS = [{"column": "区分", "sale": ["売上"], "void": ["取消"], "return": ["返品"]}]


def of_kind(*rows, **changes):
    return read(file(*rows, headings=HEADINGS + ",区分"), kinds=KINDS, **changes)


def test_rows_alike_without_line_numbers_are_refused_until_the_mapping_says_what_they_are():
    rows = (BAG, "2026/04/15,10002,1001,1", BAG.replace("1001,1", "01001,1.0"))
    refused = read(file(*rows))
    assert told(refused.refused) == [(2, "row.identical"), (4, "row.identical")]
    assert "rows 4" in refused.refused[0].say("en")
    counted = read(file(*rows), identical="count")
    assert [line.entry.row for line in counted.lines] == [2, 3, 4]
    assert len(keys(counted)) == 3
    once = read(file(*rows), identical="once")
    assert [line.entry.row for line in once.lines] == [2, 3]
    assert told(once.passed) == [(4, "passed.same")]


def test_rows_alike_are_known_by_their_place_among_those_alike():
    counted = read(file(BAG, BAG, BAG), identical="count")
    fewer = read(file(BAG, BAG), identical="count")
    assert keys(fewer).keys() < keys(counted).keys()


def test_a_line_number_names_a_line_wherever_it_stands_and_twice_it_counts_once():
    rows = ["2026/04/15,10001,1,1001,3", "2026/04/15,10001,2,1001,3"]
    forth = read(file(*rows, rows[0].replace(",1,", ",01,"), headings=LINED), line="行")
    back = read(file(*reversed(rows), headings=LINED), line="行")
    assert keys(forth) == keys(back)
    assert told(forth.passed) == [(4, "passed.same")]


def test_one_line_number_for_two_goods_is_refused_on_both_rows():
    rows = ["2026/04/15,10001,1,1001,3", "2026/04/15,10001,1,1002,3", "2026/04/15,10001,,1002,3"]
    reading = read(file(*rows, headings=LINED), line="行")
    assert told(reading.refused) == [
        *((2, "row.same_number"), (3, "row.same_number")),
        (4, "row.no_line"),
    ]


@pytest.mark.parametrize("line", [None, "行"])
def test_sorted_filtered_or_shuffled_a_line_keeps_its_key_and_its_goods(line):
    rows = [
        f"2026/04/{day},{10_000 + receipt},{number},{code},{count}"
        for day in (14, 15)
        for receipt in (1, 2, 3)
        for number, code, count in ((1, "1001", 2), (2, "1002", 1), (3, "1001", 5))
    ]
    whole = keys(read(file(*rows, headings=LINED), line=line))
    assert len(whole) == len(rows)
    for seed in range(20):
        some = random.Random(seed).sample(rows, k=seed % len(rows) + 1)
        part = keys(read(file(*some, headings=LINED), line=line))
        assert part.items() <= whole.items()


def test_a_file_of_sums_of_the_day_has_one_line_a_day_and_item():
    headings = "日付,商品コード,数量"
    rows = ("2026/04/15,1001,18", "2026/04/15,1002,2", "2026/04/14,1001,3")
    reading = read(file(*rows, headings=headings), receipt=None)
    later = read(file("2026/04/15,1001,24", headings=headings), receipt=None)
    assert {line.key for line in later.lines} < {line.key for line in reading.lines}
    twice = read(file(*rows, "2026/04/15,1001,6", headings=headings), receipt=None)
    assert told(twice.refused) == [(2, "row.same_day"), (5, "row.same_day")]


def test_a_row_marked_as_cancelled_is_told_and_not_booked():
    reading = of_kind(f"{BAG},取消", "2026/04/15,10002,1001,1,売上")
    assert [line.entry.row for line in reading.lines] == [3]
    assert [(line.entry.row, line.cancelled_by) for line in reading.cancelled] == [(2, 2)]


@pytest.mark.parametrize(
    ("rows", "standing", "cancelled"),
    [
        ((f"{BAG},売上", f"{BAG[:-1]}-1,売上"), [], [2]),
        ((f"{BAG},売上", f"{BAG[:-1]}-1,取消"), [], [2]),
        ((f"{BAG},取消", f"{BAG[:-1]}-1,取消"), [], [2]),
        ((f"{BAG[:-1]}▲1,取消", f"{BAG},売上"), [], [3]),
        ((f"{BAG},売上", f"{BAG},売上", f"{BAG[:-1]}-1,取消"), [2], [3]),
        ((f"{BAG},売上", f"{BAG},取消", f"{BAG[:-1]}-1,取消"), [2], [3]),
    ],
)
def test_a_row_of_fewer_than_none_takes_back_one_like_it(rows, standing, cancelled):
    reading = of_kind(*rows)
    assert [line.entry.row for line in reading.lines] == standing
    assert [line.entry.row for line in reading.cancelled] == cancelled
    assert reading.refused == ()


def test_a_cancellation_may_name_the_receipt_that_it_is_about():
    headings = HEADINGS + ",元伝票番号"
    rows = (f"{BAG},", "2026/04/16,10009,1001,-1,10001", "2026/04/16,10010,1001,-1,10008")
    reading = read(file(*rows, headings=headings), original="元伝票番号")
    assert [line.entry.row for line in reading.cancelled] == [2]
    assert told(reading.refused) == [(4, "row.negative")]


def test_what_is_taken_back_in_part_is_refused():
    reading = of_kind("2026/04/15,10001,1001,3,売上", f"{BAG[:-1]}-1,取消")
    assert told(reading.refused) == [(3, "row.negative")]
    assert [line.entry.row for line in reading.lines] == [2]


@pytest.mark.parametrize("count", ["1", "-1"])
def test_a_return_is_no_sale_and_no_negative_sale(count):
    reading = of_kind(f"{BAG},売上", f"{BAG[:-1]}{count},返品")
    assert [line.entry.row for line in reading.lines] == [2]
    (returned,) = reading.returned
    assert (returned.entry.row, returned.entry.quantity_g) == (3, 300)
    assert returned.returned_of == (reading.lines[0].key,)


def test_a_kind_that_nobody_has_said_is_refused_by_name():
    (refused,) = of_kind(f"{BAG},訂正").refused
    assert (refused.row, refused.kind) == (2, "row.kind")
    assert "訂正" in refused.say("ja")


def test_two_columns_may_tell_and_a_cancelled_return_is_nothing():
    kinds = [
        {"column": "取消", "sale": ["", "0"], "void": ["1"]},
        {"column": "返品", "sale": ["", "0"], "return": ["1"]},
    ]
    rows = (f"{BAG},,", "2026/04/15,2,1001,1,0,1", "2026/04/15,3,1001,1,1,1")
    reading = read(file(*rows, headings=HEADINGS + ",取消,返品"), kinds=kinds)
    parts = (reading.lines, reading.returned, reading.cancelled)
    assert [[line.entry.row for line in part] for part in parts] == [[2], [3], [4]]


def test_the_mapping_refuses_what_is_not_clear():
    good = {"till": "1", "date": "日付", "item": "商品コード", "count": "数量", "items": ITEMS}
    PosMapping.model_validate(good)
    for wrong in (
        {"line": "行"},
        {"items": {"1": ITEMS["1001"], "01": ITEMS["1002"]}},
        {"items": {"1": ITEMS["1001"]}, "ignored": [widened("1")]},
        {"items": {"4.9E+12": ITEMS["1001"]}},
        {"kinds": [{"column": "区分", "sale": ["1"], "void": [widened("1")]}]},
        {"items": {"1": {"crop": "carrot", "unit": "bag"}}},
        {"items": {"1": {"crop": "carrot", "unit": "kg", "unit_g": 1000}}},
        {"items": {"1": {"crop": "carrot", "unit": "sack", "unit_g": 1000}}},
    ):
        with pytest.raises(ValueError, match="validation error"):
            PosMapping.model_validate(good | wrong)
