"""Who may take in whose goods, agreed on and ended at the command line; and answers to claims."""

import json

import pytest

from gateway.device.keyring import Key, payload_of
from gateway.typed.lot_numbers import check_character
from tests.gateway.cli.terminal import drawn, harvest, minori, send


def arrive(stage, lot: str, *options: str) -> str:
    """Let 10 kg of farm A's carrots come to shop A."""
    farm = stage.town.people["farm-a"].party
    typed = lot + check_character(lot)
    words = (f"{typed}=10kg", "--producer", farm, "--crop", "carrot", "-k", "shop-a")
    return minori("arrive", *words, *options)


def test_a_claim_is_told_listed_and_answered(stage):
    shop = stage.town.people["shop-a"].party
    lot = drawn(harvest(stage), "lot")
    assert "accepted" in minori("consign", "end", shop, "-k", "farm-a")
    assert "agreed on no consignment" in arrive(stage, lot)
    for key in ("farm-a", "shop-a"):
        assert f"{lot}  Carrot 10 kg" in minori("consign", "list", "-k", key)
        assert f"{lot}  にんじん 10 kg" in minori("consign", "list", "-k", key, "--lang", "ja")
    assert "claimed to be yours" in minori("consign", "list", "-k", "farm-a")
    assert "claimed to be yours" not in minori("consign", "list", "-k", "farm-b")
    sale = (f"lot={lot}", "quantity_g=1kg", f"owner={stage.town.people['farm-a'].party}")
    assert "NOTHING_HELD" in minori("submit", "lot.sell", *sale, "-k", "shop-a", code=1)
    told = minori("consign", "answer", lot[:6], "--accepted", "6kg", "-k", "farm-a")
    assert "accepted" in told
    assert lot not in minori("consign", "list", "-k", "shop-a")
    assert "accepted" in minori("submit", "lot.sell", *sale, "-k", "shop-a")


def test_what_is_given_is_listed_by_both_sides_and_lets_goods_come(stage):
    shop = stage.town.people["shop-a"].party
    minori("consign", "end", shop, "-k", "farm-a")
    words = ("consign", "give", shop, "--since", "2026-01-01", "--until", "2097-03-31")
    assert "accepted" in minori(*words, "-k", "farm-a")
    assert "2026-01-01 to 2097-03-31" in minori("consign", "list", "-k", "farm-a")
    assert "2026-01-01 to 2097-03-31" in minori("consign", "list", "-k", "shop-a")
    assert "agreed on no consignment" not in arrive(stage, drawn(harvest(stage), "lot"))
    farm = stage.town.people["farm-a"].party
    assert "accepted" in minori("consign", "end", farm, "-k", "shop-a")
    assert "nothing is agreed on" in minori("consign", "end", farm, "-k", "shop-a", code=1)


def test_where_the_gateway_is_away_what_was_known_last_decides(stage, home):
    shop = stage.town.people["shop-a"].party
    lot = drawn(harvest(stage), "lot")
    minori("consign", "list", "-k", "shop-a")
    minori("consign", "end", shop, "-k", "farm-a")
    stage.gateways[0].stop()
    farm = stage.town.people["farm-a"].party
    words = ("arrive", f"{lot + check_character(lot)}=10kg", "--producer", farm)
    minori(*words, "--crop", "carrot", "-k", "shop-a", code=1)
    (wire,) = Key.load(home / "keys" / "shop-a.json").queue
    assert payload_of(wire)["type"] == "lot.arrive"
    stage.gateways[0].start()
    told = send("shop-a")
    assert "NOT_CONSIGNED" in told


@pytest.mark.usefixtures("stage")
def test_an_answer_names_the_claim_that_is_meant():
    refused = minori("consign", "answer", "0" * 20, "--accepted", "0", "-k", "farm-a", code=1)
    assert "choose by number" in refused
    assert json.loads(minori("query", "me", "-k", "farm-a"))["claims"] == []
