"""Hand-over between two parties: ship, receive, return, correct the count, settle a difference.

`lot.ship` puts grams in transit; only the named recipient's `lot.receive` closes it. What was
shipped and not received is disputed until both settle it. Counting more than was shipped books
nothing: it is a dispute about zero grams, on record.

Goods are sold to the recipient, or consigned: then they stay their owner's, who may also be
someone else than the sender. `owner` in a closed part says whose goods leave; absent, the sender's.
"""

from dataclasses import dataclass, replace

from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.overlay import Overlay
from chaincode.base.shapes import (
    Bits128,
    Grams,
    GramsOrNone,
    LotId,
    PseudonymId,
    Sha256,
    ShipmentId,
    SmallNumber,
)
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.harvest import CorrectionReason
from chaincode.lots.holdings import find_or_sent, flag_surplus, require_movable
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import HOLDERS, Holding, Shipment
from chaincode.registry.records import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """Open part of `lot.ship`."""

    shipment: ShipmentId
    id_nonce: Bits128
    index: SmallNumber
    lot: LotId
    party: PseudonymId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipClosed:
    """Closed part of `lot.ship`: to whom and how much.

    Attributes:
        consigned: Whether the goods stay their owner's at the recipient.
    """

    salt: Bits128
    recipient: PseudonymId
    quantity_g: Grams
    owner: PseudonymId | None = None
    consigned: bool | None = None
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Open part of `lot.receive`."""

    shipment: ShipmentId
    lot: LotId
    party: PseudonymId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountClosed:
    """Closed part of `lot.receive` and `lot.correct_receipt`: what the recipient counted.

    Attributes:
        owner: Of consigned goods, whose they are and stay; absent, they become the recipient's.
    """

    salt: Bits128
    received_g: GramsOrNone
    owner: PseudonymId | None = None
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectReceipt:
    """Open part of `lot.correct_receipt`; `corrects` is the count in force."""

    shipment: ShipmentId
    lot: LotId
    party: PseudonymId
    corrects: Sha256
    reason: CorrectionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Open part of `lot.return`, by the sender (took it back) or the recipient (refused it)."""

    shipment: ShipmentId
    lot: LotId
    party: PseudonymId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnClosed:
    """Closed part of `lot.return`: whose goods they were."""

    salt: Bits128
    sender: PseudonymId
    owner: PseudonymId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Open part of `lot.settle`: proposed by one side, approved by the other."""

    shipment: ShipmentId
    lot: LotId


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleClosed:
    """Closed part of `lot.settle`: where the disputed grams went; all of them, to the gram."""

    salt: Bits128
    sender: PseudonymId
    recipient: PseudonymId
    to_sender_g: GramsOrNone
    to_recipient_g: GramsOrNone
    lost_g: GramsOrNone
    owner: PseudonymId | None = None
    consigned: bool | None = None


def _ship(act: Act, body: Ship, closed: ShipClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    require(act.find(Party, Party.key(closed.recipient)) is not None, Code.UNKNOWN_PARTY)
    owner = closed.owner or body.party
    key = Holding.key(body.lot, body.party, owner)
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    require_derived(act, body.shipment, party=body.party, nonce=body.id_nonce, index=body.index)
    require(act.find(Shipment, Shipment.key(body.shipment)) is None, Code.ID_TAKEN)
    require_movable(act, body.lot, holding)
    require_packs(closed.packs, closed.quantity_g)
    act.put(key, holding.without(closed.quantity_g))
    act.put(
        Shipment.key(body.shipment),
        Shipment(
            lot=body.lot,
            sender=body.party,
            recipient=closed.recipient,
            owner=owner,
            is_consigned=bool(closed.consigned),
            state="in_transit",
            shipped_g=closed.quantity_g,
            roots=holding.roots,
            hidden_crops=holding.hidden_crops,
            entry=act.command.id,
        ),
    )


def _receive(act: Act, body: Receive, closed: CountClosed) -> None:
    shipment = _own_shipment(act, body, closed)
    require(shipment.state == "in_transit", Code.NOT_IN_TRANSIT)
    require_packs(closed.packs, closed.received_g)
    key = Holding.key(body.lot, body.party, shipment.new_owner)
    holding = find_or_sent(act, key, shipment)
    counted = _count(shipment, closed.received_g, act.command.id)
    credited_g = counted.shipped_g - counted.disputed_g
    if credited_g:
        act.put(key, holding.plus(credited_g))
    act.put(Shipment.key(body.shipment), counted)
    if counted.state == "disputed":
        act.flags.add("disputed")


def _correct_receipt(act: Act, body: CorrectReceipt, closed: CountClosed) -> None:
    shipment = _own_shipment(act, body, closed)
    require(shipment.state in {"received", "disputed"}, Code.NOT_RECEIVED)
    require(shipment.entry == body.corrects, Code.NOT_THE_LATEST)
    require_packs(closed.packs, closed.received_g)
    key = Holding.key(body.lot, body.party, shipment.new_owner)
    holding = find_or_sent(act, key, shipment)
    counted = _count(shipment, closed.received_g, act.command.id)
    more_g = shipment.disputed_g - counted.disputed_g
    if more_g:
        corrected = holding.less_came(-more_g) if more_g < 0 else holding.plus(more_g)
        act.put(key, corrected)
        flag_surplus(act, holding, corrected)
    act.put(Shipment.key(body.shipment), counted)
    act.flags.add("corrected")
    if counted.state == "disputed":
        act.flags.add("disputed")


def _count(shipment: Shipment, received_g: int, entry: str) -> Shipment:
    """Return the shipment as the recipient counted it: never more is credited than was shipped."""
    is_exact = received_g == shipment.shipped_g
    return replace(
        shipment,
        state="received" if is_exact else "disputed",
        received_g=received_g,
        disputed_g=max(0, shipment.shipped_g - received_g),
        entry=entry,
    )


def _return(act: Act, body: Return, closed: ReturnClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    shipment = act.get(Shipment, Shipment.key(body.shipment), Code.UNKNOWN_SHIPMENT)
    is_theirs = body.party in {shipment.sender, shipment.recipient}
    require(is_theirs and closed.sender == shipment.sender, Code.NOT_THEIR_SHIPMENT)
    require(shipment.lot == body.lot, Code.LOT_DIFFERS)
    require(shipment.owner == (closed.owner or closed.sender), Code.OWNER_DIFFERS)
    require(shipment.state == "in_transit", Code.NOT_IN_TRANSIT)
    key = Holding.key(body.lot, shipment.sender, shipment.owner)
    holding = find_or_sent(act, key, shipment)
    act.put(key, holding.back(shipment.shipped_g))
    act.put(Shipment.key(body.shipment), replace(shipment, state="returned", entry=act.command.id))


def _settle(act: Act, body: Settle, closed: SettleClosed) -> None:
    assert act.proposer is not None  # noqa: S101 - a type with two signers
    sides = {act.proposer.party, act.principal.party}
    require(sides == {closed.sender, closed.recipient}, Code.NOT_YOUR_PARTY)
    shipment = act.get(Shipment, Shipment.key(body.shipment), Code.UNKNOWN_SHIPMENT)
    named = (closed.sender, closed.recipient)
    require((shipment.sender, shipment.recipient) == named, Code.NOT_THEIR_SHIPMENT)
    require(shipment.lot == body.lot, Code.LOT_DIFFERS)
    terms = (closed.owner or closed.sender, bool(closed.consigned))
    require((shipment.owner, shipment.is_consigned) == terms, Code.OWNER_DIFFERS)
    require(shipment.state == "disputed", Code.NOT_DISPUTED)
    settled_g = closed.to_sender_g + closed.to_recipient_g + closed.lost_g
    require(settled_g == shipment.disputed_g, Code.SUM_DIFFERS)
    if closed.to_sender_g:
        key = Holding.key(body.lot, closed.sender, shipment.owner)
        act.put(key, find_or_sent(act, key, shipment).back(closed.to_sender_g))
    if closed.to_recipient_g:
        key = Holding.key(body.lot, closed.recipient, shipment.new_owner)
        act.put(key, find_or_sent(act, key, shipment).plus(closed.to_recipient_g))
    act.put(
        Shipment.key(body.shipment),
        replace(
            shipment, state="settled", disputed_g=0, lost_g=closed.lost_g, entry=act.command.id
        ),
    )


def _own_shipment(act: Act, body: Receive | CorrectReceipt, closed: CountClosed) -> Shipment:
    """Return a shipment of this lot and owner to this party, or say which of these it is not."""
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    shipment = act.get(Shipment, Shipment.key(body.shipment), Code.UNKNOWN_SHIPMENT)
    require(shipment.recipient == body.party, Code.NOT_THEIR_SHIPMENT)
    require(shipment.lot == body.lot, Code.LOT_DIFFERS)
    require(shipment.new_owner == (closed.owner or body.party), Code.OWNER_DIFFERS)
    return shipment


def _recipient(_overlay: Overlay, _body: Ship, closed: ShipClosed, _party: str) -> str:
    return closed.recipient


def _other_side(
    overlay: Overlay, body: Receive | CorrectReceipt | Return, _closed: object, party: str
) -> str | None:
    """Return the shipment's sender to its recipient, and its recipient to its sender."""
    shipment = overlay.find(Shipment, Shipment.key(body.shipment))
    if shipment is None:
        return None
    return shipment.recipient if party == shipment.sender else shipment.sender


def _other_side_named(
    _overlay: Overlay, _body: Settle, closed: SettleClosed, party: str
) -> str | None:
    return closed.recipient if party == closed.sender else closed.sender


def _ship_touches(_command: Command, body: Ship, closed: ShipClosed) -> Touches:
    holding = Holding.key(body.lot, body.party, closed.owner or body.party)
    records = (holding, Shipment.key(body.shipment))
    return Touches(reads=(Party.key(closed.recipient), *records), writes=records)


def _count_touches(
    _command: Command, body: Receive | CorrectReceipt, closed: CountClosed
) -> Touches:
    holding = Holding.key(body.lot, body.party, closed.owner or body.party)
    records = (Shipment.key(body.shipment), holding)
    return Touches(reads=records, writes=records)


def _return_touches(_command: Command, body: Return, closed: ReturnClosed) -> Touches:
    holding = Holding.key(body.lot, closed.sender, closed.owner or closed.sender)
    records = (Shipment.key(body.shipment), holding)
    return Touches(reads=records, writes=records)


def _settle_touches(_command: Command, body: Settle, closed: SettleClosed) -> Touches:
    owner = closed.owner or closed.sender
    new_owner = owner if closed.consigned else closed.recipient
    records = (
        Shipment.key(body.shipment),
        Holding.key(body.lot, closed.sender, owner),
        Holding.key(body.lot, closed.recipient, new_owner),
    )
    return Touches(reads=records, writes=records)


TYPES = (
    CommandType(
        name="lot.ship",
        body=Ship,
        closed=ShipClosed,
        roles=HOLDERS,
        counterparty=_recipient,
        proof="parties",
        touches=_ship_touches,
        apply=_ship,
    ),
    CommandType(
        name="lot.receive",
        body=Receive,
        closed=CountClosed,
        roles=HOLDERS,
        counterparty=_other_side,
        proof="parties",
        touches=_count_touches,
        apply=_receive,
    ),
    CommandType(
        name="lot.correct_receipt",
        body=CorrectReceipt,
        closed=CountClosed,
        roles=HOLDERS,
        counterparty=_other_side,
        proof="parties",
        touches=_count_touches,
        apply=_correct_receipt,
    ),
    CommandType(
        name="lot.return",
        body=Return,
        closed=ReturnClosed,
        roles=HOLDERS,
        counterparty=_other_side,
        proof="parties",
        touches=_return_touches,
        apply=_return,
    ),
    CommandType(
        name="lot.settle",
        body=Settle,
        closed=SettleClosed,
        roles=HOLDERS,
        signers=2,
        takes_shared_keys=True,  # a till and a packing house settle what was short
        counterparty=_other_side_named,
        proof="parties",
        touches=_settle_touches,
        apply=_settle,
    ),
)
