"""From answers that are cut for their reader to the tables of pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from chaincode.base import times
from gateway.api.suspended import day
from gateway.typed.lot_numbers import check_character, grouped
from gateway.web.contexts import When
from gateway.web.own_contexts import Cell, Grid
from gateway.web.words import word
from gateway.words.language import Language

Answer = Mapping[str, Any]
_GONE: Final = ("own_use_g", "transformed_g", "lost_g")
_ORIGIN_BADGES: Final = frozenset({"claim", "opening", "unmade"})
NUMBER_SHOWN: Final = 6


def mass(grams: int | None) -> str:
    """Return grams as people write them: 850 g, 12.5 kg; empty for none told."""
    if grams is None:
        return ""
    if grams < 1_000:
        return f"{grams} g"
    kilograms, rest = divmod(grams, 1_000)
    decimals = f".{rest:03}".rstrip("0") if rest else ""
    return f"{kilograms:,}{decimals} kg"


def typed(number: str) -> str:
    """Return a number as somebody types it: in groups, its check character last."""
    return "-".join((*grouped(number), check_character(number)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grids:
    """Writes tables in one language; `when` writes times as people in the town do."""

    language: Language
    when: Callable[[int], When]

    def stock(self, lots: Sequence[Answer]) -> Grid:
        """Return lots with a row for each owner."""
        rows = [
            (
                self._lot(lot),
                self._date(lot.get("harvested_at")),
                Cell(text=self._named(lot, "producer")),
                Cell(text=self._owner(holding)),
                *self._masses(holding),
                Cell(badges=self._badges(lot, holding)),
            )
            for lot in lots
            for holding in lot.get("holdings", ())
        ]
        names = ("lot", "date", "producer", "owner", "held", "sold", "discarded", "others", "marks")
        return self._grid(names, rows)

    def consignments(self, lots: Sequence[Answer]) -> Grid:
        """Return lots with a row for each holder."""
        rows = [
            (
                self._lot(lot),
                self._date(lot.get("harvested_at")),
                Cell(text=self._named(holding, "holder")),
                *self._masses(holding),
                Cell(badges=self._badges(lot, holding)),
            )
            for lot in lots
            for holding in lot.get("holdings", ())
        ]
        names = ("lot", "date", "holder", "held", "sold", "discarded", "others", "marks")
        return self._grid(names, rows)

    def lot_book(self, lots: Sequence[Answer]) -> Grid:
        """Return lots with what came in and what is left where."""
        rows = []
        for lot in lots:
            holdings = lot.get("holdings", ())
            own_g = sum(one["held_g"] for one in holdings if one["holder"] == one["owner"])
            away_g = sum(one["held_g"] for one in holdings if one["holder"] != one["owner"])
            came_g = lot.get("harvest_g") or lot.get("made_g") or 0
            rows.append(
                (
                    self._lot(lot),
                    self._date(lot.get("harvested_at")),
                    _number(came_g),
                    _seldom(lot.get("supplement_g")),
                    _seldom(lot.get("claimed_g")),
                    _number(own_g),
                    _seldom(away_g),
                    Cell(badges=self._badges(lot, {})),
                )
            )
        names = ("lot", "date", "harvest", "supplement", "claimed", "own", "away", "marks")
        return self._grid(names, rows)

    def shipments(self, shipments: Sequence[Answer]) -> Grid:
        """Return shipments, the other side of each named."""
        rows = []
        for one in shipments:
            other = "sender" if one["direction"] == "in" else "recipient"
            partner = self._word(f"direction_{one['direction']}").format(self._named(one, other))
            badges = [("consigned", self._word("badge_consigned"))] if one["is_consigned"] else []
            is_counted = one["state"] not in {"in_transit", "returned"}
            rows.append(
                (
                    Cell(text=one["crop_name"], quiet=f"…{one['lot'][-6:]}", url=self._url(one)),
                    Cell(text=partner, badges=tuple(badges)),
                    Cell(text=self._word(f"state_{one['state']}"), quiet=typed(one["id"])),
                    _number(one["shipped_g"]),
                    _number(one["received_g"] if is_counted else None),
                    _number(one["disputed_g"] or None),
                    self._date(one["changed_at"]),
                )
            )
        names = ("lot", "partner", "state", "shipped", "received", "disputed", "changed")
        return self._grid(names, rows)

    def mandates(self, mandates: Sequence[Answer]) -> Grid:
        """Return who may sign for whom, for what, from when until when."""
        rows = []
        for one in mandates:
            badges = [] if one["is_valid"] else ["not_in_force"]
            badges += [] if one["principal_has_key"] else ["by_registrars"]
            rows.append(
                (
                    *(self._side(one, side) for side in ("principal", "agent")),
                    Cell(text=", ".join(one["types"])),
                    *(Cell(text=day(one[end], self.language)) for end in ("since", "until")),
                    Cell(badges=tuple((kind, self._word(f"badge_{kind}")) for kind in badges)),
                )
            )
        return self._grid(("principal", "agent", "types", "since", "until", "marks"), rows)

    def _side(self, mandate: Answer, side: str) -> Cell:
        name = mandate[f"{side}_party_name"]
        shown = name[self.language] if name else mandate[f"{side}_party"]
        return Cell(text=shown, quiet=mandate[f"{side}_code"] or mandate[side])

    def holdings(self, holdings: Sequence[Answer]) -> Grid:
        """Return the reader's own of one lot, with a row for each holder and owner."""
        rows = [
            (
                Cell(text=self._named(one, "holder")),
                Cell(text=self._owner(one)),
                *self._masses(one),
                Cell(badges=self._badges({"origin": ""}, one)),
            )
            for one in holdings
        ]
        names = ("held_by", "owner", "held", "sold", "discarded", "others", "marks")
        return self._grid(names, rows)

    def steps(self, steps: Sequence[Answer], nodes: Mapping[str, Answer], end: str) -> Grid:
        """Return steps of a lineage by the lots at one `end`, `parent` or `child`."""
        rows = [
            (
                self._lot(node := nodes[step[end]]),
                Cell(text=self._named(node, "producer")),
                self._date(node.get("harvested_at")),
                _number(step.get("quantity_g")),
                Cell(badges=self._badges({"recalls": node["is_recalled"], **node}, {})),
            )
            for step in steps
        ]
        return self._grid(("lot", "by", "date", "went_in", "marks"), rows)

    def denied(self, holdings: Sequence[Answer]) -> Grid:
        """Return goods whose origin is denied."""
        rows = [
            (
                Cell(text=f"…{one['lot'][-6:]}", url=self._url(one)),
                Cell(text=self._named(one, "holder")),
                Cell(text=self._named(one, "owner")),
                _number(one["held_g"]),
                _number(one["denied_g"]),
            )
            for one in holdings
        ]
        return self._grid(("lot", "holder", "producer", "held", "disputed"), rows)

    def surpluses(self, surpluses: Sequence[Answer]) -> Grid:
        """Return what others found of the reader's goods, and how to deny it."""
        rows = [
            (
                Cell(text=one["crop_name"] or one["crop"], quiet=typed(one["lot"])),
                Cell(text=self._named(one, "holder")),
                _number(one["unproven_g"]),
                _seldom(one["gone_g"]),
                Cell(text=self._word("surplus_denied" if one["is_denied"] else "todo_surplus")),
            )
            for one in surpluses
        ]
        return self._grid(("lot", "holder", "found", "found_gone", "todo"), rows)

    def affected(self, parties: Sequence[Answer]) -> Grid:
        """Return who has what of recalled goods, with the sum below."""
        totals = ("held_g", "in_transit_g", "disputed_g", "sold_g")
        rows = [
            (
                Cell(text=self._named(one, "party"), quiet=one["party"]),
                *(_number(one[name]) for name in totals),
                Cell(text=str(one["lots_count"]), is_number=True),
            )
            for one in parties
        ]
        if rows:
            sums = (_number(sum(one[name] for one in parties)) for name in totals)
            rows.append((Cell(text=self._word("scope_total")), *sums, Cell()))
        return self._grid(("party", "held", "in_transit", "disputed", "sold", "lots"), rows)

    def flags(self, flags: Sequence[Answer], *, has_more: bool) -> Grid:
        """Return what is not plausible; a page may have nothing, and yet not be the last."""
        rows = [
            (
                Cell(text=one["text"]),
                Cell(text=self._named(one, "party")),
                Cell(text=self._subject(one["subject"]), url=self._subject_url(one["subject"])),
                self._date(one["at"]),
            )
            for one in flags
        ]
        grid = self._grid(("what", "party", "record", "date"), rows)
        return replace(grid, empty=self._word("none_here")) if has_more else grid

    def _lot(self, lot: Answer) -> Cell:
        named = lot.get("crop_name") or self._word("badge_claim")
        grade = f" {lot['grade'].upper()}" if lot.get("grade") else ""
        number = f"…{lot['id'][-NUMBER_SHOWN:]}"
        return Cell(text=f"{named}{grade}", quiet=number, url=self._url({"lot": lot["id"]}))

    def _masses(self, holding: Answer) -> tuple[Cell, ...]:
        gone_g = sum(holding[name] for name in _GONE)
        return (
            _number(holding["held_g"]),
            *(_seldom(holding[name]) for name in ("sold_g", "discarded_g")),
            _seldom(gone_g),
        )

    def _badges(self, lot: Answer, holding: Answer) -> tuple[tuple[str, str], ...]:
        kinds = [
            *(["recalled"] if lot.get("recalls") else []),
            *(["hold"] if holding.get("is_on_hold") else []),
            *(["denied"] if lot.get("is_denied") or holding.get("denied_g") else []),
            *(["surplus"] if holding.get("unproven_g") else []),
            *([lot["origin"]] if lot["origin"] in _ORIGIN_BADGES else []),
            *(["estimated"] if lot.get("estimated") else []),
        ]
        return tuple((kind, self._word(f"badge_{kind}")) for kind in kinds)

    def _owner(self, holding: Answer) -> str:
        if holding["owner"] == holding["holder"]:
            return self._word("own")
        return self._named(holding, "owner")

    def _date(self, timestamp: str | None) -> Cell:
        if timestamp is None:
            return Cell()
        when = self.when(times.seconds(timestamp))
        return Cell(text=when.date, quiet=when.time)

    def _url(self, one: Answer) -> str:
        return f"/lots/{one['lot']}?lang={self.language}"

    @staticmethod
    def _subject(subject: str) -> str:
        return f"…{subject.rpartition('/')[2][-NUMBER_SHOWN:]}"

    def _subject_url(self, subject: str) -> str:
        kind, _, name = subject.partition("/")
        return self._url({"lot": name}) if kind == "lot" else ""

    @staticmethod
    def _named(record: Answer, member: str) -> str:
        return str(record.get(f"{member}_name") or record.get(member) or "")

    def _grid(self, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Grid:
        return Grid(
            headings=[self._word(f"col_{name}") for name in names],
            rows=rows,
            empty=self._word("none"),
        )

    def _word(self, name: str) -> str:
        return word(name, self.language)


def _number(grams: int | None) -> Cell:
    return Cell(text=mass(grams), is_number=True)


def _seldom(grams: int | None) -> Cell:
    """Return a quantity that is mostly none, and then not worth a line on a telephone."""
    return Cell(text=mass(grams), is_number=True, is_nothing=grams == 0)
