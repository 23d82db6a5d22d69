"""Mandates: one person may give commands for another, named on the ledger with a period.

The principal grants it by an own key; for a principal without one, and only then, two registrars
do, neither of whom may be the agent.
"""

from dataclasses import dataclass
from typing import Annotated

from chaincode.base import times
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.base.shapes import Date, Items, PseudonymId, TypeName
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.registry.records import REGISTRAR, Actor, Mandate


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveMandate:
    """Open part of `mandate.grant` and of `mandate.register`. Dates are included, the town's."""

    principal: PseudonymId
    agent: PseudonymId
    types: Annotated[tuple[TypeName, ...], Items(1, 32)]
    since: Date
    until: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeMandate:
    """Open part of `mandate.revoke`: by the principal, the agent, or a registrar of either."""

    principal: PseudonymId
    agent: PseudonymId


def _grant(act: Act, body: GiveMandate, _closed: None) -> None:
    require(body.principal == act.signer.actor, Code.WRONG_ACTOR)
    _give(act, body)


def _register(act: Act, body: GiveMandate, _closed: None) -> None:
    assert act.proposer is not None  # noqa: S101 - a type with two signers
    registrars = (act.proposer, act.principal)
    principal = act.find(Actor, Actor.key(body.principal))
    theirs = {one.organisation for one in registrars}
    require(principal is None or principal.organisation in theirs, Code.NOT_YOUR_ORGANISATION)
    require(body.agent not in {one.actor for one in registrars}, Code.NOT_INDEPENDENT)
    _give(act, body, by_registrars=True)


def _give(act: Act, body: GiveMandate, *, by_registrars: bool = False) -> None:
    require(body.principal != body.agent, Code.NOT_INDEPENDENT)
    principal = act.get(Actor, Actor.key(body.principal), Code.UNKNOWN_ACTOR)
    act.get(Actor, Actor.key(body.agent), Code.UNKNOWN_ACTOR)
    key = Mandate.key(body.principal, body.agent)
    before = act.find(Mandate, key)
    revoked_at = before.revoked_at if before else None
    # A proposal that lay about must not bring back what was revoked meanwhile.
    is_late = bool(revoked_at and act.proposed_at and act.proposed_at <= revoked_at)
    require(not is_late, Code.PROPOSAL_CLOSED)
    require(not (by_registrars and principal.devices), Code.HAS_OWN_KEY)
    kinds = [act.types.get(name) for name in body.types]
    require(all(kind is not None and kind.is_delegable for kind in kinds), Code.NOT_DELEGABLE)
    require(body.since <= body.until, Code.PERIOD_REVERSED)
    act.put(
        key, Mandate(types=body.types, since=body.since, until=body.until, revoked_at=revoked_at)
    )


def _revoke(act: Act, body: RevokeMandate, _closed: None) -> None:
    key = Mandate.key(body.principal, body.agent)
    if act.signer.actor not in {body.principal, body.agent}:
        require(REGISTRAR in act.signer.roles, Code.ROLE_MISSING)
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


def _give_touches(_command: Command, body: GiveMandate, _closed: None) -> Touches:
    key = Mandate.key(body.principal, body.agent)
    return Touches(reads=(key, Actor.key(body.principal), Actor.key(body.agent)), writes=(key,))


def _revoke_touches(_command: Command, body: RevokeMandate, _closed: None) -> Touches:
    key = Mandate.key(body.principal, body.agent)
    return Touches(reads=(key, Actor.key(body.principal), Actor.key(body.agent)), writes=(key,))


TYPES = (
    CommandType(name="mandate.grant", body=GiveMandate, touches=_give_touches, apply=_grant),
    CommandType(
        name="mandate.register",
        body=GiveMandate,
        roles=frozenset({REGISTRAR}),
        signers=2,
        touches=_give_touches,
        apply=_register,
    ),
    CommandType(name="mandate.revoke", body=RevokeMandate, touches=_revoke_touches, apply=_revoke),
)
