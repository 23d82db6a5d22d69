"""A ledger that runs the real contract as Fabric does, in memory, and fails as a test tells it to.

Transactions are endorsed against the state as it is, then ordered after a while, and die if any
record they read has changed by then.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from itertools import count

from chaincode.base.stub import Creator
from chaincode.contract import MinoriContract
from gateway.ledgers.port import (
    Block,
    LedgerConflictError,
    LedgerRefusedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    Receipt,
    Transaction,
    TransactionTooLargeError,
)
from tests.identities import creator
from tests.memory_ledger import MemoryStub
from tests.memory_ledger import Transaction as Call

GATEWAY = creator("CoopMSP", "client")
CLOCK_S = 1_790_000_000

# What `fault` may answer: raised before ordering, or after the commit.
BEFORE = {
    "conflict": LedgerConflictError,
    "unavailable": LedgerUnavailableError,
    "unknown": OutcomeUnknownError,
    "too large": TransactionTooLargeError,
    "refused": LedgerRefusedError,
}
AFTER = {"unknown, committed": OutcomeUnknownError}


def no_fault(_wires):
    return None


class ScriptedLedger:
    """`gateway.ledgers.port.Ledger`; several gateways may share one."""

    def __init__(self, contract=None, *, endorse_s=0.0, order_s=0.0):
        self.contract = contract or MinoriContract()
        self.endorse_s, self.order_s = endorse_s, order_s
        self.state: dict[str, bytes] = {}
        self.chain: list[Block] = []
        self.fault: Callable[[list[bytes]], str | None] = no_fault
        self.is_open = asyncio.Event()  # cleared: whoever submits waits before endorsement
        self.is_open.set()
        self.submitted: list[list[bytes]] = []  # every attempt
        self.in_flight = 0
        self.in_flight_max = 0
        self.lost_races = 0
        self._versions: Counter[str] = Counter()
        self._tx_numbers = count()
        self._grown = asyncio.Condition()

    def admin(self, msp_id):
        return AdminView(self, creator(msp_id))

    async def submit(self, commands, *, at=None):
        return await self.submit_as(GATEWAY, commands, at=at)

    async def submit_as(self, who: Creator, commands, *, at=None):
        self.in_flight += 1
        self.in_flight_max = max(self.in_flight, self.in_flight_max)
        self.submitted.append(list(commands))
        try:
            await self.is_open.wait()
            fault = self.fault(list(commands))
            if fault in BEFORE:
                await asyncio.sleep(self.endorse_s)
                raise BEFORE[fault](fault)
            receipt = await self._run(who, commands, at)
            if fault in AFTER:
                raise AFTER[fault](fault)
            return receipt
        finally:
            self.in_flight -= 1

    async def _run(self, who, commands, at):
        function, args = "submit", tuple(commands)
        if at is not None:
            function, args = "submit_at", (str(at).encode(), *args)
        call = Call(function=function, args=args, time=CLOCK_S, creator=who)
        stub = MemoryStub(self.state, call)
        try:
            response = await self.contract.invoke(stub, function, args)
        except Exception as error:
            await asyncio.sleep(self.endorse_s)
            raise LedgerRefusedError(repr(error)) from error
        assert response.status == 200, response
        read = {key: self._versions[key] for key in stub.reads}
        await asyncio.sleep(self.endorse_s)
        answer = json.loads(response.payload)
        tx_id = sha256(str(next(self._tx_numbers)).encode()).hexdigest()
        results = tuple(answer["results"])
        number = -1
        if stub.writes:
            await asyncio.sleep(self.order_s)
            if any(self._versions[key] != version for key, version in read.items()):
                self.lost_races += 1
                raise LedgerConflictError("MVCC_READ_CONFLICT")
            number = await self._append(tx_id, answer["time"], commands, results, stub.writes)
        return Receipt(tx_id=tx_id, block_number=number, time=answer["time"], results=results)

    async def _append(self, tx_id, time, commands, results, writes):
        number = len(self.chain)
        transaction = Transaction(
            id=tx_id,
            time=time,
            valid=True,
            commands=tuple(commands),
            results=results,
            writes=dict(writes),
        )
        self.state.update(writes)
        self._versions.update(writes.keys())
        self.chain.append(
            Block(
                number=number,
                previous_hash=self.chain[-1].hash if self.chain else "",
                hash=sha256(f"block {number} {tx_id}".encode()).hexdigest(),
                transactions=(transaction,),
            )
        )
        async with self._grown:
            self._grown.notify_all()
        return number

    async def query(self, keys):
        return {key: json.loads(self.state[key]) if key in self.state else None for key in keys}

    async def blocks(self, start):
        number = start
        while True:
            async with self._grown:
                await self._grown.wait_for(lambda: len(self.chain) > number)  # noqa: B023
            yield self.chain[number]
            number += 1

    async def height(self):
        return len(self.chain)

    async def close(self):
        pass

    def taken(self) -> Counter[str]:
        """How often each command was applied."""
        return Counter(
            result["id"]
            for block in self.chain
            for transaction in block.transactions
            for result in transaction.results
            if result["code"] == "ACCEPTED"
        )


class AdminView:
    """The ledger as an organisation's admin submits to it."""

    def __init__(self, ledger, who):
        self.ledger, self.who = ledger, who

    async def submit(self, commands, *, at=None):
        return await self.ledger.submit_as(self.who, commands, at=at)
