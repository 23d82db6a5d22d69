"""What two projections, or two ledgers, are compared by."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, Table, select

from chaincode.base.canonical import Json
from chaincode.registry.records import LEDGER_TIMES
from gateway.projection import json_text
from gateway.projection.tables import METADATA, checkpoint, state

_ROWS_AT_ONCE: Final = 1_000  # in memory
_NOT_CONTENT: Final = frozenset({checkpoint.c.schema, checkpoint.c.tables})


def dump(values: Iterable[tuple[str, str | bytes]]) -> bytes:
    """Return a state in its comparable form, the same for equal histories on any ledger.

    Args:
        values: State keys and their values, JSON objects.

    Returns:
        A line per key, sorted by key: the canonical JSON array of key and value. The value of
        every member of `LEDGER_TIMES` is null, for it differs between ledgers.
    """
    lines = [
        json_text.write([key, _masked(json_text.decode(value))]) for key, value in sorted(values)
    ]
    return "".join(line + "\n" for line in lines).encode()


def read_state(connection: Connection) -> list[tuple[str, str]]:
    """Return the state's keys and values."""
    rows = connection.execute(select(state.c.key, state.c.value))
    return [(row.key, row.value) for row in rows]


def content_digest(connection: Connection) -> str:
    """Return SHA-256 over the rows of all tables, ordered by name and by primary key.

    All but the checkpoint's `schema` and `tables`, which say which program wrote, not what.
    """
    hashed = sha256()
    for name in sorted(METADATA.tables):
        hashed.update(f"{name}\n".encode())
        for line in _lines(connection, METADATA.tables[name]):
            hashed.update(line)
    return hashed.hexdigest()


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    columns = [column for column in table.columns if column not in _NOT_CONTENT]
    query = select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)):
        yield json_text.write([_cell(cell) for cell in row]).encode() + b"\n"


def _cell(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def _masked(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {
            name: None if name in LEDGER_TIMES else _masked(member)
            for name, member in value.items()
        }
    return [_masked(item) for item in value] if isinstance(value, list) else value
