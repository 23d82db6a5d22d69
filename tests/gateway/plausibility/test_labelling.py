"""Stickers: each rule just within and just beyond its threshold."""

import pytest

from gateway.plausibility import labelling
from gateway.plausibility.evidence import ScanFacts
from tests.gateway.plausibility.making import DAY, FARM, LIMITS, NOON, SHOP, entry, holding, lot


def beyond(one, story, stickers, pack_g=500):
    return labelling.stickers_beyond_goods(
        one, lot(), story, stickers=stickers, pack_g=pack_g, limits=LIMITS
    )


@pytest.mark.parametrize(
    ("stickers", "pack_g", "packs"),
    [(200, 500, None), (201, 500, 200), (5_000, None, None), (5_001, None, 5_000)],
)
def test_more_stickers_than_packs(stickers, pack_g, packs):
    one = entry("label.bind")
    flag = beyond(one, [one], stickers, pack_g)
    assert (flag and flag.figures["packs_count"]) == packs


def test_only_the_latest_binding_tells_it():
    first, second = entry("label.bind"), entry("label.bind")
    assert beyond(first, [first, second], 900) is None
    assert beyond(second, [first, second], 900) is not None


def test_stickers_of_somebody_who_has_none_of_the_goods():
    stranger = entry("label.bind", party=SHOP, count=40)
    flag = labelling.stickers_without_goods(stranger, lot(), [holding()])
    assert (flag.party, flag.figures["stickers_count"]) == (SHOP, 40)
    for one in (holding(SHOP, SHOP), holding(SHOP, FARM), holding(FARM, SHOP)):
        assert labelling.stickers_without_goods(stranger, lot(), [one]) is None
    assert labelling.stickers_without_goods(entry("label.bind"), lot(), []) is None


def test_stickers_that_are_asked_about_too_often():
    bound = entry("label.bind", roll="R", first=1, count=40)
    flag = labelling.stickers_copied(bound, ScanFacts(stickers=2, most_a_day=31, days=4), LIMITS)
    assert (flag.subject, flag.figures["stickers_count"]) == ("roll/R", 2)
    assert labelling.stickers_copied(bound, None, LIMITS) is None


def moved(count, reason="wrong-lot", apart_s=60):
    return [
        entry("label.unbind", at=NOON + place * apart_s, roll="R", reason=reason)
        for place in range(count)
    ]


def test_stickers_that_wander_are_told_once():
    story = moved(6)
    told = [labelling.stickers_moved_often(one, story, LIMITS) is not None for one in story]
    assert told == [False, False, False, True, False, False]


def test_spoiled_stickers_and_rare_moves_are_nothing():
    for story in (moved(6, "spoiled"), moved(6, "not-used"), moved(6, apart_s=10 * DAY)):
        assert all(labelling.stickers_moved_often(one, story, LIMITS) is None for one in story)
