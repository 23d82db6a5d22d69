"""Every question the API asks its tables is answered alike by SQLite and PostgreSQL.

Two gateways stand before one ledger, on which a whole market has been held; each has a database of
its own. Whatever one answers, the other answers too, to the byte.
"""

import contextlib

import httpx2
import pytest
import pytest_asyncio

from gateway.projection.digest import content_digest
from gateway.running.app import create_app
from gateway.running.node import open_gateway
from tests.gateway.asking import paths
from tests.gateway.market import have_trouble, hold_market
from tests.gateway.stage import URL, stage_in
from tests.postgres_fixture import postgres_server

__all__ = ["postgres_server"]

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio(loop_scope="module")]

# One of each kind: nobody, an owner, a seller, a maker of lots, and the two offices that see more.
READERS = ("", "farm-a", "shop-b", "packing-house", "quality-desk", "inspector")
LISTS = ("lots", "lot-book", "consignments", "shipments", "disputes", "recalls", "flags")
FILTERS = (
    *("lots?crop=carrot&has_stock=true", "lots?on_hold=true", "lots?has_stock=false"),
    *("lot-book?crop=carrot-soup", "consignments?has_stock=true&crop=carrot"),
    *("shipments?direction=in", "shipments?direction=out&state=in_transit"),
    *("shipments?state=disputed", "flags?code=LOSS_LARGE", "flags?after=2026-01-01T00:00:00Z"),
)
OF_THE_PROCESS = {"/metrics"}  # counts and times of the one that is asked


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory, postgres_server):
    """Return a stage on SQLite, its market, and a client of a gateway on PostgreSQL."""
    folder = tmp_path_factory.mktemp("databases")
    async with contextlib.AsyncExitStack() as stack:
        stage = await stack.enter_async_context(stage_in(folder, demo=True))
        market = await hold_market(stage)
        await have_trouble(stage, market)
        settings = stage.gateway.settings.model_copy(
            update={
                "database_url": postgres_server.create_database(),
                "outbox_path": folder / "other-outbox.sqlite",
            }
        )
        other = await stack.enter_async_context(open_gateway(settings, ledger=stage.ledger))
        height = await stage.ledger.height()
        assert await other.follower.wait_for_height(height, timeout_s=30)
        digests = [
            await one.projection.database.read(content_digest) for one in (stage.gateway, other)
        ]
        assert digests[0] == digests[1]
        transport = httpx2.ASGITransport(create_app(other))
        client = httpx2.AsyncClient(transport=transport, base_url=URL)
        yield stage, market, await stack.enter_async_context(client)


async def ask(both, path, reader, accept="application/json"):
    """Ask both gateways, and return the answer that both give."""
    stage, _, client = both
    session = await stage.reader(reader) if reader else {}
    headers = {**session, "Accept": accept}
    one, other = [await each.get(path, headers=headers) for each in (stage.client, client)]
    assert one.status_code == other.status_code, path
    assert told(one) == told(other), path
    for name in ("content-type", "location", "minori-block", "cache-control"):
        assert one.headers.get(name) == other.headers.get(name), (path, name)
    return one


def told(response):
    """Return what an answer says, less the number of the request."""
    return response.text.replace(response.headers["minori-request"], "")


@pytest.mark.parametrize("reader", READERS)
async def test_every_route_answers_alike(both, reader):
    """Lots, commands, recalls, stickers, lists, files and pages; whoever may read them or not."""
    stage, market, _ = both
    statuses, kinds = set(), set()
    for path in await paths(stage, market):
        if path not in OF_THE_PROCESS:
            is_page = not path.startswith("/api/")
            answer = await ask(both, path, reader, "text/html" if is_page else "application/json")
            statuses.add(answer.status_code)
            kinds.add(answer.headers.get("content-type", "").partition(";")[0])
    assert {200, 404} <= statuses
    assert {"application/json", "text/html", "text/csv"} <= kinds


@pytest.mark.parametrize("reader", READERS[1:])
async def test_lists_are_cut_and_filtered_alike(both, reader):
    _, market, _ = both
    entries = [f"lots/{lot}/entries" for lot in market.lots.values()]
    for name in (*LISTS, *entries):
        path, cursor = f"/api/{name}?limit=1", ""
        while cursor is not None:
            answer = (await ask(both, f"{path}{cursor and f'&cursor={cursor}'}", reader)).json()
            cursor = answer["next"]
    for path in FILTERS:
        assert (await ask(both, f"/api/{path}", reader)).status_code == 200


async def test_what_is_compared_has_something_in_it(both):
    """Alike and empty would prove nothing: each list has items for one of the readers."""
    for path, reader in (
        ("lots?limit=1", "shop-b"),
        ("lot-book?limit=1", "packing-house"),
        ("consignments?limit=1", "farm-a"),
        ("shipments?state=disputed", "farm-a"),
        ("disputes?limit=1", "shop-b"),
        ("recalls?limit=1", "quality-desk"),
        ("flags?code=LOSS_LARGE", "inspector"),
    ):
        answer = (await ask(both, f"/api/{path}", reader)).json()
        assert any(isinstance(value, list) and value for value in answer.values()), path
    for name in ("stock", "lot-book", "shipments", "disputes", "recalls", "flags"):
        readers = {"lot-book": "packing-house", "flags": "inspector"}
        file = (await ask(both, f"/api/csv/{name}", readers.get(name, "shop-b"))).text
        assert file.count("\n") > 1, name


async def test_what_a_question_with_a_body_is_answered_is_alike(both):
    """How far a recall reaches, what may be sold: the largest questions, by their own queries."""
    stage, market, client = both
    period = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
    farm = stage.person("farm-a")
    for path, reader, body in (
        ("/api/recalls/scope", "quality-desk", {"lots": sorted(market.lots.values())}),
        ("/api/recalls/scope", "quality-desk", {"plot": stage.town.plots["farm-a"], **period}),
        (
            "/api/recalls/scope",
            "quality-desk",
            {"producer": farm.party, "crop": "carrot", **period},
        ),
        ("/api/sales/preparations", "shop-a", {"receipts": ["7e" * 32]}),
    ):
        session = await stage.reader(reader)
        one, other = [
            await each.post(path, json=body, headers=session) for each in (stage.client, client)
        ]
        assert (one.status_code, one.json()) == (200, other.json()), body
