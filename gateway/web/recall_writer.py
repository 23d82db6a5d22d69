"""From answers about recalls, cut for their reader, to the contexts of their pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chaincode.base import times
from chaincode.recalls.records import ROOTS_ALONE_MAX, ROOTS_AT_ONCE_MAX, ROOTS_OPEN_MAX
from gateway.api.recall_records import Answer
from gateway.lookups.recall_book import DRILL, ENDED
from gateway.lookups.recalls import IN_FORCE
from gateway.town.explanations import Explanations
from gateway.typed.lot_numbers import check_character, grouped
from gateway.web.contexts import When
from gateway.web.grids import NUMBER_SHOWN, Grids
from gateway.web.own_contexts import Link, Own
from gateway.web.recall_contexts import (
    LeftOut,
    RecallEventLine,
    RecallLine,
    RecallPage,
    RecordToSign,
    ScopePart,
)
from gateway.web.words import WORDS, word
from gateway.words.language import Language

ROOTS_SHOWN: Final = 100


def explained(digest: str | None, explanations: Explanations, language: Language) -> str:
    """Return the text that an entry's hash stands for; words for it if it is not published."""
    if digest is None:
        return ""
    found = explanations.find(digest)
    if found is None:
        return word("recall_explanation_missing", language)
    return found.en if language == "en" else found.ja


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallWriter:
    """Writes recalls in one language; `now`: seconds since 1970, by this computer's clock."""

    language: Language
    grids: Grids
    explanations: Explanations
    now: float

    def line(self, recall: Answer) -> RecallLine:
        """Return a recall of a list."""
        return RecallLine(
            url=f"/recalls/{recall['id']}?lang={self.language}",
            state=recall["state"],
            state_text=self._word(f"recall_state_{recall['state']}"),
            kind=self._word(f"recall_kind_{recall['kind']}"),
            cause=self._word(f"recall_cause_{recall['cause']}"),
            by=recall["party_name"] or recall["party"],
            changed=self._when(recall["changed_at"]),
            overdue=self._overdue(recall["confirm_by"]),
        )

    def page(
        self, recall: Answer, named: Mapping[str, str], own: Own | None, *, is_officer: bool
    ) -> RecallPage:
        """Return a recall's page.

        Args:
            recall: The answer.
            named: The crops of its lots, by lot, as far as everyone may know them.
            own: Who is signed in.
            is_officer: Whether that one may see its scope.
        """
        roots, state = recall["roots"], recall["state"]
        more = len(roots) - ROOTS_SHOWN
        declared_at = recall["declared_at"]
        has_ended = state in ENDED
        has_scope = is_officer and state in (*IN_FORCE, DRILL)
        return RecallPage(
            own=own,
            summary=self.line(recall),
            note=self._word(f"recall_note_{state}"),
            scope=self._word(f"recall_scope_{recall['scope']}"),
            number=grouped(recall["id"]),
            check=check_character(recall["id"]),
            entry=recall["entry"] if is_officer and state in IN_FORCE else "",
            declared=self._when(declared_at) if declared_at else None,
            roots=tuple(self._root(one, named.get(one, "")) for one in roots[:ROOTS_SHOWN]),
            roots_title=self._word("recall_roots_once" if has_ended else "recall_roots"),
            roots_note=self._word("recall_roots_ended" if has_ended else "recall_roots_note"),
            roots_more=self._word("recall_roots_more").format(more) if more > 0 else "",
            events=tuple(map(self._event, recall["history"])),
            scope_url=f"/recalls/{recall['id']}/scope?lang={self.language}" if has_scope else "",
        )

    def part(self, scope: Answer, *, state: str = "") -> ScopePart:
        """Return how far a recall reaches; `state` is empty for one that nobody has declared."""
        missing: Sequence[str] = scope.get("missing", ())
        unsigned = missing if state else scope["roots"]
        room = max(0, scope["limit"] - (scope["roots_count"] - len(missing) if state else 0))
        alone, by_two = _by_signers(unsigned[:room], scope["unrecorded"], is_new=not state)
        to_sign = tuple(self._to_sign(alone, by_two, is_new=not state))
        unrecorded = [lot for lot in unsigned if lot in set(scope["unrecorded"])]
        warnings = []
        if scope["has_more_seeds"]:
            warnings.append(self._word("scope_more_seeds"))
        if scope["has_more_left_out"]:
            warnings.append(self._word("scope_more_left_out"))
        if scope["has_more_uncertain"]:
            warnings.append(self._word("scope_more_uncertain"))
        if len(unsigned) > room:
            numbers = {"needed": len(unsigned), "room": room, "most": ROOTS_OPEN_MAX}
            warnings.append(self._word("scope_fits_not").format(**numbers))
        return ScopePart(
            counts=self._word("scope_counts").format(
                lots=scope["lots_count"], roots=scope["roots_count"]
            ),
            warnings=tuple(warnings),
            grid=self.grids.affected(scope["affected"]),
            is_covered=not missing if state in IN_FORCE else None,
            unrecorded=self._unrecorded(unrecorded),
            to_sign=to_sign,
            commands=self._word("scope_commands").format(len(to_sign)),
            together=self._together(len(to_sign), is_new=not state),
            left_out=tuple(self._left_out(scope["left_out"])),
            uncertain=tuple(self._left_out(scope["uncertain"])),
        )

    def _left_out(self, found: Sequence[Answer]) -> Iterator[LeftOut]:
        """Yield lots by crop, each crop by its name or the words it was entered in."""
        groups: dict[str, list[Answer]] = {}
        for one in found:
            groups.setdefault(one["crop"], []).append(one)
        for crop, some in groups.items():
            words = some[0]["crop_words"]
            name = some[0]["crop_name"] + (f"「{words}」" if words else f" ({crop})")
            links = tuple(
                Link(
                    text=f"{self._when(one['harvested_at']).date} …{one['id'][-NUMBER_SHOWN:]}",
                    url=f"/lots/{one['id']}?lang={self.language}",
                )
                for one in some
            )
            yield LeftOut(crop=name, lots=links)

    def _unrecorded(self, roots: Sequence[str]) -> str:
        numbers = ", ".join(roots[:ROOTS_SHOWN]) + (" …" if len(roots) > ROOTS_SHOWN else "")
        return self._word("scope_unrecorded").format(len(roots), numbers) if roots else ""

    def _to_sign(
        self, alone: Sequence[str], by_two: Sequence[str], *, is_new: bool
    ) -> Iterator[RecordToSign]:
        """Yield the records that name these roots: of a new recall, a declaration comes first."""
        parts = [("scope_extend", alone)] if alone else []
        parts += [
            ("scope_declare" if is_new and start == 0 else "scope_widen", named)
            for start in range(0, len(by_two), ROOTS_AT_ONCE_MAX)
            if (named := by_two[start : start + ROOTS_AT_ONCE_MAX])
        ]
        for number, (title, named) in enumerate(parts, start=1):
            yield RecordToSign(title=self._word(title).format(number=number), roots=",".join(named))

    def _together(self, count: int, *, is_new: bool) -> str:
        if count < 2:
            return ""
        return self._word("scope_together_new" if is_new else "scope_together")

    def _overdue(self, confirm_by: str | None) -> str:
        is_overdue = confirm_by is not None and times.seconds(confirm_by) < self.now
        return self._word("recall_overdue") if is_overdue else ""

    def _root(self, lot: str, crop: str) -> Link:
        text = f"{crop} …{lot[-NUMBER_SHOWN:]}".lstrip()
        return Link(text=text, url=f"/lots/{lot}?lang={self.language}")

    def _event(self, event: Answer) -> RecallEventLine:
        verb = event["type"].partition(".")[2]
        reason = f"{verb}_{event['reason']}"
        return RecallEventLine(
            title=self._word(f"recall_event_{verb}"),
            reason=self._word(reason) if reason in WORDS else "",
            explanation=explained(event["explanation"], self.explanations, self.language),
            when=self._when(event["ledger_time"]),
            command_url=f"/api/commands/{event['id']}",
        )

    def _when(self, timestamp: str) -> When:
        return self.grids.when(times.seconds(timestamp))

    def _word(self, name: str) -> str:
        return word(name, self.language)


def _by_signers(
    roots: Sequence[str], unrecorded: Sequence[str], *, is_new: bool
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the roots that one signer may name at once, and those that take two.

    Of a recall in force the latter are what is on no record, unless there are too many for one.
    """
    alone = [lot for lot in roots if lot not in set(unrecorded)]
    if is_new or len(alone) > ROOTS_ALONE_MAX:
        return (), roots
    return alone, [lot for lot in roots if lot in set(unrecorded)]
