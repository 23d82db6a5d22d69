"""What registrars of two organisations do together for people of a third.

An auditor has no registrar of its own, and none of those whom it audits may enter, change or
silence its people alone.
"""

from collections.abc import Callable
from typing import Any

from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.command_types import Act, CommandType, Touches, require
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
from chaincode.registry.records import (
    AUDITOR,
    CONSTITUTION,
    REGISTRAR,
    Actor,
    Constitution,
)


def _grant(act: Act, body: GrantRoles, _closed: None) -> None:
    grant_roles(act, _auditors_actor(act, body.actor), body)


def _enrol(act: Act, body: Enrol, _closed: None) -> None:
    enrol_device(act, _auditors_actor(act, body.actor), body)


def _revoke(act: Act, body: Revoke, _closed: None) -> None:
    revoke_device(act, _auditors_actor(act, body.actor), body)


def _with_constitution(touches: Callable[[Command, Any, None], Touches]) -> Any:  # noqa: ANN401 - of each type
    def touched(command: Command, body: Any, closed: None) -> Touches:  # noqa: ANN401 - its shape
        named = touches(command, body, closed)
        return Touches(reads=(CONSTITUTION, *named.reads), writes=named.writes)

    return touched


def _auditors_actor(act: Act, actor_id: str) -> Actor:
    """Return an actor of an organisation that has no registrar."""
    constitution = act.get(Constitution, CONSTITUTION, Code.UNKNOWN_ORGANISATION)
    actor = act.find(Actor, Actor.key(actor_id))
    if actor is None:
        raise RejectionError(Code.UNKNOWN_ACTOR)
    organisation = constitution.organisation(actor.organisation)
    is_auditor = organisation is not None and organisation.kind == AUDITOR
    require(is_auditor, Code.NOT_YOUR_ORGANISATION)
    return actor


TYPES = tuple(
    CommandType(
        name=name,
        body=body,
        roles=frozenset({REGISTRAR}),
        signers=2,
        independent="organisation",
        touches=_with_constitution(touches),
        apply=apply,
    )
    for name, body, touches, apply in (
        ("auditor.grant", GrantRoles, grant_touches, _grant),
        ("auditor.enrol", Enrol, enrol_touches, _enrol),
        ("key.revoke_jointly", Revoke, revoke_touches, _revoke),
    )
)
