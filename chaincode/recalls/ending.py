"""What becomes of a recall: another confirms it, or two organisations end it."""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import LotId, Sha256, Text
from chaincode.command_types import Act, CommandType, Signer, Touches, require
from chaincode.lots.records import HOLDERS
from chaincode.recalls.commands import OFFICERS
from chaincode.recalls.in_force import entries_in_force, put_entries, state_of
from chaincode.recalls.records import OPEN_RECALLS, RECALL_OFFICER, OpenRecall, Recall

LiftReason = Annotated[
    str, Text("wrong-lot|no-fault-found|wrong-test|typing|other", "no-fault-found")
]


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


def _confirm(act: Act, body: Confirm, _closed: None) -> None:
    key = Recall.key(body.recall)
    recall, signer = act.find(Recall, key), act.principal
    is_own = recall is not None and recall.is_own and recall.party == signer.party
    require(is_own or signer.holds(RECALL_OFFICER), Code.ROLE_MISSING)
    entries = entries_in_force(act)
    alone = [one for one in entries if one.recall == body.recall and one.alone is not None]
    fit = {
        one.entry
        for one in alone
        if _is_second(signer, one) and act.signer.is_of_another_service(one.service)
    }
    require(bool(fit) or not alone, Code.NOT_INDEPENDENT)
    recall = act.get(Recall, key, Code.UNKNOWN_RECALL)
    require(recall.entry == body.entry, Code.NOT_THE_LATEST)
    require(bool(fit), Code.NOT_UNCONFIRMED)
    after = [_confirmed(one) if one.entry in fit else one for one in entries]
    put_entries(act, after)
    state = state_of([one for one in after if one.recall == body.recall])
    act.put(key, replace(recall, state=state, entry=act.command.id))


def _is_second(signer: Signer, entry: OpenRecall) -> bool:
    """Whether someone may confirm what another signed alone.

    Of others' goods an officer of another organisation; of a party's own any other officer, or
    another person of the party.
    """
    is_officer = RECALL_OFFICER in signer.roles
    if entry.own is None:
        return is_officer and signer.organisation != entry.organisation
    return signer.actor != entry.alone and (is_officer or signer.party == entry.own)


def _confirmed(entry: OpenRecall) -> OpenRecall:
    return replace(entry, alone=None, service=None, lapses_at=None)


def _lift(act: Act, body: Lift, _closed: None) -> None:
    _end(act, body, "lifted")


def _close(act: Act, body: Close, _closed: None) -> None:
    _end(act, body, "closed")


def _end(act: Act, body: Lift | Close, state: str) -> None:
    recall = act.get(Recall, Recall.key(body.recall), Code.UNKNOWN_RECALL)
    require(recall.entry == body.entry, Code.NOT_THE_LATEST)
    entries = entries_in_force(act)
    others = [one for one in entries if one.recall != body.recall]
    require(len(others) < len(entries), Code.RECALL_ENDED)
    put_entries(act, others)
    act.put(Recall.key(body.recall), replace(recall, state=state, entry=act.command.id))


def _touches(_command: Command, body: Confirm | Lift | Close, _closed: None) -> Touches:
    recall = Recall.key(body.recall)
    return Touches(reads=(recall,), writes=(recall, OPEN_RECALLS))


TYPES = (
    CommandType(
        name="recall.confirm",
        body=Confirm,
        roles=OFFICERS | HOLDERS,
        proof="public",
        touches=_touches,
        apply=_confirm,
    ),
    CommandType(
        name="recall.lift",
        body=Lift,
        roles=OFFICERS,
        signers=2,
        independent="organisation",
        proof="public",
        touches=_touches,
        apply=_lift,
    ),
    CommandType(
        name="recall.close",
        body=Close,
        roles=OFFICERS,
        signers=2,
        independent="organisation",
        proof="public",
        touches=_touches,
        apply=_close,
    ),
)
