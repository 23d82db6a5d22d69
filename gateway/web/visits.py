"""A visit: who looks at a page that knows its readers, in which language, and what is around it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from chaincode.base import shapes
from chaincode.recalls.records import RECALL_OFFICER
from chaincode.registry.records import Grant
from gateway.answers.visibility import Viewer
from gateway.http.gateway import Gateway
from gateway.http.readers import Reader, viewer_of
from gateway.lookups import awaited
from gateway.lookups.keys import enrolments_of
from gateway.lookups.organisations import together
from gateway.lookups.people import Founding, find_founding
from gateway.typed import TownClock
from gateway.web import dates, rendering
from gateway.web.contexts import When
from gateway.web.grids import Grids
from gateway.web.organisation_writer import OrganisationWriter
from gateway.web.own_contexts import Link, Own
from gateway.web.words import word
from gateway.words import Text, keeping
from gateway.words.language import Language

COUNTED_MAX: Final = 99  # of what waits for a signature
LISTS: Final = ("stock", "lot-book", "consignments", "shipments", "disputes", "flags", "mandates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request for a page, by a session or by nobody."""

    request: Request
    gateway: Gateway
    reader: Reader | None
    language: Language

    @property
    def viewer(self) -> Viewer:
        """Who is looking, for `visibility`."""
        return viewer_of(self.reader)

    @property
    def party(self) -> str:
        """The reader's party; only where a session was asked for."""
        assert self.reader is not None  # noqa: S101 - as said
        return self.reader.party

    async def founding(self) -> Founding | None:
        """Return what the ledger was founded on."""
        return await self.gateway.projection.database.read(find_founding)

    async def utc_offset_minutes(self) -> int:
        """Return how far the town's clocks are ahead of UTC."""
        founding = await self.founding()
        return founding[0].utc_offset_minutes if founding else 0

    async def town_clock(self) -> TownClock:
        """Return the town's clock, as it stands now."""
        offset = await self.utc_offset_minutes()
        return TownClock(utc_offset_minutes=offset, now=int(time.time()))

    async def grids(self) -> Grids:
        """Return who writes tables for this reader."""
        offset = await self.utc_offset_minutes()

        def when(seconds: int) -> When:
            return dates.when(seconds, utc_offset_minutes=offset, language=self.language)

        return Grids(language=self.language, when=when)

    async def own_if_any(self, here: str) -> Own | None:
        """Return `own`, on a page for everyone: of nobody there is nothing to say."""
        return await self.own(here) if self.reader else None

    async def own(self, here: str) -> Own:
        """Return what stands above a page of one's own, the page `here` among the lists.

        Beside the page of what waits for the reader's signature, how much does.
        """
        assert self.reader is not None  # noqa: S101 - as `party`
        device = self.reader.device
        waiting = await self.gateway.projection.database.read(
            awaited.count_for_reader,
            device,
            self.reader.roles,
            now=int(time.time()),
            limit=COUNTED_MAX + 1,
        )
        key = await self.gateway.projection.database.read(self._key)
        notice = await self.gateway.projection.database.read(self._notice)
        paths = {f"/own/{name}": name for name in LISTS} | {"/recalls": "recalls"}
        paths |= {"/own/agreements": "agreements", "/waiting": "waiting"}
        if RECALL_OFFICER in self.viewer.roles:
            paths["/recalls/preview"] = "preview"
        return Own(
            name=self.gateway.names.party(device.party, self.language) or device.party,
            actor=device.actor,
            key=key.say(self.language),
            nav=tuple(
                Link(
                    text=self._nav(name, waiting),
                    url=f"{path}?lang={self.language}",
                    is_here=path == here,
                )
                for path, name in paths.items()
            ),
            notice=notice,
        )

    def _key(self, connection: Connection) -> Text:
        """Return how the reader's key is kept."""
        assert self.reader is not None  # noqa: S101 - as `party`
        device = self.reader.device
        enrolment = enrolments_of(connection, [device.actor]).get(device.kid)
        return keeping.said(device.kept, is_further=enrolment is not None and enrolment.is_further)

    def _notice(self, connection: Connection) -> str:
        """Return what the reader is told of a suspension of the own organisation's offices."""
        assert self.reader is not None  # noqa: S101 - as `party`
        found, device = together(connection, int(time.time())), self.reader.device
        if found is None:
            return ""
        grants = (shapes.read(Grant, one) for one in device.roles)
        held = {one.role for one in grants if one.is_valid_on(found.today)}
        return OrganisationWriter(found=found, language=self.language).own(
            device.organisation, held
        )

    def _nav(self, name: str, waiting: int) -> str:
        """Return what a page is called in the row of links."""
        if name != "waiting" or not waiting:
            return word(f"nav_{name}", self.language)
        count = f"{COUNTED_MAX}+" if waiting > COUNTED_MAX else str(waiting)
        return word("nav_waiting_some", self.language).format(count)

    async def render(
        self,
        template: str,
        page: object,
        *,
        kept: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        """Return a page; `kept` of the query goes along into the other language."""
        founding = await self.founding()
        site = rendering.site_of(
            self.request, self.gateway.settings, self.language, founding, kept=kept
        )
        is_private = self.reader is not None
        return rendering.render(
            template, site, page, status=status, private=is_private, indexed=False
        )
