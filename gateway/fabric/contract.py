"""A chaincode on a channel, as a client sees it."""

from collections.abc import Sequence

from gateway.fabric.client import Client
from gateway.fabric.envelopes import build_proposal
from gateway.fabric.proposal import Proposal


class Contract:
    """One chaincode: a name, and functions to run."""

    def __init__(self, client: Client, *, channel: str, chaincode: str) -> None:
        self._client = client
        self._channel = channel
        self.chaincode = chaincode

    def new_proposal(self, function: str, args: Sequence[bytes] = ()) -> Proposal:
        """Return a proposal with an id of its own, to be signed when it is sent.

        Raises:
            IdentityError: The identity has expired.
        """
        parts = build_proposal(
            channel=self._channel,
            chaincode=self.chaincode,
            args=[function.encode(), *args],
            creator=self._client.identity.creator,
        )
        return Proposal(self._client, channel=self._channel, parts=parts)

    async def evaluate_transaction(self, function: str, args: Sequence[bytes] = ()) -> bytes:
        """Run a function on the own organisation's peer alone; nothing is ordered.

        Raises:
            GatewayError: No peer of the own organisation answered, or the chaincode said no.
        """
        return await self.new_proposal(function, args).evaluate()

    async def submit_transaction(self, function: str, args: Sequence[bytes] = ()) -> bytes:
        """Run a function, wait until it is committed as valid, and return its payload.

        Tries once. For what follows from a failure see `gateway.fabric.outcome`.

        Raises:
            GatewayError: A call failed; by its `outcome` the transaction may still be ordered.
            CommitError: It was ordered and is invalid.
            PreparedTransactionError: The peer returned something else to be signed.
        """
        transaction = await self.new_proposal(function, args).endorse()
        status = await (await transaction.submit()).status()
        status.raise_for_code()
        return transaction.result.payload
