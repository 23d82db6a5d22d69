"""Freeing lots that a safety recall stops because nobody knows all their ancestors.

A lot says of which crops ancestors may be that it does not name (`hidden_crops`). A recall of one
of these stops it, until an officer has found by other means that it comes of none of the roots.
"""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import Items, LotId, Sha256, Text
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.records import Lot
from chaincode.recalls.commands import OFFICERS
from chaincode.recalls.in_force import entries_in_force, put_entries
from chaincode.recalls.records import (
    CLEARED_AT_ONCE_MAX,
    OPEN_RECALLS,
    SAFETY,
    OpenRecall,
    Recall,
)
from chaincode.recalls.room import organisations_with_officers, require_room_of_cleared

ClearReason = Annotated[str, Text("traced|papers|tested|other", "traced")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """Open part of `recall.clear`.

    Attributes:
        entry: The recall's latest entry as the signer saw it: what is extended later is looked at
            again.
        lots: Each on record; what is made of one is cleared by itself.
        reason: How it was found: along all runs on the ledger, by other papers, by a test of the
            goods.
        explanation: SHA-256 of salt and text, kept off the ledger.
    """

    recall: LotId
    entry: Sha256
    lots: Annotated[tuple[LotId, ...], Items(1, CLEARED_AT_ONCE_MAX)]
    reason: ClearReason
    explanation: Sha256 | None = None


def _clear(act: Act, body: Clear, _closed: None) -> None:
    entries, ours = entries_in_force(act), act.principal.organisation
    of_it = [one for one in entries if one.recall == body.recall]
    mine = [one for one in of_it if one.organisation == ours]
    require(bool(mine) or not of_it, Code.NOT_YOUR_ORGANISATION)
    lots = {one: act.get(Lot, Lot.key(one), Code.UNKNOWN_LOT) for one in body.lots}
    recall = act.get(Recall, Recall.key(body.recall), Code.UNKNOWN_RECALL)
    require(recall.entry == body.entry, Code.NOT_THE_LATEST)
    recalled = {root for one in of_it for root in one.roots}
    named = {name for lot_id, lot in lots.items() for name in (lot_id, *lot.roots)}
    require(named.isdisjoint(recalled), Code.RECALLED)
    require(bool(of_it), Code.RECALL_ENDED)
    cleared = {one.entry: _with(one, lots) for one in mine if one.kind == SAFETY}
    after = [cleared.get(one.entry, one) for one in entries]
    require(tuple(after) != entries, Code.NOTHING_NEW)
    count = organisations_with_officers(act.head)
    require_room_of_cleared(after, organisation=ours, organisations=count)
    put_entries(act, after)


def _with(entry: OpenRecall, lots: dict[str, Lot]) -> OpenRecall:
    cleared = {*(entry.cleared or ()), *lots}
    return replace(entry, cleared=tuple(sorted(cleared)))


def _touches(_command: Command, body: Clear, _closed: None) -> Touches:
    lots = tuple(Lot.key(one) for one in dict.fromkeys(body.lots))
    return Touches(reads=(Recall.key(body.recall), *lots), writes=(OPEN_RECALLS,))


TYPES = (
    CommandType(
        name="recall.clear",
        body=Clear,
        roles=OFFICERS,
        proof="public",
        touches=_touches,
        apply=_clear,
    ),
)
