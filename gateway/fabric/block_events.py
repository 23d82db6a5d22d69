"""The stream of blocks from a checkpoint: reconnects by itself, and checks every link.

Blocks come from the own organisation's peers alone: which transactions are valid is a peer's
word, not signed by the orderers.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Final

import grpc
import grpc.aio
from fabric_protos.common import common_pb2
from fabric_protos.orderer import ab_pb2

from gateway.fabric.blocks import Block, parse_block
from gateway.fabric.client import Client
from gateway.fabric.errors import BlockError, GatewayError
from gateway.fabric.logs import warn
from gateway.fabric.outcome import Action, Stage
from gateway.fabric.peers import CONNECT_S, DELIVER, DELIVER_FILTERED, Peer

_LOG: Final = logging.getLogger(__name__)

# common/common.proto, `Status`, and what a unary call would have said.
_STATUS_CODES: Final = {
    common_pb2.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    common_pb2.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    common_pb2.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    common_pb2.REQUEST_ENTITY_TOO_LARGE: grpc.StatusCode.RESOURCE_EXHAUSTED,
    common_pb2.NOT_IMPLEMENTED: grpc.StatusCode.UNIMPLEMENTED,
    common_pb2.SERVICE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
}

_PAUSE_S_MIN: Final = 0.1
_PAUSE_S_MAX: Final = 3.0

# A connection that stood so long was one, even if no block came meanwhile.
_CONNECTED_S: Final = 5.0


async def block_events(
    client: Client, *, channel: str, start: int, previous_hash: bytes | None, patience_s: float
) -> AsyncGenerator[Block]:
    """Yield each block from number `start` on, then each new one, for ever.

    Args:
        client: Whose identity, and whose organisation's peers.
        channel: The channel.
        start: Number of the first block wanted.
        previous_hash: Hash of the block before it, if known: the first must repeat it.
        patience_s: How long no peer may deliver before the last failure is raised; new
            blocks need not come, a connection must.

    Raises:
        GatewayError: No peer delivered for `patience_s`, every own peer refuses for good, none
            is listed, or the gateway is closed.
        BlockError: A block is malformed or does not follow the one before it.
        IdentityError: The identity has expired.
    """
    chain = _Chain(next_number=start, previous_hash=previous_hash)
    patience = _Patience(patience_s)
    pause_s = _PAUSE_S_MIN
    while True:
        client.identity.check_not_expired()
        failures: list[GatewayError] = []
        peers = client.peers.in_order(own_only=True)
        for peer in peers:
            stream = _Stream(client, peer, is_last=peer is peers[-1])
            envelope = await _seek_envelope(client, channel, _from(chain.next))
            try:
                async with aclosing(stream.blocks(envelope, patience)) as blocks:
                    async for block in blocks:
                        yield chain.follow(block)
            except GatewayError as error:
                if client.peers.closed:
                    raise
                failures.append(error)
                _warn(error, next_block=chain.next)
            if stream.was_well:
                patience.renew()
                pause_s = _PAUSE_S_MIN
        _raise_if_final(failures)
        if patience.left_s <= 0:
            raise failures[-1]
        await client.peers.pause(pause_s)
        pause_s = min(pause_s * 2, _PAUSE_S_MAX)


def _raise_if_final(failures: Sequence[GatewayError]) -> None:
    """Give up where no own peer will ever deliver; what one of them lacks another may have."""
    if not failures:
        raise GatewayError(Stage.BLOCKS, grpc.StatusCode.UNAVAILABLE, "no peer to call")
    if all(failure.outcome.action is Action.FINAL for failure in failures):
        raise failures[0]


def _warn(failure: GatewayError, *, next_block: int) -> None:
    warn(
        _LOG,
        "block_stream_broken",
        address=failure.address,
        next_block=next_block,
        code=failure.code.name,
        message=failure.message,
    )


class _Patience:
    """How long there may be neither a block nor a connection; a slow failure does not renew it."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.renew()

    def renew(self) -> None:
        """Begin anew: all is well, or was until now."""
        self._well_at = time.monotonic()

    @property
    def left_s(self) -> float:
        return self._well_at + self.limit_s - time.monotonic()


class _Stream:
    """One attempt at one peer.

    Attributes:
        was_well: Whether it delivered a block or was a real connection: one that broke after it
            had stood for a while, or whose peer kept still for longer than the patience. A peer
            that answers, however late, but with a refusal was not well.
    """

    def __init__(self, client: Client, peer: Peer, *, is_last: bool) -> None:
        self._client = client
        self._peer = peer
        self._is_last = is_last
        self.was_well = False

    async def blocks(
        self, envelope: common_pb2.Envelope, patience: _Patience
    ) -> AsyncGenerator[Block]:
        """Yield each block that the peer delivers.

        Raises:
            GatewayError: It does not, or no longer; or `close` was called.
        """
        # At least a moment: a patience that has just run out shall end in what the peer says.
        left_s = max(patience.left_s, _PAUSE_S_MIN)
        within_s = left_s if self._is_last else min(left_s, CONNECT_S)
        await self._client.peers.connect(self._peer, Stage.BLOCKS, within_s=within_s)
        connected_at = time.monotonic() if self._peer.is_connected else None
        try:
            async with aclosing(_deliver(self._client, self._peer, DELIVER, envelope)) as responses:
                async for response in responses:
                    self.was_well = True
                    yield parse_block(response.block)
        except GatewayError:
            if connected_at is not None:
                stood_s = time.monotonic() - connected_at
                is_broken = not self._peer.is_connected
                self.was_well |= stood_s > (_CONNECTED_S if is_broken else patience.limit_s)
            raise


async def height(client: Client, *, channel: str) -> int:
    """Return the number of blocks that an own peer has, within the deadline of an evaluation.

    Raises:
        GatewayError: No own peer answers.
    """
    deadline_s = client.peers.deadline_s(Stage.EVALUATE)
    newest = ab_pb2.SeekPosition(newest=ab_pb2.SeekNewest())
    seek = ab_pb2.SeekInfo(start=newest, stop=newest)
    failure = GatewayError(Stage.BLOCKS, grpc.StatusCode.UNAVAILABLE, "no peer to call")
    for peer in client.peers.in_order(own_only=True):
        try:
            envelope = await _seek_envelope(client, channel, seek)
            # The filtered form of a block is small, whatever the block.
            stream = _deliver(client, peer, DELIVER_FILTERED, envelope, deadline_s=deadline_s)
            async with aclosing(stream) as responses:
                async for response in responses:
                    number: int = response.filtered_block.number
                    return number + 1
        except GatewayError as error:
            failure = error
    raise failure


class _Chain:
    """Where a reader stands in the chain."""

    def __init__(self, *, next_number: int, previous_hash: bytes | None) -> None:
        self.next = next_number
        self._hash = previous_hash

    def follow(self, block: Block) -> Block:
        """Return the block, if it is the next.

        Raises:
            BlockError: It is not.
        """
        if block.number != self.next:
            raise BlockError(number=block.number, reason=f"delivered in place of {self.next}")
        if self._hash is not None and block.previous_hash != self._hash:
            raise BlockError(
                number=block.number,
                reason=f"it follows {block.previous_hash.hex()}, not {self._hash.hex()}",
            )
        self.next += 1
        self._hash = block.hash
        return block


def _from(number: int) -> ab_pb2.SeekInfo:
    return ab_pb2.SeekInfo(
        start=ab_pb2.SeekPosition(specified=ab_pb2.SeekSpecified(number=number)),
        stop=ab_pb2.SeekPosition(specified=ab_pb2.SeekSpecified(number=2**64 - 1)),
        behavior=ab_pb2.SeekInfo.BLOCK_UNTIL_READY,
    )


async def _seek_envelope(
    client: Client, channel: str, seek: ab_pb2.SeekInfo
) -> common_pb2.Envelope:
    channel_header = common_pb2.ChannelHeader(
        type=common_pb2.DELIVER_SEEK_INFO,
        channel_id=channel,
        tls_cert_hash=client.tls_cert_hash,
    )
    channel_header.timestamp.FromNanoseconds(time.time_ns())
    signature_header = common_pb2.SignatureHeader(creator=client.identity.creator)
    payload = common_pb2.Payload(
        header=common_pb2.Header(
            channel_header=channel_header.SerializeToString(),
            signature_header=signature_header.SerializeToString(),
        ),
        data=seek.SerializeToString(),
    ).SerializeToString()
    return common_pb2.Envelope(payload=payload, signature=await client.sign(payload))


async def _deliver(
    client: Client,
    peer: Peer,
    path: str,
    envelope: common_pb2.Envelope,
    *,
    deadline_s: float | None = None,
) -> AsyncGenerator[Any]:
    """Yield each response that carries a block; end by an error, as the stream never ends well."""
    client.peers.raise_if_closed(Stage.BLOCKS)
    call = peer.deliver(path, deadline_s=deadline_s)
    try:
        await call.write(envelope)
        async for response in call:
            if response.WhichOneof("Type") == "status":
                raise _refused(peer, response.status)
            yield response
        raise _refused(peer, common_pb2.SERVICE_UNAVAILABLE)
    except grpc.aio.AioRpcError as failure:
        raise peer.error(Stage.BLOCKS, failure) from failure
    except asyncio.CancelledError:
        client.peers.raise_if_closed(Stage.BLOCKS)
        raise
    finally:
        call.cancel()


def _refused(peer: Peer, status: int) -> GatewayError:
    return GatewayError(
        Stage.BLOCKS,
        _STATUS_CODES.get(status, grpc.StatusCode.INTERNAL),
        f"the delivery of blocks ended with status {common_pb2.Status.Name(status)}",
        address=peer.address,
    )
