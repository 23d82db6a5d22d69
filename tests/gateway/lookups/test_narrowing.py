"""However a lot comes to stand on the ledger, every question that narrows a recall finds it.

The ways of the specification are played (every type of command has some), and what stands on the
ledger after each command is asked for.
"""

import contextlib
import json

import pytest
from sqlalchemy import create_engine, delete, insert, select

from gateway.lookups import growers, narrowing, recalls
from gateway.lookups.narrowing import Crops
from gateway.projection.domain import VIEWS, lot_parents, lots, open_claims, parties, plots
from gateway.projection.tables import METADATA
from tests.chaincode import deeds
from tests.chaincode.pen import timestamp
from tests.chaincode.ways import WAYS
from tests.chaincode.world import DAY_S, NOW, World
from tests.memory_ledger import MemoryLedger

SHOWN = (lots, lot_parents, open_claims, plots, parties)
ALWAYS = {"since": "2000-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def connection():
    with create_engine("sqlite://").connect() as opened:
        METADATA.create_all(opened)
        yield opened


def project(connection, state):
    """Show a ledger's state in the tables, in place of what they had."""
    for table in SHOWN:
        connection.execute(delete(table))
    for view in VIEWS:
        if view.table in SHOWN:
            for key, value in state.items():
                if key.partition("/")[0] == view.prefix and value:
                    rows = view.rows(key, json.loads(value))
                    if rows:
                        connection.execute(insert(view.table), rows)


@contextlib.contextmanager
def watched(monkeypatch):
    """Yield a list that every state of lots and claims, so far, is added to."""
    states = []

    def observe(_transaction, stub, _response):
        if any(key.startswith(("lot/", "claims/")) for key in stub.writes):
            states.append({**stub.state, **stub.writes})

    monkeypatch.setattr(MemoryLedger, "observe", observe)
    yield states
    monkeypatch.undo()


def standing(state):
    """Yield (lot, whose, crop, since when, made of others or not) of all that is there.

    What was begun as a claim and taken back, and what was harvested at 0 g, nobody has.
    """
    for key, value in state.items():
        family, _, name = key.partition("/")
        record = json.loads(value) if family in {"lot", "claims"} else {}
        if family == "lot":
            is_made = record["origin"] in {"made", "unmade"}
            yield name, record["party"], record["crop"], record["harvested_at"], is_made
        for claim in record.get("claims", ()):
            lot = json.loads(state.get(f"lot/{claim['lot']}", b"null"))
            is_known = lot and (lot["party"], lot["crop"]) == (claim["producer"], claim["crop"])
            if not (is_known and lot["origin"] not in {"claim", "unmade"}):
                yield claim["lot"], claim["producer"], claim["crop"], claim["arrived_at"], False


def assert_found(connection, state):
    project(connection, state)
    for lot, party, crop, at, is_made in standing(state):
        moment = {"since": at, "until": at}
        named, others = (
            narrowing.lots_of_period(connection, party=party, crops=Crops(codes=(code,)), **moment)
            for code in (crop, "no-such-crop")
        )
        assert lot in named[0]
        assert lot in others[1]
        assert lot in recalls.scope_of(connection, [lot]).roots
        assert crop in narrowing.crops_of(connection, [lot])
        assert party in growers.producers(connection, limit=1_000)
        assert (lot, crop, at) in {
            (one.id, one.crop, one.at) for one in narrowing.find_all(connection, [lot])
        }
        fields = connection.execute(select(plots.c.id).where(plots.c.party == party)).scalars()
        of_plots = {
            one
            for plot in fields.all()
            for one in narrowing.lots_of_plot(connection, plot, **moment)
        }
        its_plot = json.loads(state.get(f"lot/{lot}", b"{}")).get("plot")
        if not is_made and (its_plot or of_plots):
            assert lot in of_plots


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_whatever_stands_on_the_ledger_is_found(way, connection, monkeypatch):
    with watched(monkeypatch) as states:
        way.story(World.standing())
    for state in states:
        assert_found(connection, state)


def test_what_is_only_claimed_begins_a_recall_by_any_question(connection):
    world = World.standing()
    lot = world.name("farmer")["id"]
    deeds.claim_unasked(world, "shopkeeper", lot, of="farmer", counted_g=2_000)
    project(connection, world.ledger.state)
    farm, plot = world.party("farmer"), deeds.pseudonym("plot field")
    carrots = Crops(codes=("carrot",))
    period = narrowing.lots_of_period(connection, party=farm, crops=carrots, **ALWAYS)
    assert period == ([lot], [])
    assert narrowing.lots_of_plot(connection, plot, **ALWAYS) == [lot]
    scope = recalls.scope_of(connection, [lot])
    assert (scope.roots, scope.lots, scope.crops) == ((lot,), 1, ("carrot",))
    (shop,) = scope.affected
    assert (shop.party, shop.held_g, shop.lots) == (world.party("shopkeeper"), 2_000, 1)
    other = world.party("neighbour")
    assert narrowing.lots_of_period(connection, party=other, crops=carrots, **ALWAYS) == ([], [])


def test_it_is_found_by_when_it_came_until_its_own_record_says_when_it_grew(connection):
    world = World.standing()
    name = world.name("farmer")
    body = {"lot": name["id"], "party": world.party("shopkeeper")}
    closed = {"producer": world.party("farmer"), "crop": "carrot", "counted_g": 2_000}
    came_at = timestamp(NOW - 2 * DAY_S)
    world.act("shopkeeper", "lot.claim", body, closed, event_time=came_at)
    farm, carrots = world.party("farmer"), Crops(codes=("carrot",))

    def found(day):
        begins = NOW + day * DAY_S
        days = {"since": timestamp(begins - DAY_S // 2), "until": timestamp(begins + DAY_S // 2)}
        project(connection, world.ledger.state)
        return narrowing.lots_of_period(connection, party=farm, crops=carrots, **days)[0]

    assert (found(0), found(-2)) == ([], [name["id"]])
    deeds.harvest_named(world, "farmer", name, 5_000)  # today; whoever claimed it was early
    assert (found(0), found(-2)) == ([name["id"]], [])
