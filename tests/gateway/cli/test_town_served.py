"""`minori town apply` while `minori serve` has the ledger open: nothing is stopped for it."""

import asyncio
import contextlib
import fcntl
import os
import re

import httpx2
import pytest

from gateway.ledgers.admin_socket import socket_path
from gateway.setup.places import TownFiles
from tests.gateway.cli.test_town import minori as run
from tests.gateway.setup.test_second_town import resident
from tests.gateway.setup.workbooks import save, town
from tests.gateway.stage import command_json
from tests.scenarios.stage import GatewayProcess


async def minori(*arguments, code=0):
    """Run the command line beside the loop of the test."""
    return await asyncio.to_thread(run, *arguments, code=code)


@contextlib.asynccontextmanager
async def serving(office, **environment):
    """A gateway of the office's files, as `minori serve` finds them in its folder."""
    gateway = GatewayProcess(
        folder=office / "gateway",
        is_warm=True,
        environment={
            "MINORI_LEDGER__PATH": str(office / "var/ledger.sqlite"),
            "MINORI_SITE__NAMES_PATH": str(office / "var/town/names.json"),
            "MINORI_SITE__CATALOGUE_PATH": str(office / "var/town/catalogue.json"),
            "MINORI_SITE__AREAS_PATH": str(office / "var/town/areas.json"),
            **environment,
        },
    )
    (office / "var").mkdir(exist_ok=True)
    gateway.start()
    try:
        await gateway.ready()
        yield gateway
    finally:
        gateway.stop()


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINORI_LANG", "en")
    return tmp_path


def more(count=3):
    """Return the town with more farms, each with a farmer and a plot."""
    rows = town()
    for one in range(count):
        rows["parties"].append(
            {"code": f"X{one}", "organisation": "nokyo", "kind": "農園", "name": f"農園X{one}"}
        )
        rows["people"].append(
            {
                "code": f"Y{one}",
                "party": f"X{one}",
                "name": "人",
                "role": "生産者",
                "since": "2026-04-01",
                "key": "作成",
            }
        )
        rows["plots"].append({"code": f"Z{one}", "party": f"X{one}", "district": "45209-KAMI"})
    return rows


def of_usual_organisations(rows):
    """Let the town have the organisations that an embedded ledger is begun with."""
    rows["organisations"] = rows["organisations"][:3]
    for row, msp in zip(rows["organisations"], ("TownMSP", "CoopMSP", "ShopsMSP"), strict=True):
        row["msp"] = msp
    rows["parties"] = [row for row in rows["parties"] if row["organisation"] != "seikyo"]
    rows["people"] = [row for row in rows["people"] if row["code"] != "R4"]
    return rows


async def front_page(gateway):
    async with httpx2.AsyncClient(base_url=gateway.url) as client:
        return (await client.get("/?lang=ja")).text


async def test_new_rows_reach_a_ledger_that_is_served(office):
    save(office / "town.xlsx", town())
    await minori("apply", "town.xlsx")
    async with serving(office) as gateway:
        pid = gateway.process.pid
        assert "0986-00-1234" in await front_page(gateway)
        rows = more()
        rows["town"][0]["phone"] = "0986-00-4321"
        save(office / "town.xlsx", rows)
        said = await minori("check", "town.xlsx")
        assert "parties 3, people 3, plots 3" in said
        said = await minori("apply", "town.xlsx")
        assert f"the gateway at {gateway.url} (process {pid}) has the ledger open" in said
        assert "12 commands are on the ledger" in said
        assert "0 commands are on the ledger" in await minori("apply", "town.xlsx")
        assert "登録 / new" not in await minori("check", "town.xlsx")
        assert "0986-00-4321" in await front_page(gateway)  # what it publishes is read again
        assert gateway.process.poll() is None
        await harvested(office, gateway, "Y0", "Z0")
    assert "0 commands are on the ledger" in await minori(
        "apply", "town.xlsx"
    )  # with nobody serving


async def harvested(office, gateway, person, plot):
    """Enter a harvest by the key of somebody who was entered while the gateway served."""
    maker = resident(TownFiles.within(office / "var/town"), person, plot)
    _, wire = maker.harvest(person, 4_200, crop="rakkyo")
    async with httpx2.AsyncClient(base_url=gateway.url) as client:
        sent = await client.post("/api/commands", json={"commands": [command_json(wire)]})
        assert [one["status"] for one in sent.json()["commands"]] == ["accepted"], sent.text


async def test_a_ledger_that_is_served_and_empty_is_founded(office):
    async with serving(office) as gateway:
        save(office / "town.xlsx", of_usual_organisations(more()))
        said = await minori("apply", "town.xlsx")
        assert "bootstrap TownMSP" in said
        assert "commands are on the ledger" in said
        assert "霧島台村" in await front_page(gateway)
        assert "0 commands are on the ledger" in await minori("apply", "town.xlsx")
        await harvested(office, gateway, "Y0", "Z0")


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "minori serve を止め"), ("en", "stop minori serve")]
)
async def test_a_ledger_begun_for_others_is_told_what_to_do(office, monkeypatch, language, words):
    monkeypatch.setenv("MINORI_LANG", language)
    async with serving(office):
        save(office / "town.xlsx", town())
        said = await minori("apply", "town.xlsx", code=1)
        assert words in said
        assert "MuraMSP" in said
    assert not (office / "var/town/register.sqlite").exists()


@pytest.mark.parametrize(
    "limits",
    [
        {"MINORI_LIMITS__COMMANDS_RATE": "3/second"},
        {"MINORI_LIMITS__ADDRESS_COMMANDS_RATE": "5/second"},
        {"MINORI_LIMITS__REQUEST_COMMANDS_MAX": "2"},
    ],
)
async def test_limits_make_it_slower_and_lose_nothing(office, limits):
    save(office / "town.xlsx", town())
    await minori("apply", "town.xlsx")
    async with serving(office, **limits):
        save(office / "town.xlsx", more(4))
        assert "16 commands are on the ledger" in await minori("apply", "town.xlsx")
        assert "0 commands are on the ledger" in await minori("apply", "town.xlsx")


async def test_a_gateway_that_was_killed_stops_nobody(office):
    save(office / "town.xlsx", town())
    await minori("apply", "town.xlsx")
    async with serving(office) as gateway:
        gateway.process.kill()
        gateway.process.wait()
        assert socket_path(office / "var/ledger.sqlite").exists()
        save(office / "town.xlsx", more())
        assert "12 commands are on the ledger" in await minori("apply", "town.xlsx")


async def test_commands_go_where_is_said(office):
    save(office / "town.xlsx", town())
    await minori("apply", "town.xlsx")
    async with serving(office) as gateway:
        save(office / "town.xlsx", more())
        nowhere = "http://127.0.0.1:9"
        said = await minori("apply", "town.xlsx", "--gateway", nowhere, code=1)
        assert f"{nowhere} can't be reached" in said
        assert "12 commands" in await minori("apply", "town.xlsx", "--gateway", gateway.url)


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_no_help_tells_to_stop_the_gateway(language):
    said = await minori("apply", "--help", "--lang", language)
    assert not {"止め", "stop"} & set(re.findall("止め|stop", said))
    assert "--gateway" in said


async def test_a_gateway_that_has_no_ledger_here_founds_none(office):
    save(office / "town.xlsx", town())
    said = await minori("apply", "town.xlsx", "--gateway", "http://127.0.0.1:9", code=1)
    assert "no gateway on this computer has the ledger" in said
    assert not (office / "var/ledger.sqlite").exists()


async def test_a_ledger_that_another_program_has_open_is_left_alone(office):
    save(office / "town.xlsx", town())
    await minori("apply", "town.xlsx")
    lock = os.open(office / "var/ledger.sqlite.lock", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "stop it, and apply again" in await minori("apply", "town.xlsx", code=1)
        assert "another program has the ledger open" in await minori("check", "town.xlsx")
    finally:
        os.close(lock)
