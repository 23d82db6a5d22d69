"""Mistakes with goods on consignment and with stock, also after goods have moved."""

from tests.chaincode import deeds
from tests.chaincode.ways import way
from tests.chaincode.ways.recalls import sell
from tests.chaincode.world import World


@way(
    "lot.arrive",
    "`lot.correct_arrival`, also to 0 g; of goods sold on, correct the sale first.",
)
@way("lot.correct_arrival", "Correct again.")
def an_arrival_corrected_after_the_sale(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=12_000)
    deeds.take(world, "sell", "shopkeeper", lot, 12_000, of="farmer")
    sale = {"outflow": "sold", "was_g": 12_000, "quantity_g": 0, "of": "farmer"}
    deeds.correct_outflow(world, "shopkeeper", lot, **sale)
    for was_g, counted_g, claimed_g in ((12_000, 9_000, 0), (9_000, 11_000, 1_000), (11_000, 0, 0)):
        grams = {"was_g": was_g, "counted_g": counted_g}
        deeds.correct_arrival(world, "shopkeeper", lot, of="farmer", **grams)
        assert world.ledger.record(f"lot/{lot}")["claimed_g"] == claimed_g
        assert deeds.held(world, lot, "farmer") == 10_000 + claimed_g - counted_g


@way(
    "lot.arrive",
    "Goods booked in the wrong producer's name, or claimed as another crop: correct to 0 g, and "
    "let them arrive anew, whether or not the producer has recorded them meanwhile. Labels lead to "
    "the producer's record as soon as there is one.",
)
def an_arrival_in_the_wrong_name(world: World) -> None:
    for is_recorded in (False, True):
        name = world.name("farmer")
        wrong = {"of": "neighbour", "counted_g": 3_000, "crop": "daikon"}
        deeds.arrive(world, "shopkeeper", name["id"], **wrong)
        roll = deeds.stick(world, "shopkeeper", name["id"])
        if is_recorded:
            deeds.harvest_named(world, "farmer", name, 5_000)
        grams = {"was_g": 3_000, "counted_g": 0}
        deeds.correct_arrival(world, "shopkeeper", name["id"], of="neighbour", **grams)
        deeds.arrive(world, "shopkeeper", name["id"], of="farmer", counted_g=3_000)
        if not is_recorded:
            deeds.harvest_named(world, "farmer", name, 5_000)
        lot = world.ledger.record(f"lot/{deeds.scanned(world, roll)}")
        assert (lot["claimed_g"], lot["misnamed_g"]) == (0, 0)
        assert (lot["party"], lot["crop"]) == (world.party("farmer"), "carrot")
        assert deeds.held(world, name["id"], "farmer") == 2_000


@way(
    "lot.arrive",
    "Goods that had been shipped, and should have been received: correct to 0 g, and receive them.",
)
def an_arrival_of_what_was_shipped(world: World) -> None:
    lot = world.harvest("farmer", 3_000)
    shipment = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=3_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=3_000)
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == 3_000
    deeds.correct_arrival(world, "shopkeeper", lot, of="farmer", was_g=3_000, counted_g=0)
    deeds.receive(world, "shopkeeper", lot, shipment, 3_000, of="farmer")
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == 0
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 3_000


@way("lot.take_back", "Let as much arrive again (`lot.arrive`).")
def taken_back_too_much(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=6_000)
    deeds.take(world, "take_back", "shopkeeper", lot, 6_000, of="farmer")
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 2_000
    assert deeds.held(world, lot, "farmer") == 8_000
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == 0


@way("lot.take_back", "What its owner has sold on since: first correct that sale.")
def taken_back_too_much_and_sold_on(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.take(world, "take_back", "shopkeeper", lot, 10_000, of="farmer")
    deeds.take(world, "sell", "farmer", lot, 10_000)
    sale = {"outflow": "sold", "was_g": 10_000, "quantity_g": 8_000}
    deeds.correct_outflow(world, "farmer", lot, **sale)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == 0


@way(
    "lot.deny_claim",
    "Deny again, with the right amount; 0 g takes the denial back, and the producer's own stock "
    "covers it again.",
)
def a_denial_taken_back(world: World) -> None:
    lot = world.harvest("farmer", 2_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=3_000)
    for denied_g, own_g in ((3_000, 2_000), (1_000, 0), (0, 0)):
        deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=denied_g)
        assert deeds.held(world, lot, "farmer") == own_g
    deeds.take(world, "sell", "shopkeeper", lot, 3_000, of="farmer")
    assert world.ledger.record(f"lot/{lot}")["denied_g"] == 0


@way("lot.deny_claim", "Deny a surplus with `surplus` false: of what arrived nothing is said then.")
def a_denied_surplus_taken_back(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=10_000)
    deeds.count(world, "shopkeeper", lot, 11_200, of="farmer")
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=3_000)
    for is_denied, denied_g in ((True, 4_000), (False, 3_000)):
        deeds.deny(world, "farmer", lot, holder="shopkeeper", surplus=is_denied)
        assert world.holding(lot, "shopkeeper", "farmer")["denied_g"] == denied_g
    deeds.take(world, "sell", "shopkeeper", lot, 8_200, of="farmer")


@way("lot.take_stock", "Take stock again, also of what is left when some has left.")
def counted_again(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    for counted_g in (1_000, 10_000, 12_000, 9_900):
        deeds.count(world, "farmer", lot, counted_g)
        assert deeds.held(world, lot, "farmer") == counted_g
    deeds.hand_over(world, "farmer", lot, to="shopkeeper", quantity_g=9_000)
    deeds.count(world, "farmer", lot, 1_000)
    holding = world.holding(lot, "farmer")
    assert holding["held_g"] + 9_000 == 10_000 + holding["surplus_g"] - holding["lost_g"]


@way("lot.hold", "`lot.release`.")
@way("lot.release", "Hold again; what has left since is held by whoever has it, or recalled.")
def released_and_held(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    deeds.hold(world, "farmer", lot)
    deeds.release(world, "farmer", lot)
    deeds.hand_over(world, "farmer", lot, to="shopkeeper", quantity_g=4_000)
    deeds.hand_over(world, "farmer", lot, to="grocer", quantity_g=5_000)
    deeds.hold(world, "farmer", lot)
    deeds.hold(world, "grocer", lot)
    assert sell(world, "shopkeeper", lot) == "ACCEPTED"
    assert [sell(world, by, lot) for by in ("farmer", "grocer")] == ["ON_HOLD", "ON_HOLD"]
    deeds.recall(world, lot)
    assert sell(world, "shopkeeper", lot) == "RECALLED"
