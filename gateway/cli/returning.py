"""`minori return`: the way back for a shipment that was sent wrongly, or that is refused."""

from typing import Annotated

import typer

from chaincode.base.canonical import Json
from gateway.cli import acts, asking, filling, kinds
from gateway.cli.on_record import Given, Record, Records
from gateway.cli.options import Gateway, KeyName, Later
from gateway.cli.said import WORDS
from gateway.cli.sending import send, send_or_keep
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.words import speaking

RETURN = "lot.return"


def return_(
    key: KeyName = "",
    is_last: Annotated[
        bool, typer.Option("--last", help="The one that was sent last, without a choice.")
    ] = False,
    is_agreed: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing, where only one is meant.")
    ] = False,
    later: Later = False,
    gateway: Gateway = "",
) -> None:
    """Take back a shipment that was sent wrongly, or refuse one that came: no id is typed.

    What is on its way, from you or to you, is shown to choose from. All of it goes back to the
    sender's stock. What the other side has received already is theirs: ask them to send it back
    (`minori submit lot.send_back`).
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        if signer.queue:
            send(signer)  # a return may be among it, which would be offered again
        with Client(signer.address) as client:
            client.open_session(signer)
            chosen = _choose(Records(client, signer.party), is_last=is_last, is_agreed=is_agreed)
        if chosen is None:
            return
        body: dict[str, Json] = {"party": signer.party}
        given = Given(kind=kinds.of(signer, RETURN), body=body, closed={})
        filling.put_return(given, chosen)
        wire = signer.device.sign(RETURN, given.body, closed=given.closed)
        acts.begin(signer, acts.name_of("return", chosen["id"]), [wire])
        send_or_keep(signer, later=later)


def _choose(records: Records, *, is_last: bool, is_agreed: bool) -> Record | None:
    side = {"direction": "out"} if is_last else {}
    found = list(records.shipments(state="in_transit", **side))
    if not found:
        speaking.say(WORDS["returning.nothing"])
        return None
    if is_last:
        found = found[:1]  # the latest changed is the first, and on its way nothing changes
    place = asking.which([filling.told(one) for one in found], is_agreed=is_agreed)
    return None if place is None else found[place]
