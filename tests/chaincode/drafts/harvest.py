"""Right commands by which grams come into being."""

from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.pen import pseudonym, sha256_hex, timestamp
from tests.chaincode.world import DAY_S, NOW, World


@prepares("lot.harvest")
def _harvest(world: World) -> Draft:
    name = world.name("farmer")
    body = {
        "lot": name["id"],
        "party": world.party("farmer"),
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "plot": pseudonym("plot field"),
        "crop": "carrot",
        "channel": "phone",
    }
    closed = {
        "quantity_g": 20_000,
        "estimated": False,
        "packs": {"unit": "crate", "count": 2},
    }
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


@prepares("lot.correct_harvest")
def _correct_harvest(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    world.ship("farmer", lot, to="shopkeeper", quantity_g=12_000)
    body = {
        "lot": lot,
        "party": world.party("farmer"),
        "corrects": world.ledger.record(f"lot/{lot}")["entry"],
        "reason": "weighing",
        "plot": pseudonym("plot field"),
        "crop": "carrot",
        "harvested_at": timestamp(NOW),
    }
    closed = {
        "quantity_g": 12_000,
        "estimated": False,
        "packs": {"unit": "crate", "count": 1},
    }
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


@prepares("lot.supplement")
def _supplement(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    body = {
        "lot": lot,
        "party": world.party("farmer"),
        "reason": "estimate",
        "channel": "desk",
    }
    closed = {
        "quantity_g": 3_000,
        "estimated": True,
        "packs": {"unit": "crate", "count": 1},
    }
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


@prepares("lot.open")
def _open(world: World) -> Draft:
    name = world.name("farmer")
    body = {
        "lot": name["id"],
        "party": world.party("farmer"),
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "crop": "rice",
        "harvested_at": timestamp(NOW - 200 * DAY_S),
        "document": sha256_hex(b"salt and papers"),
    }
    closed = {
        "quantity_g": 600_000,
        "estimated": False,
        "packs": {"unit": "bale", "count": 10},
    }
    return Draft(world=world, by="farmer", type="", body=body, closed=closed, approver="inspector")
