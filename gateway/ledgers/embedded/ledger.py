"""The embedded ledger behind the port `gateway.ledgers.port`: asyncio in front, a thread behind.

ledger = await EmbeddedLedger.open(Path("var/ledger.sqlite"), contract=MinoriContract())
receipt = await ledger.submit([wire])                          # as the own gateway
town = ledger.as_identity("admin", organisation="TownMSP")     # for the town's bootstrap
await town.submit([bootstrap])
await ledger.close()
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, ParamSpec, Self, TypeVar

from chaincode.base.canonical import Json
from chaincode.base.stub import Contract, Creator
from gateway.ledgers.embedded import identities
from gateway.ledgers.embedded.blocks import (
    CONFIGURE,
    SUBMIT,
    SUBMIT_AT,
    TransactionRecord,
    canonical,
    to_block,
)
from gateway.ledgers.embedded.errors import IdentityError
from gateway.ledgers.embedded.executor import Executor, Proposal
from gateway.ledgers.embedded.store import Store
from gateway.ledgers.embedded.verification import Verification, configuration, verify
from gateway.ledgers.port import (
    Block,
    DryRun,
    LedgerError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    Receipt,
    TransactionTooLargeError,
)

COOP: Final = "CoopMSP"
ORGANISATIONS: Final = (COOP, "ShopsMSP", "TownMSP")

# What a Fabric network of the same kind takes at most in one envelope, roughly.
TRANSACTION_BYTES_MAX: Final = 8 * 1024 * 1024
BLOCK_TRANSACTIONS_MAX: Final = 16  # bounds how long a query waits behind a block
_READ_AT_ONCE: Final = 32  # blocks

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A proposal in line, and where its outcome goes."""

    proposal: Proposal
    outcome: "asyncio.Future[Receipt]"


class EmbeddedLedger:
    """`gateway.ledgers.port.Ledger` over one SQLite file; make it with `open`.

    SQLite and the contract run in a thread of their own, so the event loop stays free.
    """

    def __init__(
        self,
        *,
        executor: Executor,
        thread: ThreadPoolExecutor,
        organisations: Mapping[str, identities.Organisation],
        organisation: str,
        transaction_bytes_max: int,
    ) -> None:
        self._executor = executor
        self._thread = thread
        self._organisations = organisations
        self._organisation = organisation
        self._transaction_bytes_max = transaction_bytes_max
        self._gateway = self._creator(identities.GATEWAY, organisation)
        self._height = executor.store.height
        self._waiting: list[_Waiting] = []
        self._sealing: asyncio.Task[None] | None = None
        self._grown = asyncio.Condition()
        self._is_open = True

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        contract: Contract,
        organisation: str | None = None,
        organisations: Sequence[str] | None = None,
        clock: Callable[[], float] = time.time,
        transaction_bytes_max: int = TRANSACTION_BYTES_MAX,
    ) -> Self:
        """Open the ledger in the file `path`, or make it with its identities and block 0.

        Args:
            path: The SQLite file. Beside it: SQLite's own `-wal` and `-shm`, `.lock`, and the
                folder `.identities`.
            contract: What every transaction runs.
            organisation: MSP id of the organisation whose gateway submits by default; by default
                the first one's.
            organisations: MSP ids of all, fixed at the first start; by default those that the
                ledger has, and `ORGANISATIONS` for a new one.
            clock: Seconds since 1970; each transaction's proposed time.
            transaction_bytes_max: Bytes of all commands of a transaction.

        Raises:
            LedgerInUseError: It is open already, here or in another process.
            ChainBrokenError: Its last block is damaged.
            IdentityError: The identities don't fit the ledger or `organisations`.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedded-ledger")
        opening = partial(_open, path, contract=contract, organisations=organisations, clock=clock)
        try:
            executor, members = await asyncio.get_running_loop().run_in_executor(thread, opening)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(
            executor=executor,
            thread=thread,
            organisations=members,
            organisation=organisation or next(iter(members)),
            transaction_bytes_max=transaction_bytes_max,
        )

    @property
    def organisations(self) -> tuple[str, ...]:
        """The MSP ids of its organisations."""
        return tuple(self._organisations)

    def as_identity(self, name: str, *, organisation: str | None = None) -> "IdentityView":
        """Return this same ledger, submitting as another identity.

        Args:
            name: `admin` or `gateway`.
            organisation: Its MSP id; the own one by default.

        Raises:
            IdentityError: There is no such identity.
        """
        return IdentityView(self, self._creator(name, organisation or self._organisation))

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        """Run the commands in one transaction and wait until its block is on disk."""
        return await self.submit_as(self._gateway, commands, at=at)

    async def submit_as(
        self, creator: Creator, commands: Sequence[bytes], *, at: int | None
    ) -> Receipt:
        """Submit with `creator` as the transaction's signer; see `Ledger.submit`."""
        self._check_open()
        size = sum(map(len, commands))
        if size > self._transaction_bytes_max:
            raise TransactionTooLargeError(
                f"{size} bytes; at most {self._transaction_bytes_max} in one transaction"
            )
        proposal = Proposal(
            creator=creator,
            function=SUBMIT if at is None else SUBMIT_AT,
            args=(*(() if at is None else (str(at).encode(),)), *commands),
        )
        loop = asyncio.get_running_loop()
        waiting = _Waiting(proposal, loop.create_future())
        self._waiting.append(waiting)
        if self._sealing is None:
            # Not the caller's own: who stops waiting must not stop the others' block.
            self._sealing = loop.create_task(self._seal(), name="embedded-ledger-sealing")
        return await waiting.outcome

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key, as the contract shows it; absent: null."""
        return await self._call(self._executor.query, self._gateway, keys)

    async def dry_run(self, commands: Sequence[bytes]) -> DryRun:
        """Say what would come of the commands; order nothing."""
        return await self._call(self._executor.dry_run, self._gateway, commands)

    async def blocks(self, start: int) -> AsyncIterator[Block]:
        """Yield every block from number `start` on, then wait for new ones.

        Raises:
            LedgerUnavailableError: The ledger was closed.
            ChainBrokenError: A block is damaged.
        """
        number = start
        while True:
            async with self._grown:
                await self._grown.wait_for(partial(self._has_news, number))
            for block in await self._call(self._read, number):
                yield block
                number += 1

    async def height(self) -> int:
        """Return the number of blocks; block 0, the configuration, counts."""
        return self._height

    async def verify(self) -> Verification:
        """Check the whole chain and the state; see `gateway.ledgers.embedded.verification`."""
        return await self._call(verify, self._executor.store)

    async def close(self) -> None:
        """Wait for what is being written, end all streams of blocks, close the file."""
        if not self._is_open:
            return
        self._is_open = False
        if self._sealing is not None:
            await self._sealing
        async with self._grown:
            self._grown.notify_all()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._executor.close)
        self._thread.shutdown()

    async def _seal(self) -> None:
        """Write blocks while anything waits; what arrives meanwhile shares the next one."""
        try:
            while self._waiting:
                batch = self._waiting[:BLOCK_TRANSACTIONS_MAX]
                del self._waiting[: len(batch)]
                await self._seal_block(batch)
        finally:
            self._sealing = None

    async def _seal_block(self, batch: Sequence[_Waiting]) -> None:
        proposals = [waiting.proposal for waiting in batch]
        try:
            outcomes = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._executor.commit, proposals
            )
        except Exception as error:  # noqa: BLE001 - a bug of ours must still answer everyone
            unknown = OutcomeUnknownError("the ledger failed", details=[repr(error)])
            unknown.__cause__ = error
            outcomes = [unknown for _ in batch]
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if waiting.outcome.done():  # its caller no longer waits
                continue
            if isinstance(outcome, LedgerError):
                waiting.outcome.set_exception(outcome)
            else:
                waiting.outcome.set_result(outcome)
        async with self._grown:
            self._height = self._executor.store.height
            self._grown.notify_all()

    def _has_news(self, number: int) -> bool:
        return self._height > number or not self._is_open

    def _read(self, start: int) -> list[Block]:
        return [
            to_block(
                number=block.number, previous_hash=block.previous_hash, contents=block.contents
            )
            for block in self._executor.store.blocks(start, limit=_READ_AT_ONCE)
        ]

    async def _call(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run a function in the ledger's thread, after whatever runs there."""
        self._check_open()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(function, *args, **kwargs))

    def _check_open(self) -> None:
        if not self._is_open:
            raise LedgerUnavailableError("the ledger is closed")

    def _creator(self, name: str, msp_id: str) -> Creator:
        try:
            return self._organisations[msp_id].creators[name]
        except KeyError:
            raise IdentityError(f"{msp_id} has no identity {name!r} on this ledger") from None


class IdentityView:
    """An embedded ledger, submitting as one identity. Closing it leaves the ledger open."""

    def __init__(self, ledger: EmbeddedLedger, creator: Creator) -> None:
        self._ledger = ledger
        self.creator = creator

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        """Run the commands in one transaction that this identity signs."""
        return await self._ledger.submit_as(self.creator, commands, at=at)

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key; absent: null."""
        return await self._ledger.query(keys)

    async def dry_run(self, commands: Sequence[bytes]) -> DryRun:
        """Say what would come of the commands; order nothing."""
        return await self._ledger.dry_run(commands)

    def blocks(self, start: int) -> AsyncIterator[Block]:
        """Yield every block from number `start` on, then wait for new ones."""
        return self._ledger.blocks(start)

    async def height(self) -> int:
        """Return the number of blocks."""
        return await self._ledger.height()

    async def close(self) -> None:
        """Do nothing: whoever opened the ledger closes it."""


def _open(
    path: Path,
    *,
    contract: Contract,
    organisations: Sequence[str] | None,
    clock: Callable[[], float],
) -> tuple[Executor, dict[str, identities.Organisation]]:
    """Open or make everything on disk, in the ledger's thread."""
    store = Store.open(path)
    try:
        members = _members(store, identities.directory(path), organisations, now_s=clock())
    except BaseException:
        store.close()
        raise
    return Executor(store=store, contract=contract, clock=clock), members


def _members(
    store: Store, folder: Path, organisations: Sequence[str] | None, *, now_s: float
) -> dict[str, identities.Organisation]:
    """Return the organisations, made at the first start, and checked against block 0."""
    if store.height == 0 and not folder.exists():
        identities.create(folder, msp_ids=organisations or ORGANISATIONS, now_s=now_s)
    members = identities.load(folder)
    authorities = {msp_id: member.ca_pem for msp_id, member in members.items()}
    if store.height == 0:
        _configure(store, authorities, now_s=now_s)
    (first,) = store.blocks(0, limit=1)
    if configuration(first) != authorities:
        raise IdentityError(f"the identities in {folder} are not this ledger's")
    if organisations is not None and set(authorities) != set(organisations):
        raise IdentityError(
            f"this ledger's organisations are {', '.join(sorted(authorities))};"
            f" asked for: {', '.join(sorted(organisations))}"
        )
    return members


def _configure(store: Store, authorities: Mapping[str, bytes], *, now_s: float) -> None:
    """Write block 0: which organisations there are, and who may issue their certificates."""
    named = canonical(
        {"organisations": {msp_id: pem.decode() for msp_id, pem in authorities.items()}}
    )
    record = TransactionRecord(
        id=sha256(named).hexdigest(),
        time=int(now_s),
        msp_id="",
        certificate="",
        function=CONFIGURE,
        args=(named,),
        payload=b"",
        writes={},
    )
    store.append([(record.id, record.encode())], writes={}, certificates=[])
