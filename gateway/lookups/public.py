"""Which commands on record everyone may read: accepted ones of a public type, their open part.

Of a type with two signers the proposal alone is nobody's but its party's: nothing has come of it.
The approval repeats all of it, and is public then.
"""

from typing import Final

from chaincode.base.canonical import Json
from chaincode.proposals import APPROVE
from chaincode.rules import EVER
from gateway.projection import CommandRow

PUBLIC_TYPES: Final = frozenset(
    name for name, kind in EVER.items() if kind.proof == "public" and kind.signers == 1
)
APPROVED_TYPES: Final = frozenset(
    name for name, kind in EVER.items() if kind.proof == "public" and kind.signers == 2
)


def public_content(row: CommandRow) -> tuple[str, dict[str, Json]] | None:
    """Return the type and open part that everyone may read: of an approval, what it approved."""
    if not row.is_accepted or not isinstance(row.body, dict):
        return None
    if row.type in PUBLIC_TYPES:
        return row.type, row.body
    approved, body = row.body.get("type"), row.body.get("body")
    is_approval = row.type == APPROVE and isinstance(body, dict)
    if is_approval and isinstance(approved, str) and approved in APPROVED_TYPES:
        return approved, body  # type: ignore[return-value]  # a dict, as was looked at
    return None
