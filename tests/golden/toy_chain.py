"""The golden chain of the toy version 2: a ledger of the first rules that changes to the second.

What stands before the activation must be answered as version 1 does, byte for byte, and read by the
second; what follows it in its own batch is not taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from chaincode.contract import MinoriContract
from tests import toy_rules
from tests.chaincode.world import NOW, World, settled
from tests.memory_ledger import MemoryLedger


@contextmanager
def contract() -> Iterator[MinoriContract]:
    """Give a contract that has both versions, as a program with the second would be."""
    with toy_rules.larger_lots():
        yield MinoriContract(toy_rules.VERSIONS)


def played() -> World:
    """Live under the first rules, change to the second in mid-batch, and go on."""
    world = World.unfounded()
    with contract() as both:
        world.ledger = MemoryLedger(creator=world.ledger.creator, contract=both)
        settled(world)
        lot = world.harvest("farmer", 5_000)
        world.submit(own_use(world, lot), praise(world, lot))
        world.resume()
        change(world, lot)
        for wire in (praise(world, lot), own_use(world, lot), praise(world, lot)):
            world.submit(wire)
            world.resume()
        world.ship("farmer", lot, to="shopkeeper", quantity_g=400)
        world.harvest("farmer", 1_000)
    return world


def change(world: World, lot: str) -> None:
    """Activate version 2 between two commands of one batch."""
    body = {"rules": 2, "epoch": world.ledger.record("contract/head")["epoch"] + 1}
    proposed = world.act("coop-registrar", "rules.activate", body)
    approval = {
        "proposal": proposed,
        "proposer": {"device": world.kid("coop-registrar"), "actor": world.actor("coop-registrar")},
        "type": "rules.activate",
        "body": body,
    }
    before = own_use(world, lot)
    activation = world.write("town-registrar", "proposal.approve", approval)
    world.ledger.submit(before, activation, own_use(world, lot), praise(world, lot), time=NOW)
    world.resume()


def own_use(world: World, lot: str) -> bytes:
    """What version 2 forbids."""
    body = {"lot": lot, "party": world.party("farmer")}
    return world.write("farmer", toy_rules.FORBIDDEN, body, {"quantity_g": 100})


def praise(world: World, lot: str) -> bytes:
    """What version 2 adds."""
    return world.write("shopkeeper", toy_rules.ADDED, {"lot": lot})
