"""A peer's Gateway and Deliver services over a real gRPC connection, honest unless scripted.

`peer.script[stage]` is a list of answers for the next calls, each used once: a `Failure`, `HANG`,
or a function from the request to the response or a `Failure`. An empty list means: as an honest
peer would.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import grpc
import grpc.aio
from fabric_protos.common import common_pb2
from fabric_protos.gateway import gateway_pb2
from fabric_protos.orderer import ab_pb2
from fabric_protos.peer import events_pb2
from google.protobuf.any_pb2 import Any
from google.rpc import status_pb2

from gateway.fabric import ErrorDetail, KeyPair, PeerAddress, Stage
from tests.gateway.fabric.making import Chain, answer, prepare
from tests.gateway.fabric.members import TLS_NAME

HANG = "hang"

SIZE_OPTIONS = [
    ("grpc.max_receive_message_length", 100 * 1024 * 1024),
    ("grpc.max_send_message_length", 100 * 1024 * 1024),
    # A second server on a port that another test's peer just left must not share it.
    ("grpc.so_reuseport", 0),
]


@dataclass(frozen=True)
class Failure:
    """A gRPC status, with details as a peer attaches them."""

    code: grpc.StatusCode
    message: str = ""
    details: tuple[ErrorDetail, ...] = ()
    raw_details: bytes | None = None

    async def abort(self, context) -> None:
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        for detail in self.details:
            packed = Any()
            packed.Pack(
                gateway_pb2.ErrorDetail(
                    address=detail.address, msp_id=detail.msp_id, message=detail.message
                )
            )
            status.details.append(packed)
        raw = status.SerializeToString() if self.details else self.raw_details
        metadata = () if raw is None else (("grpc-status-details-bin", raw),)
        await context.abort(self.code, self.message, trailing_metadata=metadata)


class FakePeer:
    """One peer on a port of its own.

    Attributes:
        calls: Stage and request of every call so far.
        called: Set at the first.
        script: The next answers of each stage.
        submitted: The envelopes that this peer passed to the orderers.
        hold_blocks: Whether submitted envelopes wait for `release` instead of being committed.
        blocks_per_stream: After so many blocks each stream of them breaks; `None` is never.
        replace_block: What is delivered in place of a block; a test replaces it to lie.
    """

    def __init__(self, msp_id: str, chain: Chain, *, tls: KeyPair | None = None) -> None:
        self.msp_id = msp_id
        self.tls = tls
        self.chain = chain
        self.calls: list[tuple[Stage, object]] = []
        self.called = asyncio.Event()
        self.script: dict[Stage, list[Failure | str | Callable]] = {stage: [] for stage in Stage}
        self.submitted: list[bytes] = []
        self.hold_blocks = False
        self.blocks_per_stream: int | None = None
        self.replace_block: Callable[[common_pb2.Block], common_pb2.Block] = lambda block: block
        self.seeks: list[ab_pb2.SeekInfo] = []
        self.port = 0
        self._server: grpc.aio.Server | None = None

    @property
    def address(self) -> PeerAddress:
        return self.address_at(self.port)

    def address_at(self, port: int) -> PeerAddress:
        """Return its address by way of another port, where a proxy listens."""
        return PeerAddress(
            address=f"127.0.0.1:{port}",
            msp_id=self.msp_id,
            tls_ca=None if self.tls is None else self.tls.certificate,
            tls_name=None if self.tls is None else TLS_NAME,
        )

    def count(self, stage: Stage) -> int:
        return sum(called is stage for called, _ in self.calls)

    async def start(self) -> Self:
        self._server = grpc.aio.server(options=SIZE_OPTIONS)
        self._server.add_generic_rpc_handlers((self._gateway_service(), self._deliver_service()))
        listen = f"127.0.0.1:{self.port}"
        if self.tls is None:
            self.port = self._server.add_insecure_port(listen)
        else:
            pair = (self.tls.key.read_bytes(), self.tls.certificate.read_bytes())
            credentials = grpc.ssl_server_credentials([pair])
            self.port = self._server.add_secure_port(listen, credentials)
        await self._server.start()
        return self

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop(None)
            self._server = None

    def _gateway_service(self):
        methods = {
            "Evaluate": (Stage.EVALUATE, gateway_pb2.EvaluateRequest, self._evaluate),
            "Endorse": (Stage.ENDORSE, gateway_pb2.EndorseRequest, self._endorse),
            "Submit": (Stage.SUBMIT, gateway_pb2.SubmitRequest, self.submit),
            "CommitStatus": (
                Stage.COMMIT_STATUS,
                gateway_pb2.SignedCommitStatusRequest,
                self._commit_status,
            ),
        }
        return grpc.method_handlers_generic_handler(
            "gateway.Gateway",
            {
                name: grpc.unary_unary_rpc_method_handler(
                    self._scripted(stage, honest),
                    request_deserializer=request.FromString,
                    response_serializer=lambda message: message.SerializeToString(),
                )
                for name, (stage, request, honest) in methods.items()
            },
        )

    def _scripted(self, stage: Stage, honest: Callable):
        async def handle(request, context):
            self.calls.append((stage, request))
            self.called.set()
            scripted = self.script[stage].pop(0) if self.script[stage] else honest
            if isinstance(scripted, Failure):
                await scripted.abort(context)
            if scripted == HANG:
                await asyncio.Event().wait()
            response = scripted(request)
            if asyncio.iscoroutine(response):
                response = await response
            if isinstance(response, Failure):
                await response.abort(context)
            return response

        return handle

    def _evaluate(self, _request) -> gateway_pb2.EvaluateResponse:
        response = gateway_pb2.EvaluateResponse()
        response.result.status = 200
        response.result.payload = b'{"lot/1":null}'
        return response

    def _endorse(self, request) -> gateway_pb2.EndorseResponse:
        return gateway_pb2.EndorseResponse(
            prepared_transaction=prepare(request.proposed_transaction, payload=answer("ACCEPTED"))
        )

    async def submit(self, request) -> gateway_pb2.SubmitResponse:
        envelope = request.prepared_transaction.SerializeToString()
        self.submitted.append(envelope)
        if not self.hold_blocks:
            await self.chain.append(envelope)
        return gateway_pb2.SubmitResponse()

    async def release(self) -> None:
        """Commit what was held, in one block."""
        self.hold_blocks = False
        await self.chain.append(*self.submitted)

    async def _commit_status(self, request) -> gateway_pb2.CommitStatusResponse:
        tx_id = gateway_pb2.CommitStatusRequest.FromString(request.request).transaction_id
        async with self.chain.grown:
            await self.chain.grown.wait_for(lambda: tx_id in self.chain.verdicts)
        code, number = self.chain.verdicts[tx_id]
        return gateway_pb2.CommitStatusResponse(result=code, block_number=number)

    def _deliver_service(self):
        def handler(kind: str):
            async def deliver(requests, context):
                async for response in self._deliver(requests, context, kind):
                    yield response

            return grpc.stream_stream_rpc_method_handler(
                deliver,
                request_deserializer=common_pb2.Envelope.FromString,
                response_serializer=lambda message: message.SerializeToString(),
            )

        return grpc.method_handlers_generic_handler(
            "protos.Deliver",
            {"Deliver": handler("block"), "DeliverFiltered": handler("filtered_block")},
        )

    async def _deliver(self, requests, context, kind: str):
        envelope = await anext(aiter(requests))
        payload = common_pb2.Payload.FromString(envelope.payload)
        seek = ab_pb2.SeekInfo.FromString(payload.data)
        self.seeks.append(seek)
        if self.script[Stage.BLOCKS]:
            scripted = self.script[Stage.BLOCKS].pop(0)
            if isinstance(scripted, Failure):
                await scripted.abort(context)
            if scripted == HANG:
                await asyncio.Event().wait()
            yield events_pb2.DeliverResponse(status=scripted)
            return
        newest = seek.start.WhichOneof("Type") == "newest"
        number = len(self.chain.blocks) - 1 if newest else seek.start.specified.number
        if number > len(self.chain.blocks):
            yield events_pb2.DeliverResponse(status=common_pb2.NOT_FOUND)
            return
        for sent in range(2**63):
            if sent == self.blocks_per_stream:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "the stream broke")
            block = self.replace_block(await self.chain.block(number))
            if kind == "block":
                yield events_pb2.DeliverResponse(block=block)
            else:
                filtered = events_pb2.FilteredBlock(number=block.header.number)
                yield events_pb2.DeliverResponse(filtered_block=filtered)
            number += 1
            if newest:
                yield events_pb2.DeliverResponse(status=common_pb2.SUCCESS)
                return
