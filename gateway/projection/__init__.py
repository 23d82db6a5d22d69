"""The projection: the ledger's blocks as SQL rows, for everything that reads.

It can be thrown away at any time: `rebuild` makes the same content again from block 0. Writes go
through the ledger, never here.

    tables, domain    what is kept: core tables; one table per kind of record, each with its view
    reading           block -> rows                      pure
    subjects          command -> the records it is about pure
    writing           rows -> database
    projection        the checkpoint and the rows, in one transaction
    stream, follower  keep up with a ledger, tell who listens
    queries           commands and state, for the gateway
    digest            the dump, and the digest of everything

Tables of another version are dropped when the database is opened, and filled again: there are no
migrations here.
"""

from gateway.projection.digest import dump
from gateway.projection.errors import (
    BlockGapError,
    ChainMismatchError,
    ProjectionError,
    ProjectionInUseError,
)
from gateway.projection.follower import Follower, rebuild
from gateway.projection.projection import Applied, Checkpoint, Projection
from gateway.projection.queries import (
    CommandRow,
    Signed,
    commands_by_id,
    entered_before,
    history,
    states,
)

__all__ = [
    "Applied",
    "BlockGapError",
    "ChainMismatchError",
    "Checkpoint",
    "CommandRow",
    "Follower",
    "Projection",
    "ProjectionError",
    "ProjectionInUseError",
    "Signed",
    "commands_by_id",
    "dump",
    "entered_before",
    "history",
    "rebuild",
    "states",
]
