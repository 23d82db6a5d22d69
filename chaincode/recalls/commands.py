"""Declaring, confirming, extending and ending a recall; drills."""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import Bits128, LotId, PseudonymId, Sha256, SmallNumber, Text
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.recalls.records import (
    OPEN_RECALLS,
    ROOTS_OPEN_MAX,
    OpenRecall,
    OpenRecalls,
    Recall,
    RecallCause,
    RecallClass,
    RecallRoots,
    RecallScope,
)

RECALL_OFFICER = "recall-officer"

LiftReason = Annotated[
    str, Text("wrong-lot|no-fault-found|wrong-test|typing|other", "no-fault-found")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare:
    """Open part of `recall.declare`, `recall.emergency` and `recall.drill`.

    Attributes:
        kind: 食品表示法 and 食品衛生法 tell safety from labelling; `quality` is neither.
        scope: How the roots were found.
        roots: The lots that it begins with; their descendants are met by themselves.
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
    explanation: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Open part of `recall.confirm`: the second person's.

    Attributes:
        entry: The recall's latest entry as the signer saw it, so that nobody confirms, or ends,
            what has been extended meanwhile.
    """

    recall: LotId
    entry: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """Open part of `recall.extend`: more lots of the same cause."""

    recall: LotId
    roots: RecallRoots


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Open part of `recall.lift`: it was a mistake; why is told to the public."""

    recall: LotId
    entry: Sha256
    reason: LiftReason
    explanation: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Open part of `recall.close`: all goods are accounted for."""

    recall: LotId
    entry: Sha256


def _declare(act: Act, body: Declare, _closed: None) -> None:
    # Of two signers the proposer answers for it; the second need not be of that party.
    declarer = act.proposer or act.principal
    require(body.party == declarer.party, Code.NOT_YOUR_PARTY)
    _enter(act, body, actor=declarer.actor, state="confirmed")
    _open(act, body.recall, body.roots)


def _declare_at_once(act: Act, body: Declare, _closed: None) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    _enter(act, body, actor=act.principal.actor, state="unconfirmed")
    require(body.kind == "safety", Code.NOT_AN_EMERGENCY)
    _open(act, body.recall, body.roots)
    act.flags.add("unconfirmed")


def _drill(act: Act, body: Declare, _closed: None) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    _enter(act, body, actor=act.principal.actor, state="drill")
    act.flags.add("drill")


def _enter(act: Act, body: Declare, *, actor: str, state: str) -> None:
    require_derived(act, body.recall, party=body.party, nonce=body.id_nonce, index=body.index)
    key = Recall.key(body.recall)
    require(act.find(Recall, key) is None, Code.ID_TAKEN)
    act.put(
        key,
        Recall(
            party=body.party,
            actor=actor,
            state=state,
            kind=body.kind,
            cause=body.cause,
            scope=body.scope,
            roots_count=len(frozenset(body.roots)),
            entry=act.command.id,
        ),
    )


def _open(act: Act, recall_id: str, roots: tuple[str, ...]) -> OpenRecall:
    """Put more roots into the record of open recalls; return the recall's entry there."""
    before = act.find(OpenRecalls, OPEN_RECALLS) or OpenRecalls(recalls=())
    mine = next((one for one in before.recalls if one.recall == recall_id), None)
    all_roots = tuple(sorted({*roots, *(mine.roots if mine else ())}))
    others = tuple(one for one in before.recalls if one.recall != recall_id)
    count = len(all_roots) + sum(len(one.roots) for one in others)
    require(count <= ROOTS_OPEN_MAX, Code.TOO_MANY_ROOTS)
    entry = OpenRecall(recall=recall_id, roots=all_roots)
    recalls = tuple(sorted((*others, entry), key=lambda one: one.recall))
    act.put(OPEN_RECALLS, OpenRecalls(recalls=recalls))
    return entry


def _confirm(act: Act, body: Confirm, _closed: None) -> None:
    recall = act.get(Recall, Recall.key(body.recall), Code.UNKNOWN_RECALL)
    people = {act.signer.actor, act.principal.actor}
    require(recall.actor not in people, Code.NOT_INDEPENDENT)
    require(recall.entry == body.entry, Code.NOT_THE_LATEST)
    require(recall.state == "unconfirmed", Code.NOT_UNCONFIRMED)
    act.put(
        Recall.key(body.recall),
        replace(recall, state="confirmed", entry=act.command.id),
    )


def _extend(act: Act, body: Extend, _closed: None) -> None:
    recall = act.get(Recall, Recall.key(body.recall), Code.UNKNOWN_RECALL)
    _require_in_force(recall)
    # Whoever extends what one person declared alone answers for the whole: another confirms it.
    actor = act.principal.actor if recall.state == "unconfirmed" else recall.actor
    entry = _open(act, body.recall, body.roots)
    act.put(
        Recall.key(body.recall),
        replace(recall, actor=actor, roots_count=len(entry.roots), entry=act.command.id),
    )


def _lift(act: Act, body: Lift, _closed: None) -> None:
    _end(act, body, "lifted")


def _close(act: Act, body: Close, _closed: None) -> None:
    _end(act, body, "closed")


def _end(act: Act, body: Lift | Close, state: str) -> None:
    recall = act.get(Recall, Recall.key(body.recall), Code.UNKNOWN_RECALL)
    require(recall.entry == body.entry, Code.NOT_THE_LATEST)
    _require_in_force(recall)
    before = act.find(OpenRecalls, OPEN_RECALLS) or OpenRecalls(recalls=())
    others = tuple(one for one in before.recalls if one.recall != body.recall)
    act.put(OPEN_RECALLS, OpenRecalls(recalls=others))
    act.put(Recall.key(body.recall), replace(recall, state=state, entry=act.command.id))


def _require_in_force(recall: Recall) -> None:
    require(recall.state in {"unconfirmed", "confirmed"}, Code.RECALL_ENDED)


def _touches(_command: Command, body: Declare | Extend | Lift | Close, _closed: None) -> Touches:
    recall = Recall.key(body.recall)
    return Touches(reads=(recall,), writes=(recall, OPEN_RECALLS))


def _touches_itself(_command: Command, body: Declare | Confirm, _closed: None) -> Touches:
    recall = Recall.key(body.recall)
    return Touches(reads=(recall,), writes=(recall,))


_OFFICERS = frozenset({RECALL_OFFICER})

TYPES = (
    CommandType(
        name="recall.declare",
        body=Declare,
        roles=_OFFICERS,
        signers=2,
        proof="public",
        touches=_touches,
        apply=_declare,
    ),
    CommandType(
        name="recall.emergency",
        body=Declare,
        roles=_OFFICERS,
        proof="public",
        touches=_touches,
        apply=_declare_at_once,
    ),
    CommandType(
        name="recall.confirm",
        body=Confirm,
        roles=_OFFICERS,
        proof="public",
        touches=_touches_itself,
        apply=_confirm,
    ),
    CommandType(
        name="recall.extend",
        body=Extend,
        roles=_OFFICERS,
        proof="public",
        touches=_touches,
        apply=_extend,
    ),
    CommandType(
        name="recall.lift",
        body=Lift,
        roles=_OFFICERS,
        signers=2,
        proof="public",
        touches=_touches,
        apply=_lift,
    ),
    CommandType(
        name="recall.close",
        body=Close,
        roles=_OFFICERS,
        signers=2,
        proof="public",
        touches=_touches,
        apply=_close,
    ),
    CommandType(
        name="recall.drill",
        body=Declare,
        roles=_OFFICERS,
        proof="parties",
        touches=_touches_itself,
        apply=_drill,
    ),
)
