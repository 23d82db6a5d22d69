"""A transaction that was handed to the orderers, and what became of it."""

from dataclasses import dataclass

from fabric_protos.gateway import gateway_pb2

from gateway.fabric.client import Client
from gateway.fabric.errors import CommitError
from gateway.fabric.outcome import Stage, ValidationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a peer reports of an ordered transaction.

    Attributes:
        tx_id: The transaction.
        code: The peer's verdict on the first transaction with this id.
        block_number: The block that holds it.
        msp_id: The organisation of the peer that reports.
    """

    tx_id: str
    code: ValidationCode
    block_number: int
    msp_id: str

    @property
    def successful(self) -> bool:
        """Whether the transaction is valid: it has changed the state."""
        return self.code is ValidationCode.VALID

    def raise_for_code(self) -> None:
        """Do nothing for a valid transaction.

        Raises:
            CommitError: The transaction is not valid.
        """
        if not self.successful:
            raise CommitError(tx_id=self.tx_id, code=self.code, block_number=self.block_number)


class Commit:
    """The commit of one transaction, which may lie in the past, in the future or nowhere."""

    def __init__(self, client: Client, *, channel: str, tx_id: str) -> None:
        self._client = client
        self._channel = channel
        self._tx_id = tx_id

    async def status(self, *, own_only: bool = False) -> Status:
        """Wait until the transaction is committed, and return the verdict.

        Args:
            own_only: Whether to believe the own organisation's peers alone.

        Raises:
            CommitStatusError: Nobody knew within the deadline.
        """
        request = gateway_pb2.CommitStatusRequest(
            transaction_id=self._tx_id,
            channel_id=self._channel,
            identity=self._client.identity.creator,
        ).SerializeToString()
        response, peer = await self._client.peers.call(
            Stage.COMMIT_STATUS,
            gateway_pb2.SignedCommitStatusRequest(
                request=request, signature=await self._client.sign(request)
            ),
            tx_id=self._tx_id,
            own_only=own_only,
        )
        return Status(
            tx_id=self._tx_id,
            code=ValidationCode(response.result),
            block_number=response.block_number,
            msp_id=peer.msp_id,
        )
