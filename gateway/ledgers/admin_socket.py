"""The way to an embedded ledger that a gateway has open: a socket beside its file, for its owner.

`minori town apply` needs what no HTTP route gives: the records of the ledger as they are, and to
submit a bootstrap as an organisation's admin. Whoever may read the ledger's file and identities
holds both anyway, so the socket gives away nothing: only that user (and root) is answered. Commands
go to the gateway's own HTTP address, which the socket names, like everybody's.

One line of JSON asks, one answers, then the connection is closed:
    {"about": true}                              {"pid": 123, "gateway": "http://127.0.0.1:8000",
                                                  "organisations": ["TownMSP", …]}
    {"query": ["party/…", …]}                    {"state": {"party/…": {…}, …}}
    {"bootstrap": "<jws>", "msp": "TownMSP"}     {"tx_id": "…", "block_number": 1, "time": 1,
                                                  "results": [{…}]}
    what fails                                   {"error": "<LedgerError's class>", "message": "…"}
"""

import asyncio
import contextlib
import json
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from chaincode.base.canonical import Json
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.ledgers.port import (
    LedgerConflictError,
    LedgerError,
    LedgerRefusedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    Receipt,
    TransactionTooLargeError,
)

LINE_BYTES_MAX: Final = 32 * 1024 * 1024
PATIENCE_S: Final = 30
PATH_BYTES_MAX: Final = 100  # sun_path has 108 on Linux, 104 elsewhere

_ERRORS: Final = {
    kind.__name__: kind
    for kind in (
        *(LedgerUnavailableError, LedgerConflictError, OutcomeUnknownError),
        *(TransactionTooLargeError, LedgerRefusedError),
    )
}

_log = structlog.get_logger(__name__)


def socket_path(ledger: Path) -> Path:
    """Return where the socket of the ledger at a path is."""
    return ledger.with_name(ledger.name + ".socket")


@contextlib.asynccontextmanager
async def answering(
    ledger: EmbeddedLedger, path: Path, *, gateway: Callable[[], str]
) -> AsyncIterator[None]:
    """Answer at the socket of a ledger that this process has open.

    Where the file system has no sockets there is none: that is logged, and the gateway serves.

    Args:
        ledger: Open.
        path: Its file.
        gateway: Returns the address that commands are sent to, on this machine.
    """
    desk = _Desk(ledger, gateway)
    try:
        with _reachable(socket_path(path)) as (own, place):
            own.unlink(missing_ok=True)  # of a process that was killed: the ledger's lock is ours
            server = await asyncio.start_unix_server(desk.serve, place, limit=LINE_BYTES_MAX)
            own.chmod(0o600)
    except OSError as error:
        _log.warning("admin_socket_failed", error=str(error))
        yield
        return
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()
        socket_path(path).unlink(missing_ok=True)


class _Desk:
    """Answers one question a connection."""

    def __init__(self, ledger: EmbeddedLedger, gateway: Callable[[], str]) -> None:
        self._ledger = ledger
        self._gateway = gateway

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer, and close the connection."""
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(PATIENCE_S):
                if _is_owner(writer):
                    asked = json.loads(await reader.readline())
                    writer.write(json.dumps(await self._answer(asked)).encode() + b"\n")
                    await writer.drain()
        writer.close()

    async def _answer(self, asked: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON of many shapes
        try:
            match asked:
                case {"about": True}:
                    return {
                        "pid": os.getpid(),
                        "gateway": self._gateway(),
                        "organisations": list(self._ledger.organisations),
                    }
                case {"query": [*keys]} if all(isinstance(key, str) for key in keys):
                    return {"state": await self._ledger.query(keys)}
                case {"bootstrap": str(jws), "msp": str(msp)}:
                    return await self._bootstrap(jws, msp)
        except LedgerError as error:
            return {"error": type(error).__name__, "message": str(error)}
        return {"error": LedgerRefusedError.__name__, "message": "not understood"}

    async def _bootstrap(self, jws: str, msp: str) -> dict[str, Any]:
        admin = self._ledger.as_identity("admin", organisation=msp)
        receipt = await admin.submit([jws.encode()])
        return {
            "tx_id": receipt.tx_id,
            "block_number": receipt.block_number,
            "time": receipt.time,
            "results": list(receipt.results),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedLedger:
    """An embedded ledger that a gateway on this machine has open.

    Attributes:
        path: Its file.
        pid: Of the gateway.
        gateway: Where the gateway takes commands.
        organisations: The MSP ids of the ledger.
    """

    path: Path
    pid: int
    gateway: str
    organisations: tuple[str, ...]

    @classmethod
    async def find(cls, path: Path) -> "ServedLedger | None":
        """Return the ledger at a path as its gateway has it; `None` where nobody answers."""
        try:
            about = await _ask(path, {"about": True})
        except OSError:
            return None
        return cls(
            path=path,
            pid=about["pid"],
            gateway=about["gateway"],
            organisations=tuple(about["organisations"]),
        )

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key; absent: null."""
        state: dict[str, Json] = (await self._ask({"query": list(keys)}))["state"]
        return state

    async def bootstrap(self, jws: bytes, *, msp: str) -> Receipt:
        """Submit a bootstrap as the admin of an organisation."""
        said = await self._ask({"bootstrap": jws.decode(), "msp": msp})
        return Receipt(
            tx_id=said["tx_id"],
            block_number=said["block_number"],
            time=said["time"],
            results=tuple(said["results"]),
        )

    async def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await _ask(self.path, question)
        except OSError as error:
            raise LedgerUnavailableError(f"the gateway went away: {error}") from None
        if "error" in answer:
            raise _ERRORS.get(answer["error"], LedgerRefusedError)(answer["message"])
        return answer


async def _ask(path: Path, question: dict[str, Any]) -> dict[str, Any]:
    """Ask one question.

    Raises:
        OSError: Nobody answers, in time or at all.
    """
    async with asyncio.timeout(PATIENCE_S):
        with _reachable(socket_path(path)) as (_own, place):
            reader, writer = await asyncio.open_unix_connection(place, limit=LINE_BYTES_MAX)
        try:
            writer.write(json.dumps(question).encode() + b"\n")
            await writer.drain()
            line = await reader.readline()
        finally:
            writer.close()
    if not line:
        raise ConnectionError("no answer")
    answer: dict[str, Any] = json.loads(line)
    return answer


@contextlib.contextmanager
def _reachable(path: Path) -> Iterator[tuple[Path, str]]:
    """Give a socket's path, and the same short enough for the system to take, while inside."""
    if len(os.fsencode(path)) <= PATH_BYTES_MAX:
        yield path, str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield path, f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _is_owner(writer: asyncio.StreamWriter) -> bool:
    """Whether the other end is a process of this user, or root's; the file's mode says so, too."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as connection:
        form = struct.Struct("3i")  # pid, uid, gid: unix(7)
        asked = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, form.size)
    return form.unpack(asked)[1] in {os.geteuid(), 0}
