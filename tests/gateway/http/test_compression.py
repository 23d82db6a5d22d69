"""Answers as gzip: the same content for whoever takes it, and never around a secret."""

import asyncio
import gzip
import random
import re
import zlib

import httpx2
import pytest
import pytest_asyncio
from starlette.responses import FileResponse, Response, StreamingResponse

from gateway.http.compression import BYTES_MIN, THREAD_BYTES_MIN, Compressed, secret, takes_gzip
from gateway.web import rendering
from tests.gateway.asking import paths
from tests.gateway.market import hold_market
from tests.gateway.sockets import line_to, listening
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = "にんじん carrot " * 100
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("gzip"), demo=True) as stage:
        yield stage, await hold_market(stage)


def said(answered):
    """Return a body without the request's own id, which an error names."""
    return answered.text.replace(answered.headers["minori-request"], "")


async def ask(app, **headers):
    transport = httpx2.ASGITransport(Compressed(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.get("/", headers=headers)


@pytest.mark.parametrize(
    ("accepted", "is_taken"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP ; Q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("*;q=0.1", True),
        ("gzip;q=0.001", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("gzip;q=much", False),
        ("gzip;q=nan", False),
        ("gzip;q=-1", False),
        ("gzip;level=9", False),
        ("notgzip", False),
        ("gzipped, br", False),
    ],
)
async def test_gzip_is_for_whoever_takes_it(accepted, is_taken):
    assert takes_gzip(accepted) is is_taken
    answered = await ask(Response(LONG, media_type="text/plain"), **{"Accept-Encoding": accepted})
    assert answered.text == LONG
    assert ("content-encoding" in answered.headers) is is_taken
    assert answered.headers["vary"] == "Accept-Encoding"


async def test_every_answer_of_every_route_says_the_same_compressed(market):
    stage, held = market
    session = await stage.reader("farm-a")
    saved = {}
    for path in await paths(stage, held):
        plain = await stage.client.get(path, headers={**session, **PLAIN})
        packed = await stage.client.get(path, headers={**session, **GZIP})
        is_text = plain.headers.get("content-type", "").startswith(("text/", "application/"))
        if plain.content and is_text and not re.match("/(enter|metrics)", path):
            assert "Accept-Encoding" in packed.headers["vary"], path
            assert "Accept-Encoding" in plain.headers["vary"], path
            assert said(packed) == said(plain), path
            is_packed = packed.headers.get("content-encoding") == "gzip"
            assert is_packed == (len(plain.content) >= BYTES_MIN), path
            saved[path] = int(packed.headers["content-length"]) / len(plain.content)
        assert "content-encoding" not in plain.headers
    assert {path.split("/")[1] for path in saved} > {
        "",
        "api",
        "lots",
        "own",
        "recalls",
        "problems",
    }
    pages = [path for path in saved if re.match("/(lots|own|recalls)/.", path)]
    assert max(saved[path] for path in pages) < 0.6
    assert saved["/api/openapi.json"] < 0.2


async def test_what_holds_a_secret_is_never_compressed(market):
    stage, _ = market
    headers = {**await stage.reader("farm-a"), **GZIP}
    opened = await stage.client.post(
        "/api/sessions", json={"jws": await stage.proof("farm-b")}, headers=GZIP
    )
    stage.client.cookies.clear()
    link = await stage.client.post("/api/sessions/links", headers=headers)
    page = await stage.client.get(link.json()["url"], headers=GZIP)
    assert (opened.status_code, link.status_code, page.status_code) == (201, 201, 200)
    code = link.json()["url"].partition("code=")[2]
    assert code.split(".")[-1] in page.text
    assert len(page.content) > BYTES_MIN
    for answered in (opened, link, page):
        assert "content-encoding" not in answered.headers
        assert answered.headers["cache-control"] == "no-store, no-transform"


def marked_secret():
    response = Response(LONG, media_type="text/html")
    secret(response)
    return response


def with_cookie():
    response = Response(LONG, media_type="text/html")
    response.set_cookie("session", "token")
    return response


@pytest.mark.parametrize(
    "response",
    [
        Response("a" * (BYTES_MIN - 1), media_type="text/plain"),
        Response(status_code=204),
        Response(LONG, media_type="image/png"),
        Response(LONG),  # of no type
        Response(
            gzip.compress(LONG.encode()),
            media_type="text/plain",
            headers={"Content-Encoding": "gzip"},
        ),
        Response(LONG, 206, media_type="text/plain", headers={"Content-Range": "bytes 0-9/99"}),
        Response(LONG, media_type="text/plain", headers={"Cache-Control": "private, no-transform"}),
        marked_secret(),
        with_cookie(),
    ],
)
async def test_what_may_not_or_need_not_be_compressed_is_left_as_it_is(response):
    sent = []

    async def send(message):
        sent.append(message)

    before = list(response.raw_headers)
    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip")]}
    await Compressed(response)(scope, None, send)
    kept = [one for one in sent[0]["headers"] if one != (b"vary", b"Accept-Encoding")]
    assert (kept, sent[1]["body"]) == (before, response.body)


async def test_a_stream_stays_one_and_each_part_can_be_read_when_it_comes():
    parts = ["first", "", "second " * 100, "にんじん" * THREAD_BYTES_MIN]
    sent = []

    async def send(message):
        sent.append(message)

    async def stream():
        for part in parts:
            yield part

    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip")]}
    response = StreamingResponse(stream(), media_type="text/csv")
    await Compressed(response)(scope | {"asgi": {"spec_version": "2.4"}}, None, send)
    reading = zlib.decompressobj(16 + zlib.MAX_WBITS)
    read = [reading.decompress(one["body"]).decode() for one in sent[1:]]
    assert read == [*parts, ""]
    assert reading.eof
    assert b"content-length" not in dict(sent[0]["headers"])


async def test_a_file_and_its_tag(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LONG, encoding="utf-8")
    plain, packed = await ask(FileResponse(path), **PLAIN), await ask(FileResponse(path), **GZIP)
    assert plain.text == packed.text == LONG
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"


async def test_a_large_answer_does_not_hold_up_the_others():
    body = random.Random(1).randbytes(3_000_000).hex()
    answering = asyncio.create_task(ask(Response(body, media_type="text/plain"), **GZIP))
    turns = 0
    while not answering.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await answering).text == body
    assert turns > 100


async def test_an_error_page_is_compressed_as_well_and_head_says_what_get_does(market):
    stage, _ = market
    async with listening(stage.app) as port, line_to(port) as line:
        for path in ("/lots/" + "0" * 20, "/nothing", "/"):
            asked = {"Accept": "text/html", "Accept_Encoding": "gzip"}
            head, got = await line.ask("HEAD", path, **asked), await line.ask("GET", path, **asked)
            assert head.headers["content-encoding"] == got.headers["content-encoding"] == "gzip"
            assert b"<html" in gzip.decompress(got.body)
        assert head.headers["content-length"] == str(len(got.body))


async def test_the_style_is_one_file_kept_for_good(market):
    stage, _ = market
    pages = [(await stage.client.get(path)).text for path in ("/", "/recalls", "/own", "/problems")]
    (address,) = {re.search('rel="stylesheet" href="([^"]+)"', page).group(1) for page in pages}
    assert not any("<style" in page for page in pages)
    style = await stage.client.get(address)
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.text == rendering.STYLE
    assert "url(" not in style.text
    assert "@import" not in style.text
    other = await stage.client.get(rendering.style_url("0" * 20))
    assert (other.text, other.headers["cache-control"]) == (style.text, "no-cache")
