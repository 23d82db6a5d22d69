"""Members of organisations: self-signed certificates with their keys, made once per name."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.fabric import Identity, KeyPair, Signer, ecdsa_signer

OWN = "CoopMSP"
FOREIGN = "ShopsMSP"
TLS_NAME = "peer0.coop.minori.test"


@cache
def key_and_certificate(
    name: str, *, days_left: int = 365
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1000))
        .not_valid_after(now + timedelta(days=days_left))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def member(msp_id: str = OWN, *, days_left: int = 365) -> tuple[Identity, Signer]:
    key, certificate = key_and_certificate(f"client@{msp_id}", days_left=days_left)
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    return Identity(msp_id=msp_id, certificate_pem=pem), ecdsa_signer(key)


def tls_pair(folder: Path, name: str = TLS_NAME) -> KeyPair:
    """Write a server's key and its certificate, which is its own root."""
    key, certificate = key_and_certificate(name)
    pair = KeyPair(certificate=folder / "tls.pem", key=folder / "tls.key")
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(key_pem(key))
    return pair


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
