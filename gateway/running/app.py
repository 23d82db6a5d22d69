"""Puts the HTTP side together.

async with open_gateway(settings) as gateway:
    app = create_app(gateway)
"""

from importlib.metadata import version

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gateway.api import (
    about,
    books,
    commands,
    csv_files,
    disputes,
    dry_runs,
    flags,
    health,
    invitations,
    keys,
    lineage,
    lots,
    mandates,
    me,
    other_crops,
    recalls,
    selling,
    sessions,
    stickers,
    waiting,
)
from gateway.http import openapi
from gateway.http.error_answers import answer, as_problem
from gateway.http.errors import ProblemError
from gateway.http.gateway import Gateway
from gateway.http.guard import Guard
from gateway.http.rate import RateLimits
from gateway.web import (
    agreements_page,
    entrance,
    organisations_page,
    own_pages,
    pages,
    recall_pages,
    waiting_page,
)
from gateway.web.errors import error_page
from gateway.words.codes import GatewayCode


def create_app(gateway: Gateway) -> FastAPI:
    """Return the application over an open gateway, which it neither starts nor closes."""
    app = FastAPI(
        title="Minori",
        version=version("minori"),
        openapi_url=None,  # served below, without redirects and with our errors
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `/metrics` has ours
    )
    app.state.gateway = gateway
    limits = gateway.settings.limits
    app.state.rates = RateLimits(limits)
    app.state.turns = dry_runs.Turns(limits.dry_runs_max, wait_s=limits.dry_run_wait_s)
    app.include_router(_api())
    app.include_router(health.router)
    for router in (
        pages.router,
        entrance.router,
        own_pages.router,
        recall_pages.router,
        organisations_page.router,
        waiting_page.router,
        agreements_page.router,
    ):
        app.include_router(router)
    for kind in (ProblemError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer)
    app.add_middleware(Guard, settings=gateway.settings, rates=app.state.rates, page=error_page)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app


def _api() -> APIRouter:
    api = APIRouter(prefix="/api")
    for router in (
        *(
            commands.router,
            dry_runs.router,
            other_crops.router,
            sessions.router,
            sessions.devices,
            keys.router,
            invitations.router,
            me.router,
            mandates.router,
            waiting.router,
        ),
        *(
            books.router,
            lots.router,
            lineage.router,
            disputes.router,
            stickers.router,
            stickers.rolls,
        ),
        *(recalls.router, flags.router, csv_files.router, selling.router, about.router),
    ):
        api.include_router(router)

    @api.get("/openapi.json", include_in_schema=False)
    async def read_openapi(request: Request) -> Response:
        return JSONResponse(request.app.openapi())

    return api


async def _answer(request: Request, error: Exception) -> Response:
    problem = as_problem(error)
    if problem.code == GatewayCode.METHOD_NOT_ALLOWED:
        allowed = openapi.allowed_methods(request.app, request.scope["path"]) or "GET, HEAD"
        problem.headers = {"Allow": allowed}
    return answer(request, problem, error_page)
