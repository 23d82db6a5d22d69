"""Pre-printed stickers: ranges of a roll's numbers, bound to a lot when they are stuck on.

A roll's number is printed before any transaction names it. It is derived as a lot's is, so that
nobody who reads it off a bag can take the roll before its owner has bound any of it.
"""

from dataclasses import dataclass
from typing import Annotated

from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.base.shapes import (
    Bits128,
    Integer,
    Items,
    LotId,
    PseudonymId,
    RollId,
    SmallNumber,
    Text,
)
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.records import HOLDERS, Lot

RANGES_MAX = 256

STICKERS_MAX = 99_999_999

StickerNumber = Annotated[int, Integer(1, STICKERS_MAX)]
StickerCount = Annotated[int, Integer(1, 1_000_000)]
UnbindReason = Annotated[str, Text("wrong-lot|spoiled|not-used|other", "wrong-lot")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRange:
    """Stickers `first` to `last`, both included, on packs of one lot."""

    first: StickerNumber
    last: StickerNumber
    lot: LotId

    def overlaps(self, first: int, last: int) -> bool:
        """Whether the two ranges share a number."""
        return self.first <= last and first <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """`roll/<id>`: whose stickers these are, and which lot each range is on."""

    party: PseudonymId
    ranges: Annotated[tuple[BoundRange, ...], Items(0, RANGES_MAX)]

    @staticmethod
    def key(roll_id: str) -> str:
        """Return the state key."""
        return f"roll/{roll_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """Open part of `label.bind`.

    Attributes:
        id_nonce, index: What the roll's number is derived from, as long as the roll has no record.
    """

    roll: RollId
    party: PseudonymId
    id_nonce: Bits128 | None = None
    index: SmallNumber | None = None
    first: StickerNumber
    count: StickerCount
    lot: LotId


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbind:
    """Open part of `label.unbind`: a range exactly as it was bound."""

    roll: RollId
    party: PseudonymId
    first: StickerNumber
    count: StickerCount
    reason: UnbindReason


def _bind(act: Act, body: Bind, _closed: None) -> None:
    known = act.find(Roll, Roll.key(body.roll))
    roll = known or Roll(party=body.party, ranges=())
    require(body.party == act.principal.party == roll.party, Code.NOT_YOUR_PARTY)
    require(act.find(Lot, Lot.key(body.lot)) is not None, Code.UNKNOWN_LOT)
    if known is None or (body.id_nonce, body.index) != (None, None):
        _require_own(act, body)
    last = body.first + body.count - 1
    is_free = not any(one.overlaps(body.first, last) for one in roll.ranges)
    require(is_free, Code.LABELS_TAKEN)
    has_room = len(roll.ranges) < RANGES_MAX and last <= STICKERS_MAX
    require(has_room, Code.TOO_MANY_LABELS)
    bound = BoundRange(first=body.first, last=last, lot=body.lot)
    ranges = tuple(sorted((*roll.ranges, bound), key=lambda one: one.first))
    act.put(Roll.key(body.roll), Roll(party=roll.party, ranges=ranges))


def _require_own(act: Act, body: Bind) -> None:
    """Reject a roll's number that is not proven to be the party's own."""
    if body.id_nonce is None or body.index is None:
        raise RejectionError(Code.ID_NOT_DERIVED)
    require_derived(act, body.roll, party=body.party, nonce=body.id_nonce, index=body.index)


def _unbind(act: Act, body: Unbind, _closed: None) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    roll = act.get(Roll, Roll.key(body.roll), Code.UNKNOWN_LABELS)
    unbound = (body.first, body.first + body.count - 1)
    rest = tuple(one for one in roll.ranges if (one.first, one.last) != unbound)
    is_known = roll.party == body.party and len(rest) < len(roll.ranges)
    require(is_known, Code.UNKNOWN_LABELS)
    act.put(Roll.key(body.roll), Roll(party=roll.party, ranges=rest))


def _bind_touches(_command: Command, body: Bind, _closed: None) -> Touches:
    roll = Roll.key(body.roll)
    return Touches(reads=(roll, Lot.key(body.lot)), writes=(roll,))


def _unbind_touches(_command: Command, body: Unbind, _closed: None) -> Touches:
    roll = Roll.key(body.roll)
    return Touches(reads=(roll,), writes=(roll,))


TYPES = (
    CommandType(
        name="label.bind",
        body=Bind,
        roles=HOLDERS,
        proof="parties",
        touches=_bind_touches,
        apply=_bind,
    ),
    CommandType(
        name="label.unbind",
        body=Unbind,
        roles=HOLDERS,
        proof="parties",
        touches=_unbind_touches,
        apply=_unbind,
    ),
)
