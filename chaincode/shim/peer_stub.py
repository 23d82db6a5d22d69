"""What the contract sees of one transaction on a Fabric peer: `chaincode.base.stub.Stub`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fabric_protos.peer.chaincode_pb2 import ChaincodeAdditionalParams
from fabric_protos.peer.chaincode_shim_pb2 import (
    ChaincodeMessage,
    GetState,
    GetStateMultiple,
    GetStateMultipleResult,
    PutState,
    WriteBatchState,
    WriteRecord,
)
from google.protobuf.message import DecodeError

from chaincode.base.stub import Creator
from chaincode.shim.conversation import Conversation
from chaincode.shim.proposal import Call, read_creator

BATCH_BYTES_MAX = 16 * 1024 * 1024
"""A write batch is cut here, far below the message limit, which would end the whole stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a peer said in READY that it can do; 0 where it can't.

    Fabric 3.1 and later offer both, 2.5 neither: there every key is a round trip.
    """

    reads_max: int = 0
    writes_max: int = 0

    @classmethod
    def from_ready(cls, payload: bytes) -> "Offer":
        """Read the payload of READY; an unreadable one offers nothing."""
        try:
            said = ChaincodeAdditionalParams.FromString(payload)
        except DecodeError:
            return cls()
        return cls(
            reads_max=said.max_size_get_multiple_keys if said.use_get_multiple_keys else 0,
            writes_max=said.max_size_write_batch if said.use_write_batch else 0,
        )


class PeerStub:
    """One transaction on a peer. Reads and writes raise `PeerError`, never return one."""

    __slots__ = ("_call", "_conversation", "_offer", "_tx_id")

    def __init__(self, conversation: Conversation, *, call: Call, offer: Offer, tx_id: str) -> None:
        """Speak for transaction `tx_id` through its `conversation`."""
        self._conversation = conversation
        self._call = call
        self._offer = offer
        self._tx_id = tx_id

    @property
    def tx_id(self) -> str:
        """The transaction's id: 64 lower-case hexadecimal digits."""
        return self._tx_id

    @property
    def tx_timestamp(self) -> int:
        """Seconds since 1970-01-01T00:00:00Z, as the submitter proposed them."""
        return self._call.timestamp

    @property
    def creator(self) -> Creator:
        """The identity that signed the proposal; the peer has verified it.

        Raises:
            ProposalError: It is none with an MSP id and a certificate.
        """
        return read_creator(self._call.identity)

    async def get_multiple_states(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key, in the order asked; `None` where there is none.

        Raises:
            PeerError: The peer refused, or answered fewer keys than were asked.
        """
        size = self._offer.reads_max
        if size == 0:
            return [await self._read_one(key) for key in keys]
        if len(keys) <= size:
            return await self._read_many(keys) if keys else []
        values: list[bytes | None] = []
        for start in range(0, len(keys), size):
            values += await self._read_many(keys[start : start + size])
        return values

    async def put_multiple_states(self, writes: Mapping[str, bytes]) -> None:
        """Write each value, in key order.

        Raises:
            PeerError: The peer refused.
            ValueError: A key or a value is empty; an empty value would be a deletion.
        """
        for key, value in writes.items():
            if not key or not value:
                raise ValueError("an empty key or value")
        ordered = sorted(writes.items())
        if self._offer.writes_max == 0:
            for key, value in ordered:
                put = PutState(key=key, value=value)
                await self._conversation.ask(ChaincodeMessage.PUT_STATE, put.SerializeToString())
            return
        for records in _batches(ordered, self._offer.writes_max):
            batch = WriteBatchState(rec=records)
            await self._conversation.ask(
                ChaincodeMessage.WRITE_BATCH_STATE, batch.SerializeToString()
            )

    async def _read_one(self, key: str) -> bytes | None:
        question = GetState(key=key).SerializeToString()
        return await self._conversation.ask(ChaincodeMessage.GET_STATE, question) or None

    async def _read_many(self, keys: Sequence[str]) -> list[bytes | None]:
        question = GetStateMultiple(keys=keys).SerializeToString()
        answer = await self._conversation.ask(ChaincodeMessage.GET_STATE_MULTIPLE, question)
        try:
            values = GetStateMultipleResult.FromString(answer).values
        except DecodeError:
            raise self._conversation.fail("unreadable answer to a multi-key read") from None
        # Fabric up to 3.1.5 hides a database error behind an empty answer
        # (`query_executor.go`, `GetStateMultipleKeys`): absent is not the same as unread.
        if len(values) != len(keys):
            raise self._conversation.fail(f"{len(keys)} keys asked, {len(values)} answered")
        return [value or None for value in values]


def _batches(ordered: Sequence[tuple[str, bytes]], records_max: int) -> Iterator[list[WriteRecord]]:
    """Cut the writes so that no batch exceeds the peer's count or `BATCH_BYTES_MAX`."""
    records: list[WriteRecord] = []
    size = 0
    for key, value in ordered:
        size_next = len(key) + len(value)
        if records and (len(records) == records_max or size + size_next > BATCH_BYTES_MAX):
            yield records
            records, size = [], 0
        records.append(WriteRecord(key=key, value=value, type=WriteRecord.PUT_STATE))
        size += size_next
    if records:
        yield records
