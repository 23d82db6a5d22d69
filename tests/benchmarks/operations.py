"""State operations per command: what each type reads and writes, by the contract's own account."""

from collections.abc import Iterator
from dataclasses import dataclass

from chaincode import reading
from chaincode.base import envelope
from chaincode.rules import EVER
from gateway.demo.town import Town
from gateway.demo.trading import Trading

EVERY_TRANSACTION = len(reading.EVERY_TRANSACTION_READS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """Reads and writes of one command, besides what every transaction reads."""

    type: str
    reads: int
    writes: int


def per_type() -> list[Operations]:
    """Return the operations of one command of each type, in the order of the story."""
    found: dict[str, Operations] = {}
    for wire in _story():
        request = reading.read(envelope.parse(wire), EVER)
        touches = request.touches
        reads = set(touches.reads) - set(reading.EVERY_TRANSACTION_READS)
        found.setdefault(
            request.kind.name,
            Operations(type=request.kind.name, reads=len(reads), writes=len(set(touches.writes))),
        )
    return list(found.values())


def _story() -> Iterator[bytes]:
    town = Town.create(demo=False, farms=1, shops=1)
    yield from (wire for _, wire in town.founding())
    yield from town.registrations()
    lot, harvest = town.harvest("farm-a", 12_000)
    shipment, ship = town.ship("farm-a", lot, "shop-a", 10_000)
    yield harvest
    yield ship
    yield town.receive("shop-a", lot, shipment, 9_800)
    split = {
        "sender": town.people["farm-a"].party,
        "recipient": town.people["shop-a"].party,
        "to_sender_g": 0,
        "to_recipient_g": 0,
        "lost_g": 200,
    }
    yield from town.settle("farm-a", "shop-a", lot=lot, shipment=shipment, split=split)
    yield town.take("sell", "shop-a", lot, 1_000)
    yield town.take("discard", "shop-a", lot, 1_000)
    yield town.take("own_use", "farm-a", lot, 1_000)
    yield Trading(town).arrive("shop-a", lot, "farm-a", 500)
