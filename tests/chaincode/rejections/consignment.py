"""Faults of arrivals, their correction and denial, and of taking unsold goods back."""

from chaincode.lots.records import CLAIMED_CROPS_MAX
from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import pseudonym
from tests.chaincode.rejections import fault
from tests.chaincode.world import World

ARRIVE = "lot.arrive"
CORRECT = "lot.correct_arrival"
TAKE_BACK = "lot.take_back"
DENY = "lot.deny_claim"


def acts_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("grocer")


for _type in (ARRIVE, CORRECT, TAKE_BACK, DENY):
    fault(_type, "NOT_YOUR_PARTY", "party")(acts_for_another_party)


@fault(ARRIVE, "NOT_INDEPENDENT", "producer")
def takes_in_its_own_goods(draft: Draft) -> None:
    draft.closed["producer"] = draft.world.party(draft.by)


@fault(ARRIVE, "NOT_CONSIGNED", "producer")
def takes_in_goods_of_nobody(draft: Draft) -> None:
    draft.closed["producer"] = pseudonym("party nobody")


@fault(ARRIVE, "NOT_CONSIGNED", "consignment", "producer")
def takes_in_goods_that_nobody_gave_it(draft: Draft) -> None:
    draft.world.end_consignment("farmer", "shopkeeper")


@fault(ARRIVE, "NOT_CONSIGNED", "consignment", "producer")
def takes_in_goods_after_the_time_agreed_on(draft: Draft) -> None:
    draft.world.consign("farmer", "shopkeeper", until="2026-04-14")


@fault(CORRECT, "NOT_CONSIGNED", "consignment", "producer", "quantity")
def corrects_upwards_what_nobody_gives_it_any_more(draft: Draft) -> None:
    draft.world.end_consignment("farmer", "shopkeeper")
    draft.closed["counted_g"] = 12_001


@fault(ARRIVE, "UNKNOWN_LOT", "producer")
def takes_in_a_lot_as_anothers_than_its_producers(draft: Draft) -> None:
    draft.closed["producer"] = draft.world.party("neighbour")


@fault(ARRIVE, "UNKNOWN_LOT", "producer", "lot")
def takes_in_as_anothers_what_was_claimed_of_someone(draft: Draft) -> None:
    world = draft.world
    draft.body["lot"] = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=1_000)
    draft.closed["producer"] = world.party("neighbour")


@fault(ARRIVE, "CROP_DIFFERS", "crop")
def takes_in_another_crop_than_was_harvested(draft: Draft) -> None:
    draft.closed["crop"] = "daikon"


def claimed_as_many_crops(world: World) -> str:
    """Return a lot that was claimed as one crop after another, and never was any."""
    lot = world.name("farmer")["id"]
    for number in range(CLAIMED_CROPS_MAX):
        crop = f"crop-{number}"
        deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=1, crop=crop)
        deeds.accept(world, "farmer", lot, holder="shopkeeper", claimed_g=1, accepted_g=1)
        deeds.correct_arrival(world, "shopkeeper", lot, of="farmer", was_g=1, counted_g=0)
    return lot


@fault(ARRIVE, "TOO_MANY_CROPS", "lot", "crop", "producer")
def takes_in_as_one_crop_more_what_was_none_of_many(draft: Draft) -> None:
    draft.body["lot"] = claimed_as_many_crops(draft.world)


@fault(CORRECT, "NOT_INDEPENDENT", "producer", "quantity")
def corrects_its_own_stock_as_an_arrival(draft: Draft) -> None:
    draft.closed["producer"] = draft.world.party(draft.by)


@fault(CORRECT, "UNKNOWN_LOT", "lot")
def corrects_the_arrival_of_no_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(CORRECT, "UNKNOWN_LOT", "producer", "quantity")
def corrects_upwards_what_was_claimed_of_another(draft: Draft) -> None:
    draft.closed |= {"producer": draft.world.party("neighbour"), "counted_g": 12_001}


@fault(CORRECT, "NOTHING_HELD", "lot")
def corrects_an_arrival_that_never_was(draft: Draft) -> None:
    draft.body["lot"] = draft.world.harvest("farmer", 20_000)


@fault(CORRECT, "NOTHING_HELD", "producer")
def corrects_downwards_what_was_never_claimed_of_another(draft: Draft) -> None:
    draft.closed["producer"] = draft.world.party("neighbour")


@fault(CORRECT, "MORE_THAN_RECORDED", "quantity")
def corrects_more_than_ever_arrived(draft: Draft) -> None:
    draft.closed["was_g"] = 12_001


@fault(CORRECT, "MORE_THAN_RECORDED", "lot", "producer", "quantity")
def ends_more_than_is_claimed_in_anothers_name(draft: Draft) -> None:
    """What went home to whoever was named, and came again, had been claimed only once."""
    world, name = draft.world, draft.world.name("farmer")
    lot = name["id"]
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=100)
    back = deeds.consign(world, "shopkeeper", lot, to="neighbour", quantity_g=100, of="neighbour")
    deeds.receive(world, "neighbour", lot, back, 100, of="neighbour")
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=100)
    deeds.harvest_named(world, "farmer", name, 20_000)
    deeds.count(world, "shopkeeper", lot, 30_000, of="neighbour")
    draft.body["lot"] = lot
    producer = {"producer": world.party("neighbour")}
    draft.closed |= producer | {"was_g": 200, "counted_g": 0}


@fault(CORRECT, "ALREADY_LEFT", "quantity")
def corrects_below_what_has_left(draft: Draft) -> None:
    draft.closed["counted_g"] -= 1


@fault(TAKE_BACK, "NOT_INDEPENDENT", "owner")
def hands_its_own_goods_back(draft: Draft) -> None:
    draft.closed["owner"] = draft.world.party(draft.by)


@fault(TAKE_BACK, "UNKNOWN_LOT", "lot")
def hands_back_no_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(TAKE_BACK, "NOTHING_HELD", "owner")
def hands_back_to_someone_who_has_nothing_there(draft: Draft) -> None:
    draft.closed["owner"] = draft.world.party("neighbour")


@fault(TAKE_BACK, "NOT_HARVESTED", "lot")
def hands_back_what_has_no_record_yet(draft: Draft) -> None:
    draft.body["lot"] = deeds.claim(draft.world, draft.by, of="farmer", quantity_g=12_000)


@fault(TAKE_BACK, "INSUFFICIENT_QUANTITY", "quantity")
def hands_back_more_than_it_holds(draft: Draft) -> None:
    draft.closed["quantity_g"] += 1


@fault(DENY, "NOT_INDEPENDENT", "holder")
def denies_what_it_holds_itself(draft: Draft) -> None:
    draft.closed["holder"] = draft.world.party(draft.by)


@fault(DENY, "UNKNOWN_LOT", "lot")
def denies_a_claim_on_no_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(DENY, "UNKNOWN_LOT", "lot")
def denies_a_claim_on_anothers_lot(draft: Draft) -> None:
    world = draft.world
    draft.body["lot"] = lot = world.harvest("neighbour", 1_000, "paddy")
    deeds.arrive(world, "shopkeeper", lot, of="neighbour", counted_g=3_000)
    draft.closed["owner"] = world.party("neighbour")


@fault(DENY, "NOTHING_HELD", "holder")
def denies_what_nobody_claimed(draft: Draft) -> None:
    draft.closed["holder"] = draft.world.party("grocer")


@fault(DENY, "NOTHING_HELD", "owner")
def denies_what_nobody_claimed_in_that_name(draft: Draft) -> None:
    draft.closed["owner"] = draft.world.party("neighbour")


@fault(DENY, "MORE_THAN_RECORDED", "quantity")
def denies_more_than_arrived_there(draft: Draft) -> None:
    draft.closed["denied_g"] = 12_001


@fault(DENY, "MORE_THAN_RECORDED", "surplus")
def denies_a_surplus_that_nobody_found(draft: Draft) -> None:
    draft.closed["surplus"] = True


@fault(DENY, "MORE_THAN_RECORDED", "lot", "quantity")
def denies_goods_that_it_shipped_itself(draft: Draft) -> None:
    world, lot = draft.world, draft.world.harvest("farmer", 20_000)
    shipment = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=12_000)
    deeds.receive(world, "shopkeeper", lot, shipment, 12_000, of="farmer")
    draft.body["lot"] = lot


@fault(DENY, "MORE_THAN_RECORDED", "quantity", "lot", "owner")
def denies_goods_that_it_sold_to_the_holder(draft: Draft) -> None:
    """However much others claim of the lot in another's name."""
    world, name = draft.world, draft.world.name("farmer")
    deeds.arrive(world, "grocer", name["id"], of="neighbour", counted_g=5_000)
    deeds.harvest_named(world, "farmer", name, 20_000)
    shipment = world.ship("farmer", name["id"], to="shopkeeper", quantity_g=12_000)
    world.receive("shopkeeper", name["id"], shipment, 12_000)
    draft.body["lot"] = name["id"]
    draft.closed |= {"owner": world.party("shopkeeper"), "denied_g": 1}


@fault(DENY, "MORE_THAN_RECORDED", "quantity", "lot", "owner", "holder")
def denies_more_than_arrived_there_in_anothers_name(draft: Draft) -> None:
    world, name = draft.world, draft.world.name("farmer")
    deeds.arrive(world, "shopkeeper", name["id"], of="neighbour", counted_g=100)
    deeds.harvest_named(world, "farmer", name, 20_000)
    draft.body["lot"] = name["id"]
    draft.closed |= {"owner": world.party("neighbour"), "denied_g": 101}
