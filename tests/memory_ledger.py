"""The contract's smallest ledger: a dictionary. For tests of the rules alone."""

import json
import time as clock
from collections.abc import Mapping, Sequence

from chaincode.contract import MinoriContract
from chaincode.stub import Creator, Response


class MemoryStub:
    """One transaction over a dictionary; keeps what was read and written, in order."""

    def __init__(self, state: Mapping[str, bytes], *, time: int, creator: Creator) -> None:
        self.state = state
        self.tx_id = "0" * 64
        self.tx_timestamp = time
        self.creator = creator
        self.reads: list[str] = []
        self.writes: dict[str, bytes] = {}

    async def get_multiple_states(self, keys: Sequence[str]) -> list[bytes | None]:
        self.reads += keys
        return [self.state.get(key) for key in keys]

    async def put_multiple_states(self, writes: Mapping[str, bytes]) -> None:
        self.writes.update(writes)


class MemoryLedger:
    """Runs transactions one after the other."""

    def __init__(self, *, creator: Creator | None = None) -> None:
        self.state: dict[str, bytes] = {}
        self.creator = creator or Creator(msp_id="CoopMSP", certificate_pem=b"")
        self.contract = MinoriContract()
        self.stub: MemoryStub | None = None

    async def invoke(
        self,
        function: str,
        *args: bytes,
        time: int | None = None,
        creator: Creator | None = None,
    ) -> Response:
        stub = MemoryStub(
            self.state,
            time=int(clock.time()) if time is None else time,
            creator=creator or self.creator,
        )
        response = await self.contract.invoke(stub, function, args)
        if response.status == 200:
            self.state.update(stub.writes)
        self.stub = stub
        return response

    async def submit(
        self, *wires: bytes, time: int | None = None, creator: Creator | None = None
    ) -> list[str]:
        """Submit in one transaction and return the codes."""
        response = await self.invoke("submit", *wires, time=time, creator=creator)
        assert response.status == 200, response
        return [result["code"] for result in json.loads(response.payload)["results"]]

    def record(self, key: str) -> dict | None:
        raw = self.state.get(key)
        return None if raw is None else json.loads(raw)
