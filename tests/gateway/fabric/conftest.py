"""Three peers, the own organisation's and two foreign ones, and a gateway connected to them."""

from contextlib import asynccontextmanager

import pytest

from gateway.fabric import Deadlines, Gateway
from tests.gateway.fabric.fake_peer import FakePeer
from tests.gateway.fabric.making import Chain
from tests.gateway.fabric.members import FOREIGN, OWN, member

DEADLINES = Deadlines(evaluate_s=2.0, endorse_s=2.0, submit_s=2.0, commit_status_s=2.0)


@pytest.fixture
def chain() -> Chain:
    return Chain()


@asynccontextmanager
async def running(*peers: FakePeer):
    for peer in peers:
        await peer.start()
    try:
        yield
    finally:
        for peer in peers:
            await peer.stop()


@pytest.fixture
async def peers(chain):
    own, shops, town = FakePeer(OWN, chain), FakePeer(FOREIGN, chain), FakePeer("TownMSP", chain)
    async with running(own, shops, town):
        yield own, shops, town


@pytest.fixture
def own(peers) -> FakePeer:
    return peers[0]


@pytest.fixture
def foreign(peers) -> FakePeer:
    return peers[1]


@pytest.fixture
async def gateway(peers):
    identity, signer = member()
    # The own peer last: the gateway has to find out by itself that it comes first.
    addresses = [peer.address for peer in (*peers[1:], peers[0])]
    async with Gateway(
        identity=identity, signer=signer, peers=addresses, deadlines=DEADLINES
    ) as gateway:
        yield gateway


@pytest.fixture
def contract(gateway):
    return gateway.network("minori").contract("minori")
