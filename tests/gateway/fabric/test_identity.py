"""Identities and signatures, by Fabric's rules."""

import hashlib
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from fabric_protos.msp import identities_pb2

from gateway.fabric import Identity, IdentityError, KeyPair, ecdsa_signer
from gateway.fabric.envelopes import transaction_id
from gateway.fabric.identity import P256_ORDER, lower_s
from tests.gateway.fabric.members import OWN, key_and_certificate, key_pem, member


def test_a_thousand_signatures_have_a_low_s_and_verify():
    key, _ = key_and_certificate("signer")
    sign = ecdsa_signer(key)
    for number in range(1000):
        message = number.to_bytes(4, "big")
        signature = sign(message)
        _, s = decode_dss_signature(signature)
        assert s <= P256_ORDER // 2
        key.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256()))


def test_lower_s_turns_the_high_twin_into_the_low_one():
    key, _ = key_and_certificate("signer")
    low = ecdsa_signer(key)(b"message")
    r, s = decode_dss_signature(low)
    assert lower_s(encode_dss_signature(r, P256_ORDER - s)) == low
    assert lower_s(low) == low


def test_another_curve_is_refused():
    with pytest.raises(IdentityError, match="secp384r1"):
        ecdsa_signer(ec.generate_private_key(ec.SECP384R1()))


def test_creator_is_msp_id_and_certificate():
    identity, _ = member()
    creator = identities_pb2.SerializedIdentity.FromString(identity.creator)
    assert creator.mspid == OWN
    assert creator.id_bytes == identity.certificate_pem


def test_an_expired_certificate_is_told_from_a_good_one():
    good, _ = member()
    good.check_not_expired()
    expired, _ = member(days_left=-1)
    with pytest.raises(IdentityError, match="expired"):
        expired.check_not_expired()


def test_transaction_id_is_fabrics():
    """Known answer: Fabric's own protoutil.ComputeTxID, v2.5.0."""
    assert transaction_id(nonce=b"nonce", creator=b"creator") == (
        "709184f9d24f6ade8fcd4d6521a6eef295fef6c2e67216c58b68ac15e8946492"
    )
    assert transaction_id(nonce=b"a", creator=b"b") == hashlib.sha256(b"ab").hexdigest()


FORK = """
import os
from gateway.fabric.envelopes import build_proposal

def propose():
    return build_proposal(channel="c", chaincode="c", args=[b"f"], creator=b"c").tx_id

propose()
for worker in range(100):
    if os.fork() == 0:
        os.write(1, "".join(propose() + "\\n" for _ in range(100)).encode())
        os._exit(0)
    os.wait()
"""


def test_forked_processes_never_repeat_an_id():
    """A random generator in the process would be copied by the fork, and repeat itself."""
    run = subprocess.run([sys.executable, "-c", FORK], capture_output=True, check=True, text=True)
    ids = run.stdout.split()
    assert len(ids) == len(set(ids)) == 10_000


def write_pair(folder, *, key: bytes, certificate: bytes) -> KeyPair:
    pair = KeyPair(certificate=folder / "cert.pem", key=folder / "key.pem")
    pair.certificate.write_bytes(certificate)
    pair.key.write_bytes(key)
    return pair


def test_load_reads_a_certificate_and_its_key(tmp_path):
    key, certificate = key_and_certificate("client")
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    pair = write_pair(tmp_path, key=key_pem(key), certificate=pem)
    identity, sign = Identity.load(OWN, pair)
    assert identity.certificate_pem == pem
    key.public_key().verify(sign(b"m"), b"m", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("fault", ["another key", "no key", "no certificate", "ed25519"])
def test_load_refuses_files_that_do_not_fit(tmp_path, fault):
    key, certificate = key_and_certificate("client")
    other, _ = key_and_certificate("another client")
    keys = {"another key": key_pem(other), "no key": b"nonsense"}
    keys["ed25519"] = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    pair = write_pair(
        tmp_path,
        key=keys.get(fault, key_pem(key)),
        certificate=b"nonsense" if fault == "no certificate" else pem,
    )
    with pytest.raises(IdentityError):
        Identity.load(OWN, pair)
