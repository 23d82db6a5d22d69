"""The OpenAPI document: FastAPI's, with every error as problem+json."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import compile_path

from gateway.http.errors import MEDIA_TYPE

DESCRIPTION: Final = """\
Everything that changes the ledger is a command, signed on the device of whoever gives it; this API
carries commands to the ledger and reads back what is on record.

* A command is `202` while it waits and `200` once its answer is final. Only `accepted` and
  `rejected` are on the ledger. Sending the same command again is always safe: it is taken once.
* Reading with a session shows what concerns one's own party; without one, what everyone may see.
* `Minori-Min-Block: N` makes an answer show at least block N; `Minori-Block` says how far it does.
* Every error is `application/problem+json` in the language of `Accept-Language`, Japanese or
  English, with a stable `code`; `/problems/{code}` explains it.
"""

TAGS: Final = [
    {"name": "commands", "description": "Send commands, and ask what became of them."},
    {"name": "sessions", "description": "Prove which device is asking, by a signed challenge."},
    {"name": "devices", "description": "Where one's own device stands in its sequence."},
    {"name": "lots", "description": "Lots, with one's own share of them."},
    {"name": "shipments", "description": "One's own shipments."},
    {"name": "recalls", "description": "Recalls, and for recall officers how far one reaches."},
    {"name": "flags", "description": "What is not plausible, and may well be true."},
    {"name": "about", "description": "The ledger and its types of command."},
    {"name": "operation", "description": "For whoever runs this gateway."},
]


def document(app: FastAPI) -> dict[str, Any]:
    """Return the document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
        )
        for path in made["paths"].values():
            for operation in path.values():
                _describe_errors(operation["responses"])
        app.openapi_schema = made
    return app.openapi_schema


def allowed_methods(app: FastAPI, path: str) -> str:
    """Return what the header `Allow` says of a path (RFC 9110 section 10.2.1); empty if unknown.

    FastAPI itself names only the methods of the first route that has the path.
    """
    paths = document(app)["paths"]
    # A path that is spelled out outweighs one with a part that could be anything.
    for template in sorted(paths, key=lambda one: one != path):
        if compile_path(template)[0].match(path):
            methods = {method.upper() for method in paths[template]}
            return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    return ""


def _describe_errors(responses: dict[str, Any]) -> None:
    """Put each error's schema under its own media type, where FastAPI knows only JSON's."""
    for status, response in responses.items():
        if int(status) < 400:
            continue
        content = response["content"]
        content[MEDIA_TYPE]["schema"] = content.pop("application/json")["schema"]
