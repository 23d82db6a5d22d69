"""The page about the organisations behind the ledger: who they are, and how they stand."""

import time
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from gateway.http.readers import DatabaseDep
from gateway.lookups.organisations import together
from gateway.web.organisation_writer import OrganisationPart, OrganisationWriter
from gateway.web.own_contexts import Own
from gateway.web.recall_pages import VisitDep

router = APIRouter(include_in_schema=False)

PATH = "/organisations"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationsPage:
    """What the template is given; `own` is `None` for the public, `parts` empty before founding."""

    own: Own | None
    parts: tuple[OrganisationPart, ...]


@router.get(PATH)
async def show_organisations(visit: VisitDep, database: DatabaseDep) -> Response:
    """Show each organisation, whose offices are suspended and by whose votes, and new names."""
    found = await database.read(together, int(time.time()))
    writer = OrganisationWriter(found=found, language=visit.language) if found else None
    page = OrganisationsPage(
        own=await visit.own_if_any(PATH), parts=writer.parts() if writer else ()
    )
    return await visit.render("organisations.html", page)
