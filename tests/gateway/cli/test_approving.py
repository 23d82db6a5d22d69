"""Second signatures at the command line: nobody is told 64 digits on the telephone."""

import re

import pytest

from gateway.demo.trading import Trading
from gateway.typed.lot_numbers import check_character
from tests.gateway.cli.terminal import drawn, harvest, minori


def declare(stage, *options: str, how: str = "declare") -> str:
    lot = drawn(harvest(stage), "lot")
    words = ("kind=safety", "cause=residue", "scope=lot", f"roots={lot}", "-k", "quality-desk")
    return minori("submit", f"recall.{how}", *words, *options)


def open_stock(crop: str) -> str:
    words = (f"crop={crop}", "harvested_at=2025-10-01T00:00:00Z", f"document={'ab' * 32}")
    return minori(
        *("submit", "lot.open", *words, "quantity_g=40kg", "estimated=false", "-k", "farm-a")
    )


def test_a_proposal_says_whose_signature_it_waits_for(stage):
    assert "waits for a second signature of a recall officer at" in declare(stage)
    assert "waits for a second signature" in declare(stage, "--dry-run")
    assert "crops carrot\n" in declare(stage, "--dry-run")
    assert "もう一つの組織の署名を待っています" in declare(stage, "--lang", "ja")
    assert "回収担当" in declare(stage, "--dry-run", "--lang", "ja")


def test_the_only_one_that_waits_is_asked_about(stage):
    assert "nothing waits" in minori("waiting", "-k", "food-safety")
    assert "nothing waits" in minori("approve", "-k", "food-safety")
    proposal = drawn(declare(stage), "signed")
    assert "nothing waits" in minori("waiting", "-k", "quality-desk")  # her own
    told = minori("waiting", "-k", "food-safety")
    assert "Declare a recall (safety, residues) of 1 lot: Carrot of " in told
    assert proposal in told
    ja = minori("waiting", "-k", "food-safety", "--lang", "ja")
    assert "回収の決定（安全にかかわる回収、残留農薬）：にんじん（" in ja
    assert "の1ロット（" in ja
    assert "（" in ja.split("最初の署名")[1].splitlines()[0]  # with its weekday
    refused = minori("approve", "-k", "food-safety", typed="no\n")
    assert "nothing was signed" in refused
    assert "受付" in minori("approve", "-k", "food-safety", "--lang", "ja", typed="はい\n")
    assert "nothing waits" in minori("approve", "-k", "food-safety")


@pytest.mark.usefixtures("stage")
def test_one_of_several_is_chosen_by_its_number():
    first, second = (drawn(open_stock(crop), "signed") for crop in ("rice", "taro"))
    several = minori("approve", "-k", "inspector", "--yes", code=1)
    assert "2 are waiting" in several
    assert "nothing was signed" in minori("approve", "-k", "inspector", typed="0\n")
    chosen = minori("approve", "-k", "inspector", typed="x\n7\n２\n")  # noqa: RUF001 - as typed
    assert "x: no such number" in chosen
    assert "accepted" in chosen
    left = minori("waiting", "-k", "inspector")
    assert second in left  # the newest is the first of the list
    assert first not in left
    assert "accepted" in minori("approve", "-k", "inspector", "--yes")


def test_an_approval_that_could_not_be_sent_is_not_offered_again(stage):
    declare(stage)
    minori("approve", "--yes", "--later", "-k", "food-safety")
    told = minori("approve", "--yes", "-k", "food-safety")
    assert told.count("accepted") == 1
    assert "nothing waits" in told


@pytest.mark.parametrize("is_named", [False, True])
def test_a_recall_that_one_declared_is_confirmed_by_another(stage, is_named):
    recall = drawn(declare(stage, how="emergency"), "recall")
    assert "nothing waits" in minori("waiting", "-k", "quality-desk")
    told = minori("waiting", "-k", "food-safety")
    assert f"Confirm the recall {recall} that one person signed alone (safety, residues)" in told
    ja = minori("waiting", "-k", "food-safety", "--lang", "ja")
    assert f"ひとりで署名された回収{recall}の確認（安全にかかわる回収、残留農薬）：にんじん" in ja
    named = re.findall(r"\b[0-9a-f]{64}\b", told) if is_named else ["--yes"]
    assert "accepted" in minori("approve", *named, "-k", "food-safety")
    assert "nothing waits" in minori("approve", "-k", "food-safety")


def claim(stage) -> str:
    """Let 10 kg of farm C's carrots come to shop A, of which nothing is agreed on."""
    farm, shop = (stage.town.people[one].party for one in ("farm-c", "shop-a"))
    minori("consign", "end", shop, "-k", "farm-c")
    lot = drawn(harvest(stage, key="farm-c"), "lot")
    words = ("--producer", farm, "--crop", "carrot", "-k", "shop-a")
    minori("arrive", f"{lot + check_character(lot)}=10kg", *words)
    return lot


@pytest.mark.parametrize(
    ("typed", "accepted", "denied"),
    [
        ("yes\nall\n", "10 kg", "0 kg"),
        ("はい\nすべて\n", "10 kg", "0 kg"),
        ("yes\n6kg\n", "6 kg", "4 kg"),
        ("yes\nnothing\n", "0 kg", "10 kg"),
        ("はい\nなし\n", "0 kg", "10 kg"),
    ],
)
def test_a_claim_is_told_and_answered_in_words(stage, typed, accepted, denied):
    lot = claim(stage)
    assert "nothing waits" in minori("waiting", "-k", "shop-a")
    told = minori("waiting", "-k", "farm-c")
    assert f"says that 10 kg of your Carrot came there: lot {lot}" in told
    ja = minori("waiting", "-k", "farm-c", "--lang", "ja")
    assert f"あなたのにんじん 10 kgが届いた（ロット{lot}）" in ja
    assert "nothing was signed" in minori("approve", "-k", "farm-c", typed="no\n")
    answered = minori("approve", "-k", "farm-c", typed=typed)
    assert f"accepted {accepted}, denied {denied}" in answered
    assert answered.splitlines()[-1].count("accepted") == 1
    assert "nothing waits" in minori("approve", "-k", "farm-c")


def test_a_claim_is_never_accepted_by_yes_alone(stage):
    lot = claim(stage)
    assert "add --accepted" in minori("approve", "--yes", "-k", "farm-c", code=1)
    more = minori("approve", lot, "--accepted", "11kg", "-k", "farm-c", code=1)
    assert "only 10 kg is claimed" in more
    assert lot in minori("waiting", "-k", "farm-c")
    told = minori("approve", "--yes", "--accepted", "6kg", "-k", "farm-c", "--lang", "ja")
    assert "認める 6 kg、否認 4 kg" in told
    assert "nothing waits" in minori("waiting", "-k", "farm-c")


def test_what_is_no_claim_is_not_answered_with_a_quantity(stage):
    declare(stage)
    refused = minori("approve", "--yes", "--accepted", "6kg", "-k", "food-safety", code=1)
    assert "what is chosen is no claim" in refused


def test_a_surplus_is_told_with_the_words_that_deny_it(stage):
    trade = Trading(stage.town)
    lot = drawn(harvest(stage), "lot")
    words = (f"lot={lot}", f"recipient={trade.party('shop-a')}", "quantity_g=10kg")
    minori("submit", "lot.ship", *words, "-k", "farm-a")
    minori("submit", "lot.receive", "received_g=10kg", "-k", "shop-a")
    counted = (f"lot={lot}", "reason=miscount", "was_g=10kg", "counted_g=11.2kg")
    minori("submit", "lot.take_stock", *counted, "-k", "shop-a")
    told = minori("waiting", "-k", "farm-a")
    assert f"found 1 kg of your Carrot more than came to it (lot {lot})" in told
    assert "棚卸超過が 1 kg あります" in minori("waiting", "-k", "farm-a", "--lang", "ja")
    deny = told.partition("minori ")[2].split()
    assert deny[:2] == ["submit", "lot.deny_claim"]
    assert "accepted" in minori(*deny, "-k", "farm-a")
    assert "you deny that" in minori("waiting", "-k", "farm-a")
    assert "more than came" not in minori("waiting", "-k", "farm-b")
