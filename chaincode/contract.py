"""The functions of a transaction: `submit`, `submit_at`, `dry_run`, `query`, `version`.

Each transaction reads in two stages and writes once. First what every transaction reads and the
senders' devices: with these, signatures are verified. Then, for commands whose signature holds,
the records that they name by the rules in force; and of goods that came out of sorting over several
commands and have not moved since, that run's record. All else is computed without any I/O.
"""

import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaincode import reading, rules, taking
from chaincode.base import canonical, envelope
from chaincode.base.canonical import Json
from chaincode.base.envelope import Command
from chaincode.base.errors import FaultError
from chaincode.base.evidence import EvidenceError
from chaincode.base.overlay import Overlay, encode_state
from chaincode.base.stub import Response, Stub
from chaincode.lots import sorting
from chaincode.reading import EVERY_TRANSACTION_READS, Request, Result
from chaincode.registry.records import DEMO_TIME, HEAD, DemoTime, Device, Head
from chaincode.rules import Rules
from chaincode.taking import Circumstances

COMMANDS_MAX = 500  # per transaction
QUERY_KEYS_MAX = 1_000
DEMO_AHEAD_S_MAX = 86_400  # a demo's clock never goes back: set far ahead, it would stand still

_SECONDS = re.compile(rb"[1-9][0-9]{0,10}")


class RefusalError(EvidenceError):
    """The transaction as a whole must not be ordered."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.response = Response(status=status, message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A transaction read and ready to be taken."""

    requests: Sequence[Request | Result]
    overlay: Overlay
    rules: Rules
    head: Head | None


class MinoriContract:
    """The rules as a ledger runs them (`chaincode.base.stub.Contract`)."""

    def __init__(self, versions: Mapping[int, Rules] = rules.RULES) -> None:
        self._versions = versions

    async def invoke(self, stub: Stub, function: str, args: Sequence[bytes]) -> Response:
        """Run one transaction.

        Answers 200, or refuses the whole with a stable message: 400 `BAD_FUNCTION`,
        `BAD_ARGUMENTS`, `NOT_DEMO`, `TIME_WENT_BACK`, `TIME_AHEAD`; 500 `VERSION_MISSING` when
        this process lacks the rules in force.
        """
        try:
            if function == "submit":
                return await self._submit(stub, args, at=None)
            if function == "submit_at":
                return await self._submit(stub, args[1:], at=_read_seconds(args))
            if function == "dry_run":
                return await self._dry_run(stub, args)
            if function == "query":
                return await _query(stub, args)
            if function == "version":
                return self._version()
            raise RefusalError(400, "BAD_FUNCTION")
        except RefusalError as refusal:
            return refusal.response

    async def _submit(self, stub: Stub, wires: Sequence[bytes], *, at: int | None) -> Response:
        prepared = await self._prepare(stub, wires)
        circumstances = self._circumstances(stub, prepared, at=at)
        results = taking.take(prepared.requests, prepared.overlay, circumstances)
        writes = prepared.overlay.writes()
        if at is not None and writes:
            now = prepared.overlay.look(Head, HEAD)
            if now is not None and not now.demo:
                raise RefusalError(400, "NOT_DEMO")
            writes[DEMO_TIME] = encode_state(DemoTime(ledger_time=circumstances.time))
        await stub.put_multiple_states(writes)
        payload: Json = {
            "time": circumstances.time,
            "results": [result.to_json() for result in results],
        }
        return Response(status=200, payload=canonical.encode(payload))

    async def _dry_run(self, stub: Stub, wires: Sequence[bytes]) -> Response:
        """Say what would become of the commands, and what they would write; write nothing."""
        prepared = await self._prepare(stub, wires, is_dry_run=True)
        circumstances = self._circumstances(stub, prepared, at=None, is_dry_run=True)
        results = taking.take(prepared.requests, prepared.overlay, circumstances)
        writes = prepared.overlay.writes()
        payload: Json = {
            "time": circumstances.time,
            "results": [{**result.to_json(), "member": result.member} for result in results],
            "writes": {key: canonical.decode(value) for key, value in writes.items()},
        }
        return Response(status=200, payload=canonical.encode(payload))

    async def _prepare(
        self, stub: Stub, wires: Sequence[bytes], *, is_dry_run: bool = False
    ) -> Prepared:
        """Read envelopes, then devices; verify; then read what the verified commands name."""
        if not 1 <= len(wires) <= COMMANDS_MAX:
            raise RefusalError(400, "BAD_ARGUMENTS")
        commands = [_parse(wire) for wire in wires]
        senders = [Device.key(one.kid) for one in commands if isinstance(one, Command)]
        overlay = Overlay(await _fetch(stub, [*EVERY_TRANSACTION_READS, *senders]))
        version = overlay.peek_integer(HEAD, "rules", absent=rules.FIRST)
        if version not in self._versions:  # then this program may not even understand the head
            raise RefusalError(500, "VERSION_MISSING")
        head = overlay.look(Head, HEAD)
        types = rules.in_force(head, self._versions)
        requests = reading.read_verified(commands, overlay, types, is_dry_run=is_dry_run)
        named = [key for one in requests if isinstance(one, Request) for key in one.touches.reads]
        found = await _fetch(stub, [key for key in named if not overlay.has(key)])
        overlay.add(found)
        runs = sorting.runs_of(found)  # of goods that came out of one over several commands
        overlay.add(await _fetch(stub, [key for key in runs if not overlay.has(key)]))
        return Prepared(
            requests=requests, overlay=overlay, rules=self._versions[version], head=head
        )

    def _circumstances(
        self, stub: Stub, prepared: Prepared, *, at: int | None, is_dry_run: bool = False
    ) -> Circumstances:
        last = prepared.overlay.look(DemoTime, DEMO_TIME)
        return Circumstances(
            time=_ledger_time(stub, prepared.head, last, at),
            creator=stub.creator,
            rules=prepared.rules,
            versions=tuple(self._versions),
            is_dry_run=is_dry_run,
        )

    def _version(self) -> Response:
        answer: Json = {
            "contract": "minori",
            "python": platform.python_version(),
            "rules": list(self._versions),
        }
        return Response(status=200, payload=canonical.encode(answer))


def _parse(wire: bytes) -> Command | Result:
    try:
        return envelope.parse(wire)
    except FaultError as fault:
        return Result(id=envelope.id_of(wire), code=fault.code, member=fault.member)


async def _fetch(stub: Stub, names: Sequence[str]) -> dict[str, bytes | None]:
    """Read each record once, in the order of their keys, so that all peers read in one order."""
    keys = sorted(frozenset(names))
    values = await stub.get_multiple_states(keys) if keys else []
    return dict(zip(keys, values, strict=True))


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
    if at > stub.tx_timestamp + DEMO_AHEAD_S_MAX:
        raise RefusalError(400, "TIME_AHEAD")
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
