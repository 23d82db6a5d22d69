"""Parties, actors and devices: who there is, with which roles, and by which keys they sign."""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base import canonical, envelope, times
from chaincode.base.envelope import FIRST_PREVIOUS, Command, Jwk
from chaincode.base.errors import Code, RejectionError
from chaincode.base.shapes import (
    Base64Url32,
    Base64Url64,
    Bits128,
    Items,
    PseudonymId,
    Word,
)
from chaincode.base.signed_texts import Kind
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.registry.records import (
    AUDITOR,
    DEVICES_MAX,
    OFFICES,
    REGISTRAR,
    SHARED,
    SPARED_DAYS_MAX,
    Actor,
    Device,
    Grants,
    Keeping,
    Party,
    PartyKind,
    Revocation,
    Spared,
    Standing,
)

ENROLMENT = str(Kind.ENROLMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParty:
    """Open part of `party.register`: a business or household of the registrar's organisation."""

    party: PseudonymId
    kind: PartyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterActor:
    """Open part of `actor.register`: a person or till of a party."""

    actor: PseudonymId
    party: PseudonymId
    roles: Grants


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRoles:
    """Open part of `actor.grant`: all roles as they shall be, and every device they reach.

    Those devices are the actor's, and after them the revoked ones that may still bring in what was
    spared, in the order of the actor's record.
    """

    actor: PseudonymId
    roles: Grants
    devices: Annotated[tuple[Base64Url32, ...], Items(0, 2 * DEVICES_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """Open part of `key.enrol`.

    Attributes:
        actor: Whose device it is.
        jwk: The device's new public key.
        kept: How the key is kept.
        invitation: 128 bits of the invitation that the registrar handed out.
        proof: The new key's signature over `enrolment_message`, r ‖ s in base64url.
    """

    actor: PseudonymId
    jwk: Jwk
    kept: Keeping
    invitation: Bits128
    proof: Base64Url64


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """Open part of `key.revoke`: the device, and, if anything, what it may still bring in.

    Of a device revoked before, what this and the revocations before it all spare.
    """

    device: Base64Url32
    actor: PseudonymId
    spared: Spared | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAuditor:
    """Open part of `auditor.register`: two other organisations enter an auditor's person."""

    organisation: Word
    party: PseudonymId
    actor: PseudonymId
    roles: Grants
    jwk: Jwk
    kept: Keeping
    invitation: Bits128
    proof: Base64Url64


def enrolment_message(*, ledger: str, actor: str, nonce: str, kept: str) -> bytes:
    """Return what a new key signs to prove that its holder wants it enrolled for this actor."""
    return canonical.encode([ENROLMENT, ledger, actor, nonce, kept])


def _register_party(act: Act, body: RegisterParty, _closed: None) -> None:
    require(act.find(Party, Party.key(body.party)) is None, Code.ID_TAKEN)
    act.put(Party.key(body.party), Party(organisation=act.principal.organisation, kind=body.kind))


def _register_actor(act: Act, body: RegisterActor, _closed: None) -> None:
    party = act.find(Party, Party.key(body.party))
    require(
        party is None or party.organisation == act.principal.organisation,
        Code.NOT_YOUR_ORGANISATION,
    )
    require(party is not None, Code.UNKNOWN_PARTY)
    require(act.find(Actor, Actor.key(body.actor)) is None, Code.ID_TAKEN)
    organisation = _organisation(act, act.principal.organisation)
    _require_grantable(organisation, body.roles)
    act.put(
        Actor.key(body.actor),
        Actor(
            party=body.party,
            organisation=organisation.id,
            roles=body.roles,
            devices=(),
            draining=(),
        ),
    )


def _grant(act: Act, body: GrantRoles, _closed: None) -> None:
    grant_roles(act, _own_actor(act, body.actor), body)


def grant_roles(act: Act, actor: Actor, body: GrantRoles) -> None:
    """Give an actor these roles, whoever may do so has been looked at."""
    require(actor.reached == body.devices, Code.NOT_THE_LATEST)
    _require_grantable(_organisation(act, actor.organisation), body.roles)
    draining = actor.draining_on(act.today)
    act.put(Actor.key(body.actor), replace(actor, roles=body.roles, draining=draining))
    for kid in body.devices:
        device = act.get(Device, Device.key(kid), Code.UNKNOWN_DEVICE)
        _require_no_office_on_shared(device.kept, body.roles)
        act.put(Device.key(kid), replace(device, roles=body.roles))


def _enrol(act: Act, body: Enrol, _closed: None) -> None:
    enrol_device(act, _own_actor(act, body.actor), body)


def enrol_device(act: Act, actor: Actor, body: Enrol) -> None:
    """Enter an actor's next device, whoever may do so has been looked at."""
    kid = body.jwk.thumbprint
    require(act.find(Device, Device.key(kid)) is None, Code.ID_TAKEN)
    _require_proof(act, body)
    require(len(actor.devices) < DEVICES_MAX, Code.TOO_MANY_DEVICES)
    _require_no_office_on_shared(body.kept, actor.roles)
    if actor.reached:
        act.flags.add("second_key")
    act.put(Actor.key(body.actor), replace(actor, devices=(*actor.devices, kid)))
    act.put(Device.key(kid), _new_device(body, actor))


def _revoke(act: Act, body: Revoke, _closed: None) -> None:
    actor = act.find(Actor, Actor.key(body.actor))
    is_own = body.actor == act.principal.actor
    require(is_own or act.principal.holds(REGISTRAR), Code.ROLE_MISSING)
    is_theirs = actor is None or actor.organisation == act.principal.organisation
    require(is_own or is_theirs, Code.NOT_YOUR_ORGANISATION)
    if actor is None:
        raise RejectionError(Code.UNKNOWN_ACTOR)
    revoke_device(act, actor, body)


def revoke_device(act: Act, actor: Actor, body: Revoke) -> None:
    """End an actor's device, whoever may do so has been looked at."""
    device = act.get(Device, Device.key(body.device), Code.UNKNOWN_DEVICE)
    require(device.actor == body.actor, Code.UNKNOWN_DEVICE)
    spared = _spared(body.spared, device, act.today)
    ended = actor.ending(body.device, spared=spared, today=act.today)
    require(len(ended.draining) <= DEVICES_MAX, Code.TOO_MANY_DEVICES)
    act.put(Actor.key(body.actor), ended)
    act.put(Device.key(body.device), replace(device, revoked=Revocation(spared=spared)))


def _spared(asked: Spared | None, device: Device, today: str) -> Spared | None:
    """Return what may still come in of a device that is revoked, perhaps not for the first time."""
    spared = asked and asked.narrowed(asked, seq=device.next, today=today)
    if device.revoked is not None:
        before = device.revoked.spared
        before = before and before.narrowed(before, seq=device.next, today=today)
        spared = before and before.narrowed(spared, seq=device.next, today=today)
        require(spared != before, Code.DEVICE_REVOKED)
    latest = times.days_after(today, SPARED_DAYS_MAX)
    require(asked is None or asked.until <= latest, Code.PERIOD_TOO_LONG)
    return spared


def _register_auditor(act: Act, body: RegisterAuditor, _closed: None) -> None:
    organisation = _organisation(act, body.organisation)
    require(not organisation.has_registrars, Code.NOT_YOUR_ORGANISATION)
    kid = body.jwk.thumbprint
    office = Party(organisation=organisation.id, kind="office")
    require(act.find(Device, Device.key(kid)) is None, Code.ID_TAKEN)
    require(act.find(Actor, Actor.key(body.actor)) is None, Code.ID_TAKEN)
    require((act.find(Party, Party.key(body.party)) or office) == office, Code.ID_TAKEN)
    _require_proof(act, body)
    _require_grantable(organisation, body.roles)
    _require_no_office_on_shared(body.kept, body.roles)
    actor = Actor(
        party=body.party,
        organisation=organisation.id,
        roles=body.roles,
        devices=(kid,),
        draining=(),
    )
    act.put(Party.key(body.party), office)
    act.put(Actor.key(body.actor), actor)
    act.put(Device.key(kid), _new_device(body, actor))


def _new_device(body: Enrol | RegisterAuditor, actor: Actor) -> Device:
    return Device(
        jwk=body.jwk,
        kept=body.kept,
        actor=body.actor,
        party=actor.party,
        organisation=actor.organisation,
        roles=actor.roles,
        next=1,
        prev=FIRST_PREVIOUS,
    )


def _own_actor(act: Act, actor_id: str) -> Actor:
    """Return an actor of the registrar's own organisation."""
    actor = act.find(Actor, Actor.key(actor_id))
    if actor is None:
        raise RejectionError(Code.UNKNOWN_ACTOR)
    require(actor.organisation == act.principal.organisation, Code.NOT_YOUR_ORGANISATION)
    return actor


def _organisation(act: Act, organisation_id: str) -> Standing:
    organisation = act.head.standing(organisation_id)
    if organisation is None:
        raise RejectionError(Code.UNKNOWN_ORGANISATION)
    return organisation


def _require_grantable(organisation: Standing, roles: Grants) -> None:
    for grant in roles:
        require(grant.role in organisation.roles, Code.ROLE_NOT_GRANTABLE)
        require(grant.until is None or grant.since <= grant.until, Code.PERIOD_REVERSED)


def _require_no_office_on_shared(kept: str, roles: Grants) -> None:
    """Refuse an office, on whatever days, to a key that several people stand at."""
    is_office = any(grant.role in OFFICES or grant.role == AUDITOR for grant in roles)
    require(not (kept == SHARED and is_office), Code.OFFICE_ON_SHARED_KEY)


def _require_proof(act: Act, body: Enrol | RegisterAuditor) -> None:
    message = enrolment_message(
        ledger=act.head.ledger, actor=body.actor, nonce=body.invitation, kept=body.kept
    )
    signature = envelope.base64url_decode(body.proof)
    require(envelope.is_signed(message, signature, body.jwk), Code.BAD_PROOF)


def _register_party_touches(_command: Command, body: RegisterParty, _closed: None) -> Touches:
    party = Party.key(body.party)
    return Touches(reads=(party,), writes=(party,))


def _register_actor_touches(_command: Command, body: RegisterActor, _closed: None) -> Touches:
    actor = Actor.key(body.actor)
    return Touches(reads=(Party.key(body.party), actor), writes=(actor,))


def grant_touches(_command: Command, body: GrantRoles, _closed: None) -> Touches:
    """Return the records of an actor and all its devices."""
    keys = (Actor.key(body.actor), *(Device.key(kid) for kid in body.devices))
    return Touches(reads=keys, writes=keys)


def enrol_touches(_command: Command, body: Enrol, _closed: None) -> Touches:
    """Return the records of an actor and a new device."""
    keys = (Actor.key(body.actor), Device.key(body.jwk.thumbprint))
    return Touches(reads=keys, writes=keys)


def revoke_touches(_command: Command, body: Revoke, _closed: None) -> Touches:
    """Return the records of an actor and one device."""
    keys = (Actor.key(body.actor), Device.key(body.device))
    return Touches(reads=keys, writes=keys)


def _register_auditor_touches(_command: Command, body: RegisterAuditor, _closed: None) -> Touches:
    keys = (Party.key(body.party), Actor.key(body.actor), Device.key(body.jwk.thumbprint))
    return Touches(reads=keys, writes=keys)


_REGISTRARS = frozenset({REGISTRAR})

TYPES = (
    CommandType(
        name="party.register",
        body=RegisterParty,
        roles=_REGISTRARS,
        touches=_register_party_touches,
        apply=_register_party,
    ),
    CommandType(
        name="actor.register",
        body=RegisterActor,
        roles=_REGISTRARS,
        touches=_register_actor_touches,
        apply=_register_actor,
    ),
    CommandType(
        name="actor.grant",
        body=GrantRoles,
        roles=_REGISTRARS,
        touches=grant_touches,
        apply=_grant,
    ),
    CommandType(
        name="key.enrol", body=Enrol, roles=_REGISTRARS, touches=enrol_touches, apply=_enrol
    ),
    CommandType(name="key.revoke", body=Revoke, touches=revoke_touches, apply=_revoke),
    CommandType(
        name="auditor.register",
        body=RegisterAuditor,
        roles=_REGISTRARS,
        signers=2,
        independent="organisation",
        touches=_register_auditor_touches,
        apply=_register_auditor,
    ),
)
