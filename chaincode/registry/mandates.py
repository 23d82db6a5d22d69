"""Mandates: one person may give commands for another, named on the ledger with a period.

The principal grants it by an own key; for principals without one, and only then, registrars of two
organisations do, neither of whom may be an agent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Protocol

from chaincode.base import times
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.base.shapes import Date, Items, PseudonymId, TypeName
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.registry.records import REGISTRAR, Actor, Mandate

PAIRS_MAX: Final = 50  # that one command registers; each is four state operations
Types = Annotated[tuple[TypeName, ...], Items(1, 32)]


class Pair(Protocol):
    """Who gives a mandate, and to whom."""

    @property
    def principal(self) -> PseudonymId:
        """For whom."""

    @property
    def agent(self) -> PseudonymId:
        """Who signs."""


class Terms(Protocol):
    """What a mandate is for, and how long."""

    @property
    def types(self) -> Types:
        """Of commands."""

    @property
    def since(self) -> Date:
        """The first day."""

    @property
    def until(self) -> Date:
        """The last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveMandate:
    """Open part of `mandate.grant`. Dates are included, the town's."""

    principal: PseudonymId
    agent: PseudonymId
    types: Types
    since: Date
    until: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatePair:
    """One mandate of a list."""

    principal: PseudonymId
    agent: PseudonymId


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMandates:
    """Open part of `mandate.register`: a list on the same terms, given all or none."""

    mandates: Annotated[tuple[MandatePair, ...], Items(1, PAIRS_MAX)]
    types: Types
    since: Date
    until: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeMandate:
    """Open part of `mandate.revoke`: by the principal, the agent, or a registrar of either."""

    principal: PseudonymId
    agent: PseudonymId


def _grant(act: Act, body: GiveMandate, _closed: None) -> None:
    require(body.principal == act.signer.actor, Code.WRONG_ACTOR)
    _give(act, (body,), body)


def _register(act: Act, body: RegisterMandates, _closed: None) -> None:
    assert act.proposer is not None  # noqa: S101 - a type with two signers
    registrars = (act.proposer, act.principal)
    signers = {one.actor for one in registrars}
    are_apart = all(
        pair.agent != pair.principal and pair.agent not in signers for pair in body.mandates
    )
    require(are_apart, Code.NOT_INDEPENDENT)
    theirs = {one.organisation for one in registrars}
    principals = [act.find(Actor, Actor.key(pair.principal)) for pair in body.mandates]
    is_theirs = all(one is None or one.organisation in theirs for one in principals)
    require(is_theirs, Code.NOT_YOUR_ORGANISATION)
    _give(act, body.mandates, body, by_registrars=True)


def _give(act: Act, pairs: Sequence[Pair], terms: Terms, *, by_registrars: bool = False) -> None:
    require(all(pair.principal != pair.agent for pair in pairs), Code.NOT_INDEPENDENT)
    principals = [act.get(Actor, Actor.key(one.principal), Code.UNKNOWN_ACTOR) for one in pairs]
    for pair in pairs:
        act.get(Actor, Actor.key(pair.agent), Code.UNKNOWN_ACTOR)
    keys = [Mandate.key(pair.principal, pair.agent) for pair in pairs]
    before = [act.find(Mandate, key) for key in keys]
    revoked = [one.revoked_at if one else None for one in before]
    # A proposal that lay about must not bring back what was revoked meanwhile.
    is_late = any(at and act.proposed_at and act.proposed_at <= at for at in revoked)
    require(not is_late, Code.PROPOSAL_CLOSED)
    can_sign = any(one.devices for one in principals)
    require(not (by_registrars and can_sign), Code.HAS_OWN_KEY)
    kinds = [act.types.get(name) for name in terms.types]
    require(all(kind is not None and kind.is_delegable for kind in kinds), Code.NOT_DELEGABLE)
    require(terms.since <= terms.until, Code.PERIOD_REVERSED)
    for key, revoked_at in zip(keys, revoked, strict=True):
        mandate = Mandate(
            types=terms.types, since=terms.since, until=terms.until, revoked_at=revoked_at
        )
        act.put(key, mandate)


def _revoke(act: Act, body: RevokeMandate, _closed: None) -> None:
    key = Mandate.key(body.principal, body.agent)
    if act.signer.actor not in {body.principal, body.agent}:
        require(act.signer.holds(REGISTRAR), Code.ROLE_MISSING)
        theirs = {
            actor.organisation
            for actor_id in (body.principal, body.agent)
            if (actor := act.find(Actor, Actor.key(actor_id))) is not None
        }
        require(act.signer.organisation in theirs, Code.NOT_YOUR_ORGANISATION)
    mandate = act.get(Mandate, key, Code.UNKNOWN_MANDATE)
    if not mandate.types:
        raise RejectionError(Code.UNKNOWN_MANDATE)
    revoked_at = times.timestamp(act.time)
    act.put(key, Mandate(types=(), since=mandate.since, until=mandate.until, revoked_at=revoked_at))


def _touched(pair: Pair) -> Touches:
    key = Mandate.key(pair.principal, pair.agent)
    return Touches(reads=(key, Actor.key(pair.principal), Actor.key(pair.agent)), writes=(key,))


def _touches(_command: Command, body: GiveMandate | RevokeMandate, _closed: None) -> Touches:
    return _touched(body)


def _register_touches(_command: Command, body: RegisterMandates, _closed: None) -> Touches:
    touched = [_touched(pair) for pair in body.mandates]
    return Touches(
        reads=tuple(dict.fromkeys(key for one in touched for key in one.reads)),
        writes=tuple(dict.fromkeys(key for one in touched for key in one.writes)),
    )


TYPES = (
    CommandType(name="mandate.grant", body=GiveMandate, touches=_touches, apply=_grant),
    CommandType(
        name="mandate.register",
        body=RegisterMandates,
        roles=frozenset({REGISTRAR}),
        signers=2,
        independent="organisation",
        touches=_register_touches,
        apply=_register,
    ),
    CommandType(name="mandate.revoke", body=RevokeMandate, touches=_touches, apply=_revoke),
)
