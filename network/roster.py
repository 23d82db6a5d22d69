"""The processes of a network: which there are, how each is started, when each serves."""

import shutil
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

from network.calls import clean_environment
from network.commands import Commands
from network.crypto import home
from network.lifecycle import Definition, Package, health_port, server_port
from network.processes import Process
from network.settings import write_orderer, write_peer
from network.topology import (
    HOST,
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    Organisation,
    Port,
    Topology,
    organisation,
)

CHAINCODE_COMMAND = (sys.executable, "-P", "-m", "chaincode")
"""-P: a folder of that name where the command happens to be called is not taken for ours."""

LOG_FORMAT = "%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} [%{module}] %{message}"

PROBE_TIMEOUT_S = 1.0


def orderer_name(one: Organisation) -> str:
    """Return the name of the organisation's orderer process."""
    return f"{one.name}.orderer"


def peer_name(one: Organisation) -> str:
    """Return the name of the organisation's peer process."""
    return f"{one.name}.peer"


def chaincode_name(one: Organisation) -> str:
    """Return the name of the organisation's chaincode process."""
    return f"{one.name}.chaincode"


def node_names() -> list[str]:
    """Return the names of all orderers and peers."""
    return [*map(orderer_name, ORGANISATIONS), *map(peer_name, PEER_ORGANISATIONS)]


def chaincode_names() -> list[str]:
    """Return the names of all chaincode processes."""
    return [*map(chaincode_name, PEER_ORGANISATIONS)]


def node(topology: Topology, commands: Commands, name: str) -> Process:
    """Return the orderer or peer of that name, its settings written."""
    owner_name, _, kind = name.partition(".")
    owner = organisation(owner_name)
    if kind == "orderer":
        settings = write_orderer(topology, owner, commands.line)
        arguments = [commands.path("orderer")]
        ports = [Port.ORDERER, Port.ORDERER_ADMIN]
    else:
        settings = write_peer(topology, owner, commands.line)
        arguments = [commands.path("peer"), "node", "start"]
        ports = [Port.PEER]
    numbers = [topology.port(owner, port) for port in ports]
    folder = home(topology, owner)
    return Process(
        name=name,
        command=arguments,
        environment={
            **clean_environment(),
            "FABRIC_CFG_PATH": str(settings),
            "FABRIC_LOGGING_SPEC": topology.log_spec,
            "FABRIC_LOGGING_FORMAT": LOG_FORMAT,
        },
        ready=lambda: all(_serves_tls(folder, "admin", number) for number in numbers),
        ports=tuple(numbers),
    )


def chaincode(
    topology: Topology,
    owner: Organisation,
    definition: Definition,
    item: Package,
    command: Sequence[str],
) -> Process:
    """Return the organisation's chaincode process for that definition."""
    folder = home(topology, owner)
    tls = folder / "chaincode/tls"
    port = topology.port(owner, server_port(definition))
    health = topology.port(owner, health_port(definition))
    environment = clean_environment()
    # So that our own package is found also where it is not installed.
    paths = [str(Path(__file__).parent.parent), environment.get("PYTHONPATH", "")]
    environment |= {
        "PYTHONPATH": ":".join(filter(None, paths)),
        "PYTHONUNBUFFERED": "1",
        "CHAINCODE_SERVER_ADDRESS": f"{HOST}:{port}",
        "CHAINCODE_HEALTH_ADDRESS": f"{HOST}:{health}",
        "CHAINCODE_ID": item.id,
        "CHAINCODE_NAME": topology.chaincode,
        "CHAINCODE_TLS_CERT_FILE": str(tls / "cert.pem"),
        "CHAINCODE_TLS_KEY_FILE": str(tls / "key.pem"),
        "CHAINCODE_CLIENT_CA_FILE": str(folder / "tlsca/cert.pem"),
    }
    program = shutil.which(command[0]) or command[0]
    return Process(
        name=chaincode_name(owner),
        command=[program, *command[1:]],
        environment=environment,
        ready=lambda: _serves_tls(folder, "chaincode-client", port),
        ports=(port, health),
        edition=str(definition),
    )


def _serves_tls(folder: Path, client: str, port: int) -> bool:
    """Whether something on the port completes a TLS handshake under the organisation's root.

    More than an open port: a peer listens before it has opened its ledger, and a handshake is
    answered only once it serves.
    """
    context = ssl.create_default_context(cafile=str(folder / "tlsca/cert.pem"))
    context.load_cert_chain(folder / client / "tls/cert.pem", folder / client / "tls/key.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    try:
        with (
            socket.create_connection((HOST, port), timeout=PROBE_TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=HOST),
        ):
            return True
    except OSError:
        return False
