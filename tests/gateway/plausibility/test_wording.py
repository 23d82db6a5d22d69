"""Every flag says in both languages what was compared, and that it may well be true."""

import re

import pytest

from gateway.plausibility import thresholds
from gateway.plausibility.codes import FlagCode
from gateway.plausibility.wording import TEXTS, text_of
from tests.gateway.plausibility.making import entry


def members(text):
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_code_has_its_text_and_no_other():
    assert set(TEXTS) == set(FlagCode)


@pytest.mark.parametrize("code", FlagCode)
def test_a_text_has_the_same_figures_in_both_languages_each_with_its_unit(code):
    wording = TEXTS[code]
    assert members(wording.ja) == members(wording.en)
    units = ("_g", "_m2", "_percent", "_count", "_days", "_minutes")
    assert all(
        one in {"crop", "unit", "word", "year"} or one.endswith(units)
        for one in members(wording.ja)
    )


@pytest.mark.parametrize("code", FlagCode)
def test_a_text_says_that_it_is_not_necessarily_wrong(code):
    flag = entry("lot.harvest").flag(code, "lot/X", **dict.fromkeys(members(TEXTS[code].en), 7))
    assert "間違いとは限りません" in text_of(flag, "ja")
    assert "not necessarily wrong" in text_of(flag, "en")


def test_grams_are_shown_as_kilograms_and_codes_by_their_names():
    flag = entry("lot.harvest").flag(
        FlagCode.YIELD_HIGH,
        "plot/P",
        crop="carrot",
        year=2026,
        harvested_g=4_500_250,
        usual_g=3_000_000,
        area_m2=1_000,
        limit_percent=150,
    )
    text = text_of(flag, "ja", {"carrot": "にんじん"})
    assert "2026年のにんじんの収穫が4,500.25kg" in text
    assert "1,000㎡の畑の目安3,000kgの150%" in text


def test_an_entry_is_judged_by_the_edition_of_its_day(monkeypatch):
    old, new = (thresholds.Thresholds(since=day) for day in ("2020-01-01", "2027-04-01"))
    monkeypatch.setattr(thresholds, "EDITIONS", (new, old))
    days = ("2020-01-01", "2027-03-31", "2027-04-01", "2030-01-01")
    found = [thresholds.thresholds(day).since for day in days]
    assert found == ["2020-01-01", "2020-01-01", "2027-04-01", "2027-04-01"]


def test_editions_are_in_order_and_each_has_its_day():
    days = [edition.since for edition in thresholds.EDITIONS]
    assert days == sorted(set(days))
