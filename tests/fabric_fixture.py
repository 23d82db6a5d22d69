"""Fabric networks for tests: `fabric_network` runs the real contract, once for the whole session.

    @pytest.mark.fabric
    async def test_something(fabric_network):
        profile = ConnectionProfile.load(fabric_network.connection("coop"))

A test that kills processes brings them back with `fabric_network.up()`. Logs are kept in pytest's
temporary folder; a failing start shows the end of the log.
"""

import contextlib
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from network.native import Network
from network.topology import HOST, PORTS, Topology


def free_base_port() -> int:
    """Return the first of 40 free ports in a row, below those that Linux gives to clients."""
    candidates = list(range(20_000, 32_000, PORTS))
    random.SystemRandom().shuffle(candidates)
    return next(base for base in candidates if all(map(_is_free, range(base, base + PORTS))))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


GUARD = """
import sys
from pathlib import Path
from network.processes import Processes
sys.stdin.read()
processes = Processes(Path(sys.argv[1]))
for name in processes.names():
    processes.kill(name)
"""


@contextlib.contextmanager
def guarded(directory: Path) -> Iterator[None]:
    """End the network's processes also when the tests themselves are killed.

    They are made to survive the program that started them; a test run that was cut off must not
    leave ten of them behind. The guard sees the end of the run by the end of its standard input.
    """
    with subprocess.Popen([sys.executable, "-c", GUARD, str(directory)], stdin=subprocess.PIPE):
        yield


@contextlib.contextmanager
def running(directory: Path, **options) -> Iterator[Network]:
    """A network of a test's own, up; its processes end with the block, its files stay.

    `options` are those of `Network`, and of `Topology` under the name `topology`.
    """
    settings = {"base_port": free_base_port(), **options.pop("topology", {})}
    network = Network(Topology(directory=directory, **settings), **options)
    with guarded(directory):
        try:
            network.up()
            yield network
        finally:
            network.down()


@pytest.fixture(scope="session")
def fabric_network(tmp_path_factory) -> Iterator[Network]:
    with running(tmp_path_factory.mktemp("fabric")) as network:
        yield network


@pytest.fixture(scope="session")
def fabric3_environment() -> dict[str, str]:
    """Where Fabric 3's commands are found, which no registry serves: only where they are named."""
    commands = os.environ.get("MINORI_FABRIC3_BIN")
    if not commands:
        pytest.skip("MINORI_FABRIC3_BIN does not name a folder with Fabric 3's commands")
    return {**os.environ, "MINORI_FABRIC_BIN": commands}


@pytest.fixture(scope="session")
def fabric3_network(tmp_path_factory, fabric3_environment) -> Iterator[Network]:
    """The same as `fabric_network` on Fabric 3.x, with SmartBFT."""
    directory = tmp_path_factory.mktemp("fabric3")
    with running(directory, environment=fabric3_environment) as network:
        yield network
