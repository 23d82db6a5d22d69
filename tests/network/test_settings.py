"""Reads the files that a peer, an orderer and configtxgen read, and asserts what is pinned."""

import pytest
import yaml

from network.channel import PROFILE, channel_settings
from network.settings import write_orderer, write_peer
from network.topology import (
    AUDITOR,
    COOP,
    ORGANISATIONS,
    PEER_ORGANISATIONS,
    Consensus,
    Topology,
)

V25 = (2, 5)
V30 = (3, 0)
V31 = (3, 1)


@pytest.fixture
def topology(tmp_path):
    return Topology(directory=tmp_path, base_port=20000)


def core(topology, version=V25, organisation=COOP):
    return yaml.safe_load((write_peer(topology, organisation, version) / "core.yaml").read_text())


def orderer(topology, version=V25, organisation=COOP):
    folder = write_orderer(topology, organisation, version)
    return yaml.safe_load((folder / "orderer.yaml").read_text())


def pick(settings, path):
    for member in path.split("."):
        settings = settings[member]
    return settings


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("chaincode.executetimeout", "5s"),
        ("chaincode.startuptimeout", "60s"),
        ("chaincode.mode", "net"),
        ("vm.endpoint", ""),
        ("peer.gateway.enabled", True),
        ("peer.gateway.endorsementTimeout", "6s"),
        ("peer.gateway.broadcastTimeout", "3s"),
        ("peer.gateway.dialTimeout", "5s"),
        ("peer.limits.concurrency.gatewayService", 200),
        ("peer.authentication.timewindow", "15m"),
        ("peer.keepalive.minInterval", "60s"),
        ("peer.maxRecvMsgSize", 104857600),
        ("peer.maxSendMsgSize", 104857600),
        ("peer.gossip.state.enabled", False),
        ("peer.gossip.orgLeader", True),
        ("peer.gossip.useLeaderElection", False),
        ("peer.deliveryclient.blockGossipEnabled", False),
        ("peer.tls.enabled", True),
        ("peer.tls.clientAuthRequired", True),
        ("peer.localMspId", "CoopMSP"),
        ("ledger.state.totalQueryLimit", 10000),
        ("ledger.state.stateDatabase", "goleveldb"),
        ("ledger.history.enableHistoryDatabase", False),
        ("ledger.pvtdataStore.purgeInterval", 1),
        ("ledger.pvtdataStore.purgedKeyAuditLogging", False),
        ("metrics.provider", "prometheus"),
        ("operations.listenAddress", "127.0.0.1:20001"),
        ("peer.listenAddress", "127.0.0.1:20000"),
    ],
)
@pytest.mark.parametrize("version", [V25, V31])
def test_peer_setting_is_pinned(topology, version, path, value):
    assert pick(core(topology, version), path) == value


@pytest.mark.parametrize(
    ("version", "filters"),
    [
        (V25, ["DefaultAuth", "ExpirationCheck"]),
        (V30, ["DefaultAuth", "ExpirationCheck", "TimeWindowCheck"]),
        (V31, ["DefaultAuth", "ExpirationCheck", "TimeWindowCheck"]),
    ],
)
def test_peer_filters_are_those_that_its_version_knows(topology, version, filters):
    written = pick(core(topology, version), "peer.handlers.authFilters")
    assert [one["name"] for one in written] == filters


def test_peer_offers_batches_from_3_1_on_only(topology):
    assert "runtimeParams" not in core(topology, V25)["chaincode"]
    assert "runtimeParams" not in core(topology, V30)["chaincode"]
    offered = core(topology, V31)["chaincode"]["runtimeParams"]
    assert offered["useWriteBatch"] is True
    assert offered["useGetMultipleKeys"] is True


def test_peer_runs_every_system_chaincode_that_the_tools_call(topology):
    enabled = pick(core(topology), "chaincode.system")
    assert enabled == dict.fromkeys(["_lifecycle", "cscc", "lscc", "qscc"], "enable")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("General.TLS.Enabled", True),
        ("General.TLS.ClientAuthRequired", True),
        ("General.Cluster.RPCTimeout", "2s"),
        ("General.ListenPort", 20003),
        ("General.ListenAddress", "127.0.0.1"),
        ("General.MaxRecvMsgSize", 104857600),
        ("General.Authentication.TimeWindow", "15m"),
        ("Admin.ListenAddress", "127.0.0.1:20004"),
        ("Admin.TLS.ClientAuthRequired", True),
        ("ChannelParticipation.Enabled", True),
        ("Metrics.Provider", "prometheus"),
        ("Operations.ListenAddress", "127.0.0.1:20005"),
    ],
)
@pytest.mark.parametrize("version", [V25, V31])
def test_orderer_setting_is_pinned(topology, version, path, value):
    assert pick(orderer(topology, version), path) == value


def test_orderer_has_no_member_that_its_version_refuses(topology):
    assert "Backoff" not in orderer(topology, V25)["General"]
    assert "BootstrapMethod" not in orderer(topology, V31)["General"]


def test_nothing_listens_beyond_this_machine(topology):
    for organisation in ORGANISATIONS:
        written = [orderer(topology, V25, organisation)]
        if organisation.has_peer:
            written.append(core(topology, V31, organisation))
        for address in listened_at(written):
            assert address.startswith("127.0.0.1"), address


def listened_at(settings):
    if isinstance(settings, dict):
        for member, value in settings.items():
            if member.lower().endswith("listenaddress"):
                yield value
            yield from listened_at(value)
    elif isinstance(settings, list):
        for value in settings:
            yield from listened_at(value)


@pytest.fixture(params=[Consensus.RAFT, Consensus.BFT])
def profile(request, tmp_path):
    topology = Topology(directory=tmp_path, base_port=20000, consensus=request.param)
    return channel_settings(topology)["Profiles"][PROFILE]


def test_contract_and_its_lifecycle_need_two_of_three(profile):
    rule = "OutOf(2, 'CoopMSP.peer', 'ShopsMSP.peer', 'TownMSP.peer')"
    policies = profile["Application"]["Policies"]
    assert policies["Endorsement"] == {"Type": "Signature", "Rule": rule}
    assert policies["LifecycleEndorsement"] == {"Type": "Signature", "Rule": rule}


def test_auditor_is_no_application_organisation(profile):
    application = {one["ID"] for one in profile["Application"]["Organizations"]}
    orderers = {one["ID"] for one in profile["Orderer"]["Organizations"]}
    assert application == {one.msp_id for one in PEER_ORGANISATIONS}
    assert orderers == application | {AUDITOR.msp_id}


def test_every_block_is_bounded(profile):
    size = profile["Orderer"]["BatchSize"]
    assert size["MaxMessageCount"] == 100
    assert size["PreferredMaxBytes"] == 2 * 1024 * 1024
    assert size["AbsoluteMaxBytes"] == 8 * 1024 * 1024
    assert profile["Orderer"]["BatchTimeout"] == "250ms"


def test_raft_has_one_consenter_per_organisation(tmp_path):
    topology = Topology(directory=tmp_path, base_port=20000, consensus=Consensus.RAFT)
    profile = channel_settings(topology)["Profiles"][PROFILE]
    assert profile["Capabilities"] == {"V2_0": True}
    assert profile["Orderer"]["OrdererType"] == "etcdraft"
    raft = profile["Orderer"]["EtcdRaft"]
    assert [one["Port"] for one in raft["Consenters"]] == [20003, 20013, 20023, 20033]
    assert raft["Options"]["TickInterval"] == "200ms"
    # Else an orderer that restarts on a longer log locks up (`network.channel` says why).
    size = profile["Orderer"]["BatchSize"]["PreferredMaxBytes"]
    assert 0 < raft["Options"]["SnapshotIntervalSize"] < size


def test_bft_has_four_consenters_with_an_identity_each(tmp_path):
    topology = Topology(directory=tmp_path, base_port=20000, consensus=Consensus.BFT)
    profile = channel_settings(topology)["Profiles"][PROFILE]
    assert profile["Capabilities"] == {"V3_0": True}
    assert profile["Orderer"]["OrdererType"] == "BFT"
    consenters = profile["Orderer"]["ConsenterMapping"]
    assert [one["ID"] for one in consenters] == [1, 2, 3, 4]
    assert [one["MSPID"] for one in consenters] == [one.msp_id for one in ORGANISATIONS]
    assert len({one["Identity"] for one in consenters}) == 4
    bft = profile["Orderer"]["SmartBFT"]
    assert bft["RequestForwardTimeout"] == "2000ms"
    assert bft["RequestComplainTimeout"] == "5000ms"
    assert bft["ViewChangeTimeout"] == "10000ms"
