"""Packs in a workbook: what is likely is taken as it is, what nobody packs is asked back."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.demo.workbook import PACKINGS
from gateway.plausibility.thresholds import UNIT_G
from gateway.setup.doubts import doubts
from gateway.setup.sheets import PackingRow
from gateway.town.catalogue import PACK_UNITS

units = st.sampled_from(sorted(PACK_UNITS))


def asked(*packings):
    """Return what is asked of (unit, grams, since) of one crop, from row 2 on."""
    return doubts(
        [
            PackingRow(row=row, crop="carrot", unit=unit, grams=grams, since=since)
            for row, (unit, grams, since) in enumerate(packings, start=2)
        ]
    )


@given(units, st.integers(1, 1_000_000))
def test_a_pack_is_asked_back_if_no_pack_of_its_unit_weighs_so_much(unit, grams):
    least_g, most_g = UNIT_G[unit]
    found = asked((unit, grams, "2026-04-01"))
    assert bool(found) == (not least_g <= grams <= most_g)
    for one in found:
        assert PACK_UNITS[unit] in one.text("ja")
        assert f"{grams:,} g" in one.text("en")


@given(st.integers(200, 3_000), st.integers(10, 500))
def test_a_spec_that_is_more_than_doubled_or_less_than_halved_is_asked_back(grams, percent):
    after_g = grams * percent // 100
    found = asked(("bag", after_g, "2026-10-01"), ("bag", grams, "2026-04-01"))
    assert [one.row for one in found] == ([] if grams <= 2 * after_g <= 4 * grams else [2])


def test_packs_of_different_units_are_not_compared():
    assert asked(("bag", 500, "2026-04-01"), ("crate", 15_000, "2026-04-01")) == []


def test_nothing_of_the_demos_is_asked_back():
    by_slip = {slip: unit for unit, slip in PACK_UNITS.items()}
    for _, slip, grams in PACKINGS:
        assert asked((by_slip[slip], grams, "2026-04-01")) == []
