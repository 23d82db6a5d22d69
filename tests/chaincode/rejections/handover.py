"""Faults of shipping, receiving, returning, correcting a count and settling a difference."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import pseudonym
from tests.chaincode.rejections import fault, unpacked

SHIP = "lot.ship"
RECEIVE = "lot.receive"
CORRECT = "lot.correct_receipt"
RETURN = "lot.return"
SETTLE = "lot.settle"
SEND_BACK = "lot.send_back"


@fault(SHIP, "NOT_YOUR_PARTY", "party")
def ships_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("neighbour")


@fault(SHIP, "NOT_INDEPENDENT", "recipient")
def ships_to_itself(draft: Draft) -> None:
    draft.closed["recipient"] = draft.world.party(draft.by)


def is_signed_by_the_sender_for_the_recipient(draft: Draft) -> None:
    draft.world.mandate(draft.by, "farmer", draft.type)
    draft.members["on_behalf"] = draft.world.actor(draft.by)
    draft.by = "farmer"


for _type in ("lot.receive", "lot.correct_receipt", "lot.return"):
    fault(_type, "NOT_INDEPENDENT", "party", "signer", "on_behalf", "role", "shipment")(
        is_signed_by_the_sender_for_the_recipient
    )


@fault(SHIP, "UNKNOWN_PARTY", "recipient")
def ships_to_nobody(draft: Draft) -> None:
    draft.closed["recipient"] = pseudonym("party nobody")


@fault(SHIP, "NOTHING_HELD", "lot")
def ships_a_lot_it_does_not_hold(draft: Draft) -> None:
    draft.body["lot"] = draft.world.harvest("neighbour", 20_000, "paddy")


@fault(SHIP, "NOTHING_HELD", "owner")
def ships_goods_of_someone_who_has_none_there(draft: Draft) -> None:
    draft.closed["owner"] = draft.world.party("neighbour")


@fault(SHIP, "ID_NOT_DERIVED", "shipment")
def ships_under_a_name_it_likes(draft: Draft) -> None:
    draft.body["shipment"] = "0" * 20


@fault(SHIP, "ID_TAKEN", "state", "hold", "recall")
def ships_twice(draft: Draft) -> None:
    draft.world.act(draft.by, SHIP, draft.body, unpacked(draft) | {"quantity_g": 1})


@fault(SHIP, "INSUFFICIENT_QUANTITY", "quantity")
def ships_more_than_it_holds(draft: Draft) -> None:
    draft.closed["quantity_g"] += 1


def acts_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("grocer")


def names_no_shipment(draft: Draft) -> None:
    draft.body["shipment"] = "0" * 20


def names_another_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


def is_neither_recipient_nor_sender(draft: Draft) -> None:
    draft.by = "grocer"
    draft.body["party"] = draft.world.party("grocer")


for _type in (RECEIVE, CORRECT, RETURN):
    fault(_type, "NOT_YOUR_PARTY", "party")(acts_for_another_party)
    fault(_type, "UNKNOWN_SHIPMENT", "shipment")(names_no_shipment)
    fault(_type, "LOT_DIFFERS", "shipment")(names_another_lot)
    fault(_type, "NOT_THEIR_SHIPMENT", "party")(is_neither_recipient_nor_sender)


for _type in (RECEIVE, CORRECT, RETURN):

    @fault(_type, "OWNER_DIFFERS", "owner")
    def names_another_owner(draft: Draft) -> None:
        draft.closed["owner"] = draft.world.party("neighbour")


@fault(RECEIVE, "NOT_THEIR_SHIPMENT", "party")
def receives_what_it_has_sent(draft: Draft) -> None:
    draft.by = "farmer"
    draft.body["party"] = draft.world.party("farmer")


@fault(RECEIVE, "NOT_IN_TRANSIT", "state")
def receives_twice(draft: Draft) -> None:
    draft.world.act(draft.by, RECEIVE, draft.body, unpacked(draft))


@fault(RECEIVE, "NOT_IN_TRANSIT", "state")
def receives_what_the_sender_took_back(draft: Draft) -> None:
    body = draft.body | {"party": draft.world.party("farmer")}
    draft.world.act("farmer", RETURN, body, {"sender": draft.world.party("farmer")})


@fault(CORRECT, "NOT_RECEIVED", "state")
def corrects_a_count_not_made(draft: Draft) -> None:
    world, lot = draft.world, draft.body["lot"]
    draft.body["shipment"] = world.ship("farmer", lot, to="shopkeeper", quantity_g=1)


@fault(CORRECT, "NOT_RECEIVED", "state")
def corrects_a_count_already_settled(draft: Draft) -> None:
    settle(draft)


@fault(CORRECT, "NOT_THE_LATEST", "corrects")
def corrects_another_count_than_the_latest(draft: Draft) -> None:
    draft.body["corrects"] = "ab" * 32


@fault(CORRECT, "ALREADY_LEFT", "quantity")
def corrects_below_what_was_sold_on(draft: Draft) -> None:
    draft.closed["received_g"] -= 1


@fault(RETURN, "NOT_THEIR_SHIPMENT", "sender")
def returns_to_someone_else(draft: Draft) -> None:
    draft.closed["sender"] = draft.world.party("neighbour")


@fault(RETURN, "NOT_IN_TRANSIT", "state")
def returns_what_was_received(draft: Draft) -> None:
    draft.world.receive("shopkeeper", draft.body["lot"], draft.body["shipment"], 12_000)


@fault(RETURN, "NOT_IN_TRANSIT", "state")
def returns_twice(draft: Draft) -> None:
    draft.world.act(draft.by, RETURN, draft.body, draft.closed)


@fault(SETTLE, "NOT_YOUR_PARTY", "party")
def settles_with_a_third_party(draft: Draft) -> None:
    draft.approver = "neighbour"


@fault(SETTLE, "NOT_YOUR_PARTY", "party")
def settles_within_one_party(draft: Draft) -> None:
    draft.approver = "clerk"


@fault(SETTLE, "UNKNOWN_SHIPMENT", "shipment")
def settles_no_shipment(draft: Draft) -> None:
    draft.body["shipment"] = "0" * 20


@fault(SETTLE, "LOT_DIFFERS", "shipment")
def settles_another_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(SETTLE, "NOT_THEIR_SHIPMENT", "sides")
def settles_the_wrong_way_round(draft: Draft) -> None:
    sender, recipient = draft.closed["sender"], draft.closed["recipient"]
    draft.closed |= {"sender": recipient, "recipient": sender}


@fault(SETTLE, "OWNER_DIFFERS", "owner")
def settles_goods_of_another_owner(draft: Draft) -> None:
    draft.closed["owner"] = draft.world.party("neighbour")


@fault(SETTLE, "OWNER_DIFFERS", "consigned")
def settles_what_was_sold_as_consigned(draft: Draft) -> None:
    draft.closed["consigned"] = True


@fault(SETTLE, "NOT_DISPUTED", "state")
def settles_what_agrees(draft: Draft) -> None:
    world, lot = draft.world, draft.body["lot"]
    draft.body["shipment"] = world.ship("farmer", lot, to="shopkeeper", quantity_g=1)
    world.receive("shopkeeper", lot, draft.body["shipment"], 1)


@fault(SETTLE, "NOT_DISPUTED", "state")
def settles_twice(draft: Draft) -> None:
    settle(draft)


@fault(SETTLE, "NOT_INDEPENDENT", "party")
def settles_with_someone_of_its_own_who_signs_for_the_other(draft: Draft) -> None:
    draft.world.mandate("farmer", "clerk", SETTLE)
    draft.approver = "clerk"
    draft.approved_with["on_behalf"] = draft.world.actor("farmer")


@fault(SETTLE, "SUM_DIFFERS", "sum")
def settles_more_than_is_disputed(draft: Draft) -> None:
    draft.closed["lost_g"] += 1


@fault(SETTLE, "SUM_DIFFERS", "sum")
def settles_less_than_is_disputed(draft: Draft) -> None:
    draft.closed["lost_g"] -= 1


def settle(draft: Draft) -> None:
    """Let both sides settle the draft's shipment, whatever is disputed about it."""
    world = draft.world
    shipment = world.ledger.record(f"shipment/{draft.body['shipment']}")
    settlement = Draft(
        world=world,
        by="shopkeeper",
        type=SETTLE,
        body={"shipment": draft.body["shipment"], "lot": draft.body["lot"]},
        closed={
            "salt": world.nonce(),
            "sender": shipment["sender"],
            "recipient": shipment["recipient"],
            "to_sender_g": 0,
            "to_recipient_g": 0,
            "lost_g": shipment["disputed_g"],
        },
        approver="farmer",
    )
    assert settlement.answer() == "ACCEPTED"


fault(SEND_BACK, "NOT_YOUR_PARTY", "party")(acts_for_another_party)
fault(SEND_BACK, "ID_NOT_DERIVED", "shipment")(ships_under_a_name_it_likes)
fault(SEND_BACK, "LOT_DIFFERS", "lot")(names_another_lot)
fault(SEND_BACK, "INSUFFICIENT_QUANTITY", "quantity")(ships_more_than_it_holds)


@fault(SEND_BACK, "NOT_INDEPENDENT", "recipient")
def sends_back_to_itself(draft: Draft) -> None:
    draft.closed["recipient"] = draft.world.party(draft.by)


@fault(SEND_BACK, "UNKNOWN_SHIPMENT", "brought_by")
def sends_back_what_nobody_brought(draft: Draft) -> None:
    draft.body["brought_by"] = "0" * 20


@fault(SEND_BACK, "NOT_THEIR_SHIPMENT", "recipient")
def sends_back_to_someone_else(draft: Draft) -> None:
    draft.closed["recipient"] = draft.world.party("neighbour")


@fault(SEND_BACK, "NOT_THEIR_SHIPMENT", "brought_by", "lot")
def sends_back_what_came_to_another(draft: Draft) -> None:
    lot = draft.body["lot"]
    draft.body["brought_by"] = draft.world.ship("farmer", lot, to="grocer", quantity_g=1)


@fault(SEND_BACK, "NOTHING_HELD", "brought_by", "state")
def sends_back_what_never_came(draft: Draft) -> None:
    world = draft.world
    draft.body["lot"] = world.harvest("farmer", 5)
    came = world.ship("farmer", draft.body["lot"], to="shopkeeper", quantity_g=5)
    draft.body["brought_by"] = came


@fault(SEND_BACK, "ID_TAKEN", "shipment", "quantity", "brought_by", "recipient", "state")
def sends_back_twice(draft: Draft) -> None:
    draft.world.act(draft.by, SEND_BACK, draft.body, unpacked(draft) | {"quantity_g": 1})


@fault(SEND_BACK, "NOT_RECEIVED", "brought_by", "lot")
def sends_back_what_is_still_on_its_way(draft: Draft) -> None:
    lot = draft.body["lot"]
    draft.body["brought_by"] = draft.world.ship("farmer", lot, to="shopkeeper", quantity_g=1)


@fault(SEND_BACK, "NOT_BOUGHT", "brought_by", "lot")
def sends_back_what_is_consigned(draft: Draft) -> None:
    world, lot = draft.world, draft.body["lot"]
    consigned = deeds.consign(world, "farmer", lot, to="shopkeeper", quantity_g=1)
    deeds.receive(world, "shopkeeper", lot, consigned, 1, of="farmer")
    draft.body["brought_by"] = consigned


@fault(SEND_BACK, "NOT_BOUGHT", "brought_by", "signer", "party", "recipient", "shipment", "lot")
def sends_back_what_was_sent_back(draft: Draft) -> None:
    """The farmer has it again, and would send it out as if it came from the shop."""
    world, lot = draft.world, draft.body["lot"]
    home = world.send_back("shopkeeper", lot, draft.body["brought_by"], 1)
    world.receive("farmer", lot, home, 1)
    name = world.name("farmer")
    draft.by = "farmer"
    draft.body |= {"party": world.party("farmer"), "brought_by": home}
    draft.body |= {"shipment": name["id"], "id_nonce": name["id_nonce"], "index": name["index"]}
    draft.closed["recipient"] = world.party("shopkeeper")
