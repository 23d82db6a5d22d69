"""Every field of every answer is one that the table grants to what its reader is to the record.

The table's content is tested beside this (`test_visibility`); here, that each route cuts by it, and
for the right roles: what a reader is to each record is told anew from the tables.
"""

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial

import pytest
import pytest_asyncio

from gateway.answers import visibility
from gateway.answers.visibility import EVERYONE, Role
from gateway.api.csv_columns import (
    CONSIGNMENTS,
    FLAGS,
    LOT_BOOK,
    RECALLS,
    SHIPMENTS,
    STOCK,
    _at,
)
from gateway.api.csv_files import ListName
from tests.gateway.api.offices_seen import Towards
from tests.gateway.asking import paths, templates
from tests.gateway.market import give_mandate, have_trouble, hold_market
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

READERS = (
    *("", "land-office", "farm-a", "farm-b", "farm-c", "shop-a", "shop-b", "packing-house"),
    *("quality-desk", "inspector", "registrar-coop"),
)
# They answer with nothing of anybody's: what the town publishes, and how the gateway is.
OF_NOBODY = {
    *("/api/catalogue", "/api/command-types", "/api/ledger", "/api/openapi.json"),
    *("/health", "/metrics", "/api/recalls/scope"),
    "/api/other-crops",  # nobody has entered any: test_unnamed_crops
}
COLUMNS = {
    ListName.STOCK: STOCK,
    ListName.CONSIGNMENTS: CONSIGNMENTS,
    ListName.LOT_BOOK: LOT_BOOK,
    ListName.SHIPMENTS: SHIPMENTS,
    ListName.DISPUTES: SHIPMENTS,
    ListName.RECALLS: RECALLS,
    ListName.FLAGS: FLAGS,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("fields")) as stage:
        market = await hold_market(stage)
        await have_trouble(stage, market)
        await give_mandate(stage)
        stage.town.people["registrar-coop"] = stage.town.registrars["coop"]
        yield stage, market, defaultdict(set)


@dataclass(slots=True)
class Looking:
    """Looks at answers as one reader is given them; `seen`: (table, field) of what they held."""

    towards: Towards
    seen: set = field(default_factory=set)

    def record(self, name: str, record: dict, roles: set[Role]) -> None:
        """See that a record has no field that these roles are not granted."""
        table = getattr(visibility, name)
        for member, value in record.items():
            if value != []:  # an empty list tells nothing
                assert table[member] & roles, (name, member, record)
                self.seen.add((name, member))

    def lot(self, one: dict, kind: str = "LOT") -> None:
        roles = self.towards.lot(one["id"])
        is_claimed = self.towards.lots[one["id"]].origin == "claim"
        self.record(f"CLAIMED_{kind}" if is_claimed else kind, one, roles)
        for inner in one.get("holdings", ()):
            self.holding(inner)
        for inner in one.get("shipments", ()):
            self.shipment(inner)
        for inner in one.get("entries", ()):
            self.command(inner)
        for inner in one.get("origins", ()):
            self.lot(inner, "ORIGIN")
        for inner in one.get("history", ()):
            self.record("HISTORY", inner, set(EVERYONE))

    def holding(self, one: dict) -> None:
        self.record("HOLDING", one, self.towards.sides(holder=one["holder"], owner=one["owner"]))

    def surplus(self, one: dict) -> None:
        roles = self.towards.lot(one["lot"]) & {Role.PRODUCER, Role.MAKER}
        self.record("SURPLUS", one, roles | self.towards.sides(owner=one["owner"]))

    def shipment(self, one: dict) -> None:
        row = self.towards.shipments[one["id"]]
        sides = self.towards.sides(sender=row.sender, recipient=row.recipient)
        self.record("SHIPMENT", one, sides)

    def command(self, one: dict) -> None:
        name = "PUBLIC_COMMAND" if self.towards.is_public(one["id"]) else "COMMAND"
        self.record(name, one, self.towards.command(one["id"]))

    def recall(self, one: dict) -> None:
        is_drill = self.towards.recalls[one["id"]].state == "drill"
        self.record("DRILL" if is_drill else "RECALL", one, self.towards.anything())
        for inner in one.get("history", ()):
            self.record("RECALL_EVENT", inner, set(EVERYONE))

    def scope(self, answer: dict) -> None:
        self.record("SCOPE", answer, self.towards.anything())
        for one in answer["affected"]:
            self.record("AFFECTED", one, self.towards.anything())

    def lineage(self, answer: dict) -> None:
        for one in answer["nodes"]:
            self.lot(one, "NODE")
        for one in answer["steps"]:
            self.record("STEP", one, self.towards.step(one["parent"], one["child"]))

    def flag(self, one: dict) -> None:
        is_own = {Role.PARTY} if one["party"] == self.towards.party else set()
        self.record("FLAG", one, self.towards.anything() | is_own)

    def me(self, answer: dict) -> None:
        self.record("OWN_PARTY", answer["party"], self.towards.own(answer["party"]["id"]))
        for one in answer["people"]:
            self.record("PERSON", one, self.towards.own(self.towards.actors[one["id"]]))
        for one in answer["mandates"]:
            self.mandate(one)
        for one in answer["partners"]:
            self.record("PARTNER", one, set(EVERYONE))
        for table, one, sides in (
            *(("CONSIGNMENT", one, ("producer", "shop")) for one in answer["consignments"]),
            *(("CLAIM", one, ("producer", "holder")) for one in answer["claims"]),
        ):
            self.record(table, one, set().union(*(self.towards.own(one[side]) for side in sides)))
        for one in answer["plots"]:
            self.plot(one)

    def mandate(self, one: dict) -> None:
        self.record("MANDATE", one, self.towards.mandate(one["principal"], one["agent"]))

    def waiting(self, answer: dict) -> None:
        for one in answer["waiting"]:
            self.record("WAITING", one, self.towards.command(one["id"]))
            if one["claim"]:
                self.record("CLAIM", one["claim"], self.towards.command(one["id"]))

    def holder(self, one: dict) -> None:
        roles = self.towards.holder(one["actor"], one["organisation"])
        self.record("HOLDER_OF_KEYS", one, roles)
        for inner in one["keys"]:
            self.record("KEY", inner, roles)

    def roll(self, one: dict) -> None:
        self.record("ROLL", one, self.towards.own(self.towards.rolls[one["id"]]))

    def plot(self, one: dict) -> None:
        self.record("PLOT", one, self.towards.plot(one["id"]))

    def head(self, kid: str, answer: dict, own_kid: str) -> None:
        self.record("HEAD", answer, {Role.DEVICE} if kid == own_kid else set())


def look(looking: Looking, path: str, answer: dict, own_kid: str) -> None:
    """Take an answer apart; a route that is not known here makes this fail."""
    each = {"lots": looking.lot, "shipments": looking.shipment, "denied": looking.holding}
    each |= {"recalls": looking.recall, "flags": looking.flag, "entries": looking.command}
    each |= {
        "plots": looking.plot,
        "mandates": looking.mandate,
        "rolls": looking.roll,
        "holders": looking.holder,
    }
    each |= {"surpluses": looking.surplus}
    alone = {"me": looking.me, "lots/_": looking.lot, "lots/_/lineage": looking.lineage}
    alone |= {"commands/_": looking.command, "recalls/_": looking.recall}
    alone |= {"recalls/_/scope": looking.scope, "me/_": looking.waiting}
    match path.removeprefix("/api/").split("/"):
        case [name, *rest] if (
            form := "/".join([name, *("_" for _ in rest[:1]), *rest[1:]])
        ) in alone:
            alone[form](answer)
        case ["stickers", *_]:
            looking.record("STICKER", answer, looking.towards.anything())
        case ["devices", kid, "head"]:
            looking.head(kid, answer, own_kid)
        case _:
            assert answer.keys() - {"next"} <= each.keys(), path
            for name in answer.keys() - {"next"}:
                for one in answer[name]:
                    each[name](one)


async def readers_view(stage, reader):
    """Return what looks with a reader's eyes, and that one's device."""
    person = stage.person(reader) if reader else None
    party, roles = (person.party, {person.role}) if person else (None, set())
    read = stage.gateway.projection.database.read
    towards = await read(Towards.of, party, roles)
    towards.actor = person.actor if person else None
    towards.organisation = person.organisation if person else None
    return Looking(towards), person.device.kid if person else ""


@pytest.mark.parametrize("reader", READERS)
async def test_no_route_answers_with_a_field_that_its_reader_is_not_granted(held, reader):
    stage, market, seen = held
    looking, own_kid = await readers_view(stage, reader)
    for path in await paths(stage, market):
        if is_looked_at(path):
            response = await stage.get(path, reader)
            if response.status_code == 200:
                look(looking, path, response.json(), own_kid)
                seen["paths"].add(path)
    assert looking.seen
    seen["fields"] |= looking.seen


def is_looked_at(path: str) -> bool:
    """Whether a route answers with records, as JSON."""
    is_answer = path.startswith("/api/") and not path.startswith("/api/csv/")
    return is_answer and path not in OF_NOBODY


async def test_what_was_looked_at_has_every_private_field_of_the_table(held):
    """Each field that is not everyone's, and each route, was answered to somebody."""
    stage, _, seen = held
    never = {
        ("DRILL", "confirm_by"),  # nobody has to confirm a drill
        ("DRILL", "cleared"),  # it stops nothing
        ("CLAIMED_LOT", "shipments"),  # nobody has sent any of it on
        ("SCOPE", "left_out"),  # what is asked by crop is asked with POST: test_unnamed_crops
        ("SCOPE", "unrecorded"),  # nobody has recalled what is only claimed: test_recalls
        *(("LEFT_OUT", one) for one in visibility.LEFT_OUT),
        *(("OTHER_CROP", one) for one in visibility.OTHER_CROP),
        ("PUBLIC_COMMAND", "awaits"),  # what is only proposed is nobody's to publish
    }
    for name, table in vars(visibility).items():
        if name.isupper() and isinstance(table, dict):
            private = {(name, one) for one, readers in table.items() if not readers & EVERYONE}
            assert private - never <= seen["fields"], name
    for template in filter(is_looked_at, set(templates(stage.app))):
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", template))
        assert any(map(pattern.fullmatch, seen["paths"])), template


@pytest.mark.parametrize("reader", READERS)
async def test_no_file_has_a_cell_that_its_reader_is_not_granted(held, reader):
    stage, _, _ = held
    looking, _ = await readers_view(stage, reader)
    for name in ListName:
        response = await stage.get(f"/api/csv/{name}", reader)
        if not reader and name is not ListName.RECALLS:
            assert response.json()["code"] == "SESSION_REQUIRED"
            continue
        _, *rows = csv.reader(io.StringIO(response.text.removeprefix("\ufeff")))
        for row in rows:
            cells = list(zip(COLUMNS[name], row, strict=True))
            look_at_row(looking, name, *map(dict, (named(cells, of_holding=one) for one in (0, 1))))


def named(cells, *, of_holding):
    """Yield (field, cell) of those cells of a row that have anything in them."""
    for column, cell in cells:
        if not isinstance(column.cell, partial):
            member = "recalls" if column.en == "Recalls" else "figures"
            is_of_holding = False
        else:
            (member,) = column.cell.args
            is_of_holding = column.cell.func is _at
        if cell and is_of_holding == bool(of_holding):
            yield member, cell


def look_at_row(looking: Looking, name: ListName, record: dict, holding: dict) -> None:
    """Look at a row as at the record it is made of; what is in no column is the reader's own."""
    match name:
        case ListName.RECALLS:
            looking.recall(record)
        case ListName.FLAGS:
            looking.flag(record)
        case ListName.SHIPMENTS | ListName.DISPUTES:
            looking.shipment(record)
        case _:
            looking.lot(record)
            if holding:
                own = {"holder": looking.towards.party, "owner": looking.towards.party}
                looking.holding(own | holding)
