"""How a gateway stops: `minori serve` and `minori demo` as an operator ends them, by a signal."""

import asyncio
import signal

import httpx2
import pytest

from gateway.demo.town import Town
from tests.gateway.stage import command_json
from tests.scenarios.stage import GatewayProcess, embedded_stage

PATIENCE_S = 30


def left_open(folder):
    """SQLite files that were not closed: the last to close one removes what is beside it."""
    return sorted(path.name for path in folder.rglob("*.sqlite-wal"))


async def end(process, number):
    process.send_signal(number)
    return await asyncio.to_thread(process.wait, PATIENCE_S)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_gateway_answers_who_waits_closes_all_and_ends_well(tmp_path, number):
    town = Town.create()
    async with embedded_stage(tmp_path, town, is_warm=False) as stage:
        (gateway,) = stage.gateways
        town.harvest("farm-a", 1)  # never sent: the next one waits for it
        wire = town.harvest("farm-a", 1)[1]
        body, headers = {"commands": [command_json(wire)]}, {"Prefer": "wait=2"}
        async with httpx2.AsyncClient(base_url=stage.url, timeout=PATIENCE_S) as client:
            sending = asyncio.create_task(client.post("/api/commands", json=body, headers=headers))
            while (await client.get("/health")).json()["outbox"]["waiting"] == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert left_open(tmp_path)
            assert await end(gateway.process, number) == 0, gateway.log.read_text()
            assert (await sending).status_code == 202
        assert left_open(tmp_path) == []
        gateway.start()
        await gateway.ready()
        async with httpx2.AsyncClient(base_url=stage.url) as client:
            assert (await client.get("/health")).json()["outbox"]["waiting"] == 1


async def test_the_demo_ends_well_too(tmp_path):
    gateway = GatewayProcess(folder=tmp_path, environment={})
    folder = tmp_path / "demo"
    gateway.arguments = ("demo", f"--directory={folder}", f"--port={gateway.port}", "--days=1")
    gateway.start()
    try:
        await gateway.ready()
        assert left_open(folder)
        assert await end(gateway.process, signal.SIGTERM) == 0, gateway.log.read_text()
        assert left_open(folder) == []
    finally:
        gateway.stop()


async def test_a_gateway_that_is_still_starting_ends_well(tmp_path):
    gateway = GatewayProcess(
        folder=tmp_path, environment={"MINORI_LEDGER__PATH": str(tmp_path / "ledger.sqlite")}
    )
    gateway.start()
    try:
        while not (tmp_path / "ledger.sqlite").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        assert await end(gateway.process, signal.SIGTERM) == 0, gateway.log.read_text()
        assert left_open(tmp_path) == []
    finally:
        gateway.stop()
