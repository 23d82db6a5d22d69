"""More chaincodes on the contract's network: the same steps under another name and other ports."""

import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from network import lifecycle, readiness, roster
from network.calls import Caller
from network.lifecycle import Definition
from network.native import READY_PATIENCE_S, Network
from network.processes import Processes
from network.toolchain import find_go, oldest
from network.topology import PEER_ORGANISATIONS, Organisation

GO_FOLDER = Path(__file__).parent / "go"


def build_go(target: Path) -> str:
    """Build the chaincode in `go/` to `target`; return the version of its shim."""
    go = find_go(GO_FOLDER, os.environ)
    if go is None:
        needed = f"Go {oldest(GO_FOLDER)} or later"
        raise RuntimeError(f"the benchmark needs {needed}, for the chaincode on the official shim")
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    command = [go, "-C", str(GO_FOLDER), "build", "-mod=readonly", "-trimpath", "-o", str(target)]
    subprocess.run([*command, "."], env=environment, check=True, timeout=600)
    (line,) = (
        line
        for line in (GO_FOLDER / "go.mod").read_text().splitlines()
        if "fabric-chaincode-go/v2 v" in line
    )
    return line.split()[-1]


def deploy(network: Network, *, name: str, command: Sequence[str], base_port: int) -> list[str]:
    """Bring a chaincode of that name onto the channel; return the names of its processes.

    Args:
        network: It is up. Its `down` ends these processes as well.
        name: Fabric's chaincode name.
        command: Program and arguments, as `Network`'s `chaincode_command`.
        base_port: First of as many free ports as a network has; those of its chaincodes are used.
    """
    ordered = replace(network.topology, chaincode=name)
    served = replace(ordered, base_port=base_port)
    caller = Caller(topology=ordered, commands=network.commands)
    definition = Definition(version="1", sequence=1)
    processes = Processes(network.topology.directory)
    packages = {one: lifecycle.package(served, one, definition) for one in PEER_ORGANISATIONS}
    started = []
    for one, item in packages.items():
        process = roster.chaincode(served, one, definition, item, command)
        process = replace(process, name=f"{one.name}.{name}")
        processes.start(process)
        started.append(process)

    def approve(one: Organisation) -> None:
        lifecycle.install(one, packages[one], caller)
        lifecycle.approve(one, packages[one], definition, caller)

    with ThreadPoolExecutor() as pool:
        list(pool.map(approve, PEER_ORGANISATIONS))
    for process in started:
        processes.wait_ready(process, patience_s=READY_PATIENCE_S)
    lifecycle.commit(definition, caller)
    for one in PEER_ORGANISATIONS:
        readiness.wait_for_endorsements(ordered, one)
    return [process.name for process in started]
