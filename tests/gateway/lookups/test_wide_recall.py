"""A recall over a hundred thousand descendants: its scope, and the few commands that name it."""

from dataclasses import replace
from functools import cache, partial

import pytest

from chaincode.base.overlay import decode_state, encode_state
from chaincode.lots.records import Holding, Lot
from chaincode.recalls.records import ROOTS_AT_ONCE_MAX, ROOTS_OPEN_MAX, OpenRecalls
from gateway.answers.visibility import Viewer
from gateway.api.recall_records import RecallRecords
from gateway.lookups import recalls
from gateway.lookups.recalls import Scope
from gateway.storage.database import Database
from gateway.town.catalogue import Catalogue
from gateway.town.names import Names
from tests.branching import Branching
from tests.chaincode import deeds
from tests.chaincode.pen import timestamp
from tests.chaincode.test_stock import attempt
from tests.chaincode.world import NOW, World
from tests.postgres_fixture import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

LOTS = 102_000
SEED = f"{1:020d}"  # nearly everything descends from the second lot, and something does not
OPEN = "recalls/open"


@cache
def town() -> Branching:
    """One family: few lots are mixed, or the lineage would begin anew all the time."""
    return Branching(LOTS, mixing=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database(request, tmp_path):
    url = f"sqlite:///{tmp_path}/projection.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    opened = Database(url)
    yield opened
    await opened.close()


async def test_its_scope_is_what_a_walk_over_every_lot_reaches(database):
    await database.write(partial(town().write, with_commands=False))
    reached = town().descendants({SEED})
    assert len(reached) >= 100_000
    scope = await database.read(recalls.scope_of, [SEED])
    assert scope.lots == len(reached)
    assert town().met(set(scope.roots)) == reached
    assert scope.roots == _roots_of(reached)
    assert sum(one.held_g for one in scope.affected) == 600 * len(reached)
    later = f"{LOTS // 2:020d}"
    small = await database.read(recalls.scope_of, [later])
    assert (small.lots, small.roots[0]) == (len(town().descendants({later})), later)


def _roots_of(reached: set[str]) -> tuple[str, ...]:
    """Return what must be named: the seed, then what starts lineage anew, the newest first."""
    anew = sorted(town().new_roots & reached)
    return (SEED, *sorted(anew, key=lambda lot: int(lot) % 28, reverse=True))


def _answer(tmp_path, roots: tuple[str, ...], *, room: int = ROOTS_OPEN_MAX) -> dict:
    """Return what the gateway tells an officer, while there is room for so many roots."""
    names = Names(tmp_path / "names.json", Catalogue(tmp_path / "catalogue.json"))
    officer = Viewer(party="Q7M49X2B0KTD", roles=frozenset({"recall-officer"}))
    scope = Scope(seeds=roots[:1], roots=roots, unrecorded=(), crops=(), lots=LOTS, affected=())
    return RecallRecords(names, "en", officer).scope(scope, room=room)


def _put(world: World, template: str, lot: str) -> None:
    """Put a lot of the lineage onto the ledger, with a kilogram of it at the farm."""
    farm, state = world.party("farmer"), world.ledger.state
    roots = tuple(sorted(town().roots[lot]))
    made = decode_state(Lot, state[Lot.key(template)])
    is_root = lot in town().new_roots
    state[Lot.key(lot)] = encode_state(replace(made, roots=roots, is_root=is_root))
    held = decode_state(Holding, state[Holding.key(template, farm, farm)])
    state[Holding.key(lot, farm, farm)] = encode_state(replace(held, roots=roots))


def _chosen(among: set[str]) -> list[str]:
    return sorted(among)[:: max(1, len(among) // 20)]


def test_it_is_signed_by_two_commands_and_is_one_write(tmp_path):
    """Both approvals go in one request, and are one transaction on the ledger."""
    reached = town().descendants({SEED})
    answer = _answer(tmp_path, _roots_of(reached))
    named = answer["roots"]
    assert (answer["fits"], answer["commands_needed"]) == (True, 2)
    world = World.standing()
    template = world.harvest("farmer", 1_000)
    inside, outside = _chosen(reached), _chosen(set(town().parents) - reached)
    assert len(outside) > 10
    for lot in (*inside, *outside):
        _put(world, template, lot)
    first, rest = named[:ROOTS_AT_ONCE_MAX], named[ROOTS_AT_ONCE_MAX:]
    body = deeds.declaration(world, "coop-recaller", first, ["carrot"])
    more = {"recall": body["recall"], "roots": rest, "crops": ["carrot"]}
    approvals = []
    for kind, signed in (("recall.declare", body), ("recall.widen", more)):
        world.act("coop-recaller", kind, signed)
        assert OPEN not in world.ledger.stub.writes
        approvals.append(_approval(world, kind, signed))
    codes = world.submit(
        *(world.write("town-recaller", "proposal.approve", one) for one in approvals)
    )
    assert codes == ["ACCEPTED", "ACCEPTED"]
    open_recalls = decode_state(OpenRecalls, world.ledger.stub.writes[OPEN])
    assert {root for one in open_recalls.recalls for root in one.roots} == set(named)
    for lot in inside:
        assert attempt(world, "farmer", lot, "sell") == "RECALLED", lot
    for lot in outside:
        assert attempt(world, "farmer", lot, "sell") == "ACCEPTED", lot
    now = timestamp(NOW)
    met = {lot for lot, roots in town().roots.items() if open_recalls.meets(lot, tuple(roots), now)}
    assert met == reached


def _approval(world: World, kind: str, body: dict) -> dict:
    return {
        "proposal": world.device("coop-recaller")["prev"],
        "proposer": {"device": world.kid("coop-recaller"), "actor": world.actor("coop-recaller")},
        "type": kind,
        "body": body,
    }


async def test_a_lineage_mixed_too_heavily_says_so_and_begins_with_what_matters(tmp_path):
    """Of lots that are nearly all mixed, every fourth is a root: ten thousand for forty."""
    mixed = Branching(12_000, mixing=90)
    opened = Database(f"sqlite:///{tmp_path}/projection.sqlite")
    await opened.write(partial(mixed.write, with_commands=False))
    scope = await opened.read(recalls.scope_of, [SEED])
    await opened.close()
    assert len(scope.roots) > 0.25 * scope.lots
    answer = _answer(tmp_path, scope.roots, room=2_000)
    assert (answer["fits"], answer["limit"]) == (False, 2_000)
    assert answer["roots"][0] == SEED
    days = [int(lot) % 28 for lot in answer["roots"][1:]]
    assert days == sorted(days, reverse=True)  # the newest first: they are not sold yet
