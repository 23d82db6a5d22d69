"""Sessions: a device proves itself by signing a challenge."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from chaincode.base import times
from gateway.api import schemas
from gateway.http import compression, cookies
from gateway.http.documented import responses
from gateway.http.errors import ProblemError
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep, RequiredReader
from gateway.lookups.people import find_device, find_founding
from gateway.sessions import SessionError
from gateway.sessions.proof import PROOF_CHARACTERS_MAX
from gateway.sessions.sessions import KnownDevice
from gateway.words.codes import GatewayCode

router = APIRouter(prefix="/sessions", tags=["sessions"])

_KID_EXAMPLE: Final = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
Kid = Annotated[
    str, Field(pattern="^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$", examples=[_KID_EXAMPLE])
]


class ChallengeRequest(BaseModel):
    """Whose challenge."""

    model_config = ConfigDict(extra="forbid")

    kid: Kid = Field(description="RFC 7638 thumbprint of the device's key.")


class SessionRequest(BaseModel):
    """A signed challenge."""

    model_config = ConfigDict(extra="forbid")

    jws: str = Field(
        max_length=PROOF_CHARACTERS_MAX,
        description="Compact JWS, typ `minori-session+jws`, over exactly"
        " {audience, challenge, kid, ledger} in canonical form.",
        examples=["eyJhbGciOiJFUzI1NiIsImtpZCI6…"],
    )


@router.post(
    "/challenge",
    operation_id="make_challenge",
    summary="A challenge to sign",
    response_model=schemas.ChallengeAnswer,
    responses=responses(403, 413, 415, 422, 503),
)
async def make_challenge(body: ChallengeRequest, gateway: GatewayDep) -> Any:  # noqa: ANN401
    """Return a challenge, for a key that is enrolled or not: nothing is kept of it.

    Sign as `audience` the origin at which you reach this gateway; it must be the one answered
    here, or you are talking to somebody in between.
    """
    made = gateway.sessions.challenge(body.kid)
    return {
        "challenge": made.text,
        "audience": gateway.settings.base_url,
        "expires_at": times.timestamp(made.expires_at),
    }


@router.post(
    "",
    operation_id="open_session",
    summary="Open a session by a signed challenge",
    status_code=201,
    response_model=schemas.SessionAnswer,
    responses=responses(400, 403, 409, 413, 415, 422, 503),
)
async def open_session(
    body: SessionRequest,
    gateway: GatewayDep,
    database: DatabaseDep,
    response: Response,
    _language: LanguageDep,
) -> Any:  # noqa: ANN401 - the model decides
    """Open a session for the device that signed; the sequence plays no part in it.

    A device that has lost its place signs a challenge, and then asks for its head.
    """
    founding = await database.read(find_founding)
    ledger = founding[0].ledger if founding else ""
    try:
        shown = gateway.sessions.read(body.jws, ledger=ledger)
        device = await database.read(find_device, shown.payload.kid)
        known = KnownDevice(jwk=device.jwk, is_revoked=device.is_revoked) if device else None
        opened = await gateway.sessions.start(shown, known)
    except SessionError as error:
        raise ProblemError(error.code, member=error.member) from None
    assert device is not None  # noqa: S101 - else no session was started
    compression.secret(response)
    cookies.set_session(response, opened.token, max_age_s=gateway.settings.sessions.lifetime_s)
    return {
        "token": opened.token,
        "token_type": "Bearer",
        "expires_at": times.timestamp(opened.expires_at),
        "kid": device.kid,
        "actor": device.actor,
        "party": device.party,
        "organisation": device.organisation,
        "roles": list(device.roles),
    }


@router.delete(
    "",
    operation_id="end_session",
    summary="End the session",
    status_code=204,
    responses=responses(401, 403, 422, 503),
)
async def end_session(gateway: GatewayDep, reader: RequiredReader, response: Response) -> None:
    """End the session whose token or cookie came along."""
    await gateway.sessions.end(reader.token)
    cookies.clear_session(response)


@router.post(
    "/links",
    operation_id="make_link",
    summary="A link that opens one's own pages in a browser, once",
    status_code=201,
    response_model=schemas.LinkAnswer,
    responses=responses(401, 403, 413, 415, 422, 503),
)
async def make_link(gateway: GatewayDep, reader: RequiredReader, response: Response) -> Any:  # noqa: ANN401
    """Return a link to the pages, signed in as this session's device, until this session ends.

    It works once, within two minutes, for whoever has it: give it to nobody.
    """
    try:
        made = await gateway.sessions.link(reader.token)
    except SessionError as error:
        raise ProblemError(error.code) from None
    compression.secret(response)
    return {
        "url": f"{gateway.settings.base_url}/enter?code={made.text}",
        "expires_at": times.timestamp(made.expires_at),
    }


devices = APIRouter(prefix="/devices", tags=["devices"])


@devices.get(
    "/{kid}/head",
    operation_id="read_head",
    summary="Where one's own device stands in its sequence",
    response_model=schemas.HeadAnswer,
    responses=responses(401, 403, 422, 503),
)
async def read_head(kid: Annotated[str, Field(max_length=64)], reader: RequiredReader) -> Any:  # noqa: ANN401
    """Return `seq` and `prev` of the device's next command, to that device alone.

    Commands of it that still wait in a gateway's queue are not counted.
    """
    device = reader.device
    if device.kid != kid:
        raise ProblemError(GatewayCode.NOT_YOUR_DEVICE)
    return {"kid": kid, "next": device.next, "prev": device.prev, "revoked": device.is_revoked}
