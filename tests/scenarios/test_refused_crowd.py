"""What strangers send is refused at the door, and whoever is honest goes on beside it."""

import asyncio

import httpx2

from gateway.demo.town import Town
from tests.benchmarks import refusals
from tests.scenarios.acting import Cast, accept
from tests.scenarios.stage import embedded_stage


async def test_wires_as_costly_as_can_be_are_all_refused_while_others_are_served(tmp_path):
    town = Town.create()
    cast = Cast(town)
    async with (
        embedded_stage(tmp_path, town) as stage,
        httpx2.AsyncClient(base_url=stage.url, timeout=90) as client,
    ):
        crowd = asyncio.create_task(refusals.post_all(stage.gateways[0].port, seconds=2, count=120))
        for _ in range(4):
            await accept(client, [cast.harvest("farm-a", 1_000, "carrot")])
        statuses = await crowd
        assert statuses.total() == 120
        assert set(statuses) <= {400, 409, 413, 429}
