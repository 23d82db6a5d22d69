"""Right commands that declare, confirm, extend and end a recall."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, prepares
from tests.chaincode.pen import sha256_hex
from tests.chaincode.world import World

OFFICER, SECOND = "coop-recaller", "town-recaller"


@prepares("recall.emergency")
@prepares("recall.drill")
def _declare(world: World) -> Draft:
    roots = [world.harvest("farmer", 20_000), world.harvest("farmer", 10_000)]
    body = deeds.declaration(world, OFFICER, roots)
    body["explanation"] = sha256_hex(b"salt and text")
    return Draft(world=world, by=OFFICER, type="", body=body)


@prepares("recall.declare")
def _declare_by_two(world: World) -> Draft:
    draft = _declare(world)
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
