"""How somebody writes: each rule just within and just beyond its threshold."""

import pytest

from chaincode.base import times
from gateway.plausibility import habits
from tests.gateway.plausibility.making import DAY, FARM, LIMITS, NOON, SHOP, entry


def day(seconds):
    return times.local_date(seconds, 540)


def diary(count, days, *, gap_s=10, channel="phone"):
    """Return entries signed one after the other, about so many days in turn."""
    signed = [NOON + place * gap_s for place in range(count)]
    return [
        entry("lot.harvest", at=at - ago, late_s=ago, channel=channel)
        for place, at in enumerate(signed)
        for ago in [(1 + place % days) * DAY]
    ]


def told(entries):
    found = [habits.entered_in_a_bunch(one, entries, day, LIMITS) for one in entries]
    return [place for place, flag in enumerate(found, start=1) if flag]


@pytest.mark.parametrize(
    ("count", "days", "expected"),
    [(10, 10, []), (11, 6, [11]), (30, 10, [11]), (11, 5, []), (30, 5, [])],
)
def test_a_diary_filled_in_afterwards_is_told_once(count, days, expected):
    assert told(diary(count, days)) == expected


def test_a_pause_ends_a_bunch():
    assert told(diary(30, 10, gap_s=300)) == [11]
    assert told(diary(30, 10, gap_s=301)) == []


@pytest.mark.parametrize("channel", ["paper", "desk", "import"])
def test_who_copies_paper_says_so_and_is_left_alone(channel):
    assert not any(map(habits.is_afterwards, diary(30, 10, channel=channel)))


def test_what_a_phone_kept_without_signal_was_signed_when_it_happened():
    kept = [entry("lot.harvest", at=NOON + place * DAY) for place in range(30)]
    assert not any(map(habits.is_afterwards, kept))


def harvests(*grams, **closed):
    return [
        entry("lot.harvest", closed={"quantity_g": one, "estimated": False, **closed})
        for one in grams
    ]


def told_round(entries):
    found = [habits.round_numbers(one, entries, LIMITS) for one in entries]
    return [place for place, flag in enumerate(found, start=1) if flag]


@pytest.mark.parametrize(
    ("grams", "expected"),
    [
        ([12_000] * 20, []),
        ([12_000] * 21, [21]),
        ([12_000] * 30, [21]),
        ([12_000] * 15 + [12_001] + [12_000] * 20, []),
        ([12_001] + [12_000] * 21, [22]),
    ],
)
def test_measured_harvests_at_whole_kilograms_are_told_once(grams, expected):
    assert told_round(harvests(*grams)) == expected


def test_guesses_and_counted_packs_are_round_by_nature():
    packs = {"unit": "crate", "count": 1, "unit_g": 12_000}
    assert not any(map(habits.is_weighed, harvests(12_000, packs=packs)))
    assert not any(map(habits.is_weighed, harvests(12_000, estimated=True)))


def test_the_fifth_correction_of_a_lot_is_told():
    story = [entry("lot.correct_harvest") for _ in range(3)]
    story += [entry("lot.correct_receipt", party=SHOP) for _ in range(3)]
    story += [entry("lot.correct_outflow") for _ in range(3)]
    found = [habits.corrected_often(one, story, LIMITS) for one in story]
    assert [place for place, flag in enumerate(found, start=1) if flag] == [8]


def test_an_entry_that_came_before_is_told_by_each_repetition_of_its_own_party():
    first, again, third = (entry("lot.sell", at=NOON + n * 120, nonce="n") for n in range(3))
    twins = [third, again, first]
    assert habits.entered_twice(first, twins) is None
    for one, count in ((again, 2), (third, 3)):
        flag = habits.entered_twice(one, twins)
        assert (flag.code, flag.party, flag.entry) == ("ENTERED_TWICE", FARM, one.id)
        assert flag.figures == {
            "first": first.id,
            "entries_count": count,
            "after_minutes": 2 * (count - 1),
        }


def test_another_party_that_copies_a_nonce_makes_nobody_suspect():
    copied = entry("lot.sell", nonce="n", party=SHOP)
    own = entry("lot.sell", nonce="n")
    assert habits.entered_twice(own, [copied, own]) is None
    assert habits.entered_twice(copied, [copied, own]) is None
