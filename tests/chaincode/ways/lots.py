"""Mistakes of harvest, hand-over, outflow, consignment and stock, also after goods have moved."""

from tests.chaincode import deeds
from tests.chaincode.drafts import build
from tests.chaincode.pen import pseudonym, timestamp
from tests.chaincode.ways import way
from tests.chaincode.world import NOW, World


def correct_harvest(world: World, lot: str, quantity_g: int) -> list[str]:
    """Correct the farmer's harvest, and return the answer."""
    record = world.ledger.record(f"lot/{lot}")
    body = {
        "lot": lot,
        "party": world.party("farmer"),
        "corrects": record["entry"],
        "reason": "typing",
        "plot": pseudonym("plot field"),
        "crop": record["crop"],
        "harvested_at": timestamp(NOW),
    }
    closed = {"quantity_g": quantity_g, "estimated": False}
    return world.submit(world.write("farmer", "lot.correct_harvest", body, closed))


def supplement(world: World, lot: str, quantity_g: int) -> None:
    body = {"lot": lot, "party": world.party("farmer"), "reason": "found"}
    closed = {"quantity_g": quantity_g, "estimated": False}
    world.act("farmer", "lot.supplement", body, closed)


def bring_back(world: World, lot: str, shipment: str, by: str = "farmer") -> None:
    body = {"shipment": shipment, "lot": lot, "party": world.party(by)}
    world.act(by, "lot.return", body, {"sender": world.party("farmer")})


@way(
    "lot.harvest",
    "`lot.correct_harvest`, down to what has already left; what was too little, also by "
    "`lot.supplement`.",
)
def a_harvest_corrected(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)
    assert correct_harvest(world, lot, 11_999) == ["ALREADY_LEFT"]
    assert correct_harvest(world, lot, 12_000) == ["ACCEPTED"]
    supplement(world, lot, 500)
    assert deeds.held(world, lot, "farmer") == 500


@way(
    "lot.harvest",
    "A lot entered by mistake is corrected to 0 g; labels printed for it show an empty lot.",
)
def a_harvest_that_never_was(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    assert correct_harvest(world, lot, 0) == ["ACCEPTED"]
    record = world.ledger.record(f"lot/{lot}")
    assert (record["harvest_g"], deeds.held(world, lot, "farmer")) == (0, 0)


@way("lot.correct_harvest", "Correct again.")
def a_correction_corrected(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    for quantity_g in (2_000, 20_000):
        assert correct_harvest(world, lot, quantity_g) == ["ACCEPTED"]
    assert deeds.held(world, lot, "farmer") == 20_000


@way(
    "lot.correct_harvest",
    "Below what has left: first take back a shipment (`lot.return`) or unsold goods "
    "(`lot.take_back`), settle a dispute, or correct a sale (`lot.correct_outflow`).",
)
def a_harvest_corrected_after_all_of_it_had_left(world: World) -> None:
    lot = world.harvest("farmer", 4_000)
    shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=1_000)
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=1_000)
    disputed = build("lot.settle", world)
    disputed.body = {"shipment": world.ship("farmer", lot, to="shopkeeper", quantity_g=1_000)}
    disputed.body["lot"] = lot
    world.receive("shopkeeper", lot, disputed.body["shipment"], 0)
    deeds.take(world, "sell", "farmer", lot, 1_000)
    assert correct_harvest(world, lot, 3_999) == ["ALREADY_LEFT"]

    bring_back(world, lot, shipment)
    deeds.take(world, "take_back", "grocer", lot, 1_000, of="farmer")
    disputed.closed |= {"to_sender_g": 1_000, "to_recipient_g": 0, "lost_g": 0}
    assert disputed.answer() == "ACCEPTED"
    deeds.correct_outflow(world, "farmer", lot, outflow="sold", was_g=1_000, quantity_g=0)
    assert correct_harvest(world, lot, 0) == ["ACCEPTED"]


@way(
    "lot.supplement",
    "`lot.correct_harvest`, by as many grams less; of opening stock, `lot.take_stock`.",
)
def a_supplement_too_large(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    supplement(world, lot, 5_000)
    assert correct_harvest(world, lot, 16_000) == ["ACCEPTED"]
    assert deeds.held(world, lot, "farmer") == 21_000

    opened = deeds.open_stock(world, "farmer", 30_000)
    supplement(world, opened, 5_000)
    deeds.count(world, "farmer", opened, 31_000)
    assert deeds.held(world, opened, "farmer") == 31_000


@way(
    "lot.open",
    "`lot.take_stock`, down to 0 g for a lot that never was; what was too little, by "
    "`lot.supplement`.",
)
def opening_stock_counted_again(world: World) -> None:
    lot = deeds.open_stock(world, "farmer", 30_000)
    supplement(world, lot, 1_000)
    assert deeds.held(world, lot, "farmer") == 31_000
    deeds.count(world, "farmer", lot, 0)
    assert deeds.held(world, lot, "farmer") == 0


@way("lot.ship", "Before the receipt: `lot.return`, and ship again.")
@way("lot.return", "Ship again.")
def shipped_again(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    bring_back(world, lot, world.ship("farmer", lot, to="grocer", quantity_g=20_000))
    again = world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)
    world.receive("shopkeeper", lot, again, 12_000)
    assert deeds.held(world, lot, "shopkeeper") == 12_000


@way(
    "lot.ship",
    "After it: the recipient's count decides, and a difference is settled; what came to the wrong "
    "one, or under wrong terms, is shipped back.",
)
@way(
    "lot.settle",
    "Before the approval: `proposal.withdraw`. After it: whoever got too much ships it.",
)
def shipped_on_and_back(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    shipment = world.ship("farmer", lot, to="grocer", quantity_g=20_000)
    world.receive("grocer", lot, shipment, 19_000)
    draft = build("lot.settle", world)
    draft.by = "grocer"
    draft.body = {"shipment": shipment, "lot": lot}
    draft.closed |= {"recipient": world.party("grocer"), "to_recipient_g": 1_000}
    draft.closed |= {"to_sender_g": 0, "lost_g": 0}
    withdrawn = world.act("grocer", "lot.settle", draft.body, draft.closed)
    world.act("grocer", "proposal.withdraw", {"proposal": withdrawn})
    assert draft.answer() == "ACCEPTED"

    back = world.ship("grocer", lot, to="farmer", quantity_g=20_000)
    world.receive("farmer", lot, back, 20_000)
    consigned = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=20_000)
    deeds.receive(world, "shopkeeper", lot, consigned, 20_000, of="farmer")
    assert deeds.held(world, lot, "shopkeeper", of="farmer") == 20_000


@way(
    "lot.receive",
    "`lot.correct_receipt`, until the shipment is settled; also of goods that turn up later.",
)
@way("lot.correct_receipt", "Correct again; of goods sold on, correct the sale first.")
def a_count_corrected_after_the_sale(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)
    entry = world.receive("shopkeeper", lot, shipment, 12_000)
    deeds.take(world, "sell", "shopkeeper", lot, 12_000)
    body = {
        "shipment": shipment,
        "lot": lot,
        "party": world.party("shopkeeper"),
        "corrects": entry,
        "reason": "typing",
    }
    refused = world.write("shopkeeper", "lot.correct_receipt", body, {"received_g": 11_000})
    assert world.submit(refused) == ["ALREADY_LEFT"]
    sale = {"outflow": "sold", "was_g": 12_000, "quantity_g": 11_000}
    deeds.correct_outflow(world, "shopkeeper", lot, **sale)
    for received_g, held_g in ((11_000, 0), (12_000, 1_000)):
        closed = {"received_g": received_g}
        body["corrects"] = world.act("shopkeeper", "lot.correct_receipt", body, closed)
        assert deeds.held(world, lot, "shopkeeper") == held_g


@way(
    "lot.sell",
    "`lot.correct_outflow`; what was booked of the wrong lot or owner, to 0 g, and again of the "
    "right one.",
)
@way("lot.discard", "`lot.correct_outflow`.")
@way("lot.own_use", "`lot.correct_outflow`.")
@way("lot.correct_outflow", "Correct again.")
def an_outflow_corrected(world: World) -> None:
    wrong, right = world.harvest("farmer", 5_000), world.harvest("farmer", 5_000)
    for verb, outflow in (("sell", "sold"), ("discard", "discarded"), ("own_use", "own_use")):
        deeds.take(world, verb, "farmer", wrong, 1_000)
        for was_g, quantity_g in ((1_000, 2_000), (2_000, 0)):
            grams = {"outflow": outflow, "was_g": was_g, "quantity_g": quantity_g}
            deeds.correct_outflow(world, "farmer", wrong, **grams)
        deeds.take(world, verb, "farmer", right, 1_000)
    assert deeds.held(world, wrong, "farmer") == 5_000
    assert deeds.held(world, right, "farmer") == 2_000


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
    "Goods booked in the wrong producer's name: correct to 0 g, and let them arrive in the right "
    "one, whether or not that one has recorded them meanwhile.",
)
def an_arrival_in_the_wrong_name(world: World) -> None:
    for is_recorded in (False, True):
        name = world.name("farmer")
        deeds.arrive(world, "shopkeeper", name["id"], of="neighbour", counted_g=3_000)
        if is_recorded:
            deeds.harvest_named(world, "farmer", name, 5_000)
        grams = {"was_g": 3_000, "counted_g": 0}
        deeds.correct_arrival(world, "shopkeeper", name["id"], of="neighbour", **grams)
        deeds.arrive(world, "shopkeeper", name["id"], of="farmer", counted_g=3_000)
        if not is_recorded:
            deeds.harvest_named(world, "farmer", name, 5_000)
        lot = world.ledger.record(f"lot/{name['id']}")
        assert (lot["claimed_g"], lot["misnamed_g"]) == (0, 0)
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


@way("lot.deny_claim", "Deny again, with the right amount; 0 g takes the denial back.")
def a_denial_taken_back(world: World) -> None:
    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=3_000)
    for denied_g in (3_000, 1_000, 0):
        deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=denied_g)
    deeds.take(world, "sell", "shopkeeper", lot, 3_000, of="farmer")
    assert world.ledger.record(f"lot/{lot}")["denied_g"] == 0


@way("lot.take_stock", "Take stock again.")
def counted_again(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    for counted_g in (1_000, 10_000, 12_000, 9_900):
        deeds.count(world, "farmer", lot, counted_g)
        assert deeds.held(world, lot, "farmer") == counted_g


@way("lot.hold", "`lot.release`.")
@way("lot.release", "Hold again.")
def released_and_held(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    deeds.hold(world, "farmer", lot)
    deeds.release(world, "farmer", lot)
    deeds.take(world, "sell", "farmer", lot, 1_000)
    deeds.hold(world, "farmer", lot)
    assert world.holding(lot, "farmer")["is_on_hold"]
