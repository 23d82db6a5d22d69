"""Who may see which field: one table, role by field. Every answer about records is cut by it.

The public never sees grams, yields, buyers, stock or other holders; a holder sees its own stock
and one step each way; a command's content goes to its parties alone, unless its type is public,
and then everyone sees its open part. A field that is not in the table can't be answered at all.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

Value = TypeVar("Value")


class Role(StrEnum):
    """What a reader is to a record."""

    PUBLIC = "public"  # everyone, with a session or without
    PRODUCER = "producer"  # the party that harvested the lot
    HOLDER = "holder"  # the party that holds, or held, some of it
    SENDER = "sender"  # the party that shipped it
    RECIPIENT = "recipient"  # the party that it was shipped to
    PARTY = "party"  # signed the command, was its principal, or is named by it
    DEVICE = "device"  # this very device


Readers: TypeAlias = frozenset[Role]

EVERYONE: Final[Readers] = frozenset({Role.PUBLIC})
PRODUCER: Final[Readers] = frozenset({Role.PRODUCER})
HOLDER: Final[Readers] = frozenset({Role.HOLDER})
BOTH_SIDES: Final[Readers] = frozenset({Role.SENDER, Role.RECIPIENT})
PARTIES: Final[Readers] = frozenset({Role.PARTY})
DEVICE: Final[Readers] = frozenset({Role.DEVICE})

Table: TypeAlias = Mapping[str, Readers]

LOT: Final[Table] = {
    "id": EVERYONE,
    "crop": EVERYONE,
    "crop_name": EVERYONE,
    "district": EVERYONE,
    "district_name": EVERYONE,
    "producer": EVERYONE,
    "producer_name": EVERYONE,
    "harvested_at": EVERYONE,
    "recorded_at": EVERYONE,
    "corrected_at": EVERYONE,
    "flags": EVERYONE,
    "history": EVERYONE,
    "plot": PRODUCER,
    "harvest_g": PRODUCER,
    "estimated": PRODUCER,
    "holding": HOLDER,
    "shipments": BOTH_SIDES,
    "entries": PARTIES,
}

HISTORY: Final[Table] = {  # an accepted public entry of a lot
    "id": EVERYONE,
    "type": EVERYONE,
    "event_time": EVERYONE,
    "ledger_time": EVERYONE,
    "block": EVERYONE,
    "flags": EVERYONE,
    "crop": EVERYONE,
    "district": EVERYONE,
    "harvested_at": EVERYONE,
    "reason": EVERYONE,
    "corrects": EVERYONE,
    "entered_by": EVERYONE,
    "entered_by_name": EVERYONE,
}

HOLDING: Final[Table] = {
    "lot": HOLDER,
    "held_g": HOLDER,
    "sold_g": HOLDER,
    "discarded_g": HOLDER,
    "own_use_g": HOLDER,
}

SHIPMENT: Final[Table] = {
    "id": BOTH_SIDES,
    "lot": BOTH_SIDES,
    "crop": BOTH_SIDES,
    "crop_name": BOTH_SIDES,
    "direction": BOTH_SIDES,
    "state": BOTH_SIDES,
    "sender": BOTH_SIDES,
    "sender_name": BOTH_SIDES,
    "recipient": BOTH_SIDES,
    "recipient_name": BOTH_SIDES,
    "shipped_g": BOTH_SIDES,
    "received_g": BOTH_SIDES,
    "disputed_g": BOTH_SIDES,
    "lost_g": BOTH_SIDES,
    "entry": BOTH_SIDES,
    "changed_at": BOTH_SIDES,
}

COMMAND: Final[Table] = {  # of a type that is not public, or not accepted
    "id": EVERYONE,
    "status": EVERYONE,
    "code": EVERYONE,
    "flags": EVERYONE,
    "block": EVERYONE,
    "ledger_time": EVERYONE,
    "problem": EVERYONE,
    "type": PARTIES,
    "jws": PARTIES,
    "payload": PARTIES,
    "closed": PARTIES,
    "closed_part": PARTIES,
}

PUBLIC_COMMAND: Final[Table] = {  # accepted, of a public type: the open part is everyone's
    **COMMAND,
    "type": EVERYONE,
    "jws": EVERYONE,
    "payload": EVERYONE,
}

HEAD: Final[Table] = {"kid": DEVICE, "next": DEVICE, "prev": DEVICE, "revoked": DEVICE}


def cut(table: Table, record: Mapping[str, Value], roles: Collection[Role]) -> dict[str, Value]:
    """Return the fields of a record that a reader with these roles may see.

    Everyone has the role `PUBLIC` besides.

    Raises:
        KeyError: The record has a field that the table does not know: a bug, not an answer.
    """
    held = EVERYONE.union(roles)
    return {name: value for name, value in record.items() if table[name] & held}
