"""A stage for scenarios: a ledger with a founded town on it, and gateways as processes in front.

The scenarios see only HTTP and, for checking afterwards, the blocks as each organisation's own peer
has them. So the same scenarios run on both ledgers.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from chaincode.contract import MinoriContract
from gateway.demo.founding import Founding, found
from gateway.demo.town import Town
from gateway.fabric.profile import ConnectionProfile
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.ledgers.on_fabric import FabricLedger
from gateway.ledgers.port import Block, Ledger
from network.native import Network
from tests.scenarios.warm import WarmProcess

MSP_IDS = ("CoopMSP", "ShopsMSP", "TownMSP")
ORGANISATIONS = ("coop", "shops", "town")
READY_PATIENCE_S = 120
PROGRAM = "network"  # as a module: `minori`


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(slots=True, kw_only=True)
class GatewayProcess:
    """A gateway as an operator runs it: its own process, files and port."""

    folder: Path
    environment: dict[str, str]
    module: str = PROGRAM
    arguments: tuple[str, ...] = ("serve",)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | WarmProcess | None = None
    is_warm: bool = False  # forked from a process that has imported everything

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "gateway.log"

    @property
    def orders(self) -> Path:
        """What a mortal gateway (`mortal_gateway`) reads."""
        return self.folder / "orders"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MINORI_")},
            "MINORI_LISTEN__PORT": str(self.port),
            "MINORI_DATABASE_URL": f"sqlite:///{self.folder}/projection.sqlite",
            "MINORI_OUTBOX_PATH": str(self.folder / "outbox.sqlite"),
            "MINORI_SCANS_PATH": str(self.folder / "scans.sqlite"),
            "MINORI_OTHER_CROPS_PATH": str(self.folder / "other-crops.sqlite"),
            "MINORI_SESSIONS__PATH": str(self.folder / "sessions.sqlite"),
            "MINORI_SITE__NAMES_PATH": str(self.folder / "names.json"),
            "MINORI_SITE__CATALOGUE_PATH": str(self.folder / "catalogue.json"),
            "MINORI_SITE__AREAS_PATH": str(self.folder / "areas.json"),
            "MINORI_SITE__OFFICE_CODES_PATH": str(self.folder / "office-codes.json"),
            "MINORI_SITE__EXPLANATIONS_PATH": str(self.folder / "explanations.json"),
            "MINORI_LIMITS__COMMANDS_RATE": "1000000/minute",
            "MINORI_LIMITS__REQUESTS_RATE": "1000000/minute",
            "MINORI_LIMITS__ADDRESS_COMMANDS_RATE": "1000000/minute",
            "MORTAL_GATEWAY_ORDERS": str(self.orders),
            **self.environment,
        }
        if self.is_warm and self.module == PROGRAM:  # another program has imported other things
            self.process = WarmProcess(self.arguments, environment, self.log)
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.arguments],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def ready(self) -> None:
        deadline = time.monotonic() + READY_PATIENCE_S
        async with httpx2.AsyncClient(base_url=self.url) as client:
            while True:
                with contextlib.suppress(httpx2.HTTPError):
                    if (await client.get("/health")).status_code == 200:
                        return
                assert self.process is not None
                ended = self.process.poll() is not None
                late = time.monotonic() > deadline
                if ended or late:
                    pytest.fail(f"gateway not ready:\n{self.log.read_text()[-4000:]}")
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass(slots=True, kw_only=True)
class Stage:
    """Gateways in front of one founded ledger."""

    town: Town
    gateways: list[GatewayProcess]
    folder: Path
    network: Network | None = None

    @property
    def url(self) -> str:
        return self.gateways[0].url

    async def chains(self, start: int = 0) -> dict[str, list[Block]]:
        """Return the chain from a block on as each organisation's peer has it, once all are level.

        On the embedded ledger there is one; its gateway has to be stopped, as it holds the file.
        """
        if self.network is None:
            self.gateways[0].stop()
            ledger = await EmbeddedLedger.open(
                self.folder / "ledger.sqlite", contract=MinoriContract()
            )
            with_height = {"embedded": ledger}
        else:
            with_height = {
                name: FabricLedger.from_profile(
                    ConnectionProfile.load(self.network.connection(name))
                )
                for name in ORGANISATIONS
            }
        try:
            await _level(with_height.values())
            return {name: await _blocks(ledger, start) for name, ledger in with_height.items()}
        finally:
            for ledger in with_height.values():
                await ledger.close()


async def _level(ledgers) -> None:
    deadline = time.monotonic() + 30
    while len({await ledger.height() for ledger in ledgers}) > 1:
        assert time.monotonic() < deadline, "the peers' heights differ"
        await asyncio.sleep(0.1)


async def _blocks(ledger: Ledger, start: int) -> list[Block]:
    count = await ledger.height() - start
    blocks: list[Block] = []
    if not count:
        return blocks
    async for block in ledger.blocks(start):
        blocks.append(block)
        if len(blocks) == count:
            break
    return blocks


@contextlib.asynccontextmanager
async def embedded_stage(
    folder: Path, town: Town, founding: Founding | None = None, *, is_warm: bool = True
) -> AsyncIterator[Stage]:
    """A gateway on an embedded ledger of its own."""
    path = folder / "ledger.sqlite"
    ledger = await EmbeddedLedger.open(path, contract=MinoriContract())
    admins = {msp: ledger.as_identity("admin", organisation=msp) for msp in MSP_IDS}
    await found(founding or Founding.of(town), admins)
    await ledger.close()
    gateway = GatewayProcess(
        folder=folder / "gateway",
        environment={"MINORI_LEDGER__PATH": str(path)},
        is_warm=is_warm,
    )
    stage = Stage(town=town, gateways=[gateway], folder=folder)
    async with _running(stage):
        yield stage


@contextlib.asynccontextmanager
async def fabric_stage(
    folder: Path,
    town: Town,
    network: Network,
    *,
    organisations: tuple[str, ...] = ("coop",),
    module: str = "network",
    arguments: tuple[str, ...] = ("serve",),
    environment: dict[str, str] | None = None,
    founding: Founding | None = None,
) -> AsyncIterator[Stage]:
    """Found the town on a network whose channel is empty; gateways of the named organisations."""
    await found_on(network, founding or Founding.of(town))
    gateways = [
        GatewayProcess(
            folder=folder / f"gateway-{name}",
            environment={
                "MINORI_LEDGER__KIND": "fabric",
                "MINORI_LEDGER__PROFILE": str(network.connection(name)),
                **(environment or {}),
            },
            module=module,
            arguments=arguments,
        )
        for name in organisations
    ]
    stage = Stage(town=town, gateways=gateways, folder=folder, network=network)
    async with _running(stage):
        yield stage


async def found_on(network: Network, founding: Founding) -> None:
    """Found the town on a network whose channel is empty."""
    profiles = [ConnectionProfile.load(network.connection(name)) for name in ORGANISATIONS]
    admins = {
        profile.msp_id: FabricLedger.from_profile(profile, identity="admin") for profile in profiles
    }
    try:
        await found(founding, admins)
    finally:
        for admin in admins.values():
            await admin.close()


@contextlib.asynccontextmanager
async def _running(stage: Stage) -> AsyncIterator[None]:
    try:
        for gateway in stage.gateways:
            gateway.start()
        for gateway in stage.gateways:
            await gateway.ready()
        yield
    finally:
        for gateway in stage.gateways:
            gateway.stop()
