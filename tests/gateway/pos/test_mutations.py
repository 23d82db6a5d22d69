"""A good file, spoiled by machine: every row is booked right, or told; nothing is lost or made up.

What a mutated file may book is known beforehand: lines of the good file, each with its own goods
and grams. A row that was touched may become another sale only if it reads as one (a digit changed
in a quantity); the ways of spoiling here are those after which it can't.
"""

import csv
import io
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gateway.pos import FileError, Stock, allocate
from gateway.typed.csv_cells import write
from tests.gateway.pos.making import FARM, LOT, OLDER, OTHER_FARM, SHOP, TOWN, read, widened
from tests.gateway.pos.test_allocation import on_record

HEADINGS = ["売上日", "レシートNo", "行", "商品コード", "商品名", "数量", "区分", "備考"]
COLUMNS = {
    "date": "売上日",
    "receipt": "レシートNo",
    "line": "行",
    "item": "商品コード",
    "count": "数量",
    "name": "商品名",
    "kinds": [{"column": "区分", "sale": ["売上"], "void": ["取消"], "return": ["返品"]}],
}
GOOD = [
    [f"2026/04/{day}", f"{receipt:06}", f"{number}", code, name, count, "売上", "朝採り、「特」"]
    for day in (13, 14, 15)
    for receipt in (1, 2, 3)
    for number, code, name, count in (
        (1, "1001", "にんじん", "2"),
        (2, "1002", "米", "1"),
        (3, "2001", "さといも", "0.35"),
    )
]
STOCK = [
    Stock(lot=OLDER, owner=FARM, crop="carrot", harvested_at="2026-04-01T00:00:00Z", free_g=9_000),
    Stock(lot=LOT, owner=SHOP, crop="rice", harvested_at="2026-04-01T00:00:00Z", free_g=90_000),
    Stock(
        lot="8" * 20,
        owner=OTHER_FARM,
        crop="taro",
        harvested_at="2026-04-01T00:00:00Z",
        free_g=9_000,
    ),
]


def in_bytes(rows, *, encoding="cp932", delimiter=",", newline="\r\n", quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO(newline="")
    out = csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    out.writerows(rows)
    return text.getvalue().encode(encoding)


WRITTEN = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["cp932", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
        "delimiter": st.sampled_from([",", "\t", ";"]),
        "newline": st.sampled_from(["\r\n", "\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    }
)


def what(entry):
    return (entry.code, entry.item.crop, entry.item.owner, entry.count, entry.quantity_g)


def share(reading, booked=None):
    done = allocate(reading, STOCK, party=SHOP, town=TOWN, booked=booked or {})
    assert done.rows == reading.rows
    told_g = Counter()
    for sale in done.sales:
        told_g[sale.line.key] += sale.quantity_g
        entry = sale.line.entry
        lots = {one.lot for one in STOCK if (one.owner, one.crop) == _goods(entry)}
        assert sale.lot in lots
    assert told_g == {line.key: line.quantity_g for line in done.booked}
    return done


def _goods(entry):
    return (entry.item.owner or SHOP, entry.item.crop)


WHOLE = read(in_bytes([HEADINGS, *GOOD]), **COLUMNS)
BY_KEY = {line.key: what(line.entry) for line in WHOLE.lines}
BOOKED = {}
for _code in ("carrot", "rice", "taro"):
    _done = share(WHOLE)
    _done.sales = [one for one in _done.sales if one.line.entry.item.crop == _code]
    BOOKED |= on_record(_done, crop=_code)


def test_the_good_file_is_good():
    assert (len(BY_KEY), WHOLE.refused) == (len(GOOD), ())
    assert len(share(WHOLE).booked) == len(GOOD)


# Ways to spoil a row; none of them leaves a sale of something else.
SPOILERS = {
    "too many cells": lambda row, at: [*row[: at + 1], "9", *row[at + 1 :]],
    "too few cells": lambda row, at: row[: max(at, 1)],
    "quantity parted by a comma": lambda row, _: [*row[:5], "1", "200", *row[6:]],
    "no date": lambda row, _: ["", *row[1:]],
    "future day": lambda row, _: ["2026/04/17", *row[1:]],
    "no such day": lambda row, _: ["2026/02/31", *row[1:]],
    "no year": lambda row, _: ["4/15", *row[1:]],
    "no receipt": lambda row, _: [row[0], "", *row[2:]],
    "shortened receipt": lambda row, _: [row[0], "2.02604E+11", *row[2:]],
    "no line": lambda row, _: [*row[:2], "", *row[3:]],
    "unknown code": lambda row, _: [*row[:3], "7777", *row[4:]],
    "shortened code": lambda row, _: [*row[:3], "4.9E+12", *row[4:]],
    "no quantity": lambda row, _: [*row[:5], "", *row[6:]],
    "zero": lambda row, _: [*row[:5], "0", *row[6:]],
    "words": lambda row, _: [*row[:5], "三", *row[6:]],
    "fewer than none": lambda row, _: [*row[:5], "-77", *row[6:]],
    "unknown kind": lambda row, _: [*row[:6], "訂正", *row[7:]],
    "NUL": lambda row, at: [*row[:at], row[at] + "\x00", *row[at + 1 :]],
    "escape": lambda row, at: [*row[:at], "\x1b" + row[at], *row[at + 1 :]],
}
# Ways to write a row otherwise that leave it the same.
SAME = {
    "as it was": lambda row: row,
    "no zeros in front": lambda row: [row[0], row[1].lstrip("0"), *row[2:]],
    "full width": lambda row: [*map(widened, row[:6]), *row[6:]],
    "another date": lambda row: [row[0].replace("2026/04/", "令和8年4月") + "日", *row[1:]],
    "with a time": lambda row: [f"{row[0]} 10:23", *row[1:]],
    "as a spreadsheet counts days": lambda row: [str(46_112 + int(row[0][-2:])), *row[1:]],
    "blanks around": lambda row: [f" {cell}　" for cell in row],
    "a comma in the remark": lambda row: [*row[:-1], 'a, "b"; c'],
    "two lines in the remark": lambda row: [*row[:-1], "朝\n採り"],
}


@given(
    seed=st.integers(0, 2**32),
    spoiled=st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.sampled_from([*SPOILERS]), st.integers(0, 7)),
        max_size=6,
        unique_by=lambda one: one[0],
    ),
    same=st.lists(st.sampled_from([*SAME]), min_size=len(GOOD), max_size=len(GOOD)),
    kept=st.integers(1, len(GOOD)),
    titles=st.integers(0, 2),
    has_totals=st.booleans(),
    repeated=st.integers(0, 3),
    written=WRITTEN,
)
def test_spoiled_rows_are_told_and_all_others_are_booked_as_before(
    seed, spoiled, same, kept, titles, has_totals, repeated, written
):
    by_place = {place: (name, at) for place, name, at in spoiled}
    rows = []
    for place, row in enumerate(GOOD):
        name, at = by_place.get(place, ("", 0))
        rows.append((bool(name), SPOILERS[name](row, at) if name else SAME[same[place]](row)))
    order = random.Random(seed)
    order.shuffle(rows)
    rows = rows[:kept] + [one for one in rows[: min(repeated, kept)] if not one[0]]
    above = [["売上明細 直売所A", "4月"], [""]][:titles]
    total = [["", "", "", "合計", "", "1,234", "", ""]] if has_totals else []
    content = in_bytes([*above, HEADINGS, *(row for _, row in rows), *total], **written)
    reading = read(content, **COLUMNS)
    good = sum(not is_spoiled for is_spoiled, _ in rows[:kept])
    found = {line.key: what(line.entry) for line in reading.lines}
    assert found.items() <= BY_KEY.items()
    assert len(found) == len(reading.lines) == good
    assert len(reading.refused) == sum(is_spoiled for is_spoiled, _ in rows)
    assert (reading.cancelled, reading.returned) == ((), ())
    done = share(reading)
    assert len(done.booked) == good
    again = share(reading, BOOKED)
    assert (again.sales, len(again.before), again.hand) == ([], good, [])


@given(
    place=st.integers(0, 10_000),
    junk=st.sampled_from(['"', '""', ',"', '"\n', "\r", "\x00", "\ufeff", ",", "\n", "\t", ";"]),
    newline=st.sampled_from(["\r\n", "\n"]),
    is_quoted=st.booleans(),
)
def test_one_stray_character_anywhere_books_no_other_goods(place, junk, newline, is_quoted):
    quoting = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
    text = in_bytes([HEADINGS, *GOOD], newline=newline, quoting=quoting).decode("cp932")
    at = place % len(text)
    try:
        reading = read((text[:at] + junk + text[at:]).encode("utf-8"), **COLUMNS)
    except FileError:
        return
    found = {line.key: what(line.entry) for line in reading.lines}
    assert found.items() <= BY_KEY.items()
    assert len(found) + len(reading.refused) >= len(GOOD)  # what is not booked is told


@given(st.lists(st.sampled_from(range(len(GOOD))), unique=True, min_size=1), WRITTEN)
def test_what_our_own_files_hold_is_read_again(places, written):
    rows = [[*GOOD[place][:-1], "=1+1"] for place in places]
    reading = read(write(HEADINGS, rows), **COLUMNS)
    assert {line.key for line in reading.lines} <= BY_KEY.keys()
    assert len(reading.lines) == len(places)
    other = read(in_bytes([HEADINGS, *rows], **written), **COLUMNS)
    assert {line.key for line in other.lines} == {line.key for line in reading.lines}
