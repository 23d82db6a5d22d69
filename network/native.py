"""A network on this machine: up, deploy, upgrade, down; every step may be repeated.

    network = Network(Topology(directory=Path("var/fabric")))
    network.up()            # starts what does not run, joins what has not joined, deploys
    network.kill("coop.peer")
    network.up()            # brings back what is missing
    network.down(purge=True)

Each step looks at what is there before it acts, so `up` also resumes after a crash at any moment.
"""

import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from network import channel, lifecycle, readiness, roster
from network.building import Progress
from network.calls import Caller
from network.commands import Commands, find
from network.crypto import create_all
from network.deployment import Deployment
from network.directory import holds_anything_else, holds_network, locked, remove
from network.errors import NetworkStateError
from network.lifecycle import Definition
from network.processes import NEXT, Process, Processes
from network.profile import connection_path, write_connections
from network.speaking import WORDS, said
from network.together import bind, together
from network.topology import (
    PEER_ORGANISATIONS,
    Consensus,
    Topology,
    organisation,
)
from network.users import check_unwatched, gateways

READY_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStatus:
    """One process: `pid` is `None` when it does not run."""

    name: str
    pid: int | None
    log: Path


def _silent(_: str) -> None:
    """Tell nobody."""


class Network:
    """One Fabric network on this machine.

    Args:
        topology: What to make. Of a network that exists, its saved settings hold.
        chaincode_command: Program and arguments of the contract's processes; they find where to
            listen and who they are in CHAINCODE_… variables (see `roster.chaincode`).
        environment: Where Fabric's commands are looked up (PATH, HOME, MINORI_FABRIC_BIN).
        progress: Told what is being done, one sentence at a time.
    """

    def __init__(
        self,
        topology: Topology,
        *,
        chaincode_command: Sequence[str] = roster.CHAINCODE_COMMAND,
        environment: Mapping[str, str] = os.environ,
        progress: Progress = _silent,
    ) -> None:
        saved = Topology.load(topology.directory)
        if saved is not None and saved.base_port != topology.base_port:
            raise NetworkStateError(
                WORDS["native.other_port"],
                hint=WORDS["native.name_port"],
                directory=topology.directory,
                saved=saved.base_port,
                asked=topology.base_port,
            )
        self._topology = saved or topology
        self._command = tuple(chaincode_command)
        self._environment = environment
        self._progress = progress
        self._processes = Processes(topology.directory)
        self._commands: Commands | None = None

    @property
    def topology(self) -> Topology:
        """What it is made of."""
        return self._topology

    @property
    def commands(self) -> Commands:
        """Fabric's commands; found, or built, when first asked for."""
        if self._commands is None:
            self._commands = find(self._environment, self._progress)
        return self._commands

    @property
    def caller(self) -> Caller:
        """Calls Fabric's commands as an organisation's admin, such as `peer chaincode query`."""
        return Caller(topology=self._topology, commands=self.commands)

    @property
    def pids(self) -> dict[str, int]:
        """The id of every process that runs, by name."""
        found = {name: self._processes.pid(name) for name in self._processes.names()}
        return {name: pid for name, pid in found.items() if pid is not None}

    def connection(self, name: str) -> Path:
        """Return the path of an organisation's connection.json, by the organisation's name."""
        return connection_path(self._topology, organisation(name))

    def log(self, name: str) -> Path:
        """Return where the process of that name writes."""
        return self._processes.log(name)

    def status(self) -> list[ProcessStatus]:
        """Return every process that belongs to the network, running or not."""
        names = {*roster.node_names(), *self._processes.names()}
        if Deployment.load(self._topology.directory).current is not None:
            names.update(roster.chaincode_names())
        return [
            ProcessStatus(name=name, pid=self._processes.pid(name), log=self.log(name))
            for name in sorted(names)
        ]

    def definition(self) -> Definition | None:
        """Return the contract's definition on the channel, as far as the peers have heard."""
        return lifecycle.newest(self.caller)

    def up(self, *, deploy: bool = True) -> None:
        """Bring up what is not: keys, channel, processes and, unless told otherwise, the contract.

        Raises:
            NetworkError: One of its leaves; what was reached stays, and `up` goes on from there.
        """
        with locked(self._topology.directory):
            self._prepare()
            self._start_nodes()
            self._join()
            readiness.wait_for_leader(self._topology)
            if deploy:
                self._deploy()
                self._wait_for_endorsements()

    def deploy(self) -> None:
        """Bring the contract onto the channel of a running network; nothing to do if it is."""
        with locked(self._topology.directory):
            self._check_nodes_run()
            self._deploy()
            self._wait_for_endorsements()

    def upgrade(
        self, *, version: str | None = None, chaincode_command: Sequence[str] | None = None
    ) -> Definition:
        """Bring the contract's next definition, with new processes beside the running ones.

        The old processes end once every peer has the new definition, so nothing waits.

        Args:
            version: Its version; the number of the definition unless given.
            chaincode_command: The program to run from now on; the same unless given.
        """
        with locked(self._topology.directory):
            self._check_nodes_run()
            deployment = self._settle()
            if deployment.current is None:
                raise NetworkStateError(
                    WORDS["native.nothing_to_upgrade"], hint=WORDS["native.deploy_first"]
                )
            sequence = deployment.current.sequence + 1
            definition = Definition(version=version or str(sequence), sequence=sequence)
            command = tuple(chaincode_command or deployment.current_command)
            deployment = replace(deployment, next=definition, next_command=command)
            self._hand_over(self._bring(deployment, suffix=NEXT))
            self._wait_for_endorsements()
            return definition

    @property
    def ended(self) -> list[str]:
        """The names of the processes that should run and don't; none where there is no network."""
        if not holds_network(self._topology.directory):
            return []
        # Half of an upgrade that was cut off is for the next command to settle.
        belonging = [one for one in self.status() if not one.name.endswith(NEXT)]
        return [one.name for one in belonging if one.pid is None]

    def revive(self, names: Sequence[str]) -> None:
        """Start those of the processes that don't run; do not wait until they serve.

        Raises:
            NetworkError: One of its leaves; what was started stays.
        """
        with locked(self._topology.directory):
            for name in sorted({*names} & {*self.ended}):  # another command may have been at it
                self._processes.start(self._process(name))

    def down(self, *, purge: bool = False) -> None:
        """End every process; with `purge`, remove the directory with all keys and ledgers.

        Raises:
            NetworkStateError: It is to remove what is no network; somebody keeps it up.
        """
        directory = self._topology.directory
        check_unwatched(directory)
        if purge and holds_anything_else(directory):
            raise NetworkStateError(WORDS["native.no_network_to_remove"], directory=directory)
        if not holds_network(directory):
            self._progress(said("native.no_network", directory=directory))
            return
        for gateway in gateways(directory):
            told = said("native.gateway_stays", pid=gateway.pid, command=gateway.command)
            self._progress(told)
        with locked(directory):
            names = self._processes.names()
            self._progress(said("native.ending", count=len(names)))
            together(bind(self._processes.stop, name) for name in names)
            if purge:
                self._progress(said("native.removing", directory=directory))
                remove(directory)

    def kill(self, name: str) -> None:
        """End a process at once, as a crash would (SIGKILL); `start` or `up` brings it back."""
        self._processes.kill(name)

    def stop(self, name: str) -> None:
        """End a process properly."""
        self._processes.stop(name)

    def start(self, name: str) -> None:
        """Start a process of the network that does not run, and wait until it serves."""
        self._start([self._process(name)])

    def _check_nodes_run(self) -> None:
        stopped = [name for name in roster.node_names() if self._processes.pid(name) is None]
        if stopped:
            raise NetworkStateError(
                WORDS["native.not_running"],
                hint=WORDS["native.up_starts"],
                names=", ".join(stopped),
            )

    def _prepare(self) -> None:
        consensus = self._topology.consensus or self.commands.consensus
        if consensus is Consensus.BFT and self.commands.consensus is Consensus.RAFT:
            version = ".".join(map(str, self.commands.version))
            raise NetworkStateError(
                WORDS["native.made_by_fabric_3"],
                hint=WORDS["native.take_fabric_3"],
                directory=self._topology.directory,
                version=version,
            )
        self._topology = replace(self._topology, consensus=consensus)
        self._topology.save()
        create_all(self._topology)
        write_connections(self._topology)
        copy_builder(self._topology.directory / "builder/bin")
        channel.create_genesis(self._topology, self.caller)

    def _start_nodes(self) -> None:
        self._start([self._process(name) for name in roster.node_names()])

    def _join(self) -> None:
        self._progress(said("native.joining", channel=self._topology.channel))
        channel.join_everybody(self._topology, self.caller)

    def _deploy(self) -> None:
        deployment = self._settle()
        if deployment.current is not None:
            self._start([self._process(name) for name in roster.chaincode_names()])
            return
        self._bring(
            replace(deployment, next=lifecycle.FIRST, next_command=self._command), suffix=""
        )

    def _wait_for_endorsements(self) -> None:
        self._progress(said("native.waiting"))
        wait = readiness.wait_for_endorsements
        together(bind(wait, self._topology, one) for one in PEER_ORGANISATIONS)

    def _settle(self) -> Deployment:
        """Finish, or take back, what a crash left half done of a deployment."""
        readiness.wait_for_blocks(self._topology)
        deployment = Deployment.load(self._topology.directory).settled(self.definition())
        deployment.save(self._topology.directory)
        self._hand_over(deployment)
        return deployment

    def _hand_over(self, deployment: Deployment) -> None:
        """Leave each organisation the chaincode process of the current definition alone.

        What a process runs is told by its record, never by how far an upgrade had come: this may be
        cut off between any two steps and be repeated.
        """
        current = str(deployment.current)  # before the first it is "None", which none runs
        for name in roster.chaincode_names():
            if self._processes.edition(name + NEXT) == current:
                self._processes.replace(name)
            elif self._processes.edition(name) != current:
                self._processes.stop(name)
            self._processes.stop(name + NEXT)

    def _bring(self, deployment: Deployment, *, suffix: str) -> Deployment:
        """Take `deployment.next` through package, install, approve and commit."""
        definition = deployment.next
        if definition is None:
            raise ValueError("no next definition")
        deployment.save(self._topology.directory)
        packages = {
            one: lifecycle.package(self._topology, one, definition) for one in PEER_ORGANISATIONS
        }
        processes = [
            roster.chaincode(self._topology, one, definition, item, deployment.next_command)
            for one, item in packages.items()
        ]
        processes = [replace(one, name=one.name + suffix) for one in processes]
        for process in processes:
            self._processes.start(process)
        self._progress(said("native.approving", version=definition.version))
        lifecycle.approve_everywhere(packages, definition, self.caller)
        self._start(processes)
        self._progress(said("native.committing"))
        lifecycle.commit(definition, self.caller)
        deployment = deployment.promoted()
        deployment.save(self._topology.directory)
        return deployment

    def _process(self, name: str) -> Process:
        """Return how the process of that name is started."""
        if name in roster.node_names():
            return roster.node(self._topology, self.commands, name)
        deployment = Deployment.load(self._topology.directory)
        if name not in roster.chaincode_names() or deployment.current is None:
            raise NetworkStateError(WORDS["native.no_process"], name=name)
        owner = organisation(name.partition(".")[0])
        item = lifecycle.package(self._topology, owner, deployment.current)
        return roster.chaincode(
            self._topology, owner, deployment.current, item, deployment.current_command
        )

    def _start(self, processes: Sequence[Process]) -> None:
        missing = [one for one in processes if self._processes.pid(one.name) is None]
        if missing:
            self._progress(said("native.starting", names=", ".join(one.name for one in missing)))
        for one in missing:
            self._processes.start(one)
        together(
            bind(self._processes.wait_ready, one, patience_s=READY_PATIENCE_S) for one in processes
        )


def copy_builder(target: Path) -> None:
    """Put the external builder's executables where the peers look for them."""
    target.mkdir(parents=True, exist_ok=True)
    for source in (Path(__file__).parent / "builder/bin").iterdir():
        copy = target / source.name
        shutil.copyfile(source, copy)
        copy.chmod(copy.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
