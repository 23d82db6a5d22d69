"""Declaring and extending a recall: by two organisations, or by one signer at once; drills.

Others' goods are recalled by two officers of different organisations. What one signs alone is of
lots that are on record, applies at once, and waits for another's `recall.confirm`: for safety's
sake until two lift it, else for seven days. Of its own goods a party needs no office.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chaincode.base import times
from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import Bits128, LotId, PseudonymId, Sha256, SmallNumber
from chaincode.command_types import Act, CommandType, Signer, Touches, require
from chaincode.lots.records import CROPS_OF_A_LOT_MAX, HOLDERS, Lot
from chaincode.recalls.in_force import entries_in_force, put_entries, state_of
from chaincode.recalls.records import (
    CROPS_MAX,
    LAPSES_AFTER_S,
    OPEN_RECALLS,
    RECALL_OFFICER,
    SAFETY,
    Crops,
    OpenRecall,
    Recall,
    RecallCause,
    RecallClass,
    RecallRoots,
    RecallScope,
    RootsAlone,
)
from chaincode.recalls.room import organisations_with_officers, require_room

OFFICERS = frozenset({RECALL_OFFICER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare:
    """Open part of `recall.declare` and `recall.drill`.

    Attributes:
        kind: 食品表示法 and 食品衛生法 tell safety from labelling; `quality` is neither.
        scope: How the roots were found.
        roots: The lots that it begins with; their descendants are met by themselves. One that is
            not on record yet may be among them.
        crops: What they are, and were said to be before: the lots are not read.
        explanation: SHA-256 of salt and text of what is told to the public, kept off the ledger.
    """

    recall: LotId
    id_nonce: Bits128
    index: SmallNumber
    party: PseudonymId
    kind: RecallClass
    cause: RecallCause
    scope: RecallScope
    roots: RecallRoots
    crops: Crops
    explanation: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareAlone:
    """Open part of `recall.emergency` and `recall.own`: each lot is on record."""

    recall: LotId
    id_nonce: Bits128
    index: SmallNumber
    party: PseudonymId
    kind: RecallClass
    cause: RecallCause
    scope: RecallScope
    roots: RootsAlone
    explanation: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """Open part of `recall.extend`: more lots of the same cause, each on record."""

    recall: LotId
    roots: RootsAlone


@dataclass(frozen=True, slots=True, kw_only=True)
class Widen:
    """Open part of `recall.widen`: more lots of the same cause, by two signers."""

    recall: LotId
    roots: RecallRoots
    crops: Crops


def _declare(act: Act, body: Declare, _closed: None) -> None:
    # Of two signers the proposer answers for it; the second need not be of that party.
    declarer = act.proposer or act.principal
    require(body.party == declarer.party, Code.NOT_YOUR_PARTY)
    _require_free(act, body)
    _require_crops_of(body)
    entry = _entry(act, body, declarer, body.kind, body.crops)
    _begin(act, body, declarer, entry)


def _declare_at_once(act: Act, body: DeclareAlone, _closed: None) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    crops = _crops_on_record(act, body.roots)
    _require_free(act, body)
    require(body.kind == SAFETY, Code.NOT_AN_EMERGENCY)
    entry = _entry(act, body, act.principal, body.kind, crops)
    _begin(act, body, act.principal, _alone(act, entry))


def _recall_own(act: Act, body: DeclareAlone, _closed: None) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    crops = _crops_on_record(act, body.roots, party=body.party)
    _require_free(act, body)
    entry = _entry(act, body, act.principal, body.kind, crops)
    _begin(act, body, act.principal, replace(_alone(act, entry), own=body.party))


def _drill(act: Act, body: Declare, _closed: None) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    _require_free(act, body)
    act.put(Recall.key(body.recall), _record(act, body, act.principal, state="drill"))
    act.flags.add("drill")


def _extend(act: Act, body: Extend, _closed: None) -> None:
    crops = _crops_on_record(act, body.roots)
    recall = act.get(Recall, Recall.key(body.recall), Code.UNKNOWN_RECALL)
    new = _new_roots(act, body)
    entry = _entry(act, body, act.principal, recall.kind, crops)
    _add(act, recall, _alone(act, replace(entry, roots=new)))


def _widen(act: Act, body: Widen, _closed: None) -> None:
    recall = act.get(Recall, Recall.key(body.recall), Code.UNKNOWN_RECALL)
    new = _new_roots(act, body, is_by_two=True)
    _require_crops_of(body)
    entry = _entry(act, body, act.proposer or act.principal, recall.kind, body.crops)
    _add(act, recall, replace(entry, roots=new))


def _crops_on_record(act: Act, roots: Iterable[str], party: str | None = None) -> tuple[str, ...]:
    """Return what lots are, each of which is on record, and the party's if one is given."""
    lots = [act.get(Lot, Lot.key(root), Code.UNKNOWN_LOT) for root in roots]
    require(all(party in {None, lot.party} for lot in lots), Code.UNKNOWN_LOT)
    return tuple(crop for lot in lots for crop in lot.crops)


def _require_crops_of(body: Declare | Widen) -> None:
    """Reject more crops than so many lots can ever have been said to be (`TOO_MANY_CROPS`)."""
    most = CROPS_OF_A_LOT_MAX * len(body.roots)
    require(len(body.crops) <= most, Code.TOO_MANY_CROPS)


def _require_free(act: Act, body: Declare | DeclareAlone) -> None:
    require_derived(act, body.recall, party=body.party, nonce=body.id_nonce, index=body.index)
    require(act.find(Recall, Recall.key(body.recall)) is None, Code.ID_TAKEN)


def _new_roots(act: Act, body: Extend | Widen, *, is_by_two: bool = False) -> tuple[str, ...]:
    """Return what a recall in force does not name yet, or has by one signer's word alone."""
    mine = [one for one in entries_in_force(act) if one.recall == body.recall]
    require(bool(mine), Code.RECALL_ENDED)
    named = {root for one in mine if one.alone is None or not is_by_two for root in one.roots}
    new = frozenset(body.roots) - named
    require(bool(new), Code.NOTHING_NEW)
    return tuple(sorted(new))


def _entry(
    act: Act,
    body: Declare | DeclareAlone | Extend | Widen,
    signer: Signer,
    kind: str,
    crops: Iterable[str],
) -> OpenRecall:
    """Return the entry of what a command names, as of two signers."""
    return OpenRecall(
        recall=body.recall,
        entry=act.command.id,
        organisation=signer.organisation,
        kind=kind,
        crops=tuple(sorted(frozenset(crops))),
        roots=tuple(sorted(frozenset(body.roots))),
    )


def _alone(act: Act, entry: OpenRecall) -> OpenRecall:
    """Return the entry as of the one signer: whose it is, and until when."""
    require(len(entry.crops) <= CROPS_MAX, Code.TOO_MANY_CROPS)
    lapses_at = None if entry.kind == SAFETY else times.timestamp(act.time + LAPSES_AFTER_S)
    return replace(
        entry, alone=act.principal.actor, service=act.signer.service, lapses_at=lapses_at
    )


def _begin(act: Act, body: Declare | DeclareAlone, signer: Signer, entry: OpenRecall) -> None:
    _put(act, entry)
    state = "confirmed" if entry.alone is None else "unconfirmed"
    record = _record(act, body, signer, state=state, is_own=entry.own is not None)
    act.put(Recall.key(body.recall), record)


def _record(
    act: Act, body: Declare | DeclareAlone, signer: Signer, *, state: str, is_own: bool = False
) -> Recall:
    return Recall(
        party=body.party,
        organisation=signer.organisation,
        actor=signer.actor,
        is_own=is_own,
        state=state,
        kind=body.kind,
        cause=body.cause,
        scope=body.scope,
        roots_count=len(frozenset(body.roots)),
        entry=act.command.id,
    )


def _add(act: Act, recall: Recall, entry: OpenRecall) -> None:
    entries = [one for one in _put(act, entry) if one.recall == entry.recall]
    changed = replace(
        recall,
        state=state_of(entries),
        roots_count=len({root for one in entries for root in one.roots}),
        entry=act.command.id,
    )
    act.put(Recall.key(entry.recall), changed)


def _put(act: Act, entry: OpenRecall) -> tuple[OpenRecall, ...]:
    organisations = organisations_with_officers(act.head)
    after = require_room(entries_in_force(act), entry, organisations=organisations)
    put_entries(act, after)
    if entry.alone is not None:
        act.flags.add("unconfirmed")
    return after


def _touches(_command: Command, body: Declare | Widen, _closed: None) -> Touches:
    recall = Recall.key(body.recall)
    return Touches(reads=(recall,), writes=(recall, OPEN_RECALLS))


def _touches_lots(_command: Command, body: DeclareAlone | Extend, _closed: None) -> Touches:
    recall = Recall.key(body.recall)
    lots = tuple(Lot.key(root) for root in dict.fromkeys(body.roots))
    return Touches(reads=(recall, *lots), writes=(recall, OPEN_RECALLS))


def _touches_itself(_command: Command, body: Declare, _closed: None) -> Touches:
    recall = Recall.key(body.recall)
    return Touches(reads=(recall,), writes=(recall,))


TYPES = (
    CommandType(
        name="recall.declare",
        body=Declare,
        roles=OFFICERS,
        signers=2,
        independent="organisation",
        proof="public",
        touches=_touches,
        apply=_declare,
    ),
    CommandType(
        name="recall.emergency",
        body=DeclareAlone,
        roles=OFFICERS,
        proof="public",
        touches=_touches_lots,
        apply=_declare_at_once,
    ),
    CommandType(
        name="recall.own",
        body=DeclareAlone,
        roles=HOLDERS,
        proof="public",
        touches=_touches_lots,
        apply=_recall_own,
    ),
    CommandType(
        name="recall.extend",
        body=Extend,
        roles=OFFICERS,
        proof="public",
        touches=_touches_lots,
        apply=_extend,
    ),
    CommandType(
        name="recall.widen",
        body=Widen,
        roles=OFFICERS,
        signers=2,
        independent="organisation",
        proof="public",
        touches=_touches,
        apply=_widen,
    ),
    CommandType(
        name="recall.drill",
        body=Declare,
        roles=OFFICERS,
        proof="parties",
        touches=_touches_itself,
        apply=_drill,
    ),
)
