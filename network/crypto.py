"""Certificate authorities, identities and TLS material, in the folders that Fabric reads.

Each organisation has two authorities of its own: one for identities (its MSP), one for TLS. What an
identity may do is its organisational unit, `client`, `peer`, `admin` or `orderer` (Fabric's
NodeOUs). An MSP folder is what Fabric calls a local MSP (fabric `docs/source/membership`).

    organisations/<name>/
      msp/                       what the channel knows of the organisation
      ca/ tlsca/                 the authorities: cert.pem, key.pem
      peer/ orderer/ admin/ gateway/   one identity each: msp/, tls/{cert,key}.pem
      chaincode/tls              the chaincode server's certificate
      chaincode-client/tls       what the peer shows to the chaincode server
"""

import datetime as dt
import ipaddress
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from network.topology import HOST, ORGANISATIONS, Organisation, Topology

VALID_YEARS_CA = 20
VALID_YEARS_LEAF = 10
OUS = ("client", "peer", "admin", "orderer")

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Source: SEC 2, version 2.0, section 2.4.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority: its certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def create(cls, organisation: Organisation, purpose: str) -> "Authority":
        """Make a new self-signed authority; `purpose` becomes part of its common name."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"{purpose}.{organisation.name}.minori", organisation)
        builder = (
            _builder(name, name, key.public_key(), VALID_YEARS_CA)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(_tls_purposes(), critical=False)
        )
        return cls(certificate=_sign(builder, key), key=key)

    @classmethod
    def load(cls, folder: Path) -> "Authority":
        """Read an authority that `save` wrote."""
        key = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{folder}: not an elliptic curve key")
        certificate = x509.load_pem_x509_certificate((folder / "cert.pem").read_bytes())
        return cls(certificate=certificate, key=key)

    def save(self, folder: Path) -> None:
        """Write `cert.pem` and `key.pem` into `folder`."""
        _write_pair(folder, self.certificate, self.key)

    def issue(
        self, common_name: str, organisation: Organisation, *, unit: str | None, host: str | None
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """Issue a certificate, for TLS (server and client) or for signing, with a new key.

        Args:
            common_name: The subject's common name.
            organisation: Becomes the subject's organisation.
            unit: The subject's organisational unit, one of `OUS`, or none.
            host: The name of the process in a network of containers, for a certificate that may
                serve and call over TLS, there and on this machine; `None` for one that signs.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(
                _name(common_name, organisation, unit),
                self.certificate.subject,
                key.public_key(),
                VALID_YEARS_LEAF,
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        if host is not None:
            names = [
                x509.DNSName(host),
                x509.DNSName("localhost"),
                x509.IPAddress(ipaddress.ip_address(HOST)),
            ]
            builder = builder.add_extension(_tls_purposes(), critical=False).add_extension(
                x509.SubjectAlternativeName(names), critical=False
            )
        return _sign(builder, self.key), key


def create_all(topology: Topology) -> None:
    """Make the material of every organisation, once: what is there is never touched.

    It is made in a folder beside and moved into place whole, so that a crash leaves all or nothing.
    """
    final = topology.directory / "organisations"
    if final.exists():
        return
    partial = topology.directory / "organisations.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    for organisation in ORGANISATIONS:
        _create_organisation(partial / organisation.name, organisation)
    partial.rename(final)


def home(topology: Topology, organisation: Organisation) -> Path:
    """Return the folder of the organisation's material, absolute."""
    return topology.directory.absolute() / "organisations" / organisation.name


def _create_organisation(folder: Path, organisation: Organisation) -> None:
    Authority.create(organisation, "ca").save(folder / "ca")
    Authority.create(organisation, "tlsca").save(folder / "tlsca")
    _write_msp_roots(folder, folder / "msp")
    _create_identity(folder, organisation, "admin", "admin")
    _create_identity(folder, organisation, "orderer", "orderer")
    if organisation.has_peer:
        _create_identity(folder, organisation, "peer", "peer")
        _create_identity(folder, organisation, "gateway", "client")
        for name in ("chaincode", "chaincode-client"):
            _create_tls(folder, organisation, name)


def _create_identity(folder: Path, organisation: Organisation, name: str, unit: str) -> None:
    authority = Authority.load(folder / "ca")
    common_name = f"{name}.{organisation.name}.minori"
    certificate, key = authority.issue(common_name, organisation, unit=unit, host=None)
    msp = folder / name / "msp"
    _write_msp_roots(folder, msp)
    _write(msp / "signcerts/cert.pem", certificate.public_bytes(serialization.Encoding.PEM))
    _write(msp / "keystore/key.pem", _key_bytes(key), mode=0o600)
    _create_tls(folder, organisation, name)


def _create_tls(folder: Path, organisation: Organisation, name: str) -> None:
    authority = Authority.load(folder / "tlsca")
    common_name = f"{name}.{organisation.name}.minori"
    host = f"{organisation.name}.{name}"
    certificate, key = authority.issue(common_name, organisation, unit=None, host=host)
    _write_pair(folder / name / "tls", certificate, key)


def _write_msp_roots(folder: Path, msp: Path) -> None:
    """Write what an MSP folder says of its organisation: roots, and which unit means what."""
    _write(msp / "cacerts/ca.pem", (folder / "ca/cert.pem").read_bytes())
    _write(msp / "tlscacerts/tlsca.pem", (folder / "tlsca/cert.pem").read_bytes())
    units = {
        f"{unit.capitalize()}OUIdentifier": {
            "Certificate": "cacerts/ca.pem",
            "OrganizationalUnitIdentifier": unit,
        }
        for unit in OUS
    }
    node_ous = {"NodeOUs": {"Enable": True, **units}}
    _write(msp / "config.yaml", json.dumps(node_ous, indent=2).encode())


def _name(common_name: str, organisation: Organisation, unit: str | None = None) -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{organisation.name}.minori"),
    ]
    if unit is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, years: int
) -> x509.CertificateBuilder:
    # Backdated: another machine's clock may be a little behind this one's.
    start = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _tls_purposes() -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])


def _sign(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Sign until S is in the lower half.

    Fabric's MSP rewrites a certificate with a high S before it compares it, so the bytes that a
    client sends and those that a peer reports would differ (fabric `msp/cert.go`).
    """
    while True:
        certificate = builder.sign(key, hashes.SHA256())
        _, s = decode_dss_signature(certificate.signature)
        if s <= P256_ORDER // 2:
            return certificate


def _write_pair(
    folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> None:
    _write(folder / "cert.pem", certificate.public_bytes(serialization.Encoding.PEM))
    _write(folder / "key.pem", _key_bytes(key), mode=0o600)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=mode)
    path.write_bytes(content)
