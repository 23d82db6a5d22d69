"""How a ledger begins and how its ground rules change.

`registry.bootstrap` is the only command that looks at the transaction's submitter: the admin of an
organisation sets its first registrar key. The first one brings the constitution; the others name it
by its hash, which is the ledger's id and stands in every command.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.x509.oid import NameOID

from chaincode.base import canonical, envelope, shapes
from chaincode.base.envelope import FIRST_PREVIOUS, Command, Jwk
from chaincode.base.errors import Code, FaultError
from chaincode.base.overlay import Overlay
from chaincode.base.shapes import Date, PseudonymId, SequenceNumber, Word
from chaincode.base.stub import Creator
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.registry.records import (
    AUDITOR,
    CONSTITUTION,
    HEAD,
    REGISTRAR,
    Actor,
    Constitution,
    Device,
    Grant,
    Head,
    OwnKeeping,
    Party,
    Registrar,
    Revocation,
    Standing,
)
from chaincode.registry.successions import Succession, succeeded

BOOTSTRAP = "registry.bootstrap"
NEEDED_FAMILIES = frozenset({"registry", "proposals"})  # without them nobody could ever act


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """Open part of `registry.bootstrap`, signed by the key that it sets.

    Attributes:
        organisation: Whose first registrar key this is.
        jwk: The registrar's public key.
        kept: How the key is kept; never shared, for it holds an office.
        actor: The registrar's pseudonym, new.
        party: The office's pseudonym: new, or the organisation's own.
        since: The first day of the registrar's role.
        constitution: Only in the first bootstrap of a ledger.
        replaces: The registrar whose key this one ends; needed when there is one.
    """

    organisation: Word
    jwk: Jwk
    kept: OwnKeeping
    actor: PseudonymId
    party: PseudonymId
    since: Date
    constitution: Constitution | None = None
    replaces: Registrar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Open part of `constitution.amend`: the whole constitution as it shall read.

    It names the epoch that it begins, so that an older amendment, approved late, can't undo a
    newer one.
    """

    constitution: Constitution
    epoch: SequenceNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate:
    """Open part of `rules.activate`: the rules in force, and the next epoch."""

    rules: SequenceNumber
    epoch: SequenceNumber


def ledger_id(constitution: Constitution) -> str:
    """Return the id of the ledger that this constitution founds."""
    return canonical.digest(canonical.encode(shapes.write(constitution)))


def bootstrap(
    command: Command,
    body: Bootstrap,
    head: Head | None,
    overlay: Overlay,
    *,
    creator: Creator,
    families: Collection[str],
) -> None:
    """Apply `registry.bootstrap`, or take nothing of it: there is no device yet to advance.

    Args:
        command: The bootstrap.
        body: Its open part.
        head: `contract/head`, if the ledger is founded.
        overlay: State.
        creator: Who submits it.
        families: Those that the first rules have.

    Raises:
        FaultError: Any of the codes from `NOT_FOUNDED` to `NAME_IN_USE`, but `KEY_REVOKED`.
    """
    _check_ledger(command, body, head)
    _check_first(command, overlay)
    constitution = (
        _found(command, body, overlay, families) if head is None else _founded(body, overlay)
    )
    organisation = constitution.organisation(body.organisation)
    if organisation is None or organisation.kind == AUDITOR:
        raise FaultError(Code.BAD_CONSTITUTION, "body.organisation")
    if not _is_admin(creator.certificate_pem):
        raise FaultError(Code.NOT_ADMIN)
    if creator.msp_id != organisation.msp:
        _succeed(constitution, body.organisation, creator.msp_id, overlay)
    _replace_registrar(body, overlay)
    _enter_registrar(command, body, overlay)


def check_signature(command: Command, body: Bootstrap, ledger: str | None) -> None:
    """Check, before any record is read that it names, that a bootstrap's own key signed it.

    Args:
        command: The bootstrap.
        body: Its open part.
        ledger: The ledger's id; `None` while there is none, not even in a command before it.

    Raises:
        FaultError: `NOT_FOUNDED`, `WRONG_LEDGER`, `UNKNOWN_KEY` or `BAD_SIGNATURE`.
    """
    if ledger is None:
        if body.constitution is None:
            raise FaultError(Code.NOT_FOUNDED)
        ledger = ledger_id(body.constitution)
    if command.ledger != ledger:
        raise FaultError(Code.WRONG_LEDGER, "ledger")
    if body.jwk.thumbprint != command.kid or body.actor != command.actor:
        raise FaultError(Code.UNKNOWN_KEY, "body.jwk")
    envelope.verify(command, body.jwk)


def _check_ledger(command: Command, body: Bootstrap, head: Head | None) -> None:
    """Look again at the command's place: what was to found the ledger may have been refused."""
    if head is None and body.constitution is None:
        raise FaultError(Code.NOT_FOUNDED)
    if head is not None and command.ledger != head.ledger:
        raise FaultError(Code.WRONG_LEDGER, "ledger")


def _check_first(command: Command, overlay: Overlay) -> None:
    """Check that the key signs for the first time."""
    if overlay.find(Device, Device.key(command.kid)) is not None:
        raise FaultError(Code.ALREADY_TAKEN, "seq")
    if command.seq != 1:
        raise FaultError(Code.SEQUENCE_GAP, "seq")
    if command.prev != FIRST_PREVIOUS:
        raise FaultError(Code.WRONG_PREDECESSOR, "prev")


def _founded(body: Bootstrap, overlay: Overlay) -> Constitution:
    """Return the constitution in force."""
    if body.constitution is not None:
        raise FaultError(Code.ALREADY_FOUNDED, "body.constitution")
    constitution = overlay.find(Constitution, CONSTITUTION)
    assert constitution is not None  # noqa: S101 - written together with the head
    return constitution


def _found(
    command: Command, body: Bootstrap, overlay: Overlay, families: Collection[str]
) -> Constitution:
    """Write the constitution that this command brings."""
    constitution = body.constitution
    assert constitution is not None  # noqa: S101 - `_check_ledger` refuses its absence
    if not is_sound(constitution) or not set(constitution.families).issubset(families):
        raise FaultError(Code.BAD_CONSTITUTION, "body.constitution")
    overlay.put(CONSTITUTION, constitution)
    overlay.put(
        HEAD,
        Head(
            ledger=command.ledger,
            rules=1,
            epoch=1,
            demo=constitution.demo,
            utc_offset_minutes=constitution.utc_offset_minutes,
            families=constitution.families,
            organisations=standings(constitution),
        ),
    )
    return constitution


def standings(constitution: Constitution, before: Head | None = None) -> tuple[Standing, ...]:
    """Return what organisations may grant; who was suspended before still is."""
    old = {one.id: one.suspended_until for one in before.organisations} if before else {}
    return tuple(
        Standing(id=one.id, roles=one.roles, suspended_until=old.get(one.id))
        for one in constitution.organisations
    )


def _succeed(constitution: Constitution, organisation: str, msp: str, overlay: Overlay) -> None:
    """Put an MSP's new name in force, if the others have given it."""
    key = Succession.key(organisation)
    said = overlay.find(Succession, key)
    if said is None or said.msp != msp:
        raise FaultError(Code.NOT_ADMIN)
    renamed = succeeded(constitution, organisation, msp)
    if not is_sound(renamed):  # another organisation has taken that name meanwhile
        raise FaultError(Code.BAD_CONSTITUTION, "body.organisation")
    overlay.put(CONSTITUTION, renamed)
    overlay.put(key, Succession(namings=()))


def _replace_registrar(body: Bootstrap, overlay: Overlay) -> None:
    """End the registrar key set before: the admin's way when that key is lost or stolen."""
    registrar = overlay.find(Registrar, Registrar.key(body.organisation))
    if registrar != body.replaces:
        raise FaultError(Code.REGISTRAR_MISMATCH, "body.replaces")
    if registrar is None:
        return
    device = overlay.find(Device, Device.key(registrar.device))
    actor = overlay.find(Actor, Actor.key(registrar.actor))
    assert device is not None  # noqa: S101 - written together with the registrar
    assert actor is not None  # noqa: S101 - as above
    # Whoever stole the key may have spared commands of their own: nothing of it stays valid.
    overlay.put(Device.key(registrar.device), replace(device, revoked=Revocation()))
    overlay.put(Actor.key(registrar.actor), actor.ending(registrar.device))


def _enter_registrar(command: Command, body: Bootstrap, overlay: Overlay) -> None:
    if overlay.find(Actor, Actor.key(body.actor)) is not None:
        raise FaultError(Code.NAME_IN_USE, "body.actor")
    office = Party(organisation=body.organisation, kind="office")
    if (overlay.find(Party, Party.key(body.party)) or office) != office:
        raise FaultError(Code.NAME_IN_USE, "body.party")
    roles = (Grant(role=REGISTRAR, since=body.since),)
    overlay.put(Party.key(body.party), office)
    overlay.put(
        Actor.key(body.actor),
        Actor(
            party=body.party,
            organisation=body.organisation,
            roles=roles,
            devices=(command.kid,),
            draining=(),
        ),
    )
    overlay.put(
        Device.key(command.kid),
        Device(
            jwk=body.jwk,
            kept=body.kept,
            actor=body.actor,
            party=body.party,
            organisation=body.organisation,
            roles=roles,
            next=2,
            prev=command.id,
        ),
    )
    overlay.put(Registrar.key(body.organisation), Registrar(device=command.kid, actor=body.actor))


def _is_admin(certificate_pem: bytes) -> bool:
    """Whether the certificate has Fabric's organisational unit for admins (NodeOUs)."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
    except ValueError:
        return False
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return any(unit.value == "admin" for unit in units)


def is_sound(constitution: Constitution) -> bool:
    """Whether organisations and families are distinct, and the needed ones are among them.

    All organisations but auditors, at least two, have registrars.

    With one alone, nothing that asks for two organisations could ever be decided; an auditor with
    a registrar could decide about what it audits.
    """
    organisations = constitution.organisations
    ids = {one.id for one in organisations}
    msps = {one.msp for one in organisations}
    is_each_fit = all((REGISTRAR in one.roles) != (one.kind == AUDITOR) for one in organisations)
    registrars = sum(REGISTRAR in one.roles for one in organisations)
    families = constitution.families
    return (
        len(ids) == len(msps) == len(organisations)
        and is_each_fit
        and registrars >= 2
        and list(families) == sorted(frozenset(families))
        and not NEEDED_FAMILIES.difference(families)
    )


def _amend(act: Act, body: Amend, _closed: None) -> None:
    require(body.epoch == act.head.epoch + 1, Code.NOT_THE_LATEST)
    old = act.get(Constitution, CONSTITUTION, Code.CONSTITUTION_REFUSED)
    new = body.constitution
    fixed = (old.id, old.demo, old.utc_offset_minutes, old.families)
    keeps_fixed = (new.id, new.demo, new.utc_offset_minutes, new.families) == fixed
    keeps_organisations = all(
        (kept := new.organisation(one.id)) is not None
        and kept.kind == one.kind
        # An auditor has no admin who could bootstrap under the new name.
        and (kept.msp == one.msp or one.kind == AUDITOR)
        for one in old.organisations
    )
    require(keeps_fixed and keeps_organisations and is_sound(new), Code.CONSTITUTION_REFUSED)
    _require_signed_by_whoever_loses(act, old, new)
    act.put(CONSTITUTION, new)
    organisations = standings(new, act.head)
    act.put(HEAD, replace(act.head, epoch=body.epoch, organisations=organisations))


def _require_signed_by_whoever_loses(act: Act, old: Constitution, new: Constitution) -> None:
    """Refuse a suspension without a majority and without an end: a role taken from the absent.

    An auditor signs nothing of this kind; what it may grant is for two others to say.
    """
    assert act.proposer is not None  # noqa: S101 - a type with two signers
    signing = {act.proposer.organisation, act.principal.organisation}
    for one in old.organisations:
        now = new.organisation(one.id)
        loses = now is None or not set(one.roles).issubset(now.roles)
        is_signed = one.id in signing or one.kind == AUDITOR
        require(is_signed or not loses, Code.ROLE_TAKEN_UNSIGNED)


def _activate(act: Act, body: Activate, _closed: None) -> None:
    require(body.epoch == act.head.epoch + 1, Code.NOT_THE_LATEST)
    require(body.rules >= act.head.rules and body.rules in act.versions, Code.RULES_UNKNOWN)
    act.put(HEAD, replace(act.head, rules=body.rules, epoch=body.epoch))


def _bootstrap_touches(command: Command, body: Bootstrap, _closed: None) -> Touches:
    old = body.replaces
    keys = (
        HEAD,
        CONSTITUTION,
        Registrar.key(body.organisation),
        Succession.key(body.organisation),
        Actor.key(body.actor),
        Party.key(body.party),
        Device.key(command.kid),
        *((Device.key(old.device), Actor.key(old.actor)) if old else ()),
    )
    return Touches(reads=keys, writes=keys)


def _amend_touches(_command: Command, _body: Amend, _closed: None) -> Touches:
    return Touches(reads=(CONSTITUTION,), writes=(CONSTITUTION, HEAD))


def _activate_touches(_command: Command, _body: Activate, _closed: None) -> Touches:
    return Touches(writes=(HEAD,))


def _applied_by_bootstrap(_act: Act, _body: Bootstrap, _closed: None) -> None:
    raise AssertionError(BOOTSTRAP)


TYPES = (
    CommandType(
        name=BOOTSTRAP, body=Bootstrap, touches=_bootstrap_touches, apply=_applied_by_bootstrap
    ),
    CommandType(
        name="constitution.amend",
        body=Amend,
        roles=frozenset({REGISTRAR}),
        signers=2,
        independent="organisation",
        touches=_amend_touches,
        apply=_amend,
    ),
    CommandType(
        name="rules.activate",
        body=Activate,
        roles=frozenset({REGISTRAR}),
        signers=2,
        independent="organisation",
        touches=_activate_touches,
        apply=_activate,
    ),
)
