"""From a lot's record to its page: only what everyone may see ever gets this far."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chaincode import times
from chaincode.registry.records import Constitution, Head
from gateway.api.about import kept_by
from gateway.api.records import keepers
from gateway.language import Language
from gateway.lookups.history import HistoryEntry
from gateway.lookups.lots import LotRecord
from gateway.names import Names
from gateway.settings import LedgerKind, Settings
from gateway.web import dates
from gateway.web.contexts import Change, Entry, LotCard, LotPage, When
from gateway.web.crop_marks import mark_of
from gateway.web.errors import grouped
from gateway.web.rendering import qr_code
from gateway.web.words import WORDS, word

FLAGS_SHOWN: Final = ("late", "future")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes lots in one language, with the town's names and clock.

    Attributes:
        address: Scheme and host that labels have in their QR codes.
    """

    settings: Settings
    address: str
    names: Names
    head: Head
    constitution: Constitution
    language: Language

    def lot(self, lot: LotRecord, history: Sequence[HistoryEntry]) -> LotPage:
        """Return the context of a lot's page."""
        url = f"{self.address}/lots/{lot.id}"
        kind = self.settings.ledger.kind
        recorded_at = history[0].ledger_time if history else times.seconds(lot.harvested_at)
        district = self.names.district(lot.district, self.language)
        return LotPage(
            id=lot.id,
            id_groups=grouped(lot.id),
            crop=self.names.crop(lot.crop, self.language),
            mark=mark_of(lot.crop),
            place=district or lot.district,
            place_code=lot.district if district else "",
            producer=self.names.party(lot.party, self.language) or "",
            pseudonym=lot.party,
            harvested=self._when(times.seconds(lot.harvested_at)),
            recorded=self._when(recorded_at),
            is_corrected=any(entry.corrects for entry in history),
            entries=self._entries(history),
            kept_by=kept_by(kind, self.language),
            keepers=tuple(keepers(self.constitution)) if kind is LedgerKind.FABRIC else (),
            url=url,
            qr=qr_code(url),
        )

    def card(self, lot: LotRecord) -> LotCard:
        """Return a lot as the start page of a demo lists it."""
        return LotCard(
            url=f"/lots/{lot.id}",
            crop=self.names.crop(lot.crop, self.language),
            mark=mark_of(lot.crop),
            place=self.names.district(lot.district, self.language) or lot.district,
            producer=self.names.party(lot.party, self.language) or lot.party,
            harvested=self._when(times.seconds(lot.harvested_at)),
        )

    def _entries(self, history: Sequence[HistoryEntry]) -> tuple[Entry, ...]:
        by_id = {entry.id: entry for entry in history}
        return tuple(self._entry(entry, by_id.get(entry.corrects or "")) for entry in history)

    def _entry(self, entry: HistoryEntry, before: HistoryEntry | None) -> Entry:
        changes = self._changes(before, entry) if before else ()
        agent = entry.entered_by
        reason = f"reason_{entry.reason}"
        return Entry(
            title=self._word("entry_correction" if entry.corrects else "entry_harvest"),
            happened=self._when(entry.event_time),
            recorded=self._when(entry.ledger_time),
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
            ("change_district", self._place(before), self._place(after)),
            ("change_harvested", self._moment(before), self._moment(after)),
        )
        return tuple(
            Change(what=self._word(name), before=old, after=new)
            for name, old, new in values
            if old != new
        )

    def _crop(self, entry: HistoryEntry) -> str:
        return self.names.crop(entry.crop, self.language)

    def _place(self, entry: HistoryEntry) -> str:
        code = entry.district or ""
        return self.names.district(code, self.language) or code

    def _moment(self, entry: HistoryEntry) -> str:
        when = self._when(times.seconds(entry.harvested_at))
        return f"{when.date} {when.time}"

    def _when(self, seconds: int) -> When:
        offset = self.head.utc_offset_minutes
        return When(
            date=dates.date(seconds, utc_offset_minutes=offset, language=self.language),
            time=dates.time_of_day(seconds, utc_offset_minutes=offset, language=self.language),
            iso=times.timestamp(seconds),
        )

    def _word(self, name: str) -> str:
        return word(name, self.language)
