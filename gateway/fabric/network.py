"""A channel, as a client sees it."""

from collections.abc import AsyncGenerator
from typing import Final

from gateway.fabric import block_events
from gateway.fabric.blocks import Block
from gateway.fabric.client import Client
from gateway.fabric.commit import Commit, Status
from gateway.fabric.contract import Contract

PATIENCE_S: Final = 30.0


class Network:
    """The peers and chaincodes of one channel."""

    def __init__(self, client: Client, *, channel: str) -> None:
        self._client = client
        self.channel = channel

    def contract(self, chaincode: str) -> Contract:
        """Return the chaincode of that name, whether or not the channel has it."""
        return Contract(self._client, channel=self.channel, chaincode=chaincode)

    def block_events(
        self, start: int, *, previous_hash: bytes | None = None, patience_s: float = PATIENCE_S
    ) -> AsyncGenerator[Block]:
        """Yield each block from number `start` on, then each new one, for ever.

        Reconnects to the own organisation's peers by itself. Whoever stops early closes the
        iterator (`aclose`).

        Args:
            start: Number of the first block wanted.
            previous_hash: Hash of the block before it, if known: the first must repeat it.
            patience_s: How long no peer may deliver before the last failure is raised.

        Raises:
            GatewayError: No peer delivered for `patience_s`, every own peer refuses for good, none
                is listed, or the gateway is closed.
            BlockError: A block is malformed or does not follow the one before it.
            IdentityError: The identity has expired.
        """
        return block_events.block_events(
            self._client,
            channel=self.channel,
            start=start,
            previous_hash=previous_hash,
            patience_s=patience_s,
        )

    async def commit_status(self, transaction_id: str, *, own_only: bool = False) -> Status:
        """Wait until a transaction is committed, and return the verdict: also after a restart.

        What an error's `tx_id` names can be asked for, whichever gateway submitted it.

        Args:
            transaction_id: 64 lower-case hexadecimal digits.
            own_only: Whether to believe the own organisation's peers alone.

        Raises:
            CommitStatusError: Nobody knew within the deadline: it may still come.
        """
        commit = Commit(self._client, channel=self.channel, tx_id=transaction_id)
        return await commit.status(own_only=own_only)

    async def height(self) -> int:
        """Return the number of blocks that an own peer has.

        Raises:
            GatewayError: No own peer answers.
        """
        return await block_events.height(self._client, channel=self.channel)
