"""A disk that is really full, under each file of a gateway and under all of them.

Health and metrics say so from the first failed write on, what was acknowledged is not lost, and all
is well again by itself once there is room.
"""

import asyncio

import pytest
from prometheus_client import REGISTRY

from gateway.storage import keeping
from tests.gateway.stage import LEDGER, command_id, stage_in
from tests.small_disk import small_disk

SOON_S = 20
ROLL = "3R4M9X2B0KTD7S8V2J5E"
HARVESTS = 40  # or sticker numbers: more than fit into what is left


@pytest.fixture(autouse=True)
def sooner(monkeypatch):
    monkeypatch.setattr(keeping, "RETRY_S", 0.1)


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk") as made:
        yield made


async def health(stage):
    answered = await stage.get("/health")
    told = answered.json()
    assert (answered.status_code == 200) == told.get("ready", False)
    return told if "ready" in told else told["health"]


async def becomes(stage, is_wanted):
    """Wait until the health is as wanted, and return it."""
    async with asyncio.timeout(SOON_S):
        while not is_wanted(told := await health(stage)):  # noqa: ASYNC110 - as a monitor does
            await asyncio.sleep(0.05)
    return told


def is_well(told):
    return told["ready"] and all(told["storage"].values()) and told["ledger"]["ordering"]


def writable(name):
    return REGISTRY.get_sample_value("storage_writable", {"file": name})


def elsewhere(folder, disk, name):
    """Let a file of the gateway be on the small disk, whoever opens it."""
    (folder / name).symlink_to(disk.folder / name)


async def send(stage, wait=0):
    """Send a harvest, and return its id and the answer."""
    _, wire = stage.town.harvest("farm-a", 1_000)
    return command_id(wire), await stage.send(wire, wait=wait)


async def status(stage, one):
    return (await stage.get(f"/api/commands/{one}")).json().get("status")


async def accepted(stage, ids):
    """Wait until commands are accepted."""
    async with asyncio.timeout(SOON_S):
        for one in ids:
            while await status(stage, one) != "accepted":  # noqa: ASYNC110 - as clients do
                await asyncio.sleep(0.05)


async def test_a_full_disk_under_the_outbox(tmp_path, disk):
    (home := tmp_path / "home").mkdir()
    elsewhere(home, disk, "outbox.sqlite")
    async with stage_in(home) as stage:
        first, _ = await send(stage, wait=10)
        disk.fill()
        _, refused = await send(stage)
        assert (refused.status_code, refused.json()["code"]) == (503, "OUTBOX_UNAVAILABLE")
        told = await health(stage)
        assert not told["ready"]
        assert (told["outbox"]["taking"], told["storage"]["outbox"]) == (False, False)
        await stage.get(f"/api/commands/{first}")  # to read is not to write
        await asyncio.sleep(5 * keeping.RETRY_S)
        assert not (await health(stage))["ready"]  # and so it stays, for as long as it is full
        assert writable("outbox") == 0
        disk.free()
        await becomes(stage, is_well)
        assert writable("outbox") == 1


async def test_what_was_refused_is_taken_when_sent_again(tmp_path, disk):
    (home := tmp_path / "home").mkdir()
    elsewhere(home, disk, "outbox.sqlite")
    async with stage_in(home) as stage:
        disk.fill()
        _, wire = stage.town.harvest("farm-a", 1_000)
        assert (await stage.send(wire)).status_code == 503
        disk.free()
        await stage.done(wire)  # without waiting for anything: a write that succeeds is enough
        assert is_well(await health(stage))


async def test_a_full_disk_under_the_ledger(tmp_path, disk):
    (home := tmp_path / "home").mkdir()
    elsewhere(home, disk, LEDGER)
    async with stage_in(home) as stage:
        disk.fill()
        one, waiting = await send(stage)
        assert waiting.status_code == 202
        told = await becomes(stage, lambda told: not told["ledger"]["ordering"])
        assert (told["ready"], told["outbox"]["waiting"]) == (False, 1)
        assert told["outbox"]["taking"]  # what is sent is kept, and waits
        disk.free()
        await accepted(stage, [one])
        await becomes(stage, is_well)


async def test_a_full_disk_under_the_projection(tmp_path, disk):
    (home := tmp_path / "home").mkdir()
    elsewhere(home, disk, "projection.sqlite")
    async with stage_in(home) as stage:
        disk.fill()
        one, _ = await send(stage)
        told = await becomes(stage, lambda told: not told["projection"]["following"])
        assert (told["ready"], told["storage"]["projection"]) == (False, False)
        assert writable("projection") == 0
        disk.free()
        await accepted(stage, [one])
        await becomes(stage, is_well)
        assert writable("projection") == 1


async def test_a_full_disk_under_the_sessions(tmp_path, disk):
    (home := tmp_path / "home").mkdir()
    elsewhere(home, disk, "sessions.sqlite")
    async with stage_in(home) as stage:
        kept = await stage.reader("farm-a")
        disk.fill()
        proof = {"jws": await stage.proof("farm-b")}
        refused = await stage.client.post("/api/sessions", json=proof)
        assert (refused.status_code, refused.json()["code"]) == (503, "TABLES_UNAVAILABLE")
        told = await health(stage)
        assert (told["ready"], told["storage"]["sessions"]) == (False, False)
        assert (await stage.client.get("/api/lots", headers=kept)).status_code == 200
        disk.free()
        await becomes(stage, is_well)
        assert (await stage.client.post("/api/sessions", json=proof)).status_code == 201


async def test_a_full_disk_under_the_counts_of_scans_is_shown_and_keeps_nobody_away(tmp_path, disk):
    (home := tmp_path / "home").mkdir()
    elsewhere(home, disk, "scans.sqlite")
    async with stage_in(home) as stage:
        disk.fill()
        for number in range(1, 1 + HARVESTS):
            stage.gateway.scans.note(ROLL, number, day="2026-11-29")
        told = await health(stage)
        assert (told["ready"], told["storage"]["scans"]) == (True, False)
        disk.free()
        await becomes(stage, is_well)


async def test_one_full_disk_under_all_of_it_loses_nothing_acknowledged(disk):
    home = disk.folder / "home"
    home.mkdir()
    async with stage_in(home) as stage:
        disk.fill(but=300_000)
        acknowledged = []
        for _ in range(10 * HARVESTS):
            _, wire = stage.town.harvest("farm-a", 1_000)
            answered = await stage.send(wire, wait=0)
            if answered.status_code != 503:
                acknowledged.append(command_id(wire))
                continue
            break
        else:
            pytest.fail("the disk was never full")
        assert acknowledged
        assert not (await health(stage))["ready"]
        disk.free()
        await becomes(stage, is_well)
        await accepted(stage, acknowledged)
        await stage.done(wire)  # which was refused, and lost nothing by it
