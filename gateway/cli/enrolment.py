"""Invitation, acceptance, enrolment: how a new device's key gets onto the ledger."""

import contextlib
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args
from unicodedata import normalize

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.registry.records import SERVICE, SHARED, Keeping
from gateway.cli import acts, town_time
from gateway.cli.handing_over import keys_of
from gateway.cli.said import WORDS as CLI
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key, KeyringError, decode_slip, encode_slip
from gateway.device.signing import FILE, Device, new_pseudonym
from gateway.invitations import Invitation, InvitationError
from gateway.invitations import code as codes
from gateway.invitations.code import WORDS, mark_of
from gateway.invitations.issued import IssuedInvitations, check_day
from gateway.typed import TownClock
from gateway.typed.same_name import fold
from gateway.words import Text, keeping

BROWSER = "browser"
KINDS = (FILE, SHARED, SERVICE.rstrip(":"), BROWSER)
_KEEPING = get_args(Keeping)[1].schema()["pattern"]
_REPLY = {"actor", "jwk", "kept", "invitation", "proof"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Whom a registrar invites; an empty `party` or `actor` is entered anew."""

    party: str
    actor: str
    party_kind: str
    role: str
    since: str


def invite(registrar: Key, newcomer: Newcomer, *, days: int) -> tuple[str, Invitation]:
    """Queue the commands that enter the newcomer.

    Args:
        registrar: In hand; beside its key, the invitation is remembered.
        newcomer: Whom to invite.
        days: For how long the invitation is good.

    Returns:
        The act, to be finished when the person has it; and the invitation.
    """
    if newcomer.actor and not newcomer.party:
        raise KeyringError(CLI["enrolment.party"])
    act = acts.name_of("invite", dict(asdict(newcomer)))
    begun = acts.waiting(registrar, act)
    if begun:
        return act, codes.read(begun.result)[0]
    party = newcomer.party or new_pseudonym()
    actor = newcomer.actor or new_pseudonym()
    wires = []
    if not newcomer.party:
        entered: dict[str, Json] = {"party": party, "kind": newcomer.party_kind}
        wires.append(registrar.device.sign("party.register", entered))
    if not newcomer.actor:
        roles: list[Json] = []
        if newcomer.role:
            roles.append({"role": newcomer.role, "since": newcomer.since})
        person: dict[str, Json] = {"actor": actor, "party": party, "roles": roles}
        wires.append(registrar.device.sign("actor.register", person))
    invitation = Invitation.draw(
        ledger=registrar.device.ledger,
        actor=actor,
        party=party,
        until=_today(registrar) + timedelta(days=days),
    )
    IssuedInvitations(registrar.path.parent).add(invitation)
    acts.begin(registrar, act, wires, result="-".join(invitation.lines))
    return act, invitation


def keeping_of(typed: str) -> str:
    """Return how a key is kept, as a device's record says it, for what was typed.

    Args:
        typed: `file`, `shared`, `service:` and the service's pseudonym; or the Japanese words.

    Raises:
        KeyringError: It is none of these; a browser's key is made in the browser.
    """
    kind, _, service = normalize("NFKC", typed).strip().partition(":")
    named = {fold(word): one for one in KINDS for word in (one, *_both(keeping.word(one)))}
    kept = named.get(fold(kind), "") + (f":{service.strip().upper()}" if service else "")
    if not re.fullmatch(_KEEPING, kept) or kept == BROWSER:
        raise KeyringError(CLI["enrolment.kept"], typed=typed)
    return kept


def _both(text: Text) -> tuple[str, str]:
    return text.ja, text.en


def accept(text: str, path: Path, *, elsewhere: str = "", kept: str = FILE) -> str:
    """Make a key for an invitation, keep it at `path`, and return the reply's code.

    Args:
        text: The code as it was typed or scanned.
        path: Where the key is to be.
        elsewhere: The address on the paper, where the code has none.
        kept: How the key is kept; the key's own proof says so, and nobody can change it later.

    Raises:
        InvitationError: It is mistyped, over, used, or for another town.
        KeyringError: There is a key of that name already.
        ApiError: The gateway can't be asked.
    """
    invited = _older(text) or _invited(text, elsewhere)
    before = _accepted_before(path, actor=invited.actor, nonce=invited.nonce)
    if before is not None and before.path != path:
        raise KeyringError(CLI["enrolment.before"], name=before.name)
    if before is not None:
        made = str(decode_slip(before.reply)["kept"])
        if made != kept:
            raise KeyringError(
                CLI["enrolment.kept_before"], name=before.name, kept=keeping.said(made)
            )
        return before.reply
    if path.exists():
        raise KeyringError(CLI["enrolment.taken"], name=path.stem)
    ledger = invited.ledger or _ask(invited)
    device = Device.create(ledger=ledger, actor=invited.actor)
    reply = encode_slip(
        {
            "actor": invited.actor,
            "jwk": shapes.write(device.jwk),
            "kept": kept,
            "invitation": invited.nonce,
            "proof": device.prove_enrolment(invited.nonce, kept=kept),
        }
    )
    Key(path=path, device=device, party=invited.party, gateway=invited.gateway, reply=reply).save()
    return reply


@dataclass(frozen=True, slots=True, kw_only=True)
class _Invited:
    """What a code says; `ledger` stands in codes of before alone, the rest in those of now."""

    gateway: str
    actor: str
    party: str
    nonce: str
    ledger: str = ""
    mark: str = ""
    until: date | None = None


def _older(text: str) -> _Invited | None:
    """Read an invitation of before, one line of base64; `None` if it is none."""
    try:
        slip = decode_slip(text)
        gateway, ledger, actor, party, nonce = (
            str(slip[name]) for name in ("gateway", "ledger", "actor", "party", "nonce")
        )
    except (KeyringError, KeyError):
        return None
    return _Invited(gateway=gateway, ledger=ledger, actor=actor, party=party, nonce=nonce)


def _invited(text: str, elsewhere: str) -> _Invited:
    invitation, address = codes.read(text)
    gateway = (elsewhere or address).rstrip("/")
    if not gateway:
        raise InvitationError(WORDS["use.no_address"])
    return _Invited(
        gateway=gateway,
        actor=invitation.actor,
        party=invitation.party,
        nonce=invitation.nonce,
        mark=invitation.mark,
        until=invitation.until,
    )


def _ask(invited: _Invited) -> str:
    """Return the id of the ledger to which a gateway leads, if the invitation is good there."""
    with Client(invited.gateway) as client:
        answer = client.get("/api/ledger")
        ledger = str(answer["id"] or "")
        if not ledger or mark_of(ledger) != invited.mark:
            raise InvitationError(WORDS["use.other_ledger"], gateway=invited.gateway)
        offset = answer["constitution"]["utc_offset_minutes"]
        today = TownClock(utc_offset_minutes=offset, now=int(time.time())).today
        assert invited.until is not None  # noqa: S101 - of now
        check_day(invited.until, today)
        _check_unused(client, invited.actor, invited.nonce)
        return ledger


def _check_unused(client: Client, actor: str, nonce: str) -> None:
    asked = {"actor": actor, "nonce": nonce}
    if client.post("/api/invitations", asked)["state"] == "used":
        raise InvitationError(WORDS["use.used"])


def _accepted_before(path: Path, *, actor: str, nonce: str) -> Key | None:
    """Return the key beside `path` that was made for this invitation, if there is one."""
    for file in sorted(path.parent.glob("*.json")):
        with contextlib.suppress(KeyringError):
            key = Key.load(file)
            slip = decode_slip(key.reply) if key.reply else {}
            if (slip.get("actor"), slip.get("invitation")) == (actor, nonce):
                return key
    return None


def enrol(registrar: Key, reply: str) -> Text:
    """Queue the command that enrols the key of a reply.

    Returns:
        How the key is kept, and whether it is a further one, as far as the gateway can be asked.

    Raises:
        InvitationError: The invitation is over, was used, or was not given out here.
    """
    body = decode_slip(reply)
    if body.keys() != _REPLY:
        raise KeyringError(CLI["enrolment.no_reply"])
    act = acts.name_of("enrol", body["actor"], body["jwk"])
    said = keeping.said(str(body["kept"]), is_further=_has_key(registrar, str(body["actor"])))
    if acts.waiting(registrar, act):
        return said
    issued = IssuedInvitations(registrar.path.parent)
    nonce, actor, today = str(body["invitation"]), str(body["actor"]), _today(registrar)
    issued.check(nonce=nonce, actor=actor, today=today)
    with contextlib.suppress(ApiError), Client(registrar.address) as client:
        _check_unused(client, actor, nonce)
    acts.begin(registrar, act, [registrar.device.sign("key.enrol", body)])
    issued.use(nonce, today)
    return said


def _has_key(registrar: Key, actor: str) -> bool:
    with contextlib.suppress(ApiError), Client(registrar.address) as client:
        client.open_session(registrar)
        return bool(keys_of(client, actor))
    return False


def _today(key: Key) -> date:
    """Return the town's day; this computer's while the town's clock is not known."""
    try:
        return town_time.clock_of(key).today
    except ApiError:
        return datetime.now(UTC).astimezone().date()
