"""Faults of what is claimed without the producer's consent, and of the producer's answer."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import pseudonym
from tests.chaincode.rejections import fault
from tests.chaincode.rejections.consignment import claimed_as_many_crops

CLAIM = "lot.claim"
CORRECT = "lot.correct_claim"
ACCEPT = "lot.accept_claim"


def acts_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("grocer")


for _type in (CLAIM, CORRECT, ACCEPT):
    fault(_type, "NOT_YOUR_PARTY", "party")(acts_for_another_party)


def claims_its_own_goods(draft: Draft) -> None:
    draft.closed["producer"] = draft.world.party(draft.by)


for _type in (CLAIM, CORRECT):
    fault(_type, "NOT_INDEPENDENT", "producer")(claims_its_own_goods)


@fault(ACCEPT, "NOT_INDEPENDENT", "holder")
def accepts_what_it_claims_itself(draft: Draft) -> None:
    draft.closed["holder"] = draft.world.party(draft.by)


@fault(CLAIM, "UNKNOWN_PARTY", "producer")
def claims_goods_of_nobody(draft: Draft) -> None:
    draft.closed["producer"] = pseudonym("party nobody")


@fault(CLAIM, "UNKNOWN_LOT", "producer")
def claims_a_lot_as_anothers_than_its_producers(draft: Draft) -> None:
    draft.closed["producer"] = draft.world.party("neighbour")


@fault(CLAIM, "CROP_DIFFERS", "crop")
def claims_another_crop_than_was_harvested(draft: Draft) -> None:
    draft.closed["crop"] = "daikon"


@fault(CLAIM, "CROP_DIFFERS", "lot", "crop", "producer")
def claims_another_crop_than_it_claimed_before(draft: Draft) -> None:
    world = draft.world
    draft.body["lot"] = world.name("farmer")["id"]
    parts = {"of": "farmer", "counted_g": 1, "crop": "daikon"}
    deeds.claim_unasked(world, "shopkeeper", draft.body["lot"], **parts)


@fault(CLAIM, "TOO_MANY_CLAIMS", "count", "lot")
def claims_more_lots_than_anyone_may_at_a_time(draft: Draft) -> None:
    world = draft.world
    for _ in range(50):
        deeds.claim_unasked(
            world, "shopkeeper", world.name("farmer")["id"], of="farmer", counted_g=1
        )


@fault(CORRECT, "UNKNOWN_CLAIM", "lot")
def corrects_what_it_never_claimed(draft: Draft) -> None:
    draft.body["lot"] = draft.world.harvest("farmer", 20_000)


@fault(CORRECT, "UNKNOWN_CLAIM", "lot")
def corrects_what_its_producer_has_answered(draft: Draft) -> None:
    grams = {"claimed_g": 12_000, "accepted_g": 1}
    deeds.accept(draft.world, "farmer", draft.body["lot"], holder="shopkeeper", **grams)


@fault(ACCEPT, "UNKNOWN_LOT", "lot")
def accepts_what_is_anothers_lot(draft: Draft) -> None:
    world = draft.world
    name = world.name("neighbour")
    deeds.claim_unasked(world, "shopkeeper", name["id"], of="farmer", counted_g=12_000)
    deeds.harvest_named(world, "neighbour", name, 20_000)
    draft.body["lot"] = name["id"]


@fault(ACCEPT, "UNKNOWN_CLAIM", "holder")
def accepts_what_nobody_claims(draft: Draft) -> None:
    draft.closed["holder"] = draft.world.party("grocer")


@fault(ACCEPT, "UNKNOWN_CLAIM", "lot")
def accepts_what_nobody_claims_of_that_lot(draft: Draft) -> None:
    draft.body["lot"] = draft.world.harvest("farmer", 20_000)


@fault(ACCEPT, "NOT_THE_LATEST", "claimed")
def accepts_what_was_corrected_meanwhile(draft: Draft) -> None:
    draft.closed["claimed_g"] += 1


@fault(ACCEPT, "CROP_DIFFERS", "lot", "crop")
def accepts_another_crop_than_it_has_harvested(draft: Draft) -> None:
    world = draft.world
    name = world.name("farmer")
    parts = {"of": "farmer", "counted_g": 12_000, "crop": "daikon"}
    deeds.claim_unasked(world, "shopkeeper", name["id"], **parts)
    deeds.harvest_named(world, "farmer", name, 20_000)
    draft.body["lot"] = name["id"]


@fault(ACCEPT, "TOO_MANY_CROPS", "lot", "crop")
def accepts_as_one_crop_more_what_was_none_of_many(draft: Draft) -> None:
    world, lot = draft.world, claimed_as_many_crops(draft.world)
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=12_000)
    draft.body["lot"] = lot


@fault(ACCEPT, "MORE_THAN_RECORDED", "accepted")
def accepts_more_than_is_claimed(draft: Draft) -> None:
    draft.closed["accepted_g"] += 1
