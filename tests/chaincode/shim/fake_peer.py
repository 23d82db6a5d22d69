"""A peer as the shim meets it: the client side of Connect, over a real gRPC connection.

It keeps Fabric's rules where the shim depends on them: a second question of a transaction whose
first is unanswered is dropped in silence (and noted in `violations`), a transaction that has been
answered has no ledger context any more, and values are an empty string where there is no key.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Self

import grpc
from fabric_protos.common import common_pb2
from fabric_protos.msp import identities_pb2
from fabric_protos.peer import chaincode_pb2, chaincode_shim_pb2, proposal_pb2
from fabric_protos.peer.chaincode_shim_pb2 import ChaincodeMessage
from fabric_protos.peer.proposal_response_pb2 import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CHANNEL = "town"
CHAINCODE = "minori"
PACKAGE_ID = "minori:0123"
MSP_ID = "CoopMSP"
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nnot read here\n-----END CERTIFICATE-----\n"
MESSAGE_OPTIONS = [
    ("grpc.max_send_message_length", 100 * 1024 * 1024),
    ("grpc.max_receive_message_length", 100 * 1024 * 1024),
    ("grpc.use_local_subchannel_pool", 1),  # a TCP connection of one's own
]

_numbers = count()


def identity(msp_id: str = MSP_ID, certificate: bytes = CERTIFICATE) -> bytes:
    return identities_pb2.SerializedIdentity(mspid=msp_id, id_bytes=certificate).SerializeToString()


def transaction_message(
    *args: bytes,
    channel_id: str = CHANNEL,
    timestamp: float | None = None,
    creator: bytes | None = None,
    nonce: bytes | None = None,
    kind: int = ChaincodeMessage.TRANSACTION,
    proposed: str = CHAINCODE,
    signed: Sequence[bytes] | None = None,
) -> ChaincodeMessage:
    """Return what a peer sends for one proposal; `nonce` decides the transaction id.

    Args:
        args: What the chaincode is called with.
        channel_id, timestamp, creator, nonce, kind: Of the proposal.
        proposed: The chaincode that the proposal is for.
        signed: The arguments in it, if others.
    """
    creator = identity() if creator is None else creator
    nonce = f"nonce {next(_numbers)}".encode() if nonce is None else nonce
    tx_id = sha256(nonce + creator).hexdigest()
    channel = common_pb2.ChannelHeader(
        type=common_pb2.ENDORSER_TRANSACTION,
        channel_id=channel_id,
        tx_id=tx_id,
        extension=proposal_pb2.ChaincodeHeaderExtension(
            chaincode_id=chaincode_pb2.ChaincodeID(name=proposed)
        ).SerializeToString(),
    )
    channel.timestamp.seconds = int(time.time() if timestamp is None else timestamp)
    signature = common_pb2.SignatureHeader(creator=creator, nonce=nonce)
    header = common_pb2.Header(
        channel_header=channel.SerializeToString(), signature_header=signature.SerializeToString()
    )
    spec = chaincode_pb2.ChaincodeSpec(
        chaincode_id=chaincode_pb2.ChaincodeID(name=proposed),
        input=chaincode_pb2.ChaincodeInput(args=args if signed is None else signed),
    )
    proposal = proposal_pb2.Proposal(
        header=header.SerializeToString(),
        payload=proposal_pb2.ChaincodeProposalPayload(
            input=chaincode_pb2.ChaincodeInvocationSpec(chaincode_spec=spec).SerializeToString()
        ).SerializeToString(),
    )
    return ChaincodeMessage(
        type=kind,
        channel_id=channel_id,
        txid=tx_id,
        payload=chaincode_pb2.ChaincodeInput(args=args).SerializeToString(),
        proposal=proposal_pb2.SignedProposal(proposal_bytes=proposal.SerializeToString()),
    )


class FakePeer:
    """One connection to a chaincode server.

    Attributes:
        state: What reads find; writes go to `writes`, in the order of their arrival.
        reads_max, writes_max: What READY offers; 0 offers nothing.
        before_reply: Awaited before each reply; may raise `PeerRefusalError` to answer ERROR.
        answer_many: How to answer a multi-key read; a test replaces it to answer short.
        kinds: How many messages of each type the chaincode sent.
        strays: Answers to transactions that were not waiting for one.
    """

    def __init__(
        self,
        port: int,
        *,
        reads_max: int = 0,
        writes_max: int = 0,
        credentials: grpc.ChannelCredentials | None = None,
        options: list[tuple[str, int]] | None = None,
    ) -> None:
        address = f"localhost:{port}"
        options = [*MESSAGE_OPTIONS, *(options or [])]
        self.channel = (
            grpc.aio.insecure_channel(address, options)
            if credentials is None
            else grpc.aio.secure_channel(address, credentials, options)
        )
        self.reads_max = reads_max
        self.writes_max = writes_max
        self.state: dict[str, bytes] = {}
        self.writes: dict[str, list[tuple[str, bytes]]] = {}
        self.batches: list[int] = []
        self.reads: list[int] = []
        self.kinds: Counter[int] = Counter()
        self.violations: list[str] = []
        self.strays: list[ChaincodeMessage] = []
        self.package_id = ""
        self._waiting: dict[str, asyncio.Future[Response]] = {}
        self._active: set[str] = set()
        self._outgoing: asyncio.Queue[ChaincodeMessage] = asyncio.Queue()
        self._is_ready = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.before_reply: Callable[[ChaincodeMessage], Awaitable[None]] | None = None
        self.answer_many = lambda values: values

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        self.call = self.channel.stream_stream(
            "/protos.Chaincode/Connect",
            request_serializer=lambda message: (
                message if isinstance(message, bytes) else message.SerializeToString()
            ),
            response_deserializer=ChaincodeMessage.FromString,
        )()
        self._reader = asyncio.create_task(self._read())
        self._writer = asyncio.create_task(self._write())
        ready = asyncio.create_task(self._is_ready.wait())
        await asyncio.wait({ready, self._reader}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        ready.cancel()
        if not self._is_ready.is_set():
            self._writer.cancel()
            await self.channel.close()
            if self._reader.done():
                self._reader.result()
            raise ConnectionError("no registration")

    async def close(self) -> None:
        self.call.cancel()
        for task in (self._reader, self._writer, *self._tasks):
            task.cancel()
        await asyncio.gather(self._reader, self._writer, *self._tasks, return_exceptions=True)
        await self.channel.close()

    @property
    def is_connected(self) -> bool:
        return not self._reader.done()

    async def hung_up(self) -> None:
        """Return when the chaincode has ended the stream; raise what it ended with."""
        await asyncio.shield(self._reader)

    def send(self, message: ChaincodeMessage | bytes) -> None:
        self._outgoing.put_nowait(message)

    async def invoke(self, *args: bytes, within_s: float = 10.0, **how: object) -> Response:
        """Run one transaction as a peer does and return the contract's response."""
        return await self.run(transaction_message(*args, **how), within_s=within_s)

    async def run(self, message: ChaincodeMessage, *, within_s: float = 10.0) -> Response:
        answer = asyncio.get_running_loop().create_future()
        self._waiting[message.txid] = answer
        self.send(message)
        try:
            async with asyncio.timeout(within_s):
                return await answer
        finally:
            self._waiting.pop(message.txid, None)

    async def _write(self) -> None:
        while True:
            await self.call.write(await self._outgoing.get())

    async def _read(self) -> None:
        try:
            async for message in self.call:
                self.kinds[message.type] += 1
                self._handle(message)
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError("the stream ended"))

    def _handle(self, message: ChaincodeMessage) -> None:
        if message.type == ChaincodeMessage.REGISTER:
            self.package_id = chaincode_pb2.ChaincodeID.FromString(message.payload).name
            self.send(ChaincodeMessage(type=ChaincodeMessage.REGISTERED))
            self.send(self._ready())
            self._is_ready.set()
        elif message.type == ChaincodeMessage.COMPLETED:
            waiting = self._waiting.pop(message.txid, None)
            if waiting is None or waiting.done():
                self.strays.append(message)
            else:
                waiting.set_result(Response.FromString(message.payload))
        elif message.type != ChaincodeMessage.KEEPALIVE:
            self._question(message)

    def _ready(self) -> ChaincodeMessage:
        offer = chaincode_pb2.ChaincodeAdditionalParams(
            use_write_batch=self.writes_max > 0,
            max_size_write_batch=self.writes_max,
            use_get_multiple_keys=self.reads_max > 0,
            max_size_get_multiple_keys=self.reads_max,
        )
        return ChaincodeMessage(type=ChaincodeMessage.READY, payload=offer.SerializeToString())

    def _question(self, message: ChaincodeMessage) -> None:
        key = message.channel_id + message.txid
        if key in self._active:
            self.violations.append(f"a second question of {message.txid}")
            return
        self._active.add(key)
        task = asyncio.create_task(self._reply(message, key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, message: ChaincodeMessage, key: str) -> None:
        kind, content = ChaincodeMessage.RESPONSE, b""
        try:
            if self.before_reply is not None:
                await self.before_reply(message)
            if message.txid not in self._waiting:
                raise PeerRefusalError("no ledger context")
            content = self._answer(message)
        except PeerRefusalError as refusal:
            kind, content = ChaincodeMessage.ERROR, str(refusal).encode()
        self._active.discard(key)
        self.send(
            ChaincodeMessage(
                type=kind, payload=content, txid=message.txid, channel_id=message.channel_id
            )
        )

    def _answer(self, message: ChaincodeMessage) -> bytes:
        pb = chaincode_shim_pb2
        writes = self.writes.setdefault(message.txid, [])
        if message.type == ChaincodeMessage.GET_STATE:
            return self.state.get(pb.GetState.FromString(message.payload).key, b"")
        if message.type == ChaincodeMessage.GET_STATE_MULTIPLE:
            keys = pb.GetStateMultiple.FromString(message.payload).keys
            self.reads.append(len(keys))
            values = self.answer_many([self.state.get(key, b"") for key in keys])
            return pb.GetStateMultipleResult(values=values).SerializeToString()
        if message.type == ChaincodeMessage.PUT_STATE:
            put = pb.PutState.FromString(message.payload)
            writes.append((put.key, put.value))
            return b""
        if message.type == ChaincodeMessage.WRITE_BATCH_STATE:
            records = pb.WriteBatchState.FromString(message.payload).rec
            assert all(record.type == pb.WriteRecord.PUT_STATE for record in records)
            self.batches.append(len(records))
            writes.extend((record.key, record.value) for record in records)
            return b""
        raise PeerRefusalError(f"cannot handle {message.type}")


class PeerRefusalError(Exception):
    """Answer ERROR with this text."""


class SilentPeer(FakePeer):
    """A peer that answers nothing by itself and keeps what it hears: the test speaks for it."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.heard: list[ChaincodeMessage] = []

    def _handle(self, message: ChaincodeMessage) -> None:
        self.heard.append(message)
        self._is_ready.set()
