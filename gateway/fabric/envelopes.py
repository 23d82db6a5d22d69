"""Fabric's nested messages: what a proposal is made of, and what a transaction is made of.

    Proposal  {header, payload}          Envelope {payload, signature}
      Header  {channel header,             Payload {header, data}
               signature header}             Transaction {actions: [one]}
      ChaincodeProposalPayload                 ChaincodeActionPayload
        ChaincodeInvocationSpec                  the proposal's payload, as it was
          name of the chaincode, args            ProposalResponsePayload {hash of the proposal,
                                                   ChaincodeAction: reads and writes, response}
                                                 endorsements: signatures over that payload

Pure functions on bytes. Source: fabric-protos `peer/proposal.proto`, `peer/transaction.proto`.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fabric_protos.common import common_pb2
from fabric_protos.ledger.rwset import rwset_pb2
from fabric_protos.ledger.rwset.kvrwset import kv_rwset_pb2
from fabric_protos.peer import (
    chaincode_pb2,
    proposal_pb2,
    proposal_response_pb2,
    transaction_pb2,
)
from google.protobuf.message import DecodeError

from gateway.fabric.errors import PreparedTransactionError

# fabric `protoutil/commonutils.go`: NonceSize
_NONCE_BYTES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalParts:
    """A proposal and the parts of it that come back in the transaction.

    Attributes:
        tx_id: 64 lower-case hexadecimal digits.
        chaincode: Name of the chaincode.
        channel_header: Serialized.
        signature_header: Serialized.
        payload: The chaincode's name and arguments, serialized.
        proposal: All of it, serialized: what is signed.
    """

    tx_id: str
    chaincode: str
    channel_header: bytes
    signature_header: bytes
    payload: bytes
    proposal: bytes

    @property
    def hash(self) -> bytes:
        """What endorsers sign for as "the proposal": fabric `core/endorser/msgvalidation.go`."""
        return hashlib.sha256(self.channel_header + self.signature_header + self.payload).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaincodeResult:
    """What endorsers sign: the chaincode's answer and the writes that go with it.

    Attributes:
        status: 200 to 399 where it was endorsed.
        message: The chaincode's message.
        payload: The chaincode's answer.
        writes: Namespace to key to value; `None` deletes the key.
        has_writes: Whether ordering it would change any state, private and metadata included.
    """

    status: int
    message: str
    payload: bytes
    writes: Mapping[str, Mapping[str, bytes | None]]
    has_writes: bool


def transaction_id(*, nonce: bytes, creator: bytes) -> str:
    """Return the id that Fabric demands: fabric `protoutil/proputils.go`, ComputeTxID."""
    return hashlib.sha256(nonce + creator).hexdigest()


def build_proposal(
    *, channel: str, chaincode: str, args: Sequence[bytes], creator: bytes
) -> ProposalParts:
    """Return a proposal to run `args[0]` of the chaincode, with a fresh id and the time of now."""
    # Straight from the system: a copied or forked process must not repeat a nonce, because the
    # second transaction with one id is void.
    nonce = os.urandom(_NONCE_BYTES)
    tx_id = transaction_id(nonce=nonce, creator=creator)
    chaincode_id = chaincode_pb2.ChaincodeID(name=chaincode)
    channel_header = common_pb2.ChannelHeader(
        type=common_pb2.ENDORSER_TRANSACTION,
        channel_id=channel,
        tx_id=tx_id,
        extension=_bytes(proposal_pb2.ChaincodeHeaderExtension(chaincode_id=chaincode_id)),
    )
    channel_header.timestamp.FromNanoseconds(time.time_ns())
    signature_header = _bytes(common_pb2.SignatureHeader(creator=creator, nonce=nonce))
    specification = chaincode_pb2.ChaincodeInvocationSpec(
        chaincode_spec=chaincode_pb2.ChaincodeSpec(
            chaincode_id=chaincode_id, input=chaincode_pb2.ChaincodeInput(args=args)
        )
    )
    payload = _bytes(proposal_pb2.ChaincodeProposalPayload(input=_bytes(specification)))
    header = common_pb2.Header(
        channel_header=_bytes(channel_header), signature_header=signature_header
    )
    return ProposalParts(
        tx_id=tx_id,
        chaincode=chaincode,
        channel_header=header.channel_header,
        signature_header=signature_header,
        payload=payload,
        proposal=_bytes(proposal_pb2.Proposal(header=_bytes(header), payload=payload)),
    )


def check_prepared(envelope_payload: bytes, proposal: ProposalParts) -> ChaincodeResult:
    """Check that a prepared transaction is the outcome of this proposal, and return its result.

    A peer assembles the transaction that the client then signs. Compared are the headers (so
    channel, id, time and signer), the chaincode and its arguments, and the hash for which the
    endorsers signed. Not checked are the endorsers' own signatures: every peer does that with the
    organisations' roots before it commits, and reports the verdict.

    Raises:
        PreparedTransactionError: It is something else.
    """
    try:
        for holds, reason in _checks(envelope_payload, proposal):
            if not holds:
                raise PreparedTransactionError(tx_id=proposal.tx_id, reason=reason)
        return read_result(_chaincode_action(envelope_payload))
    except DecodeError as error:
        raise PreparedTransactionError(tx_id=proposal.tx_id, reason="malformed") from error


def _checks(envelope_payload: bytes, proposal: ProposalParts) -> Iterator[tuple[bool, str]]:
    """Yield what must hold with what is wrong otherwise; each step relies on those before."""
    payload = common_pb2.Payload.FromString(envelope_payload)
    header = payload.header
    yield header.channel_header == proposal.channel_header, "another channel header"
    yield header.signature_header == proposal.signature_header, "another signature header"
    actions = transaction_pb2.Transaction.FromString(payload.data).actions
    yield len(actions) == 1, f"{len(actions)} actions"
    yield actions[0].header == proposal.signature_header, "another signer in the action"
    body = transaction_pb2.ChaincodeActionPayload.FromString(actions[0].payload)
    yield body.chaincode_proposal_payload == proposal.payload, "another chaincode, other arguments"
    response = proposal_response_pb2.ProposalResponsePayload.FromString(
        body.action.proposal_response_payload
    )
    yield response.proposal_hash == proposal.hash, "endorsed for another proposal"
    answer = proposal_pb2.ChaincodeAction.FromString(response.extension)
    yield answer.chaincode_id.name == proposal.chaincode, "answered by another chaincode"
    yield 200 <= answer.response.status < 400, f"the chaincode answered {answer.response.status}"
    endorsements = body.action.endorsements
    yield len(endorsements) > 0, "no endorsement"
    yield all(each.signature for each in endorsements), "an endorsement without a signature"
    endorsers = {each.endorser for each in endorsements}
    yield len(endorsers) == len(endorsements), "one endorser twice"


def _chaincode_action(envelope_payload: bytes) -> Any:  # noqa: ANN401 - a message without stubs
    payload = common_pb2.Payload.FromString(envelope_payload)
    (action,) = transaction_pb2.Transaction.FromString(payload.data).actions
    body = transaction_pb2.ChaincodeActionPayload.FromString(action.payload)
    response = proposal_response_pb2.ProposalResponsePayload.FromString(
        body.action.proposal_response_payload
    )
    return proposal_pb2.ChaincodeAction.FromString(response.extension)


def read_result(action: Any) -> ChaincodeResult:  # noqa: ANN401 - a message without stubs
    """Return what a `ChaincodeAction` says.

    Raises:
        DecodeError: Its reads and writes are malformed.
    """
    writes: dict[str, dict[str, bytes | None]] = {}
    has_writes = False
    for part in rwset_pb2.TxReadWriteSet.FromString(action.results).ns_rwset:
        read_writes = kv_rwset_pb2.KVRWSet.FromString(part.rwset)
        has_writes |= bool(
            read_writes.writes or read_writes.metadata_writes or part.collection_hashed_rwset
        )
        if read_writes.writes:
            writes.setdefault(part.namespace, {}).update(
                (write.key, None if write.is_delete else write.value)
                for write in read_writes.writes
            )
    return ChaincodeResult(
        status=action.response.status,
        message=action.response.message,
        payload=action.response.payload,
        writes=writes,
        has_writes=has_writes,
    )


def _bytes(message: Any) -> bytes:  # noqa: ANN401 - a message without stubs
    serialized: bytes = message.SerializeToString()
    return serialized
