"""How organisations part for a time: a majority of the others takes one's offices.

Each registrar's `organisation.suspend` is a vote of their organisation; the one that completes the
majority writes the head, and each later one says again until when a majority wants it. It takes
offices (`OFFICES`), never what people do for themselves. Where there are two organisations there is
no majority of the others, and so no suspension: one alone could silence the other.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from chaincode.base import times
from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import Date, Items, PseudonymId, Text, Word
from chaincode.command_types import Act, CommandType, Touches, require, require_own_service
from chaincode.registry.records import HEAD, REGISTRAR, Standing

SUSPENDED_DAYS_MAX: Final = 90  # by one vote; who wants longer votes again
VOTES_MIN: Final = 2

Reason = Annotated[str, Text("key-stolen|silent|against-rules|dissolved|other", "key-stolen")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One organisation's, in force until a day; its next vote replaces it.

    Attributes:
        service: That keeps the registrar's key: two keys of one are never two organisations' word.
    """

    organisation: Word
    reason: Reason
    until: Date
    service: PseudonymId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """`suspension/<organisation>`: who wants its offices suspended, why, and until when.

    Attributes:
        votes: Sorted by organisation.
    """

    votes: Annotated[tuple[Vote, ...], Items(0, 15)]

    @staticmethod
    def key(organisation_id: str) -> str:
        """Return the state key."""
        return f"suspension/{organisation_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """Open part of `organisation.suspend`: a vote, also one to go on longer or to end earlier."""

    organisation: Word
    reason: Reason
    until: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstate:
    """Open part of `organisation.reinstate`: the signer's organisation takes its vote back."""

    organisation: Word


def majority_of(others: int) -> int:
    """Return how many votes of the other organisations suspend one: never one alone."""
    return max(VOTES_MIN, others // 2 + 1)


def _suspend(act: Act, body: Suspend, _closed: None) -> None:
    _require_other(act, body.organisation)
    require_own_service(act, (one.service for one in _votes_of_others(act, body.organisation)))
    others = act.head.deciding_about(body.organisation)
    suspended = _suspended(act, body.organisation)
    is_possible = suspended.has_registrars and majority_of(len(others)) <= len(others)
    require(act.today <= body.until, Code.PERIOD_REVERSED)
    latest = times.days_after(act.today, SUSPENDED_DAYS_MAX)
    require(body.until <= latest, Code.PERIOD_TOO_LONG)
    require(is_possible, Code.TOO_FEW_ORGANISATIONS)
    vote = Vote(
        organisation=act.principal.organisation,
        reason=body.reason,
        until=body.until,
        service=act.signer.service,
    )
    _count(act, suspended, (*_votes_of_others(act, body.organisation), vote))


def _reinstate(act: Act, body: Reinstate, _closed: None) -> None:
    _require_other(act, body.organisation)
    suspended = _suspended(act, body.organisation)
    kept = _votes_of_others(act, body.organisation)
    before = act.find(Suspension, Suspension.key(body.organisation))
    require(before is not None and len(kept) < len(before.votes), Code.UNKNOWN_VOTE)
    _count(act, suspended, kept)


def _require_other(act: Act, organisation_id: str) -> None:
    require(act.principal.organisation != organisation_id, Code.NOT_INDEPENDENT)


def _suspended(act: Act, organisation_id: str) -> Standing:
    standing = act.head.standing(organisation_id)
    require(standing is not None, Code.UNKNOWN_ORGANISATION)
    assert standing is not None  # noqa: S101 - required just before
    return standing


def _votes_of_others(act: Act, organisation_id: str) -> tuple[Vote, ...]:
    """Return the votes on record but the signer's."""
    before = act.find(Suspension, Suspension.key(organisation_id))
    votes = before.votes if before else ()
    return tuple(one for one in votes if one.organisation != act.principal.organisation)


def _count(act: Act, suspended: Standing, votes: tuple[Vote, ...]) -> None:
    """Write the votes, and the head if they say something else than it does."""
    ordered = tuple(sorted(votes, key=lambda one: one.organisation))
    act.put(Suspension.key(suspended.id), Suspension(votes=ordered))
    until = _wanted_until(act, suspended.id, ordered)
    if until == (suspended.suspended_until if suspended.is_suspended_on(act.today) else None):
        return
    organisations = tuple(
        replace(one, suspended_until=until) if one.id == suspended.id else one
        for one in act.head.organisations
    )
    act.put(HEAD, replace(act.head, organisations=organisations))


def _wanted_until(act: Act, organisation_id: str, votes: tuple[Vote, ...]) -> str | None:
    """Return the last day on which a majority of the others wants it, counting from today.

    A vote counts that has not ended, of an organisation that could give it today.
    """
    others = act.head.deciding_about(organisation_id)
    counting = {one.id for one in others if not one.is_suspended_on(act.today)}
    untils = sorted(
        (one.until for one in votes if one.organisation in counting and one.until >= act.today),
        reverse=True,
    )
    needed = majority_of(len(others))
    return untils[needed - 1] if len(untils) >= needed else None


def _touches(_command: Command, body: Suspend | Reinstate, _closed: None) -> Touches:
    key = Suspension.key(body.organisation)
    return Touches(reads=(key,), writes=(key, HEAD))


_REGISTRARS = frozenset({REGISTRAR})

TYPES = (
    CommandType(
        name="organisation.suspend",
        body=Suspend,
        roles=_REGISTRARS,
        touches=_touches,
        apply=_suspend,
    ),
    CommandType(
        name="organisation.reinstate",
        body=Reinstate,
        roles=_REGISTRARS,
        touches=_touches,
        apply=_reinstate,
    ),
)
