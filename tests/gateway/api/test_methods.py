"""HEAD and every other method on every route, over a real socket with several requests on it.

Each request is sent with another right behind it, and after both a third: whatever the first is
answered, the connection serves on, byte for byte, and nobody logs an error.
"""

import logging
from copy import deepcopy

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from tests.gateway.asking import paths
from tests.gateway.market import hold_market
from tests.gateway.sockets import line_to, listening
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

ITS_OWN = {"date", "minori-request"}  # of each answer
# The last three are methods of other protocols that the parser knows; one it doesn't is no HTTP.
OTHERS = ("OPTIONS", "TRACE", "DELETE", "PUT", "PATCH", "PROPFIND", "QUERY", "CONNECT")
FAULTY = ("/nothing", "/api/nothing", "/api/lots/short", "/lots/short", "/lots/" + "0" * 20)
PAGE = {"Accept": "text/html"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("methods"), demo=True) as stage:
        held = await hold_market(stage)
        async with listening(stage.app, connections_max=50) as port:
            yield stage, port, [*await paths(stage, held), *FAULTY]


@pytest.fixture(autouse=True)
def unharmed(caplog):
    """Fail a test in which anything was logged as an error, by the server or by ours."""
    caplog.set_level(logging.WARNING)
    with capture_logs() as ours:
        yield
    graver = [one for one in ours if one["log_level"] in {"error", "critical"}]
    assert graver == []
    assert [one.message for one in caplog.records if one.levelno >= logging.ERROR] == []


def same_for_all(answered, path):
    """Return the headers; not an error's length compressed, for the request's id is in it."""
    is_varying = path == "/metrics" or (
        answered.status >= 400 and "content-encoding" in answered.headers
    )
    left_out = ITS_OWN | ({"content-length"} if is_varying else set())
    return {name: value for name, value in answered.headers.items() if name not in left_out}


async def assert_head_is_get(port, path, **headers):
    async with line_to(port) as line:
        line.send("HEAD", path, **headers)
        line.send("GET", path, **headers)
        head, got = await line.read("HEAD"), await line.read("GET")
        assert (head.status, head.body) == (got.status, b""), path
        assert same_for_all(head, path) == same_for_all(got, path), path
        again = await line.ask("HEAD", path, **headers)
        assert again.status == head.status
        assert (await line.ask("GET", "/robots.txt")).body
    return head


@pytest.mark.parametrize(
    ("reader", "asking"),
    [("", {}), ("farm-a", PAGE), ("farm-a", {"Accept_Encoding": "gzip"})],
)
async def test_head_answers_as_get_does_without_a_body_and_the_line_serves_on(
    market, reader, asking
):
    stage, port, asked = market
    session = await stage.reader(reader) if reader else {}
    statuses = {
        (await assert_head_is_get(port, path, **session, **asking)).status for path in asked
    }
    assert {200, 404, 422} <= statuses


@pytest.mark.parametrize("method", OTHERS)
async def test_any_other_method_is_answered_in_the_one_shape_and_the_line_serves_on(market, method):
    _, port, asked = market
    for path in asked:
        async with line_to(port) as line:
            line.send(method, path)
            line.send("GET", "/robots.txt")
            answered = await line.read(method)
            assert answered.status in {404, 405}, (path, answered)
            assert ("allow" in answered.headers) == (answered.status == 405)
            if method == "CONNECT":  # nothing can follow it; so it says
                assert answered.headers["connection"] == "close"
                continue
            assert (await line.read("GET")).status == 200
            assert (await line.ask("HEAD", "/robots.txt")).status == 200


async def test_head_is_limited_and_fails_as_get_does(tmp_path, monkeypatch):
    async with stage_in(tmp_path, requests_rate="4/minute") as stage, listening(stage.app) as port:
        monkeypatch.setattr(stage.gateway.follower, "fault", "the disk is full")
        assert (await assert_head_is_get(port, "/health")).status == 503
        async with line_to(port) as line:
            statuses = [(await line.ask("HEAD", "/api/ledger")).status for _ in range(5)]
        assert statuses == [*[200] * 3, *[429] * 2]  # `/robots.txt` was one


async def test_what_fails_for_a_bug_of_ours_leaves_the_line_usable(tmp_path, monkeypatch):
    def fails(*_args, **_kwargs):
        raise ArithmeticError

    async with stage_in(tmp_path) as stage, listening(stage.app) as port, line_to(port) as line:
        monkeypatch.setattr(stage.gateway.projection.database, "read", fails)
        with capture_logs() as logged:  # of this one error only, and by us
            head, got = await line.ask("HEAD", "/lots/" + "0" * 20), await line.ask("GET", "/")
        assert (head.status, got.status) == (500, 500)
        assert [one["event"] for one in logged] == ["request_failed"] * 2
        assert (await line.ask("GET", "/robots.txt")).status == 200


async def test_what_the_server_said_of_a_request_stays_as_it_was(market):
    async def receive():
        return {"type": "http.request"}

    async def send(_message):
        pass

    stage = market[0]
    for method in ("GET", "HEAD", "TRACE"):
        said = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "root_path": "",
            "method": method,
            "path": "/robots.txt",
            "raw_path": b"/robots.txt",
            "query_string": b"",
            "client": ("192.0.2.7", 40_000),
            "server": ("here", 80),
            "headers": [(b"host", b"here")],
            "state": {},
        }
        scope = deepcopy(said)
        await stage.app(scope, receive, send)
        assert {name: scope[name] for name in said} == said
