"""The containers of one project, as an operator looks at them from the host."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from network.containers import DEMO, END_NAMES, service_names
from tests.containers.engine import Engine

COMPOSE = ("docker-compose",)
COMPOSE_FILE = Path(__file__).parents[2] / "docker-compose.yml"
PATIENCE_S = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """One project: what compose made of the file.

    Attributes:
        ports: Of each organisation's gateway on this host.
    """

    engine: Engine
    project: str
    ports: Mapping[str, int]

    @property
    def environment(self) -> dict[str, str]:
        """What the file takes from its environment."""
        return {f"MINORI_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}

    def url(self, organisation: str) -> str:
        return f"http://127.0.0.1:{self.ports[organisation]}"

    def compose(self, *arguments: str) -> str:
        command = [*COMPOSE, "-f", str(COMPOSE_FILE), "-p", self.project, *arguments]
        done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def container(self, service: str) -> str:
        """Return the id of a service's container."""
        label = f"label=com.docker.compose.service={service}"
        mine = f"label=com.docker.compose.project={self.project}"
        return self.engine.docker("ps", "-aq", "--filter", label, "--filter", mine)

    def look(self, service: str) -> dict[str, Any]:
        """Return all that the engine says of a service's container."""
        (found,) = json.loads(self.engine.docker("inspect", self.container(service)))
        return found

    def pid(self, service: str) -> int:
        """Return its main process, as this host numbers it."""
        return self.look(service)["State"]["Pid"]

    def run(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside a service's container."""
        return subprocess.run(
            ["docker", "exec", self.container(service), *command],
            env=self.engine.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def is_well(self, service: str) -> bool:
        state = self.look(service)["State"]
        return state["Running"] and state.get("Health", {}).get("Status") == "healthy"

    def wait_until_well(self) -> None:
        """Wait until each service is healthy, and those that end have ended well."""
        deadline = time.monotonic() + PATIENCE_S
        waiting = [*service_names(), *END_NAMES, DEMO]
        while waiting := [one for one in waiting if not self._is_done(one)]:
            assert time.monotonic() < deadline, f"not well: {waiting}"
            time.sleep(0.5)

    def _is_done(self, service: str) -> bool:
        if service not in END_NAMES:
            return self.is_well(service)
        state = self.look(service)["State"]
        assert state["Running"] or state["ExitCode"] == 0, self.compose("logs", service)
        return not state["Running"]

    def left_over(self) -> list[str]:
        """Return what there is of the project still."""
        mine = f"label=com.docker.compose.project={self.project}"
        listings = (("ps", "-aq"), ("volume", "ls", "-q"), ("network", "ls", "-q"))
        return [
            line
            for listing in listings
            for line in self.engine.docker(*listing, "--filter", mine).split()
        ]
