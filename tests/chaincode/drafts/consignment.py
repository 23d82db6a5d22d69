"""Right commands about goods on consignment, and about a holder's own stock."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.world import World


@prepares("lot.arrive")
def _arrive(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    body = {"lot": lot, "party": world.party("shopkeeper"), "channel": "desk"}
    closed = {
        "producer": world.party("farmer"),
        "crop": "carrot",
        "counted_g": 12_000,
        "packs": {"unit": "bag", "count": 24},
    }
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


def _arrived(world: World) -> str:
    """Return a lot of 20 kg of which 12 kg lie at the shop."""
    lot = world.harvest("farmer", 20_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=12_000)
    return lot


@prepares("lot.correct_arrival")
def _correct_arrival(world: World) -> Draft:
    lot = _arrived(world)
    deeds.take(world, "sell", "shopkeeper", lot, 11_000, of="farmer")
    body = {"lot": lot, "party": world.party("shopkeeper"), "reason": "typing"}
    closed = {"producer": world.party("farmer"), "was_g": 12_000, "counted_g": 11_000}
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@prepares("lot.take_back")
def _take_back(world: World) -> Draft:
    body = {"lot": _arrived(world), "party": world.party("shopkeeper"), "channel": "paper"}
    closed = {
        "owner": world.party("farmer"),
        "quantity_g": 12_000,
        "packs": {"unit": "bag", "count": 24},
    }
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@prepares("lot.deny_claim")
def _deny(world: World) -> Draft:
    lot = world.harvest("farmer", 10_000)
    deeds.arrive(world, "shopkeeper", lot, of="farmer", counted_g=12_000)
    body = {"lot": lot, "party": world.party("farmer")}
    closed = {
        "holder": world.party("shopkeeper"),
        "denied_g": 2_000,
        "owner": world.party("farmer"),
    }
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


def _own(world: World, **closed: object) -> Draft:
    body = {"lot": world.harvest("farmer", 20_000), "party": world.party("farmer")}
    return Draft(
        world=world,
        by="farmer",
        type="",
        body=body,
        closed={"owner": world.party("farmer"), **closed},
    )


@prepares("lot.take_stock")
def _take_stock(world: World) -> Draft:
    draft = _own(world, was_g=20_000, counted_g=19_500, packs={"unit": "bag", "count": 39})
    draft.body |= {"reason": "shrinkage", "channel": "paper"}
    return draft


@prepares("lot.hold")
def _hold(world: World) -> Draft:
    draft = _own(world)
    draft.body["reason"] = "test-pending"
    return draft


@prepares("lot.release")
def _release(world: World) -> Draft:
    draft = _own(world)
    deeds.hold(world, "farmer", draft.body["lot"])
    return draft
