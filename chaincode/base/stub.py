"""What a ledger offers the contract within one transaction: the only door to the outside.

`chaincode.shim` implements it on a Fabric peer, `gateway.ledgers.embedded` on one SQLite file.
Names follow Fabric's own shims. There are no range reads, no history and no private data: nothing
that a peer does not validate again at commit (fabric `docs/source/readwrite.rst`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    """Who signed the transaction: an organisation's MSP id and an X.509 certificate in PEM.

    Source: fabric-protos `msp/identities.proto`, `SerializedIdentity`.
    """

    msp_id: str
    certificate_pem: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a transaction answers. `status` 200 is endorsed; 400 and above is not.

    `payload` is canonical JSON in UTF-8; `message` is a stable code, empty when all is well.
    Source: fabric-protos `peer/proposal_response.proto`, `Response`.
    """

    status: int
    payload: bytes = b""
    message: str = ""


class Stub(Protocol):
    """One transaction: its name, its time, its submitter, and the state by single keys.

    Keys are ASCII, values are bytes and never empty. Reads do not see this transaction's own
    writes (Fabric's semantics); the contract's overlay serves those.
    """

    @property
    def tx_id(self) -> str:
        """The transaction's id: 64 lower-case hexadecimal digits."""
        ...

    @property
    def tx_timestamp(self) -> int:
        """Seconds since 1970-01-01T00:00:00Z, as the submitter proposed them."""
        ...

    @property
    def creator(self) -> Creator:
        """The identity that signed the proposal; the ledger has verified it."""
        ...

    async def get_multiple_states(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key, in the order asked; `None` where there is none."""
        ...

    async def put_multiple_states(self, writes: Mapping[str, bytes]) -> None:
        """Write each value. The transaction's writes appear in key order."""
        ...


class Contract(Protocol):
    """What a ledger runs: one call per transaction, never raising for anything a caller sent."""

    async def invoke(self, stub: Stub, function: str, args: Sequence[bytes]) -> Response:
        """Run `function` with `args`; write through `stub`; answer."""
        ...
