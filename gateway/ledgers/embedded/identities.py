"""The X.509 identities of an embedded ledger: one certificate authority per organisation.

The first start makes them; they stay beside the ledger's file, like this:

    ledger.sqlite.identities/            0700
    └ <msp id>/                          0700
      ├ ca.pem       ca.key              the organisation's own root (files 0600)
      ├ admin.pem    admin.key           OU=admin: signs the bootstrap
      └ gateway.pem  gateway.key         OU=client: signs everything else

The contract looks at a transaction's creator in bootstraps alone, as it does on Fabric. Losing the
folder makes the ledger unusable (block 0 names the authorities): back it up together with the file.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chaincode.base.stub import Creator
from gateway.ledgers.embedded.errors import IdentityError
from gateway.ledgers.embedded.files import sync_folder, write_private

ADMIN: Final = "admin"
GATEWAY: Final = "gateway"
UNITS: Final[Mapping[str, str]] = {ADMIN: "admin", GATEWAY: "client"}  # name -> OU, as Fabric's

# Nobody renews a demo's certificates, and the gateway of an embedded ledger holds the CA anyway.
LIFETIME: Final = timedelta(days=365 * 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """One organisation's authority and its identities by name (`admin`, `gateway`)."""

    msp_id: str
    ca_pem: bytes
    creators: Mapping[str, Creator]


def fingerprint(certificate_pem: bytes) -> str:
    """Return SHA-256 of a certificate's PEM file as hexadecimal: its name in the blocks."""
    return sha256(certificate_pem).hexdigest()


def directory(ledger: Path) -> Path:
    """Return the folder of identities that belongs to a ledger's file."""
    return ledger.with_name(ledger.name + ".identities")


def create(folder: Path, *, msp_ids: Sequence[str], now_s: float) -> None:
    """Make every organisation's authority and identities, all or nothing.

    The folder appears by one rename, so a crash leaves either none of it or all of it.
    """
    draft = folder.with_name(folder.name + ".draft")
    if draft.exists():  # left by a crash; nothing was signed with it
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    for msp_id in msp_ids:
        _create_organisation(draft / msp_id, msp_id=msp_id, now_s=now_s)
    sync_folder(draft)
    draft.rename(folder)
    sync_folder(folder.parent)


def load(folder: Path) -> dict[str, Organisation]:
    """Return the organisations in a folder by MSP id, each identity checked.

    Raises:
        IdentityError: A file is missing or malformed, a key is not its certificate's, or a
            certificate is not its authority's.
    """
    if not folder.is_dir():
        raise IdentityError(f"the folder of identities {folder} is missing: restore it")
    return {entry.name: _load_organisation(entry) for entry in sorted(folder.iterdir())}


def check_issued(certificate_pem: bytes, *, ca_pem: bytes, msp_id: str) -> None:
    """Check that an authority has issued a certificate.

    Raises:
        IdentityError: It has not, or one of the two can't be read.
    """
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(ca_pem))
    except (ValueError, TypeError, InvalidSignature) as error:
        raise IdentityError(f"a certificate of {msp_id} is not its authority's") from error


def _load_organisation(folder: Path) -> Organisation:
    try:
        ca_pem = (folder / "ca.pem").read_bytes()
        creators = {
            name: Creator(msp_id=folder.name, certificate_pem=_load_identity(folder, name))
            for name in UNITS
        }
    except OSError as error:
        raise IdentityError(f"an identity's file can't be read: {error}") from error
    for creator in creators.values():
        check_issued(creator.certificate_pem, ca_pem=ca_pem, msp_id=folder.name)
    return Organisation(msp_id=folder.name, ca_pem=ca_pem, creators=creators)


def _load_identity(folder: Path, name: str) -> bytes:
    """Return an identity's certificate, once its private key has shown that it is ours to use."""
    certificate_pem = (folder / f"{name}.pem").read_bytes()
    key_pem = (folder / f"{name}.key").read_bytes()
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        key = serialization.load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError) as error:
        raise IdentityError(f"{folder.name}'s {name} is not PEM") from error
    if certificate.public_key() != key.public_key():
        raise IdentityError(f"the key of {folder.name}'s {name} is not its certificate's")
    return certificate_pem


def _create_organisation(folder: Path, *, msp_id: str, now_s: float) -> None:
    folder.mkdir(mode=0o700)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate(
        msp_id=msp_id, name=f"ca.{msp_id}", unit=None, key=authority_key, now_s=now_s, issuer=None
    )
    _write_pair(folder, "ca", certificate=authority, key=authority_key)
    for name, unit in UNITS.items():
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(
            msp_id=msp_id,
            name=name,
            unit=unit,
            key=key,
            now_s=now_s,
            issuer=(authority, authority_key),
        )
        _write_pair(folder, name, certificate=certificate, key=key)
    sync_folder(folder)


def _certificate(
    *,
    msp_id: str,
    name: str,
    unit: str | None,
    key: ec.EllipticCurvePrivateKey,
    now_s: float,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
) -> x509.Certificate:
    """Return a certificate; without `issuer`, the root that signs itself."""
    attributes = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, msp_id),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ]
    if unit is not None:
        attributes.insert(1, x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    subject = x509.Name(attributes)
    issuer_name, issuer_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    start = datetime.fromtimestamp(int(now_s), tz=UTC)
    is_root = issuer is None
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFETIME)
        .add_extension(
            x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True
        )
        .add_extension(_key_usage(is_root=is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def _key_usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        key_cert_sign=is_root,
        crl_sign=is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_pair(
    folder: Path, name: str, *, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> None:
    write_private(folder / f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM))
    write_private(
        folder / f"{name}.key",
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
