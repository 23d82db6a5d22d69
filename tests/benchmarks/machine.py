"""What the figures were measured on: machine, versions, settings of the network."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from network.native import Network
from network.toolchain import find_go
from tests.benchmarks.chaincodes import GO_FOLDER
from tests.node import driver

NODE_CLIENT = driver.FOLDER / "node_modules/@hyperledger/fabric-gateway"


def facts(network: Network, *, go_shim: str) -> dict[str, str]:
    """Return facts by name, for people to read; install what they are about, if need be."""
    driver.install()
    go = find_go(GO_FOLDER, os.environ) or "go"
    topology = network.topology
    consensus = topology.consensus or network.commands.consensus
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    packages = ("grpcio", "protobuf", "cryptography", "fastapi", "uvicorn", "uvloop", "sqlalchemy")
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {memory_bytes / 2**30:.0f} GiB, "
        f"{platform.system()} {platform.release()}",
        "load before": f"{os.getloadavg()[0]:.1f} (should be near 0)",
        "Fabric": f"{'.'.join(map(str, network.commands.version))}, ordering by "
        f"{consensus}, 3 peers, 4 orderers, endorsement 2 of 3, TLS both ways",
        "blocks": f"after {topology.batch_timeout_ms} ms, {topology.max_message_count} "
        f"transactions or {topology.preferred_max_bytes / 2**20:g} MiB",
        "Python": f"{platform.python_version()}; "
        + ", ".join(f"{name} {version(name)}" for name in packages),
        "yardsticks": f"fabric-chaincode-go {go_shim}, {_output(go, 'version')}; "
        f"@hyperledger/fabric-gateway {_node_client()}, Node {_output('node', '--version')}",
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _node_client() -> str:
    for line in (NODE_CLIENT / "package.json").read_text().splitlines():
        if '"version"' in line:
            return line.split('"')[3]
    return "?"


def _output(*command: str) -> str:
    program = shutil.which(command[0], path=driver.path(os.environ))
    if program is None:
        return f"no {command[0]}"
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=True)
    return done.stdout.strip().removeprefix("go version ")
