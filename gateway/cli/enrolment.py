"""Invitation, acceptance, enrolment: how a new device's key gets onto the ledger."""

from dataclasses import dataclass
from pathlib import Path

from chaincode.base import shapes
from chaincode.base.canonical import Json
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


def invite(registrar: Key, newcomer: Newcomer) -> str:
    """Queue the commands that enter the newcomer, and return the invitation's code."""
    if newcomer.actor and not newcomer.party:
        raise KeyringError("a further device for --actor needs that person's --party")
    party = newcomer.party or new_pseudonym()
    actor = newcomer.actor or new_pseudonym()
    if not newcomer.party:
        _queue(registrar, "party.register", {"party": party, "kind": newcomer.party_kind})
    if not newcomer.actor:
        roles: list[Json] = []
        if newcomer.role:
            roles.append({"role": newcomer.role, "since": newcomer.since})
        _queue(registrar, "actor.register", {"actor": actor, "party": party, "roles": roles})
    registrar.save()
    return invitation(
        gateway=registrar.address, ledger=registrar.device.ledger, actor=actor, party=party
    )


def accept(code: str, path: Path) -> str:
    """Make a key for an invitation, keep it at `path`, and return the reply's code."""
    slip = decode_slip(code)
    try:
        gateway, ledger, actor, party, nonce = (
            str(slip[name]) for name in ("gateway", "ledger", "actor", "party", "nonce")
        )
    except KeyError:
        raise KeyringError("this is not an invitation: ask the registrar for another") from None
    device = Device.create(ledger=ledger, actor=actor)
    Key(path=path, device=device, party=party, gateway=gateway).save()
    return encode_slip(
        {
            "actor": actor,
            "jwk": shapes.write(device.jwk),
            "nonce": nonce,
            "proof": device.prove_enrolment(nonce),
        }
    )


def enrol(registrar: Key, reply: str) -> None:
    """Queue the command that enrols the key of a reply."""
    body = decode_slip(reply)
    if body.keys() != {"actor", "jwk", "nonce", "proof"}:
        raise KeyringError("this is not the reply of `minori keys accept`")
    _queue(registrar, "key.enrol", body)
    registrar.save()


def _queue(key: Key, type_name: str, body: dict[str, Json]) -> None:
    key.queue.append(key.device.sign(type_name, body))
