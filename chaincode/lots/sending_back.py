"""Bought goods go home: whoever received them ships them back to whom they came from.

`lot.send_back` is the way home under a recall, when nothing else may leave: so it goes to the
sender of the shipment that had brought the goods, and to nobody else. It makes a shipment like any
other; its recipient counts it, and what is recalled lies there as it lay here. Goods on consignment
go home by `lot.take_back`, and what was not received yet by `lot.return`.
"""

from dataclasses import dataclass

from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.overlay import Overlay
from chaincode.base.shapes import Bits128, Grams, LotId, PseudonymId, ShipmentId, SmallNumber
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import HOLDERS, Holding, Shipment


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """Open part of `lot.send_back`.

    Attributes:
        shipment: The new one.
        brought_by: The shipment that brought the goods here.
    """

    shipment: ShipmentId
    id_nonce: Bits128
    index: SmallNumber
    lot: LotId
    party: PseudonymId
    brought_by: ShipmentId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBackClosed:
    """Closed part of `lot.send_back`: to whom, who had sent them, and how much."""

    salt: Bits128
    recipient: PseudonymId
    quantity_g: Grams
    packs: Packs | None = None


def _send_back(act: Act, body: SendBack, closed: SendBackClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    came = act.get(Shipment, Shipment.key(body.brought_by), Code.UNKNOWN_SHIPMENT)
    is_theirs = (came.recipient, came.sender) == (body.party, closed.recipient)
    require(is_theirs, Code.NOT_THEIR_SHIPMENT)
    require(came.lot == body.lot, Code.LOT_DIFFERS)
    key = Holding.key(body.lot, body.party, body.party)
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    require_derived(act, body.shipment, party=body.party, nonce=body.id_nonce, index=body.index)
    require(act.find(Shipment, Shipment.key(body.shipment)) is None, Code.ID_TAKEN)
    require(came.state in {"received", "disputed", "settled"}, Code.NOT_RECEIVED)
    # What was sent back here is at home: else recalled goods would go out again by this way.
    require(not came.is_consigned and came.brought_by is None, Code.NOT_BOUGHT)
    require_packs(closed.packs, closed.quantity_g)
    act.put(key, holding.without(closed.quantity_g))
    act.put(
        Shipment.key(body.shipment),
        Shipment(
            lot=body.lot,
            sender=body.party,
            recipient=closed.recipient,
            owner=body.party,
            is_consigned=False,
            state="in_transit",
            shipped_g=closed.quantity_g,
            roots=holding.roots,
            hidden_crops=holding.hidden_crops,
            entry=act.command.id,
            brought_by=body.brought_by,
        ),
    )


def _recipient(_overlay: Overlay, _body: SendBack, closed: SendBackClosed, _party: str) -> str:
    return closed.recipient


def _touches(_command: Command, body: SendBack, _closed: SendBackClosed) -> Touches:
    holding = Holding.key(body.lot, body.party, body.party)
    records = (holding, Shipment.key(body.shipment))
    reads = dict.fromkeys((Shipment.key(body.brought_by), *records))
    return Touches(reads=tuple(reads), writes=records)


TYPES = (
    CommandType(
        name="lot.send_back",
        body=SendBack,
        closed=SendBackClosed,
        roles=HOLDERS,
        counterparty=_recipient,
        proof="parties",
        touches=_touches,
        apply=_send_back,
    ),
)
