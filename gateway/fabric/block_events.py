"""The stream of blocks from a checkpoint: reconnects by itself, and checks every link.

Blocks come from the own organisation's peers alone: which transactions are valid is a peer's
word, not signed by the orderers.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import grpc
import grpc.aio
import structlog
from fabric_protos.common import common_pb2
from fabric_protos.orderer import ab_pb2

from gateway.fabric.blocks import Block, parse_block
from gateway.fabric.client import Client
from gateway.fabric.errors import BlockError, GatewayError
from gateway.fabric.outcome import Action, Stage
from gateway.fabric.peers import DELIVER, DELIVER_FILTERED, Peer

log = structlog.get_logger(__name__)

# common/common.proto, `Status`, and what a unary call would have said.
_STATUS_CODES: Final = {
    common_pb2.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    common_pb2.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    common_pb2.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    common_pb2.SERVICE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
}

_PAUSE_S_MIN: Final = 0.1
_PAUSE_S_MAX: Final = 3.0

# A stream that lasts so long was connected, even if no block came meanwhile.
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
        GatewayError: No peer delivered for `patience_s`, or the peers refuse.
        BlockError: A block is malformed or does not follow the one before it.
        IdentityError: The identity has expired.
    """
    follower = _Chain(next_number=start, previous_hash=previous_hash)
    pause_s = _PAUSE_S_MIN
    failing_since: float | None = None
    while True:
        client.identity.check_not_expired()
        started = time.monotonic()
        failure: GatewayError | None = None
        for peer in client.peers.in_order(own_only=True):
            envelope = _seek_envelope(client, channel, _from(follower.next))
            try:
                async with aclosing(_deliver(client, peer, DELIVER, envelope)) as responses:
                    async for response in responses:
                        failing_since, pause_s = None, _PAUSE_S_MIN
                        yield follower.follow(parse_block(response.block))
            except GatewayError as error:
                if error.outcome.action is Action.FINAL or client.peers.closed:
                    raise
                failure = error
                log.warning(
                    "block_stream_broken",
                    address=peer.address,
                    next_block=follower.next,
                    code=error.code.name,
                    message=error.message,
                )
        now = time.monotonic()
        if failing_since is None or now - started > _CONNECTED_S:
            failing_since = now
        if failure is not None and now - failing_since >= patience_s:
            raise failure
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _PAUSE_S_MAX)


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
            envelope = _seek_envelope(client, channel, seek)
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


def _seek_envelope(client: Client, channel: str, seek: ab_pb2.SeekInfo) -> common_pb2.Envelope:
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
    return common_pb2.Envelope(payload=payload, signature=client.signer(payload))


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
