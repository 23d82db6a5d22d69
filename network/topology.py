"""The topology, in one place: who runs what, on which port, under which rules.

Three organisations with a peer, an orderer and a chaincode process each; a fourth, the auditor's,
with an orderer only, so that no organisation holds more than one of four orderers and SmartBFT
survives any one of them. Everything else in this package is derived from a `Topology`.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

from network.errors import NetworkStateError
from network.speaking import WORDS

HOST = "127.0.0.1"
ANYWHERE = "0.0.0.0"  # noqa: S104 - in a container, whose networks decide who reaches it
PORTS_PER_ORGANISATION = 10
DEFAULT_BASE_PORT = 17050
DEFAULT_DIRECTORY = Path("var/fabric")
FILE = "topology.json"
"""Makes a directory a network's."""


class Addresses(StrEnum):
    """How the processes of a network find each other."""

    LOOPBACK = "loopback"  # all on one machine
    CONTAINERS = "containers"  # each in a container of its own, by its name


class Consensus(StrEnum):
    """How the orderers agree; the values are configtxgen's names."""

    RAFT = "etcdraft"
    BFT = "BFT"


class Port(IntEnum):
    """What an organisation listens on: offsets into its ten ports."""

    PEER = 0
    PEER_OPERATIONS = 1
    PEER_CHAINCODE = 2  # where chaincode started by the peer would call; none does, but it listens
    ORDERER = 3
    ORDERER_ADMIN = 4
    ORDERER_OPERATIONS = 5
    CHAINCODE_EVEN = 6  # an upgrade starts the next process beside the running one, on the other
    CHAINCODE_ODD = 7
    CHAINCODE_HEALTH_EVEN = 8
    CHAINCODE_HEALTH_ODD = 9

    @property
    def process(self) -> str:
        """What kind of process listens there: the second half of its name."""
        return self.name.partition("_")[0].lower()

    @property
    def is_private(self) -> bool:
        """Whether it is for who stands in the same container: health, metrics."""
        return self.name.endswith("_OPERATIONS") or "_HEALTH_" in self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """One organisation: its name in paths and processes, its MSP id, its place among the ports."""

    name: str
    msp_id: str
    title: str
    place: int
    has_peer: bool = True


COOP = Organisation(name="coop", msp_id="CoopMSP", title="Co-op", place=0)
SHOPS = Organisation(name="shops", msp_id="ShopsMSP", title="Shops", place=1)
TOWN = Organisation(name="town", msp_id="TownMSP", title="Town", place=2)
AUDITOR = Organisation(
    name="auditor", msp_id="AuditorMSP", title="Auditor", place=3, has_peer=False
)

PEER_ORGANISATIONS = (COOP, SHOPS, TOWN)
ORGANISATIONS = (*PEER_ORGANISATIONS, AUDITOR)

PORTS = PORTS_PER_ORGANISATION * len(ORGANISATIONS)
PORT_MIN, PORT_MAX = 1024, 65536 - PORTS  # of the first
"""How many ports, in a row, a network has."""

ENDORSEMENT_RULE = "OutOf(2, {})".format(
    ", ".join(f"'{organisation.msp_id}.peer'" for organisation in PEER_ORGANISATIONS)
)
"""Two of co-op, shops and town: for the contract's transactions and for its lifecycle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """One network: where it lives, its ports, its channel and the channel's settings.

    Attributes:
        directory: Holds everything: keys, settings, ledgers, logs.
        base_port: First of the 40 ports it uses, all on the loopback interface.
        channel: Fabric's channel name.
        chaincode: Fabric's chaincode name.
        addresses: Whether all is on one machine, or each process in a container of its own.
        consensus: `None` until the network is made: Raft on Fabric 2.5, SmartBFT from 3.0 on.
        batch_timeout_ms: How long an orderer waits for more transactions before it cuts a block.
        max_message_count: Transactions per block, at most.
        preferred_max_bytes: A block is cut when it would grow past this.
        absolute_max_bytes: A transaction larger than this is refused.
        raft_tick_ms: Raft's heartbeat; an election starts after ten silent ones.
        bft_forward_timeout_ms: SmartBFT: when a waiting request is sent on to the leader.
        bft_complain_timeout_ms: SmartBFT: when the leader is complained of, after that.
        bft_view_change_timeout_ms: SmartBFT: how long a change of the leader may take.
        log_spec: Fabric's FABRIC_LOGGING_SPEC.
    """

    directory: Path = DEFAULT_DIRECTORY
    base_port: int = DEFAULT_BASE_PORT
    channel: str = "minori"
    chaincode: str = "minori"
    addresses: Addresses = Addresses.LOOPBACK
    consensus: Consensus | None = None
    batch_timeout_ms: int = 250
    max_message_count: int = 100
    preferred_max_bytes: int = 2 * 1024 * 1024
    absolute_max_bytes: int = 8 * 1024 * 1024
    raft_tick_ms: int = 200
    bft_forward_timeout_ms: int = 2000
    bft_complain_timeout_ms: int = 5000
    bft_view_change_timeout_ms: int = 10000
    log_spec: str = "info:grpc=warning:gossip=warning:comm.grpc.server=warning:endorser=warning"

    def __post_init__(self) -> None:
        """Refuse ports that do not exist."""
        if not PORT_MIN <= self.base_port <= PORT_MAX:
            raise NetworkStateError(
                WORDS["topology.port"], port=self.base_port, first=PORT_MIN, last=PORT_MAX
            )

    def port(self, organisation: Organisation, port: Port) -> int:
        """Return the number of one of the organisation's ports."""
        return self.base_port + PORTS_PER_ORGANISATION * organisation.place + port

    def host(self, organisation: Organisation, port: Port) -> str:
        """Return where others find whoever listens on that port."""
        if self.addresses is Addresses.LOOPBACK or port.is_private:
            return HOST
        return f"{organisation.name}.{port.process}"

    def address(self, organisation: Organisation, port: Port) -> str:
        """Return host and port, as `host:port`."""
        return f"{self.host(organisation, port)}:{self.port(organisation, port)}"

    def listen_host(self, port: Port) -> str:
        """Return which of its addresses a process listens on."""
        is_open = self.addresses is Addresses.CONTAINERS and not port.is_private
        return ANYWHERE if is_open else HOST

    def listen_address(self, organisation: Organisation, port: Port) -> str:
        """Return where a process listens, as `host:port`."""
        return f"{self.listen_host(port)}:{self.port(organisation, port)}"

    def ports(self) -> Iterator[int]:
        """Yield every port that the network may listen on."""
        return iter(range(self.base_port, self.base_port + PORTS))

    def save(self) -> None:
        """Write the topology into its directory, so that later commands need not be told."""
        values = {k: v for k, v in asdict(self).items() if k != "directory"}
        write_atomically(_file(self.directory), json.dumps(values, indent=2) + "\n")

    @classmethod
    def load(cls, directory: Path) -> "Topology | None":
        """Return the topology that was saved in `directory`, or `None` when there is none.

        Raises:
            NetworkStateError: The file is damaged.
        """
        path = _file(directory)
        try:
            values: dict[str, Any] = json.loads(path.read_bytes())
            known = {field.name for field in fields(cls)}
            values = {key: value for key, value in values.items() if key in known}
            if values.get("consensus") is not None:
                values["consensus"] = Consensus(values["consensus"])
            if "addresses" in values:
                values["addresses"] = Addresses(values["addresses"])
            return cls(directory=directory, **values)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError) as error:
            raise NetworkStateError(
                WORDS["topology.damaged"],
                hint=WORDS["topology.begin_anew"],
                path=path,
                directory=directory,
                what=error,
            ) from None


def organisation(name: str) -> Organisation:
    """Return the organisation of that name. Raises `KeyError` for an unknown one."""
    return {one.name: one for one in ORGANISATIONS}[name]


def write_atomically(path: Path, content: str, *, mode: int = 0o644) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(content)
    partial.chmod(mode)
    partial.replace(path)


def _file(directory: Path) -> Path:
    return directory / FILE
