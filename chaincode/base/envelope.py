"""The signed envelope of a command: what its bytes alone show.

On the wire: a compact JWS (RFC 7515), and, for a command with a closed part, `~` and the base64url
of that part. The header is exactly `{"alg":"ES256","kid":…,"typ":"minori-command+jws"}` and the
payload exactly the members of `Payload`, both in canonical form. The command's id is the SHA-256
of the payload, never of the signature, so a second signature makes no second command.
"""

import re
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from chaincode.base import canonical, shapes, times
from chaincode.base.canonical import Json
from chaincode.base.errors import Code, FaultError
from chaincode.base.shapes import (
    AnyObject,
    Base64Url32,
    Bits128,
    Integer,
    PseudonymId,
    SequenceNumber,
    Sha256,
    Text,
    Timestamp,
    TypeName,
)
from chaincode.base.signed_texts import Kind

COMMAND_BYTES_MAX = 16_384
FIRST_PREVIOUS = "0" * 64  # `prev` of a device's first command
TYP = str(Kind.COMMAND)

# Of P-256: the prime of its field, and the order of its group. Source: SP 800-186 section 3.2.1.3.
_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_SEGMENT = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwk:
    """A P-256 public key. Source: RFC 7517, RFC 7518 section 6.2."""

    crv: Annotated[str, Text("P-256", "P-256")]
    kty: Annotated[str, Text("EC", "EC")]
    x: Base64Url32
    y: Base64Url32

    @property
    def thumbprint(self) -> str:
        """The RFC 7638 thumbprint: base64url of the SHA-256 of the canonical members."""
        return _base64url(bytes.fromhex(canonical.digest(canonical.encode(shapes.write(self)))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The protected header."""

    alg: Annotated[str, Text("ES256", "ES256")]
    kid: Base64Url32
    typ: Annotated[str, Text(re.escape(TYP), TYP)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What is signed.

    Attributes:
        v: Version of this layout.
        ledger: SHA-256 of the founding constitution.
        kid: Thumbprint of the device's key.
        seq: Running number of this device's commands, from 1.
        prev: Id of this device's command before, `FIRST_PREVIOUS` for the first.
        actor: Who holds the device.
        on_behalf: The actor for whom the command is given, under a mandate.
        operator: Who stood at a shared device, as the device says; nobody checks it.
        type: What the command does; decides the shape of `body` and of the closed part.
        event_time: When it happened.
        signed_at: When it was signed, by the device's clock.
        expires: Ledger time from which the command is refused.
        nonce: Drawn when the entry is drafted, so that nobody can compute the command's id from
            what the public knows; kept when another key signs the same entry again.
        body: The open part.
        closed: SHA-256 of the closed part.
    """

    v: Annotated[int, Integer(1, 1)]
    ledger: Sha256
    kid: Base64Url32
    seq: SequenceNumber
    prev: Sha256
    actor: PseudonymId
    on_behalf: PseudonymId | None
    operator: PseudonymId | None
    type: TypeName
    event_time: Timestamp
    signed_at: Timestamp
    expires: Timestamp | None
    nonce: Bits128
    body: AnyObject
    closed: Sha256 | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command whose envelope is well formed. Times are seconds since 1970."""

    id: str
    ledger: str
    kid: str
    seq: int
    prev: str
    actor: str
    on_behalf: str | None
    operator: str | None
    type: str
    event_time: int
    signed_at: int
    expires: int | None
    nonce: str
    body: dict[str, Json]
    closed_hash: str | None
    closed: dict[str, Json] | None
    wire: bytes
    signing_input: bytes
    signature: bytes


def parse(wire: bytes) -> Command:
    """Read a command from the wire.

    Raises:
        FaultError: From `TOO_LARGE` to `CLOSED_PART_MISMATCH`; what the type demands of body and
            closed part is checked by `chaincode.reading`.
    """
    if len(wire) > COMMAND_BYTES_MAX:
        raise FaultError(Code.TOO_LARGE)
    try:
        jws, tilde, closed_text = wire.decode("ascii").partition("~")
    except UnicodeDecodeError:
        raise FaultError(Code.NOT_A_JWS) from None
    header_text, *rest = jws.split(".")
    if len(rest) != 2:
        raise FaultError(Code.NOT_A_JWS)
    payload_text, signature_text = rest
    header_bytes, payload_bytes, signature = map(
        _base64url_decode, (header_text, payload_text, signature_text)
    )
    if len(signature) != 64:
        raise FaultError(Code.NOT_A_JWS)
    header = _read_header(header_bytes)
    payload = _read_payload(payload_bytes)
    if payload.kid != header.kid:
        raise FaultError(Code.BAD_HEADER, "kid")
    closed = _read_closed(closed_text, payload.closed) if tilde else None
    return Command(
        id=canonical.digest(payload_bytes),
        ledger=payload.ledger,
        kid=payload.kid,
        seq=payload.seq,
        prev=payload.prev,
        actor=payload.actor,
        on_behalf=payload.on_behalf,
        operator=payload.operator,
        type=payload.type,
        event_time=times.seconds(payload.event_time),
        signed_at=times.seconds(payload.signed_at),
        expires=times.seconds(payload.expires) if payload.expires else None,
        nonce=payload.nonce,
        body=payload.body,
        closed_hash=payload.closed,
        closed=closed,
        wire=wire,
        signing_input=f"{header_text}.{payload_text}".encode(),
        signature=signature,
    )


def id_of(wire: bytes) -> str:
    """Return the id of what can't be read as a command.

    It is the command's own where its payload can be told apart, else the SHA-256 of all its bytes.
    """
    if len(wire) <= COMMAND_BYTES_MAX and wire.isascii():
        segments = wire.decode("ascii").partition("~")[0].split(".")
        if len(segments) == 3:
            try:
                return canonical.digest(_base64url_decode(segments[1]))
            except FaultError:
                pass
    return canonical.digest(wire)


def verify(command: Command, jwk: Jwk) -> None:
    """Check the signature (ES256, RFC 7518 section 3.4).

    Raises:
        FaultError: `BAD_SIGNATURE`, also for a key that is no point of the curve.
    """
    if not is_signed(command.signing_input, command.signature, jwk):
        raise FaultError(Code.BAD_SIGNATURE)


def is_signed(message: bytes, signature: bytes, jwk: Jwk) -> bool:
    """Whether the 64 bytes r ‖ s of `signature` over `message` verify with `jwk`.

    Ranges are looked at here (FIPS 186-5 section 6.4.2, SEC 1 section 3.2.2), so that endorsers
    with different libraries agree about every value.
    """
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        return False
    try:
        _public_key(jwk).verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def base64url_decode(text: str) -> bytes:
    """Return the bytes of unpadded base64url; any other spelling is `NOT_A_JWS`."""
    return _base64url_decode(text)


@lru_cache(maxsize=16_384)
def _public_key(jwk: Jwk) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(_base64url_decode(part), "big") for part in (jwk.x, jwk.y))
    if not (x < _FIELD and y < _FIELD):
        raise ValueError("a coordinate beyond the field")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


@lru_cache(maxsize=16_384)  # one for each device, in every command of it
def _read_header(raw: bytes) -> Header:
    try:
        value = canonical.decode_canonical(raw)
    except FaultError as fault:
        raise FaultError(Code.BAD_HEADER, fault.code) from None
    if not isinstance(value, dict):
        raise FaultError(Code.BAD_HEADER)
    if value.get("alg") != "ES256":
        raise FaultError(Code.BAD_ALGORITHM)
    try:
        return shapes.read(Header, value, "header")
    except FaultError as fault:
        raise FaultError(Code.BAD_HEADER, fault.member) from None


def _read_payload(raw: bytes) -> Payload:
    value = canonical.decode_canonical(raw)
    if not isinstance(value, dict):
        raise FaultError(Code.BAD_VALUE)
    return shapes.read(Payload, value)


def _read_closed(text: str, expected: str | None) -> dict[str, Json]:
    if expected is None:
        raise FaultError(Code.CLOSED_PART_UNEXPECTED)
    raw = _base64url_decode(text)
    value = canonical.decode_canonical(raw)
    if not isinstance(value, dict):
        raise FaultError(Code.BAD_VALUE, "closed")
    if canonical.digest(raw) != expected:
        raise FaultError(Code.CLOSED_PART_MISMATCH)
    return value


def _base64url_decode(text: str) -> bytes:
    if not _SEGMENT.fullmatch(text) or len(text) % 4 == 1:
        raise FaultError(Code.NOT_A_JWS)
    raw = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_")
    if _base64url(raw) != text:  # the unused bits of the last character must be zero
        raise FaultError(Code.NOT_A_JWS)
    return raw


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
