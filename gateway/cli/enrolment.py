"""Invitation, acceptance, enrolment: how a new device's key gets onto the ledger."""

import contextlib
from dataclasses import asdict, dataclass
from pathlib import Path

from chaincode.base import shapes
from chaincode.base.canonical import Json
from gateway.cli import acts
from gateway.cli.keyring import Key, KeyringError, decode_slip, encode_slip, invitation
from gateway.signing import Device, new_pseudonym


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Whom a registrar invites; an empty `party` or `actor` is entered anew."""

    party: str
    actor: str
    party_kind: str
    role: str
    since: str


def invite(registrar: Key, newcomer: Newcomer) -> tuple[str, str]:
    """Queue the commands that enter the newcomer.

    Returns:
        The act, to be finished when the person has it; and the invitation's code.
    """
    if newcomer.actor and not newcomer.party:
        raise KeyringError("a further device for --actor needs that person's --party")
    act = acts.name_of("invite", dict(asdict(newcomer)))
    begun = acts.waiting(registrar, act)
    if begun:
        return act, begun.result
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
    code = invitation(
        gateway=registrar.address, ledger=registrar.device.ledger, actor=actor, party=party
    )
    acts.begin(registrar, act, wires, result=code)
    return act, code


def accept(code: str, path: Path) -> str:
    """Make a key for an invitation, keep it at `path`, and return the reply's code."""
    slip = decode_slip(code)
    try:
        gateway, ledger, actor, party, nonce = (
            str(slip[name]) for name in ("gateway", "ledger", "actor", "party", "nonce")
        )
    except KeyError:
        raise KeyringError("this is not an invitation: ask the registrar for another") from None
    before = _accepted_before(path, actor=actor, nonce=nonce)
    if before is not None and before.path != path:
        raise KeyringError(
            f"this invitation was accepted here already, by the key {before.name!r}: "
            f"say --name {before.name} to see its reply again"
        )
    if before is not None:
        return before.reply
    if path.exists():
        raise KeyringError(f"there is a key {path.stem!r} already: choose another --name")
    device = Device.create(ledger=ledger, actor=actor)
    reply = encode_slip(
        {
            "actor": actor,
            "jwk": shapes.write(device.jwk),
            "nonce": nonce,
            "proof": device.prove_enrolment(nonce),
        }
    )
    Key(path=path, device=device, party=party, gateway=gateway, reply=reply).save()
    return reply


def _accepted_before(path: Path, *, actor: str, nonce: str) -> Key | None:
    """Return the key beside `path` that was made for this invitation, if there is one."""
    for file in sorted(path.parent.glob("*.json")):
        with contextlib.suppress(KeyringError):
            key = Key.load(file)
            slip = decode_slip(key.reply) if key.reply else {}
            if (slip.get("actor"), slip.get("nonce")) == (actor, nonce):
                return key
    return None


def enrol(registrar: Key, reply: str) -> None:
    """Queue the command that enrols the key of a reply."""
    body = decode_slip(reply)
    if body.keys() != {"actor", "jwk", "nonce", "proof"}:
        raise KeyringError("this is not the reply of `minori keys accept`")
    act = acts.name_of("enrol", body["actor"], body["jwk"])
    if not acts.waiting(registrar, act):
        acts.begin(registrar, act, [registrar.device.sign("key.enrol", body)])
