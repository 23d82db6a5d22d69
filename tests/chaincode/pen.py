"""How tests write and sign commands: from the specification, not with the contract's own code.

Everything here follows from a seed, the signatures too (RFC 6979), so that the same test always
sends the same bytes.
"""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.identities import seeded_key

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FIRST_PREVIOUS = "0" * 64


def canonical(value: object) -> bytes:
    """Return canonical JSON; our members are ASCII, so code points sort as UTF-16 does."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def sha256_hex(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def bits128(seed: str) -> str:
    """Return 128 bits in hexadecimal, as a nonce or a salt."""
    return sha256_hex(seed.encode())[:32]


def pseudonym(seed: str) -> str:
    """Return a pseudonym of 12 Crockford characters, of which the first is a letter."""
    number = int(sha256_hex(seed.encode()), 16)
    first = CROCKFORD[10 + number % 22]
    return first + "".join(CROCKFORD[(number >> 5 * place) & 31] for place in range(2, 13))


def derived_id(ledger: str, party: str, nonce: str, index: int) -> str:
    """Return the id of a lot or shipment: the first 100 bits of the hash, 5 a character."""
    bits = f"{int(sha256_hex(f'{ledger}{party}{nonce}{index}'.encode()), 16):0256b}"
    return "".join(CROCKFORD[int(bits[at : at + 5], 2)] for at in range(0, 100, 5))


def timestamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


class Pen:
    """A device's key; `posing_as` another, it signs in that one's name, and so falsely."""

    def __init__(self, seed: str, *, posing_as: "Pen | None" = None) -> None:
        self.key = seeded_key(seed)
        self.victim = posing_as

    @cached_property
    def jwk(self) -> dict:
        if self.victim:
            return self.victim.jwk
        numbers = self.key.public_key().public_numbers()
        x, y = (base64url(one.to_bytes(32, "big")) for one in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    @cached_property
    def kid(self) -> str:
        """RFC 7638 thumbprint."""
        return base64url(sha256(canonical(self.jwk)).digest())

    @property
    def header(self) -> dict:
        return {"alg": "ES256", "kid": self.kid, "typ": "minori-command+jws"}

    def sign_bytes(self, message: bytes) -> bytes:
        """Return r ‖ s."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self.key.sign(message, algorithm))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def jws(self, payload: bytes, header: bytes | None = None) -> bytes:
        """Return a compact JWS over bytes, whatever they are."""
        head = canonical(self.header) if header is None else header
        signing_input = f"{base64url(head)}.{base64url(payload)}".encode()
        return signing_input + b"." + base64url(self.sign_bytes(signing_input)).encode()

    def wire(self, payload: dict, closed: dict | None = None) -> bytes:
        """Return a command as it travels; `closed` in the payload is the caller's."""
        suffix = b"" if closed is None else b"~" + base64url(canonical(closed)).encode()
        return self.jws(canonical(payload)) + suffix

    def enrolment(self, ledger: str, actor: str, nonce: str, kept: str = "browser") -> dict:
        """Return the open part of `key.enrol` for this key."""
        return {
            "actor": actor,
            "jwk": self.jwk,
            "kept": kept,
            "invitation": nonce,
            "proof": self.prove(ledger, actor, nonce, kept),
        }

    def prove(self, ledger: str, actor: str, nonce: str, kept: str = "browser") -> str:
        """Return the `proof` of `key.enrol`."""
        message = canonical(["minori-enrolment", ledger, actor, nonce, kept])
        return base64url(self.sign_bytes(message))
