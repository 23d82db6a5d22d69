"""The part of a lot's page for whoever is signed in: own grams, and lineage both ways.

What may be seen is decided where the API's answers are cut; here they are only written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection

from gateway.answers.visibility import Viewer
from gateway.api import lineage as lineage_answers
from gateway.api import lots as lot_answers
from gateway.api.lineage import Graph
from gateway.api.lots import LotFound
from gateway.api.records import Answer, Records
from gateway.town.names import Names
from gateway.web.grids import Grids, mass
from gateway.web.lineage_drawing import Line, around
from gateway.web.lineage_part import LineageWriter
from gateway.web.own_contexts import Grid, SharePart
from gateway.web.words import word

_MASSES: Final = ("harvest_g", "supplement_g", "made_g", "claimed_g", "denied_g")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A lot with its reader's share of it, and as much of its lineage as that one may see."""

    found: LotFound
    graph: Graph


def find(connection: Connection, lot: str, viewer: Viewer) -> Share | None:
    """Return a lot as somebody who is signed in may see it, `None` for one that is unknown."""
    found = lot_answers.find(connection, lot, party=viewer.party)
    graph = lineage_answers.find(connection, lot, viewer)
    return Share(found=found, graph=graph) if found and graph else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareWriter:
    """Writes what is a reader's own of a lot."""

    names: Names
    viewer: Viewer
    grids: Grids

    def part(self, share: Share) -> SharePart | None:
        """Return it, `None` where there is nothing that not everybody sees."""
        language, graph, lot = self.grids.language, share.graph, share.found.lot.id
        records = Records(self.names, language, self.viewer)
        answer = lot_answers.answer_of(share.found, records, language)
        graphed = lineage_answers.answer_of(graph, lot, records, self.viewer)
        steps = graphed["steps"]
        nodes = {node["id"]: node for node in graphed["nodes"]}
        parents = [step for step in steps if step["child"] == lot]
        children = [step for step in steps if step["parent"] == lot]
        has_lineage = bool(children) or any("quantity_g" in step for step in steps)
        facts = self._facts(answer)
        holdings, shipments = answer.get("holdings", ()), answer.get("shipments", ())
        if not (facts or holdings or shipments or has_lineage):
            return None
        drawing, told = self._drawn(graph, steps, lot) if has_lineage else (Markup(), ())
        return SharePart(
            facts=facts,
            plot=" ".join(filter(None, (answer.get("plot_code"), answer.get("plot_name")))),
            holdings=self.grids.holdings(holdings) if holdings else None,
            shipments=self.grids.shipments(shipments) if shipments else None,
            parents=self._listed(parents, nodes, "parent") if has_lineage else None,
            children=self._listed(children, nodes, "child"),
            drawing=drawing,
            steps=told,
            is_whole=graphed["is_whole"],
        )

    def _facts(self, answer: Answer) -> tuple[tuple[str, str], ...]:
        facts = [
            (self._word(f"share_{name}"), mass(answer[name]))
            for name in _MASSES
            if answer.get(name)
        ]
        if answer.get("estimated"):
            facts[0] = (facts[0][0], f"{facts[0][1]} ({self._word('badge_estimated')})")
        if answer.get("plot"):
            facts.append((self._word("share_plot"), answer["plot"]))
        return tuple(facts)

    def _listed(self, steps: Sequence[Answer], nodes: dict[str, Answer], end: str) -> Grid | None:
        return self.grids.steps(steps, nodes, end) if steps else None

    def _drawn(
        self, graph: Graph, steps: Sequence[Answer], lot: str
    ) -> tuple[Markup, tuple[str, ...]]:
        lines = [
            Line(
                step["parent"],
                step["child"],
                step["is_computed"],
                mass(step.get("quantity_g")),
            )
            for step in steps
        ]
        writer = LineageWriter(
            names=self.names,
            language=self.grids.language,
            when=self.grids.when,
            recalls=graph.recalls,
        )
        nearest = sorted(graph.levels, key=lambda one: (abs(graph.levels[one]), one))
        depth = around(lot, graph.levels, lines)
        drawing = writer.drawn(nearest, lines, graph.known, lot, depth)
        return drawing, writer.told(lines, graph.known, lot)

    def _word(self, name: str) -> str:
        return word(name, self.grids.language)
