"""The state of lots, in integer grams, and the law that every command keeps.

Mass balance of one lot, over all its holdings and shipments:

    harvested = held + sold + discarded + own use          (holdings)
              + in transit + disputed + lost               (shipments)

A command moves grams between these terms and never makes or destroys any; only `lot.harvest` and
its correction change the left side, and they change `held` by the same amount.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated

from chaincode.errors import Code, RejectionError
from chaincode.shapes import GramsOrNone, LotId, PseudonymId, Sha256, Text, Timestamp, Word

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_CHARACTERS = 20

FARMER = "farmer"
SHOP = "shop"


def derive_id(*, ledger: str, party: str, nonce: str, index: int) -> str:
    """Return the id of a lot or shipment that a party names before any transaction exists.

    The first 20 Crockford base32 characters (100 bits) of SHA-256 over ledger, party, nonce and
    the decimal index, joined: fixed widths but the last, so no two inputs join alike.
    """
    hashed = sha256(f"{ledger}{party}{nonce}{index}".encode()).digest()
    number = int.from_bytes(hashed, "big") >> (256 - 5 * _ID_CHARACTERS)
    return "".join(
        _CROCKFORD[(number >> 5 * place) & 31] for place in reversed(range(_ID_CHARACTERS))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """`lot/<id>`: what was harvested, where and when, as last corrected.

    Attributes:
        party: The producer.
        entry: Id of the command whose values these are: the harvest or its latest correction.
        harvest_g: The left side of the mass balance.
        estimated: Whether the grams were estimated, not weighed.
    """

    party: PseudonymId
    plot: PseudonymId
    crop: Word
    harvested_at: Timestamp
    harvest_g: GramsOrNone
    estimated: bool
    entry: Sha256

    @staticmethod
    def key(lot_id: str) -> str:
        """Return the state key."""
        return f"lot/{lot_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """`holding/<lot>/<holder>/<owner>`: grams of a lot at one party, and where its others went."""

    held_g: GramsOrNone
    sold_g: GramsOrNone = 0
    discarded_g: GramsOrNone = 0
    own_use_g: GramsOrNone = 0

    @staticmethod
    def key(lot_id: str, holder: str, owner: str) -> str:
        """Return the state key."""
        return f"holding/{lot_id}/{holder}/{owner}"

    @property
    def total_g(self) -> int:
        """This holding's part of the right side of the mass balance."""
        return self.held_g + self.sold_g + self.discarded_g + self.own_use_g

    def plus(self, quantity_g: int) -> "Holding":
        """Return the holding with that many grams more on hand."""
        return replace(self, held_g=self.held_g + quantity_g)

    def minus(self, quantity_g: int, code: Code) -> "Holding":
        """Return the holding with that many grams fewer on hand, or reject with `code`."""
        if quantity_g > self.held_g:
            raise RejectionError(code)
        return replace(self, held_g=self.held_g - quantity_g)


EMPTY = Holding(held_g=0)

ShipmentState = Annotated[str, Text("in_transit|received|disputed|settled|returned", "in_transit")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """`shipment/<id>`: grams of one lot on their way from one party to another.

    Attributes:
        shipped_g: What the sender declared.
        received_g: What the recipient counted; may exceed `shipped_g`, which books nothing.
        disputed_g: Shipped, not received, not yet settled.
        lost_g: What both agreed was lost on the way.
        entry: Id of the command that counted last.
    """

    lot: LotId
    sender: PseudonymId
    recipient: PseudonymId
    state: ShipmentState
    shipped_g: GramsOrNone
    received_g: GramsOrNone = 0
    disputed_g: GramsOrNone = 0
    lost_g: GramsOrNone = 0
    entry: Sha256

    @staticmethod
    def key(shipment_id: str) -> str:
        """Return the state key."""
        return f"shipment/{shipment_id}"

    @property
    def total_g(self) -> int:
        """This shipment's part of the right side of the mass balance."""
        in_transit_g = self.shipped_g if self.state == "in_transit" else 0
        return in_transit_g + self.disputed_g + self.lost_g


def is_balanced(lot: Lot, holdings: Iterable[Holding], shipments: Iterable[Shipment]) -> bool:
    """Whether the mass balance of a lot holds over all of its holdings and shipments."""
    accounted_g = sum(one.total_g for one in holdings) + sum(one.total_g for one in shipments)
    return lot.harvest_g == accounted_g
