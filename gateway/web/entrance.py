"""Signing a browser in by a link that works once, and out again.

Only the two POSTs change anything. They carry no body, and the guard refuses them from any page
but our own (`gateway.http.guard`); looking at a link does not use it up, so a mail program that
looks ahead takes nothing away.
"""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from chaincode.base.errors import Code
from gateway.http import compression, cookies
from gateway.http.error_answers import language_of
from gateway.http.errors import ProblemError
from gateway.http.gateway import Gateway
from gateway.http.readers import GatewayDep, Visitor
from gateway.lookups.people import DeviceRecord, find_device
from gateway.sessions import SessionError
from gateway.web import rendering
from gateway.web.own_contexts import EnterPage
from gateway.web.pages import Lang
from gateway.web.visits import Visit
from gateway.words.codes import GatewayCode

router = APIRouter(include_in_schema=False)

FIRST_PAGE: Final = "/own/stock"

LinkCode = Annotated[str, Query(max_length=200)]


@router.get("/own")
async def show_own(
    request: Request, gateway: GatewayDep, reader: Visitor, _lang: Lang = None
) -> Response:
    """Go to one's own pages, or say how to open them."""
    language = language_of(request)
    if reader is not None:
        return RedirectResponse(f"{FIRST_PAGE}?lang={language}", status_code=303)
    visit = Visit(request=request, gateway=gateway, reader=None, language=language)
    return await visit.render("how.html", None)


@router.get("/enter")
async def show_entrance(
    request: Request, gateway: GatewayDep, code: LinkCode, _lang: Lang = None
) -> Response:
    """Ask whether this browser is to be signed in; nothing is used up yet."""
    device = await _device(gateway, code)
    language = language_of(request)
    page = EnterPage(
        name=gateway.names.party(device.party, language) or device.party,
        actor=device.actor,
        action=f"/enter?{urlencode({'code': code, 'lang': language})}",
    )
    site = rendering.site_of(request, gateway.settings, language, None, kept={"code": code})
    response = rendering.render("enter.html", site, page, private=True)
    compression.secret(response)  # its form holds the link's code
    return response


@router.post("/enter")
async def enter(
    request: Request, gateway: GatewayDep, code: LinkCode, _lang: Lang = None
) -> Response:
    """Sign this browser in, once per link."""
    await _device(gateway, code)
    try:
        opened = await gateway.sessions.enter(code)
    except SessionError as error:
        raise ProblemError(error.code) from None
    response = _go_to(FIRST_PAGE, request)
    max_age_s = gateway.sessions.seconds_left(opened)
    cookies.set_session(response, opened.token, max_age_s=max_age_s)
    return response


@router.post("/leave")
async def leave(
    request: Request, gateway: GatewayDep, reader: Visitor, _lang: Lang = None
) -> Response:
    """Sign this browser out, also when its session has ended already."""
    if reader is not None:
        await gateway.sessions.end(reader.token)
    response = _go_to("/", request)
    cookies.clear_session(response)
    return response


def _go_to(path: str, request: Request) -> Response:
    return RedirectResponse(f"{path}?lang={language_of(request)}", status_code=303)


async def _device(gateway: Gateway, code: str) -> DeviceRecord:
    """Return the device that a link is for.

    Raises:
        ProblemError: `LINK_REFUSED`; `KEY_REVOKED`.
    """
    try:
        kid = gateway.sessions.read_link(code)
    except SessionError as error:
        raise ProblemError(error.code) from None
    device = await gateway.projection.database.read(find_device, kid)
    if device is None:
        raise ProblemError(GatewayCode.LINK_REFUSED)
    if device.is_revoked:
        raise ProblemError(Code.KEY_REVOKED)
    return device
