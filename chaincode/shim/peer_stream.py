"""One peer's connection: handshake, one reader, one writer, dispatch.

    chaincode → peer   REGISTER
    peer → chaincode   REGISTERED, READY (what it can do), then any number of TRANSACTION
    chaincode → peer   questions of running transactions, one COMPLETED for each TRANSACTION
    peer → chaincode   RESPONSE or ERROR to each question

Transactions interleave freely. Only the writer task writes: a grpc.aio stream loses messages when
two tasks write to it. Everybody else queues, which never blocks and survives cancellation.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import TypeAlias

import grpc
import structlog
from fabric_protos.peer.chaincode_pb2 import ChaincodeID
from fabric_protos.peer.chaincode_shim_pb2 import ChaincodeMessage
from google.protobuf.message import DecodeError

from chaincode.base.stub import Contract, Response
from chaincode.shim.config import Config
from chaincode.shim.peer_stub import Offer
from chaincode.shim.proposal import ProposalError, read_call
from chaincode.shim.refusals import Refusal
from chaincode.shim.transaction import Line, Transaction, completed

_log = structlog.get_logger(__name__)

Context: TypeAlias = grpc.aio.ServicerContext[bytes, bytes]
Deadlines: TypeAlias = dict[asyncio.Task[None], float]

QUEUE_MAX = 10_000
"""Messages waiting for a peer that does not read; beyond it, nothing more is read from it."""


class PeerStream:
    """One connection, from a peer's call of Connect to its end."""

    def __init__(
        self,
        requests: AsyncIterator[bytes],
        context: Context,
        contract: Contract,
        config: Config,
        deadlines: Deadlines,
    ) -> None:
        """Serve `contract` to one peer; running tasks are entered in `deadlines`."""
        self._requests = requests
        self._context = context
        self._contract = contract
        self._config = config
        self._deadlines = deadlines
        self._line: Line | None = None
        self._running: dict[tuple[str, str], Transaction] = {}
        self._owed: dict[tuple[str, str], None] = {}
        self._queue: deque[bytes] = deque()
        self._is_queued = asyncio.Event()
        self._is_flushed = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._is_stopping = False
        self._is_closed = asyncio.Event()
        self.log = _log.bind(peer=context.peer())

    @property
    def running(self) -> int:
        """How many transactions are running."""
        return len(self._running)

    async def serve(self) -> None:
        """Talk until the peer hangs up, breaks the protocol or `drain` has finished."""
        self.log.info("peer_connected")
        registration = ChaincodeMessage(
            type=ChaincodeMessage.REGISTER,
            payload=ChaincodeID(name=self._config.package_id).SerializeToString(),
        )
        self._send(registration.SerializeToString())
        parts = [
            asyncio.create_task(part)
            for part in (self._read(), self._write(), self._is_closed.wait())
        ]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            for part in parts:
                part.cancel()
            for transaction in list(self._running.values()):
                transaction.abandon()
            self.log.info("peer_disconnected", transactions=len(self._running))

    async def drain(self, *, grace_s: float) -> None:
        """Take no more transactions, let the running ones finish, send what is queued, hang up."""
        self._is_stopping = True
        try:
            async with asyncio.timeout(grace_s):
                await self._is_idle.wait()
                await self._flush()
        except TimeoutError:
            self.log.warning("drain_timed_out", transactions=len(self._running))
        self._is_closed.set()

    # --- in ---------------------------------------------------------------------------------------

    async def _read(self) -> None:
        async for data in self._requests:
            try:
                message = ChaincodeMessage.FromString(data)
            except DecodeError:
                await self._context.abort(
                    grpc.StatusCode.INVALID_ARGUMENT, "not a ChaincodeMessage"
                )
            self._dispatch(message)
            if len(self._queue) > QUEUE_MAX:
                await self._flush()

    def _dispatch(self, message: ChaincodeMessage) -> None:
        match message.type:
            case ChaincodeMessage.RESPONSE | ChaincodeMessage.ERROR:
                self._deliver(message)
            case ChaincodeMessage.TRANSACTION | ChaincodeMessage.INIT:
                self._begin(message)
            case ChaincodeMessage.READY:
                self._become_ready(message)
            case ChaincodeMessage.KEEPALIVE:
                self._send(message.SerializeToString())
            case ChaincodeMessage.REGISTERED:
                self.log.debug("peer_registered")
            case unknown:
                self.log.warning("message_ignored", type=unknown)

    def _become_ready(self, message: ChaincodeMessage) -> None:
        offer = Offer.from_ready(message.payload)
        self._line = Line(
            send=self._send,
            offer=offer,
            answer_bytes_max=self._config.message_bytes_max,
            deadlines=self._deadlines,
            on_end=self._end,
        )
        self.log.info("peer_ready", reads_max=offer.reads_max, writes_max=offer.writes_max)

    def _deliver(self, message: ChaincodeMessage) -> None:
        key = (message.channel_id, message.txid)
        transaction = self._running.get(key)
        if transaction is not None:
            is_expected = transaction.conversation.deliver(message)
        else:
            is_expected = key in self._owed
            self._owed.pop(key, None)
        if not is_expected:
            self.log.debug("reply_dropped", tx_id=message.txid)

    def _begin(self, message: ChaincodeMessage) -> None:
        """Start a transaction, or answer it at once where it may not run."""
        key = (message.channel_id, message.txid)
        if self._is_stopping:
            self._refuse(message, Refusal.STOPPING)
        elif self._line is None:
            self._refuse(message, Refusal.NOT_READY)
        elif key in self._running or key in self._owed:
            self._refuse(message, Refusal.DUPLICATE)
        elif len(self._running) >= self._config.transactions_max:
            self._refuse(message, Refusal.BUSY)
        else:
            self._begin_call(self._line, message, key)

    def _begin_call(self, line: Line, message: ChaincodeMessage, key: tuple[str, str]) -> None:
        try:
            call = read_call(message, chaincode=self._config.chaincode)
        except ProposalError as error:
            self.log.warning("proposal_refused", tx_id=message.txid, reason=str(error))
            self._refuse(message, Refusal.BAD_PROPOSAL)
            return
        if abs(self._config.clock() - call.timestamp) > self._config.clock_skew_s_max:
            self._refuse(message, Refusal.CLOCK_SKEW)
            return
        if message.type == ChaincodeMessage.INIT and not call.function:
            # A definition that requires initialisation needs nothing else of this contract.
            self._respond(message, Response(status=200))
            return
        channel_id, tx_id = key
        transaction = Transaction(line, call, channel_id=channel_id, tx_id=tx_id)
        self._running[key] = transaction
        self._is_idle.clear()
        transaction.start(self._contract, deadline_s=self._config.deadline_s)

    def _end(self, transaction: Transaction) -> None:
        key = (transaction.channel_id, transaction.tx_id)
        del self._running[key]
        if transaction.conversation.is_owed:
            # Should the peer never reply, the oldest debts are forgotten first.
            if len(self._owed) >= self._config.transactions_max:
                del self._owed[next(iter(self._owed))]
            self._owed[key] = None
        if not self._running:
            self._is_idle.set()

    # --- out --------------------------------------------------------------------------------------

    def _refuse(self, message: ChaincodeMessage, refusal: Refusal) -> None:
        self.log.warning("transaction_refused", tx_id=message.txid, code=refusal.value)
        self._respond(message, refusal.response)

    def _respond(self, message: ChaincodeMessage, response: Response) -> None:
        self._send(completed(response, channel_id=message.channel_id, tx_id=message.txid))

    def _send(self, data: bytes) -> None:
        self._queue.append(data)
        self._is_queued.set()

    async def _write(self) -> None:
        queue = self._queue
        write = self._context.write
        while True:
            await self._is_queued.wait()
            while queue:
                await write(queue[0])
                queue.popleft()
            self._is_queued.clear()
            self._is_flushed.set()

    async def _flush(self) -> None:
        while self._queue:
            self._is_flushed.clear()
            await self._is_flushed.wait()
