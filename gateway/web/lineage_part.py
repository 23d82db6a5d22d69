"""The part of a lot's page that says what it was made of: drawn, and in words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from chaincode.base import times
from gateway.lookups.lineage import Lineage
from gateway.lookups.lots import LotRecord
from gateway.lookups.origins import Origin, Origins
from gateway.lookups.recall_book import Meeting
from gateway.town.names import Names
from gateway.web.contexts import LineagePart, OriginLine, When
from gateway.web.lineage_drawing import Box, Line, draw, levels
from gateway.web.words import WORDS, word
from gateway.words.language import Language

NUMBER_SHOWN = 6  # last characters of an id, to tell lots of one crop apart


def grade_of(lot: LotRecord, language: Language) -> str:
    """Return the class that sorting gave a lot, as people write it; empty for none."""
    name = f"grade_{lot.grade}"
    return word(name, language) if name in WORDS else (lot.grade or "").upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageWriter:
    """Writes lineages in one language; `recalls` by lot."""

    names: Names
    language: Language
    when: Callable[[int], When]
    recalls: Mapping[str, Sequence[Meeting]]

    def part(
        self, grown: Origins, graph: Lineage | None, known: Mapping[str, LotRecord], lot: str
    ) -> LineagePart | None:
        """Return what a lot was made of, `None` for one that was not made from others."""
        if graph is None:
            return None
        lines = [Line(edge.parent, edge.child, edge.is_computed) for edge in graph.edges]
        order = [one.lot.id for one in grown.origins]
        others = [one for level in graph.levels.values() for one in level if one not in order]
        return LineagePart(
            origins=tuple(map(self._origin, grown.origins)),
            has_more=not grown.is_whole,
            has_computed=any(line.is_computed for line in lines),
            drawing=self.drawn((*order, *others), lines, known, lot, levels([lot, *known], lines)),
            steps=self.told(lines, known, lot),
        )

    def drawn(
        self,
        order: Sequence[str],
        lines: Sequence[Line],
        known: Mapping[str, LotRecord],
        lot: str,
        depth: Mapping[str, int],
    ) -> Markup:
        """Return the drawing of lots in an order and on levels, `lot` among them."""
        return draw(
            [self._box(known[one], lot) for one in order if one in known],
            lines,
            label=word("lineage_alt", self.language),
            folded=word("lineage_folded", self.language),
            depth=depth,
        )

    def told(
        self, lines: Sequence[Line], known: Mapping[str, LotRecord], lot: str
    ) -> tuple[str, ...]:
        """Return the drawing in words, the first step first."""
        into: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            into[line.child].append(line)
        depth = levels([lot, *known], lines)
        made = sorted(into, key=lambda one: (-depth.get(one, 0), one))
        return tuple(
            f"{self._told(known[one])} ← "
            + self._joined(f"{self._told(known[line.parent])} {line.mass}" for line in into[one])
            + (f" ({word('computed', self.language)})" if into[one][0].is_computed else "")
            for one in made
        )

    def _origin(self, one: Origin) -> OriginLine:
        lot = one.lot
        is_claimed = lot.origin == "claim"
        marks = [word("computed", self.language)] if one.is_computed else []
        if lot.origin in {"claim", "opening"}:
            marks.append(word(f"origin_{lot.origin}", self.language))
        return OriginLine(
            url=f"/lots/{lot.id}?lang={self.language}",
            crop="" if is_claimed else self.names.crop(lot.crop, self.language),
            place="" if is_claimed else self._place(lot),
            producer="" if is_claimed else self._producer(lot),
            harvested=None if is_claimed else self.when(times.seconds(lot.harvested_at)),
            marks=tuple(marks),
            is_recalled=bool(self.recalls.get(lot.id)),
        )

    def _box(self, lot: LotRecord, this: str) -> Box:
        is_recalled = bool(self.recalls.get(lot.id))
        if lot.origin == "claim":
            lines = [word("origin_claim", self.language)]
        else:
            lines = [self._name(lot), self._place(lot) or self._producer(lot)]
        if is_recalled:
            lines.append(f"× {word('recalled_mark', self.language)}")
        elif lot.id == this:
            lines.append(word("lineage_this", self.language))
        elif lot.origin != "claim":
            lines.append(self._short_date(lot))
        return Box(id=lot.id, lines=tuple(lines), is_recalled=is_recalled, is_this=lot.id == this)

    def _joined(self, parts: Iterable[str]) -> str:
        between = "、" if self.language == "ja" else ", "
        return between.join(part.rstrip() for part in parts)

    def _told(self, lot: LotRecord) -> str:
        number = lot.id[-NUMBER_SHOWN:]
        if lot.origin == "claim":
            return f"{word('origin_claim', self.language)} …{number}"
        return f"{self._name(lot)} …{number}"

    def _name(self, lot: LotRecord) -> str:
        named = self.names.crop(lot.crop, self.language)
        return f"{named} {grade_of(lot, self.language)}".rstrip()

    def _place(self, lot: LotRecord) -> str:
        code = lot.district
        return (self.names.district(code, self.language) or code) if code else ""

    def _producer(self, lot: LotRecord) -> str:
        return self.names.party(lot.party, self.language) or lot.party

    def _short_date(self, lot: LotRecord) -> str:
        return self.when(times.seconds(lot.harvested_at)).day
