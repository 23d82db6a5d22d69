"""Mistakes with standing consignments, and with what is claimed without one."""

from tests.chaincode import deeds
from tests.chaincode.ways import way
from tests.chaincode.ways.recalls import sell
from tests.chaincode.world import NOW, World


def may_bring(world: World) -> str:
    """Return what the ledger says to an arrival of the farmer's goods at the shop."""
    lot = world.harvest("farmer", 1_000)
    body = {"lot": lot, "party": world.party("shopkeeper")}
    closed = {"producer": world.party("farmer"), "crop": "carrot", "counted_g": 1_000}
    return world.submit(world.write("shopkeeper", "lot.arrive", body, closed))[0]


@way("consignment.grant", "Grant again, which replaces it, or `consignment.revoke`.")
@way("consignment.revoke", "Grant or register it again.")
def a_consignment_given_ended_and_given(world: World) -> None:
    world.consign("farmer", "shopkeeper", until="2026-03-31")
    assert may_bring(world) == "NOT_CONSIGNED"
    world.consign("farmer", "shopkeeper")
    assert may_bring(world) == "ACCEPTED"
    world.end_consignment("farmer", "shopkeeper")
    assert may_bring(world) == "NOT_CONSIGNED"
    world.consign("farmer", "shopkeeper")
    assert may_bring(world) == "ACCEPTED"


@way("consignment.register", "Register again, or `consignment.revoke` by either side alone.")
def a_registered_consignment_ended_by_the_shops_registrar(world: World) -> None:
    body = {"producer": world.party("farmer"), "shop": world.party("shopkeeper")}
    terms = {"since": "2026-04-01", "until": "2027-03-31"}
    for _ in range(2):
        deeds.by_two(
            world, "coop-registrar", "shops-registrar", "consignment.register", {**body, **terms}
        )
        assert may_bring(world) == "ACCEPTED"
        earlier = {"by": "shops-registrar", "time": NOW - 1}
        world.end_consignment("farmer", "shopkeeper", **earlier)
        assert may_bring(world) == "NOT_CONSIGNED"


@way("lot.claim", "`lot.correct_claim`, also to 0 g; after the answer, `lot.correct_arrival`.")
@way("lot.correct_claim", "Correct again; what was taken back to 0 g is claimed anew.")
def a_claim_corrected(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=5_000)
    deeds.correct_claim(world, "shopkeeper", lot, of="farmer", claimed_g=0)
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    deeds.correct_claim(world, "shopkeeper", lot, of="farmer", claimed_g=3_000)
    deeds.accept(world, "farmer", lot, holder="shopkeeper", claimed_g=3_000, accepted_g=3_000)
    grams = {"was_g": 3_000, "counted_g": 2_000}
    deeds.correct_arrival(world, "shopkeeper", lot, of="farmer", **grams)
    assert deeds.held(world, lot, "farmer") == 8_000


@way(
    "lot.accept_claim",
    "What was accepted by mistake: `lot.deny_claim`. What was denied by mistake: the holder claims "
    "it anew, and it is accepted.",
)
def an_answer_put_right(world: World) -> None:
    lot = world.harvest("farmer", 10_000)
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=4_000)
    deeds.accept(world, "farmer", lot, holder="shopkeeper", claimed_g=4_000, accepted_g=1_000)
    deeds.deny(world, "farmer", lot, holder="shopkeeper", denied_g=1_000)
    assert sell(world, "shopkeeper", lot) != "ACCEPTED"
    assert deeds.held(world, lot, "farmer") == 10_000
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=3_000)
    deeds.accept(world, "farmer", lot, holder="shopkeeper", claimed_g=3_000, accepted_g=3_000)
    assert deeds.held(world, lot, "farmer") == 7_000
    deeds.take(world, "sell", "shopkeeper", lot, 3_000, of="farmer")
