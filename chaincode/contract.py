"""The functions of a transaction: `submit`, `submit_at`, `dry_run`, `query`, `version`.

Each transaction reads all its keys at once, computes without any I/O, and writes all at once, so
the rules themselves (`taking.take`) are a pure function.
"""

import platform
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from chaincode import taking
from chaincode.base import canonical
from chaincode.base.canonical import Json
from chaincode.base.errors import FaultError
from chaincode.base.evidence import EvidenceError
from chaincode.base.overlay import decode_state, encode_state
from chaincode.base.stub import Response, Stub
from chaincode.registry.records import DEMO_TIME, HEAD, DemoTime, Head
from chaincode.taking import Circumstances, Request, Result

COMMANDS_MAX = 500  # per transaction
QUERY_KEYS_MAX = 1_000

Record = TypeVar("Record")

_SECONDS = re.compile(rb"[1-9][0-9]{0,10}")


class RefusalError(EvidenceError):
    """The transaction as a whole must not be ordered."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.response = Response(status=status, message=message)


class MinoriContract:
    """The rules as a ledger runs them (`chaincode.base.stub.Contract`)."""

    async def invoke(self, stub: Stub, function: str, args: Sequence[bytes]) -> Response:
        """Run one transaction.

        Answers 200, or refuses the whole with a stable message: 400 `BAD_FUNCTION`,
        `BAD_ARGUMENTS`, `NOT_DEMO`, `TIME_WENT_BACK`; 500 `VERSION_MISSING` when this process
        lacks the rules in force.
        """
        try:
            if function == "submit":
                return await _submit(stub, args, at=None)
            if function == "submit_at":
                return await _submit(stub, args[1:], at=_read_seconds(args))
            if function == "dry_run":
                return await _dry_run(stub, args)
            if function == "query":
                return await _query(stub, args)
            if function == "version":
                return _version()
            raise RefusalError(400, "BAD_FUNCTION")
        except RefusalError as refusal:
            return refusal.response


async def _submit(stub: Stub, wires: Sequence[bytes], *, at: int | None) -> Response:
    requests, prefetched, head = await _prepare(stub, wires)
    time = _ledger_time(stub, head, _record(DemoTime, prefetched[DEMO_TIME]), at)
    results, writes = taking.take(
        requests, prefetched, Circumstances(time=time, creator=stub.creator)
    )
    if at is not None and writes:
        if HEAD in writes and not decode_state(Head, writes[HEAD]).demo:
            raise RefusalError(400, "NOT_DEMO")
        writes[DEMO_TIME] = encode_state(DemoTime(ledger_time=time))
    await stub.put_multiple_states(writes)
    payload: Json = {"time": time, "results": [result.to_json() for result in results]}
    return Response(status=200, payload=canonical.encode(payload))


async def _dry_run(stub: Stub, wires: Sequence[bytes]) -> Response:
    """Say what would become of the commands, and what they would write; write nothing."""
    requests, prefetched, head = await _prepare(stub, wires)
    time = _ledger_time(stub, head, _record(DemoTime, prefetched[DEMO_TIME]), None)
    circumstances = Circumstances(time=time, creator=stub.creator, is_dry_run=True)
    results, writes = taking.take(requests, prefetched, circumstances)
    payload: Json = {
        "time": time,
        "results": [{**result.to_json(), "member": result.member} for result in results],
        "writes": {key: canonical.decode(value) for key, value in writes.items()},
    }
    return Response(status=200, payload=canonical.encode(payload))


async def _prepare(
    stub: Stub, wires: Sequence[bytes]
) -> tuple[list[Request | Result], dict[str, bytes | None], Head | None]:
    """Read the commands, and at once every record that they name."""
    if not 1 <= len(wires) <= COMMANDS_MAX:
        raise RefusalError(400, "BAD_ARGUMENTS")
    requests = [_read(wire) for wire in wires]
    keys = _keys(requests)
    values = await stub.get_multiple_states(keys)
    prefetched = dict(zip(keys, values, strict=True))
    head = _record(Head, prefetched[HEAD])
    if head is not None and head.rules not in taking.RULES_VERSIONS:
        raise RefusalError(500, "VERSION_MISSING")
    return requests, prefetched, head


def _read(wire: bytes) -> Request | Result:
    try:
        return taking.read(wire)
    except FaultError as fault:
        return Result(id=canonical.digest(wire), code=fault.code, member=fault.member)


def _keys(requests: Sequence[Request | Result]) -> list[str]:
    """Return every key to read, sorted, so that all peers read in one order."""
    keys = set(taking.EVERY_TRANSACTION_READS)
    for request in requests:
        if isinstance(request, Request):
            keys.update(request.touches.reads)
    return sorted(keys)


def _record(shape: type[Record], raw: bytes | None) -> Record | None:
    return None if raw is None else decode_state(shape, raw)


def _ledger_time(stub: Stub, head: Head | None, last: DemoTime | None, at: int | None) -> int:
    """Return the transaction's ledger time: proposed by its submitter, or a demo's own."""
    floor = last.ledger_time if last else 0
    if at is None:
        return max(stub.tx_timestamp, floor)
    # A ledger not yet founded may be about to become a demo: `_submit` looks again.
    if head is not None and not head.demo:
        raise RefusalError(400, "NOT_DEMO")
    if at < floor:
        raise RefusalError(400, "TIME_WENT_BACK")
    return at


def _read_seconds(args: Sequence[bytes]) -> int:
    if not args or not _SECONDS.fullmatch(args[0]):
        raise RefusalError(400, "BAD_ARGUMENTS")
    return int(args[0])


async def _query(stub: Stub, args: Sequence[bytes]) -> Response:
    if not 1 <= len(args) <= QUERY_KEYS_MAX or not all(arg.isascii() and arg for arg in args):
        raise RefusalError(400, "BAD_ARGUMENTS")
    keys = sorted({arg.decode("ascii") for arg in args})
    values = await stub.get_multiple_states(keys)
    state: Mapping[str, Json] = {
        key: None if raw is None else canonical.decode(raw)
        for key, raw in zip(keys, values, strict=True)
    }
    return Response(status=200, payload=canonical.encode(dict(state)))


def _version() -> Response:
    answer: Json = {
        "contract": "minori",
        "python": platform.python_version(),
        "rules": list(taking.RULES_VERSIONS),
    }
    return Response(status=200, payload=canonical.encode(answer))
