"""`docker-compose.yml` is what the topology says, and promises what each service may do."""

import re

import pytest
import yaml

from network import roster
from network.containers import DEMO, DIRECTORY, END_NAMES, gateway_name, service_names
from network.lifecycle import FIRST, health_port, server_port
from network.settings import data_folder
from network.topology import (
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    Addresses,
    Port,
    Topology,
    organisation,
)
from tests.containers.town import COMPOSE_FILE

TOPOLOGY = Topology(directory=DIRECTORY, addresses=Addresses.CONTAINERS)
FILE = yaml.safe_load(COMPOSE_FILE.read_text())
SERVICES = FILE["services"]


def mounts(service: str) -> dict[str, str]:
    return dict(one.split(":", 1) for one in SERVICES[service].get("volumes", ()))


def test_its_services_are_the_topologys_processes_a_gateway_each_and_what_prepares_them():
    assert set(SERVICES) == {*service_names(), *END_NAMES, DEMO}
    assert set(FILE["networks"]) == {*(one.name for one in ORGANISATIONS), "between"}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_no_service_may_more_than_it_needs(service):
    settings = SERVICES[service]
    assert settings["user"] == "10001:10001"
    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]
    assert settings["security_opt"] == ["no-new-privileges:true"]
    assert settings["mem_limit"]
    assert "container_name" not in settings
    assert "privileged" not in settings
    assert not any("docker.sock" in one for one in settings.get("volumes", ()))
    assert settings["restart"] == ("no" if service in END_NAMES else "unless-stopped")


@pytest.mark.parametrize("service", service_names())
def test_a_service_reads_what_it_was_given_and_writes_its_own_data_alone(service):
    found = mounts(service)
    assert found.pop(service) == f"{DIRECTORY}:ro"
    if service in roster.node_names():
        assert found == {f"{service}-ledger": str(data_folder(TOPOLOGY, service))}
    elif service.endswith(".gateway"):
        assert found == {f"{service}-data": "/data", "published": "/town:ro"}
    else:
        assert found == {}


@pytest.mark.parametrize("service", service_names())
def test_a_service_is_on_its_organisations_network_and_between_only_where_it_must_be(service):
    owner, _, kind = service.partition(".")
    between = [] if kind == "chaincode" else ["between"]
    assert SERVICES[service]["networks"] == [owner, *between]


def test_only_gateways_are_published_and_on_the_loopback_alone():
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert set(published) == {gateway_name(one) for one in PEER_ORGANISATIONS}
    for ports in published.values():
        assert [re.fullmatch(r"127\.0\.0\.1:\$\{\w+:-\d+\}:8000", one) is not None for one in ports]


@pytest.mark.parametrize("service", roster.node_names())
def test_a_nodes_settings_and_health_are_where_the_topology_has_them(service):
    owner, _, kind = service.partition(".")
    port = Port.PEER_OPERATIONS if kind == "peer" else Port.ORDERER_OPERATIONS
    number = TOPOLOGY.port(organisation(owner), port)
    settings = SERVICES[service]
    assert settings["environment"] == {"FABRIC_CFG_PATH": f"{DIRECTORY}/settings/{service}"}
    assert f"/dev/tcp/127.0.0.1/{number} " in settings["healthcheck"]["test"][-1]


@pytest.mark.parametrize("owner", PEER_ORGANISATIONS, ids=lambda one: one.name)
def test_the_contract_listens_where_its_package_says(owner):
    environment = SERVICES[roster.chaincode_name(owner)]["environment"]
    number = TOPOLOGY.port(owner, server_port(FIRST))
    health = TOPOLOGY.port(owner, health_port(FIRST))
    assert environment["CHAINCODE_SERVER_ADDRESS"] == f"0.0.0.0:{number}"
    assert environment["CHAINCODE_HEALTH_ADDRESS"] == f"127.0.0.1:{health}"


def test_every_volume_is_declared_and_used():
    named = {
        one.split(":", 1)[0] for service in SERVICES.values() for one in service.get("volumes", ())
    }
    assert named == set(FILE["volumes"])
