"""Lines over lots: the oldest first, never more than there is, and no line twice."""

import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pos import Booked, Stock, allocate
from tests.gateway.pos.making import (
    FARM,
    HEADINGS,
    LOT,
    OLDER,
    OTHER_FARM,
    SHOP,
    TOWN,
    YOUNGER,
    file,
    read,
    told,
)

NONE_BOOKED: dict[str, list[Booked]] = {}


def rows(*sold):
    """Read lines of (item code, count), each on a receipt of its own."""
    return read(
        file(*(f"2026/04/15,{place},{code},{count}" for place, (code, count) in enumerate(sold, 1)))
    )


def share(reading, there, booked=NONE_BOOKED):
    """Return what becomes of every row."""
    done = allocate(reading, there, party=SHOP, town=TOWN, booked=booked)
    assert done.rows == reading.rows
    return done


def stock(lot, free_g, *, owner=FARM, crop="carrot", day=1):
    at = f"2026-04-{day:02}T00:00:00Z"
    return Stock(lot=lot, owner=owner, crop=crop, harvested_at=at, free_g=free_g)


def sold(done):
    return sorted((sale.lot, sale.quantity_g) for sale in done.sales)


def on_record(done, crop="carrot"):
    """Return sales as the gateway tells of them once they are booked."""
    found = {}
    for number, sale in enumerate(done.sales):
        found.setdefault(sale.receipt, []).append(
            Booked(
                command=f"{number:064x}",
                lot=sale.lot,
                owner=sale.owner,
                crop=crop,
                quantity_g=sale.quantity_g,
                stands_g=sale.quantity_g,
            )
        )
    return found


def test_the_oldest_is_sold_first_and_a_line_may_span_lots():
    there = [stock(YOUNGER, 5_000, day=2), stock(OLDER, 700, day=1)]
    done = share(rows(("1001", 2), ("1001", 2)), there)
    assert done.refused == []
    assert sold(done) == [(OLDER, 100), (OLDER, 600), (YOUNGER, 500)]
    assert all(sale.is_assumed for sale in done.sales)
    assert len({sale.receipt for sale in done.sales}) == 2


def test_goods_of_another_owner_or_crop_are_left_alone():
    there = [
        stock(OLDER, 900, owner=OTHER_FARM),
        stock(YOUNGER, 900, crop="taro"),
        stock(LOT, 900, owner=SHOP),
    ]
    done = share(rows(("1001", 1)), there)
    assert (done.sales, told(done.refused)) == ([], [(2, "row.short")])


def test_what_the_till_sells_of_its_own_is_the_shops():
    own = stock(OLDER, 10_000, owner=SHOP, crop="rice")
    (sale,) = share(rows(("1002", 2)), [own]).sales
    body, closed = sale.command(SHOP)
    assert body == {"lot": OLDER, "party": SHOP, "channel": "import"}
    assert closed == {
        "quantity_g": 10_000,
        "basis": "oldest-first",
        "receipt": sale.receipt,
        "packs": {"unit": "bag", "count": 2, "unit_g": 5_000},
    }


def test_what_is_sold_by_weight_has_no_packs():
    (sale,) = share(
        rows(("2001", "0.35")), [stock(OLDER, 900, owner=OTHER_FARM, crop="taro")]
    ).sales
    closed = sale.command(SHOP)[1]
    assert (closed["quantity_g"], "packs" in closed) == (350, False)


def test_a_lot_that_the_till_knows_is_taken_and_no_other():
    there = [stock(OLDER, 9_000, day=1), stock(LOT, 1_000, day=2)]
    done = share(rows(("1003", 5), ("1003", 1)), there)
    assert {lot for lot, _ in sold(done)} == {LOT}
    assert len(done.refused) == 1
    closed = done.sales[0].command(SHOP)[1]
    assert (closed["basis"], closed["owner"]) == ("pos", FARM)


def test_a_guess_takes_nothing_from_a_line_whose_lot_is_known():
    there = [stock(LOT, 1_000, day=1), stock(YOUNGER, 1_000, day=2)]
    done = share(rows(("1001", 3), ("1003", 5)), there)
    assert sold(done) == [(LOT, 1_000), (YOUNGER, 900)]


def test_a_lot_of_other_goods_is_refused_by_name():
    headings = HEADINGS + ",ロット"
    reading = read(file(f"2026/04/15,1,1001,1,{YOUNGER}", headings=headings), lot="ロット")
    done = share(reading, [stock(YOUNGER, 900, crop="taro"), stock(OLDER, 900)])
    assert told(done.refused) == [(2, "row.lot_differs")]
    assert YOUNGER in done.refused[0].say("ja")


def test_part_of_a_line_has_no_packs():
    there = [stock(OLDER, 100, day=1), stock(YOUNGER, 900, day=2)]
    done = share(rows(("1001", 1)), there)
    assert ["packs" in sale.command(SHOP)[1] for sale in done.sales] == [False, False]


def test_of_a_line_that_is_too_much_nothing_is_booked_and_the_next_still_is():
    done = share(rows(("1001", 4), ("1001", 3)), [stock(OLDER, 1_000)])
    assert told(done.refused) == [(2, "row.short")]
    assert "g足りません" in done.refused[0].say("ja")
    assert done.refused[0].goods.say() == f"にんじん {FARM} (1001)"
    assert [(sale.line.entry.row, sale.quantity_g) for sale in done.sales] == [(3, 900)]


def test_a_line_that_is_booked_is_not_booked_again():
    reading, there = rows(("1001", 1), ("1001", 2)), [stock(OLDER, 9_000)]
    first = share(reading, there)
    again = share(reading, there, on_record(first))
    assert (again.sales, len(again.before), again.refused) == ([], 2, [])


def test_of_a_line_that_is_booked_in_part_the_rest_is_booked():
    there = [stock(OLDER, 100, day=1), stock(YOUNGER, 9_000, day=2)]
    reading = rows(("1001", 1))
    done = share(reading, there)
    assert sold(done) == [(OLDER, 100), (YOUNGER, 200)]
    part = on_record(done)
    part = {receipt: sales[1:] for receipt, sales in part.items()}
    (rest,) = share(reading, [stock(LOT, 900)], part).sales
    assert (rest.lot, rest.quantity_g) == (LOT, 100)
    assert "packs" not in rest.command(SHOP)[1]


def test_a_line_that_now_says_less_is_refused_with_what_to_type():
    headings = "日付,商品コード,数量"
    there = [stock(OLDER, 9_000)]
    first = share(read(file("2026/04/15,1001,3", headings=headings), receipt=None), there)
    fewer = read(file("2026/04/15,1001,2", headings=headings), receipt=None)
    done = share(fewer, there, on_record(first))
    assert told(done.refused) == [(2, "row.booked_more")]
    assert f"lot={OLDER} corrects={0:064x} outflow=sold reason=other was_g=900 quantity_g=600" in (
        done.refused[0].say("en")
    )
    more = read(file("2026/04/15,1001,5", headings=headings), receipt=None)
    assert sold(share(more, there, on_record(first))) == [(OLDER, 600)]


@pytest.mark.parametrize("item", [{"owner": OTHER_FARM}, {"crop": "taro"}, {"lot": YOUNGER}])
def test_a_line_booked_as_other_goods_is_never_booked_anew(item):
    first = share(rows(("1001", 1)), [stock(OLDER, 9_000)])
    now = {"crop": "carrot", "owner": FARM, "unit_g": 400} | item
    reading = read(file("2026/04/15,1,1001,1"), items={"1001": now})
    there = [
        stock(YOUNGER, 9_000, owner=now["owner"], crop=now["crop"]),
        stock(OLDER, 9_000),
    ]
    booked = {reading.lines[0].receipt: next(iter(on_record(first).values()))}
    done = share(reading, there, booked)
    assert (done.sales, told(done.refused)) == ([], [(2, "row.booked_as_other")])


def test_what_is_cancelled_after_it_was_booked_is_for_a_person_to_correct():
    kinds = [{"column": "区分", "sale": ["売上"], "void": ["取消"]}]
    headings = HEADINGS + ",区分"
    there = [stock(OLDER, 9_000)]
    first = share(read(file("2026/04/15,1,1001,2,売上", headings=headings), kinds=kinds), there)
    for rows_now in (
        ("2026/04/15,1,1001,2,取消",),
        ("2026/04/15,1,1001,2,売上", "2026/04/15,1,1001,-2,取消"),
    ):
        reading = read(file(*rows_now, headings=headings), kinds=kinds)
        assert share(reading, there).hand == []
        done = share(reading, there, on_record(first))
        assert (done.sales, told(done.hand)) == ([], [(2, "hand.cancelled")])
        assert f"corrects={0:064x}" in done.hand[0].say("ja")
        assert "was_g=600 quantity_g=0" in done.hand[0].say("ja")


def test_a_return_says_which_sale_to_lessen():
    kinds = [{"column": "区分", "sale": ["売上"], "return": ["返品"]}]
    headings = HEADINGS + ",区分"
    both = ("2026/04/15,1,1001,2,売上", "2026/04/15,1,1001,1,返品")
    reading = read(file(*both, headings=headings), kinds=kinds)
    first = share(reading, [stock(OLDER, 9_000)])
    assert sold(first) == [(OLDER, 600)]
    assert "doesn't say" in first.hand[0].say("en")
    again = share(reading, [stock(OLDER, 9_000)], on_record(first))
    assert f"corrects={0:064x} outflow=sold reason=other was_g=600 quantity_g=300" in (
        again.hand[0].say("en")
    )


def corrected(done, *to_g):
    """Return what is on record, the sales of each line corrected to these grams."""
    return {
        receipt: [replace(one, stands_g=g) for one, g in zip(sales, to_g, strict=True)]
        for receipt, sales in on_record(done).items()
    }


@pytest.mark.parametrize("stands_g", [-600, 0, 1, 300, 599])
def test_a_line_whose_sale_was_corrected_to_less_is_told_and_not_booked_again(stands_g):
    reading, there = rows(("1001", 2)), [stock(OLDER, 9_000)]
    done = share(reading, there, corrected(share(reading, there), stands_g))
    assert (done.sales, done.before, told(done.refused)) == ([], [], [(2, "row.corrected")])
    receipt = reading.lines[0].receipt
    for language in ("ja", "en"):
        said = done.refused[0].say(language)
        assert {"600g", f"{stands_g}g"} <= set(re.findall(r"-?\d+g", said.replace(" ", "")))
        assert f"lot={OLDER} channel=import quantity_g={600 - stands_g} receipt={receipt}" in said
        assert said.endswith(f"owner={FARM}")


def test_the_sale_that_is_shown_books_the_rest_of_a_corrected_line_once():
    reading, there = rows(("1001", 2)), [stock(OLDER, 9_000)]
    ((receipt, (one,)),) = corrected(share(reading, there), 200).items()
    again = replace(one, command="f" * 64, quantity_g=400, stands_g=400)
    done = share(reading, there, {receipt: [one, again]})
    assert (done.sales, len(done.before), done.refused) == ([], 1, [])


def test_goods_that_were_corrected_away_are_no_other_goods_of_the_line():
    reading, there = rows(("1001", 2)), [stock(OLDER, 9_000)]
    ((receipt, (one,)),) = corrected(share(reading, there), 0).items()
    other = replace(one, crop="taro", lot=YOUNGER)
    done = share(reading, there, {receipt: [other]})
    assert (done.sales, told(done.refused)) == ([], [(2, "row.corrected")])
    assert "lot=… channel=import" in done.refused[0].say("ja")
    right = replace(one, command="f" * 64, stands_g=600)
    assert len(share(reading, there, {receipt: [other, right]}).before) == 1


def test_a_correction_to_what_the_file_says_is_booked_before():
    headings = "日付,商品コード,数量"
    there = [stock(OLDER, 9_000)]
    first = share(read(file("2026/04/15,1001,3", headings=headings), receipt=None), there)
    fewer = read(file("2026/04/15,1001,2", headings=headings), receipt=None)
    assert len(share(fewer, there, corrected(first, 600)).before) == 1
    more = read(file("2026/04/15,1001,5", headings=headings), receipt=None)
    assert sold(share(more, there, corrected(first, 1_000))) == [(OLDER, 500)]
    done = share(fewer, there, corrected(first, 700))
    assert "was_g=700 quantity_g=600" in done.refused[0].say("en")


@pytest.mark.parametrize(
    ("stands_g", "kind", "said"),
    [
        (600, "hand.cancelled", "was_g=600 quantity_g=0"),
        (400, "hand.cancelled", "was_g=400 quantity_g=0"),
        (0, "passed.taken_back", "0 g"),
        (-600, "hand.below_none", "quantity_g=600 receipt="),
    ],
)
def test_what_is_cancelled_is_corrected_from_what_stands(stands_g, kind, said):
    kinds = [{"column": "区分", "sale": ["売上"], "void": ["取消"]}]
    headings = HEADINGS + ",区分"
    first = read(file("2026/04/15,1,1001,2,売上", headings=headings), kinds=kinds)
    there = [stock(OLDER, 9_000)]
    booked = corrected(share(first, there), stands_g)
    void = read(file("2026/04/15,1,1001,2,取消", headings=headings), kinds=kinds)
    done = share(void, there, booked)
    (one,) = (*done.hand, *done.passed)
    assert (one.kind, said in one.say("en"), done.sales, done.refused) == (kind, True, [], [])


@pytest.mark.parametrize(
    ("stands_g", "hand", "refused"),
    [
        (600, ["hand.returned"], []),
        (500, ["hand.returned_lessened"], ["row.corrected"]),
        (300, [], []),
        (0, ["hand.returned_lessened"], ["row.corrected"]),
    ],
)
def test_a_return_that_its_correction_tells_of_is_entered(stands_g, hand, refused):
    kinds = [{"column": "区分", "sale": ["売上"], "return": ["返品"]}]
    both = ("2026/04/15,1,1001,2,売上", "2026/04/15,1,1001,1,返品")
    reading = read(file(*both, headings=HEADINGS + ",区分"), kinds=kinds)
    there = [stock(OLDER, 9_000)]
    done = share(reading, there, corrected(share(reading, there), stands_g))
    assert [one.kind for one in done.hand] == hand
    assert [one.kind for one in done.refused] == refused
    assert [one.kind for one in done.passed] == ([] if hand else ["passed.returned"])
    assert done.sales == []


@given(
    count=st.integers(1, 9),
    free_g=st.lists(st.integers(1, 900), min_size=1, max_size=3),
    to_g=st.lists(st.integers(-900, 3_000), min_size=3, max_size=3),
)
def test_corrections_never_book_in_silence(count, free_g, to_g):
    reading = rows(("1001", count))
    there = [stock(lot, g) for lot, g in zip((OLDER, LOT, YOUNGER), free_g, strict=False)]
    first = share(reading, [*there, stock("8" * 20, 9_000, day=2)])
    booked = on_record(first)
    receipt = reading.lines[0].receipt
    booked = {
        receipt: [
            replace(one, stands_g=g) for one, g in zip(booked[receipt], (*to_g, 0), strict=False)
        ]
    }
    stands_g = sum(one.stands_g for one in booked[receipt])
    done = share(reading, [stock(LOT, 9_000)], booked)
    if any(one.is_lessened for one in booked[receipt]):
        assert done.sales == []
    assert stands_g + sum(one.quantity_g for one in done.sales) >= min(stands_g, 300 * count)
    assert bool(done.before) == (stands_g == 300 * count)


def test_what_was_harvested_after_the_day_was_not_sold_on_it():
    done = share(rows(("1001", 1)), [stock(LOT, 900, day=16)])
    assert told(done.refused) == [(2, "row.short")]


@given(
    counts=st.lists(st.tuples(st.sampled_from(["1001", "1002", "1003"]), st.integers(1, 9))),
    free=st.lists(st.integers(0, 3_000), min_size=3, max_size=3),
    seed=st.integers(0, 99),
)
def test_nothing_is_sold_that_is_not_there_and_each_line_is_whole_or_an_error(counts, free, seed):
    there = [
        stock(OLDER, free[0], day=1),
        stock(LOT, free[1], day=2),
        stock(YOUNGER, free[2] * 5, owner=SHOP, crop="rice"),
    ]
    written = [f"2026/04/15,{place},{code},{n}" for place, (code, n) in enumerate(counts, 1)]
    reading = read(file(*written))
    done = share(reading, there)
    taken, by_line = Counter(), Counter()
    for sale in done.sales:
        taken[sale.lot] += sale.quantity_g
        by_line[sale.line.entry.row] += sale.quantity_g
        assert sale.quantity_g > 0
    assert all(taken[one.lot] <= one.free_g for one in there)
    assert {line.entry.row: line.quantity_g for line in done.booked} == by_line
    random.Random(seed).shuffle(written)
    shuffled = share(read(file(*written)), there)
    assert {(one.receipt, one.lot, one.quantity_g) for one in shuffled.sales} == {
        (one.receipt, one.lot, one.quantity_g) for one in done.sales
    }
