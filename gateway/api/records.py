"""From the tables' records to answers: every member named, then cut for who is asking."""

from collections.abc import Collection, Sequence
from typing import Any

from chaincode import times
from chaincode.registry.records import Constitution
from gateway.api import visibility
from gateway.api.visibility import Role, cut
from gateway.language import Language
from gateway.lookups.history import HistoryEntry
from gateway.lookups.lots import HoldingRecord, LotRecord
from gateway.lookups.shipments import ShipmentRecord
from gateway.names import Names

Answer = dict[str, Any]


class Records:
    """Writes records as answers in one language, for one party or for the public."""

    def __init__(self, names: Names, language: Language, party: str | None) -> None:
        self._names = names
        self._language = language
        self._party = party

    def lot(
        self,
        lot: LotRecord,
        history: Sequence[HistoryEntry],
        *,
        holding: HoldingRecord | None = None,
        shipments: Sequence[ShipmentRecord] = (),
        entries: Sequence[Answer] = (),
    ) -> Answer:
        """Return a lot. What is not the reader's own must not even be handed in."""
        corrections = [entry for entry in history if entry.corrects]
        record: Answer = {
            **self._origin(lot),
            "recorded_at": times.timestamp(history[0].ledger_time) if history else None,
            "corrected_at": times.timestamp(corrections[-1].ledger_time) if corrections else None,
            "flags": sorted({flag for entry in history for flag in entry.flags}),
            "history": [self._entry(entry) for entry in history],
            "harvest_g": lot.harvest_g,
            "estimated": lot.estimated,
            "plot": lot.plot,
        }
        roles = self._roles_in(lot)
        if holding is not None:
            record["holding"] = self._holding(holding)
            roles.add(Role.HOLDER)
        if self._party is not None:
            record["shipments"] = [self.shipment(one) for one in shipments]
            record["entries"] = list(entries)
            roles |= {Role.SENDER, Role.RECIPIENT, Role.PARTY}
        return cut(visibility.LOT, record, roles)

    def held(self, lot: LotRecord, holding: HoldingRecord) -> Answer:
        """Return a lot of the reader's own stock."""
        record: Answer = {
            **self._origin(lot),
            "harvest_g": lot.harvest_g,
            "estimated": lot.estimated,
            "plot": lot.plot,
            "holding": self._holding(holding),
        }
        roles = self._roles_in(lot)
        if holding.holder == self._party:
            roles.add(Role.HOLDER)
        return cut(visibility.LOT, record, roles)

    def shipment(self, shipment: ShipmentRecord) -> Answer:
        """Return a shipment of the reader's own; for anyone else nothing is left of it."""
        roles = set()
        if shipment.sender == self._party:
            roles.add(Role.SENDER)
        if shipment.recipient == self._party:
            roles.add(Role.RECIPIENT)
        record: Answer = {
            "id": shipment.id,
            "lot": shipment.lot,
            "crop": shipment.crop,
            "crop_name": self._names.crop(shipment.crop, self._language),
            "direction": "out" if shipment.sender == self._party else "in",
            "state": shipment.state,
            "sender": shipment.sender,
            "sender_name": self._names.party(shipment.sender, self._language),
            "recipient": shipment.recipient,
            "recipient_name": self._names.party(shipment.recipient, self._language),
            "shipped_g": shipment.shipped_g,
            "received_g": shipment.received_g,
            "disputed_g": shipment.disputed_g,
            "lost_g": shipment.lost_g,
            "entry": shipment.entry,
            "changed_at": times.timestamp(shipment.changed_at),
        }
        return cut(visibility.SHIPMENT, record, roles)

    def _origin(self, lot: LotRecord) -> Answer:
        return {
            "id": lot.id,
            "crop": lot.crop,
            "crop_name": self._names.crop(lot.crop, self._language),
            "district": lot.district,
            "district_name": self._names.district(lot.district, self._language),
            "producer": lot.party,
            "producer_name": self._names.party(lot.party, self._language),
            "harvested_at": lot.harvested_at,
        }

    def _entry(self, entry: HistoryEntry) -> Answer:
        agent = entry.entered_by
        record: Answer = {
            "id": entry.id,
            "type": entry.type,
            "event_time": times.timestamp(entry.event_time),
            "ledger_time": times.timestamp(entry.ledger_time),
            "block": entry.block,
            "flags": list(entry.flags),
            "crop": entry.crop,
            "district": entry.district,
            "harvested_at": entry.harvested_at,
            "reason": entry.reason,
            "corrects": entry.corrects,
            "entered_by": agent,
            "entered_by_name": self._names.party(agent, self._language) if agent else None,
        }
        return cut(visibility.HISTORY, record, ())

    def _holding(self, holding: HoldingRecord) -> Answer:
        record: Answer = {
            "lot": holding.lot,
            "held_g": holding.held_g,
            "sold_g": holding.sold_g,
            "discarded_g": holding.discarded_g,
            "own_use_g": holding.own_use_g,
        }
        return cut(visibility.HOLDING, record, self._holder_roles(holding))

    def _holder_roles(self, holding: HoldingRecord) -> Collection[Role]:
        return {Role.HOLDER} if holding.holder == self._party else ()

    def _roles_in(self, lot: LotRecord) -> set[Role]:
        return {Role.PRODUCER} if lot.party == self._party else set()


def keepers(constitution: Constitution) -> list[str]:
    """Return the titles of the organisations that keep the record on peers of their own."""
    return [one.title for one in constitution.organisations if one.kind != "auditor"]
