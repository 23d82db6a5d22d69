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

from collections.abc import Callable
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
    ShipmentId,
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
CROPS_OF_A_LOT_MAX = 16  # that it has ever been said to be
CLAIMED_CROPS_MAX = 8  # of these, before its record: so that claims never hinder that
ANCESTOR_CROPS_MAX = 48
HIDDEN_CROPS_MAX = ANCESTOR_CROPS_MAX + CROPS_OF_A_LOT_MAX
SURPLUS_PERCENT = 2  # of what came in: as much do two scales differ by

LotOrigin = Annotated[str, Text("harvest|opening|claim|made|unmade", "harvest")]
Roots = Annotated[tuple[LotId, ...], Items(0, ROOTS_MAX)]
Parents = Annotated[tuple[LotId, ...], Items(0, PARENTS_MAX)]
FormerCrops = Annotated[tuple[Word, ...], Items(1, CROPS_OF_A_LOT_MAX - 1)]
AncestorCrops = Annotated[tuple[Word, ...], Items(1, ANCESTOR_CROPS_MAX)]
HiddenCrops = Annotated[tuple[Word, ...], Items(1, HIDDEN_CROPS_MAX)]


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
        former_crops: What it was said to be before, sorted; absent, nothing else: what was made of
            it then hides it as that.
        ancestor_crops: What its ancestors are, or were said to be, sorted; absent, if that is what
            it is, or if it has none.
        hidden_crops: What those of its ancestors may be that are not among its roots, sorted;
            absent, all are. It, or a lot among its ancestors, began anew, or was made of a lot that
            was only claimed.
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
    former_crops: FormerCrops | None = None
    ancestor_crops: AncestorCrops | None = None
    hidden_crops: HiddenCrops | None = None
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

    @property
    def crops(self) -> tuple[str, ...]:
        """What it is, and was said to be before, sorted."""
        return tuple(sorted({self.crop, *(self.former_crops or ())}))

    @property
    def goods_hide(self) -> tuple[str, ...] | None:
        """What ancestors of its goods may be that no holding names; `None`: it has no such.

        Of a lot that is only claimed nobody knows whether it was made of others.
        """
        return (self.crop,) if self.origin == "claim" else self.hidden_crops

    def with_claims_on(self, before: "Lot | None") -> "Lot":
        """Return the lot, now recorded, with what had been claimed of it until then.

        Who claimed it may have named another producer, or crop: the id proves whose lot it is, and
        its own record what it is.
        """
        if before is None:
            return self
        same = before.of_crop(self.crop)
        said = replace(self, former_crops=same.former_crops, claimed_g=same.claimed_g)
        if before.party != self.party:
            return replace(said, misnamed_g=same.claimed_g)
        return replace(said, denied_g=same.denied_g, other_crop_g=same.other_crop_g)

    def of_crop(self, crop: str) -> "Lot":
        """Return the lot as this crop; what was claimed as another, nothing covers any more."""
        if crop == self.crop:
            return self
        former = tuple(one for one in self.crops if one != crop)
        other_crop_g = self.other_crop_g + self.coverable_g
        return replace(self, crop=crop, former_crops=former, other_crop_g=other_crop_g)

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
class Denial:
    """What one party denies of what a holder alone has booked.

    Attributes:
        arrived_g: Of what arrived, in all, wherever it is now.
        there_g: Of these, what may still be there: it can't be passed on.
        surplus: Whether it also denies what the holder found and nobody vouches for.
    """

    arrived_g: GramsSum
    there_g: GramsSum
    surplus: bool


NO_DENIAL = Denial(arrived_g=0, there_g=0, surplus=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """`holding/<lot>/<holder>/<owner>`: grams of a lot at one party, and where its others went.

    Holder and owner differ where goods are on consignment: the farmer's until the shop sells them.

    Attributes:
        held_g: On hand.
        transformed_g: Went into other lots.
        lost_g: Missing at stock-takings.
        surplus_g: Found at stock-takings; on the left of the balance.
        came_g: What came in from elsewhere, as last corrected, less what went home. What the holder
            made itself, or what came back to it, is not counted.
        unproven_g: Of what is held, what nobody but the holder vouches for: found beyond what was
            lost and `SURPLUS_PERCENT` of what came in. It can be sold, and stays here otherwise.
        unproven_gone_g: What of it was sold, used or discarded.
        arrived_g: What the holder alone booked as the owner's (`lot.arrive`), less what went home:
            as much can be denied, wherever it is now.
        denied_g: Of what is held, what anyone denies: it can't be passed on.
        owner_denial: What the owner denies, who is not the holder.
        producer_denial: What the lot's producer denies, who is neither owner nor holder.
        is_on_hold: Whether the holder has stopped it.
        roots: The lot's, so that a sale needs to read nothing else.
        hidden_crops: What those of its ancestors may be that are not among its roots; of goods that
            came before the lot's record, what they were said to be.
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
    came_g: GramsSum = 0
    unproven_g: GramsSum = 0
    unproven_gone_g: GramsSum = 0
    arrived_g: GramsSum = 0
    denied_g: GramsSum = 0
    owner_denial: Denial | None = None
    producer_denial: Denial | None = None
    is_on_hold: bool = False
    roots: Roots = ()
    hidden_crops: HiddenCrops | None = None
    run: Bits128 | None = None

    @staticmethod
    def key(lot_id: str, holder: str, owner: str) -> str:
        """Return the state key."""
        return f"holding/{lot_id}/{holder}/{owner}"

    @property
    def free_g(self) -> int:
        """What may be sold or used here: what is held, less what is denied."""
        return max(0, self.held_g - self.denied_g)

    @property
    def proven_g(self) -> int:
        """What may be passed on: what is held, less what is denied or unproven."""
        return max(0, self.held_g - self.blocked_g - self.unproven_g)

    @property
    def movable_g(self) -> int:
        """What an arrival elsewhere may take: what is proven, and nothing of what is on hold."""
        return 0 if self.is_on_hold else self.proven_g

    @property
    def found_g(self) -> int:
        """What was found beyond losses and `SURPLUS_PERCENT`, wherever it is now."""
        usual_g = self.came_g * SURPLUS_PERCENT // 100
        return max(0, self.surplus_g - self.lost_g - usual_g)

    @property
    def arrivals_denied_g(self) -> int:
        """What is denied of the arrivals, by whoever denies more."""
        return max(one.arrived_g for one in self.denials)

    def plus(self, quantity_g: int) -> "Holding":
        """Return the holding with that many grams come in from elsewhere."""
        came_g = self.came_g + quantity_g
        return replace(self, held_g=self.held_g + quantity_g, came_g=came_g).settled()

    def made(self, quantity_g: int) -> "Holding":
        """Return the holding with that many grams more, which the holder made."""
        return replace(self, held_g=self.held_g + quantity_g).settled()

    def back(self, quantity_g: int) -> "Holding":
        """Return the holding with grams that had left it: they may be those that are denied."""
        return replace(self, held_g=self.held_g + quantity_g).settled(quantity_g)

    def less_came(self, quantity_g: int) -> "Holding":
        """Return the holding with that many grams fewer come in than was said.

        Raises:
            RejectionError: `ALREADY_LEFT`: of what came in less is there; nothing that is unproven
                stands in for it.
        """
        if quantity_g > self.proven_g:
            raise RejectionError(Code.ALREADY_LEFT)
        came_g = max(0, self.came_g - quantity_g)
        return replace(self, held_g=self.held_g - quantity_g, came_g=came_g).settled()

    def gone_home(self, quantity_g: int) -> "Holding":
        """Return the holding less what went home to its owner."""
        rest = replace(
            self.without(quantity_g),
            came_g=max(0, self.came_g - quantity_g),
            arrived_g=max(self.arrivals_denied_g, self.arrived_g - quantity_g),
        )
        return rest.settled()

    def unarrived(self, quantity_g: int) -> "Holding":
        """Return the holding with fewer grams arrived, those first that are denied.

        Raises:
            RejectionError: `ALREADY_LEFT`, as of `less_came`.
        """
        if quantity_g > self.held_g - self.unproven_g:
            raise RejectionError(Code.ALREADY_LEFT)
        rest = self.with_denials(lambda one: _less(one, quantity_g))
        return replace(
            rest,
            held_g=self.held_g - quantity_g,
            came_g=max(0, self.came_g - quantity_g),
            arrived_g=self.arrived_g - quantity_g,
        ).settled()

    def without(self, quantity_g: int) -> "Holding":
        """Return the holding less what is passed on.

        Raises:
            RejectionError: `INSUFFICIENT_QUANTITY`: more than is free; `UNPROVEN`: some of it.
        """
        if quantity_g > self.free_g:
            raise RejectionError(Code.INSUFFICIENT_QUANTITY)
        if quantity_g > self.proven_g:
            raise RejectionError(Code.UNPROVEN)
        return self.moved(quantity_g)

    def moved(self, quantity_g: int) -> "Holding":
        """Return the holding less what is known to be proven."""
        return replace(self, held_g=self.held_g - quantity_g).settled()

    def spent(self, quantity_g: int) -> "Holding":
        """Return the holding less what is sold or used: what is proven goes first.

        Raises:
            RejectionError: `INSUFFICIENT_QUANTITY`: more than is free.
        """
        if quantity_g > self.free_g:
            raise RejectionError(Code.INSUFFICIENT_QUANTITY)
        unproven_g = max(0, quantity_g - self.proven_g)
        gone_g = self.unproven_gone_g + unproven_g
        return replace(self, held_g=self.held_g - quantity_g, unproven_gone_g=gone_g).settled()

    def rid_of(self, quantity_g: int) -> "Holding":
        """Return the holding less what is discarded: first what is denied, then what is unproven.

        So neither keeps good goods from being sold.

        Raises:
            RejectionError: `INSUFFICIENT_QUANTITY`: more than is there.
        """
        if quantity_g > self.held_g:
            raise RejectionError(Code.INSUFFICIENT_QUANTITY)
        denied_g = min(self.blocked_g, quantity_g)
        unproven_g = min(self.unproven_g, quantity_g - denied_g)
        gone_g = self.unproven_gone_g + unproven_g
        rest = replace(self, held_g=self.held_g - quantity_g, unproven_gone_g=gone_g)
        return rest.settled(-denied_g)

    def unspent(self, quantity_g: int) -> "Holding":
        """Return the holding with what was not sold, used or discarded after all.

        It may be what is denied, or else what is unproven.
        """
        again = self.back(quantity_g)
        unproven_g = quantity_g - (again.blocked_g - self.blocked_g)
        gone_g = max(0, self.unproven_gone_g - unproven_g)
        return replace(again, unproven_gone_g=gone_g).settled()

    def counted(self, more_g: int) -> "Holding":
        """Return the holding with more, or fewer, grams found there than should have been.

        What is unproven goes first, and what is denied after it; so they come back.
        """
        lost_g = self.lost_g + max(0, -more_g)
        surplus_g = self.surplus_g + max(0, more_g)
        counted = replace(self, held_g=self.held_g + more_g, lost_g=lost_g, surplus_g=surplus_g)
        unproven_g = max(0, counted.found_g - self.unproven_gone_g)
        return counted.settled(more_g - (unproven_g - self.unproven_g))

    def denial(self, *, by_owner: bool) -> Denial:
        """Return what the owner denies, or the producer."""
        return (self.owner_denial if by_owner else self.producer_denial) or NO_DENIAL

    def denying(self, arrived_g: int, *, surplus: bool, by_owner: bool) -> "Holding":
        """Return the holding with so much denied, in all: no more than may still be there."""
        before = self.denial(by_owner=by_owner)
        room_g = self.held_g - self.unproven_g
        there_g = min(before.there_g + max(0, arrived_g - before.arrived_g), room_g, arrived_g)
        denial = Denial(arrived_g=arrived_g, there_g=there_g, surplus=surplus)
        kept = None if denial == NO_DENIAL else denial
        if by_owner:
            return replace(self, owner_denial=kept).settled()
        return replace(self, producer_denial=kept).settled()

    @property
    def denials(self) -> tuple[Denial, Denial]:
        """What the owner denies, and the producer."""
        return self.denial(by_owner=True), self.denial(by_owner=False)

    @property
    def blocked_g(self) -> int:
        """What of the arrivals that are denied may still be there."""
        return max(one.there_g for one in self.denials)

    def with_denials(self, change: Callable[[Denial], Denial]) -> "Holding":
        """Return the holding with each denial changed."""
        return replace(
            self,
            owner_denial=self.owner_denial and change(self.owner_denial),
            producer_denial=self.producer_denial and change(self.producer_denial),
        )

    def settled(self, denied_there_g: int = 0) -> "Holding":
        """Return the holding with what is unproven and denied as its other members make it.

        Args:
            denied_there_g: So much more, or less, may there be of what is denied.
        """
        rest = self.with_denials(lambda one: _returned(one, denied_there_g))
        found_g, blocked_g = rest.found_g, rest.blocked_g
        unproven_g = min(max(0, found_g - self.unproven_gone_g), self.held_g - blocked_g)
        is_denied = any(one.surplus for one in rest.denials)
        return replace(
            rest,
            unproven_g=unproven_g,
            unproven_gone_g=found_g - unproven_g,
            denied_g=blocked_g + (unproven_g if is_denied else 0),
        )


def _returned(one: Denial, more_g: int) -> Denial:
    """Return a denial of goods of which more, or fewer, may be there again."""
    return replace(one, there_g=max(0, min(one.there_g + more_g, one.arrived_g)))


def _less(one: Denial, quantity_g: int) -> Denial:
    """Return a denial of goods of which fewer had arrived at all."""
    arrived_g = max(0, one.arrived_g - quantity_g)
    there_g = min(max(0, one.there_g - quantity_g), arrived_g)
    return replace(one, arrived_g=arrived_g, there_g=there_g)


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
        roots: The holding's that they left, as its `hidden_crops`.
        entry: Id of the command that counted last.
        brought_by: Of goods sent back, the shipment that had brought them.
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
    hidden_crops: HiddenCrops | None = None
    entry: Sha256
    brought_by: ShipmentId | None = None

    @staticmethod
    def key(shipment_id: str) -> str:
        """Return the state key."""
        return f"shipment/{shipment_id}"

    @property
    def new_owner(self) -> str:
        """Whose the goods are at the recipient."""
        return self.owner if self.is_consigned else self.recipient
