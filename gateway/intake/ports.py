"""What the intake needs to know about the ledger's content; `projected` answers both in production.

Most answers may lag behind the ledger; the contract decides in the end.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from chaincode.registry.records import Device, Head
from gateway.intake.answers import Answer
from gateway.projection import Signed


class Devices(Protocol):
    """Who may sign."""

    async def head(self) -> Head | None:
        """Return `contract/head`; `None` while the ledger is not founded.

        Raises:
            LedgerError: The ledger had to be asked and did not answer.
        """
        ...

    async def devices(self, kids: Collection[str]) -> Mapping[str, Device]:
        """Return the records of those devices that are on the ledger, by key id.

        In the plural, so that a request with commands of many devices asks once. After one that is
        not on the ledger, others may be missing too.

        Raises:
            LedgerError: The ledger had to be asked and did not answer.
        """
        ...

    async def current_numbers(self, kids: Collection[str]) -> Mapping[str, int]:
        """Ask the ledger itself which number it takes next from each device on it, by key id.

        Raises:
            LedgerError: It did not answer.
        """
        ...


class Record(Protocol):
    """What is on record: commands taken, in the blocks that were read so far.

    What `next_numbers` says implies that `answers`, asked later, knows the commands before.
    """

    async def answers(self, ids: Collection[str]) -> Mapping[str, Answer]:
        """Return the answers to those of the commands that are on record, by id."""
        ...

    async def entered_before(self, signed: Sequence[Signed]) -> set[str]:
        """Return the ids of those commands whose party has entered the same before, by its nonce.

        Nobody is kept waiting for this: what can't be asked was not entered before.
        """
        ...

    async def next_numbers(self, kids: Collection[str]) -> Mapping[str, int]:
        """Return the number that each of the devices on record uses next, by key id."""
        ...
