"""From a template and its context to a page: no scripts, one stylesheet for all of them.

The stylesheet's address holds its hash, so a browser asks for it once and keeps it for good. The
policy allows what this site itself serves, and nothing written inside a page.

What draws pages is imported with the first of them, so that a gateway begins to answer sooner.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from chaincode.registry.records import Constitution, Head
from gateway.settings import Settings
from gateway.web.contexts import Site
from gateway.web.words import word
from gateway.words.language import Language

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER: Final = Path(__file__).parent
STYLE: Final = (_FOLDER / "style.css").read_text(encoding="utf-8")
FAVICON: Final = (_FOLDER / "marks" / "sprout.svg").read_text(encoding="utf-8")
QR_CODES_MAX: Final = 1_024  # kept drawn

STYLE_DIGEST: Final = sha256(STYLE.encode()).hexdigest()[:20]
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)


def render(
    template: str,
    site: Site,
    context: object,
    *,
    status: int = 200,
    indexed: bool = False,
    private: bool = False,
) -> HTMLResponse:
    """Return a page.

    Args:
        template: File name below `templates/`.
        site: What every page has.
        context: What the template shows, as `page`.
        status: HTTP status.
        indexed: Whether search engines may list it; a lot's page is for whoever has the label.
        private: Whether it is for one reader, or lets somebody sign in or out.
    """

    def translate(name: str) -> str:
        return word(name, site.language)

    values: dict[str, Any] = {"site": site, "page": context, "w": translate}
    body = _templates().get_template(template).render(values)
    headers = {
        "Content-Security-Policy": PAGE_POLICY,
        "Content-Language": site.language,
        "Vary": "Accept-Language",
        "Cache-Control": "no-cache",
    }
    if private:
        headers["Cache-Control"] = "no-store"
        # With `no-referrer` a browser sends `Origin: null` with the page's own forms (Fetch
        # standard, "append a request Origin header"), which the guard can't tell from another's.
        headers["Referrer-Policy"] = "same-origin"
    if not indexed:
        headers["X-Robots-Tag"] = "noindex"
    return HTMLResponse(body, status_code=status, headers=headers)


def site_of(
    connection: HTTPConnection,
    settings: Settings,
    language: Language,
    founding: tuple[Head, Constitution] | None,
    *,
    kept: Mapping[str, str] | None = None,
) -> Site:
    """Return what every page has; `kept` of the query is for the same page in the other language.

    What the ledger was founded on is remembered, for pages that can't ask: an error's, foremost.
    """
    state = connection.app.state
    state.founding = founding = founding or getattr(state, "founding", None)
    town = state.gateway.catalogue.current.town
    given = settings.site.model_fields_set  # what an operator has set outweighs the catalogue
    office = settings.site.office_en if language == "en" else settings.site.office_ja
    if f"office_{language}" not in given:
        office = town.office.text(language) or office
    other = "ja" if language == "en" else "en"
    path = connection.scope["path"]
    return Site(
        language=language,
        other_language_url=f"{quote(path)}?{urlencode({**(kept or {}), 'lang': other})}",
        office=office,
        phone=settings.site.office_phone or town.phone,
        is_demo=founding is not None and founding[0].demo,
        town=founding[1].title if founding else "",
    )


def style_url(digest: str) -> str:
    """Return the stylesheet's path in a version of it."""
    return f"/style-{digest}.css"


@lru_cache(maxsize=QR_CODES_MAX)  # drawing one takes longer than all the rest of a page
def qr_code(url: str) -> Markup:
    """Return a QR code as inline SVG, with the quiet zone of ISO/IEC 18004 (4 modules)."""
    import segno  # noqa: PLC0415 - see above

    code = segno.make(url, error="q", micro=False)
    svg = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, dark="#1c1b17")
    return Markup(svg)  # noqa: S704 - drawn from a URL made of settings and a checked id


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - see above

    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style_url"] = style_url(STYLE_DIGEST)
    return environment
