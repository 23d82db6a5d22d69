"""Mistakes of harvest, hand-over and outflow, also after goods have moved."""

from tests.chaincode import deeds
from tests.chaincode.drafts import build
from tests.chaincode.pen import pseudonym, timestamp
from tests.chaincode.ways import way
from tests.chaincode.world import DAY_S, NOW, World


def correct_harvest(
    world: World, lot: str, quantity_g: int, supplement_g: int | None = None, **entry: str
) -> list[str]:
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
        **entry,
    }
    closed = {"quantity_g": quantity_g, "estimated": False}
    if supplement_g is not None:
        closed["supplement_g"] = supplement_g
    return world.submit(world.write("farmer", "lot.correct_harvest", body, closed))


def supplement(world: World, lot: str, quantity_g: int) -> None:
    body = {"lot": lot, "party": world.party("farmer"), "reason": "found"}
    closed = {"quantity_g": quantity_g, "estimated": False}
    world.act("farmer", "lot.supplement", body, closed)


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
    "Plot, crop and date are corrected in the same way, also when all of it has left; its labels "
    "lead to the lot as corrected.",
)
def another_crop_harvested_on_another_day(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    roll = deeds.stick(world, "farmer", lot)
    deeds.hand_over(world, "farmer", lot, to="shopkeeper", quantity_g=20_000)
    plot, day = pseudonym("plot of the farm too"), timestamp(NOW - DAY_S)
    body = {"plot": plot, "party": world.party("farmer"), "district": "45383-MINAMI"}
    world.act("land-officer", "plot.register", body)
    entry = {"plot": plot, "crop": "daikon", "harvested_at": day}
    assert correct_harvest(world, lot, 20_000, **entry) == ["ACCEPTED"]
    assert deeds.scanned(world, roll) == lot
    assert entry.items() <= world.ledger.record(f"lot/{lot}").items()
    deeds.take(world, "sell", "shopkeeper", lot, 20_000)


@way(
    "lot.harvest",
    "A lot entered by mistake is corrected to 0 g; its labels lead to a lot of which nothing can "
    "be shipped or sold.",
)
def a_harvest_that_never_was(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    roll = deeds.stick(world, "farmer", lot)
    assert correct_harvest(world, lot, 0) == ["ACCEPTED"]
    assert deeds.scanned(world, roll) == lot
    record = world.ledger.record(f"lot/{lot}")
    assert (record["harvest_g"], deeds.held(world, lot, "farmer")) == (0, 0)
    for type_name in ("lot.ship", "lot.sell"):
        draft = build(type_name, world)
        draft.body["lot"] = lot
        draft.closed |= {"quantity_g": 1}
        assert draft.answer() == "INSUFFICIENT_QUANTITY"


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

    deeds.bring_back(world, "farmer", lot, shipment)
    deeds.take(world, "take_back", "grocer", lot, 1_000, of="farmer")
    disputed.closed |= {"to_sender_g": 1_000, "to_recipient_g": 0, "lost_g": 0}
    assert disputed.answer() == "ACCEPTED"
    deeds.correct_outflow(world, "farmer", lot, outflow="sold", was_g=1_000, quantity_g=0)
    assert correct_harvest(world, lot, 0) == ["ACCEPTED"]


@way(
    "lot.supplement",
    "`lot.correct_harvest`, which says what all supplements together should have been; of opening "
    "stock, `lot.take_stock`.",
)
def a_supplement_too_large(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    supplement(world, lot, 2_000)
    supplement(world, lot, 300_000)
    assert correct_harvest(world, lot, 10_000, supplement_g=5_000) == ["ACCEPTED"]
    record = world.ledger.record(f"lot/{lot}")
    assert (record["harvest_g"], record["supplement_g"]) == (10_000, 5_000)

    opened = deeds.open_stock(world, "farmer", 30_000)
    supplement(world, opened, 5_000)
    deeds.count(world, "farmer", opened, 31_000)
    for one, held_g in ((lot, 15_000), (opened, 31_000)):
        assert deeds.held(world, one, "farmer") == held_g


@way(
    "lot.supplement",
    "After it has left, or covered what others claimed: first bring goods back, as for "
    "`lot.correct_harvest`.",
)
def a_supplement_that_has_left(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "grocer", lot, of="farmer", counted_g=23_000)
    supplement(world, lot, 5_000)
    shipment = world.ship("farmer", lot, to="shopkeeper", quantity_g=2_000)
    assert world.ledger.record(f"lot/{lot}")["claimed_g"] == 0
    assert correct_harvest(world, lot, 20_000, supplement_g=0) == ["ALREADY_LEFT"]
    deeds.bring_back(world, "farmer", lot, shipment)
    deeds.take(world, "take_back", "grocer", lot, 3_000, of="farmer")
    assert correct_harvest(world, lot, 20_000, supplement_g=0) == ["ACCEPTED"]
    assert deeds.held(world, lot, "grocer", of="farmer") == 20_000
    assert deeds.held(world, lot, "farmer") == 0


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


@way(
    "lot.open",
    "After goods have left, these come back first (`lot.return`, `lot.take_back`, or shipped "
    "back). If it is another crop than was entered, of another day, or by other papers: down to "
    "0 g, as a miscount, and opened anew by two signers, under a new id_nonce; labels printed for "
    "it are replaced, stickers unbound and bound anew.",
)
def opening_stock_of_another_crop_that_had_left(world: World) -> None:
    wrong = deeds.open_stock(world, "farmer", 30_000)
    roll = deeds.stick(world, "farmer", wrong)
    shipment = world.ship("farmer", wrong, to="shopkeeper", quantity_g=10_000)
    deeds.hand_over(world, "farmer", wrong, to="shopkeeper", quantity_g=4_000)
    deeds.arrive(world, "grocer", wrong, of="farmer", counted_g=16_000, crop="rice")

    deeds.bring_back(world, "farmer", wrong, shipment)
    deeds.hand_over(world, "shopkeeper", wrong, to="farmer", quantity_g=4_000)
    deeds.take(world, "take_back", "grocer", wrong, 16_000, of="farmer")
    assert correct_harvest(world, wrong, 0) == ["NOT_HARVESTED"]
    assert deeds.held(world, wrong, "farmer") == 30_000
    deeds.count(world, "farmer", wrong, 0)
    right = deeds.open_stock(world, "farmer", 30_000, crop="barley")
    deeds.peel(world, "farmer", roll)
    deeds.stick(world, "farmer", right, roll=roll)
    assert deeds.scanned(world, roll) == right
    held = [deeds.held(world, lot, "farmer") for lot in (wrong, right)]
    assert held == [0, 30_000]


@way(
    "lot.send_back",
    "Before the receipt: `lot.return`. After it: the recipient ships it again; what is recalled "
    "stays there until the recall is lifted.",
)
def sent_back_by_mistake(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    came = world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)
    world.receive("shopkeeper", lot, came, 12_000)
    recall = deeds.recall(world, lot)
    home = world.send_back("shopkeeper", lot, came, 12_000)
    deeds.bring_back(world, "shopkeeper", lot, home)
    assert deeds.held(world, lot, "shopkeeper") == 12_000
    home = world.send_back("shopkeeper", lot, came, 12_000)
    world.receive("farmer", lot, home, 12_000)
    again = build("lot.ship", world)
    again.body["lot"] = lot
    assert again.answer() == "RECALLED"
    deeds.end(world, recall)
    deeds.hand_over(world, "farmer", lot, to="shopkeeper", quantity_g=12_000)
    assert deeds.held(world, lot, "shopkeeper") == 12_000


@way("lot.ship", "Before the receipt: `lot.return`, and ship again.")
@way("lot.return", "Ship again.")
def shipped_again(world: World) -> None:
    lot = world.harvest("farmer", 20_000)
    mistaken = world.ship("farmer", lot, to="grocer", quantity_g=20_000)
    deeds.bring_back(world, "farmer", lot, mistaken)
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

    deeds.hand_over(world, "grocer", lot, to="farmer", quantity_g=20_000)
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
    "lot.settle",
    "What was settled as lost and turns up is taken into stock (`lot.take_stock`) by the sender, "
    "or by a recipient that has had some of the lot.",
)
@way("lot.receive", "After that, as of `lot.settle`.")
def lost_goods_turn_up(world: World) -> None:
    draft = build("lot.settle", world)
    shipment, lot = draft.body["shipment"], draft.body["lot"]
    draft.closed |= {"to_sender_g": 0, "to_recipient_g": 0, "lost_g": 500}
    assert draft.answer() == "ACCEPTED"
    correction = build("lot.correct_receipt", world)
    correction.body |= {"shipment": shipment, "lot": lot}
    assert correction.answer() == "NOT_RECEIVED"
    deeds.count(world, "shopkeeper", lot, 12_000)
    assert world.holding(lot, "shopkeeper")["surplus_g"] == 500

    draft.body["shipment"] = world.ship("farmer", lot, to="grocer", quantity_g=500)
    draft.by, draft.closed["recipient"] = "grocer", world.party("grocer")
    world.receive("grocer", lot, draft.body["shipment"], 0)
    assert draft.answer() == "ACCEPTED"
    found = {"lot": lot, "party": world.party("grocer"), "reason": "miscount"}
    refused = world.write("grocer", "lot.take_stock", found, {"was_g": 0, "counted_g": 500})
    assert world.submit(refused) == ["NOTHING_HELD"]
    deeds.count(world, "farmer", lot, 8_000)
    assert world.holding(lot, "farmer")["surplus_g"] == 500


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

    deeds.hand_over(world, "farmer", right, to="shopkeeper", quantity_g=1_000)
    deeds.arrive(world, "shopkeeper", right, of="farmer", counted_g=1_000)
    deeds.take(world, "sell", "shopkeeper", right, 1_000)
    sale = {"outflow": "sold", "was_g": 1_000, "quantity_g": 0}
    deeds.correct_outflow(world, "shopkeeper", right, **sale)
    deeds.take(world, "sell", "shopkeeper", right, 1_000, of="farmer")
    assert deeds.held(world, right, "shopkeeper") == 1_000
    assert deeds.held(world, right, "shopkeeper", of="farmer") == 0
