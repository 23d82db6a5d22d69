"""An endorsed transaction: signed by the client, not yet ordered."""

from fabric_protos.common import common_pb2
from fabric_protos.gateway import gateway_pb2

from gateway.fabric.client import Client
from gateway.fabric.commit import Commit
from gateway.fabric.envelopes import ChaincodeResult
from gateway.fabric.outcome import Stage


class Transaction:
    """A transaction whose envelope never changes: it can be submitted any number of times.

    However often it is ordered, it takes effect once: peers mark every occurrence of an id but
    the first as `DUPLICATE_TXID` (fabric `core/committer/txvalidator/v20/validator.go`).
    """

    def __init__(
        self,
        client: Client,
        *,
        channel: str,
        tx_id: str,
        envelope: common_pb2.Envelope,
        result: ChaincodeResult,
        endorsed_by: str,
    ) -> None:
        self._client = client
        self._channel = channel
        self.tx_id = tx_id
        self.result = result
        self.endorsed_by = endorsed_by
        self._envelope = envelope

    async def submit(self) -> Commit:
        """Hand the transaction to the orderers, which may still lose it.

        Raises:
            SubmitError: It was not ordered or, by its `outcome`, perhaps it was.
        """
        await self._client.peers.call(
            Stage.SUBMIT,
            gateway_pb2.SubmitRequest(
                transaction_id=self.tx_id,
                channel_id=self._channel,
                prepared_transaction=self._envelope,
            ),
            tx_id=self.tx_id,
        )
        return self.commit()

    def commit(self) -> Commit:
        """Return the transaction's commit without submitting it: to ask after an unclear submit."""
        return Commit(self._client, channel=self._channel, tx_id=self.tx_id)
