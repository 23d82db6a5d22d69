"""The OpenAPI document: complete, and true of every route."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.routing import APIRoute

from gateway.http.errors import MEDIA_TYPE
from gateway.running.app import create_app
from tests.gateway.stage import settings_in


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unused")
    return create_app(SimpleNamespace(settings=settings_in(folder))).openapi()


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_route_of_the_api_is_described(document):
    described = {name for name, _ in operations(document)}
    assert described == {
        "POST /api/commands",
        "GET /api/commands/{command}",
        "POST /api/invitations",
        "POST /api/sessions/challenge",
        "POST /api/sessions",
        "DELETE /api/sessions",
        "POST /api/sessions/links",
        "GET /api/devices",
        "GET /api/devices/{kid}/head",
        "GET /api/lots",
        "GET /api/lots/{lot}",
        "GET /api/lots/{lot}/entries",
        "GET /api/lots/{lot}/lineage",
        "POST /api/dry-runs",
        "POST /api/other-crops",
        "GET /api/other-crops",
        "POST /api/other-crops/names",
        "POST /api/other-crops/erasures",
        "GET /api/disputes",
        "GET /api/stickers/{roll}/{number}",
        "GET /api/rolls",
        "GET /api/me/proposed",
        "GET /api/flags",
        "GET /api/recalls",
        "POST /api/recalls/scope",
        "GET /api/recalls/{recall}",
        "GET /api/recalls/{recall}/scope",
        "GET /api/me",
        "GET /api/me/waiting",
        "GET /api/mandates",
        "GET /api/plots",
        "GET /api/lot-book",
        "GET /api/consignments",
        "GET /api/shipments",
        "POST /api/sales/preparations",
        "GET /api/csv/{list}",
        "GET /api/ledger",
        "GET /api/catalogue",
        "GET /api/command-types",
        "GET /health",
        "GET /metrics",
    }


def test_every_operation_says_what_it_does_and_how_it_fails(document):
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["operationId"], name
        assert operation["tags"], name
        assert "500" in operation["responses"], name


def test_every_error_is_problem_json_with_an_example_of_its_status(document):
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            assert list(response["content"]) == [MEDIA_TYPE], (name, status)
            content = response["content"][MEDIA_TYPE]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemObject"}
            assert content["example"]["status"] == int(status)
            if int(status) in {429, 503}:
                assert "Retry-After" in response["headers"], (name, status)


def test_reading_a_lot_needs_no_session_and_listing_does(document):
    paths = document["paths"]
    assert {} in paths["/api/lots/{lot}"]["get"]["security"]
    assert {} in paths["/api/commands/{command}"]["get"]["security"]
    assert {} not in paths["/api/lots"]["get"]["security"]
    assert {"bearer": []} in paths["/api/lots"]["get"]["security"]
    assert "security" not in paths["/api/sessions"]["post"]


async def test_the_document_is_served(stage):
    response = await stage.get("/api/openapi.json")
    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")
    assert response.json()["paths"].keys() == stage.app.openapi()["paths"].keys()


def routes_of(router):
    """Yield every route, included ones too."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)  # how FastAPI keeps what it includes
        yield from routes_of(inner) if inner is not None else (route,)


def test_no_route_changes_state_on_get():
    """A crawler, a prefetch or an image tag sends GET: such routes take no body and set nothing."""
    app = create_app(SimpleNamespace(settings=settings_in(Path("unused"))))
    routes = list(routes_of(app))
    assert len(routes) > 20
    for route in routes:
        assert isinstance(route, APIRoute)
        if "GET" in route.methods:
            assert route.body_field is None, route.path
            assert route.endpoint.__name__.startswith(("read_", "list_", "show_", "find_"))
