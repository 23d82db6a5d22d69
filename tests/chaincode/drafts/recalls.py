"""Right commands that declare, confirm, extend and end a recall."""

from collections.abc import Sequence

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.pen import sha256_hex
from tests.chaincode.world import World

OFFICER, SECOND = "coop-recaller", "town-recaller"


def _begun(world: World, by: str, crops: Sequence[str] = ()) -> Draft:
    roots = [world.harvest("farmer", 20_000), world.harvest("farmer", 10_000)]
    body = deeds.declaration(world, by, roots, crops)
    body["explanation"] = sha256_hex(b"salt and text")
    return Draft(world=world, by=by, type="", body=body)


@prepares("recall.emergency")
def _declare_at_once(world: World) -> Draft:
    return _begun(world, OFFICER)


@prepares("recall.own")
def _recall_own(world: World) -> Draft:
    return _begun(world, "farmer")


@prepares("recall.drill")
def _drill(world: World) -> Draft:
    return _begun(world, OFFICER, ["carrot"])


@prepares("recall.declare")
def _declare(world: World) -> Draft:
    draft = _begun(world, OFFICER, ["carrot"])
    draft.approver = SECOND
    return draft


def _recalled(world: World) -> str:
    return deeds.recall(world, world.harvest("farmer", 20_000), by=OFFICER)


@prepares("recall.confirm")
def _confirm(world: World) -> Draft:
    return Draft(world=world, by=SECOND, type="", body=deeds.seen(world, _recalled(world)))


@prepares("recall.extend")
def _extend(world: World) -> Draft:
    body = {"recall": _recalled(world), "roots": [world.harvest("farmer", 10_000)]}
    return Draft(world=world, by=OFFICER, type="", body=body)


@prepares("recall.widen")
def _widen(world: World) -> Draft:
    draft = _extend(world)
    draft.body["crops"] = ["carrot"]
    draft.approver = SECOND
    return draft


@prepares("recall.clear")
def _clear(world: World) -> Draft:
    recall = _recalled(world)
    named = deeds.seen(world, recall) | {"reason": "papers", "explanation": sha256_hex(b"text")}
    lots = [_accepted_before_its_record(world) for _ in range(2)]
    return Draft(world=world, by=OFFICER, type="", body=named | {"lots": lots})


def _accepted_before_its_record(world: World) -> str:
    """Return a lot that hides ancestors."""
    lot = world.name("farmer")["id"]
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=1_000)
    grams = {"claimed_g": 1_000, "accepted_g": 1_000}
    deeds.accept(world, "farmer", lot, holder="shopkeeper", **grams)
    return lot


@prepares("recall.lift")
def _lift(world: World) -> Draft:
    body = {
        **deeds.seen(world, _recalled(world)),
        "reason": "no-fault-found",
        "explanation": sha256_hex(b"salt and text"),
    }
    return Draft(world=world, by=OFFICER, type="", body=body, approver=SECOND)


@prepares("recall.close")
def _close(world: World) -> Draft:
    return Draft(
        world=world, by=OFFICER, type="", body=deeds.seen(world, _recalled(world)), approver=SECOND
    )
