"""What is asked back of goods: crops and classes without a name, packs that nobody packs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.plausibility import goods
from gateway.plausibility.codes import FlagCode
from gateway.plausibility.thresholds import UNIT_G
from gateway.town.catalogue import PACK_UNITS, CatalogueFile, CropEntry, PackingEntry, Words
from gateway.town.names import CROPS, Names

DAY = "2026-11-18"
BAG_G = 500
PACKINGS = (
    PackingEntry(crop="carrot", unit="bag", grams=BAG_G, since="2020-01-01"),
    PackingEntry(crop="carrot", unit="crate", grams=15_000, since="2020-01-01"),
    PackingEntry(crop="carrot", unit="bag", grams=5 * BAG_G, since="2026-12-01"),
)
TOWN = Names().known().model_copy(update={"packings": PACKINGS})
LETTERS = "abcdefghijklmnopqrstuvwxyz"

codes = st.sampled_from(sorted(CROPS))
units = st.sampled_from(sorted(PACK_UNITS))


def asked(kind, body, closed=None, *, catalogue=TOWN, crop="", day=DAY):
    return goods.doubts(kind, body, closed or {}, catalogue=catalogue, day=day, crop=crop)


def harvest(quantity_g, packs=None, crop="carrot", **more):
    closed = {"quantity_g": quantity_g, "estimated": False} | ({"packs": packs} if packs else {})
    return [one.code for one in asked("lot.harvest", {"crop": crop}, closed, **more)]


def bags(count, unit="bag"):
    return {"unit": unit, "count": count}


@given(codes, st.integers(0, 40), st.sampled_from(["drop", "double", "swap", "change"]))
def test_a_crop_that_is_a_slip_away_from_a_name_is_asked_back_with_the_nearest(crop, at, slip):
    at %= len(crop) - 1
    match slip:
        case "drop":
            typed = crop[:at] + crop[at + 1 :]
        case "double":
            typed = crop[: at + 1] + crop[at:]
        case "swap":
            typed = crop[:at] + crop[at + 1] + crop[at] + crop[at + 2 :]
        case _:
            typed = crop[:at] + LETTERS[(ord(crop[at]) - 96) % 26] + crop[at + 1 :]
    if goods.is_named(typed, TOWN) or len(crop) < 4:
        return
    (doubt,) = asked("lot.harvest", {"crop": typed}, {"quantity_g": 9_000})
    assert (doubt.code, doubt.member) == (FlagCode.CROP_UNKNOWN, "crop")
    assert crop in doubt.choices


@given(codes)
def test_a_crop_that_has_a_name_is_never_asked_back(crop):
    assert asked("lot.harvest", {"crop": crop}, {"quantity_g": 9_000}) == []
    assert asked("lot.arrive", {}, {"crop": crop, "counted_g": 9_000}) == []


@pytest.mark.parametrize("crop", ["carrot-juice", "sweet-potato-chips", "other", "other-3k2j"])
def test_products_and_what_has_no_name_yet_are_no_slips(crop):
    assert asked("lot.arrive", {}, {"crop": crop, "counted_g": 9_000}) == []


@pytest.mark.parametrize("crop", ["carot-juice", "carrot-jucie", "carrot-", "cutlery", "oinon"])
def test_a_misspelt_product_is_a_slip(crop):
    found = asked("lot.arrive", {}, {"crop": crop, "counted_g": 9_000})
    assert [one.code for one in found] == [FlagCode.CROP_UNKNOWN]


def test_what_a_run_makes_is_asked_back_child_by_child():
    children = [{"crop": "carot-juice"}, {"crop": "carrot", "grade": "lx"}, {"crop": "carrot"}]
    found = asked("lot.process", {"children": children})
    assert [(one.code, one.member) for one in found] == [
        (FlagCode.CROP_UNKNOWN, "children[0].crop"),
        (FlagCode.CLASS_UNKNOWN, "children[1].grade"),
    ]
    assert "l" in found[1].choices
    sorted_ = asked("lot.sort", {"children": children})
    assert [one.code for one in sorted_] == [FlagCode.CLASS_UNKNOWN]  # its crop is the parents'


def test_a_class_of_a_sorting_over_several_commands_is_asked_back_as_of_one():
    child = {"crop": "carrot", "grade": "lx", "index": 0}
    packs = {"unit": "bag", "count": 1}
    closed = {"parts": [{"to_g": 40_000}, {"to_g": 20_000}], "packs": packs}
    found = asked("lot.sort_class", {"child": child}, closed)
    run = {"inputs": [{"to_g": [40_000]}, {"to_g": [20_000]}]}
    whole = asked(
        "lot.sort", {"children": [child]}, {**run, "packed": [{"index": 0, "packs": packs}]}
    )
    assert [one.code for one in found] == [one.code for one in whole]
    assert [one.member for one in found] == ["child.grade", "packs"]
    assert [one.figures for one in found] == [one.figures for one in whole]


def test_a_town_may_name_crops_and_classes_of_its_own():
    named = TOWN.model_copy(
        update={
            "crops": {**TOWN.crops, "hebesu": CropEntry(name=Words(ja="へべす"))},
            "classes": {**TOWN.classes, "tokusen": Words(ja="特選")},
        }
    )
    for catalogue, count in ((TOWN, 2), (named, 0)):
        found = asked(
            "lot.process",
            {"children": [{"crop": "hebesu", "grade": "tokusen"}]},
            catalogue=catalogue,
        )
        assert len(found) == count


@given(st.integers(1, 400), st.integers(-50, 100))
def test_packs_near_the_spec_are_not_asked_back(count, off_percent):
    quantity_g = -(-count * BAG_G * (100 + off_percent) // 100)
    assert harvest(quantity_g, bags(count)) == []


@given(st.integers(1, 400), st.sampled_from([0.001, 0.01, 0.1, 0.2, 2.4, 10, 100, 1000]))
def test_a_slip_of_a_digit_or_of_the_unit_is_asked_back(count, factor):
    quantity_g = round(count * BAG_G * factor)
    if quantity_g:
        assert harvest(quantity_g, bags(count)) == [FlagCode.PACK_FAR_FROM_SPEC]


@pytest.mark.parametrize(
    ("quantity_g", "packs", "code"),
    [
        (2_400, bags(24), "PACK_FAR_FROM_SPEC"),
        (12_000, bags(1), "PACK_FAR_FROM_SPEC"),
        (12_000, bags(1, "bottle"), "PACK_UNLIKELY"),
        (5, bags(1, "crate"), "PACK_FAR_FROM_SPEC"),
        (60_000, bags(1, "bale"), "PACK_UNIT_UNUSUAL"),
        (12, None, "AMOUNT_SMALL"),
    ],
)
def test_unlikely_packs(quantity_g, packs, code):
    assert code in harvest(quantity_g, packs)


def test_the_spec_is_that_of_the_day():
    assert harvest(24 * 5 * BAG_G, bags(24)) == [FlagCode.PACK_FAR_FROM_SPEC]
    assert harvest(24 * 5 * BAG_G, bags(24), day="2026-12-01") == []


@given(units, st.integers(1, 500), st.integers(1, 1_000_000))
def test_without_a_spec_a_pack_is_as_heavy_as_any_of_its_unit(unit, count, pack_g):
    least_g, most_g = UNIT_G[unit]
    found = harvest(count * pack_g, bags(count, unit), crop="okra")
    assert found == ([] if least_g <= pack_g <= most_g else [FlagCode.PACK_UNLIKELY])


def test_every_unit_has_its_weights():
    assert UNIT_G.keys() == PACK_UNITS.keys()
    assert all(0 < least_g < most_g for least_g, most_g in UNIT_G.values())


def test_an_entry_taken_back_and_a_small_sale_are_not_asked_about():
    body = {"crop": "carrot"}
    assert asked("lot.correct_harvest", body, {"quantity_g": 0, "estimated": False}) == []
    assert asked("lot.sell", {"lot": "L"}, {"quantity_g": 12}, crop="carrot") == []
    assert asked("lot.ship", {"lot": "L"}, {"quantity_g": 12}, crop="carrot") != []


def test_packs_of_what_a_run_made_are_compared_with_what_went_into_each():
    body = {"children": [{"crop": "carrot"}, {"crop": "carrot"}]}
    closed = {
        "inputs": [{"quantity_g": 9_000, "to_g": [5_000, 3_000]}, {"to_g": [1_000, 0]}],
        "packed": [{"index": 0, "packs": bags(12)}, {"index": 1, "packs": bags(60)}],
    }
    (doubt,) = asked("lot.repack", body, closed)
    assert (doubt.code, doubt.member) == (FlagCode.PACK_FAR_FROM_SPEC, "packed[1].packs")
    assert doubt.figures["pack_g"] == 50


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["crop", "children", "packs", "packed", "inputs", "to_g", "index", "unit"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
bodies = st.dictionaries(
    st.sampled_from(["crop", "children", "quantity_g", "packs", "packed", "inputs"]), json_values
)


@given(st.sampled_from(["lot.process", "lot.harvest", "lot.arrive"]), bodies, bodies)
def test_whatever_is_said_the_rules_answer(kind, body, closed):
    asked(kind, body, closed, catalogue=CatalogueFile(packings=PACKINGS))
