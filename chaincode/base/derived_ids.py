"""Ids that a party gives before any transaction exists, so that labels can be printed offline.

Nobody else can take such an id, and it survives signing again by any key of the party.
"""

from hashlib import sha256

from chaincode.base.errors import Code
from chaincode.command_types import Act, require

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_CHARACTERS = 20


def derive_id(*, ledger: str, party: str, nonce: str, index: int) -> str:
    """Return the id of a lot, shipment, recall or roll that a party names.

    The first 20 Crockford base32 characters (100 bits) of SHA-256 over ledger, party, nonce and
    the decimal index, joined: fixed widths but the last, so no two inputs join alike.
    """
    hashed = sha256(f"{ledger}{party}{nonce}{index}".encode()).digest()
    number = int.from_bytes(hashed, "big") >> (256 - 5 * _ID_CHARACTERS)
    return "".join(
        _CROCKFORD[(number >> 5 * place) & 31] for place in reversed(range(_ID_CHARACTERS))
    )


def require_derived(act: Act, given: str, *, party: str, nonce: str, index: int) -> None:
    """Reject an id that is not the party's own (`ID_NOT_DERIVED`)."""
    derived = derive_id(ledger=act.head.ledger, party=party, nonce=nonce, index=index)
    require(given == derived, Code.ID_NOT_DERIVED)
