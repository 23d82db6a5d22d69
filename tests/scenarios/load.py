"""Many devices at work: a steady load of signed commands, and a record of every acknowledgement.

Each device sends one command after the other and, like a phone, sends the same bytes again, to any
gateway, until the answer is final. A command counts as acknowledged only then.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx2

from gateway.demo.town import Town
from gateway.device.keyring import command_id_of

PATIENCE_S = 90


def body_of(wires: Sequence[bytes]) -> dict:
    """Return the body of `POST /api/commands`."""
    commands = []
    for wire in wires:
        jws, tilde, closed = wire.decode().partition("~")
        commands.append({"jws": jws, "closed": closed} if tilde else {"jws": jws})
    return {"commands": commands}


@dataclass(slots=True, kw_only=True)
class Acknowledged:
    """One final answer: when it was asked for and got (monotonic seconds), and what it said.

    Attributes:
        url: The gateway that gave it.
    """

    id: str
    code: str
    url: str
    asked_at: float
    answered_at: float


@dataclass(slots=True, kw_only=True)
class Load:
    """Farms and shops of a town, harvesting and selling until told to stop.

    Attributes:
        urls: The gateways; a device begins at one of them and moves on when it fails.
        rate_per_s: Commands per second to aim at, over all devices.
        spared: Farms that do something else.
    """

    town: Town
    urls: Sequence[str]
    rate_per_s: float
    seed: int
    spared: Sequence[str] = ()
    acknowledged: list[Acknowledged] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Run until `stopping` is set; every command begun is still brought to its answer."""
        farms = {handle for handle in self.town.people if handle.startswith("farm-")}
        people = sorted(farms - set(self.spared))
        limits = httpx2.Limits(max_connections=len(people) + 10)
        pause_s = len(people) / self.rate_per_s
        async with (
            httpx2.AsyncClient(limits=limits, timeout=60) as client,
            asyncio.TaskGroup() as tasks,
        ):
            for place, farm in enumerate(people):
                tasks.create_task(self._farm(client, farm, place, pause_s))

    async def _farm(
        self, client: httpx2.AsyncClient, farm: str, place: int, pause_s: float
    ) -> None:
        choose = random.Random(f"{self.seed}-{farm}")
        await asyncio.sleep(choose.uniform(0, pause_s))
        start = time.monotonic()
        for number, wire in enumerate(self._season(farm), start=1):
            await self._bring(client, wire, place)
            if self.stopping.is_set():  # not before: what is signed has to be sent
                return
            # Keep the rate however long an answer took: an open loop as far as one device can be.
            await asyncio.sleep(max(0.0, start + number * pause_s - time.monotonic()))

    def _season(self, farm: str) -> Iterator[bytes]:
        """Harvest, then ship, sell and sell too much, over and over."""
        for _ in itertools.count():
            lot, harvest = self.town.harvest(farm, 10_000)
            yield harvest
            yield self.town.ship(farm, lot, "shop-a", 4_000)[1]
            yield self.town.take("sell", farm, lot, 1_000)
            yield self.town.take("sell", farm, lot, 9_000)  # more than is left: rejected
            yield self.town.take("own_use", farm, lot, 500)

    async def _bring(self, client: httpx2.AsyncClient, wire: bytes, place: int) -> None:
        asked_at = time.monotonic()
        command_id = command_id_of(wire)
        for turn in itertools.count(place):
            assert time.monotonic() < asked_at + PATIENCE_S, f"no answer for {command_id}"
            url = self.urls[turn % len(self.urls)]
            try:
                response = await client.post(
                    f"{url}/api/commands", json=body_of([wire]), headers={"Prefer": "wait=20"}
                )
            except httpx2.HTTPError:
                await asyncio.sleep(0.2)
                continue
            if response.status_code == 200:
                (answer,) = response.json()["commands"]
                assert answer["id"] == command_id
                self.acknowledged.append(
                    Acknowledged(
                        id=command_id,
                        code=answer["code"],
                        url=url,
                        asked_at=asked_at,
                        answered_at=time.monotonic(),
                    )
                )
                return
            assert response.status_code in {202, 429, 502, 503, 504}, response.text
            await asyncio.sleep(0.2)
