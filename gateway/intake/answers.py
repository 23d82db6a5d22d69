"""What a sender is told about a command: its final answer, or that it is still waiting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from chaincode.base.canonical import Json
from chaincode.base.errors import Code
from gateway.ledgers.port import Receipt
from gateway.words.codes import GatewayCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The final answer to a command.

    Attributes:
        id: The command's id.
        code: A `Code` of the contract, or `SEQUENCE_REUSED`.
        taken: Whether it stands on the ledger. If not, there is no trace of it in the state, and
            its device signs something else under the same number.
        flags: The contract's public marks.
        block_number: Where it stands on the ledger; `None` for one not taken.
        tx_id: In which transaction.
        ledger_time: Of that transaction, in seconds since 1970.
    """

    id: str
    code: str
    taken: bool
    flags: tuple[str, ...] = ()
    block_number: int | None = None
    tx_id: str | None = None
    ledger_time: int | None = None

    @classmethod
    def committed(cls, result: Mapping[str, Json], receipt: Receipt) -> Self:
        """Return the answer to a command taken in a committed transaction."""
        flags = result.get("flags")
        return cls(
            id=str(result["id"]),
            code=str(result["code"]),
            taken=True,
            flags=tuple(map(str, flags)) if isinstance(flags, list) else (),
            block_number=receipt.block_number,
            tx_id=receipt.tx_id,
            ledger_time=receipt.time,
        )

    @classmethod
    def dropped(cls, command_id: str, code: Code | GatewayCode) -> Self:
        """Return the answer to a command that was not taken."""
        return cls(id=command_id, code=str(code), taken=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A command that this gateway has accepted or finds on record; no `answer`: it waits."""

    id: str
    answer: Answer | None = None
