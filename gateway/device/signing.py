"""A device's key and the commands it signs: what a phone does, for the command line and tests.

    device = Device.create(ledger=ledger, actor=actor)
    wire = device.sign("lot.sell", {"lot": lot, "party": party}, closed={"quantity_g": 300})

The gateway itself never signs for a user.
"""

import secrets
import time as clock
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from chaincode.base import canonical, times
from chaincode.base.canonical import Json
from chaincode.base.derived_ids import derive_id
from chaincode.base.envelope import FIRST_PREVIOUS, TYP, Jwk
from chaincode.registry.people import enrolment_message

FILE = "file"  # how each key of this module is kept, as its device's record says
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_pseudonym() -> str:
    """Return a random id for a party, an actor or a plot."""
    first = secrets.choice(_CROCKFORD[10:])  # a letter
    return first + "".join(secrets.choice(_CROCKFORD) for _ in range(11))


def new_nonce() -> str:
    """Return 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def base64url(raw: bytes) -> str:
    """Return unpadded base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def sign_es256(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return the 64 bytes r ‖ s (RFC 7518 section 3.4)."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def public_jwk(key: ec.EllipticCurvePrivateKey) -> Jwk:
    """Return the public key as the contract reads it."""
    numbers = key.public_key().public_numbers()
    return Jwk(
        crv="P-256",
        kty="EC",
        x=base64url(numbers.x.to_bytes(32, "big")),
        y=base64url(numbers.y.to_bytes(32, "big")),
    )


def jws(key: ec.EllipticCurvePrivateKey, payload: dict[str, Json], typ: str = TYP) -> str:
    """Return a compact JWS over the canonical form of `payload`."""
    header = canonical.encode({"alg": "ES256", "kid": public_jwk(key).thumbprint, "typ": typ})
    signing_input = f"{base64url(header)}.{base64url(canonical.encode(payload))}"
    return f"{signing_input}.{base64url(sign_es256(key, signing_input.encode()))}"


@dataclass(slots=True, kw_only=True)
class Device:
    """A signing key, its holder, and where its sequence stands.

    Attributes:
        ledger: Id of the ledger it signs for.
        actor: Its holder's pseudonym.
        seq: The number its next command gets.
        prev: Id of its last command.
    """

    key: ec.EllipticCurvePrivateKey
    ledger: str
    actor: str
    seq: int = 1
    prev: str = FIRST_PREVIOUS
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        self.kid = public_jwk(self.key).thumbprint

    @classmethod
    def create(cls, *, ledger: str, actor: str) -> Self:
        """Return a device with a fresh key."""
        return cls(key=ec.generate_private_key(ec.SECP256R1()), ledger=ledger, actor=actor)

    @property
    def jwk(self) -> Jwk:
        """The public key."""
        return public_jwk(self.key)

    def to_pem(self) -> bytes:
        """Return the private key in PKCS #8, unencrypted: for files of mode 0600."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def payload(
        self,
        type_name: str,
        body: dict[str, Json],
        *,
        closed_hash: str | None = None,
        at: int | None = None,
        event_time: int | None = None,
        on_behalf: str | None = None,
        operator: str | None = None,
        expires: int | None = None,
        nonce: str | None = None,
    ) -> dict[str, Json]:
        """Return the next payload, unsigned, and leave the sequence as it is.

        Args:
            type_name: `noun.verb`.
            body: The open part.
            closed_hash: SHA-256 of the canonical closed part.
            at: When it is signed, seconds since 1970; by default now.
            event_time: When it happened; by default when it is signed.
            on_behalf: For whom.
            operator: Who stood at a shared device.
            expires: Ledger time from which it is refused.
            nonce: That of an entry which another key signed before; by default drawn.
        """
        signed_at = int(clock.time()) if at is None else at
        payload: dict[str, Json] = {
            "v": 1,
            "ledger": self.ledger,
            "kid": self.kid,
            "seq": self.seq,
            "prev": self.prev,
            "actor": self.actor,
            "type": type_name,
            "event_time": times.timestamp(signed_at if event_time is None else event_time),
            "signed_at": times.timestamp(signed_at),
            "nonce": nonce or new_nonce(),
            "body": body,
        }
        if on_behalf is not None:
            payload["on_behalf"] = on_behalf
        if operator is not None:
            payload["operator"] = operator
        if expires is not None:
            payload["expires"] = times.timestamp(expires)
        if closed_hash is not None:
            payload["closed"] = closed_hash
        return payload

    def sign(
        self,
        type_name: str,
        body: dict[str, Json],
        *,
        closed: dict[str, Json] | None = None,
        at: int | None = None,
        event_time: int | None = None,
        on_behalf: str | None = None,
        operator: str | None = None,
        expires: int | None = None,
        nonce: str | None = None,
    ) -> bytes:
        """Sign the next command and advance the sequence; a missing salt is drawn.

        Returns:
            The command as it travels: the JWS, and `~` and the closed part if there is one.
        """
        suffix, closed_hash = "", None
        if closed is not None:
            raw = canonical.encode({"salt": new_nonce(), **closed})
            suffix, closed_hash = "~" + base64url(raw), canonical.digest(raw)
        payload = self.payload(
            type_name,
            body,
            closed_hash=closed_hash,
            at=at,
            event_time=event_time,
            on_behalf=on_behalf,
            operator=operator,
            expires=expires,
            nonce=nonce,
        )
        self.seq += 1
        self.prev = canonical.digest(canonical.encode(payload))
        return (jws(self.key, payload) + suffix).encode("ascii")

    def prove_enrolment(self, nonce: str, *, kept: str = FILE) -> str:
        """Return the `proof` of `key.enrol` for this device, and for how its key is kept."""
        message = enrolment_message(ledger=self.ledger, actor=self.actor, nonce=nonce, kept=kept)
        return base64url(sign_es256(self.key, message))

    def name_record(self, party: str, *, nonce: str | None = None, index: int = 0) -> "RecordName":
        """Return a new lot or shipment id of the party, with what proves it derived."""
        drawn = nonce or new_nonce()
        derived = derive_id(ledger=self.ledger, party=party, nonce=drawn, index=index)
        return RecordName(id=derived, nonce=drawn, index=index)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordName:
    """An id that exists before any transaction does, so that a label can be printed with it."""

    id: str
    nonce: str
    index: int
