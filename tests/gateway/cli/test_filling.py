"""What existing records determine is filled in: a person types what changes, and no id twice."""

import json
import re

from gateway.cli.sending import send
from gateway.demo.trading import Trading
from gateway.device.keyring import Key
from tests.gateway.cli.terminal import drawn, harvest, minori


def submit(kind: str, *words: str, key: str, code: int = 0) -> str:
    return minori("submit", kind, *words, "-k", key, code=code)


def ship(stage, lot: str, *words: str, to: str = "shop-a") -> str:
    recipient = stage.town.people[to].party
    sent = submit("lot.ship", f"lot={lot}", f"recipient={recipient}", *words, key="farm-a")
    return drawn(sent, "shipment")


def holding(lot: str, key: str) -> dict:
    (one,) = json.loads(minori("query", "lot", lot, "-k", key))["holdings"]
    return one


def test_a_receipt_follows_its_shipment(stage):
    lot = drawn(harvest(stage), "lot")
    farm = stage.town.people["farm-a"].party
    sold = ship(stage, lot, "quantity_g=2kg")
    consigned = ship(stage, lot, "quantity_g=3kg", "consigned=true")
    several = submit("lot.receive", "received_g=3kg", key="shop-a", code=1)
    assert sold in several
    assert consigned in several
    assert "Carrot, 3 kg, from" in several
    unknown = submit("lot.receive", f"shipment={'0' * 20}", "received_g=3kg", key="shop-a", code=1)
    assert "check the number" in unknown
    assert consigned in unknown  # what it may have been
    wrong = (f"shipment={consigned}", "received_g=3kg", "owner=QQQQQQQQQQQQ")
    assert f"the record says {farm}" in submit("lot.receive", *wrong, key="shop-a", code=1)
    told = submit("lot.receive", f"shipment={consigned}", "received_g=3kg", key="shop-a")
    assert f"filled   owner {farm}" in told
    assert f"filled   lot {lot}" in told
    assert "accepted" in told
    only = submit("lot.receive", "received_g=1.5kg", key="shop-a")
    assert f"filled   shipment {sold}" in only
    assert "owner" not in only  # these became the shop's
    assert "accepted" in only
    assert "no shipment fits" in submit("lot.receive", "received_g=1kg", key="shop-a", code=1)


def test_a_counts_correction_and_a_settlement_follow_too(stage):
    lot = drawn(harvest(stage), "lot")
    shipment = ship(stage, lot, "quantity_g=5kg", "consigned=true")
    submit("lot.receive", "received_g=3kg", key="shop-a")
    words = ("reason=weighing", "received_g=4kg")
    corrected = submit("lot.correct_receipt", *words, key="shop-a")
    assert "filled   corrects" in corrected
    assert "accepted" in corrected
    shares = ("to_sender_g=200", "to_recipient_g=300")
    settled = submit("lot.settle", f"shipment={shipment}", *shares, key="farm-a")
    assert "filled   lost_g 500" in settled
    assert "filled   consigned True" in settled
    assert "waits for a second signature of the other side" in settled
    assert "accepted" in minori("approve", "--yes", "-k", "shop-a")
    states = {
        one["state"]
        for one in json.loads(minori("query", "shipments", "-k", "farm-a"))["shipments"]
    }
    assert states == {"settled"}


def test_a_harvest_is_corrected_by_what_changes(stage):
    lot = drawn(harvest(stage), "lot")
    more = submit(
        "lot.correct_harvest", f"lot={lot}", "reason=weighing", "quantity_g=13kg", key="farm-a"
    )
    assert "accepted" in more
    assert holding(lot, "farm-a")["held_g"] == 13_000
    when = ("reason=wrong-date", "harvested_at=2026-04-01 09:00")
    assert "accepted" in submit("lot.correct_harvest", f"lot={lot}", *when, key="farm-a")
    stands = json.loads(minori("query", "lot", lot, "-k", "farm-a"))
    assert stands["harvest_g"] == 13_000
    assert stands["harvested_at"] == "2026-04-01T09:00:00+09:00"
    packs = ("packs=24bag@300g", "reason=typing")
    assert "accepted" in submit("lot.correct_harvest", f"lot={lot}", *packs, key="farm-a")
    assert holding(lot, "farm-a")["held_g"] == 7_200
    kept = submit(
        "lot.correct_harvest", f"lot={lot}", "reason=other", "estimated=true", key="farm-a"
    )
    assert "filled   packs" in kept  # they stand, and come to the same
    assert holding(lot, "farm-a")["held_g"] == 7_200
    words = (f"lot={lot}", "reason=weighing", "quantity_g=1kg")
    assert "no harvest of yours" in submit("lot.correct_harvest", *words, key="farm-b", code=1)


def test_whose_goods_are_sold_and_corrected_is_what_the_stock_says(stage):
    lot = drawn(harvest(stage), "lot")
    farm = stage.town.people["farm-a"].party
    assert "accepted" in minori(
        "arrive", f"{lot}=10kg", "--producer", farm, "--crop", "carrot", "-k", "shop-a"
    )
    assert f"filled   owner {farm}" in submit(
        "lot.sell", f"lot={lot}", "quantity_g=1kg", key="shop-a"
    )
    submit("lot.discard", f"lot={lot}", "quantity_g=500", "reason=spoiled", key="shop-a")
    words = (f"lot={lot}", "reason=typing", "quantity_g=700")
    several = submit("lot.correct_outflow", *words, key="shop-a", code=1)
    assert several.count("corrects=") >= 3  # the advice, and both
    for quantity_g in ("700", "800"):  # the second correction is of the first
        one = (f"lot={lot}", "outflow=sold", "reason=typing", f"quantity_g={quantity_g}")
        assert "accepted" in submit("lot.correct_outflow", *one, key="shop-a")
    assert holding(lot, "shop-a")["sold_g"] == 800
    there_g = holding(lot, "shop-a")["held_g"]
    counted = submit(
        "lot.take_stock", f"lot={lot}", f"counted_g={there_g - 5}", "reason=miscount", key="shop-a"
    )
    assert f"filled   was_g {there_g}" in counted
    assert holding(lot, "shop-a")["lost_g"] == 5
    less = submit(
        "lot.correct_arrival", f"lot={lot}", "reason=weighing", "counted_g=9kg", key="shop-a"
    )
    assert "filled   was_g 10000" in less
    assert "accepted" in less
    assert "accepted" in submit("lot.take_back", f"lot={lot}", "quantity_g=1kg", key="shop-a")
    denied = submit("lot.deny_claim", f"lot={lot}", "denied_g=100", key="farm-a")
    assert f"filled   holder {stage.town.people['shop-a'].party}" in denied
    assert "accepted" in denied


def test_a_recall_is_confirmed_lifted_and_closed_by_what_is_its_latest_entry(stage):
    lot = drawn(harvest(stage), "lot")
    words = ("kind=safety", "cause=residue", "scope=lot", f"roots={lot}")
    recall = drawn(submit("recall.emergency", *words, key="quality-desk"), "recall")
    told = submit("recall.confirm", key="food-safety")
    assert f"filled   recall {recall}" in told
    assert "filled   entry" in told
    assert "accepted" in told
    added = drawn(harvest(stage), "lot")
    extended = submit("recall.extend", f"roots={added}", key="food-safety")
    assert "accepted" in extended
    widened = submit("recall.widen", f"roots={'0' * 20}", "crops=carrot", key="quality-desk")
    assert f"filled   recall {recall}" in widened
    assert "accepted" in minori("approve", "--yes", "-k", "food-safety")
    assert "accepted" in submit("recall.confirm", key="quality-desk")
    assert "accepted" in submit("recall.lift", "reason=no-fault-found", key="quality-desk")
    assert "accepted" in minori("approve", "--yes", "-k", "food-safety")
    assert "no recall fits" in submit("recall.close", key="quality-desk", code=1)


def test_what_a_recall_stops_for_what_it_hides_is_cleared_by_a_lots_name(stage):
    lot, other = (drawn(harvest(stage), "lot") for _ in range(2))
    words = ("kind=safety", "cause=residue", "scope=lot", f"roots={lot}")
    recall = drawn(submit("recall.emergency", *words, key="quality-desk"), "recall")
    cleared = ("recall.clear", f"lots={other}", "reason=traced")
    told = submit(*cleared, key="quality-desk")
    assert f"filled   recall {recall}" in told
    assert "filled   entry" in told
    assert "accepted" in told
    again = submit(*cleared, key="quality-desk", code=1)
    assert "says so of all these lots already" in again
    others = submit(*cleared, key="food-safety", code=1)
    assert "officers clear its recalls" in others
    assert "accepted" in submit("recall.confirm", key="food-safety")
    assert "accepted" in submit("recall.lift", "reason=typing", key="quality-desk")
    assert "accepted" in minori("approve", "--yes", "-k", "food-safety")


def test_a_run_is_undone_by_a_lot_that_it_made(stage, tmp_path):
    lot = drawn(harvest(stage), "lot")
    run = {
        "body": {"parents": [lot], "children": [{"crop": "carrot"}], "shares": "measured"},
        "closed": {"inputs": [{"quantity_g": 12_000, "to_g": [12_000]}]},
    }
    (tmp_path / "run.json").write_text(json.dumps(run))
    made = minori("submit", "lot.merge", "--json", str(tmp_path / "run.json"), "-k", "farm-a")
    child = re.search(r"^lot 0 +(\w{20})$", made, re.MULTILINE)[1]
    assert "accepted" in submit("lot.unmake", f"lot={child}", "reason=typing", key="farm-a")
    assert holding(lot, "farm-a")["held_g"] == 12_500
    words = (f"lot={lot}", "reason=typing")
    assert "was not made" in submit("lot.unmake", *words, key="farm-a", code=1)


def sort_by_class(stage, home, lot: str) -> list[str]:
    """Sort farm A's lot into two classes, a command each, and return them."""
    key = Key.load(home / "keys" / "farm-a.json")
    stage.town.people["farm-a"].device = key.device
    parts, classes = [(lot, "farm-a", [6_000, 4_000])], [("carrot", "l"), ("carrot", "s")]
    made, wires = Trading(stage.town).sort_by_class("farm-a", parts, classes, lost_g=500)
    key.queue += wires
    key.save()
    send(key)
    assert key.queue == []
    return made


def test_a_joint_sorting_is_undone_class_by_class_the_latest_first(stage, home):
    lot = drawn(harvest(stage), "lot")
    large, small = sort_by_class(stage, home, lot)
    assert holding(lot, "farm-a")["held_g"] == 2_000
    why = ("reason=weighing",)
    early = submit("lot.undo_class", f"lot={large}", *why, key="farm-a", code=1)
    assert "NOT_THE_LATEST" in early
    for one in (small, large):
        told = submit("lot.undo_class", f"lot={one}", *why, key="farm-a")
        assert "filled   made" in told
        assert "filled   parts" in told
        assert "accepted" in told
        again = submit("lot.undo_class", f"lot={one}", *why, key="farm-a", code=1)
        assert "taken back" in again
    assert "filled   begun" in submit("lot.undo_sort", f"lot={lot}", *why, key="farm-a")
    assert holding(lot, "farm-a")["held_g"] == 12_500
    ja = submit("lot.undo_sort", f"lot={lot}", *why, "--lang", "ja", key="farm-a", code=1)
    assert "取り消せる選別などの記録がありません" in ja


def test_a_shipment_sent_wrongly_comes_back_without_an_id(stage):
    lot = drawn(harvest(stage), "lot")
    assert "nothing is on its way" in minori("return", "-k", "farm-a")
    ship(stage, lot, "quantity_g=2kg")
    ship(stage, lot, "quantity_g=3kg", to="shop-b")
    assert "2 are waiting" in minori("return", "--yes", "-k", "farm-a", code=1)
    chosen = minori("return", "-k", "farm-a", typed="2\n")
    assert "Carrot, 2 kg, to" in chosen
    assert "accepted" in chosen
    assert "nothing was signed" in minori("return", "-k", "shop-b", typed="いいえ\n")
    last = minori("return", "--last", "-k", "farm-a", "--lang", "ja", typed="はい\n")
    assert "にんじん 3 kg" in last
    assert holding(lot, "farm-a")["held_g"] == 12_500
    ship(stage, lot, "quantity_g=4kg", "consigned=true")
    assert "accepted" in minori("return", "--yes", "-k", "shop-a")  # refused at the shop
    ship(stage, lot, "quantity_g=5kg")
    by_submit = submit("lot.return", key="farm-a")
    assert "accepted" in by_submit
    assert holding(lot, "farm-a")["held_g"] == 12_500


def test_bought_goods_go_home_to_whoever_sent_them(stage):
    lot = drawn(harvest(stage), "lot")
    farm = stage.town.people["farm-a"].party
    back = ("lot.send_back", "quantity_g=2kg")
    ship(stage, lot, "quantity_g=3kg", "consigned=true")
    assert "nothing that you bought" in submit(*back, key="shop-a", code=1)
    submit("lot.receive", "received_g=3kg", key="shop-a")
    ja = submit(*back, f"lot={lot}", "--lang", "ja", key="shop-a", code=1)
    assert "送り返せる買い取りの品がありません" in ja
    came = [ship(stage, lot, f"quantity_g={grams}") for grams in (2_000, 1_000)]
    for one in came:
        submit("lot.receive", f"shipment={one}", "received_g=1kg", key="shop-a")
    told = submit(*back, key="shop-a")  # the same lot from the same farm, twice
    assert f"filled   recipient {farm}" in told
    assert f"filled   lot {lot}" in told
    home = drawn(told, "shipment")
    (one, *_) = json.loads(minori("query", "shipments", "-k", "farm-a"))["shipments"]
    assert (one["id"], one["direction"], one["state"]) == (home, "in", "in_transit")
    assert one["brought_by"] in came
    assert "accepted" in submit("lot.receive", "received_g=2kg", key="farm-a")
    assert f"the record says {farm}" in submit(
        *back, f"brought_by={came[0]}", "recipient=QQQQQQQQQQQQ", key="shop-a", code=1
    )
    other = drawn(harvest(stage), "lot")
    ship(stage, other, "quantity_g=1kg")
    submit("lot.receive", "received_g=1kg", key="shop-a")
    several = submit(*back, key="shop-a", code=1)
    assert "several shipments brought goods" in several
    assert other in several


def test_away_from_a_line_one_signs_what_one_typed(stage):
    lot = drawn(harvest(stage), "lot")
    stage.gateways[0].stop()
    told = submit("lot.sell", f"lot={lot}", "quantity_g=1kg", key="farm-a", code=1)
    assert "not asked what stands" in told
    assert "signed" in told
    lacking = submit("lot.receive", "received_g=1kg", key="shop-a", code=1)
    assert "also needs: shipment, lot" in lacking
