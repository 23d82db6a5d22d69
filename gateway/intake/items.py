"""A command on its way to the ledger, with what decides about its way."""

from dataclasses import dataclass, field
from typing import Self

from chaincode.reading import EVERY_TRANSACTION_READS, Request

ALONE_AFTER = 3  # failures after which a command travels alone (design: "Blocks, batches, answers")

_READ_BY_ALL = frozenset(EVERY_TRANSACTION_READS)


@dataclass(eq=False, slots=True, kw_only=True)
class Item:
    """One command in the queue. Times are seconds of a clock that never goes back.

    Attributes:
        id: The command's id.
        kid: Its device.
        seq: Its number in the device's sequence.
        prev: The id of the device's command before.
        nonce: The entry's.
        principal: The actor whose entry it is.
        party: Of its device; `None` where nobody has asked.
        wire: As it travels.
        reads: State keys it may read.
        writes: State keys it may write.
        disturbs_all: Whether it may write what every transaction reads, a recall for one: then
            whatever else is in flight loses a race.
        since: When it was accepted.
        held_since: When it began to wait for its predecessor.
        asks: How often the ledger was asked about that since.
        failures: How many transactions with it the ledger refused as a whole.
        alone_failures: Of these, those in which it was alone.
        setbacks: How often it was alone in one that did not reach the ledger, although others had
            since the time before.
        seen_successes: How many transactions had committed at that time.
        doubtful_until: Until then, a transaction with it and of unknown outcome may commit.
        is_done: Whether its answer is known, so that whatever still flies no longer matters.
    """

    id: str
    kid: str
    seq: int
    prev: str
    wire: bytes
    nonce: str = ""
    principal: str = ""
    party: str | None = None
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    disturbs_all: bool = False
    since: float = 0.0
    held_since: float = 0.0
    asks: int = 0
    failures: int = 0
    alone_failures: int = 0
    setbacks: int = 0
    seen_successes: int | None = None
    doubtful_until: float = 0.0
    is_done: bool = False
    keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = frozenset(self.reads + self.writes)

    @classmethod
    def of(
        cls,
        request: Request,
        *,
        party: str | None = None,
        since: float = 0.0,
        doubtful_until: float = 0.0,
    ) -> Self:
        """Return the item of a command that the contract's own reading has passed.

        What every transaction reads is left out: the rare change of it costs others one lost race,
        but any device may name it in vain.
        """
        command = request.command
        return cls(
            id=command.id,
            kid=command.kid,
            seq=command.seq,
            prev=command.prev,
            nonce=command.nonce,
            principal=command.on_behalf or command.actor,
            party=party,
            wire=command.wire,
            reads=request.touches.reads,
            writes=request.touches.writes,
            disturbs_all=not _READ_BY_ALL.isdisjoint(request.touches.writes),
            since=since,
            doubtful_until=doubtful_until,
        )

    @property
    def travels_alone(self) -> bool:
        """Whether it has failed so often that nobody may be harmed by its company."""
        return self.failures >= ALONE_AFTER
