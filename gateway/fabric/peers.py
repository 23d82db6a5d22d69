"""Connections to peers, in order, and calls that fall over from one to the next.

Reads go to the own organisation's peers and to no others. Calls that carry a transaction may go
through any peer, the own first: what a foreign peer could do with them, delay or drop, shows.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import grpc
import grpc.aio
from fabric_protos.gateway import gateway_pb2
from fabric_protos.peer import events_pb2
from google.protobuf.message import DecodeError
from google.rpc import status_pb2  # type: ignore[import-untyped]

from gateway.fabric.errors import (
    CommitStatusError,
    EndorseError,
    GatewayError,
    SubmitError,
)
from gateway.fabric.logs import warn
from gateway.fabric.outcome import Action, ErrorDetail, Outcome, Stage
from gateway.fabric.profile import KeyPair, PeerAddress

_LOG: Final = logging.getLogger(__name__)

# A peer that hangs is tried after the others for so long, or until it answers; one that refuses
# connections costs nothing to try. What takes longer than SLOW_S counts as hanging.
AVOID_S: Final = 30.0
SLOW_S: Final = 1.0

# Seconds between two attempts to connect, at most.
RECONNECT_S_MAX: Final = 3

# Seconds that a peer gets to connect before the next is called; the last gets its whole deadline.
# The attempt goes on meanwhile. Three round trips of a slow line have room in it.
CONNECT_S: Final = 5.0

# Seconds that a second peer gets to tell a commit status: it answers at once, if it knows one.
_ASK_AGAIN_S: Final = 2.0

_OPTIONS: Final = (
    # Fabric's own limit (internal/pkg/comm/config.go); grpc's default of 4 MiB ends the stream of
    # blocks for ever at the first larger block.
    ("grpc.max_receive_message_length", 100 * 1024 * 1024),
    ("grpc.max_send_message_length", 100 * 1024 * 1024),
    # Peers hang up on a client that pings more often than every 60 s (core.yaml,
    # peer.keepalive.minInterval); the rest is allowance. 0: also on an idle stream of blocks.
    ("grpc.keepalive_time_ms", 90_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # A connection of one's own: grpc would share one with whoever else in this process calls that
    # address, or has, and with it the pause after a failure that was not ours.
    ("grpc.use_local_subchannel_pool", 1),
    # A restarted peer is found again within seconds; grpc's default waits up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", RECONNECT_S_MAX * 1000),
    # No pause, whatever its name: how long one attempt to connect may take, TLS and all.
    # Source: grpc, doc/connection-backoff.md, MIN_CONNECT_TIMEOUT.
    ("grpc.min_reconnect_backoff_ms", 20_000),
)

# fabric-protos `gateway/gateway.proto`, `peer/events.proto`
_UNARY: Final = {
    Stage.EVALUATE: ("/gateway.Gateway/Evaluate", gateway_pb2.EvaluateResponse),
    Stage.ENDORSE: ("/gateway.Gateway/Endorse", gateway_pb2.EndorseResponse),
    Stage.SUBMIT: ("/gateway.Gateway/Submit", gateway_pb2.SubmitResponse),
    Stage.COMMIT_STATUS: ("/gateway.Gateway/CommitStatus", gateway_pb2.CommitStatusResponse),
}
_UNDECIDED: Final = frozenset({grpc.ChannelConnectivity.IDLE, grpc.ChannelConnectivity.CONNECTING})

DELIVER: Final = "/protos.Deliver/Deliver"
DELIVER_FILTERED: Final = "/protos.Deliver/DeliverFiltered"

_NOT_OF_OTHERS: Final = frozenset(
    {
        Outcome.UNREACHABLE,
        Outcome.NOT_FOUND,
        Outcome.INFRASTRUCTURE,
        Outcome.TOO_SLOW,
        Outcome.NO_ENDORSERS,
    }
)
# Failures of one peer that another may not have. An overloaded peer is not among them: its load
# would only fall on others.
_FALL_OVER: Final = {
    Stage.EVALUATE: _NOT_OF_OTHERS | {Outcome.TIMED_OUT},
    # Not TIMED_OUT: the proposal may still run, and a peer refuses one that it is running.
    Stage.ENDORSE: _NOT_OF_OTHERS,
    Stage.SUBMIT: frozenset({Outcome.UNANSWERED, Outcome.NO_ORDERERS}),
    Stage.COMMIT_STATUS: frozenset({Outcome.UNANSWERED}),
}

_ERRORS: Final[dict[Stage, type[GatewayError]]] = {
    Stage.ENDORSE: EndorseError,
    Stage.SUBMIT: SubmitError,
    Stage.COMMIT_STATUS: CommitStatusError,
}


def error_class(stage: Stage) -> type[GatewayError]:
    """Return the leaf of the error tree that belongs to a stage."""
    return _ERRORS.get(stage, GatewayError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds that one call to one peer may take.

    Above the peers' own limits (an endorsement 6 s, a broadcast 3 s to each orderer), so that
    their more telling answer comes first. A commit status has no such limit: what a leader of the
    orderers took along when it died never commits, so asking is ended early, and the same envelope
    submitted again.
    """

    evaluate_s: float = 5.0
    endorse_s: float = 15.0
    submit_s: float = 10.0
    commit_status_s: float = 5.0


class Peer:
    """An open connection to one peer."""

    def __init__(self, address: PeerAddress, *, tls_client: KeyPair | None) -> None:
        self.address = address.address
        self.msp_id = address.msp_id
        self.avoided_until = 0.0
        self._channel = _open_channel(address, tls_client)
        self._unary = {
            stage: self._channel.unary_unary(
                path, request_serializer=_serialize, response_deserializer=response.FromString
            )
            for stage, (path, response) in _UNARY.items()
        }

    @property
    def is_connected(self) -> bool:
        """Whether a connection stands: the peer has answered, TLS and all."""
        return self._channel.get_state() is grpc.ChannelConnectivity.READY

    async def connect(self, stage: Stage, *, within_s: float) -> None:
        """Wait until a connection stands or an attempt to make one has failed.

        Raises:
            GatewayError: Neither happened in time; the attempt goes on.
        """
        try:
            async with asyncio.timeout(within_s):
                while (state := self._channel.get_state(try_to_connect=True)) in _UNDECIDED:
                    await self._channel.wait_for_state_change(state)
        except TimeoutError as error:
            raise error_class(stage)(
                stage,
                grpc.StatusCode.UNAVAILABLE,
                f"no connection within {within_s:g} s",
                address=self.address,
            ) from error

    async def call(self, stage: Stage, request: object, *, deadline_s: float, tx_id: str) -> Any:  # noqa: ANN401 - a message without stubs
        """Call a method of the Gateway service.

        Raises:
            GatewayError: The leaf that belongs to the stage.
        """
        try:
            return await self._unary[stage](request, timeout=deadline_s)
        except grpc.aio.AioRpcError as failure:
            raise self.error(stage, failure, tx_id=tx_id) from failure

    def deliver(self, path: str, *, deadline_s: float | None) -> Any:  # noqa: ANN401 - grpc's stubs lack the aio call
        """Open a stream of blocks: write one signed seek request, then read responses."""
        method = self._channel.stream_stream(
            path,
            request_serializer=_serialize,
            response_deserializer=events_pb2.DeliverResponse.FromString,
        )
        return method(timeout=deadline_s)

    def error(
        self, stage: Stage, failure: grpc.aio.AioRpcError, *, tx_id: str = ""
    ) -> GatewayError:
        """Return a failed call as the library's own error."""
        return error_class(stage)(
            stage,
            failure.code(),
            failure.details() or "",
            details=_details(failure),
            address=self.address,
            tx_id=tx_id,
        )

    async def close(self) -> None:
        """Hang up; calls under way are cancelled."""
        await self._channel.close()


class Peers:
    """All peers that a client may speak to, in the order in which they are tried.

    Opens the connections, and owns them until `close`.
    """

    def __init__(
        self,
        addresses: Sequence[PeerAddress],
        *,
        own_msp_id: str,
        deadlines: Deadlines,
        tls_client: KeyPair | None = None,
    ) -> None:
        self._own_msp_id = own_msp_id
        self._closed = asyncio.Event()
        self._deadlines = {
            Stage.EVALUATE: deadlines.evaluate_s,
            Stage.ENDORSE: deadlines.endorse_s,
            Stage.SUBMIT: deadlines.submit_s,
            Stage.COMMIT_STATUS: deadlines.commit_status_s,
        }
        ordered = sorted(addresses, key=lambda address: address.msp_id != own_msp_id)
        self._all = [Peer(address, tls_client=tls_client) for address in ordered]

    def deadline_s(self, stage: Stage) -> float:
        """Return how many seconds a call may take."""
        return self._deadlines[stage]

    def in_order(self, *, own_only: bool) -> list[Peer]:
        """Return the peers as they are to be tried now: those that hung come last."""
        now = asyncio.get_running_loop().time()
        return sorted(
            (peer for peer in self._all if not own_only or peer.msp_id == self._own_msp_id),
            key=lambda peer: peer.avoided_until > now,
        )

    async def call(
        self, stage: Stage, request: object, *, tx_id: str, own_only: bool = False
    ) -> tuple[Any, Peer]:
        """Call the first peer that answers, and return its answer and which peer it was.

        Args:
            stage: What to call. `EVALUATE` never leaves the own organisation.
            request: The message.
            tx_id: For errors and logs.
            own_only: Whether to stay within the own organisation.

        Raises:
            GatewayError: The leaf that belongs to the stage. If any peer's answer leaves open
                whether the transaction was ordered, it is that one; else the one that settled
                it; else the first peer's.
        """
        failures: list[GatewayError] = []
        deadline_s = self._deadlines[stage]
        peers = self.in_order(own_only=own_only or stage is Stage.EVALUATE)
        for peer in peers:
            started = asyncio.get_running_loop().time()
            try:
                if peer is not peers[-1]:
                    await self.connect(peer, stage, within_s=min(CONNECT_S, deadline_s))
                response = await self._call(peer, stage, request, deadline_s, tx_id)
            except GatewayError as failure:
                failures.append(failure)
                self._note(peer, failure, started)
                if failure.outcome not in _FALL_OVER[stage]:
                    break
                if stage is Stage.COMMIT_STATUS and _is_deadline(failure):
                    deadline_s = min(deadline_s, _ASK_AGAIN_S)
            else:
                peer.avoided_until = 0.0
                return response, peer
        raise _worst(stage, failures)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed.is_set()

    def raise_if_closed(self, stage: Stage) -> None:
        """Refuse to go on after `close`.

        To be asked before a call, and where one ends by `CancelledError`: that is how grpc ends
        calls under way when their channel is closed, although nobody cancelled the task.

        Raises:
            GatewayError: `close` was called, and the current task is not being cancelled.
        """
        task = asyncio.current_task()
        if self.closed and not (task is not None and task.cancelling()):
            raise error_class(stage)(stage, grpc.StatusCode.CANCELLED, "the gateway is closed")

    async def connect(self, peer: Peer, stage: Stage, *, within_s: float) -> None:
        """Wait until a peer is connected, or has refused to.

        Raises:
            GatewayError: Neither happened in time; or `close` was called.
        """
        self.raise_if_closed(stage)
        await peer.connect(stage, within_s=within_s)
        self.raise_if_closed(stage)

    async def pause(self, pause_s: float) -> None:
        """Wait so long, or until `close`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._closed.wait()

    async def close(self) -> None:
        """Hang up on every peer; calls under way end with `GatewayError`."""
        self._closed.set()
        await asyncio.gather(*(peer.close() for peer in self._all))

    async def _call(
        self, peer: Peer, stage: Stage, request: object, deadline_s: float, tx_id: str
    ) -> Any:  # noqa: ANN401 - a message without stubs
        self.raise_if_closed(stage)
        try:
            return await peer.call(stage, request, deadline_s=deadline_s, tx_id=tx_id)
        except asyncio.CancelledError:
            self.raise_if_closed(stage)
            raise

    def _note(self, peer: Peer, failure: GatewayError, started: float) -> None:
        now = asyncio.get_running_loop().time()
        warn(
            _LOG,
            "peer_call_failed",
            stage=str(failure.stage),
            address=peer.address,
            code=failure.code.name,
            outcome=str(failure.outcome),
            tx_id=failure.tx_id,
            message=failure.message,
            duration_ms=round((now - started) * 1000),
        )
        is_silent = not failure.details and (
            failure.code is grpc.StatusCode.UNAVAILABLE
            # A commit status that takes its time says that nothing was ordered yet.
            or (_is_deadline(failure) and failure.stage is not Stage.COMMIT_STATUS)
        )
        # Its chaincode hangs, and each transaction that tries holds up what it commits meanwhile.
        is_stuck = failure.outcome is Outcome.TOO_SLOW and all(
            detail.msp_id == peer.msp_id for detail in failure.details
        )
        if is_stuck or (is_silent and now - started > SLOW_S):
            peer.avoided_until = now + AVOID_S


def _is_deadline(failure: GatewayError) -> bool:
    return failure.code is grpc.StatusCode.DEADLINE_EXCEEDED


def _worst(stage: Stage, failures: list[GatewayError]) -> GatewayError:
    if not failures:
        return error_class(stage)(stage, grpc.StatusCode.UNAVAILABLE, "no peer to call")
    for failure in failures:
        if failure.outcome.action is Action.UNKNOWN:
            return failure
    return failures[0] if failures[-1].outcome in _FALL_OVER[stage] else failures[-1]


def _open_channel(address: PeerAddress, tls_client: KeyPair | None) -> grpc.aio.Channel:
    if address.tls_ca is None:
        return grpc.aio.insecure_channel(address.address, options=_OPTIONS)
    credentials = grpc.ssl_channel_credentials(
        root_certificates=address.tls_ca.read_bytes(),
        private_key=None if tls_client is None else tls_client.key.read_bytes(),
        certificate_chain=None if tls_client is None else tls_client.certificate.read_bytes(),
    )
    name = (
        () if address.tls_name is None else (("grpc.ssl_target_name_override", address.tls_name),)
    )
    return grpc.aio.secure_channel(address.address, credentials, options=(*_OPTIONS, *name))


def _serialize(message: Any) -> bytes:  # noqa: ANN401 - a message without stubs
    serialized: bytes = message.SerializeToString()
    return serialized


def _details(failure: grpc.aio.AioRpcError) -> list[ErrorDetail]:
    for key, value in failure.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            try:
                return list(_unpack(status_pb2.Status.FromString(value)))
            except DecodeError:
                warn(_LOG, "error_details_malformed", code=failure.code().name)
    return []


def _unpack(status: Any) -> Iterator[ErrorDetail]:  # noqa: ANN401 - a message without stubs
    for packed in status.details:
        detail = gateway_pb2.ErrorDetail()
        if packed.Unpack(detail):
            yield ErrorDetail(address=detail.address, msp_id=detail.msp_id, message=detail.message)
