"""The stream of blocks: from a checkpoint, across broken connections, and never past a bad link."""

import asyncio
from contextlib import aclosing
from itertools import pairwise

import pytest
from fabric_protos.common import common_pb2
from grpc import StatusCode

from gateway.fabric import Action, BlockError, Gateway, GatewayError, Outcome, Stage
from tests.gateway.fabric.fake_peer import HANG, Failure, FakePeer
from tests.gateway.fabric.making import configuration_envelope, make_block
from tests.gateway.fabric.members import OWN, member

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def network(gateway):
    return gateway.network("minori")


async def grow(chain, count: int) -> None:
    for _ in range(count):
        await chain.append(configuration_envelope(), codes=(0,))


async def read(events, count: int) -> list:
    blocks = []
    async with aclosing(events), asyncio.timeout(10):
        async for block in events:
            blocks.append(block)
            if len(blocks) == count:
                break
    return blocks


async def test_blocks_come_from_the_first_and_then_as_they_arrive(network, chain):
    await grow(chain, 2)
    events = network.block_events(0)
    assert [(await anext(events)).number for _ in range(3)] == [0, 1, 2]
    waiting = asyncio.create_task(anext(events))
    await asyncio.sleep(0)
    assert not waiting.done()
    await grow(chain, 1)
    assert (await waiting).number == 3
    await events.aclose()


async def test_each_block_repeats_the_hash_of_the_one_before(network, chain):
    await grow(chain, 5)
    blocks = await read(network.block_events(0), 6)
    assert all(one.hash == other.previous_hash for one, other in pairwise(blocks))
    assert blocks[0].previous_hash == b""


async def test_blocks_go_on_from_a_checkpoint(network, chain, own):
    await grow(chain, 4)
    first = await read(network.block_events(0), 3)
    rest = await read(network.block_events(3, previous_hash=first[-1].hash), 2)
    assert [block.number for block in rest] == [3, 4]
    assert own.seeks[-1].start.specified.number == 3
    assert own.seeks[-1].stop.specified.number == 2**64 - 1


async def test_a_checkpoint_of_another_chain_is_refused(network, chain):
    await grow(chain, 4)
    with pytest.raises(BlockError, match="it follows"):
        await read(network.block_events(3, previous_hash=b"\x00" * 32), 1)


async def test_blocks_never_come_from_a_foreign_peer(network, chain, own, foreign):
    await grow(chain, 1)
    await own.stop()
    with pytest.raises(GatewayError) as caught:
        await read(network.block_events(0, patience_s=0.5), 1)
    assert caught.value.outcome is Outcome.UNREACHABLE
    assert foreign.seeks == []


async def test_a_broken_stream_goes_on_where_it_stopped(network, chain, own):
    await grow(chain, 9)
    own.blocks_per_stream = 2
    blocks = await read(network.block_events(0), 10)
    assert [block.number for block in blocks] == list(range(10))
    assert [seek.start.specified.number for seek in own.seeks] == [0, 2, 4, 6, 8]


async def test_a_restarted_peer_goes_on_where_it_stopped(network, chain, own):
    await grow(chain, 1)
    events = network.block_events(0)
    assert [(await anext(events)).number for _ in range(2)] == [0, 1]
    waiting = asyncio.create_task(anext(events))
    await own.stop()
    await grow(chain, 1)
    await own.start()
    async with asyncio.timeout(10):
        assert (await waiting).number == 2
    await events.aclose()


async def test_the_second_peer_of_the_own_organisation_goes_on(chain, own):
    second = await FakePeer(OWN, chain).start()
    await grow(chain, 3)
    own.blocks_per_stream = 2
    identity, signer = member()
    peers = [own.address, second.address]
    async with Gateway(identity=identity, signer=signer, peers=peers) as gateway:
        blocks = await read(gateway.network("minori").block_events(0), 4)
    assert [block.number for block in blocks] == [0, 1, 2, 3]
    assert [seek.start.specified.number for seek in second.seeks] == [2]
    await second.stop()


def forged(block: common_pb2.Block, **header) -> common_pb2.Block:
    """Return a block that is right in itself but has another place in the chain."""
    return make_block(
        list(block.data.data),
        list(block.metadata.metadata[common_pb2.TRANSACTIONS_FILTER]),
        number=header.get("number", block.header.number),
        previous_hash=header.get("previous_hash", block.header.previous_hash),
    )


def other_data(block: common_pb2.Block) -> common_pb2.Block:
    changed = common_pb2.Block()
    changed.CopyFrom(block)
    changed.data.data[0] = b""
    return changed


LIES = {
    "a gap": (lambda block: forged(block, number=block.header.number + 1), "in place of 2"),
    "a repetition": (lambda block: forged(block, number=1), "in place of 2"),
    "another past": (lambda block: forged(block, previous_hash=b"\x00" * 32), "it follows"),
    "other data": (other_data, "do not match its header"),
}


@pytest.mark.parametrize(("lie", "reason"), LIES.values(), ids=LIES.keys())
async def test_a_block_that_does_not_follow_is_refused(network, chain, own, lie, reason):
    await grow(chain, 3)
    own.replace_block = lambda block: lie(block) if block.header.number == 2 else block
    events = network.block_events(0)
    assert [(await anext(events)).number for _ in range(2)] == [0, 1]
    with pytest.raises(BlockError, match=reason):
        await anext(events)


async def test_another_past_after_a_reconnection_is_refused(network, chain, own):
    """A peer that was restored from elsewhere tells another story about the same numbers."""
    await grow(chain, 3)
    own.blocks_per_stream = 2
    events = network.block_events(0)
    assert [(await anext(events)).number for _ in range(2)] == [0, 1]
    own.replace_block = lambda block: forged(block, previous_hash=b"\x00" * 32)
    with pytest.raises(BlockError, match="it follows"):
        await anext(events)


# What ends a stream of blocks, and whether another attempt may do better. A peer answers most by a
# status of its own, some by gRPC's code; a proxy before it by gRPC's alone.
IS_FINAL_STATUS = {
    common_pb2.UNKNOWN: False,
    common_pb2.SUCCESS: False,  # of a stream that has no end
    common_pb2.BAD_REQUEST: True,
    common_pb2.FORBIDDEN: True,
    common_pb2.NOT_FOUND: True,
    common_pb2.REQUEST_ENTITY_TOO_LARGE: True,
    common_pb2.INTERNAL_SERVER_ERROR: False,
    common_pb2.NOT_IMPLEMENTED: True,
    common_pb2.SERVICE_UNAVAILABLE: False,
}
IS_FINAL_CODE = {
    StatusCode.CANCELLED: False,
    StatusCode.UNKNOWN: False,
    StatusCode.INVALID_ARGUMENT: True,
    StatusCode.DEADLINE_EXCEEDED: False,
    StatusCode.NOT_FOUND: True,
    StatusCode.ALREADY_EXISTS: False,
    StatusCode.PERMISSION_DENIED: True,
    StatusCode.UNAUTHENTICATED: True,
    StatusCode.RESOURCE_EXHAUSTED: True,
    StatusCode.FAILED_PRECONDITION: True,
    StatusCode.ABORTED: False,
    StatusCode.UNIMPLEMENTED: True,
    StatusCode.INTERNAL: False,
    StatusCode.UNAVAILABLE: False,
    StatusCode.DATA_LOSS: False,
    StatusCode.OUT_OF_RANGE: True,
}
ENDS = {
    **{f"status {common_pb2.Status.Name(one)}": (one, end) for one, end in IS_FINAL_STATUS.items()},
    **{f"code {one.name}": (Failure(one, "odd"), end) for one, end in IS_FINAL_CODE.items()},
    "overload": (Failure(StatusCode.UNKNOWN, "exceeding concurrency limit (10)"), False),
}


def test_every_code_has_its_row():
    assert set(IS_FINAL_STATUS) == set(common_pb2.Status.values())
    assert set(IS_FINAL_CODE) == set(StatusCode) - {StatusCode.OK}


@pytest.mark.parametrize(("failure", "is_final"), ENDS.values(), ids=ENDS.keys())
async def test_a_final_failure_is_raised_at_once_and_any_other_tried_again(
    network, own, failure, is_final
):
    own.script[Stage.BLOCKS] = [failure, failure]
    if is_final:
        with pytest.raises(GatewayError) as caught:
            await read(network.block_events(0), 1)
        assert caught.value.outcome.action is Action.FINAL
        assert caught.value.address == own.address.address
    else:
        assert [block.number for block in await read(network.block_events(0), 1)] == [0]
    assert len(own.seeks) == (1 if is_final else 3)


@pytest.mark.parametrize("failure", [common_pb2.NOT_FOUND, common_pb2.FORBIDDEN])
async def test_what_one_own_peer_lacks_another_may_have(chain, own, failure):
    """A peer that was restored from yesterday's copy does not have today's block yet."""
    second = await FakePeer(OWN, chain).start()
    own.script[Stage.BLOCKS] = [failure]
    identity, signer = member()
    peers = [own.address, second.address]
    async with Gateway(identity=identity, signer=signer, peers=peers) as gateway:
        blocks = await read(gateway.network("minori").block_events(0), 1)
    assert [block.number for block in blocks] == [0]
    await second.stop()


async def test_a_block_far_beyond_the_last_is_not_waited_for(network, chain):
    await grow(chain, 2)
    with pytest.raises(GatewayError) as caught:
        await read(network.block_events(9), 1)
    assert caught.value.outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize("listed", [[], ["foreign"]])
async def test_without_a_peer_of_its_own_an_organisation_reads_no_blocks(foreign, listed):
    """It must not wait for one that is not listed: nobody will list it meanwhile."""
    identity, signer = member()
    peers = [foreign.address for _ in listed]
    async with Gateway(identity=identity, signer=signer, peers=peers) as gateway:
        network = gateway.network("minori")
        async with asyncio.timeout(2):
            with pytest.raises(GatewayError, match="no peer to call"):
                await anext(network.block_events(0))
            with pytest.raises(GatewayError, match="no peer to call"):
                await network.height()
    assert foreign.seeks == []


async def test_closing_ends_the_pause_between_attempts(network, gateway, own):
    await own.stop()
    waiting = asyncio.create_task(anext(network.block_events(0)))
    await asyncio.sleep(1.0)  # the pauses have grown
    await gateway.close()
    with pytest.raises(GatewayError):
        await asyncio.wait_for(waiting, 0.2)


async def test_after_closing_no_stream_begins(network, gateway):
    await gateway.close()
    with pytest.raises(GatewayError, match="closed"):
        await asyncio.wait_for(anext(network.block_events(0)), 1.0)


async def test_a_failure_that_lasts_is_raised(network, own):
    own.script[Stage.BLOCKS] = [common_pb2.SERVICE_UNAVAILABLE] * 1000
    with pytest.raises(GatewayError) as caught:
        await read(network.block_events(0, patience_s=0.5), 1)
    assert caught.value.code is StatusCode.UNAVAILABLE


async def test_a_block_beyond_grpcs_usual_limit_is_read(network, chain):
    """With grpc's default of 4 MiB the stream ends at this block, at every new start."""
    header = common_pb2.ChannelHeader(type=common_pb2.MESSAGE, extension=bytes(8 * 1024 * 1024))
    payload = common_pb2.Payload(
        header=common_pb2.Header(channel_header=header.SerializeToString())
    )
    envelope = common_pb2.Envelope(payload=payload.SerializeToString())
    await chain.append(envelope.SerializeToString(), codes=(0,))
    assert [block.number for block in await read(network.block_events(1), 1)] == [1]


async def test_closing_ends_a_waiting_stream_with_an_error(network, gateway):
    events = network.block_events(0)
    await anext(events)
    waiting = asyncio.create_task(anext(events))
    await asyncio.sleep(0.05)
    await gateway.close()
    with pytest.raises(GatewayError, match="closed"):
        await waiting


async def test_a_cancelled_reader_is_cancelled(network):
    events = network.block_events(0)
    await anext(events)
    waiting = asyncio.create_task(anext(events))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_height_counts_the_blocks(network, chain, own):
    assert await network.height() == 1
    await grow(chain, 4)
    assert await network.height() == 5
    assert own.seeks[-1].start.WhichOneof("Type") == "newest"


async def test_height_is_never_a_foreign_peers(network, own, foreign):
    await own.stop()
    with pytest.raises(GatewayError):
        await network.height()
    assert foreign.seeks == []


async def test_height_has_a_deadline(network, own):
    own.script[Stage.BLOCKS] = [HANG]
    with pytest.raises(GatewayError) as caught:
        await network.height()
    assert caught.value.code is StatusCode.DEADLINE_EXCEEDED
