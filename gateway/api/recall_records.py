"""Recalls as answers, cut for who is asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from chaincode.base import times
from chaincode.recalls.records import ROOTS_ALONE_MAX, ROOTS_AT_ONCE_MAX
from gateway.answers import visibility
from gateway.answers.visibility import Viewer, cut, offices
from gateway.lookups.narrowing import SEEDS_MAX, Found
from gateway.lookups.recall_book import DRILL, RecallEvent, RecallSummary
from gateway.lookups.recalls import Affected, Scope
from gateway.town.names import Names
from gateway.words.language import Language

Answer = dict[str, Any]

BESIDE_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRecall:
    """A recall with the lots that it names, those that are cleared, and what was done about it."""

    summary: RecallSummary
    roots: Sequence[str]
    cleared: Sequence[str]
    events: Sequence[RecallEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Lots that a recall does not name: of other crops, and of ancestors that nobody knows all."""

    left_out: Sequence[Found] = ()
    uncertain: Sequence[Found] = ()


NOTHING: Final = Beside()


class RecallRecords:
    """Writes recalls in one language, for one reader."""

    def __init__(self, names: Names, language: Language, viewer: Viewer) -> None:
        self._names = names
        self._language = language
        self._roles = offices(viewer)

    def listed(self, recall: RecallSummary) -> Answer:
        """Return a recall of a list; of a drill nothing is left for anyone but officers."""
        return cut(self._table(recall), self._summary(recall), self._roles)

    def whole(self, recall: WholeRecall) -> Answer:
        """Return a recall with its lots and how it came about."""
        events = recall.events
        record = self._summary(recall.summary) | {
            "roots": list(recall.roots),
            "cleared": list(recall.cleared),
            "declared_at": times.timestamp(events[0].ledger_time) if events else None,
            "history": [_event(one) for one in events],
        }
        return cut(self._table(recall.summary), record, self._roles)

    def scope(self, scope: Scope, *, room: int, beside: Beside = NOTHING) -> Answer:
        """Return how far a recall reaches.

        Args:
            scope: What was worked out.
            room: For how many roots there is room, with those that are in force.
            beside: What it does not name.
        """
        seeds = min(len(scope.seeds), SEEDS_MAX)
        record: Answer = {
            "seeds_count": seeds,
            "has_more_seeds": len(scope.seeds) > SEEDS_MAX,
            "roots": list(scope.roots),
            "roots_count": len(scope.roots),
            "unrecorded": list(scope.unrecorded),
            "crops": list(scope.crops),
            "lots_count": scope.lots,
            "affected": [self._affected(one) for one in scope.affected],
            "commands_needed": ceil(len(scope.roots) / ROOTS_AT_ONCE_MAX),
            "limit": room,
            "fits": len(scope.roots) <= room and len(scope.seeds) <= SEEDS_MAX,
            "left_out": [self._left_out(one) for one in beside.left_out[:BESIDE_MAX]],
            "has_more_left_out": len(beside.left_out) > BESIDE_MAX,
            "uncertain": [self._left_out(one) for one in beside.uncertain[:BESIDE_MAX]],
            "has_more_uncertain": len(beside.uncertain) > BESIDE_MAX,
        }
        return cut(visibility.SCOPE, record, self._roles)

    def missing(self, recall: str, missing: Sequence[str], unrecorded: Sequence[str]) -> Answer:
        """Return what a recall in force ought to name besides, with what one officer may sign."""
        alone = [lot for lot in missing if lot not in set(unrecorded)]
        record: Answer = {
            "missing": list(missing),
            "extensions": [
                {"recall": recall, "roots": alone[start : start + ROOTS_ALONE_MAX]}
                for start in range(0, len(alone), ROOTS_ALONE_MAX)
            ],
        }
        return cut(visibility.SCOPE, record, self._roles)

    def _summary(self, recall: RecallSummary) -> Answer:
        return {
            "id": recall.id,
            "party": recall.party,
            "party_name": self._names.party(recall.party, self._language),
            "state": recall.state,
            "is_own": recall.is_own,
            "kind": recall.kind,
            "cause": recall.cause,
            "scope": recall.scope,
            "roots_count": recall.roots_count,
            "entry": recall.entry,
            "changed_at": times.timestamp(recall.changed_at),
            "confirm_by": times.timestamp(recall.confirm_by) if recall.confirm_by else None,
        }

    def _left_out(self, lot: Found) -> Answer:
        other = self._names.others.find(lot.crop)
        record: Answer = {
            "id": lot.id,
            "crop": lot.crop,
            "crop_name": self._names.crop(lot.crop, self._language),
            "crop_words": other.words or None if other else None,
            "harvested_at": lot.at,
        }
        return cut(visibility.LEFT_OUT, record, self._roles)

    def _affected(self, one: Affected) -> Answer:
        record: Answer = {
            "party": one.party,
            "party_name": self._names.party(one.party, self._language),
            "held_g": one.held_g,
            "in_transit_g": one.in_transit_g,
            "disputed_g": one.disputed_g,
            "sold_g": one.sold_g,
            "lots_count": one.lots,
        }
        return cut(visibility.AFFECTED, record, self._roles)

    @staticmethod
    def _table(recall: RecallSummary) -> visibility.Table:
        return visibility.DRILL if recall.state == DRILL else visibility.RECALL


def _event(event: RecallEvent) -> Answer:
    record: Answer = {
        "id": event.id,
        "type": event.type,
        "ledger_time": times.timestamp(event.ledger_time),
        "reason": event.reason,
        "explanation": event.explanation,
        "roots_count": event.roots_count,
    }
    return cut(visibility.RECALL_EVENT, record, ())
