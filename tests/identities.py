"""Certificates for tests: an organisation's admin or client, self-signed, made once per kind."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chaincode.stub import Creator


@cache
def creator(msp_id: str, unit: str = "admin") -> Creator:
    """Return an identity of `msp_id` whose certificate has the organisational unit `unit`."""
    key = ec.generate_private_key(ec.SECP256R1())
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
        .sign(key, hashes.SHA256())
    )
    return Creator(
        msp_id=msp_id, certificate_pem=certificate.public_bytes(serialization.Encoding.PEM)
    )
