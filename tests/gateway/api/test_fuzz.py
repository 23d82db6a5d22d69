"""Whatever is sent to any route is answered as documented, and never with a bug of ours.

Requests are made from the OpenAPI document, right and wrong ones, and go through a real server:
as nobody, as a farmer, as a recall officer, and as a farmer who names what really exists. None of
them is signed, so none of them may leave anything on the ledger or in the tables.
"""

import asyncio
import threading
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from gateway.demo.trading import Trading
from gateway.http.readers import BLOCKS_AHEAD_MAX
from gateway.projection.digest import content_digest
from gateway.running.app import create_app
from gateway.words.codes import GatewayCode
from tests.gateway.stage import command_id, settings_in, stage_in

EXAMPLES = settings().max_examples // 5  # for each operation and reader: 20, in `make soak` 400
START_S = 30
HEIGHT_MAX = 1_000  # far more than the blocks that are made here

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.missing_required_header,
    checks.allow_header_conformance,
]

document = create_app(SimpleNamespace(settings=settings_in(Path("unused")))).openapi()
schema = schemathesis.openapi.from_dict(document)


@dataclass(slots=True, kw_only=True)
class Server:
    """A gateway on a port, in a thread; with what really exists there."""

    url: str = ""
    bearers: dict[str, str]
    known: dict[str, str | int]
    before: tuple[int, str] = (0, "")
    after: tuple[int, str] = (0, "")


async def _content(stage) -> tuple[int, str]:
    """Return how many blocks there are, and what the tables hold."""
    height = await stage.ledger.height()
    assert await stage.gateway.follower.wait_for_height(height, timeout_s=START_S)
    return height, await stage.gateway.projection.database.read(content_digest)


async def _serve(folder, server, started, stop):
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(stage_in(folder, read_wait_s=0.01))
        lot, harvest = stage.town.harvest("farm-a", 20_000)
        _, ship = stage.town.ship("farm-a", lot, "shop-a", 12_000)
        trade = Trading(stage.town)
        recall, declare = trade.recall(lot)
        await stage.done(harvest, ship, trade.bind("farm-a", lot, 501, 50), declare)
        server.known |= {
            "lot": lot,
            "recall": recall,
            "roll": trade.roll("farm-a")["roll"],
            "number": 501,
            "list": "stock",
            "command": command_id(ship),
            "kid": stage.person("farm-a").device.kid,
        }
        for name, handle in (("farmer", "farm-a"), ("officer", "quality-desk")):
            server.bearers[name] = (await stage.reader(handle))["Authorization"]
        server.before = await _content(stage)
        config = uvicorn.Config(stage.app, port=0, log_level="critical", lifespan="off")
        running = uvicorn.Server(config)
        task = asyncio.create_task(running.serve())
        while not running.started:  # noqa: ASYNC110 - uvicorn tells by this flag alone
            await asyncio.sleep(0.01)
        port = running.servers[0].sockets[0].getsockname()[1]
        server.url = f"http://127.0.0.1:{port}"
        started.set()
        await asyncio.to_thread(stop.wait)
        running.should_exit = True
        await task
        assert stage.gateway.intake.waiting_count == 0
        server.after = await _content(stage)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(bearers={}, known={})
    started, stop = threading.Event(), threading.Event()
    folder = tmp_path_factory.mktemp("fuzz")
    thread = threading.Thread(target=lambda: asyncio.run(_serve(folder, made, started, stop)))
    thread.start()
    try:
        assert started.wait(START_S)
        yield made
    finally:
        stop.set()
        thread.join()
    assert made.after == made.before  # nothing half applied, whatever was asked


def no_server_error(_context, response, _case):
    """Hold an answer of 5xx to the one that a rightful wish can meet: for a block soon to come."""
    if response.status_code >= 500:
        assert response.json()["code"] == GatewayCode.NOT_THERE_YET, response.text
        request = response.request  # as it was sent
        asked = parse_qs(urlsplit(request.url).query).get("min_block", [])
        asked += [request.headers.get("Minori-Min-Block", "0")]
        assert max(map(int, asked)) < HEIGHT_MAX + BLOCKS_AHEAD_MAX, response.text


READERS = ("nobody", "farmer", "officer", "farmer who knows")


@pytest.mark.parametrize("reader", READERS)
@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_request_is_answered_as_documented(case, reader, server):
    _ask(case, reader, server)


@pytest.mark.soak
@pytest.mark.parametrize("reader", READERS)
@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_many_requests_are_answered_as_documented(case, reader, server):
    """In `make soak`: as the profile says, twenty times as many."""
    _ask(case, reader, server)


def _ask(case, reader, server):
    headers = {}
    if reader != "nobody" and case.operation.label != "DELETE /api/sessions":
        headers["Authorization"] = server.bearers[reader.partition(" ")[0]]
    if reader == "farmer who knows":
        named = {name: server.known[name] for name in case.path_parameters or {}}
        case.path_parameters.update(named)
    response = case.call(base_url=server.url, headers=headers)
    chosen = [no_server_error, *CHECKS]
    # The farmer's names are right, whatever was made of them before; HTTP lets anyone add headers.
    if reader == "farmer who knows" or _is_more_headers(case):
        chosen.remove(checks.negative_data_rejection)
    case.validate_response(response, checks=chosen, headers=headers)


def _is_more_headers(case) -> bool:
    """Whether nothing but the headers was made wrong, by one more than there should be."""
    parts = case.meta.components if case.meta else {}
    wrong = {place.value for place, info in parts.items() if info.mode.is_negative}
    return wrong == {"header"} and any("unknown" in name for name in case.headers or {})
