"""The error page: the table of problems, as a person reads it."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from gateway.http.error_answers import request_id_of
from gateway.http.errors import ProblemError
from gateway.http.gateway import Gateway
from gateway.http.problems import PROBLEMS, Problem
from gateway.typed.lot_numbers import grouped
from gateway.web import rendering
from gateway.web.contexts import ProblemPage
from gateway.web.crop_marks import SPROUT, mark_of
from gateway.words.codes import GatewayCode
from gateway.words.language import Language


def error_page(connection: HTTPConnection, problem: ProblemError, language: Language) -> Response:
    """Return the page of an error. It asks no database: that may be what has failed."""
    gateway: Gateway = connection.app.state.gateway
    site = rendering.site_of(connection, gateway.settings, language, None)
    entry = PROBLEMS[problem.code]
    page = problem_page(entry, language, request=request_id_of(connection), asked=problem.member)
    return rendering.render("problem.html", site, page, status=entry.status)


def problem_page(
    entry: Problem, language: Language, *, request: str = "", asked: str = ""
) -> ProblemPage:
    """Return the context of a problem's page; `asked` is the lot that was asked for."""
    wording = entry.wording(language)
    return ProblemPage(
        status=entry.status,
        number=entry.number,
        code=entry.code,
        title=wording.title,
        detail=wording.detail,
        remedy=wording.remedy,
        request=request,
        is_waiting=entry.code == GatewayCode.LOT_NOT_FOUND,
        asked=grouped(asked) if entry.code == GatewayCode.LOT_NOT_FOUND else (),
        mark=mark_of(SPROUT),
    )
