"""Runs the contract against the store, one transaction after the other, and seals blocks.

Synchronous, and at home in the ledger's one thread. Several transactions that wait at the same
time go into one block and share one fsync; each sees the state that the ones before it led to.
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import structlog

from chaincode.base.canonical import Json
from chaincode.base.stub import Contract, Creator, Response
from gateway.ledgers.embedded.blocks import TransactionRecord, commands, parse_answer
from gateway.ledgers.embedded.identities import fingerprint
from gateway.ledgers.embedded.store import Store
from gateway.ledgers.port import (
    DryRun,
    LedgerError,
    LedgerRefusedError,
    LedgerUnavailableError,
    Receipt,
    RulesMissingError,
)

VERSION_MISSING: Final = "VERSION_MISSING"  # the contract's answer: `chaincode.contract`
NO_BLOCK: Final = -1  # a receipt's block number where nothing had to be written

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One transaction to run: the contract's function, its arguments, and who asks."""

    creator: Creator
    function: str
    args: tuple[bytes, ...]


@dataclass(slots=True)
class Simulation:
    """`chaincode.base.stub.Stub` over the store: reads what is committed, collects what is written.

    `earlier` holds the writes of the transactions before this one in the same block.
    """

    store: Store
    earlier: Mapping[str, bytes]
    creator: Creator
    tx_id: str
    tx_timestamp: int
    writes: dict[str, bytes] = field(default_factory=dict)

    async def get_multiple_states(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key as it was before this transaction."""
        try:
            stored = iter(self.store.states([key for key in keys if key not in self.earlier]))
        except sqlite3.Error as error:
            raise LedgerUnavailableError(f"the state can't be read: {error}") from error
        return [self.earlier[key] if key in self.earlier else next(stored) for key in keys]

    async def put_multiple_states(self, writes: Mapping[str, bytes]) -> None:
        """Collect writes.

        Raises:
            ValueError: A key is empty or not ASCII, or a value is empty: the contract's bug.
        """
        for key, value in writes.items():
            if not key or not key.isascii() or not value:
                raise ValueError(f"no ledger takes this write: {key!r}")
        self.writes.update(writes)


class Executor:
    """The contract, the store, the clock, and an event loop of the contract's own."""

    def __init__(self, *, store: Store, contract: Contract, clock: Callable[[], float]) -> None:
        self.store = store
        self._contract = contract
        self._clock = clock
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """Close the loop and the store."""
        self._runner.close()
        self.store.close()

    def commit(self, proposals: Sequence[Proposal]) -> list[Receipt | LedgerError]:
        """Run the proposals in order and write one block with those that change something.

        Returns:
            For each proposal, its receipt or why it has none.
        """
        outcomes: list[Receipt | LedgerError] = []
        writes: dict[str, bytes] = {}
        sealed: list[tuple[str, bytes]] = []
        certificates: dict[str, bytes] = {}
        for proposal in proposals:
            try:
                receipt, record = self._endorse(proposal, writes)
            except LedgerError as error:
                outcomes.append(error)
                continue
            outcomes.append(receipt)
            if record.writes:
                writes.update(record.writes)
                sealed.append((record.id, record.encode()))
                certificates[record.certificate] = proposal.creator.certificate_pem
        if sealed:
            try:
                self.store.append(sealed, writes=writes, certificates=list(certificates.values()))
            except LedgerError as error:
                return [
                    error
                    if isinstance(outcome, Receipt) and outcome.block_number != NO_BLOCK
                    else outcome
                    for outcome in outcomes
                ]
        return outcomes

    def query(self, creator: Creator, keys: Sequence[str]) -> dict[str, Json]:
        """Ask the contract for the values of keys; whatever it writes is forgotten.

        Raises:
            LedgerRefusedError: The contract refuses, or answers something else than an object.
        """
        return self._evaluate(creator, "query", [key.encode() for key in keys])

    def dry_run(self, creator: Creator, commands: Sequence[bytes]) -> DryRun:
        """Ask the contract what would become of commands; whatever it writes is forgotten.

        Raises:
            LedgerRefusedError: The contract refuses, or answers something else than an object.
        """
        answer: Any = self._evaluate(creator, "dry_run", commands)
        return DryRun(
            time=answer["time"], results=tuple(answer["results"]), writes=answer["writes"]
        )

    def _evaluate(self, creator: Creator, function: str, args: Sequence[bytes]) -> dict[str, Json]:
        proposal = Proposal(creator=creator, function=function, args=tuple(args))
        response = self._run(proposal, self._simulation(proposal, {}))
        try:
            answer = json.loads(response.payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise LedgerRefusedError(f"the contract's answer to {function} is not an object")
        return answer

    def _endorse(
        self, proposal: Proposal, earlier: Mapping[str, bytes]
    ) -> tuple[Receipt, TransactionRecord]:
        simulation = self._simulation(proposal, earlier)
        response = self._run(proposal, simulation)
        try:
            time, results = parse_answer(response.payload)
        except ValueError as error:
            raise LedgerRefusedError(str(error)) from error
        record = TransactionRecord(
            id=simulation.tx_id,
            time=simulation.tx_timestamp,
            msp_id=proposal.creator.msp_id,
            certificate=fingerprint(proposal.creator.certificate_pem),
            function=proposal.function,
            args=proposal.args,
            payload=response.payload,
            writes=simulation.writes,
        )
        if len(results) != len(commands(record)):
            raise LedgerRefusedError("the contract did not answer each command")
        receipt = Receipt(
            tx_id=record.id,
            block_number=self.store.height if record.writes else NO_BLOCK,
            time=time,
            results=results,
        )
        return receipt, record

    def _simulation(self, proposal: Proposal, earlier: Mapping[str, bytes]) -> Simulation:
        creator = proposal.creator
        # As Fabric's clients do it: SHA-256 of a nonce and the creator.
        seed = os.urandom(24) + creator.msp_id.encode() + creator.certificate_pem
        return Simulation(
            store=self.store,
            earlier=earlier,
            creator=creator,
            tx_id=sha256(seed).hexdigest(),
            tx_timestamp=int(self._clock()),
        )

    def _run(self, proposal: Proposal, simulation: Simulation) -> Response:
        """Run the contract to its end and return an answer that is no refusal.

        Raises:
            LedgerRefusedError: Its status is 400 or above, or it raised: a bug of its own, which
                Fabric's shim answers with status 500 as well.
            LedgerUnavailableError: The state can't be read, or this program lacks the rules in
                force: no command is to blame.
        """
        try:
            response = self._runner.run(
                self._contract.invoke(simulation, proposal.function, proposal.args)
            )
        except LedgerError:
            raise
        except Exception as error:
            _log.exception("contract_failed", tx_id=simulation.tx_id)
            raise LedgerRefusedError("the contract failed", details=[repr(error)]) from error
        if response.message == VERSION_MISSING:
            raise RulesMissingError(response.message)
        if response.status >= 400:
            raise LedgerRefusedError(response.message, details=[f"status {response.status}"])
        return response
