"""Another's key at the command line: called by whose it is, how it is kept, and its days."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cli.at_hand import _key
from gateway.cli.choosing import matching_words
from gateway.typed.same_name import fold
from tests.gateway.cli.terminal import harvest, minori
from tests.gateway.setup.workbooks import wide

ME = {"utc_offset_minutes": 540}
FARM = {
    "actor": "Q7M49X2B0KTD",
    "actor_code": "P-01",
    "party": "Q7M49X2B0KTE",
    "party_code": "F-01",
    "party_name": {"ja": "農園A", "en": "Farm A"},
    "roles": [{"role": "farmer", "name": {"ja": "生産者", "en": "farmer"}}],
}


def key_of(**changes):
    key = {
        "kid": "aB3" * 14 + "x",
        "kept": "file",
        "kept_text": {"ja": "ファイルの鍵", "en": "key in a file"},
        "enrolled_at": "2026-04-01T00:00:00Z",
        "used_at": None,
        "spared_until": None,
    }
    return _key(key | changes, FARM, ME)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "P-01",
            "p-01",
            wide("P-01"),
            "F-01",
            "農園A",
            f"農園{wide('A')}",
            "farm a",
            "生産者",
            "farmer",
        ),
        *(
            "ファイル",
            "ﾌｧｲﾙ",
            "file",
            "4月1日",
            "４月１日",
            "4/1",
            "2026-04-01",
            "aB3aB3",
            "ab3ab3",
        ),
        *("P-01 ファイル", "農園Ａ　ﾌｧｲﾙ", "農園A 4/1"),
    ],
)
def test_a_key_is_found_by_whose_it_is_how_it_is_kept_and_its_days(typed):
    assert matching_words(typed, [key_of()]) == [key_of()]


@pytest.mark.parametrize("typed", ["P-02", "共用", "農園B", "4/2", "P-01 共用", "aB4", "aB"])
def test_a_key_is_not_found_by_what_it_is_not(typed):
    assert matching_words(typed, [key_of()]) == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_label_finds_its_key_half_width_and_full_width_alike(data):
    one = key_of(used_at=data.draw(st.sampled_from([None, "2026-11-29T03:00:00Z"])))
    label = data.draw(st.sampled_from([label for label in one.labels if label]))
    typed = data.draw(st.sampled_from([label, wide(label), label.upper(), label.lower()]))
    assert matching_words(typed, [one]) == [one]
    assert fold(typed) == fold(label)


def test_a_registrar_ends_a_key_by_the_beginning_of_it_or_whose_it_is(stage):
    """By the office's names, too: `test_naming`."""
    farm = stage.town.people["farm-a"]
    shown = minori("submit", "key.revoke", "device=?", "-k", "registrar-coop", code=1)
    assert farm.device.kid in shown
    harvest(stage)
    told = minori(
        "submit", "key.revoke", f"device={wide(farm.device.kid[:8])}", "-k", "registrar-coop"
    )
    assert farm.device.kid in told
    assert f"filled   actor {farm.actor}" in told
    assert "accepted" in told


def test_somebody_who_has_one_key_is_enough(stage):
    farm = stage.town.people["farm-b"]
    told = minori("submit", "key.revoke", f"actor={farm.actor}", "-k", "registrar-coop")
    assert f"filled   device {farm.device.kid}" in told
    assert "accepted" in told


def test_a_person_sees_the_own_keys_and_no_others(stage):
    farm, shop = (stage.town.people[one].device.kid for one in ("farm-a", "shop-a"))
    shown = minori("submit", "key.revoke", "device=?", "-k", "farm-a", code=1)
    assert farm in shown
    assert shop not in shown
    (own,) = json.loads(minori("query", "devices", "-k", "farm-a"))["holders"]
    assert [one["kid"] for one in own["keys"]] == [farm]


def test_a_key_of_somebody_else_is_told_with_those_there_are(stage):
    a, b = (stage.town.people[one] for one in ("farm-a", "farm-b"))
    words = (f"device={a.device.kid}", f"actor={b.actor}")
    told = minori("submit", "key.revoke", *words, "-k", "registrar-coop", code=1)
    assert "no such key" in told  # complete as it is typed: the ledger answers
    assert "UNKNOWN_DEVICE" in told
