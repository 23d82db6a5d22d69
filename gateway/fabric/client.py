"""What every object of the model shares: who signs, the connections, and the client's TLS name."""

from dataclasses import dataclass

from gateway.fabric.identity import Identity, Signer, sign
from gateway.fabric.peers import Peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An identity at work on open connections.

    Attributes:
        identity: Who signs.
        signer: Makes the identity's signatures.
        peers: Open connections; the gateway that made this closes them.
        tls_cert_hash: SHA-256 of the client's TLS certificate (DER), which a peer that asks for
            client certificates compares when it delivers blocks; empty without one.
            Source: fabric `internal/pkg/comm/util.go`, NewBindingInspector.
    """

    identity: Identity
    signer: Signer
    peers: Peers
    tls_cert_hash: bytes = b""

    async def sign(self, message: bytes) -> bytes:
        """Return the identity's signature."""
        return await sign(self.signer, message)
