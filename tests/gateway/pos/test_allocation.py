"""Lines over lots: the oldest first, never more than there is, and no line twice."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gateway.pos import Stock, allocate, read_lines, receipt_of
from tests.gateway.pos.making import FARM, LOT, OLDER, OTHER_FARM, SHOP, YOUNGER, file, mapping


def lines(*sold):
    """Return lines of (item code, count)."""
    rows = (f"2026/04/15,{place},{code},{count}" for place, (code, count) in enumerate(sold, 1))
    return read_lines(file(*rows), mapping(), party=SHOP)[0]


def stock(lot, free_g, *, owner=FARM, crop="carrot", day=1):
    at = f"2026-04-{day:02}T00:00:00Z"
    return Stock(lot=lot, owner=owner, crop=crop, harvested_at=at, free_g=free_g)


def sold(sales):
    return [(sale.lot, sale.quantity_g) for sale in sales]


def test_the_oldest_is_sold_first_and_a_line_may_span_lots():
    there = [stock(YOUNGER, 5_000, day=2), stock(OLDER, 700, day=1)]
    sales, errors, before = allocate(lines(("1001", 2), ("1001", 2)), there, party=SHOP)
    assert (errors, before) == ([], [])
    assert sold(sales) == [(OLDER, 600), (OLDER, 100), (YOUNGER, 500)]
    assert all(sale.is_assumed for sale in sales)
    assert len({sale.receipt for sale in sales}) == 2


def test_goods_of_another_owner_or_crop_are_left_alone():
    there = [
        stock(OLDER, 900, owner=OTHER_FARM),
        stock(YOUNGER, 900, crop="taro"),
        stock(LOT, 900, owner=SHOP),
    ]
    sales, (error,), _ = allocate(lines(("1001", 1)), there, party=SHOP)
    assert (sales, error.row) == ([], 2)


def test_what_the_till_sells_of_its_own_is_the_shops():
    own = stock(OLDER, 10_000, owner=SHOP, crop="rice")
    (sale,), _, _ = allocate(lines(("1002", 2)), [own], party=SHOP)
    body, closed = sale.command(SHOP)
    assert body == {"lot": OLDER, "party": SHOP, "channel": "import"}
    assert closed == {
        "quantity_g": 10_000,
        "basis": "oldest-first",
        "receipt": sale.receipt,
        "packs": {"unit": "bag", "count": 2, "unit_g": 5_000},
    }


def test_a_lot_that_the_till_knows_is_taken_and_no_other():
    there = [stock(OLDER, 9_000, day=1), stock(LOT, 1_000, day=2)]
    sales, (error,), _ = allocate(lines(("1003", 4), ("1003", 2)), there, party=SHOP)
    assert sold(sales) == [(LOT, 800)]
    assert error.row == 3
    assert "200 g more" in error.en
    closed = sales[0].command(SHOP)[1]
    assert (closed["basis"], closed["owner"]) == ("pos", FARM)


def test_part_of_a_line_has_no_packs():
    there = [stock(OLDER, 100, day=1), stock(YOUNGER, 900, day=2)]
    sales, _, _ = allocate(lines(("1001", 1)), there, party=SHOP)
    assert ["packs" in sale.command(SHOP)[1] for sale in sales] == [False, False]


def test_of_a_line_that_is_too_much_nothing_is_booked_and_the_next_still_is():
    there = [stock(OLDER, 1_000)]
    sales, (error,), _ = allocate(lines(("1001", 4), ("1001", 3)), there, party=SHOP)
    assert error.row == 2
    assert "200g足りません" in error.ja
    assert [(sale.line.row, sale.quantity_g) for sale in sales] == [(3, 900)]


def test_a_line_that_is_booked_is_not_booked_again():
    there = [stock(OLDER, 9_000)]
    read = lines(("1001", 1), ("1001", 2))
    booked_g = {receipt_of(read[0]): read[0].quantity_g}
    sales, errors, before = allocate(read, there, party=SHOP, booked_g=booked_g)
    assert (before, errors) == ([read[0]], [])
    assert [sale.line for sale in sales] == [read[1]]
    booked_g = {sale.receipt: sale.quantity_g for sale in sales}
    _, _, again = allocate(read, there, party=SHOP, booked_g=booked_g)
    assert again == [read[1]]


def test_of_a_line_that_is_booked_in_part_the_rest_is_booked():
    there = [stock(OLDER, 100, day=1), stock(YOUNGER, 9_000, day=2)]
    (line,) = lines(("1001", 1))
    sales, _, _ = allocate([line], there, party=SHOP)
    assert sold(sales) == [(OLDER, 100), (YOUNGER, 200)]
    assert {sale.receipt for sale in sales} == {receipt_of(line)}
    (rest,), _, _ = allocate([line], there[1:], party=SHOP, booked_g={receipt_of(line): 200})
    assert (rest.lot, rest.quantity_g) == (YOUNGER, 100)
    assert "packs" not in rest.command(SHOP)[1]


def test_what_was_harvested_after_the_day_was_not_sold_on_it():
    (line,) = lines(("1001", 1))
    there = [stock(LOT, 900, day=20)]
    assert line.day < "2026-04-20"
    _, (error,), _ = allocate([line], there, party=SHOP)
    assert "300 g more" in error.en


@given(
    counts=st.lists(st.tuples(st.sampled_from(["1001", "1002", "1003"]), st.integers(1, 9))),
    free=st.lists(st.integers(0, 3_000), min_size=3, max_size=3),
)
def test_nothing_is_sold_that_is_not_there_and_each_line_is_whole_or_an_error(counts, free):
    there = [
        stock(OLDER, free[0], day=1),
        stock(LOT, free[1], day=2),
        stock(YOUNGER, free[2] * 5, owner=SHOP, crop="rice"),
    ]
    read = lines(*counts)
    sales, errors, before = allocate(read, there, party=SHOP)
    assert before == []
    taken = Counter()
    by_line = Counter()
    for sale in sales:
        taken[sale.lot] += sale.quantity_g
        by_line[sale.line.row] += sale.quantity_g
        assert sale.quantity_g > 0
    assert all(taken[one.lot] <= one.free_g for one in there)
    wrong = {error.row for error in errors}
    assert {line.row: line.quantity_g for line in read if line.row not in wrong} == by_line
    assert {sale.receipt for sale in sales} == {receipt_of(sale.line) for sale in sales}
