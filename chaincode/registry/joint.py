"""What registrars of two organisations do together for people of a third.

An auditor has no registrar of its own, and none of those whom it audits may enter, change or
silence its people alone. A suspended organisation's registrars can't act either: until they can,
two others end the keys of its people that are in wrong hands.
"""

from chaincode.base.errors import Code, RejectionError
from chaincode.command_types import Act, CommandType, require
from chaincode.registry.people import (
    Enrol,
    GrantRoles,
    Revoke,
    enrol_device,
    enrol_touches,
    grant_roles,
    grant_touches,
    revoke_device,
    revoke_touches,
)
from chaincode.registry.records import REGISTRAR, Actor, Standing


def _grant(act: Act, body: GrantRoles, _closed: None) -> None:
    actor, organisation = _of_actor(act, body.actor)
    require(not organisation.has_registrars, Code.NOT_YOUR_ORGANISATION)
    grant_roles(act, actor, body)


def _enrol(act: Act, body: Enrol, _closed: None) -> None:
    actor, organisation = _of_actor(act, body.actor)
    require(not organisation.has_registrars, Code.NOT_YOUR_ORGANISATION)
    enrol_device(act, actor, body)


def _revoke(act: Act, body: Revoke, _closed: None) -> None:
    actor, organisation = _of_actor(act, body.actor)
    can_act = organisation.has_registrars and not organisation.is_suspended_on(act.today)
    require(not can_act, Code.NOT_YOUR_ORGANISATION)
    revoke_device(act, actor, body)


def _of_actor(act: Act, actor_id: str) -> tuple[Actor, Standing]:
    """Return an actor and its organisation."""
    actor = act.find(Actor, Actor.key(actor_id))
    if actor is None:
        raise RejectionError(Code.UNKNOWN_ACTOR)
    organisation = act.head.standing(actor.organisation)
    assert organisation is not None  # noqa: S101 - no amendment drops one
    return actor, organisation


TYPES = tuple(
    CommandType(
        name=name,
        body=body,
        roles=frozenset({REGISTRAR}),
        signers=2,
        independent="organisation",
        touches=touches,
        apply=apply,
    )
    for name, body, touches, apply in (
        ("auditor.grant", GrantRoles, grant_touches, _grant),
        ("auditor.enrol", Enrol, enrol_touches, _enrol),
        ("key.revoke_jointly", Revoke, revoke_touches, _revoke),
    )
)
