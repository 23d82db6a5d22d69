"""A real network with a plain contract: every step, repeated, interrupted, undone."""

import json
import sys
from pathlib import Path

import pytest

from network.native import Network
from network.topology import COOP, PEER_ORGANISATIONS, SHOPS, organisation
from tests.fabric_fixture import running

pytestmark = pytest.mark.fabric

PLAIN = (sys.executable, "-P", str(Path(__file__).parent / "plain_contract.py"))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with running(tmp_path_factory.mktemp("native"), chaincode_command=PLAIN) as network:
        yield network


def put(network: Network, key: str, value: str) -> None:
    network.caller.peer(
        COOP,
        *("chaincode", "invoke", "-C", "minori", "-n", "minori", "--waitForEvent"),
        *("-c", json.dumps({"Args": ["put", key, value]})),
        *network.caller.orderer_flags(COOP),
        *network.caller.peer_flags(COOP),
        *network.caller.peer_flags(SHOPS),
    )


def ask(network: Network, owner: str, *args: str) -> str:
    return network.caller.peer(
        organisation(owner),
        *("chaincode", "query", "-C", "minori", "-n", "minori"),
        *("-c", json.dumps({"Args": args})),
    ).strip()


def test_contract_answers_on_every_peer_when_up(network):
    put(network, "first", "1")
    assert ask(network, "coop", "get", "first") == "1"
    ids = {ask(network, one.name, "who") for one in PEER_ORGANISATIONS}
    assert len(ids) == 3
