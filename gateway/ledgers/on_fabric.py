"""Hyperledger Fabric behind the port `gateway.ledgers.port.Ledger`.

    profile = ConnectionProfile.load(Path("var/fabric/coop/connection.json"))
    ledger = FabricLedger.from_profile(profile)
    receipt = await ledger.submit([wire])
    admin = FabricLedger.from_profile(profile, identity="admin")   # for the bootstrap
    await ledger.close()

A foreign peer may help to carry a transaction while the own one is away, but it never vouches: a
receipt is given on the word of the own organisation's peer alone.
"""

import asyncio
import contextlib
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from itertools import count
from typing import Final, Self, TypeAlias, TypeVar

import structlog

from chaincode.base.canonical import Json
from chaincode.shim.refusals import Refusal
from gateway.fabric import blocks as fabric_blocks
from gateway.fabric.commit import Status
from gateway.fabric.errors import (
    BlockError,
    CommitError,
    CommitStatusError,
    FabricError,
    GatewayError,
    PreparedTransactionError,
    SubmitError,
)
from gateway.fabric.gateway import Gateway
from gateway.fabric.network import PATIENCE_S
from gateway.fabric.outcome import Action, Outcome, Stage, ValidationCode
from gateway.fabric.peers import Deadlines
from gateway.fabric.profile import ConnectionProfile
from gateway.fabric.transaction import Transaction as FabricTransaction
from gateway.ledgers.port import (
    Block,
    DryRun,
    LedgerConflictError,
    LedgerError,
    LedgerRefusedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    Receipt,
    RulesMissingError,
    Transaction,
    TransactionTooLargeError,
)

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

OnStage: TypeAlias = Callable[[Stage, str], Awaitable[None]]
"""Is told each stage that a transaction has just passed, and the transaction's id."""

SUBMIT: Final = "submit"
SUBMIT_AT: Final = "submit_at"
QUERY: Final = "query"
DRY_RUN: Final = "dry_run"

# Seconds after which an unclear outcome is given up. Losing its leader costs the ordering service
# about 10 s on Raft and up to 40 s on SmartBFT with the settings of `network`.
SETTLE_S: Final = 60.0

# How often a call is repeated with a new proposal before the caller hears of it. A lost race is
# not among them: whoever batches knows better what to put into the next try.
_RETRIES: Final = {
    Outcome.MISMATCH: 3,
    Outcome.INFRASTRUCTURE: 2,
    Outcome.TIMED_OUT: 1,
    Outcome.UNREACHABLE: 1,
    Outcome.NO_ENDORSERS: 1,
    Outcome.POLICY_FAILURE: 1,
    Outcome.UPGRADED: 1,
}
_PAUSE_S_MIN: Final = 0.1
_PAUSE_S_MAX: Final = 2.0

_ERRORS: Final[dict[Outcome, type[LedgerError]]] = {
    Outcome.OVERLOADED: LedgerUnavailableError,
    Outcome.UNREACHABLE: LedgerUnavailableError,
    # A peer that has not joined the channel, or not caught up yet: an operator's affair.
    Outcome.NOT_FOUND: LedgerUnavailableError,
    Outcome.TIMED_OUT: LedgerUnavailableError,
    Outcome.INFRASTRUCTURE: LedgerUnavailableError,
    # The shim answers before the peer's patience ends: no answer at all means that it hangs.
    Outcome.TOO_SLOW: LedgerUnavailableError,
    Outcome.TOO_LARGE: TransactionTooLargeError,
    Outcome.NO_ENDORSERS: LedgerUnavailableError,
    Outcome.NO_ORDERERS: LedgerUnavailableError,
    Outcome.MISMATCH: LedgerConflictError,
    # The own certificate, clock or rights: no command is to blame, and an operator can mend it.
    Outcome.CALLER_REFUSED: LedgerUnavailableError,
    Outcome.ORDERER_REFUSED: LedgerUnavailableError,
    Outcome.INVALID: LedgerUnavailableError,
    Outcome.CHAINCODE_REFUSED: LedgerRefusedError,
    Outcome.DUPLICATE: OutcomeUnknownError,
    Outcome.UNANSWERED: OutcomeUnknownError,
    Outcome.CONFLICT: LedgerConflictError,
    Outcome.POLICY_FAILURE: LedgerUnavailableError,
    Outcome.UPGRADED: LedgerUnavailableError,
}

# What the chaincode's refusal means where it is not the commands' fault.
_REFUSALS: Final[dict[str, type[LedgerError]]] = {
    "VERSION_MISSING": RulesMissingError,
    Refusal.DEADLINE: TransactionTooLargeError,
    Refusal.CLOCK_SKEW: LedgerUnavailableError,
    Refusal.BUSY: LedgerUnavailableError,
    Refusal.DUPLICATE: LedgerUnavailableError,
    Refusal.NOT_READY: LedgerUnavailableError,
    Refusal.PEER_ERROR: LedgerUnavailableError,
    Refusal.STOPPING: LedgerUnavailableError,
}

_NONE: Final[tuple[dict[str, Json], ...]] = ()

_TX_ID: Final = re.compile(r"[0-9a-f]{64}")


async def _pass(_stage: Stage, _tx_id: str) -> None:
    """Let every stage pass."""


@contextlib.contextmanager
def opening() -> Iterator[None]:
    """Turn what is wrong with a profile, or an identity in it, into the port's own error.

    Raises:
        LedgerError: The profile or the identity does not fit.
    """
    try:
        yield
    except FabricError as error:
        raise LedgerError(str(error)) from error


class FabricLedger:
    """`gateway.ledgers.port.Ledger` over one channel and one chaincode, as one identity."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        channel: str,
        chaincode: str,
        on_stage: OnStage = _pass,
        settle_s: float = SETTLE_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Use an open gateway, which `close` closes.

        Args:
            gateway: Signs and calls.
            channel: Name of the channel.
            chaincode: Name of the contract's chaincode.
            on_stage: Awaited after ENDORSE, SUBMIT and COMMIT_STATUS of each transaction; a
                fault test ends the process in it.
            settle_s: Seconds that `submit` goes on asking after an unclear outcome.
            patience_s: Seconds that `blocks` goes on connecting.
        """
        self._gateway = gateway
        self._network = gateway.network(channel)
        self._contract = self._network.contract(chaincode)
        self._on_stage = on_stage
        self._settle_s = settle_s
        self._patience_s = patience_s

    @classmethod
    def from_profile(
        cls,
        profile: ConnectionProfile,
        *,
        identity: str = "gateway",
        deadlines: Deadlines | None = None,
        on_stage: OnStage = _pass,
        settle_s: float = SETTLE_S,
    ) -> Self:
        """Connect to the network of a connection profile, within a running event loop.

        Args:
            profile: The organisation's.
            identity: Name of an identity in the profile: `gateway`, or `admin` to bootstrap.
            deadlines: Of single calls.
            on_stage: See `__init__`.
            settle_s: See `__init__`.

        Raises:
            FabricError: The profile or the identity does not fit.
            OSError: A file of the profile cannot be read.
        """
        return cls(
            Gateway.from_profile(profile, identity=identity, deadlines=deadlines),
            channel=profile.channel,
            chaincode=profile.chaincode,
            on_stage=on_stage,
            settle_s=settle_s,
        )

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        """Run the commands in one transaction and wait until the own peer has committed it.

        If none of them is taken, nothing is ordered and the receipt's block number is -1.
        """
        if at is None:
            return await self._retried(lambda: self._submit(SUBMIT, commands))
        args = [str(at).encode(), *commands]
        return await self._retried(lambda: self._submit(SUBMIT_AT, args))

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key from the own organisation's peer; absent: null."""
        args = [key.encode() for key in keys]
        payload = await self._retried(lambda: self._contract.evaluate_transaction(QUERY, args))
        state: dict[str, Json] = json.loads(payload)
        return state

    async def dry_run(self, commands: Sequence[bytes]) -> DryRun:
        """Let the own organisation's peer say what would come of the commands."""
        args = list(commands)
        payload = await self._retried(lambda: self._contract.evaluate_transaction(DRY_RUN, args))
        answer = json.loads(payload)
        return DryRun(
            time=answer["time"], results=tuple(answer["results"]), writes=answer["writes"]
        )

    async def blocks(self, start: int) -> AsyncIterator[Block]:
        """Yield every block from number `start` on, then wait for new ones, for ever.

        Lost connections are renewed. Raises `LedgerUnavailableError` when that fails for long,
        and plain `LedgerError` when the chain is broken, which no new start will mend.
        """
        events = self._network.block_events(start, patience_s=self._patience_s)
        try:
            async for block in events:
                yield _to_block(block, chaincode=self._contract.chaincode)
        except BlockError as error:
            log.exception("chain_broken", block_number=error.number)
            raise LedgerError(str(error)) from error
        except FabricError as error:
            raise LedgerUnavailableError(str(error)) from error
        finally:
            await events.aclose()

    async def height(self) -> int:
        """Return the number of blocks."""
        try:
            return await self._network.height()
        except FabricError as error:
            raise LedgerUnavailableError(str(error)) from error

    async def close(self) -> None:
        """Close the gateway."""
        await self._gateway.close()

    async def _submit(self, function: str, args: Sequence[bytes]) -> Receipt:
        transaction = await self._contract.new_proposal(function, args).endorse()
        time, results = _parse_answer(transaction.result.payload)
        if not transaction.result.has_writes:
            if not self._is_own(transaction.endorsed_by):
                raise LedgerUnavailableError("only a foreign peer says that no command is taken")
            return Receipt(tx_id=transaction.tx_id, block_number=-1, time=time, results=results)
        await self._on_stage(Stage.ENDORSE, transaction.tx_id)
        status = await self._settle(transaction)
        status.raise_for_code()
        await self._on_stage(Stage.COMMIT_STATUS, transaction.tx_id)
        return Receipt(
            tx_id=transaction.tx_id,
            block_number=status.block_number,
            time=time,
            results=results,
        )

    async def _settle(self, transaction: FabricTransaction) -> Status:
        """Submit the one envelope, again where its fate is unclear, until there is a verdict.

        Raises:
            SubmitError: Certainly not ordered.
            OutcomeUnknownError: No verdict in time.
        """
        give_up = _now() + self._settle_s
        commit = transaction.commit()
        may_be_ordered = is_submitted = False
        for attempt in count():
            try:
                if not is_submitted:
                    await transaction.submit()
                    may_be_ordered = is_submitted = True
                    await self._on_stage(Stage.SUBMIT, transaction.tx_id)
                status = await commit.status()
            except (SubmitError, CommitStatusError) as error:
                failure: FabricError = error
                action = error.outcome.action
                # An overloaded peer did not even look: then there is no need to submit again.
                is_submitted = is_submitted and action is Action.RETRY_SAME
                may_be_ordered = may_be_ordered or action is Action.UNKNOWN
                if action is Action.FINAL and not may_be_ordered:
                    raise
            else:
                if status.code is ValidationCode.DUPLICATE_TXID:
                    # Not the verdict on the first occurrence, which is the one that counts.
                    failure = CommitError(
                        tx_id=status.tx_id, code=status.code, block_number=status.block_number
                    )
                elif status.code is ValidationCode.VALID and not self._is_own(status.msp_id):
                    return await self._own_verdict(transaction, give_up=give_up)
                else:
                    return status
            if _now() >= give_up and may_be_ordered:
                raise OutcomeUnknownError(str(failure), details=_details(failure)) from failure
            if _now() >= give_up:
                raise failure
            await _pause(attempt)
        raise AssertionError("attempts never end")

    async def _own_verdict(self, transaction: FabricTransaction, *, give_up: float) -> Status:
        """Wait for the own peer's word on a transaction that a foreign peer calls valid."""
        for attempt in count():
            try:
                return await transaction.commit().status(own_only=True)
            except CommitStatusError as error:
                if _now() >= give_up:
                    raise OutcomeUnknownError(
                        "only a foreign peer says that the transaction is valid",
                        details=_details(error),
                    ) from error
            await _pause(attempt)
        raise AssertionError("attempts never end")

    async def _retried(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Await the call, again where a new proposal may heal its failure.

        Raises:
            LedgerError: The leaf for the last failure.
        """
        failures: Counter[Outcome] = Counter()
        for attempt in count():
            try:
                return await call()
            except (GatewayError, CommitError) as error:
                outcome = error.outcome
                failures[outcome] += 1
                if failures[outcome] > _RETRIES.get(outcome, 0):
                    raise _ledger_error(error) from error
            except FabricError as error:
                raise _ledger_error(error) from error
            await _pause(attempt)
        raise AssertionError("attempts never end")

    def _is_own(self, msp_id: str) -> bool:
        return msp_id == self._gateway.identity.msp_id


def _ledger_error(error: FabricError) -> LedgerError:
    """Return what a failure of the Fabric client is to whoever submits."""
    if isinstance(error, PreparedTransactionError):
        log.error("prepared_transaction_refused", tx_id=error.tx_id, reason=error.reason)
    if not isinstance(error, GatewayError | CommitError):
        return LedgerUnavailableError(str(error))
    if error.outcome in {Outcome.INVALID, Outcome.POLICY_FAILURE}:
        log.error("transaction_invalid", error=str(error))
    kind = _ERRORS[error.outcome]
    if isinstance(error, GatewayError) and error.outcome is Outcome.CHAINCODE_REFUSED:
        _, message = error.chaincode_response or (0, "")
        kind = _REFUSALS.get(message, kind)
    return kind(str(error), details=_details(error))


def _details(error: FabricError) -> list[str]:
    if not isinstance(error, GatewayError):
        return []
    return [f"{one.msp_id} {one.address}: {one.message}" for one in error.details]


def _parse_answer(payload: bytes) -> tuple[int, tuple[dict[str, Json], ...]]:
    """Return the ledger time and the results in the contract's answer to `submit`.

    Raises:
        LedgerRefusedError: It is something else, so that the contract is not ours.
    """
    try:
        answer = json.loads(payload)
    except ValueError:
        answer = None
    match answer:
        case {"time": int(time), "results": [*results]} if all(
            isinstance(result, dict) for result in results
        ):
            return time, tuple(results)
        case _:
            raise LedgerRefusedError("the chaincode's answer is not the contract's")


def _to_block(block: fabric_blocks.Block, *, chaincode: str) -> Block:
    return Block(
        number=block.number,
        previous_hash=block.previous_hash.hex(),
        hash=block.hash.hex(),
        transactions=tuple(_to_transaction(one, chaincode) for one in block.transactions),
    )


def _to_transaction(transaction: fabric_blocks.BlockTransaction, chaincode: str) -> Transaction:
    """Return the transaction as the port shows it; another chaincode's without commands."""
    is_valid = transaction.code is ValidationCode.VALID
    time, commands, results = transaction.timestamp_s, _commands(transaction, chaincode), _NONE
    if commands:
        try:
            answered_time, answers = _parse_answer(transaction.payload)
        except LedgerRefusedError:
            answered_time, answers = 0, _NONE
        if len(answers) == len(commands):
            time, results = answered_time, answers
        else:
            # Anyone on the channel can have such an invalid transaction ordered. A valid one takes
            # two organisations, which no reader's stopping would bring to reason.
            log.warning("answer_malformed", tx_id=transaction.id, is_valid=is_valid)
            commands = ()
    writes = transaction.writes.get(chaincode, {}) if is_valid else {}
    return Transaction(
        # The port promises an id, also for what has none.
        id=transaction.id if _TX_ID.fullmatch(transaction.id) else transaction.envelope_hash,
        time=time,
        valid=is_valid,
        commands=commands,
        results=results,
        # The contract never deletes; if another of its name did, empty is the nearest.
        writes={key: value or b"" for key, value in writes.items()},
    )


def _commands(transaction: fabric_blocks.BlockTransaction, chaincode: str) -> tuple[bytes, ...]:
    if transaction.chaincode != chaincode:
        return ()
    match transaction.args:
        case (function, *commands) if function == SUBMIT.encode():
            return tuple(commands)
        case (function, _, *commands) if function == SUBMIT_AT.encode():
            return tuple(commands)
        case _:
            return ()


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _pause(attempt: int) -> None:
    longest_s = min(_PAUSE_S_MIN * 2**attempt, _PAUSE_S_MAX)
    # At random, so that those who failed together do not meet again.
    await asyncio.sleep(longest_s * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
