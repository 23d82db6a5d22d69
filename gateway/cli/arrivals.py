"""A delivery at the shop: what was shipped in the system is received, the rest arrives.

Where the producer has not agreed that the shop takes its goods in, the rest is claimed.

Recording the arrival of what is on its way already would book the same goods twice: once out of
what the farm still has, and once more when the shipment is received.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from chaincode.base.canonical import Json
from chaincode.base.envelope import parse
from gateway.cli import arguments, goods, kinds
from gateway.cli.arguments import ArgumentError
from gateway.cli.goods import Draft
from gateway.cli.said import WORDS
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key
from gateway.words import speaking


def questions(signer: Key, wires: Sequence[bytes]) -> list[str]:
    """Return what to ask back of a delivery, a line each."""
    commands = [parse(wire) for wire in wires]
    drafts = [Draft(kind=one.type, body=one.body, closed=one.closed or {}) for one in commands]
    return goods.questions(signer, drafts, event_time=None)


def sign(
    signer: Key, counted_g: Mapping[str, int], *, producer: str, crop: str, is_agreed: bool
) -> list[bytes]:
    """Return the signed commands that confirm a delivery; nothing is sent.

    Args:
        signer: The shop's, in hand.
        counted_g: What came of each lot.
        producer: Whose goods they are.
        crop: What they are.
        is_agreed: Whether the producer lets the shop take its goods in; else they are claimed.

    Raises:
        ArgumentError: Several shipments of one lot are on their way: which of them came is for the
            person to say.
    """
    coming = _coming(signer)
    wires = []
    for lot, grams in counted_g.items():
        if len(coming[lot]) > 1:
            ids = ", ".join(one["id"] for one in coming[lot])
            raise ArgumentError(WORDS["arrivals.several"], lot=lot, ids=ids)
        for one in coming[lot]:
            speaking.say(WORDS["arrivals.received"], id=one["id"])
            body: dict[str, Json] = {"shipment": one["id"], "lot": lot, "party": signer.party}
            received: dict[str, Json] = {"received_g": grams}
            if one["is_consigned"]:
                received["owner"] = one["owner"]
            wires.append(signer.device.sign("lot.receive", body, closed=received))
        if not coming[lot]:
            arrived: dict[str, Json] = {"producer": producer, "crop": crop, "counted_g": grams}
            kind = goods.ARRIVE if is_agreed else goods.CLAIM
            prepared = arguments.prepare(signer, kinds.of(signer, kind), {"lot": lot}, arrived)
            wires += prepared.sign(signer)
            if not is_agreed:
                speaking.say(WORDS["arrivals.claimed"], lot=lot)
    return wires


def _coming(signer: Key) -> dict[str, list[dict[str, Any]]]:
    """Return the shipments on their way to the shop, by lot; none if the gateway is away."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    try:
        with Client(signer.address) as client:
            client.open_session(signer)
            asked = {"direction": "in", "state": "in_transit", "limit": "100"}
            while True:
                page = client.get("/api/shipments", **asked)
                for one in page["shipments"]:
                    found[one["lot"]].append(one)
                if not page["next"]:
                    break
                asked["cursor"] = page["next"]
    except ApiError as error:
        speaking.say(WORDS["arrivals.not_asked"], is_aside=True, why=error.say(speaking.language()))
    return found
