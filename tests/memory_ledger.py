"""The contract's smallest ledger: a dictionary. For tests of the rules alone.

ledger = MemoryLedger()
codes = ledger.submit(wire, wire, time=1_776_211_200, creator=creator("CoopMSP"))
ledger.record("lot/5T2W8YK0M3R7B1XNQ4HD")
ledger.transactions                 # everything that was ever called, to play again
"""

import json
import time as clock
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from chaincode.base.stub import Creator, Response
from chaincode.contract import MinoriContract


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One call of the contract, as a ledger would hand it over."""

    function: str
    args: tuple[bytes, ...]
    time: int
    creator: Creator


class MemoryStub:
    """One transaction over a dictionary; keeps what was read and written, in order."""

    def __init__(self, state: Mapping[str, bytes], transaction: Transaction) -> None:
        self.state = state
        self.tx_id = "0" * 64
        self.tx_timestamp = transaction.time
        self.creator = transaction.creator
        self.reads: list[str] = []
        self.writes: dict[str, bytes] = {}

    async def get_multiple_states(self, keys: Sequence[str]) -> list[bytes | None]:
        self.reads += keys
        return [self.state.get(key) for key in keys]

    async def put_multiple_states(self, writes: Mapping[str, bytes]) -> None:
        self.writes.update(writes)

    def digest(self, response: Response) -> str:
        """Return SHA-256 over everything that endorsers compare: reads, writes, answer."""
        seen = [
            self.reads,
            [[key, value.hex()] for key, value in self.writes.items()],
            [response.status, response.message, response.payload.hex()],
        ]
        return sha256(json.dumps(seen).encode()).hexdigest()


Observer = Callable[[Transaction, MemoryStub, Response], None]


class MemoryLedger:
    """Runs transactions one after the other, without an event loop: nothing here ever waits.

    Attributes:
        observe: Called after every transaction of any ledger, before it is committed.
    """

    observe: ClassVar[Observer | None] = None

    def __init__(
        self,
        state: Mapping[str, bytes] | None = None,
        *,
        creator: Creator | None = None,
        contract: object | None = None,
    ) -> None:
        self.state = dict(state or {})
        self.creator = creator or Creator(msp_id="CoopMSP", certificate_pem=b"")
        self.contract = contract or MinoriContract()
        self.transactions: list[Transaction] = []
        self.stub: MemoryStub | None = None

    def run(self, transaction: Transaction) -> Response:
        """Run one transaction, and commit it if it may be ordered."""
        self.transactions.append(transaction)
        self.stub = MemoryStub(self.state, transaction)
        response = finish(
            self.contract.invoke(self.stub, transaction.function, list(transaction.args))
        )
        if self.observe is not None:
            type(self).observe(transaction, self.stub, response)
        if response.status == 200:
            self.state.update(self.stub.writes)
        return response

    def invoke(
        self,
        function: str,
        *args: bytes,
        time: int | None = None,
        creator: Creator | None = None,
    ) -> Response:
        """Run one function, by default now and by this ledger's own submitter."""
        return self.run(
            Transaction(
                function=function,
                args=args,
                time=int(clock.time()) if time is None else time,
                creator=creator or self.creator,
            )
        )

    def submit(
        self, *wires: bytes, time: int | None = None, creator: Creator | None = None
    ) -> list[str]:
        """Submit in one transaction and return the codes."""
        return [result["code"] for result in self.results(*wires, time=time, creator=creator)]

    def results(
        self, *wires: bytes, time: int | None = None, creator: Creator | None = None
    ) -> list[dict]:
        """Submit in one transaction and return the results."""
        response = self.invoke("submit", *wires, time=time, creator=creator)
        assert response.status == 200, response
        return json.loads(response.payload)["results"]

    def record(self, key: str) -> dict | None:
        """Return the record at `key`."""
        raw = self.state.get(key)
        return None if raw is None else json.loads(raw)

    def digest(self) -> str:
        """Return SHA-256 of the whole state."""
        state = [[key, self.state[key].hex()] for key in sorted(self.state)]
        return sha256(json.dumps(state).encode()).hexdigest()


def finish(coroutine: Coroutine[object, object, Response]) -> Response:
    """Return what a coroutine returns that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")
