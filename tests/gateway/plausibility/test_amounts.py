"""Grams: each rule just within and just beyond its threshold."""

from dataclasses import replace

import pytest

from gateway.plausibility import amounts
from gateway.plausibility.evidence import SortingFacts, YieldFacts
from tests.gateway.plausibility.making import FARM, LIMITS, LOT, SHOP, entry, holding, lot


def facts(before_g):
    return YieldFacts(year=2026, before_g=before_g, area_m2=1_000, usual_g=3_000_000)


@pytest.mark.parametrize(
    ("before_g", "is_raised"),
    [(4_400_000, False), (4_400_001, True), (4_500_000, True), (4_500_001, False)],
)
def test_a_plot_that_bears_half_more_than_usual_is_told_once(before_g, is_raised):
    flag = amounts.yield_high(entry("lot.harvest"), lot(), facts(before_g), LIMITS)
    assert (flag is not None) == is_raised
    if flag:
        assert flag.subject == "plot/P4M9X2B0KTD7"
        assert flag.figures["harvested_g"] == before_g + 100_000


@pytest.mark.parametrize(("added_g", "is_raised"), [(30_000, False), (30_001, True)])
def test_a_supplement_of_a_measured_harvest(added_g, is_raised):
    one = entry("lot.supplement", closed={"quantity_g": added_g})
    assert (amounts.supplement_large(one, lot(), [one], LIMITS) is not None) == is_raised
    assert amounts.supplement_large(one, lot(estimated=True), [one], LIMITS) is None


def test_supplements_add_up_and_only_the_one_too_many_is_told():
    added = [entry("lot.supplement", closed={"quantity_g": 20_000}) for _ in range(3)]
    told = [amounts.supplement_large(one, lot(), added, LIMITS) for one in added]
    assert [flag and flag.figures["supplement_g"] for flag in told] == [None, 40_000, None]


def test_a_small_supplement_of_a_small_harvest_is_not_worth_a_look():
    one = entry("lot.supplement", closed={"quantity_g": 2_000})
    assert amounts.supplement_large(one, lot(harvest_g=500), [one], LIMITS) is None


@pytest.mark.parametrize(
    ("changes", "held", "turned_out_g"),
    [
        ({"supplement_g": 30_000}, {}, None),
        ({"supplement_g": 30_001}, {}, 130_001),
        ({"claimed_g": 30_001}, {}, 130_001),
        ({}, {"lost_g": 30_000}, None),
        ({}, {"lost_g": 30_001}, 69_999),
        ({}, {"surplus_g": 30_001}, 130_001),
        ({"supplement_g": 40_000}, {"lost_g": 10_000}, None),
        ({"supplement_g": 40_000, "estimated": False}, {}, None),
    ],
)
def test_an_estimate_far_from_what_there_was(changes, held, turned_out_g):
    one = lot(**{"estimated": True, **changes})
    flag = amounts.estimate_far(entry("lot.harvest"), one, [holding(**held)], LIMITS)
    assert (flag and flag.figures["turned_out_g"]) == turned_out_g


def test_what_a_buyer_lost_of_its_own_says_nothing_about_an_estimate():
    at_shop = holding(SHOP, SHOP, lost_g=90_000)
    one = lot(estimated=True)
    assert amounts.estimate_far(entry("lot.harvest"), one, [at_shop], LIMITS) is None
    consigned = holding(SHOP, FARM, lost_g=90_000)
    assert amounts.estimate_far(entry("lot.harvest"), one, [consigned], LIMITS) is not None


@pytest.mark.parametrize(("surplus_g", "is_raised"), [(10_000, False), (10_001, True)])
def test_a_surplus_at_stock_taking(surplus_g, is_raised):
    one = entry("lot.take_stock")
    held = [holding(surplus_g=surplus_g)]
    flag = amounts.surplus_large(one, lot(), held, [one], LIMITS)
    assert (flag is not None) == is_raised
    assert amounts.surplus_large(one, lot(estimated=True), held, [one], LIMITS) is None


@pytest.mark.parametrize(
    ("gone", "is_raised"),
    [
        ({"lost_g": 40_000}, False),
        ({"lost_g": 40_001}, True),
        ({"discarded_g": 40_001}, True),
        ({"lost_g": 20_000, "discarded_g": 20_001}, True),
    ],
)
def test_a_loss(gone, is_raised):
    one = entry("lot.discard")
    flag = amounts.loss_large(one, lot(), [holding(**gone)], [one], LIMITS)
    assert (flag is not None) == is_raised


def test_what_an_estimate_had_too_much_is_no_loss():
    one = entry("lot.take_stock")
    held = [holding(lost_g=60_000, discarded_g=10_000)]
    assert amounts.loss_large(one, lot(estimated=True), held, [one], LIMITS) is None
    at_shop = entry("lot.take_stock", party=SHOP)
    held = [holding(SHOP, SHOP, lost_g=60_000)]
    assert amounts.loss_large(at_shop, lot(estimated=True), held, [at_shop], LIMITS) is not None


def test_only_the_latest_entry_about_the_same_goods_tells_it():
    first = entry("lot.take_stock", party=SHOP, closed={"owner": FARM})
    other = entry("lot.take_stock", party=SHOP)  # the shop's own goods of that lot
    held = [holding(SHOP, FARM, surplus_g=50_000, lost_g=50_000)]
    assert amounts.surplus_large(first, lot(), held, [first, other], LIMITS) is not None
    assert amounts.surplus_large(other, lot(), held, [first, other], LIMITS) is None
    later = entry("lot.take_stock", party=SHOP, closed={"owner": FARM})
    assert amounts.surplus_large(first, lot(), held, [first, later], LIMITS) is None
    thrown = entry("lot.discard", party=SHOP, closed={"owner": FARM})
    assert amounts.loss_large(later, lot(), held, [later, thrown], LIMITS) is None


@pytest.mark.parametrize(
    ("kind", "out_g", "lost_percent"),
    [
        ("repack", 90_000, None),
        ("repack", 89_999, 10),
        ("sort", 60_000, None),
        ("sort", 59_999, 40),
        ("process", 20_000, None),
        ("process", 19_999, 80),
    ],
)
def test_what_a_run_loses(kind, out_g, lost_percent):
    inputs = [
        {"quantity_g": 60_000, "to_g": [out_g - 1, 1]},
        {"quantity_g": 40_000, "to_g": [0, 0]},
    ]
    run = entry(f"lot.{kind}", lot="", children=[{"lot": LOT}], closed={"inputs": inputs})
    made = lot(origin="made")
    flag = amounts.run_loss_large(run, {LOT: made}, LIMITS)
    assert (flag and flag.figures["lost_percent"]) == lost_percent
    unmade = {LOT: replace(made, origin="unmade")}
    assert amounts.run_loss_large(run, unmade, LIMITS) is None


def test_a_small_run_may_lose_all():
    inputs = [{"quantity_g": 2_000, "to_g": [0]}]
    run = entry("lot.repack", lot="", children=[{"lot": LOT}], closed={"inputs": inputs})
    assert amounts.run_loss_large(run, {LOT: lot(origin="made")}, LIMITS) is None


@pytest.mark.parametrize(
    ("left_g", "is_ended", "last", "lost_percent"),
    [
        (40_000, True, LOT, None),  # culls, as of one command
        (40_001, True, LOT, 40),
        (40_001, False, LOT, None),  # it goes on
        (40_001, True, "0" * 20, None),  # this class was taken back, and another one ended it
    ],
)
def test_what_a_sorting_over_several_commands_loses(left_g, is_ended, last, lost_percent):
    """All its classes count together, and the one that ended it says so."""
    one = entry("lot.sort_class", lot="", child={"lot": LOT}, is_last=True)
    classes = ("1" * 20, last)
    facts = SortingFacts(classes=classes, made_g=100_000 - left_g, left_g=left_g, is_ended=is_ended)
    flag = amounts.sorting_loss_large(one, facts, LIMITS)
    assert (flag and flag.figures["lost_percent"]) == lost_percent
    if flag:
        assert (flag.subject, flag.figures["in_g"]) == (f"lot/{LOT}", 100_000)
