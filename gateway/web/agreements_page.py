"""What one has agreed with others: who may take in whose goods, and what is claimed without that.

It only shows; each line says what to do at the command line.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from chaincode.base import times
from gateway.api.me_records import Answer, MeRecords
from gateway.http.readers import DatabaseDep
from gateway.lookups import agreed
from gateway.lookups.agreed import ClaimRecord, ConsignmentRecord
from gateway.lookups.people import find_founding
from gateway.town.names import Names
from gateway.web.grids import Grids, mass, typed
from gateway.web.own_contexts import Cell, Grid
from gateway.web.own_pages import OwnVisitDep
from gateway.web.words import word

router = APIRouter(include_in_schema=False)

SHOWN_MAX: Final = 100  # of each; `minori consign list` shows more

Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the tables have of a party; lists have one more than is shown if there is more."""

    today: str
    consignments: Sequence[ConsignmentRecord]
    claims: Sequence[ClaimRecord]


@router.get("/own/agreements")
async def show_agreements(visit: OwnVisitDep, database: DatabaseDep) -> Response:
    """Show the claims that wait for an answer, and the consignments, to either of the two sides."""
    assert visit.reader is not None  # noqa: S101 - `_visit` asks for a session
    found = await database.read(_find, visit.party, int(time.time()))
    records = MeRecords(visit.gateway.names, visit.reader, found.today)
    writer = _Writer(grids=await visit.grids(), names=visit.gateway.names, party=visit.party)
    claims = writer.claims([records.claim(one) for one in found.claims])
    agreed_on = writer.consignments(
        [records.consignment(one) for one in found.consignments], today=found.today
    )
    title = word("consignments_title", visit.language)
    return await visit.show("agreements", claims, None, more=[(title, agreed_on)], has_file=False)


def _find(connection: Connection, party: str, now: int) -> _Found:
    founding = find_founding(connection)
    offset = founding[0].utc_offset_minutes if founding else 0
    return _Found(
        today=times.local_date(now, offset),
        consignments=agreed.consignments_of(connection, party, limit=SHOWN_MAX + 1),
        claims=agreed.claims_of(connection, party, limit=SHOWN_MAX + 1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Writes both tables for one of the two sides."""

    grids: Grids
    names: Names
    party: str

    def claims(self, claims: Sequence[Answer]) -> Grid:
        """Return what is claimed: of which lot, who, how much, since when, and what to do."""
        rows = []
        for one in claims[:SHOWN_MAX]:
            side: Side = "ours" if one["holder"] == self.party else "theirs"
            crop = self.names.crop(one["crop"], self.grids.language)
            rows.append(
                (
                    Cell(text=crop, quiet=typed(one["lot"])),
                    self._partner(one, "producer" if side == "ours" else "holder"),
                    Cell(text=mass(one["claimed_g"]), is_number=True),
                    self._moment(one["arrived_at"]),
                    Cell(text=self._word(f"todo_claim_{side}")),
                )
            )
        names = ("lot", "partner", "mass_claimed", "since", "todo")
        return self._grid(names, rows, has_more=len(claims) > SHOWN_MAX)

    def consignments(self, agreed_on: Sequence[Answer], *, today: str) -> Grid:
        """Return who may take in whose goods, what lies there now, and what to do."""
        rows = []
        for one in agreed_on[:SHOWN_MAX]:
            side: Side = "ours" if one["producer"] == self.party else "theirs"
            state = "now" if one["is_valid"] else "later" if today < one["since"] else "over"
            rows.append(
                (
                    self._partner(one, "shop" if side == "ours" else "producer"),
                    Cell(text=self._word(f"consigned_{side}")),
                    Cell(text=mass(one["held_g"]), is_number=True),
                    Cell(text=one["since"], quiet=self._word("until_day").format(one["until"])),
                    Cell(text=self._word(f"todo_consignment_{state}_{side}")),
                )
            )
        names = ("partner", "what", "lies_there", "since", "todo")
        return self._grid(names, rows, has_more=len(agreed_on) > SHOWN_MAX)

    def _grid(
        self, names: Sequence[str], rows: Sequence[Sequence[Cell]], *, has_more: bool
    ) -> Grid:
        more = [[Cell(text=self._word("agreements_more")), *(Cell() for _ in names[1:])]]
        headings = [self._word(f"col_{name}") for name in names]
        grid = Grid(headings=headings, rows=rows, empty=self._word("none"))
        return replace(grid, rows=[*rows, *more]) if has_more else grid

    def _partner(self, one: Answer, side: str) -> Cell:
        named = one[f"{side}_name"]
        return Cell(text=named[self.grids.language] if named else one[side])

    def _moment(self, timestamp: str) -> Cell:
        when = self.grids.when(times.seconds(timestamp))
        return Cell(text=when.date, quiet=when.time)

    def _word(self, name: str) -> str:
        return word(name, self.grids.language)
