"""Times that can't be, or not well: each rule just within and just beyond its threshold."""

import pytest

from gateway.plausibility import timing
from gateway.plausibility.codes import FlagCode
from tests.gateway.plausibility.making import DAY, LIMITS, LOT, MINUTE, NOON, SHOP, entry, lot


@pytest.mark.parametrize(
    ("rule", "mark", "late_s", "figures"),
    [
        (timing.entered_late, "late", 9 * DAY, {"late_days": 9}),
        (timing.dated_ahead, "future", -20 * MINUTE, {"ahead_minutes": 20}),
    ],
)
def test_the_contracts_marks_are_taken_as_they_are(rule, mark, late_s, figures):
    flag = rule(entry("lot.harvest", late_s=late_s, flags=(mark,)))
    assert (flag.subject, flag.figures) == (f"lot/{LOT}", figures)
    assert rule(entry("lot.harvest", late_s=late_s, flags=("opening",))) is None


@pytest.mark.parametrize(("early_s", "minutes"), [(15 * MINUTE, None), (15 * MINUTE + 1, 15)])
def test_a_receipt_before_its_shipment(early_s, minutes):
    shipped = entry("lot.ship", shipment="X")
    received = entry("lot.receive", at=NOON - early_s, party=SHOP, shipment="X")
    flag = timing.received_before_shipped(received, [shipped, received], LIMITS)
    assert (flag and flag.figures["before_minutes"]) == minutes
    assert flag is None or (flag.subject, flag.party) == ("shipment/X", SHOP)
    assert timing.received_before_shipped(received, [received], LIMITS) is None


@pytest.mark.parametrize(("early_s", "is_raised"), [(15 * MINUTE, False), (15 * MINUTE + 1, True)])
def test_an_arrival_before_the_harvest(early_s, is_raised):
    harvest = entry("lot.harvest")
    arrival = entry("lot.arrive", at=NOON - early_s, party=SHOP)
    flag = timing.arrived_before_harvest(arrival, lot(), [harvest, arrival], LIMITS)
    assert (flag is not None) == is_raised
    assert timing.arrived_before_harvest(harvest, lot(), [harvest, arrival], LIMITS) is None


def test_of_a_harvest_entered_after_the_arrival_it_is_the_harvest_that_is_asked_about():
    arrival = entry("lot.arrive", at=NOON - 2 * 3_600, party=SHOP)
    harvest = entry("lot.harvest")
    story = [arrival, harvest]
    assert timing.arrived_before_harvest(arrival, lot(), story, LIMITS) is None
    flag = timing.arrived_before_harvest(harvest, lot(), story, LIMITS)
    assert (flag.code, flag.entry) == (FlagCode.ARRIVED_BEFORE_HARVEST, harvest.id)
    assert flag.figures["before_minutes"] == 120
    corrected = lot(harvested_at=NOON - 3 * 3_600)
    assert timing.arrived_before_harvest(harvest, corrected, story, LIMITS) is None


@pytest.mark.parametrize(
    ("after_s", "quantity_g", "is_raised"),
    [
        (5 * MINUTE - 1, 50_000, True),
        (5 * MINUTE, 50_000, False),
        (5 * MINUTE - 1, 49_999, False),
        (-15 * MINUTE, 50_000, True),
        (-15 * MINUTE - 1, 50_000, False),  # that is another flag
    ],
)
@pytest.mark.parametrize(("kind", "counted"), [("arrive", "counted_g"), ("receive", "received_g")])
def test_much_that_arrives_right_after_the_harvest(kind, counted, after_s, quantity_g, is_raised):
    harvest = entry("lot.harvest")
    arrival = entry(f"lot.{kind}", at=NOON + after_s, closed={counted: quantity_g})
    flag = timing.arrived_soon(arrival, lot(), [harvest, arrival], LIMITS)
    assert (flag is not None) == is_raised


def test_goods_that_were_made_or_stocked_may_arrive_at_once():
    harvest = entry("lot.harvest")
    arrival = entry("lot.arrive", closed={"counted_g": 90_000})
    for origin in ("made", "opening", "claim"):
        assert timing.arrived_soon(arrival, lot(origin=origin), [harvest], LIMITS) is None
        assert timing.arrived_before_harvest(arrival, lot(origin=origin), [], LIMITS) is None


def test_what_an_entry_is_about_first():
    run = entry("lot.sort", lot="", children=[{"lot": "C1"}, {"lot": "C2"}])
    assert timing.subject_of(run) == "lot/C1"
    assert timing.subject_of(entry("lot.ship", shipment="X")) == "shipment/X"
    assert timing.subject_of(entry("label.unbind", lot="", roll="R")) == "roll/R"
    assert timing.subject_of(entry("lot.sort", lot="")) == "actor/A4M9X2B0KTD7"
