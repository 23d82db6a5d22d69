"""One run of the contract: its deadline, and exactly one answer whatever the contract does.

While a transaction runs, the peer's commit of that channel waits (fabric v3.1.5
`lockbased_txmgr.go`, `commitRWLock`), so an answer that never comes freezes the channel for
everyone until the peer's own timeout.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from fabric_protos.peer.chaincode_shim_pb2 import ChaincodeMessage
from fabric_protos.peer.proposal_response_pb2 import Response as WireResponse

from chaincode.base.stub import Contract, Response
from chaincode.shim.conversation import Conversation
from chaincode.shim.errors import ContractStuckError
from chaincode.shim.peer_stub import Offer, PeerStub
from chaincode.shim.proposal import Call
from chaincode.shim.refusals import Refusal

_log = structlog.get_logger(__name__)


def completed(response: Response, *, channel_id: str, tx_id: str) -> bytes:
    """Encode the message that answers a transaction.

    Raises:
        TypeError, ValueError, UnicodeError: `response` is not what its type promises.
    """
    answer = WireResponse(
        status=response.status, message=response.message, payload=response.payload
    )
    message = ChaincodeMessage(
        type=ChaincodeMessage.COMPLETED,
        payload=answer.SerializeToString(),
        txid=tx_id,
        channel_id=channel_id,
    )
    encoded: bytes = message.SerializeToString()
    return encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a transaction needs of the stream that it came by.

    Attributes:
        send: Queues one encoded message for the peer.
        offer: What the peer can do.
        answer_bytes_max: Largest answer that may be sent.
        deadlines: Of each task that is within the contract, by `time.monotonic`: for the watchdog.
        on_end: Called once, when the contract has returned or was stopped.
    """

    send: Callable[[bytes], None]
    offer: Offer
    answer_bytes_max: int
    deadlines: dict[asyncio.Task[None], float]
    on_end: Callable[["Transaction"], None]


class Transaction:
    """One call of the contract, from its message to its answer."""

    __slots__ = (
        "_deadline",
        "_line",
        "_task",
        "_timer",
        "call",
        "channel_id",
        "conversation",
        "is_answered",
        "tx_id",
    )

    def __init__(self, line: Line, call: Call, *, channel_id: str, tx_id: str) -> None:
        """Prepare; `start` runs it."""
        self._line = line
        self.call = call
        self.channel_id = channel_id
        self.tx_id = tx_id
        self.is_answered = False
        self.conversation = Conversation(line.send, channel_id=channel_id, tx_id=tx_id)
        self._deadline = 0.0
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self, contract: Contract, *, deadline_s: float) -> None:
        """Run `contract` in a task of its own; at the deadline answer in its place."""
        loop = asyncio.get_running_loop()
        self._deadline = time.monotonic() + deadline_s
        self._timer = loop.call_later(deadline_s, self._expire)
        self._task = loop.create_task(self._run(contract))
        self._task.add_done_callback(self._end)

    def abandon(self) -> None:
        """Stop without an answer: the peer is gone."""
        self.is_answered = True
        self._stop()

    async def _run(self, contract: Contract) -> None:
        """Call the contract and answer. `BaseException` is caught on purpose: see above."""
        if time.monotonic() >= self._deadline:  # the loop lags: the peer is about to give up
            self._refuse(Refusal.DEADLINE)
            return
        try:
            response = await self._invoke(contract)
            answer = completed(response, channel_id=self.channel_id, tx_id=self.tx_id)
        except ContractStuckError:
            self._refuse(Refusal.DEADLINE)
        except BaseException:  # noqa: BLE001 - a contract may raise anything; the peer gets an answer
            self._refuse(Refusal.CONTRACT_FAILED, exc_info=True)
        else:
            if self.conversation.failure:
                self._refuse(Refusal.PEER_ERROR)
            elif len(answer) > self._line.answer_bytes_max:
                self._refuse(Refusal.CONTRACT_FAILED)
            else:
                self._answer(answer)

    async def _invoke(self, contract: Contract) -> Response:
        stub = PeerStub(self.conversation, call=self.call, offer=self._line.offer, tx_id=self.tx_id)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._line.deadlines[task] = self._deadline
        try:
            return await contract.invoke(stub, self.call.function, self.call.args)
        finally:
            self._line.deadlines.pop(task, None)

    def _expire(self) -> None:
        """At the deadline: answer, then stop whatever still runs."""
        self._refuse(Refusal.DEADLINE)
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.conversation.close()
        if self._task is not None:
            self._task.cancel()

    def _refuse(self, refusal: Refusal, *, exc_info: bool = False) -> None:
        if self.is_answered:
            return
        if self.conversation.failure:
            refusal = Refusal.PEER_ERROR
        _log.warning(
            "transaction_refused",
            tx_id=self.tx_id,
            code=refusal.value,
            peer_said=self.conversation.failure,
            exc_info=exc_info,
        )
        self._answer(completed(refusal.response, channel_id=self.channel_id, tx_id=self.tx_id))

    def _answer(self, answer: bytes) -> None:
        """Send the answer unless there has been one: a late one is dropped."""
        if self.is_answered:
            return
        self.is_answered = True
        self.conversation.close()
        self._line.send(answer)

    def _end(self, task: asyncio.Task[None]) -> None:
        """When the task is done. One cancelled before its first step has answered nothing."""
        self._refuse(Refusal.CONTRACT_FAILED)
        if self._timer is not None:
            self._timer.cancel()
        self._line.deadlines.pop(task, None)
        self._line.on_end(self)
