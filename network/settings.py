"""core.yaml and orderer.yaml: every setting that a peer or an orderer reads, written by us.

Nothing is taken from the sample files that come with Fabric, so the commands alone are enough.
They are written as JSON, which YAML 1.2 contains. Where a value differs from Fabric's sample, the
line says why.
"""

import json
from pathlib import Path
from typing import TypeAlias

from network.crypto import home
from network.topology import HOST, Organisation, Port, Topology, write_atomically

Setting: TypeAlias = "bool | int | float | str | list[Setting] | dict[str, Setting] | None"

MESSAGE_BYTES_MAX = 100 * 1024 * 1024
CONTRACT_TIMEOUT_S = 5
"""A transaction may hold the channel of its peer for as long: commits wait for it."""


def write_peer(topology: Topology, organisation: Organisation, version: tuple[int, int]) -> Path:
    """Write the organisation's core.yaml, for that version of Fabric, and return its folder."""
    folder = topology.directory.absolute() / "settings" / f"{organisation.name}.peer"
    _write(folder / "core.yaml", peer_settings(topology, organisation, version))
    return folder


def write_orderer(topology: Topology, organisation: Organisation, version: tuple[int, int]) -> Path:
    """Write the organisation's orderer.yaml, for that version of Fabric; return its folder."""
    folder = topology.directory.absolute() / "settings" / f"{organisation.name}.orderer"
    _write(folder / "orderer.yaml", orderer_settings(topology, organisation, version))
    return folder


def data_folder(topology: Topology, process: str) -> Path:
    """Return where a peer or an orderer keeps its ledger, absolute."""
    return topology.directory.absolute() / "data" / process


def peer_settings(
    topology: Topology, organisation: Organisation, version: tuple[int, int]
) -> dict[str, Setting]:
    """Return the content of core.yaml for a Fabric of that version (major, minor)."""
    chaincode: dict[str, Setting] = {
        "mode": "net",
        "executetimeout": f"{CONTRACT_TIMEOUT_S}s",
        "startuptimeout": "60s",
        "installTimeout": "60s",
        "keepalive": 0,
        "system": dict.fromkeys(("_lifecycle", "cscc", "lscc", "qscc"), "enable"),
        "externalBuilders": [
            {
                "name": "minori-ccaas",
                "path": str(topology.directory.absolute() / "builder"),
                "propagateEnvironment": [],
            }
        ],
        "logging": {"level": "info", "shim": "warning"},
    }
    if version >= (3, 1):
        chaincode["runtimeParams"] = {
            "useWriteBatch": True,
            "maxSizeWriteBatch": 1000,
            "useGetMultipleKeys": True,
            "maxSizeGetMultipleKeys": 1000,
        }
    return {
        "peer": _peer(topology, organisation, version),
        # No Docker is looked for: chaincode is a service.
        "vm": {"endpoint": ""},
        "chaincode": chaincode,
        "ledger": _ledger(topology, organisation),
        "operations": {
            "listenAddress": topology.address(organisation, Port.PEER_OPERATIONS),
            "tls": {"enabled": False},
        },
        "metrics": {"provider": "prometheus"},
    }


def _peer(
    topology: Topology, organisation: Organisation, version: tuple[int, int]
) -> dict[str, Setting]:
    folder = home(topology, organisation)
    address = topology.address(organisation, Port.PEER)
    # v2.5.0 panics on a filter that it does not know.
    filters = [
        "DefaultAuth",
        "ExpirationCheck",
        *(["TimeWindowCheck"] if version >= (3, 0) else []),
    ]
    return {
        "id": f"peer.{organisation.name}.minori",
        "networkId": "minori",
        "listenAddress": topology.listen_address(organisation, Port.PEER),
        "address": address,
        # Nothing calls there; inside a container it is nobody else's.
        "chaincodeListenAddress": f"{HOST}:{topology.port(organisation, Port.PEER_CHAINCODE)}",
        "localMspId": organisation.msp_id,
        "localMspType": "bccsp",
        "mspConfigPath": str(folder / "peer/msp"),
        "fileSystemPath": str(data_folder(topology, f"{organisation.name}.peer")),
        "BCCSP": {"Default": "SW", "SW": {"Hash": "SHA2", "Security": 256}},
        "tls": _peer_tls(folder),
        "gateway": {
            "enabled": True,
            # A little over the contract's own, and short enough to try another peer or orderer
            # within a client's deadline.
            "endorsementTimeout": f"{CONTRACT_TIMEOUT_S + 1}s",
            "broadcastTimeout": "3s",
            "dialTimeout": "5s",
        },
        "limits": {
            "concurrency": {"endorserService": 2500, "deliverService": 2500, "gatewayService": 200}
        },
        "maxRecvMsgSize": MESSAGE_BYTES_MAX,
        "maxSendMsgSize": MESSAGE_BYTES_MAX,
        "keepalive": {
            "interval": "7200s",
            "timeout": "20s",
            "minInterval": "60s",
            "client": {"interval": "60s", "timeout": "20s"},
            "deliveryClient": {"interval": "60s", "timeout": "20s"},
        },
        "gossip": _gossip(address),
        "authentication": {"timewindow": "15m"},
        "client": {"connTimeout": "3s"},
        "deliveryclient": _delivery_client(),
        "handlers": {
            "authFilters": [{"name": name} for name in filters],
            "decorators": [{"name": "DefaultDecorator"}],
            "endorsers": {"escc": {"name": "DefaultEndorsement"}},
            "validators": {"vscc": {"name": "DefaultValidation"}},
        },
        "discovery": {
            "enabled": True,
            "authCacheEnabled": True,
            "authCacheMaxSize": 1000,
            "authCachePurgeRetentionRatio": 0.75,
            "orgMembersAllowedAccess": False,
        },
        "profile": {"enabled": False},
    }


def _peer_tls(folder: Path) -> dict[str, Setting]:
    return {
        "enabled": True,
        "clientAuthRequired": True,
        "cert": {"file": str(folder / "peer/tls/cert.pem")},
        "key": {"file": str(folder / "peer/tls/key.pem")},
        "clientCert": {"file": str(folder / "peer/tls/cert.pem")},
        "clientKey": {"file": str(folder / "peer/tls/key.pem")},
        "rootcert": {"file": str(folder / "tlsca/cert.pem")},
        # Those of the other organisations come with the channel.
        "clientRootCAs": {"files": [str(folder / "tlsca/cert.pem")]},
    }


def _delivery_client() -> dict[str, Setting]:
    """Blocks come from an orderer."""
    return {
        "blockGossipEnabled": False,
        # For ever, in effect: an orderer that comes back after a day is found again.
        "reconnectTotalTimeThreshold": "8760h",
        "connTimeout": "3s",
        # Fabric's sample waits up to an hour between tries; a restarted orderer should not.
        "reConnectBackoffThreshold": "2s",
        "minimalReconnectInterval": "100ms",
        "policy": "cluster",
    }


def _gossip(address: str) -> dict[str, Setting]:
    """Gossip only tells the peers of each other: each takes its blocks from an orderer."""
    return {
        "bootstrap": address,
        "endpoint": address,
        "externalEndpoint": address,
        "useLeaderElection": False,
        "orgLeader": True,
        "state": {"enabled": False, "checkInterval": "10s", "responseTimeout": "3s"},
        # Faster than the sample's 4 s, 5 s and 25 s: peers that come back, and contracts that were
        # committed, are known to the others within two seconds.
        "publishStateInfoInterval": "1s",
        "requestStateInfoInterval": "1s",
        "aliveTimeInterval": "2s",
        "aliveExpirationTimeout": "10s",
        "reconnectInterval": "2s",
        "membershipTrackerInterval": "5s",
        "maxBlockCountToStore": 10,
        "maxPropagationBurstLatency": "10ms",
        "maxPropagationBurstSize": 10,
        "propagateIterations": 1,
        "propagatePeerNum": 3,
        "pullInterval": "4s",
        "pullPeerNum": 3,
        "publishCertPeriod": "10s",
        "skipBlockVerification": False,
        "dialTimeout": "3s",
        "connTimeout": "2s",
        "recvBuffSize": 20,
        "sendBuffSize": 200,
        "digestWaitTime": "1s",
        "requestWaitTime": "1500ms",
        "responseWaitTime": "2s",
        "maxConnectionAttempts": 120,
        "msgExpirationFactor": 20,
        "pvtData": {
            "pullRetryThreshold": "60s",
            "transientstoreMaxBlockRetention": 1000,
            "pushAckTimeout": "3s",
            "btlPullMargin": 10,
            "reconcileBatchSize": 10,
            "reconcileSleepInterval": "1m",
            "reconciliationEnabled": True,
            "skipPullingInvalidTransactionsDuringCommit": False,
            "implicitCollectionDisseminationPolicy": {"requiredPeerCount": 0, "maxPeerCount": 1},
        },
    }


def _ledger(topology: Topology, organisation: Organisation) -> dict[str, Setting]:
    snapshots = data_folder(topology, f"{organisation.name}.peer") / "snapshots"
    return {
        # The contract reads no ranges and no history: the limit is low, the index is not kept.
        "state": {"stateDatabase": "goleveldb", "totalQueryLimit": 10000},
        "history": {"enableHistoryDatabase": False},
        "pvtdataStore": {
            "collElgProcMaxDbBatchSize": 5000,
            "collElgProcDbBatchesInterval": 1000,
            "deprioritizedDataReconcilerInterval": "60m",
            "purgeInterval": 1,
            "purgedKeyAuditLogging": False,
        },
        "snapshots": {"rootDir": str(snapshots)},
    }


def orderer_settings(
    topology: Topology, organisation: Organisation, version: tuple[int, int]
) -> dict[str, Setting]:
    """Return the content of orderer.yaml for a Fabric of that version (major, minor)."""
    folder = home(topology, organisation)
    data = data_folder(topology, f"{organisation.name}.orderer")
    roots: list[Setting] = [str(folder / "tlsca/cert.pem")]
    tls: dict[str, Setting] = {
        "Enabled": True,
        "Certificate": str(folder / "orderer/tls/cert.pem"),
        "PrivateKey": str(folder / "orderer/tls/key.pem"),
        "RootCAs": roots,
        "ClientAuthRequired": True,
        # Those of the other organisations come with the channel.
        "ClientRootCAs": roots,
    }
    return {
        "General": {
            "ListenAddress": topology.listen_host(Port.ORDERER),
            "ListenPort": topology.port(organisation, Port.ORDERER),
            "TLS": tls,
            "Keepalive": {
                "ServerMinInterval": "60s",
                "ServerInterval": "7200s",
                "ServerTimeout": "20s",
            },
            "MaxRecvMsgSize": MESSAGE_BYTES_MAX,
            "MaxSendMsgSize": MESSAGE_BYTES_MAX,
            # The orderers call each other on the same port, with the server's certificate.
            # What is sent on to a leader that died fails before the peers give up on it (3 s; the
            # default is 7 s), so that they hear why and try another orderer.
            "Cluster": {"SendBufferSize": 100, "DialTimeout": "2s", "RPCTimeout": "2s"},
            # An orderer refuses a member that its version does not know.
            **(
                {"Backoff": {"BaseDelay": "1s", "Multiplier": 1.6, "MaxDelay": "2s"}}
                if version >= (3, 0)
                else {"BootstrapMethod": "none"}
            ),
            "LocalMSPDir": str(folder / "orderer/msp"),
            "LocalMSPID": organisation.msp_id,
            "Profile": {"Enabled": False},
            "BCCSP": {"Default": "SW", "SW": {"Hash": "SHA2", "Security": 256}},
            "Authentication": {"TimeWindow": "15m"},
        },
        "FileLedger": {"Location": str(data)},
        "Operations": {
            "ListenAddress": topology.address(organisation, Port.ORDERER_OPERATIONS),
            "TLS": {"Enabled": False},
        },
        "Metrics": {"Provider": "prometheus"},
        "Admin": {
            "ListenAddress": topology.listen_address(organisation, Port.ORDERER_ADMIN),
            "TLS": tls,
        },
        "ChannelParticipation": {"Enabled": True, "MaxRequestBodySize": "1 MB"},
        "Consensus": {
            "WALDir": str(data / "consensus/wal"),
            "SnapDir": str(data / "consensus/snapshot"),
        },
    }


def _write(path: Path, settings: dict[str, Setting]) -> None:
    write_atomically(path, json.dumps(settings, indent=2) + "\n")
