"""Identities for tests: a member of an organisation, self-signed, the same bytes on every run."""

from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chaincode.base.stub import Creator

UNITS = ("admin", "client", "peer", "orderer")
"""Fabric's organisational units (NodeOUs): what a certificate says its holder is."""


def seeded_key(seed: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key of a seed: for tests, where everyone may know it."""
    number = int.from_bytes(sha256(seed.encode()).digest(), "big") >> 1  # below the order of P-256
    return ec.derive_private_key(number, ec.SECP256R1())


@cache
def creator(msp_id: str, unit: str = "admin") -> Creator:
    """Return an identity of `msp_id` whose certificate has the organisational unit `unit`."""
    key = seeded_key(f"{unit}@{msp_id}")
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{unit}@{msp_id}"),
        ]
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return Creator(
        msp_id=msp_id, certificate_pem=certificate.public_bytes(serialization.Encoding.PEM)
    )
