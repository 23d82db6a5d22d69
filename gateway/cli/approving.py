"""`minori waiting`, `minori approve`: what waits for one's signature, and signing it."""

import json
import re
from typing import Annotated, Any, Final

import typer

from gateway.cli import acts, answering, asking
from gateway.cli.arguments import ArgumentError
from gateway.cli.choosing import SHORT_MIN
from gateway.cli.filling import mass
from gateway.cli.options import Gateway, KeyName, Later
from gateway.cli.said import WORDS
from gateway.cli.sending import send, send_or_keep
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.typed import characters
from gateway.typed.same_name import fold
from gateway.words import speaking

Waiting = dict[str, Any]  # one of `GET /api/me/waiting`
CONFIRM: Final = "recall.confirm"


def waiting(key: KeyName = "", gateway: Gateway = "") -> None:
    """Show what waits for one's own signature, in words: proposals, recalls, claims.

    And what others found of one's goods beyond what came to them: it may be denied.
    """
    with told():
        asker = Key.load(keyring.find(key), elsewhere=gateway)
        with Client(asker.address) as client:
            client.open_session(asker)
            answer = client.get("/api/me/waiting")
            proposed = client.get("/api/me/proposed")["waiting"]
            surpluses = client.get("/api/disputes?limit=1")["surpluses"]
        if not answer["waiting"]:
            speaking.say(WORDS["approving.nothing"])
        for number, one in enumerate(answer["waiting"], start=1):
            typer.echo(f"{number}. {_told(one)}")
        if answer["has_more"]:
            speaking.say(WORDS["approving.more"])
        if proposed:
            listed = "\n".join(f"  {one['text']}  {one['id']}" for one in proposed)
            speaking.say(WORDS["approving.own"], listed=listed)
        for one in surpluses:
            _tell_surplus(one)


def approve(
    proposal: Annotated[
        str,
        typer.Argument(help="Its id, its number in `minori waiting`, or a word; none: a choice."),
    ] = "",
    key: KeyName = "",
    is_agreed: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing, where only one is waiting.")
    ] = False,
    accepted: Annotated[
        str, typer.Option(help="Of a claim, how much is one's own: all, nothing, or as 12.5kg.")
    ] = "",
    later: Later = False,
    gateway: Gateway = "",
) -> None:
    """Give the second signature to a command that needs two, after showing what it says.

    A recall that one person declared in an emergency is confirmed in the same way. So is answered
    what somebody claims to have of one's own goods: with how much of it is so. Without an id,
    what waits for your signature is shown to choose from. With --later it goes with the next
    submit: a recall's approval with what extends it, say.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        if not proposal and any(_is_second(wire) for wire in signer.queue):
            speaking.say(WORDS["acts.waiting"], is_aside=True)
            send(signer)  # what is signed already would be offered again
        act = acts.name_of("approve", proposal)
        if proposal and acts.waiting(signer, act):
            send_or_keep(signer, later=later)
            return
        with Client(signer.address) as client:
            client.open_session(signer)
            found = client.get("/api/me/waiting")["waiting"]
            chosen = _named(proposal, found) or _chosen(found, is_agreed=is_agreed)
            if chosen is None:
                return
            claim = chosen.get("claim")
            if accepted and not claim:
                raise ArgumentError(WORDS["answering.no_claim"], typed=accepted)
            if claim:
                _answer(signer, chosen, _how_much(accepted, is_agreed=is_agreed))
            elif _is_confirmed_itself(chosen):
                _confirm(signer, chosen)
            else:
                _sign(signer, chosen["id"], client.get(f"/api/commands/{chosen['id']}"))
        send_or_keep(signer, later=later)


def _named(typed: str, found: list[Waiting]) -> Waiting | None:
    """Return what was named: by its id or the beginning of it, its place, or words of its text.

    Args:
        typed: As it was typed; empty: `None` is returned.
        found: What waits, as it is listed.

    Raises:
        ArgumentError: Nothing is called so, or several are.
    """
    if not typed:
        return None
    if re.fullmatch("[0-9a-f]{64}", typed):  # of one that is not shown to this signer, say
        return next((one for one in found if one["id"] == typed), {"id": typed})
    plain = characters.plain(typed)
    if plain.isdecimal() and 1 <= int(plain) <= len(found):
        return found[int(plain) - 1]
    begun = [one for one in found if len(typed) >= SHORT_MIN and one["id"].startswith(typed)]
    called = begun or [one for one in found if fold(typed) in fold(one["text"])]
    if len(called) != 1:
        shown = called or found
        listed = "\n".join(f"  {found.index(one) + 1}. {one['text']}" for one in shown) or "  —"
        raise ArgumentError(WORDS["approving.unknown"], typed=typed, listed=listed)
    return called[0]


def _chosen(found: list[Waiting], *, is_agreed: bool) -> Waiting | None:
    """Return what the person wants to sign; `None` for nothing."""
    if not found:
        speaking.say(WORDS["approving.nothing"])
        return None
    place = asking.which([_told(one) for one in found], is_agreed=is_agreed)
    return None if place is None else found[place]


def _is_confirmed_itself(one: Waiting) -> bool:
    """Whether it is a recall in force, which another signs for, and no proposal."""
    return one.get("type") == CONFIRM


def _how_much(accepted: str, *, is_agreed: bool) -> str:
    """Return how much is said to be one's own; nobody who is not asked accepts by accident."""
    if is_agreed and not accepted:
        raise ArgumentError(WORDS["answering.say_how_much"])
    return accepted


def _answer(signer: Key, one: Waiting, accepted: str) -> None:
    """Put the answer to a claim into the queue."""
    acts.begin(
        signer, acts.name_of("approve", one["id"]), answering.sign(signer, one["claim"], accepted)
    )


def _confirm(signer: Key, one: Waiting) -> None:
    """Put the confirmation of a recall, as it was shown, into the queue."""
    body = {"recall": one["recall"], "entry": one["id"]}
    typer.echo(json.dumps({"body": body}, indent=1))
    wire = signer.device.sign(CONFIRM, body)
    acts.begin(signer, acts.name_of("approve", one["id"]), [wire])


def _tell_surplus(one: dict[str, Any]) -> None:
    """Say what somebody found of one's own goods, and how it is denied."""
    speaking.say(
        WORDS["approving.surplus_denied" if one["is_denied"] else "approving.surplus"],
        who=one["holder_name"] or one["holder"],
        mass=mass(one["unproven_g"] + one["gone_g"]),
        crop=one["crop_name"] or one["crop"],
        **{name: one[name] for name in ("lot", "holder", "owner")},
    )


def _told(one: Waiting) -> str:
    """Return what waits, in words."""
    who = one["party_name"] or one["party"]
    return WORDS["approving.one"].say(
        speaking.language(),
        what=one["text"],
        by=f"{who} ({one['organisation_title']}, {one['actor']})",
        on=one["proposed_on"],
        follows=one["follows"],
        id=one["id"],
    )


def _sign(signer: Key, proposal: str, proposed: dict[str, Any]) -> None:
    """Show a proposal as it was signed, and put its approval into the queue."""
    payload = proposed.get("payload")
    if payload is None:
        raise ArgumentError(WORDS["approving.unreadable"], proposal=proposal)
    proposer = {"device": payload["kid"], "actor": payload["actor"]}
    if "on_behalf" in payload:
        proposer["on_behalf"] = payload["on_behalf"]
    closed = proposed.get("closed_part")
    typer.echo(json.dumps({"body": payload["body"], "closed": closed}, indent=1))
    body = {
        "proposal": proposal,
        "proposer": proposer,
        "type": payload["type"],
        "body": payload["body"],
    }
    wire = signer.device.sign("proposal.approve", body, closed=closed)
    acts.begin(signer, acts.name_of("approve", proposal), [wire])


def _is_second(wire: bytes) -> bool:
    return keyring.payload_of(wire)["type"] in {"proposal.approve", CONFIRM, answering.ACCEPT}
