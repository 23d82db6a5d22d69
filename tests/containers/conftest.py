"""The town in containers, brought up once for all tests of this folder, taken down after them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.town import Town
from gateway.demo.workbook import settled
from gateway.setup.places import TownFiles
from network.commands import find
from tests.containers import engine as engines
from tests.containers.engine import Engine
from tests.containers.town import COMPOSE, COMPOSE_FILE, Containers
from tests.scenarios.stage import ORGANISATIONS, free_port


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with engines.running(os.environ) as engine:
        engines.make_images(engine, find(os.environ, print))
        yield engine


@pytest.fixture(scope="session")
def gateway_ports() -> dict[str, int]:
    return {name: free_port() for name in ORGANISATIONS}


@pytest.fixture(scope="session")
def docker_compose_command() -> str:
    return " ".join(COMPOSE)


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    return str(COMPOSE_FILE)


@pytest.fixture(scope="session")
def docker_compose_project_name() -> str:
    return f"minori-test-{os.getpid()}"


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    return ["build -q", "--profile demo up -d --no-build"]


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    return []  # `containers` takes it down, with the logs of what failed


@pytest.fixture(scope="session")
def containers(
    engine: Engine,
    docker_compose_project_name: str,
    gateway_ports: dict[str, int],
    request: pytest.FixtureRequest,
) -> Iterator[Containers]:
    """The town, healthy, with the demo on it."""
    town = Containers(engine=engine, project=docker_compose_project_name, ports=gateway_ports)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**engine.environment, **town.environment}.items():
            patch.setenv(name, value)  # pytest-docker calls compose with this process's own
        try:
            request.getfixturevalue("docker_services")
            town.wait_until_well()
            yield town
        finally:
            if request.session.testsfailed:
                print(town.compose("logs", "--no-color", "--tail=100"))
            town.compose("--profile", "demo", "down", "-v")
            assert town.left_over() == []


@pytest.fixture(scope="session")
def demo(containers: Containers, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The demo town's people, with their keys, as the operator's volume has them."""
    folder = tmp_path_factory.mktemp("demo")
    source = f"{containers.container('demo')}:/demo/."
    subprocess.run(
        ["docker", "cp", source, str(folder)], env=containers.engine.environment, check=True
    )
    return settled(Town.create(), TownFiles.within(Path(folder)))
