"""From a lot's record to its page: only what everyone may see ever gets this far."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from chaincode.base import times
from chaincode.registry.records import Constitution, Head
from gateway.api.about import kept_by
from gateway.api.records import keepers
from gateway.api.suspended import day
from gateway.lookups import history, lineage, lots, origins, recall_book
from gateway.lookups.history import HistoryEntry
from gateway.lookups.lineage import Lineage
from gateway.lookups.lots import LotRecord
from gateway.lookups.origins import Origins
from gateway.lookups.recall_book import Ended, Meeting
from gateway.settings import LedgerKind, Settings
from gateway.town.explanations import Explanations
from gateway.town.names import Names
from gateway.typed.lot_numbers import check_character, grouped
from gateway.web import dates
from gateway.web.contexts import (
    Change,
    EndedRecall,
    Entry,
    LotCard,
    LotPage,
    RecallNotice,
    Status,
    When,
)
from gateway.web.crop_marks import SPROUT, mark_of
from gateway.web.lineage_part import LineageWriter, grade_of
from gateway.web.recall_writer import explained
from gateway.web.rendering import qr_code
from gateway.web.words import WORDS, word
from gateway.words.language import Language

FLAGS_SHOWN: Final = ("late", "future", "supplemented", "opening")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLot:
    """Everything about a lot that everyone may see, and nothing else.

    Attributes:
        grown: Its first ancestors.
        graph: All its ancestors, with itself.
        known: The lots of the graph, by id.
        recalls: For each of these lots, the recalls in force that it meets.
        ended: Recalls that it once met.
    """

    lot: LotRecord
    history: Sequence[HistoryEntry]
    grown: Origins
    graph: Lineage | None
    known: Mapping[str, LotRecord]
    recalls: Mapping[str, Sequence[Meeting]]
    ended: Sequence[Ended]


def find(connection: Connection, lot: str) -> PublicLot | None:
    """Return a lot as everyone may see it."""
    found = lots.find(connection, lot)
    if found is None:
        return None
    graph, known = None, {found.id: found}
    if found.origin == "made":
        graph = lineage.of_lot(connection, lot, descendants=False)
        known = lots.find_all(connection, [one for level in graph.levels.values() for one in level])
    return PublicLot(
        lot=found,
        history=history.of_lot(connection, lot),
        grown=origins.of_lot(connection, found),
        graph=graph,
        known=known,
        recalls=recall_book.meetings(connection, list(known.values())),
        ended=recall_book.ended(connection, found),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes lots in one language, with the town's names and clock.

    Attributes:
        address: Scheme and host that labels have in their QR codes.
    """

    settings: Settings
    address: str
    names: Names
    explanations: Explanations
    head: Head
    constitution: Constitution
    language: Language

    def lot(self, found: PublicLot) -> LotPage:
        """Return the context of a lot's page."""
        lot = found.lot
        url = f"{self.address}/lots/{lot.id}"
        kind = self.settings.ledger.kind
        is_known = lot.origin != "claim"
        recorded_at = found.history[0].ledger_time if found.history else None
        return LotPage(
            id=lot.id,
            id_groups=grouped(lot.id),
            check=check_character(lot.id),
            crop=self.names.crop(lot.crop, self.language) if is_known else "",
            grade=grade_of(lot, self.language),
            mark=mark_of(lot.crop if is_known else SPROUT),
            place=self._place_of(found) if is_known else "",
            place_code=self._place_code(lot),
            producer=(self.names.party(lot.party, self.language) or "") if is_known else "",
            pseudonym=lot.party if is_known else "",
            is_made=lot.origin in {"made", "unmade"},
            harvested=self.when(times.seconds(lot.harvested_at)) if is_known else None,
            recorded=self.when(recorded_at) if recorded_at is not None else None,
            statuses=tuple(self._status(kind) for kind in _statuses(found)),
            recalls=tuple(self._notice(one) for one in found.recalls.get(lot.id, ())),
            ended_recalls=tuple(map(self._ended, found.ended)),
            lineage=LineageWriter(
                names=self.names, language=self.language, when=self.when, recalls=found.recalls
            ).part(found.grown, found.graph, found.known, lot.id),
            entries=self._entries(found.history),
            kept_by=kept_by(kind, self.language),
            keepers=tuple(keepers(self.constitution)) if kind is LedgerKind.FABRIC else (),
            suspended=self._suspended(),
            url=url,
            qr=qr_code(url),
        )

    def _suspended(self) -> tuple[str, ...]:
        """Return whose offices are suspended until when; what stands on the lot is not touched."""
        today = times.local_date(int(time.time()), self.head.utc_offset_minutes)
        return tuple(
            self._word("vouch_suspended").format(
                title=one.title, until=day(standing.suspended_until, self.language)
            )
            for one in self.constitution.organisations
            if (standing := self.head.standing(one.id)) is not None
            and standing.suspended_until is not None
            and standing.is_suspended_on(today)
        )

    def card(self, lot: LotRecord) -> LotCard:
        """Return a lot as the start page of a demo lists it."""
        return LotCard(
            url=f"/lots/{lot.id}",
            crop=self.names.crop(lot.crop, self.language),
            mark=mark_of(lot.crop),
            place=self._district(lot.district),
            producer=self.names.party(lot.party, self.language) or lot.party,
            harvested=self.when(times.seconds(lot.harvested_at)),
        )

    def when(self, seconds: int) -> When:
        """Return a time as people in the town write it."""
        offset = self.head.utc_offset_minutes
        return dates.when(seconds, utc_offset_minutes=offset, language=self.language)

    def _status(self, kind: str) -> Status:
        return Status(
            kind=kind, title=self._word(f"status_{kind}"), note=self._word(f"status_{kind}_note")
        )

    def _notice(self, recall: Meeting) -> RecallNotice:
        urgent = recall.kind == "safety"
        title = "recalled_title" if urgent else "recalled_title_other"
        return RecallNotice(
            title=self._word(title if recall.is_certain else "recalled_title_uncertain"),
            kind=self._word(f"recall_kind_{recall.kind}"),
            cause=self._word(f"recall_cause_{recall.cause}"),
            state=self._word(f"recall_state_{recall.state}"),
            url=f"/recalls/{recall.id}?lang={self.language}",
        )

    def _ended(self, one: Ended) -> EndedRecall:
        recall = one.recall
        kind = self._word(f"recall_kind_{recall.kind}")
        cause = self._word(f"recall_cause_{recall.cause}")
        return EndedRecall(
            title=self._word(f"recall_ended_{recall.state}"),
            note=self._word(f"recall_note_{recall.state}"),
            kind=f"{kind}{'：' if self.language == 'ja' else ': '}{cause}",
            explanation=explained(one.explanation, self.explanations, self.language),
            ended=self.when(recall.changed_at),
            url=f"/recalls/{recall.id}?lang={self.language}",
        )

    def _place_of(self, found: PublicLot) -> str:
        if found.lot.district:
            return self._district(found.lot.district)
        places = {one.lot.district for one in found.grown.origins}
        if len(places) == 1 and found.grown.is_whole:
            return self._district(places.pop()) or self._word("no_place")
        return self._word("several_places" if places else "no_place")

    def _place_code(self, lot: LotRecord) -> str:
        named = lot.district and self.names.district(lot.district, self.language)
        return lot.district or "" if named else ""

    def _district(self, code: str | None) -> str:
        return (self.names.district(code, self.language) or code) if code else ""

    def _entries(self, entries: Sequence[HistoryEntry]) -> tuple[Entry, ...]:
        by_id = {entry.id: entry for entry in entries}
        return tuple(self._entry(entry, by_id.get(entry.corrects or "")) for entry in entries)

    def _entry(self, entry: HistoryEntry, before: HistoryEntry | None) -> Entry:
        changes = self._changes(before, entry) if before else ()
        agent = entry.entered_by
        reason = f"reason_{entry.reason}"
        kind = _ENTRY_KINDS.get(entry.type, "harvest")
        return Entry(
            title=self._word(f"entry_{kind}"),
            kind="correction" if kind in {"correction", "unmake"} else "harvest",
            happened=self.when(entry.event_time),
            recorded=self.when(entry.ledger_time),
            reason=self._word(reason) if reason in WORDS else "",
            changes=changes,
            changes_hidden=entry.corrects is not None and not changes,
            entered_by=(self.names.party(agent, self.language) or agent) if agent else "",
            marks=tuple(self._word(f"mark_{flag}") for flag in entry.flags if flag in FLAGS_SHOWN),
            command_url=f"/api/commands/{entry.id}",
        )

    def _changes(self, before: HistoryEntry, after: HistoryEntry) -> tuple[Change, ...]:
        values = (
            ("change_crop", self._crop(before), self._crop(after)),
            ("change_district", self._district(before.district), self._district(after.district)),
            ("change_harvested", self._moment(before), self._moment(after)),
        )
        return tuple(
            Change(what=self._word(name), before=old, after=new)
            for name, old, new in values
            if old != new
        )

    def _crop(self, entry: HistoryEntry) -> str:
        return self.names.crop(entry.crop, self.language)

    def _moment(self, entry: HistoryEntry) -> str:
        when = self.when(times.seconds(entry.harvested_at))
        return f"{when.date} {when.time}"

    def _word(self, name: str) -> str:
        return word(name, self.language)


_ENTRY_KINDS: Final[Mapping[str, str]] = {
    "lot.harvest": "harvest",
    "lot.correct_harvest": "correction",
    "lot.supplement": "supplement",
    "lot.open": "opening",
    "lot.merge": "merge",
    "lot.repack": "repack",
    "lot.sort": "sort",
    "lot.process": "process",
    "lot.sort_class": "sort",
    "lot.unmake": "unmake",
    "lot.undo_class": "unmake",
}
_BEGINNINGS: Final[Mapping[str, str]] = {
    "claim": "claim",
    "made": "made",
    "unmade": "unmade",
    "opening": "opening",
}


def _statuses(found: PublicLot) -> list[str]:
    """Return what to know at once of a lot, the most important first."""
    lot = found.lot
    statuses = [_BEGINNINGS[lot.origin]] if lot.origin in _BEGINNINGS else []
    if lot.denied_g > 0 and lot.origin != "claim":
        statuses.append("denied")
    if lot.has_surplus and lot.origin != "claim":
        statuses.append("surplus")
    if any(entry.corrects for entry in found.history):
        statuses.append("corrected")
    if any(entry.type == "lot.supplement" for entry in found.history):
        statuses.append("supplemented")
    return statuses or ["recorded"]
