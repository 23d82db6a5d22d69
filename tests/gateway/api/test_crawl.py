"""Every route is asked for everything, as nobody and as a stranger: no private value comes back.

Routes are taken from the application itself, so that one added later is crawled as well; one whose
path has a part that is not known here makes this fail.
"""

import html
import itertools
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_asyncio
from sqlalchemy import select

from gateway.api.app import create_app
from gateway.api.csv_files import ListName
from gateway.demo.trading import ROLL
from gateway.projection import json_text
from gateway.projection.tables import commands
from tests.gateway.market import NOT_FARM_AS, ROLL_NUMBERS, as_shown, hold_market
from tests.gateway.stage import settings_in, stage_in

HTML = {"Accept": "text/html"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crawled(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("crawl"), demo=True) as stage:
        yield stage, await hold_market(stage)


def templates(router, prefix=""):
    """Yield the path of every route that answers GET, included ones too."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)  # how FastAPI keeps what it includes
        if inner is not None:
            yield from templates(inner, prefix + route.include_context.prefix)
        elif "GET" in route.methods:
            yield prefix + route.path


async def test_every_documented_path_is_crawled():
    app = create_app(SimpleNamespace(settings=settings_in(Path("unused"))))
    documented = {path for path, methods in app.openapi()["paths"].items() if "get" in methods}
    pages = {"/", "/lots/{lot}", "/robots.txt", "/recalls/{recall}", "/recalls/{recall}/scope"}
    assert documented | pages | {"/own/stock", "/enter"} <= set(templates(app))


async def paths(stage, market):
    """Return every path that can be asked for with GET, with everything that there is."""

    def ids(connection):
        return list(connection.execute(select(commands.c.id)).scalars())

    known = {
        "lot": list(market.lots.values()),
        "recall": list(market.recalls.values()),
        "command": await stage.gateway.projection.database.read(ids),
        "kid": [person.device.kid for person in stage.town.people.values()],
        "code": ["LOT_NOT_FOUND"],
        "roll": [ROLL],
        "number": list(ROLL_NUMBERS),
        "list": [*ListName],
    }
    for template in sorted(set(templates(stage.app))):
        names = re.findall(r"\{(\w+)\}", template)
        for values in itertools.product(*(known[name] for name in names)):
            yield template.format(**dict(zip(names, map(str, values), strict=True)))


async def secrets(stage, market):
    """Return what must never be read by a stranger: salts, grams, shops, the shipment, drills."""

    def salts(connection):
        query = select(commands.c.closed).where(commands.c.closed.is_not(None))
        return {json_text.decode(one)["salt"] for one in connection.execute(query).scalars()}

    found = await stage.gateway.projection.database.read(salts)
    assert len(found) > 10
    return found | market.private


def leaks(text, private):
    """Return the private values that stand in a text as words of their own."""
    words = set(re.findall(r"[0-9A-Za-z]+(?:[.,][0-9]{3})*|[^\W\d_a-zA-Z]+[A-Z]?", text))
    return sorted(
        value for value in private if value in words or (len(value) > 12 and value in text)
    )


def links(response):
    """Return the addresses on this site that a page leads to, and that its forms are sent to."""
    if "html" not in response.headers.get("content-type", ""):
        return []
    found = re.findall(r'(?:href|action)="(/[^"]*)"', response.text)
    return [html.unescape(one) for one in found]


async def answers(stage, market, reader):
    """Yield every (path, answer), as a program and as a browser, of routes and of links found."""
    left, seen = [path async for path in paths(stage, market)], set()
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        for headers in ({}, HTML):
            response = await stage.get(path, reader, **headers)
            assert response.status_code < 500, path
            left += links(response)
            yield path, response


@pytest.mark.parametrize("reader", ["", "land-office"])
async def test_no_route_gives_a_stranger_anything_private(crawled, reader):
    stage, market = crawled
    private = await secrets(stage, market)
    asked = set()
    async for path, response in answers(stage, market, reader):
        assert leaks(response.text, private) == [], path
        asked.add(path)
    assert len(asked) > 100
    assert f"/lots/{market.lots['soup']}?lang=en" in asked  # found by following links


async def test_no_route_gives_a_farmer_more_than_one_step_each_way(crawled):
    """Farm A reads of its own goods wherever they lie, and nothing of farm B's or farm C's."""
    stage, market = crawled
    private = set().union(*map(as_shown, NOT_FARM_AS)) | {market.shipment, market.recalls["drill"]}
    own = as_shown(4_001)  # what shop A sold of farm A's carrots
    is_own_found = False
    async for path, response in answers(stage, market, "farm-a"):
        assert leaks(response.text, private - set(re.split(r"\W", path))) == [], path
        is_own_found |= bool(leaks(response.text, own)) and path.startswith("/own/")
    assert is_own_found


async def test_a_drill_is_nowhere_to_be_found(crawled):
    stage, market = crawled
    drill = market.recalls["drill"]
    async for path in paths(stage, market):
        if drill in path:
            assert (await stage.get(path)).status_code in {401, 404}, path
        else:
            assert drill not in (await stage.get(path)).text, path


async def test_the_search_would_find_a_leak(crawled):
    """What the parties themselves read has the values in it."""
    stage, market = crawled
    private = await secrets(stage, market)
    for path, reader in (
        (f"/api/lots/{market.lots['carrot']}", "farm-a"),
        (f"/api/lots/{market.lots['carrot']}", "shop-a"),
        ("/api/shipments", "shop-b"),
        ("/api/consignments", "farm-a"),
        ("/own/consignments", "farm-a"),
        ("/own/shipments", "shop-b"),
        (f"/recalls/{market.recalls['emergency']}/scope", "quality-desk"),
    ):
        assert leaks((await stage.get(path, reader)).text, private), path
