"""The spine in the contract alone: a harvest from field to scan, with a difference settled."""

from chaincode.base.overlay import decode_state
from chaincode.lots.records import Holding, Lot, Shipment
from gateway.demo.town import Town
from tests.chaincode.balance import is_balanced
from tests.identities import creator
from tests.memory_ledger import MemoryLedger


def founded(town: Town) -> MemoryLedger:
    """Return a ledger on which everyone of the town is entered."""
    ledger = MemoryLedger()
    for msp_id, wire in town.founding():
        assert ledger.submit(wire, creator=creator(msp_id)) == ["ACCEPTED"]
    codes = ledger.submit(*town.registrations())
    assert set(codes) == {"ACCEPTED"}
    return ledger


def test_harvest_ship_receive_settle_sell_balances():
    town = Town.create()
    ledger = founded(town)
    lot, harvest = town.harvest("farm-a", 20_000)
    shipment, ship = town.ship("farm-a", lot, "shop-a", 12_000)
    receive = town.receive("shop-a", lot, shipment, 11_500)
    split = {
        "sender": town.people["farm-a"].party,
        "recipient": town.people["shop-a"].party,
        "to_sender_g": 300,
        "to_recipient_g": 0,
        "lost_g": 200,
    }
    proposal, approval = town.settle("shop-a", "farm-a", lot=lot, shipment=shipment, split=split)
    sell = town.take("sell", "shop-a", lot, 1_500)
    commands = [harvest, ship, receive, proposal, approval, sell]
    assert ledger.submit(*commands) == ["ACCEPTED"] * 6

    farm, shop = town.people["farm-a"].party, town.people["shop-a"].party
    assert ledger.record(Holding.key(lot, farm, farm))["held_g"] == 8_300
    sold = ledger.record(Holding.key(lot, shop, shop))
    assert (sold["held_g"], sold["sold_g"], sold["discarded_g"]) == (10_000, 1_500, 0)
    assert ledger.record(Shipment.key(shipment))["state"] == "settled"

    def records(shape, prefix):
        return [decode_state(shape, v) for k, v in ledger.state.items() if k.startswith(prefix)]

    (lot_record,) = records(Lot, "lot/")
    assert is_balanced(lot_record, records(Holding, "holding/"), records(Shipment, "shipment/"))


def test_the_same_story_one_command_per_transaction_gives_the_same_state():
    town = Town.create()
    founding, registrations = town.founding(), town.registrations()
    lot, harvest = town.harvest("farm-a", 20_000)
    _, ship = town.ship("farm-a", lot, "shop-a", 12_000)
    commands = [*registrations, harvest, ship]
    at_once, one_by_one = MemoryLedger(), MemoryLedger()
    for ledger in (at_once, one_by_one):
        for msp_id, wire in founding:
            ledger.submit(wire, creator=creator(msp_id))
    assert set(at_once.submit(*commands)) == {"ACCEPTED"}
    for wire in commands:
        assert one_by_one.submit(wire) == ["ACCEPTED"]
    assert at_once.state == one_by_one.state


def test_a_command_sent_twice_applies_once():
    town = Town.create()
    ledger = founded(town)
    _, harvest = town.harvest("farm-a", 20_000)
    assert ledger.submit(harvest, harvest) == ["ACCEPTED", "ALREADY_TAKEN"]
    before = dict(ledger.state)
    assert ledger.submit(harvest) == ["ALREADY_TAKEN"]
    assert ledger.state == before
