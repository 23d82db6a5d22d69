"""Carrying what happened on one ledger over to another, and comparing where both end."""

from collections.abc import Sequence

from gateway.demo.founding import Founding
from gateway.ledger import Block
from gateway.projection import Projection


async def dump_of(stage) -> bytes:
    """Stop the gateway and return its projection's dump."""
    stage.gateways[0].stop()
    projection = await Projection.open(f"sqlite:///{stage.gateways[0].folder}/projection.sqlite")
    try:
        return await projection.dump()
    finally:
        await projection.close()


def commands_after(founding: Founding, chain: Sequence[Block]) -> list[bytes]:
    """Return every command of a chain in its order, less those that founded the town."""
    founded = {wire for _, wire in founding.bootstraps} | set(founding.registrations)
    return [
        wire
        for block in chain
        for transaction in block.transactions
        for wire in transaction.commands
        if wire not in founded
    ]
