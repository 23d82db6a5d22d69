"""The entry: an identity, connected."""

import hashlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.fabric.client import Client
from gateway.fabric.identity import Identity, Signer
from gateway.fabric.network import Network
from gateway.fabric.peers import Deadlines, Peers
from gateway.fabric.profile import ConnectionProfile, KeyPair, PeerAddress


class Gateway:
    """A client of the peers' Gateway service, signing as one identity.

    Make it within a running event loop. It opens the connections and closes them, at `close` or
    at the end of `async with`.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        signer: Signer,
        peers: Sequence[PeerAddress],
        deadlines: Deadlines | None = None,
        tls_client: KeyPair | None = None,
    ) -> None:
        """Open connections to the peers, which happens in the background.

        Args:
            identity: Who signs.
            signer: Makes the identity's signatures.
            peers: In the order in which they are tried; those of the identity's organisation go
                first in any case.
            deadlines: Of single calls.
            tls_client: Certificate and key towards the peers, where they ask for one.
        """
        self.identity = identity
        self._peers = Peers(
            peers,
            own_msp_id=identity.msp_id,
            deadlines=deadlines or Deadlines(),
            tls_client=tls_client,
        )
        self._client = Client(
            identity=identity,
            signer=signer,
            peers=self._peers,
            tls_cert_hash=b"" if tls_client is None else _certificate_hash(tls_client),
        )

    @classmethod
    def from_profile(
        cls,
        profile: ConnectionProfile,
        *,
        identity: str = "gateway",
        deadlines: Deadlines | None = None,
    ) -> Self:
        """Connect as one of a connection profile's identities.

        Raises:
            ProfileError: The profile has no identity of that name.
            IdentityError: The identity's files do not fit.
            OSError: A file cannot be read.
        """
        member, signer = Identity.load(profile.msp_id, profile.identity(identity))
        return cls(
            identity=member,
            signer=signer,
            peers=profile.peers,
            deadlines=deadlines,
            tls_client=profile.tls_client,
        )

    def network(self, channel: str) -> Network:
        """Return the channel of that name."""
        return Network(self._client, channel=channel)

    async def close(self) -> None:
        """Close every connection; calls under way end with `GatewayError`."""
        await self._peers.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.close()


def _certificate_hash(pair: KeyPair) -> bytes:
    certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
