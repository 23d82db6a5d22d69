"""Carrying what happened on one ledger over to another, and comparing where both end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import httpx2

from gateway.demo.founding import Founding
from gateway.ledgers.port import Block
from gateway.projection import Projection
from tests.scenarios.acting import send


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A command, and what the ledger said of it."""

    wire: bytes
    code: str
    flags: tuple[str, ...]


async def dump_of(stage) -> bytes:
    """Stop the gateway and return its projection's dump."""
    stage.gateways[0].stop()
    projection = await Projection.open(f"sqlite:///{stage.gateways[0].folder}/projection.sqlite")
    try:
        return await projection.dump()
    finally:
        await projection.close()


def in_order(chain: Iterable[Block]) -> Iterator[Taken]:
    """Yield every command of a chain, in its order."""
    for block in chain:
        for transaction in block.transactions:
            if transaction.valid:
                for wire, result in zip(transaction.commands, transaction.results, strict=True):
                    flags = tuple(map(str, result["flags"]))
                    yield Taken(wire=wire, code=str(result["code"]), flags=flags)


def taken_after(founding: Founding, chain: Iterable[Block]) -> list[Taken]:
    """Return every command of a chain in its order, less those that founded the town."""
    founded = {wire for _, wire in founding.bootstraps} | set(founding.registrations)
    return [one for one in in_order(chain) if one.wire not in founded]


async def replay(client: httpx2.AsyncClient, story: Sequence[Taken]) -> list[dict]:
    """Send the same bytes to another ledger, which must say the same of each."""
    answers = await send(client, [one.wire for one in story])
    said = [(one["code"], tuple(one["flags"])) for one in answers]
    assert said == [(one.code, one.flags) for one in story]
    return answers
