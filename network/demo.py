"""The demo town on Fabric: a network up, the town founded on it, a gateway in front."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from gateway.cli import telling
from gateway.demo.build import enact
from gateway.device import keyring
from gateway.fabric.profile import ConnectionProfile
from gateway.ledgers.on_fabric import FabricLedger, opening
from gateway.running.said import WORDS as SPOKEN
from gateway.running.serving import demo_settings, run
from gateway.settings import LedgerKind, Settings
from gateway.setup.ledger_view import Doors
from gateway.setup.places import KEYS_FOLDER
from gateway.words import speaking
from network.native import Network
from network.speaking import WORDS
from network.telling import Progress as Telling
from network.telling import told
from network.topology import PEER_ORGANISATIONS, Topology
from network.watching import kept_up

HEAD = "contract/head"

Progress = Callable[[str], None]


def prepare(folder: Path, *, base_port: int) -> None:
    """Get ready what the network needs, as `serve_demo` begins with; start nothing."""
    with telling.told(), told() as progress:
        commands = _network(folder, base_port, progress).commands
        version = ".".join(map(str, commands.version))
        speaking.say(WORDS["demo.ready"], version=version, folder=commands.folder)


def serve_demo(folder: Path, *, port: int, base_port: int, days: int) -> None:
    """Bring the network up, found the demo town on it once, and serve it until told to stop."""
    with telling.told(), told() as progress:
        network = _network(folder, base_port, progress)
        network.up()
        gateway = f"http://127.0.0.1:{port}"
        paths = [network.connection(one.name) for one in PEER_ORGANISATIONS]
        asyncio.run(found_once(paths, folder, gateway=gateway, days=days, progress=progress))
        keyring.move(folder / KEYS_FOLDER, gateway=gateway)
        speaking.say(SPOKEN["serving.on_fabric"], url=gateway)
        speaking.say(SPOKEN["serving.keys"], folder=folder)
        speaking.say(SPOKEN["serving.logs"], path=network.log("*"))
        with kept_up(network, network.topology.directory):
            run(settings(network, folder, port))


def _network(folder: Path, base_port: int, progress: Telling) -> Network:
    directory = folder / "network"
    topology = Topology.load(directory) or Topology(directory=directory, base_port=base_port)
    return Network(topology, progress=progress)


async def found_once(
    connections: Sequence[Path], folder: Path, *, gateway: str, days: int, progress: Progress
) -> None:
    """Found the demo town on a network, unless its ledger is founded already.

    Args:
        connections: The `connection.json` of every organisation with a peer, each with an admin.
        folder: Gets the town's files.
        gateway: The address written into the keys.
        days: How many days the demo's past has.
        progress: Told each step, for people to read.
    """
    with opening():
        profiles = [ConnectionProfile.load(path) for path in connections]
        admins = {one.msp_id: FabricLedger.from_profile(one, identity="admin") for one in profiles}
        ledger = FabricLedger.from_profile(profiles[0])
    try:
        if (await ledger.query([HEAD]))[HEAD] is not None:
            return
        doors = Doors(ledger=ledger, admins=admins)
        await enact(doors, folder, gateway=gateway, days=days, progress=progress)
    finally:
        for one in (ledger, *admins.values()):
            await one.close()


def settings(network: Network, folder: Path, port: int) -> Settings:
    """Return the settings of the co-op's gateway on the network."""
    base = demo_settings(folder, port)
    on_fabric = base.ledger.model_copy(
        update={
            "kind": LedgerKind.FABRIC,
            "profile": network.connection(PEER_ORGANISATIONS[0].name),
        }
    )
    return base.model_copy(update={"ledger": on_fabric})
