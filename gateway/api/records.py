"""From the tables' records to answers: every member named, then cut for who is asking."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from chaincode.base import times
from chaincode.registry.records import Constitution
from gateway.answers import visibility
from gateway.answers.visibility import Role, Viewer, cut, offices
from gateway.lookups import origins
from gateway.lookups.books import HeldLot
from gateway.lookups.history import HistoryEntry
from gateway.lookups.lots import HoldingRecord, LotRecord
from gateway.lookups.origins import Origin, Origins
from gateway.lookups.recall_book import Meeting
from gateway.lookups.shipments import ShipmentRecord
from gateway.lookups.surpluses import SurplusRecord
from gateway.town.names import Names
from gateway.words.language import Language

Answer = dict[str, Any]
Meetings = Mapping[str, Sequence[Meeting]]

MADE: Final = frozenset({"made", "unmade"})
CLAIM: Final = "claim"


class Records:
    """Writes records as answers in one language, for one reader."""

    def __init__(self, names: Names, language: Language, viewer: Viewer) -> None:
        self._names = names
        self._language = language
        self._viewer = viewer
        self._party = viewer.party

    def lot(
        self,
        lot: LotRecord,
        history: Sequence[HistoryEntry],
        *,
        holdings: Sequence[HoldingRecord] = (),
        shipments: Sequence[ShipmentRecord] = (),
        entries: Sequence[Answer] = (),
        recalls: Meetings | None = None,
        grown: Origins = origins.NONE,
    ) -> Answer:
        """Return a lot. What is not the reader's own must not even be handed in.

        Args:
            lot: The lot.
            history: Its public entries.
            holdings: The reader's own: at itself, and its goods at others.
            shipments: The reader's own.
            entries: Answers of the commands that concern the reader.
            recalls: For the lot and its origins, the recalls in force that each meets.
            grown: Its first ancestors.
        """
        met = recalls or {}
        corrections = [entry for entry in history if entry.corrects]
        record: Answer = {
            **self._origin(lot),
            **self._quantities(lot),
            "recorded_at": times.timestamp(history[0].ledger_time) if history else None,
            "corrected_at": times.timestamp(corrections[-1].ledger_time) if corrections else None,
            "flags": sorted({flag for entry in history for flag in entry.flags}),
            "is_denied": lot.denied_g > 0,
            "has_surplus": lot.has_surplus,
            "recalls": [_meeting(one) for one in met.get(lot.id, ())],
            "origins": [self._ancestor(one, met) for one in grown.origins],
            "has_more_origins": not grown.is_whole,
            "history": [self._entry(entry) for entry in history],
        }
        roles = self._roles_in(lot, holdings)
        if holdings:
            record["holdings"] = [self.holding(one) for one in holdings]
        if self._party is not None:
            record["shipments"] = [self.shipment(one) for one in shipments]
            record["entries"] = list(entries)
            roles |= {Role.SENDER, Role.RECIPIENT, Role.PARTY}
        return cut(self._table(lot), record, roles)

    def listed(self, one: HeldLot, recalls: Meetings) -> Answer:
        """Return a lot of one of the reader's own lists."""
        record: Answer = {
            **self._origin(one.lot),
            **self._quantities(one.lot),
            "is_denied": one.lot.denied_g > 0,
            "has_surplus": one.lot.has_surplus,
            "recalls": [_meeting(recall) for recall in recalls.get(one.lot.id, ())],
            "holdings": [self.holding(holding) for holding in one.holdings],
        }
        roles = self._roles_in(one.lot, one.holdings)
        roles |= {Role.HOLDER}  # of an empty list of holdings, too
        return cut(self._table(one.lot), record, roles)

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
            **self._named("sender", shipment.sender),
            **self._named("recipient", shipment.recipient),
            **self._named("owner", shipment.owner),
            "is_consigned": shipment.is_consigned,
            "shipped_g": shipment.shipped_g,
            "received_g": shipment.received_g,
            "disputed_g": shipment.disputed_g,
            "lost_g": shipment.lost_g,
            "entry": shipment.entry,
            "brought_by": shipment.brought_by,
            "changed_at": times.timestamp(shipment.changed_at),
        }
        return cut(visibility.SHIPMENT, record, roles)

    def holding(self, holding: HoldingRecord) -> Answer:
        """Return a holding of the reader's own; for anyone else nothing is left of it."""
        record: Answer = {
            "lot": holding.lot,
            **self._named("holder", holding.holder),
            **self._named("owner", holding.owner),
            "held_g": holding.held_g,
            "sold_g": holding.sold_g,
            "discarded_g": holding.discarded_g,
            "own_use_g": holding.own_use_g,
            "transformed_g": holding.transformed_g,
            "lost_g": holding.lost_g,
            "surplus_g": holding.surplus_g,
            "unproven_g": holding.unproven_g,
            "denied_g": holding.denied_g,
            "is_on_hold": holding.is_on_hold,
        }
        return cut(visibility.HOLDING, record, self._roles_at(holding))

    def surplus(self, one: SurplusRecord) -> Answer:
        """Return what a holder found; for anyone but whose goods they are nothing is left of it."""
        roles = {Role.OWNER} if one.owner == self._party else set()
        if one.producer == self._party:
            roles.add(Role.MAKER if one.origin in MADE else Role.PRODUCER)
        record: Answer = {
            "lot": one.lot,
            "crop": one.crop,
            "crop_name": self._names.crop(one.crop, self._language),
            **self._named("holder", one.holder),
            **self._named("owner", one.owner),
            "unproven_g": one.unproven_g,
            "gone_g": one.gone_g,
            "is_denied": one.is_denied,
        }
        return cut(visibility.SURPLUS, record, roles)

    def origin(self, lot: LotRecord, **marks: object) -> Answer:
        """Return what everyone may know of an ancestor, with marks of the list it stands in."""
        record: Answer = {**self._origin(lot), **marks}
        if "grade" not in marks:
            record.pop("grade")
        is_claimed = lot.origin == CLAIM
        if "level" in marks:
            table = visibility.CLAIMED_NODE if is_claimed else visibility.NODE
        else:
            table = visibility.CLAIMED_ORIGIN if is_claimed else visibility.ORIGIN
        return cut(table, record, self._roles_in(lot, ()))

    def _ancestor(self, one: Origin, recalls: Meetings) -> Answer:
        return self.origin(
            one.lot, is_computed=one.is_computed, is_recalled=bool(recalls.get(one.lot.id))
        )

    def _origin(self, lot: LotRecord) -> Answer:
        named = self._names.district(lot.district, self._language) if lot.district else None
        return {
            "id": lot.id,
            "origin": lot.origin,
            "crop": lot.crop,
            "crop_name": self._names.crop(lot.crop, self._language),
            "grade": lot.grade,
            "district": lot.district,
            "district_name": named,
            **self._named("producer", lot.party),
            "harvested_at": lot.harvested_at,
        }

    def _quantities(self, lot: LotRecord) -> Answer:
        known = self._names.office.plot(lot.plot) if lot.plot else None
        return {
            "plot": lot.plot,
            "plot_code": known.code if known else None,
            "plot_name": known.name if known else None,
            "harvest_g": lot.harvest_g,
            "estimated": lot.estimated,
            "supplement_g": lot.supplement_g,
            "claimed_g": lot.claimed_g,
            "denied_g": lot.denied_g,
            "made_g": lot.made_g,
        }

    def _named(self, member: str, party: str) -> Answer:
        return {member: party, f"{member}_name": self._names.party(party, self._language)}

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

    def _roles_at(self, holding: HoldingRecord) -> Collection[Role]:
        if holding.holder == self._party:
            return {Role.HOLDER}
        return {Role.OWNER} if holding.owner == self._party else ()

    def _roles_in(self, lot: LotRecord, holdings: Sequence[HoldingRecord]) -> set[Role]:
        roles = offices(self._viewer)
        for holding in holdings:
            roles |= set(self._roles_at(holding))
        if lot.party == self._party:
            roles.add(Role.MAKER if lot.origin in MADE else Role.PRODUCER)
        return roles

    @staticmethod
    def _table(lot: LotRecord) -> visibility.Table:
        return visibility.CLAIMED_LOT if lot.origin == CLAIM else visibility.LOT


def keepers(constitution: Constitution) -> list[str]:
    """Return the titles of the organisations that keep the record on peers of their own."""
    return [one.title for one in constitution.organisations if one.kind != "auditor"]


def _meeting(recall: Meeting) -> Answer:
    return {
        "id": recall.id,
        "state": recall.state,
        "kind": recall.kind,
        "cause": recall.cause,
        "is_certain": recall.is_certain,
    }
