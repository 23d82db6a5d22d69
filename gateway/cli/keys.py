"""`minori keys`: a device's key, from the invitation to its enrolment."""

import json
from pathlib import Path
from typing import Annotated

import typer

from chaincode.base import shapes
from chaincode.base.canonical import Json
from gateway.cli import acts, columns, enrolment, handing_over, town_time
from gateway.cli.naming import Naming
from gateway.cli.options import Gateway, KeyName, Yes
from gateway.cli.said import WORDS
from gateway.cli.sending import send
from gateway.cli.shell import Shell
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.keyring import Key, KeyringError
from gateway.device.said import WORDS as DEVICE
from gateway.invitations.code import DAYS_DEFAULT, DAYS_MAX
from gateway.words import speaking

Kept = Annotated[
    str,
    typer.Option(
        help="How the key is kept: file, shared (several people stand there), service:ID."
    ),
]

keys_app = Shell(
    no_args_is_help=True,
    help="""Make a signing key on this computer and have it enrolled.

A registrar invites (`invite`), the person accepts on their own device (`accept`), the registrar
enrols what came back (`enrol`). The private key never leaves the device that made it.""",
)


@keys_app.command("list")
def list_keys() -> None:
    """Show the keys on this computer and what each has not sent yet."""
    with told():
        files = sorted(keyring.folder().glob("*.json"))
        for path in files:
            key = Key.load(path)
            waiting = len(key.queue) + len(key.aside)
            speaking.say(
                WORDS["keys.line_waiting" if waiting else "keys.line"],
                name=columns.padded(key.name, 16),
                actor=key.device.actor,
                next=key.device.seq,
                count=waiting,
            )
        if not files:
            speaking.say(WORDS["keys.none"], folder=keyring.folder())


@keys_app.command()
def show(name: Annotated[str, typer.Argument(help="A key of `minori keys list`.")]) -> None:
    """Show the public part of a key: who it signs for, and its place in the sequence."""
    with told():
        key = Key.load(keyring.find(name))
    public: dict[str, Json] = {
        "gateway": key.gateway,
        "ledger": key.device.ledger,
        "actor": key.device.actor,
        "party": key.party,
        "kid": key.device.kid,
        "jwk": shapes.write(key.device.jwk),
        "seq": key.device.seq,
        "prev": key.device.prev,
        "waiting": len(key.queue) + len(key.aside),
    }
    typer.echo(json.dumps(public, indent=1))


@keys_app.command()
def invite(
    key: KeyName,
    party_kind: Annotated[
        str, typer.Option("--kind", help="farm, shop, hall, household or office.")
    ] = "farm",
    role: Annotated[str, typer.Option(help="Such as farmer or shop; empty for none.")] = "farmer",
    party: Annotated[
        str, typer.Option(help="An existing party to join; empty: a new one is entered.")
    ] = "",
    actor: Annotated[
        str, typer.Option(help="An existing person who gets a further device; with --party.")
    ] = "",
    since: Annotated[str, typer.Option(help="First day of the role.")] = "2020-04-01",
    person: Annotated[
        str, typer.Option("--for", help="What the office calls them: printed, and nowhere else.")
    ] = "",
    days: Annotated[
        int, typer.Option(min=1, max=DAYS_MAX, help="For how long the invitation is good.")
    ] = DAYS_DEFAULT,
    address: Annotated[
        str, typer.Option(help="Where they reach the gateway; by default their organisation's.")
    ] = "",
    kept: Kept = "file",
    slip: Annotated[
        Path | None, typer.Option("--slip", help="Also write the slip to this .html, to print.")
    ] = None,
    gateway: Gateway = "",
) -> None:
    """As a registrar: enter a person, and print the invitation to hand to them.

    The last line is the whole code with its address, as the QR code has it.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as registrar:
        naming, kept = Naming(registrar, is_aside=True), enrolment.keeping_of(kept)
        wanted = enrolment.Newcomer(
            party=naming.party("party", party),
            actor=naming.person("actor", actor),
            party_kind=naming.term("party.register", "kind", party_kind),
            role=naming.role(role),
            since=town_time.planned_day(registrar, since),
        )
        act, invitation = enrolment.invite(registrar, wanted, days=days)
        send(registrar)
        paper = handing_over.slip(
            registrar,
            invitation,
            person=person,
            role=wanted.role,
            address=address,
            kept=kept,
        )
        if slip is not None:
            handing_over.write(slip, paper)
        typer.echo(paper.text().rstrip())
        acts.finish(registrar, act)


@keys_app.command()
def accept(
    invitation: Annotated[
        list[str], typer.Argument(help="The code on the paper, four lines; or what the QR says.")
    ],
    name: Annotated[str, typer.Option("--name", "-n", help="What to call the key here.")],
    gateway: Annotated[str, typer.Option("--gateway", help="The address on the paper.")] = "",
    kept: Kept = "file",
) -> None:
    """On one's own device: make a key for an invitation, and print the reply for the registrar.

    The same again prints the same reply.
    """
    with told():
        keeping = enrolment.keeping_of(kept)
        path, code = keyring.find(name), " ".join(invitation)
        typer.echo(enrolment.accept(code, path, elsewhere=gateway, kept=keeping))


@keys_app.command()
def enrol(
    reply: Annotated[str, typer.Argument(help="The code that the new device printed.")],
    key: KeyName,
    gateway: Gateway = "",
) -> None:
    """As a registrar: enrol the new device's key."""
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as registrar:
        said = enrolment.enrol(registrar, reply)
        speaking.say(WORDS["keys.enrolled_kept"], kept=said)
        send(registrar)


@keys_app.command("take-over")
def take_over(
    former: Annotated[str, typer.Argument(help="The former device's key: a name, or a path.")],
    key: KeyName,
    yes: Yes = False,
    gateway: Gateway = "",
) -> None:
    """Sign anew what a former device's key has not sent, with another key, and send it.

    For a device that was lost or revoked; both keys are of the same party. An entry that had
    arrived after all is asked back, so that it does not count twice.
    """
    with told():
        path, own = keyring.find(former), keyring.find(key)
        if path.resolve() == own.resolve():
            raise KeyringError(DEVICE["keyring.same_key"], name=path.stem)
        with Key.in_hand(path) as before, Key.in_hand(own, elsewhere=gateway) as signer:
            count = len(before.queue) + len(before.aside)
            signer.take_over(before)
            speaking.say(WORDS["keys.taken_over"], name=before.name, own=signer.name, count=count)
            send(signer, is_sure=yes)
