"""The projection's core tables: how far it is, the state as it is, and what was ever commanded.

Nothing here is personal and nothing is the only copy: all of it follows from the ledger's blocks,
and `rebuild` makes it anew. Whatever must survive a rebuild (outbox, personal data) lives
elsewhere. Texts compare by their bytes on both databases.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

METADATA: Final = MetaData()

# SQLite compares bytes by default; PostgreSQL would use the cluster's locale.
TEXT: Final[TypeEngine[str]] = Text().with_variant(Text(collation="C"), "postgresql")


class JsonText(Text):
    """Canonical JSON as text: equal values are equal bytes, whatever the database."""

    cache_ok = True


JSON_TEXT: Final[TypeEngine[str]] = JsonText().with_variant(JsonText(collation="C"), "postgresql")


def text(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    """Return a column of text."""
    return Column(name, TEXT, primary_key=primary_key, nullable=nullable)


def json_text(name: str, *, nullable: bool = False) -> Column[str]:
    """Return a column of canonical JSON."""
    return Column(name, JSON_TEXT, nullable=nullable)


def number(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[int]:
    """Return a column of whole numbers (64 bits); grams end in `_g`, times are seconds."""
    return Column(name, BigInteger, primary_key=primary_key, nullable=nullable, autoincrement=False)


def flag(name: str) -> Column[bool]:
    """Return a column of yes or no."""
    return Column(name, Boolean, nullable=False)


def table(name: str, *items: SchemaItem) -> Table:
    """Return a table that `rebuild` may drop."""
    return Table(name, METADATA, *items)


checkpoint = table(
    "checkpoint",
    Column("id", Integer, primary_key=True, autoincrement=False),
    number("height"),  # blocks applied; the number of the next
    text("hash"),  # of the last block applied; empty before block 0
    text("schema"),  # which tables and row functions made this: `projection.SCHEMA`
    json_text("tables"),  # the names of those tables, for whoever drops them later
    CheckConstraint("id = 1", name="checkpoint_is_one_row"),
)

state = table("state", text("key", primary_key=True), json_text("value"))

commands = table(
    "commands",  # one row per command taken, accepted or rejected
    text("id", primary_key=True),
    text("kid"),
    number("seq"),
    text("actor"),
    text("on_behalf", nullable=True),
    text("type"),
    number("event_time"),
    number("signed_at"),
    text("nonce"),  # the entry's: another key that signs it again keeps it
    number("block_number"),
    text("tx_id"),
    number("position"),  # among all commands of the block, from 0
    text("code"),
    json_text("flags"),
    json_text("payload"),
    json_text("closed", nullable=True),
    text("signature"),  # base64url; with the payload it makes the JWS again
    number("ledger_time"),
)
Index("commands_by_place", commands.c.block_number, commands.c.position, unique=True)
Index("commands_by_nonce", commands.c.nonce)
Index("commands_by_device", commands.c.kid, commands.c.seq)
Index("commands_by_actor", commands.c.actor, commands.c.block_number, commands.c.position)
_is_for_another = commands.c.on_behalf.is_not(None)
Index(
    "commands_by_principal",
    *(commands.c.on_behalf, commands.c.block_number, commands.c.position),
    sqlite_where=_is_for_another,
    postgresql_where=_is_for_another,
)

command_subject = table(
    "command_subject",  # which records a command is about: the history of each
    text("subject_key", primary_key=True),
    number("block_number", primary_key=True),
    number("position", primary_key=True),
    text("command_id"),
)

quarantine = table(
    "quarantine",  # what stood in a valid transaction and could not be read
    number("block_number", primary_key=True),
    text("tx_id", primary_key=True),
    number("place", primary_key=True),  # within the transaction, from 0
    text("kind"),  # command, state, view, transaction
    text("subject"),  # which command or key
    text("reason"),
    Column("content", LargeBinary, nullable=False),  # its beginning
)
