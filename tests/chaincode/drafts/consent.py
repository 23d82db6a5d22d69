"""Right commands about who may take in whose goods, and about goods that came without that."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.world import SINCE, World


def _given(world: World) -> dict:
    sides = {"producer": world.party("farmer"), "shop": world.party("shopkeeper")}
    return {**sides, "since": SINCE, "until": "2031-03-31"}


@prepares("consignment.grant")
def _grant(world: World) -> Draft:
    return Draft(world=world, by="farmer", type="", body=_given(world))


@prepares("consignment.register")
def _register(world: World) -> Draft:
    by, approver = "coop-registrar", "shops-registrar"
    return Draft(world=world, by=by, type="", body=_given(world), approver=approver)


@prepares("consignment.revoke")
def _revoke(world: World) -> Draft:
    body = {"producer": world.party("farmer"), "shop": world.party("shopkeeper")}
    return Draft(world=world, by="coop-registrar", type="", body=body)


@prepares("lot.claim")
def _claim(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    body = {"lot": lot, "party": world.party("shopkeeper"), "channel": "desk"}
    closed = {
        "producer": world.party("farmer"),
        "crop": "carrot",
        "counted_g": 12_000,
        "packs": {"unit": "bag", "count": 24},
    }
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


def _claimed(world: World) -> str:
    """Return a lot of 10 kg of which a shop claims to have 12."""
    lot = world.harvest("farmer", 10_000)
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=12_000)
    return lot


@prepares("lot.correct_claim")
def _correct_claim(world: World) -> Draft:
    body = {"lot": _claimed(world), "party": world.party("shopkeeper"), "reason": "typing"}
    closed = {"producer": world.party("farmer"), "claimed_g": 11_000}
    return Draft(world=world, by="shopkeeper", type="", body=body, closed=closed)


@prepares("lot.accept_claim")
def _accept_claim(world: World) -> Draft:
    body = {"lot": _claimed(world), "party": world.party("farmer")}
    closed = {"holder": world.party("shopkeeper"), "claimed_g": 12_000, "accepted_g": 12_000}
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)
