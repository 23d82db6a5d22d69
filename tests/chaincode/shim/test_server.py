"""The process around the streams: TLS, pings, sizes, health, stopping."""

import asyncio
import contextlib
import json

import grpc
import pytest

from chaincode.shim import TLS, Refusal
from chaincode.shim.config import MESSAGE_BYTES_MAX
from tests.chaincode.shim.certificates import Authority
from tests.chaincode.shim.contracts import Contract
from tests.chaincode.shim.fake_peer import FakePeer
from tests.chaincode.shim.waiting import until

PINGS = [
    ("grpc.keepalive_time_ms", 1_000),  # gRPC's own minimum for a client
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
]


async def test_arguments_beyond_grpcs_own_4_mib_are_taken(peer):
    size = 6 * 1024 * 1024
    assert (await peer.invoke(b"size", b"x" * size, b"yz")).payload == str(size + 2).encode()


async def test_message_limit_is_fabrics():
    assert MESSAGE_BYTES_MAX == 104_857_600


async def test_idle_stream_is_kept_when_the_peer_pings_often(serve):
    """A twin with gRPC's default of 300 s, pinged alike, shows that these pings would end it."""
    async with (
        serve(ping_interval_ms_min=500) as ours,
        serve(ping_interval_ms_min=300_000) as twin,
        FakePeer(ours.port, options=PINGS) as peer,
        FakePeer(twin.port, options=PINGS) as unlucky,
    ):
        with pytest.raises(grpc.aio.AioRpcError, match="Too many pings"):
            async with asyncio.timeout(20):
                await unlucky.hung_up()
        assert peer.is_connected
        assert (await peer.invoke(b"echo", b"alive")).payload == b"alive"


class Cable:
    """Carries one connection to a port, until it is cut: then neither end hears of the other."""

    def __init__(self, port):
        self._port = port
        self._is_whole = asyncio.Event()
        self._is_whole.set()
        self._writers = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._is_whole.set()
        self._server.close()
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def cut(self):
        self._is_whole.clear()

    async def _connect(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, far_writer]
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader, writer):
        while data := await reader.read(65_536):
            await self._is_whole.wait()
            writer.write(data)


async def test_peer_that_vanished_without_hanging_up_leaves_its_place(serve):
    async with (
        serve(silence_ms=500, answer_ms=500) as server,
        Cable(server.port) as cable,
        FakePeer(cable.port) as peer,
        FakePeer(server.port),
    ):
        assert (await peer.invoke(b"echo", b"a")).payload == b"a"
        await asyncio.sleep(1)  # pings that are answered end nothing
        assert server.peers == 2
        cable.cut()
        await until(lambda: server.peers == 1)


@pytest.fixture(scope="module")
def authority():
    return Authority("town")


def _credentials(authority, *, client=None):
    if client is None:
        return grpc.ssl_channel_credentials(authority.certificate)
    certificate, key = client
    return grpc.ssl_channel_credentials(authority.certificate, key, certificate)


@pytest.fixture
def tls(authority):
    certificate, key = authority.issue("localhost")
    return TLS(certificate=certificate, key=key, client_ca=authority.certificate)


async def test_peer_is_served_when_it_shows_a_certificate(serve, authority, tls):
    credentials = _credentials(authority, client=authority.issue("peer"))
    async with serve(tls=tls) as server, FakePeer(server.port, credentials=credentials) as peer:
        assert (await peer.invoke(b"echo", b"a")).payload == b"a"


async def test_peer_is_refused_when_it_shows_none(serve, authority, tls):
    async with serve(tls=tls) as server:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await FakePeer(server.port, credentials=_credentials(authority)).connect()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_peer_is_refused_when_its_certificate_is_of_another_authority(serve, authority, tls):
    credentials = _credentials(authority, client=Authority("elsewhere").issue("peer"))
    async with serve(tls=tls) as server:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await FakePeer(server.port, credentials=credentials).connect()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_peer_is_refused_when_it_speaks_in_the_clear(serve, tls):
    async with serve(tls=tls) as server:
        with pytest.raises(grpc.aio.AioRpcError):
            await FakePeer(server.port).connect()


async def test_second_server_on_the_same_port_is_an_error(serve):
    async with serve() as server:
        with pytest.raises(RuntimeError):
            async with serve(address=f"127.0.0.1:{server.port}"):
                pytest.fail("two servers share a port")


async def test_stop_lets_running_transactions_finish(serve):
    contract = Contract()
    async with serve(contract) as server, FakePeer(server.port) as peer:
        slow = asyncio.create_task(peer.invoke(b"sleeps", b"0.3", b"slept"))
        await until(lambda: server.running)
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        refused = await peer.invoke(b"echo")
        assert (refused.status, refused.message) == (500, Refusal.STOPPING)
        assert (await slow).payload == b"slept"
        await stopping
        await peer.hung_up()
        with pytest.raises(grpc.aio.AioRpcError):
            await FakePeer(server.port).connect()


async def test_stop_does_not_wait_beyond_its_grace(serve):
    async with serve(deadline_s=60.0, stop_grace_s=0.2) as server, FakePeer(server.port) as peer:
        hanging = asyncio.create_task(peer.invoke(b"sleeps", b"3600"))
        await until(lambda: server.running)
        async with asyncio.timeout(3):
            await server.stop()
        with pytest.raises(ConnectionError):
            await hanging


async def _get(port, path="/health"):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


async def test_health_tells_peers_and_transactions(serve):
    async with serve(health_address="127.0.0.1:0") as server, FakePeer(server.port) as peer:
        assert await _get(server.health_port) == (
            200,
            {"status": "serving", "peers": 1, "transactions": 0},
        )
        slow = asyncio.create_task(peer.invoke(b"sleeps", b"0.3"))
        await until(lambda: server.running)
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        status, figures = await _get(server.health_port)
        assert (status, figures["status"], figures["transactions"]) == (503, "stopping", 1)
        await slow
        await stopping


async def test_health_answers_only_its_own_path(serve):
    async with serve(health_address="127.0.0.1:0") as server:
        assert (await _get(server.health_port, "/"))[0] == 404


@pytest.mark.parametrize("request_bytes", [b"", b"\r\n\r\n", b"x" * 20_000, b"\xff\xff\r\n\r\n"])
async def test_health_survives_what_is_no_http(serve, request_bytes):
    async with serve(health_address="127.0.0.1:0") as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.health_port)
        writer.write(request_bytes)
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        assert (await _get(server.health_port))[0] == 200
