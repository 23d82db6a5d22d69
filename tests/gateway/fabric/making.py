"""Fabric's messages as peers and orderers make them: prepared transactions, blocks, chains."""

import asyncio
import hashlib
import json

from fabric_protos.common import common_pb2
from fabric_protos.ledger.rwset import rwset_pb2
from fabric_protos.ledger.rwset.kvrwset import kv_rwset_pb2
from fabric_protos.peer import (
    chaincode_pb2,
    proposal_pb2,
    proposal_response_pb2,
    transaction_pb2,
)

from gateway.fabric.blocks import header_hash
from gateway.fabric.outcome import ValidationCode

TIME = 1_790_000_000


def answer(*codes: str) -> bytes:
    """Return the contract's answer with one result per code."""
    results = [{"id": f"{place}", "code": code, "flags": []} for place, code in enumerate(codes)]
    return json.dumps({"time": TIME, "results": results}).encode()


def read_writes(writes: dict[str, dict[str, bytes | None]]) -> bytes:
    """Return a serialized read-write set; every namespace has a read, as on a real peer."""
    parts = []
    for namespace, values in writes.items():
        part = kv_rwset_pb2.KVRWSet(reads=[kv_rwset_pb2.KVRead(key="contract/head")])
        for key, value in values.items():
            part.writes.add(key=key, is_delete=value is None, value=value or b"")
        parts.append(rwset_pb2.NsReadWriteSet(namespace=namespace, rwset=part.SerializeToString()))
    return rwset_pb2.TxReadWriteSet(ns_rwset=parts).SerializeToString()


def prepare(
    signed_proposal,
    *,
    payload: bytes = b"",
    writes: dict | None = None,
    status: int = 200,
    message: str = "",
    chaincode: str | None = None,
    endorsers: tuple[bytes, ...] = (b"coop's peer", b"shops' peer"),
    signature: bytes = b"signature",
    proposal_hash: bytes | None = None,
) -> common_pb2.Envelope:
    """Return the unsigned envelope that a Gateway peer assembles for a proposal.

    The keyword arguments beyond `message` are what a false peer changes.
    """
    proposal = proposal_pb2.Proposal.FromString(signed_proposal.proposal_bytes)
    header = common_pb2.Header.FromString(proposal.header)
    invoked = proposal_pb2.ChaincodeProposalPayload.FromString(proposal.payload)
    specification = chaincode_pb2.ChaincodeInvocationSpec.FromString(invoked.input)
    name = specification.chaincode_spec.chaincode_id.name
    visible = proposal_pb2.ChaincodeProposalPayload(input=invoked.input).SerializeToString()
    action = proposal_pb2.ChaincodeAction(
        results=read_writes(
            {"_lifecycle": {}, name: {"lot/1": b"{}"}} if writes is None else writes
        ),
        response=proposal_response_pb2.Response(status=status, message=message, payload=payload),
        chaincode_id=chaincode_pb2.ChaincodeID(name=chaincode or name, version="1"),
    )
    honest_hash = hashlib.sha256(header.channel_header + header.signature_header + visible)
    response = proposal_response_pb2.ProposalResponsePayload(
        proposal_hash=honest_hash.digest() if proposal_hash is None else proposal_hash,
        extension=action.SerializeToString(),
    )
    endorsed = transaction_pb2.ChaincodeEndorsedAction(
        proposal_response_payload=response.SerializeToString(),
        endorsements=[
            proposal_response_pb2.Endorsement(endorser=endorser, signature=signature)
            for endorser in endorsers
        ],
    )
    transaction = transaction_pb2.Transaction(
        actions=[
            transaction_pb2.TransactionAction(
                header=header.signature_header,
                payload=transaction_pb2.ChaincodeActionPayload(
                    chaincode_proposal_payload=visible, action=endorsed
                ).SerializeToString(),
            )
        ]
    )
    return common_pb2.Envelope(
        payload=common_pb2.Payload(
            header=header, data=transaction.SerializeToString()
        ).SerializeToString()
    )


def transaction_id(envelope: bytes) -> str:
    payload = common_pb2.Payload.FromString(common_pb2.Envelope.FromString(envelope).payload)
    return common_pb2.ChannelHeader.FromString(payload.header.channel_header).tx_id


def configuration_envelope() -> bytes:
    header = common_pb2.ChannelHeader(type=common_pb2.CONFIG, channel_id="minori")
    header.timestamp.seconds = TIME
    payload = common_pb2.Payload(
        header=common_pb2.Header(channel_header=header.SerializeToString())
    )
    return common_pb2.Envelope(payload=payload.SerializeToString()).SerializeToString()


class Chain:
    """The blocks that every peer of a channel has; block 0 is the configuration."""

    def __init__(self) -> None:
        self.blocks: list[common_pb2.Block] = []
        self.verdicts: dict[str, tuple[ValidationCode, int]] = {}
        self.grown = asyncio.Condition()
        self._append([configuration_envelope()], [ValidationCode.VALID])

    async def append(
        self, *envelopes: bytes, codes: tuple[ValidationCode, ...] | None = None
    ) -> common_pb2.Block:
        """Commit a block. Without `codes` a repeated transaction id is marked, as a peer does."""
        async with self.grown:
            block = self._append(list(envelopes), None if codes is None else list(codes))
            self.grown.notify_all()
            return block

    async def block(self, number: int) -> common_pb2.Block:
        """Return the block, waiting until it is there."""
        async with self.grown:
            await self.grown.wait_for(lambda: number < len(self.blocks))
            return self.blocks[number]

    def _append(
        self, envelopes: list[bytes], codes: list[ValidationCode] | None
    ) -> common_pb2.Block:
        number = len(self.blocks)
        judged = []
        for place, envelope in enumerate(envelopes):
            tx_id = transaction_id(envelope) if codes is None else ""
            if codes is not None:
                judged.append(codes[place])
            elif tx_id in self.verdicts:
                judged.append(ValidationCode.DUPLICATE_TXID)
            else:
                judged.append(ValidationCode.VALID)
                self.verdicts[tx_id] = (ValidationCode.VALID, number)
        self.blocks.append(
            make_block(envelopes, judged, number=number, previous_hash=self.last_hash)
        )
        return self.blocks[-1]

    @property
    def last_hash(self) -> bytes:
        if not self.blocks:
            return b""
        header = self.blocks[-1].header
        return header_hash(
            number=header.number, previous_hash=header.previous_hash, data_hash=header.data_hash
        )


def make_block(
    envelopes: list[bytes],
    codes: list[ValidationCode],
    *,
    number: int = 1,
    previous_hash: bytes = b"\x11" * 32,
) -> common_pb2.Block:
    return common_pb2.Block(
        header=common_pb2.BlockHeader(
            number=number,
            previous_hash=previous_hash,
            data_hash=hashlib.sha256(b"".join(envelopes)).digest(),
        ),
        data=common_pb2.BlockData(data=envelopes),
        metadata=common_pb2.BlockMetadata(metadata=[b"", b"", bytes(codes), b"", b""]),
    )
