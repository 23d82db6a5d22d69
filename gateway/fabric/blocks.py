"""Blocks as peers deliver them: hashes checked, nested messages taken apart.

Any member of a channel can have any bytes ordered. What a peer marked invalid is therefore read
as far as it goes; what a peer marked valid is well-formed, or the block is refused.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fabric_protos.common import common_pb2
from fabric_protos.msp import identities_pb2
from fabric_protos.peer import (
    chaincode_pb2,
    proposal_pb2,
    proposal_response_pb2,
    transaction_pb2,
)
from google.protobuf.message import DecodeError

from gateway.fabric.envelopes import read_result
from gateway.fabric.errors import BlockError
from gateway.fabric.outcome import ValidationCode

# common/common.proto, BlockMetadataIndex: one byte per transaction, its validation code.
_TRANSACTIONS_FILTER: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTransaction:
    """One transaction of a block.

    Attributes:
        id: 64 hexadecimal digits for a chaincode's transaction; may repeat an earlier one
            (`DUPLICATE_TXID`), and be empty or anything where invalid or of another kind.
        timestamp_s: When its client says it was proposed, seconds since 1970.
        code: The peer's verdict.
        creator_msp_id: The organisation that signed it.
        envelope_hash: SHA-256 of the whole, hexadecimal.
        chaincode: Which one ran; `None` for a configuration transaction.
        args: Its arguments, the function's name first.
        status: The chaincode's response status; 0 where none ran.
        payload: The chaincode's answer.
        writes: Namespace to key to value, `None` deletes; for an invalid transaction what it
            would have written.
    """

    id: str
    timestamp_s: int
    code: ValidationCode
    creator_msp_id: str
    envelope_hash: str
    chaincode: str | None = None
    args: tuple[bytes, ...] = ()
    status: int = 0
    payload: bytes = b""
    writes: Mapping[str, Mapping[str, bytes | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block whose data match its header.

    Attributes:
        number: 0 for the channel's first.
        previous_hash: Hash of the block before; empty for the first.
        hash: Hash of this block's header, which the next block repeats.
        transactions: In their order.
    """

    number: int
    previous_hash: bytes
    hash: bytes
    transactions: tuple[BlockTransaction, ...]


def parse_block(block: Any) -> Block:  # noqa: ANN401 - a message without stubs
    """Take a `common.Block` apart.

    Raises:
        BlockError: Its data do not match its header, or a valid transaction is malformed.
    """
    number: int = block.header.number
    envelopes: list[bytes] = list(block.data.data)
    if hashlib.sha256(b"".join(envelopes)).digest() != block.header.data_hash:
        raise BlockError(number=number, reason="its data do not match its header")
    return Block(
        number=number,
        previous_hash=block.header.previous_hash,
        hash=header_hash(
            number=number,
            previous_hash=block.header.previous_hash,
            data_hash=block.header.data_hash,
        ),
        transactions=tuple(
            _transaction(envelope, code, number=number)
            for envelope, code in zip(envelopes, _codes(block), strict=True)
        ),
    )


def header_hash(*, number: int, previous_hash: bytes, data_hash: bytes) -> bytes:
    """Return the SHA-256 of a block header's ASN.1 DER form.

    Source: fabric `protoutil/blockutils.go`, BlockHeaderBytes:
    SEQUENCE { number INTEGER, previousHash OCTET STRING, dataHash OCTET STRING }.
    """
    # An integer's first bit is its sign, so that one more bit than its length is needed.
    integer = number.to_bytes(number.bit_length() // 8 + 1, "big")
    body = _der(0x02, integer) + _der(0x04, previous_hash) + _der(0x04, data_hash)
    return hashlib.sha256(_der(0x30, body)).digest()


def _der(tag: int, content: bytes) -> bytes:
    # X.690 section 8.1.3: short form below 128, else the length's own length comes first.
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    size_bytes = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size_bytes))) + size_bytes + content


def _codes(block: Any) -> list[ValidationCode]:  # noqa: ANN401 - a message without stubs
    number: int = block.header.number
    count = len(block.data.data)
    metadata = block.metadata.metadata
    codes: bytes = metadata[_TRANSACTIONS_FILTER] if len(metadata) > _TRANSACTIONS_FILTER else b""
    if number == 0 and not codes:
        # The first block comes from the channel's founders; no peer judges it.
        codes = bytes(count)
    if len(codes) != count:
        raise BlockError(number=number, reason=f"{len(codes)} verdicts on {count} transactions")
    return [ValidationCode(code) for code in codes]


def _transaction(envelope: bytes, code: ValidationCode, *, number: int) -> BlockTransaction:
    try:
        return _parse(envelope, code)
    except (DecodeError, ValueError) as error:
        if code is ValidationCode.VALID:
            raise BlockError(
                number=number, reason=f"a valid transaction is malformed: {error}"
            ) from error
        return BlockTransaction(
            id="",
            timestamp_s=0,
            code=code,
            creator_msp_id="",
            envelope_hash=hashlib.sha256(envelope).hexdigest(),
        )


def _parse(envelope: bytes, code: ValidationCode) -> BlockTransaction:
    payload = common_pb2.Payload.FromString(common_pb2.Envelope.FromString(envelope).payload)
    header = common_pb2.ChannelHeader.FromString(payload.header.channel_header)
    signature_header = common_pb2.SignatureHeader.FromString(payload.header.signature_header)
    creator = identities_pb2.SerializedIdentity.FromString(signature_header.creator)
    base = BlockTransaction(
        id=header.tx_id,
        timestamp_s=header.timestamp.seconds,
        code=code,
        creator_msp_id=creator.mspid,
        envelope_hash=hashlib.sha256(envelope).hexdigest(),
    )
    if header.type != common_pb2.ENDORSER_TRANSACTION:
        return base
    # Fabric takes one action per transaction (core/common/validation/msgvalidation.go).
    (action,) = transaction_pb2.Transaction.FromString(payload.data).actions
    body = transaction_pb2.ChaincodeActionPayload.FromString(action.payload)
    proposed = proposal_pb2.ChaincodeProposalPayload.FromString(body.chaincode_proposal_payload)
    specification = chaincode_pb2.ChaincodeInvocationSpec.FromString(proposed.input).chaincode_spec
    response = proposal_response_pb2.ProposalResponsePayload.FromString(
        body.action.proposal_response_payload
    )
    result = read_result(proposal_pb2.ChaincodeAction.FromString(response.extension))
    return replace(
        base,
        chaincode=specification.chaincode_id.name,
        args=tuple(specification.input.args),
        status=result.status,
        payload=result.payload,
        writes=result.writes,
    )
