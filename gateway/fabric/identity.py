"""Who signs: an organisation's member with an X.509 certificate, and its private key's signatures.

Fabric takes ES256 signatures in DER with the lower of the two possible `s` only
(fabric-lib-go `bccsp/sw/ecdsa.go`), so that nobody can make a second signature out of one.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from fabric_protos.msp import identities_pb2

from gateway.fabric.errors import IdentityError
from gateway.fabric.profile import KeyPair

Signer: TypeAlias = Callable[[bytes], bytes] | Callable[[bytes], Awaitable[bytes]]
"""Returns the DER signature over the SHA-256 of the given message: at once, or when awaited.

One that is awaited runs in the event loop; any other runs in a thread, as it may wait for a card
or for another machine, and must bear to be called from several threads at a time.
"""

# Order of the curve P-256. Source: SEC 2 version 2.0, section 2.4.2.
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A member of an organisation.

    Attributes:
        msp_id: The organisation.
        certificate_pem: Its X.509 certificate, one PEM block.
        expires_at: When peers begin to refuse the certificate (aware, UTC).
        creator: The identity as Fabric writes it into every signed message.
    """

    msp_id: str
    certificate_pem: bytes
    expires_at: datetime = field(init=False)
    creator: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate_pem)
        except ValueError as error:
            raise IdentityError(f"no certificate of {self.msp_id}: {error}") from error
        serialized = identities_pb2.SerializedIdentity(
            mspid=self.msp_id,
            id_bytes=certificate.public_bytes(serialization.Encoding.PEM),
        )
        object.__setattr__(self, "expires_at", certificate.not_valid_after_utc)
        object.__setattr__(self, "creator", serialized.SerializeToString())

    @classmethod
    def load(cls, msp_id: str, pair: KeyPair) -> tuple[Self, Signer]:
        """Read a certificate and the key that belongs to it.

        Raises:
            IdentityError: A file holds something else, or the key belongs to another certificate.
            OSError: A file cannot be read.
        """
        identity = cls(msp_id=msp_id, certificate_pem=pair.certificate.read_bytes())
        key = _load_key(pair.key)
        certificate = x509.load_pem_x509_certificate(identity.certificate_pem)
        if certificate.public_key() != key.public_key():
            raise IdentityError(f"{pair.key} is not the key of {pair.certificate}")
        return identity, ecdsa_signer(key)

    def check_not_expired(self) -> None:
        """Refuse to go on with an expired certificate.

        A peer answers one as if it were broken itself, and drops its connections to other peers
        meanwhile (fabric `internal/pkg/gateway/apiutils.go`, responseStatus), to the harm of all.

        Raises:
            IdentityError: The certificate has expired.
        """
        if datetime.now(UTC) >= self.expires_at:
            raise IdentityError(
                f"the certificate of {self.msp_id} expired at {self.expires_at.isoformat()}"
            )


class EcdsaSigner:
    """Signs with a P-256 key in this process's memory."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(key.curve, ec.SECP256R1):
            raise IdentityError(f"keys are on the curve P-256, not {key.curve.name}")
        self._key = key

    def __call__(self, message: bytes) -> bytes:
        """Return the signature."""
        return lower_s(self._key.sign(message, ec.ECDSA(hashes.SHA256())))


def ecdsa_signer(key: ec.EllipticCurvePrivateKey) -> EcdsaSigner:
    """Return a signer with a P-256 key.

    Raises:
        IdentityError: The key is on another curve.
    """
    return EcdsaSigner(key)


async def sign(signer: Signer, message: bytes) -> bytes:
    """Return the signer's signature; whatever else runs in the event loop goes on meanwhile."""
    # A key in memory signs in 0.03 ms, which is less than a thread costs.
    is_of_loop = isinstance(signer, EcdsaSigner) or _is_async(signer)
    made: bytes | Awaitable[bytes] = (
        signer(message) if is_of_loop else await asyncio.to_thread(signer, message)
    )
    return made if isinstance(made, bytes) else await made


def _is_async(signer: Signer) -> bool:
    return inspect.iscoroutinefunction(signer) or inspect.iscoroutinefunction(
        getattr(signer, "__call__", None)  # noqa: B004 - of an object that is called
    )


def lower_s(signature: bytes) -> bytes:
    """Return the P-256 signature (DER) with `s` at most half the curve's order."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise IdentityError(f"{path} holds no readable private key: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IdentityError(f"{path} holds no key on an elliptic curve")
    return key
