"""A chaincode server with a contract of the tests' own, and peers that dial it."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import structlog

from chaincode.shim import Config, Server, configure_logs
from tests.chaincode.shim.contracts import Contract
from tests.chaincode.shim.fake_peer import PACKAGE_ID, FakePeer


@asynccontextmanager
async def running(contract=None, **settings) -> AsyncIterator[Server]:
    config = Config(package_id=PACKAGE_ID, **{"deadline_s": 2.0, **settings})
    async with Server(contract or Contract(), config) as server:
        yield server


@pytest.fixture(autouse=True)
def plain_logs():
    """Log as a process does: drawing a traceback in colour takes longer than some deadlines."""
    configure_logs(level=logging.INFO)
    yield
    structlog.reset_defaults()


@pytest.fixture
def serve():
    """Return `running`: `async with serve(contract, **settings) as server`."""
    return running


@pytest.fixture(params=["2.5", "3.1"])
async def peer(request) -> AsyncIterator[FakePeer]:
    """A peer on a server of its own, once as Fabric 2.5 speaks and once as 3.1 does."""
    offer = {"reads_max": 1000, "writes_max": 1000} if request.param == "3.1" else {}
    async with running() as server, FakePeer(server.port, **offer) as peer:
        yield peer
        assert peer.violations == []
        assert peer.is_connected
