"""The contract's way onto the channel: package, install, approve, commit.

A package names a service that already runs: `metadata.json` and, inside `code.tar.gz`,
`connection.json` (Fabric's chaincode as a service). Each organisation installs its own, with the
address of its own process and the TLS material by which its peer calls it; only the name, the
version and the sequence are common. Packages are byte for byte the same for the same content, so a
package's id is known before any peer has seen it.
"""

import gzip
import hashlib
import io
import itertools
import json
import re
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from network.calls import Caller
from network.crypto import home
from network.errors import CommandFailedError, ProcessFailedError
from network.speaking import WORDS
from network.together import bind, together
from network.topology import ORGANISATIONS, PEER_ORGANISATIONS, Organisation, Port, Topology

ORDERING_PATIENCE_S = 90.0
COMMIT_PATIENCE_S = 10
NOT_ORDERED = re.compile(
    "SERVICE_UNAVAILABLE|no Raft leader|failed to connect|timed out waiting for txid"
    "|DeadlineExceeded"
    # the try before was committed after all, while this one was on its way
    "|MVCC_READ_CONFLICT"
    # one peer has not got the last approval's block yet, and so counts one organisation fewer
    "|ProposalResponsePayloads do not match"
)
"""What `peer` says of a transaction that may be tried again."""

POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One state of the contract on the channel: its version, and which of them it is (from 1)."""

    version: str
    sequence: int

    def __str__(self) -> str:
        """Tell it from all others that the channel ever had."""
        return f"{self.sequence}, version {self.version}"


FIRST = Definition(version="1", sequence=1)
"""What a channel's first contract is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of one organisation: `id` is what its peer will know it by."""

    id: str
    path: Path


def server_port(definition: Definition) -> Port:
    """Return where this definition's process listens; two neighbours never share a port."""
    return Port.CHAINCODE_ODD if definition.sequence % 2 else Port.CHAINCODE_EVEN


def health_port(definition: Definition) -> Port:
    """Return where this definition's process answers for its health."""
    return Port.CHAINCODE_HEALTH_ODD if definition.sequence % 2 else Port.CHAINCODE_HEALTH_EVEN


def package(topology: Topology, organisation: Organisation, definition: Definition) -> Package:
    """Write the organisation's package of the contract and return it."""
    folder = home(topology, organisation)
    client = folder / "chaincode-client/tls"
    label = f"{topology.chaincode}_{definition.version}"
    connection = {
        "address": topology.address(organisation, server_port(definition)),
        "dial_timeout": "5s",
        "tls_required": True,
        "client_auth_required": True,
        "client_cert": (client / "cert.pem").read_text(),
        "client_key": (client / "key.pem").read_text(),
        "root_cert": (folder / "tlsca/cert.pem").read_text(),
    }
    code = _tar_gz({"connection.json": json.dumps(connection).encode()})
    metadata = json.dumps({"type": "ccaas", "label": label}).encode()
    content = _tar_gz({"metadata.json": metadata, "code.tar.gz": code})
    path = topology.directory.absolute() / "packages" / f"{organisation.name}_{label}.tar.gz"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return Package(id=f"{label}:{hashlib.sha256(content).hexdigest()}", path=path)


def install(organisation: Organisation, item: Package, caller: Caller) -> None:
    """Install the package on the organisation's peer, if it is not."""
    installed = caller.peer(organisation, "lifecycle", "chaincode", "queryinstalled")
    if f"Package ID: {item.id}," not in installed:
        caller.peer(organisation, "lifecycle", "chaincode", "install", str(item.path))


def approve(
    organisation: Organisation, item: Package, definition: Definition, caller: Caller
) -> None:
    """Approve the definition with this package in the organisation's name; wait for its commit."""
    arguments = [
        *("lifecycle", "chaincode", "approveformyorg", "--package-id", item.id),
        *_definition_flags(definition, caller.topology),
        *caller.peer_flags(organisation),
    ]
    until_ordered(organisation, arguments, caller, done="with unchanged content")


def approve_everywhere(
    packages: Mapping[Organisation, Package], definition: Definition, caller: Caller
) -> None:
    """Have each organisation install its package and approve the definition with it."""

    def install_and_approve(organisation: Organisation, item: Package) -> None:
        install(organisation, item, caller)
        approve(organisation, item, definition, caller)

    together(bind(install_and_approve, one, item) for one, item in packages.items())


def commit(definition: Definition, caller: Caller) -> None:
    """Make the approved definition the channel's; wait until every organisation's peer has it."""
    arguments = ["lifecycle", "chaincode", "commit"]
    arguments += _definition_flags(definition, caller.topology)
    for one in PEER_ORGANISATIONS:
        arguments += caller.peer_flags(one)
    done = f"new definition must be sequence {definition.sequence + 1}"
    until_ordered(PEER_ORGANISATIONS[0], arguments, caller, done=done)
    deadline = time.monotonic() + ORDERING_PATIENCE_S
    for one in PEER_ORGANISATIONS:
        while committed(one, caller) != definition:
            if time.monotonic() > deadline:
                raise ProcessFailedError(WORDS["lifecycle.not_following"], name=one.name)
            time.sleep(POLL_S)


def committed(organisation: Organisation, caller: Caller) -> Definition | None:
    """Return the definition that the organisation's peer has, or `None` before the first."""
    topology = caller.topology
    try:
        output = caller.peer(
            organisation,
            *("lifecycle", "chaincode", "querycommitted"),
            *("-C", topology.channel, "-n", topology.chaincode, "-O", "json"),
        )
    except CommandFailedError as error:
        if "is not defined" in error.output:
            return None
        raise
    answer = json.loads(output[output.index("{") :])
    return Definition(version=answer["version"], sequence=answer["sequence"])


def newest(caller: Caller) -> Definition | None:
    """Return the newest definition that any peer has: one may be down, or behind the others.

    Raises:
        CommandFailedError: None of them answers.
    """
    answers: list[Definition | None] = []
    faults: list[CommandFailedError] = []
    for one in PEER_ORGANISATIONS:
        try:
            answers.append(committed(one, caller))
        except CommandFailedError as error:
            faults.append(error)
    if not answers:
        raise faults[0]
    return max(filter(None, answers), key=lambda answer: answer.sequence, default=None)


def _definition_flags(definition: Definition, topology: Topology) -> list[str]:
    # No policy of its own: the channel's Application/Endorsement holds, two of three.
    return [
        *("-C", topology.channel, "-n", topology.chaincode),
        *("-v", definition.version, "--sequence", str(definition.sequence)),
        *("--waitForEventTimeout", f"{COMMIT_PATIENCE_S}s"),
    ]


def until_ordered(
    organisation: Organisation, arguments: list[str], caller: Caller, *, done: str = ""
) -> None:
    """Run `peer` until its transaction is committed, or `done` in its output says that it was.

    Whatever it does may be done twice.

    Each try goes to another orderer, the own one first: one that has no leader, or is only just
    back and believes in the leader of yesterday, keeps what it gets to itself.
    """
    deadline = time.monotonic() + ORDERING_PATIENCE_S
    start = ORGANISATIONS.index(organisation)
    for orderer in itertools.cycle((*ORGANISATIONS[start:], *ORGANISATIONS[:start])):
        flags = caller.orderer_flags(organisation, orderer=orderer)
        try:
            caller.peer(organisation, *arguments, *flags)
        except CommandFailedError as error:
            if done and done in error.output:
                return
            if not NOT_ORDERED.search(error.output) or time.monotonic() > deadline:
                raise
            time.sleep(POLL_S)
        else:
            return


def _tar_gz(files: dict[str, bytes]) -> bytes:
    """Pack the files; the same content gives the same bytes."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
