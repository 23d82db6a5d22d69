"""The channel: its first block, and joining it.

The first block is made once from `configtx.yaml`, which this module writes whole. Orderers join by
their admin endpoint (Fabric's channel participation: there is no system channel), peers by their
own.
"""

import json
from pathlib import Path

from network.calls import Caller
from network.crypto import home
from network.errors import CommandFailedError
from network.settings import Setting
from network.speaking import WORDS
from network.together import bind, together
from network.topology import (
    ENDORSEMENT_RULE,
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    Consensus,
    Organisation,
    Port,
    Topology,
    write_atomically,
)

PROFILE = "Minori"


def channel_settings(topology: Topology) -> dict[str, Setting]:
    """Return the content of configtx.yaml: one profile, written out without anchors."""
    capability = "V3_0" if topology.consensus is Consensus.BFT else "V2_0"
    return {
        "Profiles": {
            PROFILE: {
                "Policies": _policies(),
                "Capabilities": {capability: True},
                "Orderer": _orderer_group(topology),
                "Application": {
                    "Organizations": [_organisation(topology, one) for one in PEER_ORGANISATIONS],
                    "Policies": {
                        **_policies(),
                        "Endorsement": _signature(ENDORSEMENT_RULE),
                        "LifecycleEndorsement": _signature(ENDORSEMENT_RULE),
                    },
                    "Capabilities": {"V2_5": True},
                },
            }
        }
    }


def create_genesis(topology: Topology, caller: Caller) -> Path:
    """Make the channel's first block, once, and return its path.

    It is never made again: every run of configtxgen gives another block.
    """
    block = topology.directory.absolute() / "channel/genesis.block"
    if block.exists():
        return block
    settings = json.dumps(channel_settings(topology), indent=2)
    write_atomically(block.with_name("configtx.yaml"), settings + "\n")
    partial = block.with_name("genesis.block.partial")
    caller.configtxgen(block.parent, PROFILE, partial)
    partial.replace(block)
    return block


def join_orderer(topology: Topology, organisation: Organisation, caller: Caller) -> None:
    """Have the organisation's orderer join the channel, if it has not."""
    listed = caller.osnadmin(organisation, "channel", "list")
    if f'"name": "{topology.channel}"' in listed:
        return
    block = topology.directory.absolute() / "channel/genesis.block"
    output = caller.osnadmin(
        organisation,
        "channel",
        "join",
        "--channelID",
        topology.channel,
        "--config-block",
        str(block),
    )
    # osnadmin's exit code is 0 whatever the orderer answered.
    if "Status: 201" not in output:
        raise CommandFailedError(
            WORDS["channel.not_joined"], output=output, hint=output, name=organisation.name
        )


def join_peer(topology: Topology, organisation: Organisation, caller: Caller) -> None:
    """Have the organisation's peer join the channel, if it has not."""
    if topology.channel in caller.peer(organisation, "channel", "list").split():
        return
    block = topology.directory.absolute() / "channel/genesis.block"
    caller.peer(organisation, "channel", "join", "-b", str(block))


def join_everybody(topology: Topology, caller: Caller) -> None:
    """Have every orderer and every peer join the channel that has not."""
    together(
        [
            *(bind(join_orderer, topology, one, caller) for one in ORGANISATIONS),
            *(bind(join_peer, topology, one, caller) for one in PEER_ORGANISATIONS),
        ]
    )


def _orderer_group(topology: Topology) -> dict[str, Setting]:
    common: dict[str, Setting] = {
        "OrdererType": str(topology.consensus),
        "BatchTimeout": f"{topology.batch_timeout_ms}ms",
        "BatchSize": {
            "MaxMessageCount": topology.max_message_count,
            "AbsoluteMaxBytes": topology.absolute_max_bytes,
            "PreferredMaxBytes": topology.preferred_max_bytes,
        },
        "Organizations": [_organisation(topology, one) for one in ORGANISATIONS],
        "Policies": {**_policies(), "BlockValidation": _meta("ANY Writers")},
        "Capabilities": {"V2_0": True},
    }
    if topology.consensus is Consensus.BFT:
        return {
            **common,
            "ConsenterMapping": [
                {
                    "ID": one.place + 1,
                    "MSPID": one.msp_id,
                    "Identity": str(home(topology, one) / "orderer/msp/signcerts/cert.pem"),
                    **_consenter(topology, one),
                }
                for one in ORGANISATIONS
            ],
            "SmartBFT": _bft(topology),
        }
    return {
        **common,
        "EtcdRaft": {
            "Consenters": [_consenter(topology, one) for one in ORGANISATIONS],
            "Options": {
                "TickInterval": f"{topology.raft_tick_ms}ms",
                "ElectionTick": 10,
                "HeartbeatTick": 1,
                "MaxInflightBlocks": 5,
                # A restarted orderer of Fabric 2.5 locks up for good when the entries that added
                # the first members are still in its log and the log does not fit into one Raft
                # message, whose size is PreferredMaxBytes (etcdraft/chain.go `apply` waits for
                # `WALSyncC` while node.go `run` waits for `applyC`). So the log is cut before.
                "SnapshotIntervalSize": topology.preferred_max_bytes // 2,
            },
        },
    }


def _bft(topology: Topology) -> dict[str, Setting]:
    """SmartBFT's options; the sample's timeouts leave a channel without leader for a minute."""
    return {
        # SmartBFT cuts its blocks by this and takes no notice of BatchTimeout
        # (fabric v3.1.5 `orderer/consensus/smartbft/util/util.go`).
        "RequestBatchMaxInterval": f"{topology.batch_timeout_ms}ms",
        "RequestForwardTimeout": f"{topology.bft_forward_timeout_ms}ms",
        "RequestComplainTimeout": f"{topology.bft_complain_timeout_ms}ms",
        "RequestAutoRemoveTimeout": "3m",
        "ViewChangeResendInterval": "2s",
        "ViewChangeTimeout": f"{topology.bft_view_change_timeout_ms}ms",
        "LeaderHeartbeatTimeout": "10s",
        "LeaderHeartbeatCount": 10,
        "CollectTimeout": "1s",
        "IncomingMessageBufferSize": 200,
        "RequestPoolSize": 100000,
    }


def _consenter(topology: Topology, organisation: Organisation) -> dict[str, Setting]:
    certificate = str(home(topology, organisation) / "orderer/tls/cert.pem")
    return {
        "Host": topology.host(organisation, Port.ORDERER),
        "Port": topology.port(organisation, Port.ORDERER),
        "ClientTLSCert": certificate,
        "ServerTLSCert": certificate,
    }


def _organisation(topology: Topology, organisation: Organisation) -> dict[str, Setting]:
    def any_of(*roles: str) -> Setting:
        members = ", ".join(f"'{organisation.msp_id}.{role}'" for role in roles)
        return _signature(f"OR({members})")

    definition: dict[str, Setting] = {
        "Name": organisation.msp_id,
        "ID": organisation.msp_id,
        "MSPDir": str(home(topology, organisation) / "msp"),
        "Policies": {
            "Readers": any_of("admin", "peer", "orderer", "client"),
            "Writers": any_of("admin", "peer", "orderer", "client"),
            "Admins": any_of("admin"),
            "Endorsement": any_of("peer"),
        },
        "OrdererEndpoints": [topology.address(organisation, Port.ORDERER)],
    }
    if organisation.has_peer:
        # How the peers of different organisations find each other.
        definition["AnchorPeers"] = [
            {
                "Host": topology.host(organisation, Port.PEER),
                "Port": topology.port(organisation, Port.PEER),
            }
        ]
    return definition


def _policies() -> dict[str, Setting]:
    return {
        "Readers": _meta("ANY Readers"),
        "Writers": _meta("ANY Writers"),
        "Admins": _meta("MAJORITY Admins"),
    }


def _meta(rule: str) -> Setting:
    return {"Type": "ImplicitMeta", "Rule": rule}


def _signature(rule: str) -> Setting:
    return {"Type": "Signature", "Rule": rule}
