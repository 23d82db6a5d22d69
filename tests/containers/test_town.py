"""The demo town in containers: served by each organisation, walled in, and back after any kill."""

import asyncio
import itertools
import json
import os
import signal
import time
from pathlib import Path

import httpx2
import pytest
import yaml

from gateway.demo.town import Town
from network import roster
from network.containers import DEMO, gateway_name, service_names
from network.topology import PEER_ORGANISATIONS, Addresses, Port, Topology, organisation
from tests.containers.town import COMPOSE_FILE, Containers
from tests.scenarios.acting import accept
from tests.scenarios.load import Load
from tests.scenarios.stage import ORGANISATIONS

pytestmark = pytest.mark.docker

UID = "10001"
LISTENED = (Port.PEER, Port.PEER_OPERATIONS, Port.PEER_CHAINCODE, Port.ORDERER, Port.ORDERER_ADMIN)
LISTENED += (Port.ORDERER_OPERATIONS, Port.CHAINCODE_ODD, Port.CHAINCODE_HEALTH_ODD)
NETWORKS = {
    name: set(one["networks"])
    for name, one in yaml.safe_load(COMPOSE_FILE.read_text())["services"].items()
    if "networks" in one
}


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_each_organisations_gateway_shows_the_demo_town(containers: Containers, name):
    page = httpx2.get(containers.url(name), timeout=30)
    assert page.status_code == 200
    assert "みのり町" in page.text


async def test_what_one_gateway_takes_the_others_show(containers: Containers, demo: Town):
    lot, harvest = demo.harvest("farm-a", 12_000)
    async with httpx2.AsyncClient(base_url=containers.url("coop"), timeout=90) as client:
        await accept(client, [harvest])
    for name in ORGANISATIONS:
        page = await _until_shown(f"{containers.url(name)}/lots/{lot}")
        assert "農園A" in page


async def _until_shown(url: str) -> str:
    deadline = time.monotonic() + 30
    async with httpx2.AsyncClient(timeout=30) as client:
        while True:
            page = await client.get(url)
            if page.status_code == 200:
                return page.text
            assert page.status_code == 404, page.text
            assert time.monotonic() < deadline, url
            await asyncio.sleep(0.3)


@pytest.mark.parametrize("service", service_names())
def test_nobody_is_root_or_may_become_it_or_writes_to_the_image(containers, service):
    status = Path(f"/proc/{containers.pid(service)}/status").read_text()
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert lines["Uid"].split() == [UID] * 4
    assert int(lines["CapEff"], 16) == 0
    assert lines["NoNewPrivs"] == "1"
    for path in ("/x", "/usr/local/x", "/etc/x", "/network/x"):
        written = containers.run(service, "sh", "-c", f"echo x > {path}")
        assert written.returncode != 0, path


@pytest.mark.parametrize("service", service_names())
def test_a_service_finds_no_key_but_its_own(containers, service):
    found = containers.run(service, "find", "/network", "-name", "*key.pem").stdout.split()
    owner, _, kind = service.partition(".")
    assert found
    assert all(path.startswith(f"/network/organisations/{owner}/{kind}/") for path in found)


@pytest.mark.parametrize("source", service_names())
def test_who_reaches_whom_is_what_the_networks_say(containers, source):
    """Every port of every other container is tried from inside."""
    topology = Topology(addresses=Addresses.CONTAINERS)
    targets = [
        (name, topology.port(organisation(name.partition(".")[0]), port), port.is_private)
        for name in (*roster.node_names(), *roster.chaincode_names())
        for port in LISTENED
        if name.endswith(f".{port.process}")
    ]
    targets += [(gateway_name(one), 8000, False) for one in PEER_ORGANISATIONS]
    expected = {
        f"{name}:{port}"
        for name, port, is_private in targets
        if name != source and NETWORKS[source] & NETWORKS[name] and not is_private
    }
    expected -= {
        f"{one.name}.peer:{topology.port(one, Port.PEER_CHAINCODE)}" for one in PEER_ORGANISATIONS
    }
    tries = "; ".join(
        f"(timeout 2 bash -c '</dev/tcp/{name}/{port}' 2>/dev/null && echo {name}:{port}) &"
        for name, port, _ in targets
        if name != source
    ).replace("&;", "&")
    reached = containers.run(source, "bash", "-c", f"{tries} wait").stdout.split()
    assert set(reached) == expected


async def test_any_main_process_killed_under_load_comes_back_and_nothing_is_lost(
    containers: Containers, demo: Town
):
    urls = [containers.url(name) for name in ORGANISATIONS]
    load = Load(town=demo, urls=urls, rate_per_s=20, seed=1)
    running = asyncio.create_task(load.run())
    restarts = {}
    for service in service_names():
        await asyncio.sleep(1)
        before = containers.look(service)["RestartCount"]
        os.kill(containers.pid(service), signal.SIGKILL)
        deadline = time.monotonic() + 60
        while not (
            containers.look(service)["RestartCount"] > before and containers.is_well(service)
        ):
            assert time.monotonic() < deadline, f"{service} is not back"
            await asyncio.sleep(0.5)
        restarts[service] = containers.look(service)["RestartCount"] - before
    load.stopping.set()
    await running
    assert set(restarts) == set(service_names())
    assert len(load.acknowledged) > 50
    for one, url in itertools.product(load.acknowledged, urls):
        await _until_recorded(url, one.id, one.code)


async def _until_recorded(url: str, command_id: str, code: str) -> None:
    deadline = time.monotonic() + 60
    async with httpx2.AsyncClient(timeout=30) as client:
        while True:
            answer = await client.get(f"{url}/api/commands/{command_id}")
            if answer.status_code == 200 and answer.json().get("code") == code:
                return
            assert time.monotonic() < deadline, json.dumps(answer.json())
            await asyncio.sleep(0.3)


def test_stopped_and_started_everything_is_there_still(containers: Containers):
    before = httpx2.get(f"{containers.url('coop')}/health", timeout=30).json()
    containers.compose("stop", "-t", "20")
    containers.compose("start", *service_names(), DEMO)
    containers.wait_until_well()
    after = httpx2.get(f"{containers.url('coop')}/health", timeout=30).json()
    assert after["ledger"]["height"] >= before["ledger"]["height"] > 3
    assert "みのり町" in httpx2.get(containers.url("shops"), timeout=30).text


def test_no_demo_in_production(containers: Containers):
    done = containers.engine.docker(
        "run",
        "--rm",
        "-e",
        "MINORI_ENVIRONMENT=production",
        "--entrypoint",
        "sh",
        "minori/operator",
        "-c",
        "python3 -m network.containers demo; echo $?",
    )
    assert done.splitlines()[-1] == str(os.EX_CONFIG)
