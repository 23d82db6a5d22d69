"""Second signatures at the command line: nobody is told 64 digits on the telephone."""

import re

import pytest

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
