"""A wish to run a function of a chaincode."""

from collections.abc import Sequence

from fabric_protos.common import common_pb2
from fabric_protos.gateway import gateway_pb2
from fabric_protos.peer import proposal_pb2

from gateway.fabric.client import Client
from gateway.fabric.envelopes import ProposalParts, check_prepared
from gateway.fabric.errors import PreparedTransactionError
from gateway.fabric.outcome import Stage
from gateway.fabric.transaction import Transaction


class Proposal:
    """A proposal with its id, signed when it is sent; made for one use.

    Peers take it for 15 minutes around its time (from Fabric 3.0 on).
    """

    def __init__(self, client: Client, *, channel: str, parts: ProposalParts) -> None:
        client.identity.check_not_expired()
        self._client = client
        self._channel = channel
        self._parts = parts

    @property
    def tx_id(self) -> str:
        """The id that the transaction has or would have."""
        return self._parts.tx_id

    async def evaluate(self) -> bytes:
        """Run the function on a peer of the own organisation, and return its payload.

        Left to itself a peer would ask other organisations' peers when its own fail
        (fabric `internal/pkg/gateway/registry.go`, evaluator); naming the organisation stops it.

        Raises:
            GatewayError: No peer of the own organisation answered, or the chaincode said no.
        """
        response, _ = await self._client.peers.call(
            Stage.EVALUATE,
            gateway_pb2.EvaluateRequest(
                transaction_id=self.tx_id,
                channel_id=self._channel,
                proposed_transaction=await self._signed(),
                target_organizations=[self._client.identity.msp_id],
            ),
            tx_id=self.tx_id,
        )
        payload: bytes = response.result.payload
        return payload

    async def endorse(self, *, endorsing_organizations: Sequence[str] = ()) -> Transaction:
        """Have the function run by as many organisations as the policy asks, and sign the outcome.

        Args:
            endorsing_organizations: Who is to endorse; empty leaves it to the peer, which knows
                the policy.

        Raises:
            EndorseError: It was not endorsed.
            PreparedTransactionError: The peer returned something else to be signed.
        """
        response, peer = await self._client.peers.call(
            Stage.ENDORSE,
            gateway_pb2.EndorseRequest(
                transaction_id=self.tx_id,
                channel_id=self._channel,
                proposed_transaction=await self._signed(),
                endorsing_organizations=endorsing_organizations,
            ),
            tx_id=self.tx_id,
        )
        prepared = response.prepared_transaction
        if prepared.signature:
            raise PreparedTransactionError(tx_id=self.tx_id, reason="signed already")
        result = check_prepared(prepared.payload, self._parts)
        return Transaction(
            self._client,
            channel=self._channel,
            tx_id=self.tx_id,
            envelope=common_pb2.Envelope(
                payload=prepared.payload, signature=await self._client.sign(prepared.payload)
            ),
            result=result,
            endorsed_by=peer.msp_id,
        )

    async def _signed(self) -> proposal_pb2.SignedProposal:
        proposal = self._parts.proposal
        return proposal_pb2.SignedProposal(
            proposal_bytes=proposal, signature=await self._client.sign(proposal)
        )
