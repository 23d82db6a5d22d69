"""`minori demo` and `minori fabric` as somebody types them in an empty folder, and again."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest

from network.native import Network
from network.topology import Topology
from tests.fabric_fixture import free_base_port, guarded
from tests.measured import MEASURED
from tests.scenarios.stage import free_port

ROOT = Path(__file__).parents[2]
MINORI = Path(sys.executable).with_name("minori")
# Where Fabric's commands are found is not the demo's business, all other settings are.
KEPT = {"MINORI_FABRIC_BIN"}
PATIENCE_S = 180
END_PATIENCE_S = 20
KILLED = {"coop.peer", "shops.orderer", "town.chaincode"}  # one of each kind

Found = TypeVar("Found")


def environment() -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MINORI_") or name in KEPT
    }
    return inherited | {"PYTHONPATH": str(ROOT)}  # these sources, wherever it was installed from


@dataclass(slots=True, kw_only=True)
class Served:
    """What `minori` serves.

    Attributes:
        client: To the gateway.
        process: It.
        output: All that it has printed.
        begun_at: When it was called (monotonic seconds).
    """

    client: httpx2.Client
    process: subprocess.Popen
    output: Path
    begun_at: float

    def page(self, path: str) -> str:
        """Return a page, empty while nothing listens yet."""
        with contextlib.suppress(httpx2.TransportError):
            answer = self.client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 200, answer.text
            return answer.text
        return ""

    def first_lot(self) -> tuple[str, float]:
        """Return the path of a lot that the start page shows, and seconds until its page came."""
        found = self._until(lambda: re.search(r'href="(/lots/[0-9A-Z]{20})', self.page("/")))
        return found[1], self.lot(found[1])

    def lot(self, path: str) -> float:
        """Read a lot's page; return the seconds since the command was called."""
        text = self._until(lambda: self.page(path))
        took_s = time.monotonic() - self.begun_at
        assert path in text
        return took_s

    def _until(self, attempt: Callable[[], Found]) -> Found:
        """Repeat it until there is something."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := attempt()):
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.02)
        return found

    def ledger(self) -> dict:
        """Return who founded the ledger, and how far it is, once all of it is shown."""
        self._until(lambda: self.client.get("/health").json()["projection"]["lag"] == 0)
        told = self.client.get("/api/ledger").json()
        return {name: told[name] for name in ("id", "kind", "height", "constitution")}


@contextlib.contextmanager
def called(folder: Path, *words: str, port: int) -> Iterator[Served]:
    """`minori …` until Ctrl-C, at which it must end by itself, with all well."""
    output = folder / "output.txt"
    with (
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        output.open("ab") as writing,
    ):
        begun_at = time.monotonic()
        process = subprocess.Popen(
            [MINORI, *words, "--port", str(port)],
            cwd=folder,
            env=environment(),
            stdout=writing,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Served(client=client, process=process, output=output, begun_at=begun_at)
            process.send_signal(signal.SIGINT)
            assert process.wait(END_PATIENCE_S) == 0, output.read_text()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    assert "Traceback" not in output.read_text()


def test_the_demo_starts_in_an_empty_folder_and_again(tmp_path, record_property):
    port = free_port()
    with called(tmp_path, "demo", port=port) as served:
        lot, first_s = served.first_lot()
        ledger = served.ledger()
    assert ledger["kind"] == "embedded"
    keys = {path.name: path.read_bytes() for path in (tmp_path / "var/demo/keys").glob("*.json")}
    assert {"farm-a.json", "shop-a.json", "inspector.json"} <= keys.keys()
    with called(tmp_path, "demo", port=port) as served:
        again_s = served.lot(lot)
        assert served.ledger() == ledger
    assert keys == {name: (tmp_path / "var/demo/keys" / name).read_bytes() for name in keys}
    record_property(MEASURED, f"minori demo: first page {first_s:.1f} s, again {again_s:.1f} s")


@pytest.mark.fabric
def test_the_demo_on_fabric_is_founded_once_and_found_again(tmp_path, record_property):
    port, base_port = free_port(), free_base_port()
    words = ("fabric", "--days", "1", "--base-port", str(base_port))
    directory = tmp_path / "var/fabric-demo/network"
    with guarded(directory):
        with called(tmp_path, *words, port=port) as served:
            lot, first_s = served.first_lot()
            assert served.ledger()["kind"] == "fabric"
            network = Network(Topology.load(directory))
            back_s = killed_ones_come_back(served, network, tmp_path)
            refused = end(tmp_path, directory)
            assert refused.returncode == 1
            assert f"process {served.process.pid} (minori fabric" in refused.stderr
            assert f"`kill {served.process.pid}`" in refused.stderr
            ledger = served.ledger()
        assert network.pids.keys() == {one.name for one in network.status()}  # they outlive it
        assert end(tmp_path, directory).returncode == 0
        assert network.pids == {}
        with called(tmp_path, *words, port=port) as served:
            again_s = served.lot(lot)
            assert served.ledger() == ledger
        with called(tmp_path, *words, port=port) as served:
            running_s = served.lot(lot)
            assert served.ledger() == ledger
        assert end(tmp_path, directory).returncode == 0
        assert network.pids == {}
    record_property(
        MEASURED,
        f"minori fabric: first page {first_s:.1f} s, after `network down` {again_s:.1f} s,"
        f" with the network up {running_s:.1f} s; killed processes back, and a command taken, in"
        f" {back_s:.1f} s",
    )


def killed_ones_come_back(served: Served, network: Network, folder: Path) -> float:
    """Kill a process of each kind; return the seconds until they run and a command is taken."""
    before = network.pids
    begun_at = time.monotonic()
    for name in KILLED:
        os.kill(before[name], signal.SIGKILL)
    served._until(lambda: all(network.pids.get(name, 0) != before[name] for name in KILLED))
    served._until(lambda: network.pids.keys() == before.keys())
    served._until(lambda: taken(folder))
    for name in KILLED:
        assert f'"process": "{name}"' in served.output.read_text()
    assert {name: network.pids[name] for name in before.keys() - KILLED} == {
        name: before[name] for name in before.keys() - KILLED
    }
    return time.monotonic() - begun_at


def taken(folder: Path) -> bool:
    """Whether a farm's harvest is taken, as somebody types it."""
    words = ("lot.harvest", "plot=farm-a", "crop=carrot", "quantity_g=12.5kg", "estimated=true")
    done = subprocess.run(
        [MINORI, "--lang", "en", "submit", "--key", "farm-a", *words],
        cwd=folder,
        env=environment() | {"MINORI_HOME": str(folder / "var/fabric-demo")},
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    return done.returncode == 0 and "accepted" in done.stdout


def end(folder: Path, directory: Path) -> subprocess.CompletedProcess[str]:
    """End the network, as the command's help says."""
    words = [MINORI, "network", "down", "-d", str(directory)]
    return subprocess.run(
        words, cwd=folder, env=environment(), check=False, capture_output=True, text=True
    )
