"""Opens, finds and ends sessions."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from chaincode.base.envelope import Jwk, base64url_decode
from chaincode.base.errors import Code, FaultError
from gateway.sessions import challenge, proof
from gateway.sessions.errors import SessionError
from gateway.sessions.store import Store
from gateway.settings import SessionSettings
from gateway.words.codes import GatewayCode

LINK_LIFETIME_S: Final = 120

_MARGIN_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A text to sign, once, before `expires_at` (seconds since 1970)."""

    text: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new session: the only time its token is seen here."""

    token: str
    kid: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """What the ledger knows of the key that signed a proof."""

    jwk: Jwk
    is_revoked: bool


class Sessions:
    """All sessions of this gateway. Whether a device still counts is the caller's to look up."""

    def __init__(
        self,
        store: Store,
        *,
        settings: SessionSettings,
        audiences: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._settings = settings
        self._audiences = tuple(audiences)
        self._clock = clock

    @classmethod
    async def open(
        cls,
        settings: SessionSettings,
        *,
        audiences: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Open the file of sessions; close it.

        Args:
            settings: Where it is, and how long things last.
            audiences: The origins of this gateway; a proof names one of them.
            clock: Seconds since 1970.
        """
        store = await Store.open(settings.path)
        return cls(store, settings=settings, audiences=audiences, clock=clock)

    @property
    def store(self) -> Store:
        """What is kept of them."""
        return self._store

    async def close(self) -> None:
        """Close the file."""
        await self._store.close()

    def challenge(self, kid: str) -> Challenge:
        """Return a challenge for a key, whether it is enrolled or not; nothing is kept."""
        expires_at = int(self._clock()) + self._settings.challenge_lifetime_s
        text = challenge.make(secret=self._store.secret, kid=kid, expires_at=expires_at)
        return Challenge(text=text, expires_at=expires_at)

    def read(self, jws: str, *, ledger: str) -> proof.Proof:
        """Read a proof and check what needs no look at the ledger's records.

        Raises:
            SessionError: A code of shape, `WRONG_AUDIENCE`, `WRONG_LEDGER`, `CHALLENGE_REFUSED`.
        """
        try:
            shown = proof.read(jws)
        except FaultError as fault:
            raise SessionError(fault.code, fault.member) from None
        payload = shown.payload
        if payload.audience not in self._audiences:
            raise SessionError(GatewayCode.WRONG_AUDIENCE, "audience")
        if payload.ledger != ledger:
            raise SessionError(Code.WRONG_LEDGER, "ledger")
        is_valid = challenge.is_valid(
            payload.challenge, secret=self._store.secret, kid=payload.kid, now=self._clock()
        )
        if not is_valid:
            raise SessionError(GatewayCode.CHALLENGE_REFUSED, "challenge")
        return shown

    async def start(self, shown: proof.Proof, device: KnownDevice | None) -> Opened:
        """Open a session for a proof that `read` gave.

        Raises:
            SessionError: `UNKNOWN_KEY`, `BAD_SIGNATURE`, `KEY_REVOKED`, `CHALLENGE_REFUSED` when
                the challenge was used before.
        """
        if device is None:
            raise SessionError(Code.UNKNOWN_KEY, "kid")
        if not shown.is_signed_by(device.jwk):
            raise SessionError(Code.BAD_SIGNATURE)
        if device.is_revoked:
            raise SessionError(Code.KEY_REVOKED, "kid")
        now = int(self._clock())
        await self._store.remove_expired(now)
        used = shown.payload.challenge
        # Kept a little longer than it is valid: `read` may have found it valid a moment ago.
        expiry = challenge.expiry(base64url_decode(used)) + _MARGIN_S
        if not await self._store.use_challenge(_hash(used), expires_at=expiry):
            raise SessionError(GatewayCode.CHALLENGE_REFUSED, "challenge")
        return await self._open(shown.payload.kid, expires_at=now + self._settings.lifetime_s)

    async def link(self, token: str) -> Challenge:
        """Return a code that opens one more session for an open one's device: for a browser.

        It works once, and soon. What it opens ends when this session does, so that no session
        outlives the last signature of its device by more than a session's lifetime.

        Raises:
            SessionError: `SESSION_ENDED`.
        """
        found = await self._find_open(token)
        if found is None:
            raise SessionError(GatewayCode.SESSION_ENDED)
        kid, ends_at = found
        expires_at = int(self._clock()) + LINK_LIFETIME_S
        sealed = challenge.make(
            secret=self._store.secret, kid=_link(kid, str(ends_at)), expires_at=expires_at
        )
        return Challenge(text=f"{kid}.{ends_at}.{sealed}", expires_at=expires_at)

    def read_link(self, code: str) -> str:
        """Return whose a code of `link` is, without using it up.

        Raises:
            SessionError: `LINK_REFUSED`: not of this gateway, or too old.
        """
        return self._read_link(code)[0]

    async def enter(self, code: str) -> Opened:
        """Open a session by a code of `link`; whether its device still counts is looked up before.

        Raises:
            SessionError: `LINK_REFUSED`: as `read_link`, or it was used before.
        """
        kid, ends_at, sealed = self._read_link(code)
        expiry = challenge.expiry(base64url_decode(sealed)) + _MARGIN_S
        if not await self._store.use_challenge(_hash(code), expires_at=expiry):
            raise SessionError(GatewayCode.LINK_REFUSED)
        return await self._open(kid, expires_at=ends_at)

    def _read_link(self, code: str) -> tuple[str, int, str]:
        """Return a link's kid, when its session ends, and its challenge."""
        kid, _, rest = code.partition(".")
        ends_at, _, sealed = rest.partition(".")
        is_valid = challenge.is_valid(
            sealed, secret=self._store.secret, kid=_link(kid, ends_at), now=self._clock()
        )
        if not is_valid:
            raise SessionError(GatewayCode.LINK_REFUSED)
        return kid, int(ends_at), sealed

    def seconds_left(self, opened: Opened) -> int:
        """Return how long a session still lasts."""
        return max(0, opened.expires_at - int(self._clock()))

    async def find(self, token: str) -> str | None:
        """Return the kid of an open session's device, or `None`."""
        found = await self._find_open(token)
        return None if found is None else found[0]

    async def end(self, token: str) -> None:
        """End a session; one that is over already stays so."""
        await self._store.remove(_hash(token))

    async def _open(self, kid: str, *, expires_at: int) -> Opened:
        token = secrets.token_urlsafe(32)
        await self._store.add(_hash(token), kid=kid, expires_at=expires_at)
        return Opened(token=token, kid=kid, expires_at=expires_at)

    async def _find_open(self, token: str) -> tuple[str, int] | None:
        found = await self._store.find(_hash(token))
        return None if found is None or found[1] <= self._clock() else found


def _link(kid: str, ends_at: str) -> str:
    """Return whom a link's code is made for; no kid has a blank in it, so no challenge fits."""
    return f"link {ends_at} {kid}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
