"""What a device signs to open a session, read as strictly as a command.

A compact JWS whose header is exactly `{"alg":"ES256","kid":…,"typ":"minori-session+jws"}` and
whose payload is exactly `{"audience":…,"challenge":…,"kid":…,"ledger":…}`, both canonical. The
other `typ` keeps a command from ever passing for a proof, and a proof for a command. The audience
is where the device believes it is, so another gateway can't hand a challenge on.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from chaincode.base import canonical, shapes
from chaincode.base.envelope import Jwk, base64url_decode, is_signed
from chaincode.base.errors import Code, FaultError
from chaincode.base.shapes import Base64Url32, Sha256, Text
from chaincode.base.signed_texts import Kind
from gateway.sessions.challenge import CHARACTERS

TYP: Final = str(Kind.SESSION)
PROOF_CHARACTERS_MAX: Final = 2_048

Origin = Annotated[str, Text(r"https?://[A-Za-z0-9.:-]{1,255}", "https://minori.example")]
ChallengeText = Annotated[str, Text(f"[A-Za-z0-9_-]{{{CHARACTERS}}}", "A" * CHARACTERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofHeader:
    """The protected header."""

    alg: Annotated[str, Text("ES256", "ES256")]
    kid: Base64Url32
    typ: Annotated[str, Text(re.escape(TYP), TYP)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPayload:
    """What is signed."""

    audience: Origin
    challenge: ChallengeText
    kid: Base64Url32
    ledger: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof whose shape is right; nothing else about it is checked yet."""

    payload: ProofPayload
    signing_input: bytes
    signature: bytes

    def is_signed_by(self, jwk: Jwk) -> bool:
        """Whether that key signed it."""
        return is_signed(self.signing_input, self.signature, jwk)


def read(jws: str) -> Proof:
    """Read a proof.

    Raises:
        FaultError: A fault of shape, with the code that a command would get.
    """
    if len(jws) > PROOF_CHARACTERS_MAX:
        raise FaultError(Code.TOO_LARGE)
    segments = jws.split(".")
    if len(segments) != 3 or not jws.isascii():
        raise FaultError(Code.NOT_A_JWS)
    header, payload, signature = map(base64url_decode, segments)
    if len(signature) != 64:
        raise FaultError(Code.NOT_A_JWS)
    try:
        read_header = shapes.read(ProofHeader, _object(header))
    except FaultError as fault:
        raise FaultError(Code.BAD_HEADER, fault.member) from None
    read_payload = shapes.read(ProofPayload, _object(payload))
    if read_header.kid != read_payload.kid:
        raise FaultError(Code.BAD_HEADER, "kid")
    return Proof(
        payload=read_payload,
        signing_input=f"{segments[0]}.{segments[1]}".encode(),
        signature=signature,
    )


def _object(raw: bytes) -> dict[str, canonical.Json]:
    value = canonical.decode_canonical(raw)
    if not isinstance(value, dict):
        raise FaultError(Code.BAD_VALUE)
    return value
