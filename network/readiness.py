"""Whether a network as a whole serves, beyond each process alone: a leader, and endorsements.

Processes that listen are not yet a network: the orderers elect a leader, the peers learn of each
other's contracts by gossip. Both are asked for, never waited out by the clock.
"""

import contextlib
import http.client
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence

import grpc
from fabric_protos.gateway import gateway_pb2
from fabric_protos.peer import proposal_pb2

from gateway.fabric.envelopes import build_proposal
from gateway.fabric.identity import Identity
from gateway.words import Text, verbatim
from network.errors import ProcessFailedError
from network.profile import connection
from network.speaking import WORDS
from network.topology import (
    HOST,
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    Consensus,
    Organisation,
    Port,
    Topology,
)

PATIENCE_S = 60.0
POLL_S = 0.1
METRICS_TIMEOUT_S = 2.0
ENDORSE_TIMEOUT_S = 10.0


def leader(
    topology: Topology, among: Sequence[Organisation] = ORGANISATIONS
) -> Organisation | None:
    """Return whose orderer leads, by what these that run say; `None` when it is not known.

    A SmartBFT orderer knows the leader as of the latest block that it has, so the majority counts.
    """
    channel = f'{{channel="{topology.channel}"}}'
    votes: Counter[int] = Counter()
    for one in among:
        values = _metrics(topology.port(one, Port.ORDERER_OPERATIONS))
        if values.get(f"consensus_etcdraft_is_leader{channel}") == 1:
            return one
        if consenter := values.get(f"consensus_BFT_leader_id{channel}"):
            votes[int(consenter)] += 1
    for consenter, _ in votes.most_common(1):
        return ORGANISATIONS[consenter - 1]  # `channel` numbers them from 1, in this order
    return None


def height(
    topology: Topology, organisation: Organisation, port: Port = Port.PEER_OPERATIONS
) -> int | None:
    """Return how many blocks the organisation's peer has, or `None` when it does not say.

    With `port` the orderer's operations endpoint is asked instead.
    """
    values = _metrics(topology.port(organisation, port))
    blocks = values.get(f'ledger_blockchain_height{{channel="{topology.channel}"}}')
    return None if blocks is None else int(blocks)


def wait_for_leader(topology: Topology) -> None:
    """Wait until the orderers have a leader that all of them follow.

    Raises:
        ProcessFailedError: They have none after a minute.
    """
    _wait(lambda: _leader_fault(topology))


def _leader_fault(topology: Topology) -> Text | None:
    leading = leader(topology)
    if leading is None:
        return WORDS["readiness.no_leader"]
    if topology.consensus is Consensus.RAFT:
        # An orderer that does not follow yet refuses what it is asked to order.
        values = _metrics(topology.port(leading, Port.ORDERER_OPERATIONS))
        following = values.get(f'consensus_etcdraft_active_nodes{{channel="{topology.channel}"}}')
        if following is None or following < len(ORGANISATIONS):
            return WORDS["readiness.following"].filled(
                count=following or 0,
                total=len(ORGANISATIONS),
                name=leading.name,
            )
    return None


def wait_for_blocks(topology: Topology) -> None:
    """Wait until one peer has every block that the orderers have now.

    Peers that are just back know the channel as of yesterday.

    Raises:
        ProcessFailedError: None has, after a minute.
    """
    ordered = max(height(topology, one, Port.ORDERER_OPERATIONS) or 0 for one in ORGANISATIONS)
    _wait(lambda: _blocks_fault(topology, ordered))


def _blocks_fault(topology: Topology, ordered: int) -> Text | None:
    known = max(height(topology, one) or 0 for one in PEER_ORGANISATIONS)
    return WORDS["readiness.blocks"].filled(count=known, total=ordered) if known < ordered else None


def wait_for_endorsements(topology: Topology, organisation: Organisation) -> None:
    """Wait until the organisation's peer gets the contract's endorsement of every organisation.

    Raises:
        ProcessFailedError: It does not, after a minute.
    """
    profile = connection(topology, organisation)
    own = profile.peers[0]
    if own.tls_ca is None or profile.tls_client is None:
        raise ValueError("a connection without TLS")
    credentials = grpc.ssl_channel_credentials(
        root_certificates=own.tls_ca.read_bytes(),
        private_key=profile.tls_client.key.read_bytes(),
        certificate_chain=profile.tls_client.certificate.read_bytes(),
    )
    options = [("grpc.max_reconnect_backoff_ms", 200), ("grpc.initial_reconnect_backoff_ms", 100)]
    with grpc.secure_channel(own.address, credentials, options=options) as channel:
        _wait(lambda: _endorsement_fault(topology, organisation, channel))


def _endorsement_fault(
    topology: Topology, organisation: Organisation, channel: grpc.Channel
) -> Text | None:
    """Ask for the endorsement of a read by all; return what went wrong, or nothing.

    Whatever the contract answers is good: it was reached.
    """
    pair = connection(topology, organisation).identities["gateway"]
    identity, sign = Identity.load(organisation.msp_id, pair)
    parts = build_proposal(
        channel=topology.channel,
        chaincode=topology.chaincode,
        args=[b"version"],
        creator=identity.creator,
    )
    request = gateway_pb2.EndorseRequest(
        transaction_id=parts.tx_id,
        channel_id=topology.channel,
        proposed_transaction=proposal_pb2.SignedProposal(
            proposal_bytes=parts.proposal, signature=sign(parts.proposal)
        ),
        endorsing_organizations=[one.msp_id for one in PEER_ORGANISATIONS],
    )
    endorse: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
        "/gateway.Gateway/Endorse"
    )
    try:
        endorse(request.SerializeToString(), timeout=ENDORSE_TIMEOUT_S)
    except grpc.RpcError as error:
        story = _told(error)
        if "chaincode response" not in story:
            return verbatim(
                f"{organisation.name}.peer: {error.code().name} {error.details()} {story}"
            )
    return None


def _told(error: grpc.RpcError) -> str:
    """Return what can be read of what the peers behind the called one said.

    It is an encoded google.rpc.Status; its texts stand in it as they are.
    """
    for item in error.trailing_metadata() or ():
        if item.key == "grpc-status-details-bin" and isinstance(item.value, bytes):
            text = item.value.decode(errors="replace")
            return "".join(letter if letter.isprintable() else " " for letter in text)
    return ""


def _wait(fault: Callable[[], Text | None]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while found := fault():
        if time.monotonic() > deadline:
            raise ProcessFailedError(WORDS["readiness.still"], seconds=PATIENCE_S, what=found)
        time.sleep(POLL_S)


def _metrics(port: int) -> dict[str, float]:
    """Return what Prometheus would see at a node's operations endpoint; empty when it is down."""
    call = http.client.HTTPConnection(HOST, port, timeout=METRICS_TIMEOUT_S)
    with contextlib.closing(call):
        try:
            call.request("GET", "/metrics")
            text = call.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return {}
    found = re.findall(r"^(\w+\{[^}]*\}) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}
