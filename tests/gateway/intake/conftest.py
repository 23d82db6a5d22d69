"""A town on a scripted ledger, and gateways on it."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random

import pytest

from gateway.demo.founding import Founding, found
from gateway.demo.town import Town
from gateway.intake import Intake, IntakeSettings, Outbox, Projected
from gateway.projection import Follower, Projection
from tests.gateway.intake.scripted_ledger import CLOCK_S, ScriptedLedger

# As in production, but quick where only waiting would be tested.
SETTINGS = IntakeSettings(
    pause_first_s=0.01,
    pause_max_s=0.05,
    conflict_pause_s=0.002,
    conflict_pause_max_s=0.02,
    linger_busy_s=0.005,
    recheck_s=0.02,
    doubt_s=0.5,
)


KNOWN = {"unknown_keys_max", "unknown_key_s"}


class GatewayOnDisk:
    """A gateway's intake with a projection and an outbox of its own, as `serve` wires them."""

    def __init__(self, ledger, folder, settings=SETTINGS, **known):
        self.ledger, self.folder, self.settings, self.known = ledger, folder, settings, known
        self.stack = AsyncExitStack()

    async def start(self, *, is_following=True):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.projection = await Projection.open(f"sqlite:///{self.folder / 'projection.sqlite'}")
        self.stack.push_async_callback(self.projection.close)
        self.outbox = await Outbox.open(self.folder / "outbox.sqlite")
        self.stack.push_async_callback(self.outbox.close)
        self.follower = Follower(self.ledger, self.projection, retry_first_s=0.01)
        known = Projected(self.projection, self.ledger, **self.known)
        self.intake = Intake(
            ledger=self.ledger,
            outbox=self.outbox,
            devices=known,
            record=known,
            settings=self.settings,
            chance=Random(1),
        )
        self.follower.listeners.append(self.intake.notice)
        if is_following:
            await self.follow()
        await self.intake.start()
        self.stack.push_async_callback(self.intake.stop)
        return self

    async def follow(self):
        await self.follower.start()
        self.stack.push_async_callback(self.follower.stop)
        await self.follower.wait_for_height(len(self.ledger.chain), timeout_s=10)

    async def stop(self):
        await self.stack.aclose()

    async def submit(self, *wires, timeout_s=20):
        """Accept and wait; return the codes."""
        statuses = await self.intake.accept(wires)
        return await self.codes([status.id for status in statuses], timeout_s=timeout_s)

    async def codes(self, ids, timeout_s=20):
        answers = await self.intake.wait(ids, timeout_s)
        return [answers[one] and answers[one].code for one in ids]


@pytest.fixture
def town():
    return Town.create(farms=12, shops=4)


@pytest.fixture
async def ledger(town):
    """A scripted ledger on which everyone of the town is entered."""
    ledger = ScriptedLedger()
    msp_ids = [organisation.msp for organisation in town.constitution.organisations]
    await found(Founding.of(town, CLOCK_S), {one: ledger.admin(one) for one in msp_ids}, at=CLOCK_S)
    ledger.submitted.clear()
    return ledger


@pytest.fixture
async def make_gateway(ledger, tmp_path):
    """Start gateways on the ledger; each name has its own folder, which outlives the gateway."""
    gateways = []

    async def make(name="coop", *, is_following=True, **limits):
        known = {one: limits.pop(one) for one in KNOWN & limits.keys()}
        gateway = GatewayOnDisk(ledger, tmp_path / name, replace(SETTINGS, **limits), **known)
        gateways.append(gateway)
        return await gateway.start(is_following=is_following)

    yield make
    await asyncio.gather(*(gateway.stop() for gateway in gateways))


@pytest.fixture
async def gateway(make_gateway):
    return await make_gateway()
