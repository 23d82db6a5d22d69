"""The state as one transaction sees it: prefetched values, and its own earlier writes on top.

Fabric does not show a transaction its own writes (`docs/source/readwrite.rst`), so this does. A
command's writes are kept apart until it is accepted; a read or write that the command did not
name beforehand is a bug of ours and raises `UnnamedRecordError`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from chaincode.base import canonical, shapes
from chaincode.base.errors import FaultError

Record = TypeVar("Record")

STATE_VERSION = 1  # "v" of every state value
KEPT_FROM_BYTES = 16_384  # what is read in less than 0.5 ms is read anew


class UnnamedRecordError(Exception):
    """A rule touched a record that its command type does not name in `touches`."""


class CorruptStateError(Exception):
    """A state value is not what the contract wrote there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record before and after a command; `before` is `None` for a new one."""

    key: str
    before: object | None
    after: object


class Overlay:
    """Prefetched state with the writes of a batch. Records are immutable dataclasses."""

    def __init__(self, prefetched: Mapping[str, bytes | None]) -> None:
        self._base = prefetched
        self._decoded: dict[str, object] = {}
        self._written: dict[str, object] = {}
        self._pending: dict[str, object] = {}
        self._readable: frozenset[str] = frozenset()
        self._writable: frozenset[str] = frozenset()

    def add(self, prefetched: Mapping[str, bytes | None]) -> None:
        """Add what was read later than the first values; nothing may be there twice."""
        self._base = {**self._base, **prefetched}

    def has(self, key: str) -> bool:
        """Whether the record at `key` was read, be there one or not."""
        return key in self._base

    def peek_integer(self, key: str, member: str, *, absent: int) -> int:
        """Return one number of a prefetched record whose shape may be of another version.

        Args:
            key: Of the record.
            member: The number's name.
            absent: What to return where there is no record.

        Raises:
            CorruptStateError: The record has no such number.
        """
        raw = self._base[key]
        if raw is None:
            return absent
        value = canonical.decode(raw)
        number = value.get(member) if isinstance(value, dict) else None
        if not isinstance(number, int):
            raise CorruptStateError(key)
        return number

    def look(self, shape: type[Record], key: str) -> Record | None:
        """Return a record between two commands: a prefetched one, or what was kept of it."""
        if key in self._written:
            record = self._written[key]
            assert isinstance(record, shape)  # noqa: S101 - one shape per key prefix
            return record
        return self._decode(shape, key)

    def begin(self, *, reads: frozenset[str], writes: frozenset[str]) -> None:
        """Start a command that may read and write just these keys."""
        self._pending = {}
        self._readable = reads
        self._writable = writes

    def changes(self) -> Iterator[Change]:
        """Yield each record that the command has written so far, with what stood there before."""
        for key, record in self._pending.items():
            before = self.look(type(record), key) if self.has(key) else None
            yield Change(key=key, before=before, after=record)

    def keep(self) -> None:
        """Keep what the command has written so far.

        Raises:
            CorruptStateError: One of the records would not be read back as it is.
        """
        for record in self._pending.values():
            _require_readable(record)
        self._written.update(self._pending)
        self._pending = {}

    def drop(self) -> None:
        """Drop what the command has written since the last `keep`."""
        self._pending = {}

    def find(self, shape: type[Record], key: str) -> Record | None:
        """Return the record at `key`, or `None` where there is none."""
        if key not in self._readable:
            raise UnnamedRecordError(key)
        for layer in (self._pending, self._written):
            if key in layer:
                record = layer[key]
                assert isinstance(record, shape)  # noqa: S101 - one shape per key prefix
                return record
        return self._decode(shape, key)

    def _decode(self, shape: type[Record], key: str) -> Record | None:
        if key in self._decoded:
            record = self._decoded[key]
            assert isinstance(record, shape)  # noqa: S101 - one shape per key prefix
            return record
        raw = self._base[key]
        if raw is None:
            return None
        decoded = self._decoded[key] = decode_state(shape, raw)
        return decoded

    def put(self, key: str, record: object) -> None:
        """Write `record` at `key`."""
        if key not in self._writable:
            raise UnnamedRecordError(key)
        self._pending[key] = record

    def writes(self) -> dict[str, bytes]:
        """Return every value kept, in key order."""
        return {key: encode_state(self._written[key]) for key in sorted(self._written)}


def _require_readable(record: object) -> None:
    """Check that a record is of its own shape, so that whoever reads it later can."""
    shape = type(record)
    try:
        is_same = shapes.read(shape, shapes.write(record)) == record
    except FaultError as fault:
        raise CorruptStateError(shape.__name__) from fault
    if not is_same:
        raise CorruptStateError(shape.__name__)


def decode_state(shape: type[Record], raw: bytes) -> Record:
    """Read a state value that the contract wrote.

    A large one is kept by its bytes: each transaction reads the 10,000 roots of open recalls, and
    they change seldom.
    """
    if len(raw) < KEPT_FROM_BYTES:
        return _decode_state(shape, raw)
    record: Record = _decode_kept(shape, raw)  # type: ignore[arg-type]  # a class is hashable
    return record


def _decode_state(shape: type[Record], raw: bytes) -> Record:
    try:
        value = canonical.decode(raw)
        if not isinstance(value, dict) or value.pop("v", None) != STATE_VERSION:
            raise CorruptStateError(shape.__name__)
        return shapes.read(shape, value)
    except FaultError as fault:
        raise CorruptStateError(shape.__name__) from fault


@lru_cache(maxsize=8)
def _decode_kept(shape: type, raw: bytes) -> Any:  # noqa: ANN401 - a record of `shape`
    return _decode_state(shape, raw)


def encode_state(record: object) -> bytes:
    """Return the state value of a record."""
    return canonical.encode({"v": STATE_VERSION, **shapes.write(record)})
