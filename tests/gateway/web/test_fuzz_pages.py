"""Whatever stands in the address of a page, or is sent by one of its forms, is answered by a page.

The pages are not in the OpenAPI document, so their addresses and fields are taken from the routes.
"""

import re
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.http.problems import PROBLEMS
from gateway.projection.digest import content_digest
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

READERS = ("", "farm-a", "quality-desk")
EXAMPLES = settings().max_examples
junk = st.text(max_size=30) | st.text("0123456789ABCabc-%+&=<>'\" ", max_size=300)
words = st.sampled_from(
    [
        *("", "ja", "en", "fr", "stock", "hold", "all", "open", "in", "out", "carrot", "nothing"),
        *("2026-04-01", "2026-02-30", "9999-12-31", "0", "1", "-1", "501", "99999999999999999999"),
    ]
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("pages"), demo=True, read_wait_s=0.01) as stage:
        market = await hold_market(stage)
        cursors = re.findall(r"cursor=([\w-]+)", await _lists(stage))
        assert cursors
        before = await stage.gateway.projection.database.read(content_digest)
        yield stage, [*market.lots.values(), *market.recalls.values(), *cursors]
        assert await stage.gateway.projection.database.read(content_digest) == before


async def _lists(stage):
    """Return answers of lists that go on."""
    found = ""
    for path in ("/api/lots?limit=1", "/api/recalls?limit=1", "/api/shipments?limit=1"):
        cursor = (await stage.get(path, "packing-house")).json()["next"]
        found += f"cursor={cursor} "
    return found


def pages(router):
    """Yield (method, path, names of its fields) of every page's routes."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from () if route.include_context.prefix else pages(inner)
        elif not route.include_in_schema:
            for method in sorted(route.methods):
                yield method, route.path, sorted(set(_fields(route.dependant)))


def _fields(dependant):
    yield from (one.alias for one in dependant.query_params)
    for part in dependant.dependencies:
        yield from _fields(part)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_any_address_of_a_page_is_answered_by_a_page(held, data):
    await _ask_anything(held, data)


@pytest.mark.soak
@settings(max_examples=EXAMPLES * 5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_many_addresses_of_pages_are_answered_by_pages(held, data):
    await _ask_anything(held, data)


async def _ask_anything(held, data):
    stage, known = held
    values = st.sampled_from(known) | words | junk
    method, path, fields = data.draw(st.sampled_from(list(pages(stage.app))))
    for name in re.findall(r"\{\w+\}", path):
        path = path.replace(name, quote(data.draw(values), safe="") or "-")
    asked = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, values)))
    reader = data.draw(st.sampled_from(READERS)) if path != "/leave" else ""  # it would sign out
    session = await stage.reader(reader) if reader else {}
    response = await stage.client.request(
        method, f"{path}?{urlencode(asked)}", headers={**session, "Accept": "text/html"}
    )
    is_early = response.status_code == 503 and "min_block" in asked
    assert response.status_code in {200, 303, 400, 401, 403, 404, 409, 422} or is_early
    if "html" in response.headers.get("content-type", ""):
        page = Page(response.text)  # every element closed, whatever was typed
        assert page.all("script") == []
        is_told = 'class="wrong"' in page.html or any(code in page.text for code in PROBLEMS)
        assert response.status_code < 400 or is_told
