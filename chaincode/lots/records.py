"""The state of lots, in integer grams, and the law that every command keeps.

Mass balance of one lot, over all its holdings and shipments:

    harvested + supplemented + claimed + made from parents        (the lot's record)
              + surplus                                            (holdings)
    = held + sold + discarded + own use + transformed + lost       (holdings)
      + in transit + disputed + lost on the way                    (shipments)

A command moves grams between these terms and never makes or destroys any. The left side changes by
harvest, supplement, their correction, a claim, a stock-taking that finds more, and by what other
lots put in; always together with the right side, by the same amount.
"""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base.errors import Code, RejectionError
from chaincode.base.shapes import (
    Bits128,
    GramsOrNone,
    GramsSum,
    Items,
    LotId,
    PseudonymId,
    Sha256,
    Text,
    Timestamp,
    Word,
)

FARMER = "farmer"
SHOP = "shop"
PACKER = "packer"  # runs a packing house or sorting line (選果場)
HOLDERS = frozenset({FARMER, SHOP, PACKER})

PARENTS_MAX = 64
ROOTS_MAX = 128

LotOrigin = Annotated[str, Text("harvest|opening|claim|made|unmade", "harvest")]
Roots = Annotated[tuple[LotId, ...], Items(0, ROOTS_MAX)]
Parents = Annotated[tuple[LotId, ...], Items(0, PARENTS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """`lot/<id>`: what it is, where it comes from, and the left side of its mass balance.

    Attributes:
        party: The producer; of a lot made from others, the maker.
        origin: How it came into being. `claim`: someone received it before its record; `opening`:
            stock from before this ledger, by document; `unmade`: made by mistake, and taken back.
        plot: Where it grew; a lot made from others, claimed, or from before has none here.
        crop: What it is; of processed food, the product.
        grade: Size or quality class that sorting gave it; `cull` for what fell out.
        harvested_at: Of a lot made from others, when it was made; of a claim, when it arrived.
        estimated: Whether the grams harvested were estimated, not weighed.
        harvest_g: As last corrected.
        supplement_g: What the producer added when there turned out to be more.
        claimed_g: Received by others beyond what the producer had recorded.
        denied_g: Of these, what the producer denies to come from here.
        misnamed_g: Of these, what was claimed in another's name before the producer's record: no
            harvest ever covers it.
        other_crop_g: Of these, what was claimed in the producer's own name, but as another crop
            than its record said then, or says since a correction: nor does a harvest cover that.
        made_g: What other lots put in.
        parents: The lots that it was made from.
        roots: All its ancestors, sorted, so that a recall of one meets it.
        is_root: Not every recall of an ancestor meets all of it, so that one names the lot itself:
            it has more ancestors than `ROOTS_MAX`, of which it keeps its parents, then theirs; or
            someone had claimed it before it was made, and then it has none.
        hides_ancestors: It, or a lot among its ancestors, began anew or was made of a lot that was
            only claimed: there may be more ancestors than its roots say.
        run: Of a lot made from others, the hash of what was signed, to take it back by.
        entry: Id of the command whose values these are: the harvest or its latest correction.
    """

    party: PseudonymId
    origin: LotOrigin
    plot: PseudonymId | None = None
    crop: Word
    grade: Word | None = None
    harvested_at: Timestamp
    estimated: bool
    harvest_g: GramsOrNone = 0
    supplement_g: GramsSum = 0
    claimed_g: GramsSum = 0
    denied_g: GramsSum = 0
    misnamed_g: GramsSum = 0
    other_crop_g: GramsSum = 0
    made_g: GramsSum = 0
    parents: Parents = ()
    roots: Roots = ()
    is_root: bool = False
    hides_ancestors: bool = False
    run: Sha256 | None = None
    entry: Sha256

    @staticmethod
    def key(lot_id: str) -> str:
        """Return the state key."""
        return f"lot/{lot_id}"

    @property
    def coverable_g(self) -> int:
        """What others claimed and the producer's own record would cover."""
        return self.claimed_g - self.denied_g - self.misnamed_g - self.other_crop_g

    def with_claims_on(self, before: "Lot | None") -> "Lot":
        """Return the lot, now recorded, with what had been claimed of it until then.

        Who claimed it may have named another producer, or crop: the id proves whose lot it is, and
        its own record what it is.
        """
        if before is None:
            return self
        if before.party != self.party:
            return replace(self, claimed_g=before.claimed_g, misnamed_g=before.claimed_g)
        same = before.of_crop(self.crop)
        return replace(
            self,
            claimed_g=same.claimed_g,
            denied_g=same.denied_g,
            other_crop_g=same.other_crop_g,
        )

    def of_crop(self, crop: str) -> "Lot":
        """Return the lot as this crop; what was claimed as another, nothing covers any more."""
        if crop == self.crop:
            return self
        return replace(self, crop=crop, other_crop_g=self.other_crop_g + self.coverable_g)

    def unclaimed(self, quantity_g: int) -> "Lot":
        """Return the lot with so much less claimed in the producer's name, or none."""
        covered_g = min(self.coverable_g, quantity_g)
        other_crop_g = min(self.other_crop_g, quantity_g - covered_g)
        return replace(
            self,
            claimed_g=self.claimed_g - covered_g - other_crop_g,
            other_crop_g=self.other_crop_g - other_crop_g,
        )

    def covering(self, quantity_g: int) -> "Lot":
        """Return the lot with that much of what was claimed now on record."""
        return replace(self, claimed_g=self.claimed_g - quantity_g)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """`holding/<lot>/<holder>/<owner>`: grams of a lot at one party, and where its others went.

    Holder and owner differ where goods are on consignment: the farmer's until the shop sells them.

    Attributes:
        held_g: On hand.
        transformed_g: Went into other lots.
        lost_g: Missing at a stock-taking.
        surplus_g: Found at a stock-taking beyond what was on record; on the left of the balance.
        arrived_g: What the holder alone booked as the owner's (`lot.arrive`), less what went home:
            as much the owner can deny, wherever it is now.
        denied_g: Of these, what the producer denies, or who is named as one: it can't be sold.
        denied_gone_g: What was denied when it was discarded or found missing; no longer among the
            arrived, but denied again if it comes back.
        is_on_hold: Whether the holder has stopped it.
        roots: The lot's, so that a sale needs to read nothing else.
        run: The run of several commands that it came out of; taken off when any of it moves after
            the run's end, and until then none of it does.
    """

    held_g: GramsSum
    sold_g: GramsSum = 0
    discarded_g: GramsSum = 0
    own_use_g: GramsSum = 0
    transformed_g: GramsSum = 0
    lost_g: GramsSum = 0
    surplus_g: GramsSum = 0
    arrived_g: GramsSum = 0
    denied_g: GramsSum = 0
    denied_gone_g: GramsSum = 0
    is_on_hold: bool = False
    roots: Roots = ()
    run: Bits128 | None = None

    @staticmethod
    def key(lot_id: str, holder: str, owner: str) -> str:
        """Return the state key."""
        return f"holding/{lot_id}/{holder}/{owner}"

    @property
    def free_g(self) -> int:
        """What may be passed on: what is held, less what the producer denies."""
        return max(0, self.held_g - self.denied_g)

    @property
    def movable_g(self) -> int:
        """What an arrival elsewhere may take: what is free, and nothing of what is on hold."""
        return 0 if self.is_on_hold else self.free_g

    def plus(self, quantity_g: int) -> "Holding":
        """Return the holding with that many grams more on hand."""
        return replace(self, held_g=self.held_g + quantity_g)

    def minus(self, quantity_g: int, code: Code) -> "Holding":
        """Return the holding with that many grams fewer on hand, or reject with `code`."""
        if quantity_g > self.held_g:
            raise RejectionError(code)
        return replace(self, held_g=self.held_g - quantity_g)

    def adjusted(self, more_g: int) -> "Holding":
        """Return the holding with more, or fewer, grams there after all.

        What is denied goes first, so that it keeps no good goods from being sold, and comes back
        first, so that it is not sold after all.
        """
        denied_g = min(self.denied_gone_g, max(-self.denied_g, more_g))
        return replace(
            self,
            held_g=self.held_g + more_g,
            arrived_g=self.arrived_g + denied_g,
            denied_g=self.denied_g + denied_g,
            denied_gone_g=self.denied_gone_g - denied_g,
        )

    def without(self, quantity_g: int) -> "Holding":
        """Return the holding less what is passed on.

        Raises:
            RejectionError: `INSUFFICIENT_QUANTITY`: more than is free.
        """
        if quantity_g > self.free_g:
            raise RejectionError(Code.INSUFFICIENT_QUANTITY)
        return replace(self, held_g=self.held_g - quantity_g)


ShipmentState = Annotated[str, Text("in_transit|received|disputed|settled|returned", "in_transit")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """`shipment/<id>`: grams of one lot on their way from one party to another.

    Attributes:
        owner: Whose goods left: the sender's own, or of someone who had consigned them to it.
        is_consigned: Whether they stay the owner's at the recipient; else they become its own.
        shipped_g: What the sender declared.
        received_g: What the recipient counted; may exceed `shipped_g`, which books nothing.
        disputed_g: Shipped, not received, not yet settled.
        lost_g: What both agreed was lost on the way.
        entry: Id of the command that counted last.
    """

    lot: LotId
    sender: PseudonymId
    recipient: PseudonymId
    owner: PseudonymId
    is_consigned: bool
    state: ShipmentState
    shipped_g: GramsOrNone
    received_g: GramsOrNone = 0
    disputed_g: GramsOrNone = 0
    lost_g: GramsOrNone = 0
    roots: Roots = ()
    entry: Sha256

    @staticmethod
    def key(shipment_id: str) -> str:
        """Return the state key."""
        return f"shipment/{shipment_id}"

    @property
    def new_owner(self) -> str:
        """Whose the goods are at the recipient."""
        return self.owner if self.is_consigned else self.recipient
