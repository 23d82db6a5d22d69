"""The session's cookie. `__Host-` makes browsers insist on Secure, this host and every path."""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

NAME: Final = "__Host-minori-session"


def has_session_cookie(connection: HTTPConnection) -> bool:
    """Whether a request carries a session's cookie, of whatever worth."""
    return NAME in connection.cookies


def set_session(response: Response, token: str, *, max_age_s: int) -> None:
    """Let the browser keep a session."""
    response.set_cookie(
        NAME, token, max_age=max_age_s, path="/", secure=True, httponly=True, samesite="strict"
    )


def clear_session(response: Response) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(NAME, path="/", secure=True, httponly=True, samesite="strict")
