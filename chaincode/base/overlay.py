"""The state as one transaction sees it: prefetched values, and its own earlier writes on top.

Fabric does not show a transaction its own writes (`docs/source/readwrite.rst`), so this does. A
command's writes are kept apart until it is accepted; a read or write that the command did not
name beforehand is a bug of ours and raises `UnnamedRecordError`.
"""

from collections.abc import Mapping
from typing import TypeVar

from chaincode.base import canonical, shapes
from chaincode.base.errors import FaultError

Record = TypeVar("Record")

STATE_VERSION = 1  # "v" of every state value


class UnnamedRecordError(Exception):
    """A rule touched a record that its command type does not name in `touches`."""


class CorruptStateError(Exception):
    """A state value is not what the contract wrote there."""


class Overlay:
    """Prefetched state with the writes of a batch. Records are immutable dataclasses."""

    def __init__(self, prefetched: Mapping[str, bytes | None]) -> None:
        self._base = prefetched
        self._decoded: dict[str, object] = {}
        self._written: dict[str, object] = {}
        self._pending: dict[str, object] = {}
        self._readable: frozenset[str] = frozenset()
        self._writable: frozenset[str] = frozenset()

    def begin(self, *, reads: frozenset[str], writes: frozenset[str]) -> None:
        """Start a command that may read and write just these keys."""
        self._pending = {}
        self._readable = reads
        self._writable = writes

    def keep(self) -> None:
        """Keep what the command has written so far."""
        self._written.update(self._pending)
        self._pending = {}

    def drop(self) -> None:
        """Drop what the command has written since the last `keep`."""
        self._pending = {}

    def find(self, shape: type[Record], key: str) -> Record | None:
        """Return the record at `key`, or `None` where there is none."""
        if key not in self._readable:
            raise UnnamedRecordError(key)
        for layer in (self._pending, self._written, self._decoded):
            if key in layer:
                record = layer[key]
                assert isinstance(record, shape)  # noqa: S101 - one shape per key prefix
                return record
        raw = self._base[key]
        if raw is None:
            return None
        decoded = decode_state(shape, raw)
        self._decoded[key] = decoded
        return decoded

    def put(self, key: str, record: object) -> None:
        """Write `record` at `key`."""
        if key not in self._writable:
            raise UnnamedRecordError(key)
        self._pending[key] = record

    def writes(self) -> dict[str, bytes]:
        """Return every value kept, in key order."""
        return {key: encode_state(self._written[key]) for key in sorted(self._written)}


def decode_state(shape: type[Record], raw: bytes) -> Record:
    """Read a state value that the contract wrote."""
    try:
        value = canonical.decode(raw)
        if not isinstance(value, dict) or value.pop("v", None) != STATE_VERSION:
            raise CorruptStateError(shape.__name__)
        return shapes.read(shape, value)
    except FaultError as fault:
        raise CorruptStateError(shape.__name__) from fault


def encode_state(record: object) -> bytes:
    """Return the state value of a record."""
    return canonical.encode({"v": STATE_VERSION, **shapes.write(record)})
