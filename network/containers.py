"""A network whose processes run in containers: what each is given, and the channel between them.

`docker-compose.yml` runs both as services that end: `prepare` makes keys and settings and lays into
each service's volume what that service may read, nothing else; `bring` makes the channel, lets
everybody join, and takes the contract onto it. A third, `demo`, founds the demo town. All may be
repeated, and go on from where they were cut off.

    python -m network.containers prepare|bring|demo
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gateway.settings import Environment
from gateway.setup.places import TownFiles
from network import DEMO_DAYS, channel, lifecycle, roster
from network.calls import Caller
from network.commands import Commands, inspect
from network.crypto import create_all, home
from network.errors import NetworkError
from network.lifecycle import FIRST
from network.native import copy_builder
from network.profile import connection_path, write_connections
from network.settings import data_folder, write_orderer, write_peer
from network.topology import (
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    Addresses,
    Organisation,
    Topology,
    organisation,
)

DIRECTORY = Path("/network")
"""Where every container finds its part of the network; the operator's has all of it."""
VOLUMES = Path("/volumes")
"""Where `prepare` finds the volume of each service, by the service's name."""

COMMANDS = Path("/usr/local/bin")
"""Where the operator's image has Fabric's commands."""
DEMO_FOLDER = Path("/demo")
PUBLISHED = Path("/town")

END_NAMES = ("prepare", "bring")
"""Services that do something and end."""
DEMO = "demo"
PACKAGE_ID = "package-id"


def gateway_name(one: Organisation) -> str:
    """Return the name of the organisation's gateway service."""
    return f"{one.name}.gateway"


def service_names() -> list[str]:
    """Return the names of the services that are given something."""
    return [
        *roster.node_names(),
        *roster.chaincode_names(),
        *map(gateway_name, PEER_ORGANISATIONS),
    ]


def shares(topology: Topology, name: str) -> list[Path]:
    """Return the files and folders that a service may read, relative to the network's directory."""
    owner_name, _, kind = name.partition(".")
    owner = organisation(owner_name)
    own = Path("organisations", owner_name)
    root = own / "tlsca/cert.pem"
    if kind == "chaincode":
        return [root, own / "chaincode", own / PACKAGE_ID]
    if kind == "gateway":
        profile = connection_path(topology, owner).relative_to(topology.directory.absolute())
        roots = [Path("organisations", one.name, "tlsca/cert.pem") for one in PEER_ORGANISATIONS]
        return [profile, own / "gateway", *roots]
    common = [root, own / kind, Path("settings", name)]
    return [*common, Path("builder")] if kind == "peer" else common


def prepare(topology: Topology, commands: Commands, volumes: Path) -> Topology:
    """Make keys, settings and packages, once, and give each service its own.

    Args:
        topology: What to make.
        commands: Fabric's, of the version whose settings are written.
        volumes: Holds a folder for each service.
    """
    topology = replace(topology, consensus=topology.consensus or commands.consensus)
    topology.save()
    create_all(topology)
    write_connections(topology)
    copy_builder(topology.directory / "builder/bin")
    for one in ORGANISATIONS:
        write_orderer(topology, one, commands.line)
    for one in PEER_ORGANISATIONS:
        write_peer(topology, one, commands.line)
        package = lifecycle.package(topology, one, FIRST)
        (home(topology, one) / PACKAGE_ID).write_text(package.id)
    for name in service_names():
        _give(topology, name, volumes / name)
    return topology


def _give(topology: Topology, name: str, volume: Path) -> None:
    """Lay into a service's volume what it may read; its ledger is mounted into it."""
    for relative in shares(topology, name):
        source, target = topology.directory / relative, volume / relative
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    if name in roster.node_names():
        relative = data_folder(topology, name).relative_to(topology.directory.absolute())
        (volume / relative).mkdir(parents=True, exist_ok=True)


def bring(topology: Topology, caller: Caller) -> None:
    """Make the channel, have everybody join, take the contract onto it.

    Raises:
        NetworkError: One of its leaves; what was reached stays.
    """
    channel.create_genesis(topology, caller)
    channel.join_everybody(topology, caller)
    if lifecycle.newest(caller) is not None:
        return
    packages = {one: lifecycle.package(topology, one, FIRST) for one in PEER_ORGANISATIONS}
    lifecycle.approve_everywhere(packages, FIRST, caller)
    lifecycle.commit(FIRST, caller)


async def found_demo(topology: Topology, folder: Path, published: Path, *, gateway: str) -> None:
    """Found the demo town, and lay beside the gateways what they read of it.

    Args:
        topology: A network that serves.
        folder: Gets the town's files, the people's keys among them.
        published: Where the gateways look for names, crops and plots.
        gateway: The address written into the people's keys.
    """
    from network.demo import found_once  # noqa: PLC0415 - imports much that the others don't need

    paths = [connection_path(topology, one) for one in PEER_ORGANISATIONS]
    await found_once(paths, folder, gateway=gateway, days=DEMO_DAYS, progress=print)
    files = TownFiles.within(folder)
    for source in (files.names, files.catalogue, files.areas, files.office_codes):
        if source.exists():
            shutil.copy(source, published / source.name)


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one of the three; return the exit status."""
    if len(arguments) != 1 or arguments[0] not in (*END_NAMES, DEMO):
        sys.stderr.write(f"{__doc__}\n")
        return os.EX_USAGE
    if arguments == [DEMO] and environment.get("MINORI_ENVIRONMENT") == Environment.PRODUCTION:
        sys.stderr.write("no demo in production: MINORI_ENVIRONMENT says that this is one\n")
        return os.EX_CONFIG
    topology = Topology.load(DIRECTORY) or Topology(
        directory=DIRECTORY, addresses=Addresses.CONTAINERS
    )
    try:
        if arguments == [DEMO]:
            gateway = environment["MINORI_GATEWAY"]
            asyncio.run(found_demo(topology, DEMO_FOLDER, PUBLISHED, gateway=gateway))
            return os.EX_OK
        commands = inspect(COMMANDS)
        if arguments == ["prepare"]:
            prepare(topology, commands, VOLUMES)
        else:
            bring(topology, Caller(topology=topology, commands=commands))
    except NetworkError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_UNAVAILABLE
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
