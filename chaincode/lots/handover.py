"""Hand-over between two parties: ship, receive, return, correct the count, settle a difference.

`lot.ship` puts grams in transit; only the named recipient's `lot.receive` closes it. What was
shipped and not received is disputed until both settle it. Counting more than was shipped books
nothing: it is a dispute about zero grams, on record.
"""

from dataclasses import dataclass, replace

from chaincode.acts import Act, CommandType, Touches, require
from chaincode.envelope import Command
from chaincode.errors import Code
from chaincode.lots.harvest import CorrectionReason
from chaincode.lots.records import EMPTY, FARMER, SHOP, Holding, Shipment, derive_id
from chaincode.registry.records import Party
from chaincode.shapes import (
    Bits128,
    Grams,
    GramsOrNone,
    LotId,
    PseudonymId,
    Sha256,
    ShipmentId,
    SmallNumber,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """Open part of `lot.ship`."""

    shipment: ShipmentId
    nonce: Bits128
    index: SmallNumber
    lot: LotId
    party: PseudonymId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipClosed:
    """Closed part of `lot.ship`: to whom and how much."""

    salt: Bits128
    recipient: PseudonymId
    quantity_g: Grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Open part of `lot.receive`."""

    shipment: ShipmentId
    lot: LotId
    party: PseudonymId


@dataclass(frozen=True, slots=True, kw_only=True)
class CountClosed:
    """Closed part of `lot.receive` and `lot.correct_receipt`: what the recipient counted."""

    salt: Bits128
    received_g: GramsOrNone


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnClosed:
    """Closed part of `lot.return`: whose goods they were."""

    salt: Bits128
    sender: PseudonymId


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


def _ship(act: Act, body: Ship, closed: ShipClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    require(closed.recipient != body.party, Code.NOT_INDEPENDENT)
    require(act.find(Party, Party.key(closed.recipient)) is not None, Code.UNKNOWN_PARTY)
    key = Holding.key(body.lot, body.party, body.party)
    holding = act.get(Holding, key, Code.NOTHING_HELD)
    derived = derive_id(
        ledger=act.head.ledger, party=body.party, nonce=body.nonce, index=body.index
    )
    require(body.shipment == derived, Code.ID_NOT_DERIVED)
    require(act.find(Shipment, Shipment.key(body.shipment)) is None, Code.ID_TAKEN)
    act.put(key, holding.minus(closed.quantity_g, Code.INSUFFICIENT_QUANTITY))
    act.put(
        Shipment.key(body.shipment),
        Shipment(
            lot=body.lot,
            sender=body.party,
            recipient=closed.recipient,
            state="in_transit",
            shipped_g=closed.quantity_g,
            entry=act.command.id,
        ),
    )


def _receive(act: Act, body: Receive, closed: CountClosed) -> None:
    shipment = _own_shipment(act, body.shipment, body.lot, recipient=body.party)
    require(shipment.state == "in_transit", Code.NOT_IN_TRANSIT)
    key = Holding.key(body.lot, body.party, body.party)
    holding = act.find(Holding, key) or EMPTY
    counted = _count(shipment, closed.received_g, act.command.id)
    credited_g = counted.shipped_g - counted.disputed_g
    if credited_g:
        act.put(key, holding.plus(credited_g))
    act.put(Shipment.key(body.shipment), counted)
    if counted.state == "disputed":
        act.flags.add("disputed")


def _correct_receipt(act: Act, body: CorrectReceipt, closed: CountClosed) -> None:
    shipment = _own_shipment(act, body.shipment, body.lot, recipient=body.party)
    require(shipment.state in {"received", "disputed"}, Code.NOT_RECEIVED)
    require(shipment.entry == body.corrects, Code.NOT_THE_LATEST)
    key = Holding.key(body.lot, body.party, body.party)
    holding = act.find(Holding, key) or EMPTY
    counted = _count(shipment, closed.received_g, act.command.id)
    more_g = shipment.disputed_g - counted.disputed_g
    if more_g:
        corrected = (
            holding.minus(-more_g, Code.ALREADY_LEFT) if more_g < 0 else holding.plus(more_g)
        )
        act.put(key, corrected)
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
    require(is_theirs and shipment.lot == body.lot, Code.UNKNOWN_SHIPMENT)
    require(shipment.sender == closed.sender, Code.UNKNOWN_SHIPMENT)
    require(shipment.state == "in_transit", Code.NOT_IN_TRANSIT)
    key = Holding.key(body.lot, closed.sender, closed.sender)
    holding = act.find(Holding, key) or EMPTY
    act.put(key, holding.plus(shipment.shipped_g))
    act.put(Shipment.key(body.shipment), replace(shipment, state="returned", entry=act.command.id))


def _settle(act: Act, body: Settle, closed: SettleClosed) -> None:
    assert act.proposer is not None  # noqa: S101 - a type with two signers
    sides = {act.proposer.party, act.principal.party}
    require(sides == {closed.sender, closed.recipient}, Code.NOT_YOUR_PARTY)
    shipment = act.get(Shipment, Shipment.key(body.shipment), Code.UNKNOWN_SHIPMENT)
    named = (body.lot, closed.sender, closed.recipient)
    require((shipment.lot, shipment.sender, shipment.recipient) == named, Code.UNKNOWN_SHIPMENT)
    require(shipment.state == "disputed", Code.NOT_DISPUTED)
    settled_g = closed.to_sender_g + closed.to_recipient_g + closed.lost_g
    require(settled_g == shipment.disputed_g, Code.SUM_DIFFERS)
    for party, more_g in (
        (closed.sender, closed.to_sender_g),
        (closed.recipient, closed.to_recipient_g),
    ):
        if more_g:
            key = Holding.key(body.lot, party, party)
            act.put(key, (act.find(Holding, key) or EMPTY).plus(more_g))
    act.put(
        Shipment.key(body.shipment),
        replace(
            shipment, state="settled", disputed_g=0, lost_g=closed.lost_g, entry=act.command.id
        ),
    )


def _own_shipment(act: Act, shipment_id: str, lot_id: str, *, recipient: str) -> Shipment:
    """Return a shipment of this lot to this party; anyone else's is as good as unknown."""
    require(recipient == act.principal.party, Code.NOT_YOUR_PARTY)
    shipment = act.get(Shipment, Shipment.key(shipment_id), Code.UNKNOWN_SHIPMENT)
    is_theirs = shipment.recipient == recipient and shipment.lot == lot_id
    require(is_theirs, Code.UNKNOWN_SHIPMENT)
    return shipment


def _ship_touches(_command: Command, body: Ship, closed: ShipClosed) -> Touches:
    records = (Holding.key(body.lot, body.party, body.party), Shipment.key(body.shipment))
    return Touches(reads=(Party.key(closed.recipient), *records), writes=records)


def _count_touches(
    _command: Command, body: Receive | CorrectReceipt, _closed: CountClosed
) -> Touches:
    records = (Shipment.key(body.shipment), Holding.key(body.lot, body.party, body.party))
    return Touches(reads=records, writes=records)


def _return_touches(_command: Command, body: Return, closed: ReturnClosed) -> Touches:
    records = (Shipment.key(body.shipment), Holding.key(body.lot, closed.sender, closed.sender))
    return Touches(reads=records, writes=records)


def _settle_touches(_command: Command, body: Settle, closed: SettleClosed) -> Touches:
    records = (
        Shipment.key(body.shipment),
        Holding.key(body.lot, closed.sender, closed.sender),
        Holding.key(body.lot, closed.recipient, closed.recipient),
    )
    return Touches(reads=records, writes=records)


_HOLDERS = frozenset({FARMER, SHOP})

TYPES = (
    CommandType(
        name="lot.ship",
        body=Ship,
        closed=ShipClosed,
        roles=_HOLDERS,
        touches=_ship_touches,
        apply=_ship,
    ),
    CommandType(
        name="lot.receive",
        body=Receive,
        closed=CountClosed,
        roles=_HOLDERS,
        touches=_count_touches,
        apply=_receive,
    ),
    CommandType(
        name="lot.correct_receipt",
        body=CorrectReceipt,
        closed=CountClosed,
        roles=_HOLDERS,
        touches=_count_touches,
        apply=_correct_receipt,
    ),
    CommandType(
        name="lot.return",
        body=Return,
        closed=ReturnClosed,
        roles=_HOLDERS,
        touches=_return_touches,
        apply=_return,
    ),
    CommandType(
        name="lot.settle",
        body=Settle,
        closed=SettleClosed,
        roles=_HOLDERS,
        signers=2,
        touches=_settle_touches,
        apply=_settle,
    ),
)
