"""One chaincode process: any number of peers dial in, each with a stream of its own.

    server = Server(contract, Config(package_id="minori:abc…", address="0.0.0.0:9999"))
    await server.start()
    …
    await server.stop()

or `await serve(contract, config)`, which does that until SIGTERM or SIGINT.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Self

import grpc
import structlog

from chaincode.base.stub import Contract
from chaincode.shim.config import Config, split_address
from chaincode.shim.health import Health
from chaincode.shim.peer_stream import Context, Deadlines, PeerStream
from chaincode.shim.watchdog import Watchdog

_log = structlog.get_logger(__name__)


class Server:
    """Serves one contract. Use it as an async context manager, or call `start` and `stop`.

    Attributes:
        port: Where peers dial, once started.
        health_port: Where health is answered, once started; 0 for nowhere.
    """

    def __init__(self, contract: Contract, config: Config) -> None:
        """Serve `contract` as `config` says, from `start` on."""
        self._contract = contract
        self._config = config
        self._deadlines: Deadlines = {}
        self._streams: set[PeerStream] = set()
        self._is_stopping = False
        self._server: grpc.aio.Server | None = None
        self._watchdog: Watchdog | None = None
        self._health = Health(self._figures)
        self.port = 0
        self.health_port = 0

    async def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: The address cannot be bound, or the TLS material is unusable.
            ValueError: This is not the main thread.
        """
        self._server = server = grpc.aio.server(
            options=_options(self._config), maximum_concurrent_rpcs=self._config.streams_max
        )
        connect: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(
            self._connect
        )
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("protos.Chaincode", {"Connect": connect}),)
        )
        self.port = _bind(server, self._config)
        await server.start()
        self._watchdog = Watchdog(self._deadlines)
        self._watchdog.start()
        if self._config.health_address is not None:
            self.health_port = await self._health.start(*split_address(self._config.health_address))
        _log.info("server_started", port=self.port, health_port=self.health_port)

    async def stop(self) -> None:
        """Take nothing new, let running transactions finish for `stop_grace_s`, hang up."""
        self._is_stopping = True
        grace_s = self._config.stop_grace_s
        await asyncio.gather(*(stream.drain(grace_s=grace_s) for stream in self._streams))
        if self._server is not None:
            await self._server.stop(grace=1.0)
        if self._watchdog is not None:
            self._watchdog.stop()
        await self._health.stop()
        _log.info("server_stopped")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _connect(self, requests: AsyncIterator[bytes], context: Context) -> None:
        if self._is_stopping:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "stopping")
        stream = PeerStream(requests, context, self._contract, self._config, self._deadlines)
        self._streams.add(stream)
        try:
            await stream.serve()
        finally:
            self._streams.discard(stream)

    @property
    def peers(self) -> int:
        """How many peers are connected."""
        return len(self._streams)

    @property
    def running(self) -> int:
        """How many transactions are running, for all peers together."""
        return sum(stream.running for stream in self._streams)

    def _figures(self) -> dict[str, str | int]:
        return {
            "status": "stopping" if self._is_stopping else "serving",
            "peers": self.peers,
            "transactions": self.running,
        }


async def serve(contract: Contract, config: Config) -> None:
    """Serve `contract` until SIGTERM or SIGINT, then stop cleanly. Main thread only."""
    loop = asyncio.get_running_loop()
    is_told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, is_told.set)
    try:
        async with Server(contract, config):
            await is_told.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _bind(server: grpc.aio.Server, config: Config) -> int:
    if config.tls is None:
        return server.add_insecure_port(config.address)
    credentials = grpc.ssl_server_credentials(
        [(config.tls.key, config.tls.certificate)],
        root_certificates=config.tls.client_ca,
        require_client_auth=True,
    )
    return server.add_secure_port(config.address, credentials)


def _options(config: Config) -> list[tuple[str, int]]:
    return [
        ("grpc.max_send_message_length", config.message_bytes_max),
        ("grpc.max_receive_message_length", config.message_bytes_max),
        # This key, not `…min_recv_ping_interval…`, is the one that a server obeys.
        ("grpc.http2.min_ping_interval_without_data_ms", config.ping_interval_ms_min),
        ("grpc.keepalive_time_ms", config.silence_ms),
        # This key, not `grpc.keepalive_timeout_ms`, is the one that a server obeys.
        ("grpc.http2.ping_timeout_ms", config.answer_ms),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        # A second process on the same port is an error, not a share of the connections.
        ("grpc.so_reuseport", 0),
    ]
