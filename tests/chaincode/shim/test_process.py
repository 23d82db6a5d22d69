"""`python -m chaincode`: the real contract in a process of its own, as a network starts it."""

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager

import pytest

from chaincode.shim import Config, ConfigError
from tests.chaincode.shim.certificates import Authority
from tests.chaincode.shim.fake_peer import PACKAGE_ID, FakePeer

ENVIRONMENT = {"CHAINCODE_SERVER_ADDRESS": "127.0.0.1:0", "CHAINCODE_ID": PACKAGE_ID}


@asynccontextmanager
async def started(**environment):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chaincode"),
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _logged(process, event):
    async with asyncio.timeout(20):
        while line := await process.stderr.readline():
            if json.loads(line)["event"] == event:
                return json.loads(line)
    raise AssertionError(f"the process ended before {event}")


async def test_process_serves_the_contract_until_sigterm():
    async with started(**ENVIRONMENT) as process:
        port = (await _logged(process, "server_started"))["port"]
        async with FakePeer(port, reads_max=100, writes_max=100) as peer:
            assert peer.package_id == PACKAGE_ID
            answer = await peer.invoke(b"version")
            assert answer.status == 200
            assert "contract" in json.loads(answer.payload)
            process.send_signal(signal.SIGTERM)
            await peer.hung_up()
        await _logged(process, "server_stopped")
        output, _ = await process.communicate()
        assert (process.returncode, output) == (0, b"")


async def test_process_serves_the_name_that_it_is_told():
    async with started(**ENVIRONMENT, CHAINCODE_NAME="town-book") as process:
        port = (await _logged(process, "server_started"))["port"]
        async with FakePeer(port) as peer:
            assert (await peer.invoke(b"version", proposed="town-book")).status == 200
            assert (await peer.invoke(b"version")).message == "BAD_PROPOSAL"
        process.send_signal(signal.SIGTERM)
        await process.communicate()


async def test_process_logs_no_keys_nor_values():
    async with started(**ENVIRONMENT, CHAINCODE_LOG_LEVEL="info") as process:
        port = (await _logged(process, "server_started"))["port"]
        async with FakePeer(port) as peer:
            peer.state["lot/secretly"] = b'{"v":1,"grams":"sssh"}'
            assert (await peer.invoke(b"query", b"lot/secretly")).status == 200
        process.send_signal(signal.SIGTERM)
        _, log = await process.communicate()
        assert b"peer_ready" in log
        assert b"secretly" not in log
        assert b"sssh" not in log


async def test_process_reads_its_package_id_from_a_file_where_one_is_named(tmp_path):
    path = tmp_path / "package-id"
    path.write_text("minori_9:abc\n")
    config = Config.from_environment({**ENVIRONMENT, "CHAINCODE_ID_FILE": str(path)})
    assert config.package_id == "minori_9:abc"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"CHAINCODE_ID": ""}, "CHAINCODE_ID"),
        ({"CHAINCODE_ID_FILE": "/nowhere"}, "CHAINCODE_ID_FILE"),
        ({"CHAINCODE_SERVER_ADDRESS": ""}, "CHAINCODE_SERVER_ADDRESS"),
        ({"CHAINCODE_LOG_LEVEL": "loud"}, "CHAINCODE_LOG_LEVEL"),
    ],
)
async def test_process_says_what_is_wrong_with_its_environment(changed, complaint):
    async with started(**{**ENVIRONMENT, **changed}) as process:
        _, complaints = await process.communicate()
        assert process.returncode == 78
        assert complaint in complaints.decode()
        assert "Traceback" not in complaints.decode()


@pytest.mark.parametrize(
    "address", ["nowhere", ":7051", "host:", "host:x", "host:65536", "host:\uff11"]
)
def test_address_is_refused_when_it_is_not_host_and_port(address):
    with pytest.raises(ConfigError, match="host:port"):
        Config.from_environment({**ENVIRONMENT, "CHAINCODE_SERVER_ADDRESS": address})
    with pytest.raises(ConfigError, match="host:port"):
        Config.from_environment({**ENVIRONMENT, "CHAINCODE_HEALTH_ADDRESS": address})


@pytest.fixture
def tls_environment(tmp_path):
    authority = Authority("town")
    certificate, key = authority.issue("localhost")
    files = {
        "CHAINCODE_TLS_CERT_FILE": certificate,
        "CHAINCODE_TLS_KEY_FILE": key,
        "CHAINCODE_CLIENT_CA_FILE": authority.certificate,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return {**ENVIRONMENT, **{name: str(tmp_path / name) for name in files}}


def test_tls_is_off_without_a_certificate():
    assert Config.from_environment(ENVIRONMENT).tls is None


def test_tls_is_read_from_the_files(tls_environment):
    tls = Config.from_environment(tls_environment).tls
    assert b"CERTIFICATE" in tls.certificate
    assert b"PRIVATE KEY" in tls.key
    assert b"CERTIFICATE" in tls.client_ca


@pytest.mark.parametrize("name", ["CHAINCODE_TLS_KEY_FILE", "CHAINCODE_CLIENT_CA_FILE"])
@pytest.mark.parametrize("value", ["", "/nowhere/at/all"])
def test_tls_is_refused_when_half_of_it_is_missing(tls_environment, name, value):
    """Above all: a certificate without a client CA would let anybody in."""
    with pytest.raises(ConfigError, match=name):
        Config.from_environment({**tls_environment, name: value})
