"""Every route is asked for everything, by strangers and by parties: no private value comes back.

What is private to whom is told from what the market did (`tests.gateway.planted`). What the parties
themselves read is searched as well: a search that is blind to some way of writing would find
nothing there, either.
"""

import csv
import html
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_asyncio
from sqlalchemy import select

from gateway.demo.trading import Trading
from gateway.projection.domain import lot_parents, lots
from gateway.running.app import create_app
from tests.gateway.asking import WHENEVER, paths, templates, wishes
from tests.gateway.market import RECEIPT, hold_market
from tests.gateway.planted import Planted, Search, as_shown
from tests.gateway.stage import command_json, settings_in, stage_in

HTML = {"Accept": "text/html"}
STRANGERS = ("", "land-office")
# Goods are the farms', lie at the shops, and were made into others at the packing house.
PARTIES = ("farm-a", "farm-b", "shop-b", "packing-house")


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crawled(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("crawl"), demo=True) as stage:
        market = await hold_market(stage)
        planted = await stage.gateway.projection.database.read(Planted.of, stage.town)
        yield stage, market, planted


async def test_every_documented_path_is_crawled():
    app = create_app(SimpleNamespace(settings=settings_in(Path("unused"))))
    for method in ("get", "post"):
        documented = {path for path, methods in app.openapi()["paths"].items() if method in methods}
        assert documented
        assert documented <= set(templates(app, method.upper()))
    pages = {"/", "/lots/{lot}", "/robots.txt", "/recalls/{recall}", "/recalls/{recall}/scope"}
    assert pages | {"/own/stock", "/enter"} <= set(templates(app))


def links(response):
    """Return the addresses on this site that a page leads to, and that its forms are sent to."""
    if "html" not in response.headers.get("content-type", ""):
        return []
    found = re.findall(r'(?:href|action)="(/[^"]*)"', response.text)
    return [html.unescape(one) for one in found]


async def answers(stage, market, reader):
    """Yield every (path, answer), as a program and as a browser, of routes and of links found."""
    left, seen = await paths(stage, market), set()
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


def told(path, response):
    """Return what an answer says, less what may be any number by chance.

    That are counts and times of metrics, and groups of four of a lot's number; grams stand on
    pages as kilograms. Whom one may ship to is told by published names to all that have a key, and
    with whom one has agreed on what comes is told to both.
    """
    if path == "/api/me" and response.status_code == 200:
        agreed_on = {"partners": [], "consignments": []}
        return json.dumps({**response.json(), **agreed_on}, ensure_ascii=False)
    if path == "/metrics":
        return re.sub(r" [^ ]+$", "", response.text, flags=re.MULTILINE)
    return re.sub(r"<span>[0-9A-Z]{4}</span>", "", response.text)


async def granted(stage, market, reader):
    """Yield every (path, body, answer) of what can be asked for with POST."""
    session = await stage.reader(reader) if reader else {}
    for path, body in await wishes(stage, market, reader):
        response = await stage.client.post(path, json=body, headers=session)
        assert response.status_code < 500, (path, body)
        yield path, json.dumps(body), response


def hidden(crawled, reader):
    """Return the search for what a reader must not read."""
    stage, market, planted = crawled
    planted.words[market.recalls["drill"]] = set()  # recall officers' alone
    return planted.hidden_from(stage.person(reader).party if reader else None)


@pytest.mark.parametrize("reader", [*STRANGERS, *PARTIES])
async def test_no_route_tells_anyone_what_is_private_to_others(crawled, reader):
    """Parties read of their own goods wherever these lie, and of others' what lies with them."""
    stage, market, planted = crawled
    search, asked = hidden(crawled, reader), set()
    own = planted.own_of(stage.person(reader).party) if reader in PARTIES else None
    with_own = set()
    async for path, response in answers(stage, market, reader):
        assert search.found(told(path, response), asked=path) == [], path
        asked.add(path)
        if own and own.found(response.text):
            with_own.add("/".join(path.split("/")[:3]))
    assert f"/lots/{market.lots['soup']}?lang=en" in asked  # found by following links
    if own:
        assert with_own > {"/api/lots", "/api/csv", "/api/commands"}


@pytest.mark.parametrize("reader", [*STRANGERS, *PARTIES])
async def test_no_question_is_answered_with_what_is_private_to_others(crawled, reader):
    stage, market, planted = crawled
    search, found = hidden(crawled, reader), set()
    own = planted.own_of(stage.person(reader).party) if reader in PARTIES else None
    async for path, asked, response in granted(stage, market, reader):
        assert search.found(response.text, asked=asked) == [], (path, asked)
        found.add((path, response.status_code, bool(own and own.found(response.text))))
    assert ("/api/commands", 200, False) in found  # known commands, and not what is in them
    assert ("/api/recalls/scope", 403 if reader else 401, False) in found
    if own:
        assert ("/api/dry-runs", 200, True) in found
        sells = reader not in {"farm-b", "shop-b"}  # theirs is recalled, on hold or denied
        assert ("/api/sales/preparations", 200, sells) in found


@pytest.mark.parametrize("reader", [*STRANGERS, *PARTIES])
async def test_a_lineage_ends_a_step_after_what_is_the_readers_own(crawled, reader):
    """Ancestors are everyone's; of what was made of a lot, its maker's and its owners'."""
    stage, market, _ = crawled
    party = stage.person(reader).party if reader else None

    def family(connection):
        parents = [(row.child, row.parent) for row in connection.execute(select(lot_parents))]
        return parents, {row.id: row.party for row in connection.execute(select(lots))}

    parents, maker = await stage.gateway.projection.database.read(family)
    holdings = (await stage.get("/api/consignments", reader)).json() if reader in PARTIES else {}
    consigned = {one["id"] for one in holdings.get("lots", ())}
    for lot in market.lots.values():
        may = {lot, *(child for child, one in parents if one == lot)}
        may = {one for one in may if one == lot or maker[one] == party or one in consigned}
        above = {lot}
        while above:
            above = {parent for child, parent in parents if child in above}
            may |= above
        for path in (f"/api/lots/{lot}/lineage", f"/lots/{lot}"):
            text = (await stage.get(path, reader)).text
            assert {one for one in market.lots.values() if one in text} <= may, (path, reader)


async def test_a_drill_is_nowhere_to_be_found(crawled):
    stage, market, _ = crawled
    drill = market.recalls["drill"]
    for path in await paths(stage, market):
        if drill in path:
            assert (await stage.get(path)).status_code in {401, 404}, path
        else:
            assert drill not in (await stage.get(path)).text, path


# The search itself: on texts that are made up, and on what its rightful readers are answered.


@pytest.mark.parametrize("shown", sorted(as_shown(13_007)))
@pytest.mark.parametrize(
    "text",
    [
        *("{}", "[{},4001]", "[4001,{}]", '{{"held_g":{}}}', '"{}"', "carrot,{},1033\r\n"),
        *(
            "0,{},0,0",
            "<td>{}</td>",
            "{} kg",
            "{}kg",
            "{}g",
            "にんじん{}グラム",
            "was {}.",
            "{}, {}",
        ),
    ],
)
async def test_a_planted_number_is_found_whatever_stands_around_it(shown, text):
    search = Search(as_shown(13_007))
    assert search.found(text.format(shown, shown)) == [shown]
    assert search.found(text.format(shown, shown), asked=f"/lots?n={shown}") == []


@pytest.mark.parametrize("text", ["130071", "213007", "A13007", "13007f", "113.007", "13,0071"])
async def test_a_part_of_another_number_or_word_is_no_hit(text):
    assert Search(as_shown(13_007)).found(text) == []


def numbers(response):
    """Return the whole numbers in an answer, read by its own format."""
    if "csv" in response.headers["content-type"]:
        rows = csv.reader(io.StringIO(response.text.removeprefix("\ufeff")))
        return {int(cell) for row in rows for cell in row if cell.isdecimal()}
    found, left = set(), [response.json()]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            left += one.values() if isinstance(one, dict) else one
        elif type(one) is int:
            found.add(one)
    return found


@pytest.mark.parametrize(
    ("path", "reader", "planted_g"),
    [
        ("/api/lots/{carrot}", "farm-a", 40_013),
        ("/api/lots/{carrot}", "shop-a", 13_007),
        ("/api/lots/{large}/lineage", "packing-house", 4_327),
        ("/api/lots/{carrot}/entries", "packing-house", 11_027),
        ("/api/shipments", "shop-b", 3_011),
        ("/api/consignments", "farm-a", 4_001),
        ("/api/disputes", "shop-b", 9_013),
        ("/api/recalls/{emergency}/scope", "quality-desk", 3_011),
        ("/api/csv/stock", "packing-house", 1_033),
        ("/api/csv/stock", "shop-a", 4_001),
        ("/api/csv/consignments", "farm-a", 1_009),
        ("/api/csv/lot-book", "farm-b", 2_003),
        ("/api/csv/lot-book", "packing-house", 4_327),
        ("/api/csv/shipments", "shop-b", 3_011),
    ],
)
async def test_the_search_would_find_every_number_in_an_answer_and_a_file(
    crawled, path, reader, planted_g
):
    stage, market, planted = crawled
    response = await stage.get(path.format(**market.lots, **market.recalls), reader)
    there = planted.among(numbers(response))
    assert str(planted_g) in there
    assert there <= set(hidden(crawled, "").found(response.text))


@pytest.mark.parametrize(
    ("path", "reader", "shown"),
    [
        ("/own/consignments?lang=en", "farm-a", {"4.001", "1.009", "Shop A"}),
        ("/own/stock", "packing-house", {"1.033", "1.022", "3.682"}),
        ("/own/shipments", "shop-b", {"3.011"}),
        ("/lots/{carrot}?lang=en", "shop-a", {"4.001", "1.009"}),
        ("/lots/{soup}", "packing-house", {"4.327"}),
        ("/recalls/{emergency}/scope", "quality-desk", {"3.011", "直売所B"}),
    ],
)
async def test_the_search_would_find_what_stands_on_a_page(crawled, path, reader, shown):
    stage, market, _ = crawled
    address = path.format(**market.lots, **market.recalls)
    response = await stage.get(address, reader, **HTML)
    assert shown <= set(hidden(crawled, "").found(response.text))


async def test_the_search_would_find_what_a_question_is_answered_with(crawled):
    stage, market, planted = crawled
    sale = Trading(stage.town).take("sell", "shop-a", market.lots["carrot"], 1, owner="farm-a")
    for path, reader, body in (
        ("/api/recalls/scope", "quality-desk", {"plot": stage.town.plots["farm-a"], **WHENEVER}),
        ("/api/sales/preparations", "shop-a", {"receipts": [RECEIPT]}),
        ("/api/dry-runs", "shop-a", {"commands": [command_json(sale)]}),
    ):
        session = await stage.reader(reader)
        response = await stage.client.post(path, json=body, headers=session)
        there = planted.among(numbers(response))
        assert there, (path, response.text)
        assert there <= set(hidden(crawled, "").found(response.text)), path


async def test_a_recall_officer_knows_plots_by_number_alone(crawled):
    """Of every page, answer and file, recalls and their previews by plot included."""
    stage, market, _ = crawled
    asked = set()
    async for path, response in answers(stage, market, "quality-desk"):
        assert "屋号" not in response.text, path
        asked.add(path)
    async for path, body, response in granted(stage, market, "quality-desk"):
        assert "屋号" not in response.text, (path, body)
    assert "/api/recalls" in asked
    assert "屋号" in (await stage.get("/api/plots", "inspector")).text  # the search can find


@pytest.mark.parametrize("reader", [*STRANGERS, *PARTIES, "quality-desk", "inspector"])
async def test_what_the_office_calls_people_is_told_to_themselves(crawled, reader):
    """And, where keys are ended, to registrars of their organisation: `test_keys`."""
    stage, market, _ = crawled
    others = {f"PE-{handle}" for handle in stage.town.people} - {f"PE-{reader}"}
    async for path, response in answers(stage, market, reader):
        assert not [one for one in others if f'"{one}"' in response.text], path
