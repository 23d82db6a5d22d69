"""Right commands by which goods change hands."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.pen import bits128
from tests.chaincode.world import World


@prepares("lot.ship")
def _ship(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    name = world.name("farmer")
    body = {
        "shipment": name["id"],
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "lot": lot,
        "party": world.party("farmer"),
        "channel": "phone",
    }
    closed = {
        "recipient": world.party("shopkeeper"),
        "quantity_g": 20_000,
        "owner": world.party("farmer"),
        "consigned": False,
        "packs": {"unit": "crate", "count": 2},
    }
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


def _shipped(world: World) -> tuple[str, str]:
    """Return a lot of 20 kg and a shipment of 12 kg of it on its way to the shop."""
    lot = world.harvest("farmer", 20_000)
    return lot, world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)


@prepares("lot.receive")
def _receive(world: World) -> Draft:
    lot, shipment = _shipped(world)
    body = {"shipment": shipment, "lot": lot, "party": world.party("shopkeeper")}
    body["channel"] = "desk"
    closed = {
        "received_g": 11_500,
        "owner": world.party("shopkeeper"),
        "packs": {"unit": "crate", "count": 1},
    }
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@prepares("lot.correct_receipt")
def _correct_receipt(world: World) -> Draft:
    lot, shipment = _shipped(world)
    count = world.receive("shopkeeper", lot, shipment, 11_500)
    deeds.take(world, "sell", "shopkeeper", lot, 11_000)
    body = {
        "shipment": shipment,
        "lot": lot,
        "party": world.party("shopkeeper"),
        "corrects": count,
        "reason": "typing",
    }
    closed = {
        "received_g": 11_000,
        "owner": world.party("shopkeeper"),
        "packs": {"unit": "crate", "count": 1},
    }
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@prepares("lot.return")
def _return(world: World) -> Draft:
    lot, shipment = _shipped(world)
    body = {"shipment": shipment, "lot": lot, "party": world.party("shopkeeper")}
    body["channel"] = "paper"
    closed = {"sender": world.party("farmer"), "owner": world.party("farmer")}
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@prepares("lot.send_back")
def _send_back(world: World) -> Draft:
    lot, shipment = _shipped(world)
    world.receive("shopkeeper", lot, shipment, 12_000)
    name = world.name("shopkeeper")
    body = {
        "shipment": name["id"],
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "lot": lot,
        "party": world.party("shopkeeper"),
        "brought_by": shipment,
        "channel": "desk",
    }
    closed = {
        "recipient": world.party("farmer"),
        "quantity_g": 12_000,
        "packs": {"unit": "crate", "count": 1},
    }
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@prepares("lot.settle")
def _settle(world: World) -> Draft:
    lot, shipment = _shipped(world)
    world.receive("shopkeeper", lot, shipment, 11_500)
    closed = {
        "salt": bits128("salt lot.settle"),
        "sender": world.party("farmer"),
        "recipient": world.party("shopkeeper"),
        "to_sender_g": 200,
        "to_recipient_g": 200,
        "lost_g": 100,
        "owner": world.party("farmer"),
        "consigned": False,
    }
    return Draft(
        world=world,
        by="shopkeeper",
        type="",
        body={"shipment": shipment, "lot": lot},
        closed=closed,
        approver="farmer",
    )
