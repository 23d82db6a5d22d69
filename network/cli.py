"""`minori network …`: a Fabric network on this machine, from nothing to gone.

The whole command line comes together here, because this package may import all others. What needs
grpc is imported by those commands alone that speak to Fabric: `minori demo` starts sooner.
"""

import contextlib
import signal
import sys
import time
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from gateway.cli import call_list, helping, town, town_crops
from gateway.cli.app import app
from gateway.cli.columns import padded
from gateway.cli.operators import Port
from gateway.cli.shell import Shell
from gateway.running.logs import configure_logs
from gateway.settings import LogLevel
from gateway.words import speaking
from network import DEMO_DAYS
from network.errors import NetworkStateError
from network.processes import last_lines, tail
from network.speaking import WORDS, said
from network.telling import Progress, told
from network.topology import (
    DEFAULT_BASE_PORT,
    DEFAULT_DIRECTORY,
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    PORT_MAX,
    PORT_MIN,
    PORTS,
    Topology,
    organisation,
)

if TYPE_CHECKING:
    from network.native import Network

EXIT_NOT_RUNNING = 3
"""Source: Linux Standard Base 5.0, "Init Script Actions", status: program is not running."""

FOLLOW_POLL_S = 0.2
DEMO_FOLDER = Path("var/fabric-demo")

helping.add(__file__)

network_app = Shell(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="""Run Hyperledger Fabric on this machine, without Docker.

Co-op, shops and town have a peer each with the contract beside it; they and an auditor have an
orderer each.

Fabric's commands are looked for in MINORI_FABRIC_BIN, in the cache folder and on PATH; where there
are none, Fabric 2.5.0 is built from its Go module (needs Go; one to four minutes, once).
With Fabric 2.5 the orderers agree by Raft, from 3.0 on by SmartBFT.""",
)

Directory = Annotated[
    Path,
    typer.Option(
        "--directory",
        "-d",
        envvar="MINORI_FABRIC_DIRECTORY",
        help="Holds the network: keys, settings, ledgers, logs.",
    ),
]


@network_app.command()
def up(
    directory: Directory = DEFAULT_DIRECTORY,
    base_port: Annotated[
        int | None,
        typer.Option(
            min=PORT_MIN,
            max=PORT_MAX,
            envvar="MINORI_FABRIC_BASE_PORT",
            help=f"First of {PORTS} ports of a new network.  [default: {DEFAULT_BASE_PORT}]",
            show_default=False,
        ),
    ] = None,
    contract: Annotated[
        bool, typer.Option(help="Deploy the contract too, if the channel has none.")
    ] = True,
) -> None:
    """Bring the network up, or what is missing of it.

    May be repeated at any time: what runs is left alone, what a crash ended is started again, with
    its ledger.
    """
    from network.native import Network  # noqa: PLC0415 - see above

    with told() as progress:
        saved = Topology.load(directory)
        if saved is None or base_port is not None:
            saved = Topology(directory=directory, base_port=base_port or DEFAULT_BASE_PORT)
        network = Network(saved, progress=progress)
        network.up(deploy=contract)
        progress(said("network.up"))
        speaking.say(WORDS["network.logs"], path=network.log("*"))
        for one in PEER_ORGANISATIONS:
            typer.echo(f"{padded(one.name)}  {network.connection(one.name)}")


@network_app.command()
def status(directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Show every process with its pid and its log, the leader, the height of each peer's ledger.

    Exit code 0 when all of it runs, 3 otherwise.
    """
    from network.deployment import Deployment  # noqa: PLC0415 - see above
    from network.readiness import height, leader  # noqa: PLC0415
    from network.roster import orderer_name  # noqa: PLC0415

    with told() as progress:
        network = _open(directory, progress)
    topology = network.topology
    contract = Deployment.load(directory).current
    processes = network.status()
    running = {process.name for process in processes if process.pid is not None}
    # Only what runs is asked: on the ports of what does not, a stranger might answer.
    orderers = [one for one in ORGANISATIONS if orderer_name(one) in running]
    leading = leader(topology, orderers)
    first = topology.base_port
    speaking.say(WORDS["network.directory"], directory=directory.absolute())
    speaking.say(WORDS["network.ports"], first=first, last=first + PORTS - 1)
    speaking.say(
        WORDS["network.led" if leading else "network.led_by_nobody"],
        consensus=topology.consensus,
        name=leading.name if leading else "",
    )
    speaking.say(
        WORDS["network.contract" if contract else "network.no_contract"],
        version=contract.version if contract else "",
    )
    for process in processes:
        owner, _, kind = process.name.partition(".")
        note = ""
        if kind == "peer" and process.name in running:
            blocks = height(topology, organisation(owner))
            note = said("network.no_height" if blocks is None else "network.blocks", count=blocks)
        state = f"pid {process.pid}" if process.name in running else said("network.stopped")
        typer.echo(
            "  ".join(
                (padded(process.name, 16), padded(state, 12), padded(note, 12), str(process.log))
            )
        )
    stopped = len(processes) - len(running)
    if stopped:
        speaking.say(WORDS["network.some_stopped"], is_aside=True, count=stopped)
        raise typer.Exit(EXIT_NOT_RUNNING)


@network_app.command()
def deploy(directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Bring the contract onto the channel of a network that was brought up without it."""
    with told() as progress:
        _open(directory, progress).deploy()
        progress(said("network.deployed"))


@network_app.command()
def upgrade(
    directory: Directory = DEFAULT_DIRECTORY,
    version: Annotated[
        str | None,
        typer.Option(help="Name of the version.  [default: its number]", show_default=False),
    ] = None,
) -> None:
    """Replace the running contract by the code as it is now.

    New processes start beside the old ones, the three organisations approve, and the old ones end
    once every peer has the new definition: nobody has to wait.
    """
    with told() as progress:
        definition = _open(directory, progress).upgrade(version=version)
        progress(said("network.upgraded", version=definition.version))


@network_app.command()
def down(
    directory: Directory = DEFAULT_DIRECTORY,
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove all keys, ledgers and logs as well.")
    ] = False,
) -> None:
    """End every process. The ledger stays, and `up` goes on from it, unless told to purge."""
    from network.native import Network  # noqa: PLC0415 - see above

    with told() as progress:
        # Not `_open`: a purge that was cut off left no network to open, but more to remove.
        topology = Topology.load(directory) or Topology(directory=directory)
        Network(topology, progress=progress).down(purge=purge)
        progress(said("network.down"))


@network_app.command()
def watch(directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Keep the network up until Ctrl-C or SIGTERM: what ends is started again.

    For a supervisor such as systemd; `minori fabric` does it by itself. Processes outlive it.
    """
    from network.watching import kept_up  # noqa: PLC0415 - see above

    ending = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # also for the thread that watches
    with told() as progress:
        network = _open(directory, progress)
        configure_logs(LogLevel.INFO)
        with kept_up(network, directory):
            progress(said("network.keeping", count=len(network.status())))
            signal.sigwait(ending)


@network_app.command()
def logs(
    name: Annotated[
        str | None, typer.Argument(help="A process, such as coop.peer; none: list them.")
    ] = None,
    directory: Directory = DEFAULT_DIRECTORY,
    lines: Annotated[int, typer.Option(min=1, help="How many lines from the end.")] = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as it grows, until Ctrl-C.")
    ] = False,
) -> None:
    """Show the end of a process's log, or where the logs are."""
    with told() as progress:
        network = _open(directory, progress)
        known = {process.name: process.log for process in network.status()}
        if name is None:
            for path in known.values():
                typer.echo(path)
            return
        if name not in known:
            raise NetworkStateError(
                WORDS["network.no_process"],
                hint=WORDS["network.processes"],
                name=name,
                names=", ".join(known),
            )
        if not follow:
            typer.echo(last_lines(known[name], lines))
            return
        with contextlib.suppress(KeyboardInterrupt):
            _follow(known[name], lines, progress)


def _follow(path: Path, lines: int, progress: Progress) -> None:
    """Print the end of a log and all that is added, also to one that is not there yet."""
    if not path.exists():
        progress(said("network.nothing_written", path=path))
    while not path.exists():
        time.sleep(FOLLOW_POLL_S)
    with path.open("rb") as file:
        if text := tail(file, lines):
            typer.echo(text)
        added = TextIOWrapper(file, errors="replace")
        while True:
            typer.echo(added.read(), nl=False)
            time.sleep(FOLLOW_POLL_S)


def _open(directory: Path, progress: Progress) -> "Network":
    from network.native import Network  # noqa: PLC0415 - see above

    topology = Topology.load(directory)
    if topology is None:
        raise NetworkStateError(
            WORDS["native.no_network"], hint=WORDS["network.up_makes_one"], directory=directory
        )
    return Network(topology, progress=progress)


town.town_app.command("call-list")(call_list.call_list)
town.town_app.command("crops")(town_crops.crops)
town.town_app.command("name-crop")(town_crops.name_crop)
town.town_app.command("forget-crop")(town_crops.forget_crop)
app.add_typer(town.town_app, name="town")
app.add_typer(network_app, name="network")


@app.command()
def fabric(
    port: Port = 8080,
    folder: Annotated[
        Path, typer.Option("--directory", "-d", help="Holds the network and the demo's files.")
    ] = DEMO_FOLDER,
    base_port: Annotated[
        int,
        typer.Option(
            min=PORT_MIN,
            max=PORT_MAX,
            envvar="MINORI_FABRIC_BASE_PORT",
            help="First port of a new network.",
        ),
    ] = DEFAULT_BASE_PORT,
    days: Annotated[
        int, typer.Option(min=1, max=700, help="How many days of past a new demo gets.")
    ] = DEMO_DAYS,
    dry: Annotated[
        bool, typer.Option("--dry", help="Get Fabric's commands ready, and start nothing.")
    ] = False,
) -> None:
    """Serve the demo town on Hyperledger Fabric, started on this computer without Docker.

    Builds Fabric 2.5 where there is none (needs Go; one to four minutes, once). May be repeated:
    what runs is left alone, what is there is kept. `minori network down -d …/network` ends it.
    """
    from network.demo import prepare, serve_demo  # noqa: PLC0415 - brings the whole gateway

    if dry:
        prepare(folder, base_port=base_port)
        return
    serve_demo(folder, port=port, base_port=base_port, days=days)


def main() -> None:
    """Run `minori`: the gateway's commands and these."""
    # A command's stdout is its answer alone: what is logged on the way goes beside it.
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr))
    app()
