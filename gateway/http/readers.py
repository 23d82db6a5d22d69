"""Who is asking, and how fresh the answer must be: what routes depend on."""

import re
import time
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Query, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from chaincode.base.canonical import INTEGER_MAX
from chaincode.recalls.records import RECALL_OFFICER
from chaincode.registry.records import REGISTRAR
from gateway.answers.visibility import NOBODY, Viewer
from gateway.http import cookies
from gateway.http.error_answers import language_of
from gateway.http.errors import ProblemError
from gateway.http.gateway import Gateway
from gateway.lookups.people import DeviceRecord, Roles, find_reader
from gateway.storage.database import Database
from gateway.words.codes import GatewayCode
from gateway.words.language import Language

BLOCK: Final = "Minori-Block"
RETRY_AFTER_S: Final = 1
# Another organisation's peer, whose block was named, may be ahead of ours by some, not by more.
BLOCKS_AHEAD_MAX: Final = 1_000

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)
_bearer: Final = HTTPBearer(
    scheme_name="bearer", description="The token of POST /api/sessions.", auto_error=False
)
_cookie: Final = APIKeyCookie(
    name=cookies.NAME, scheme_name="cookie", description="The same, in a browser.", auto_error=False
)


@dataclass(frozen=True, slots=True)
class Reader:
    """An open session: its device as the ledger knows it now, and its holder's roles today."""

    device: DeviceRecord
    token: str
    roles: Roles = frozenset()

    @property
    def party(self) -> str:
        """The business or household that the reader belongs to."""
        return self.device.party

    @property
    def viewer(self) -> Viewer:
        """Who is looking, for `visibility`."""
        return Viewer(party=self.party, roles=self.roles)


def viewer_of(reader: Reader | None) -> Viewer:
    """Return who is looking, with a session or without."""
    return NOBODY if reader is None else reader.viewer


# Asynchronous although they wait for nothing: FastAPI would run them in threads, which costs a
# tenth of a request.
async def gateway_of(request: Request) -> Gateway:
    """Return the gateway behind the application."""
    gateway: Gateway = request.app.state.gateway
    return gateway


GatewayDep = Annotated[Gateway, Depends(gateway_of)]


async def _language(request: Request, response: Response) -> Language:
    language = language_of(request)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language"
    return language


LanguageDep = Annotated[Language, Depends(_language)]

Block = Annotated[int, Query(ge=0, le=INTEGER_MAX)]


async def wait_for_block(gateway: Gateway, block: int | None) -> int:
    """Wait until the tables show a block, and return the latest that they show (-1: none).

    Raises:
        ProblemError: `NOT_THERE_YET`; at once `BLOCK_TOO_FAR`, when no waiting would help.
    """
    if block is not None:
        if await _is_too_far(gateway, block):
            raise ProblemError(GatewayCode.BLOCK_TOO_FAR)
        is_there = await gateway.follower.wait_for_height(
            block + 1, timeout_s=gateway.settings.limits.read_wait_s
        )
        if not is_there:
            raise ProblemError(GatewayCode.NOT_THERE_YET, retry_after_s=RETRY_AFTER_S)
    return gateway.follower.height - 1


async def _is_too_far(gateway: Gateway, block: int) -> bool:
    """Whether a block is beyond what the ledger has by far; if it can't be asked, it is not."""
    if block < gateway.follower.height + BLOCKS_AHEAD_MAX:
        return False  # the rule, and it costs nothing
    # While the tables are filled anew they are far behind: then only the ledger knows.
    height = await gateway.height.ask()
    return height is not None and block >= height + BLOCKS_AHEAD_MAX


async def _database(
    gateway: GatewayDep,
    response: Response,
    min_block: Annotated[Block | None, Query(description="As the header Minori-Min-Block.")] = None,
    minori_min_block: Annotated[
        int | None,
        Header(
            ge=0,
            le=INTEGER_MAX,
            description="Answer from at least this block, or say 503; for one far off, 422.",
        ),
    ] = None,
) -> Database:
    """Return the tables, once they are as fresh as was asked for."""
    asked = [block for block in (min_block, minori_min_block) if block is not None]
    shown = await wait_for_block(gateway, max(asked, default=None))
    if shown >= 0:
        response.headers[BLOCK] = str(shown)
    return gateway.projection.database


DatabaseDep = Annotated[Database, Depends(_database)]


async def _optional_reader(
    gateway: GatewayDep,
    database: DatabaseDep,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> Reader | None:
    token = bearer.credentials if bearer else cookie
    if token is None:
        return None
    reader = await _find_reader(gateway, database, token)
    if reader is None:
        raise ProblemError(GatewayCode.SESSION_ENDED)
    return reader


async def _find_reader(gateway: Gateway, database: Database, token: str) -> Reader | None:
    kid = await gateway.sessions.find(token) if _TOKEN.fullmatch(token) else None
    found = await database.read(find_reader, kid, int(time.time())) if kid else None
    if found is None or found[0].is_revoked:
        return None
    device, roles = found
    return Reader(device, token, roles)


async def _visitor(
    gateway: GatewayDep,
    database: DatabaseDep,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> Reader | None:
    """Return who is looking at a page for everyone: a session that has ended keeps nobody out."""
    token = bearer.credentials if bearer else cookie
    return None if token is None else await _find_reader(gateway, database, token)


OptionalReader = Annotated[Reader | None, Depends(_optional_reader)]
Visitor = Annotated[Reader | None, Depends(_visitor)]


async def _reader(reader: OptionalReader) -> Reader:
    if reader is None:
        raise ProblemError(GatewayCode.SESSION_REQUIRED)
    return reader


RequiredReader = Annotated[Reader, Depends(_reader)]


async def _officer(reader: RequiredReader) -> Reader:
    if RECALL_OFFICER not in reader.roles:
        raise ProblemError(GatewayCode.NOT_YOUR_OFFICE)
    return reader


RecallOfficer = Annotated[Reader, Depends(_officer)]


async def _registrar(reader: RequiredReader) -> Reader:
    if REGISTRAR not in reader.roles:
        raise ProblemError(GatewayCode.NOT_YOUR_OFFICE)
    return reader


Registrar = Annotated[Reader, Depends(_registrar)]
