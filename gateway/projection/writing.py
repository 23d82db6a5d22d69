"""Writes what blocks bring into the tables, inside a transaction that the caller holds."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, text
from sqlalchemy.exc import StatementError

from gateway.projection.domain import STATE_KEY, Row
from gateway.projection.errors import is_passing
from gateway.projection.reading import Changes
from gateway.projection.tables import METADATA, command_subject, commands, quarantine, state

_VALUES_MAX: Final = 1_000  # in one list of parameters

# As text: both databases read it, and neither dialect's `insert` need be imported.
_UPSERT_STATE: Final = text(
    "INSERT INTO state (key, value) VALUES (:key, :value)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)

_T = TypeVar("_T")


def write(connection: Connection, changes: Sequence[Changes]) -> None:
    """Write the changes of transactions in order; the latest value of each key wins.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: The database refuses.
    """
    _write_commands(connection, changes)
    _write_state(connection, changes)
    _write_views(connection, changes)
    _insert(connection, quarantine, _quarantine_rows(changes))


def write_each(connection: Connection, changes: Sequence[Changes]) -> None:
    """Write the changes transaction by transaction; set aside each that the database refuses.

    What `reading` lets through should fit the tables; this is for what it failed to foresee.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: The database itself fails, which says nothing of what it was
            to write.
    """
    for one in changes:
        try:
            with connection.begin_nested():
                write(connection, [one])
        except StatementError as error:
            if is_passing(error):
                raise
            refused = Changes(block_number=one.block_number, tx_id=one.tx_id)
            refused.set_aside("transaction", one.tx_id, "the database refuses it", b"")
            one.commands, one.quarantined = [], refused.quarantined
            write(connection, [refused])


def _write_commands(connection: Connection, changes: Sequence[Changes]) -> None:
    """Insert commands. An id that is on record already is set aside: the contract takes it once."""
    seen: set[str] = set()
    ids = [str(row["id"]) for one in changes for row in one.commands]
    for part in _parts(ids):
        found = connection.execute(select(commands.c.id).where(commands.c.id.in_(part)))
        seen.update(found.scalars())
    rows, about = [], []
    for one in changes:
        twice = set()
        for row in list(one.commands):
            if row["id"] in seen:
                one.set_aside("command", str(row["id"]), "taken twice", b"")
                one.commands.remove(row)
                twice.add(row["position"])
            seen.add(str(row["id"]))
        rows += one.commands
        about += [row for row in one.subjects if row["position"] not in twice]
    _insert(connection, commands, rows)
    _insert(connection, command_subject, about)


def _write_state(connection: Connection, changes: Sequence[Changes]) -> None:
    latest: dict[str, str | None] = {}
    for one in changes:
        latest.update(one.state)
    gone = [key for key, value in latest.items() if value is None]
    _delete(connection, state, "key", gone)
    rows = [{"key": key, "value": value} for key, value in latest.items() if value is not None]
    if rows:
        connection.execute(_UPSERT_STATE, rows)


def _write_views(connection: Connection, changes: Sequence[Changes]) -> None:
    latest: dict[str, dict[str, list[Row]]] = {}
    for one in changes:
        for name, rows_by_key in one.views.items():
            latest.setdefault(name, {}).update(rows_by_key)
    for name, rows_by_key in latest.items():
        table = METADATA.tables[name]
        _delete(connection, table, STATE_KEY, list(rows_by_key))
        _insert(connection, table, [row for rows in rows_by_key.values() for row in rows])


def _quarantine_rows(changes: Sequence[Changes]) -> list[dict[str, Any]]:
    return [
        {
            "block_number": one.block_number,
            "tx_id": one.tx_id,
            "place": place,
            "kind": item.kind,
            "subject": item.subject,
            "reason": item.reason,
            "content": item.content,
        }
        for one in changes
        for place, item in enumerate(one.quarantined)
    ]


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _delete(connection: Connection, table: Table, column: str, keys: Sequence[str]) -> None:
    if keys:
        statement = delete(table).where(table.c[column] == bindparam("gone"))
        connection.execute(statement, [{"gone": key} for key in keys])


def _parts(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _VALUES_MAX):
        yield items[start : start + _VALUES_MAX]
