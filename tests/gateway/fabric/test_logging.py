"""What the client logs is the host program's to show: unasked, it writes nowhere."""

import json
import logging
import subprocess
import sys

import pytest
import structlog
from grpc import StatusCode

from gateway.fabric import GatewayError, Stage
from gateway.running.logs import configure_logs
from gateway.settings import LogLevel
from tests.gateway.fabric.fake_peer import Failure

pytestmark = pytest.mark.timeout(60)

HOST = """
import asyncio, sys
from gateway.fabric import Gateway, GatewayError
from gateway.fabric import PeerAddress
from tests.gateway.fabric.members import OWN, member
{configuration}

async def main():
    identity, signer = member()
    address = PeerAddress(address="127.0.0.1:1", msp_id=OWN)
    async with Gateway(identity=identity, signer=signer, peers=[address]) as gateway:
        network = gateway.network("minori")
        for ask in (
            network.contract("minori").evaluate_transaction("query"),
            anext(network.block_events(0, patience_s=0.2)),
        ):
            try:
                await ask
            except GatewayError:
                pass

asyncio.run(main())
"""


def run_host(configuration: str) -> subprocess.CompletedProcess:
    program = HOST.format(configuration=configuration)
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=50
    )


def test_an_unasked_library_writes_nothing():
    ran = run_host("")
    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_host_that_configures_logging_is_told():
    ran = run_host("import logging; logging.basicConfig(level=logging.INFO)")
    assert ran.stdout == ""
    assert "peer_call_failed stage=evaluate address=127.0.0.1:1 code=UNAVAILABLE" in ran.stderr
    assert "block_stream_broken" in ran.stderr


@pytest.fixture(autouse=True)
def _restore():
    yield
    structlog.reset_defaults()
    logging.getLogger("gateway").handlers.clear()
    logging.getLogger("gateway").setLevel(logging.NOTSET)


async def test_in_the_gateway_it_is_a_line_of_the_one_log(contract, own, capsys):
    configure_logs(LogLevel.INFO)
    own.script[Stage.EVALUATE] = [Failure(StatusCode.ABORTED, "odd", raw_details=b"\xff")]
    with pytest.raises(GatewayError) as caught:
        await contract.evaluate_transaction("query", [b"lot/1"])
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first["event"] == "error_details_malformed"
    assert {
        "event": "peer_call_failed",
        "level": "warning",
        "stage": "evaluate",
        "tx_id": caught.value.tx_id,
        "message": "odd",
    }.items() <= second.items()
