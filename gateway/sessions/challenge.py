"""Challenges that the gateway recognises without remembering them.

A challenge is base64url of: 16 random bytes, 8 bytes of the second since 1970 when it expires, and
HMAC-SHA-256 over both and the kid it was made for. Only one that was signed by an enrolled key is
ever written down, so that it counts once.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from chaincode.base.envelope import base64url_decode
from chaincode.base.errors import FaultError

_RANDOM_BYTES: Final = 16
_EXPIRY_BYTES: Final = 8
_PLAIN_BYTES: Final = _RANDOM_BYTES + _EXPIRY_BYTES
CHARACTERS: Final = 75  # base64url of 56 bytes


def make(*, secret: bytes, kid: str, expires_at: int) -> str:
    """Return a fresh challenge for a key, valid before `expires_at` (seconds since 1970)."""
    plain = secrets.token_bytes(_RANDOM_BYTES) + expires_at.to_bytes(_EXPIRY_BYTES, "big")
    return urlsafe_b64encode(plain + _seal(secret, kid, plain)).rstrip(b"=").decode()


def is_valid(challenge: str, *, secret: bytes, kid: str, now: float) -> bool:
    """Whether this gateway made the challenge for this key, and it has not expired."""
    try:
        raw = base64url_decode(challenge)
    except FaultError:
        return False
    plain, seal = raw[:_PLAIN_BYTES], raw[_PLAIN_BYTES:]
    is_ours = hmac.compare_digest(seal, _seal(secret, kid, plain))
    return is_ours and now < expiry(raw)


def expiry(raw: bytes) -> int:
    """Return the second since 1970 from which a challenge, decoded, is refused."""
    return int.from_bytes(raw[_RANDOM_BYTES:_PLAIN_BYTES], "big")


def _seal(secret: bytes, kid: str, plain: bytes) -> bytes:
    return hmac.new(secret, kid.encode() + b"\0" + plain, sha256).digest()
