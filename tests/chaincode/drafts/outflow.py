"""Right commands by which goods leave for good."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.pen import sha256_hex
from tests.chaincode.world import World


def _all_of_a_harvest(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    body = {"lot": lot, "party": world.party("farmer"), "channel": "desk"}
    closed = {
        "quantity_g": 20_000,
        "owner": world.party("farmer"),
        "packs": {"unit": "bag", "count": 40},
    }
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)


@prepares("lot.sell")
def _sell(world: World) -> Draft:
    draft = _all_of_a_harvest(world)
    draft.closed |= {"basis": "pos", "receipt": sha256_hex(b"line 1")}
    return draft


@prepares("lot.own_use")
def _own_use(world: World) -> Draft:
    return _all_of_a_harvest(world)


@prepares("lot.discard")
def _discard(world: World) -> Draft:
    draft = _all_of_a_harvest(world)
    draft.body["reason"] = "spoiled"
    return draft


@prepares("lot.correct_outflow")
def _correct_outflow(world: World) -> Draft:
    lot = world.harvest("farmer", 20_000)
    body = {
        "lot": lot,
        "party": world.party("farmer"),
        "corrects": deeds.take(world, "sell", "farmer", lot, 5_000),
        "outflow": "sold",
        "reason": "typing",
    }
    closed = {"was_g": 5_000, "quantity_g": 20_000, "owner": world.party("farmer")}
    return Draft(world=world, by="farmer", type="", body=body, closed=closed)
