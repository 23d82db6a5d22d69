"""One transaction's questions to the peer, one at a time.

A peer silently drops a second question of a transaction whose first it has not answered (fabric
v3.1.5 `core/chaincode/handler.go`, `registerTxid`), so a question waits for the reply to the one
before, also when whoever asked that one has given up.
"""

import asyncio
from collections.abc import Callable

from fabric_protos.peer.chaincode_shim_pb2 import ChaincodeMessage

from chaincode.shim.errors import PeerError, TransactionOverError


class Conversation:
    """Asks the peer on behalf of one transaction.

    Attributes:
        failure: The first thing the peer refused or got wrong; empty while all is well.
    """

    __slots__ = (
        "_channel_id",
        "_is_over",
        "_lock",
        "_owed",
        "_reply",
        "_send",
        "_tx_id",
        "failure",
    )

    def __init__(self, send: Callable[[bytes], None], *, channel_id: str, tx_id: str) -> None:
        """Ask through `send`, which must not block."""
        self._send = send
        self._channel_id = channel_id
        self._tx_id = tx_id
        self._lock = asyncio.Lock()
        self._reply: asyncio.Future[ChaincodeMessage] | None = None
        self._owed: asyncio.Future[None] | None = None
        self._is_over = False
        self.failure = ""

    @property
    def is_owed(self) -> bool:
        """Whether the peer still has to answer a question."""
        return self._reply is not None

    async def ask(self, kind: int, payload: bytes) -> bytes:
        """Send one message of `kind` and return the payload of the peer's RESPONSE.

        Raises:
            PeerError: The peer answered ERROR, or something else altogether.
            TransactionOverError: The transaction has been answered already.
        """
        async with self._lock:
            if self._owed is not None:
                await asyncio.shield(self._owed)
            if self._is_over:
                raise TransactionOverError(self._tx_id)
            message = ChaincodeMessage(
                type=kind, payload=payload, txid=self._tx_id, channel_id=self._channel_id
            )
            self._send(message.SerializeToString())
            answer = await self._next_reply()
        if answer.type == ChaincodeMessage.RESPONSE:
            content: bytes = answer.payload
            return content
        raise self.fail(answer.payload.decode(errors="replace") or "the peer answered ERROR")

    async def _next_reply(self) -> ChaincodeMessage:
        loop = asyncio.get_running_loop()
        self._reply = reply = loop.create_future()
        try:
            return await reply
        except asyncio.CancelledError:
            if self._reply is reply:  # not delivered yet
                self._owed = loop.create_future()
            raise

    def deliver(self, message: ChaincodeMessage) -> bool:
        """Hand over the peer's RESPONSE or ERROR; return whether a question waited for it."""
        reply, self._reply = self._reply, None
        if reply is None:
            return False
        if self._owed is not None:
            self._owed.set_result(None)
            self._owed = None
        elif not reply.done():
            reply.set_result(message)
        return True

    def fail(self, reason: str) -> PeerError:
        """Note that the peer failed this transaction; return the error to raise."""
        self.failure = self.failure or reason
        return PeerError(reason)

    def close(self) -> None:
        """Ask nothing any more: the transaction has its answer."""
        self._is_over = True
