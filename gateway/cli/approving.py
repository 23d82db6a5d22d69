"""`minori waiting`, `minori approve`: second signatures, chosen from what waits for one's own."""

import json
from typing import Annotated, Any

import typer

from gateway.cli import acts, asking, keyring, speaking
from gateway.cli.arguments import ArgumentError
from gateway.cli.client import Client
from gateway.cli.keyring import Key
from gateway.cli.options import Gateway, KeyName, Later
from gateway.cli.sending import send, send_or_keep
from gateway.cli.speaking import WORDS
from gateway.cli.telling import told


def waiting(key: KeyName = "", gateway: Gateway = "") -> None:
    """Show what waits for one's own second signature, in words."""
    with told():
        asker = Key.load(keyring.find(key), elsewhere=gateway)
        with Client(asker.address) as client:
            client.open_session(asker)
            answer = client.get("/api/me/waiting")
        if not answer["waiting"]:
            speaking.say(WORDS["approving.nothing"])
        for number, one in enumerate(answer["waiting"], start=1):
            typer.echo(f"{number}. {_told(one)}")
        if answer["has_more"]:
            speaking.say(WORDS["approving.more"])


def approve(
    proposal: Annotated[
        str, typer.Argument(help="The id of the proposed command; without: a choice of them.")
    ] = "",
    key: KeyName = "",
    is_agreed: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing, where only one is waiting.")
    ] = False,
    later: Later = False,
    gateway: Gateway = "",
) -> None:
    """Give the second signature to a command that needs two, after showing what it says.

    Without an id, what waits for your signature is shown to choose from. With --later it goes with
    the next submit: a recall's approval with what extends it, say.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        if not proposal and any(_is_approval(wire) for wire in signer.queue):
            speaking.say(WORDS["acts.waiting"], is_aside=True)
            send(signer)  # what is signed already would be offered again
        act = acts.name_of("approve", proposal)
        if proposal and acts.waiting(signer, act):
            send_or_keep(signer, later=later)
            return
        with Client(signer.address) as client:
            client.open_session(signer)
            chosen = proposal or _choose(client, is_agreed=is_agreed)
            if not chosen:
                return
            proposed = client.get(f"/api/commands/{chosen}")
        _sign(signer, chosen, proposed)
        send_or_keep(signer, later=later)


def _choose(client: Client, *, is_agreed: bool) -> str:
    """Return the proposal that the person wants to approve; empty for none."""
    found = client.get("/api/me/waiting")["waiting"]
    if not found:
        speaking.say(WORDS["approving.nothing"])
        return ""
    place = asking.which([_told(one) for one in found], is_agreed=is_agreed)
    return "" if place is None else str(found[place]["id"])


def _told(one: dict[str, Any]) -> str:
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


def _is_approval(wire: bytes) -> bool:
    return keyring.payload_of(wire)["type"] == "proposal.approve"
