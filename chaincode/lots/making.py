"""Making lots from lots: merge, repack, sort (共選), process; and taking that back.

A run takes grams from up to 64 parents and puts them into up to 16 children, as far as they fit
into one command of 16,384 bytes: 64 into 8, or 49 into 16. Owners times children are at most 64,
for each owner's share of a child is a holding with all its ancestors; the goods of more are sorted
class by class (`sorting`). What a run says of each parent is how much went into which child, so
that lineage has grams in both directions. What went in and did not come out is loss. Owners keep
what is theirs: a child belongs to each owner by what came from that owner's parents.

                    parents        children     loss    crop
    lot.merge       one kind       one          none    the parents'
    lot.repack      one kind       any          any     the parents'
    lot.sort        one kind       any          any     the parents'; children carry a grade
    lot.process     any            any          any     any
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Protocol

from chaincode.base import times
from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, FaultError, RejectionError
from chaincode.base.shapes import (
    Bits128,
    Grams,
    GramsOrNone,
    Items,
    LotId,
    PseudonymId,
    SmallNumber,
    Text,
    TypeName,
    Word,
    write,
)
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.apportion import share_out
from chaincode.lots.harvest import CorrectionReason
from chaincode.lots.holdings import find_or_empty, require_movable
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import ANCESTOR_CROPS_MAX, HOLDERS, PARENTS_MAX, ROOTS_MAX, Holding, Lot
from chaincode.proposals import content_hash

CHILDREN_MAX = 16
COPIES_MAX: Final = 64  # owners times children: so often a run copies its ancestors

Shares = Annotated[str, Text("measured|computed", "measured")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A lot that a run makes; its id is derived from the run's nonce and this index."""

    lot: LotId
    index: SmallNumber
    crop: Word
    grade: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """Open part of the four commands; `event_time` is when the run was made.

    Attributes:
        parents: A lot may stand here once for each of its owners.
        shares: `computed`: what of each parent went into a child was not measured, but is in
            proportion to what the parent put in (`share_out`).
    """

    party: PseudonymId
    id_nonce: Bits128
    parents: Annotated[tuple[LotId, ...], Items(1, PARENTS_MAX)]
    children: Annotated[tuple[Child, ...], Items(1, CHILDREN_MAX)]
    shares: Shares
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What one parent put in, and how much of it is in each child.

    Attributes:
        owner: Whose goods, if not the holder's own.
        to_g: One for each child, in the children's order.
    """

    quantity_g: Grams
    to_g: Annotated[tuple[GramsOrNone, ...], Items(1, CHILDREN_MAX)]
    owner: PseudonymId | None = None

    @property
    def loss_g(self) -> int:
        """What did not come out."""
        return self.quantity_g - sum(self.to_g)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """How many packs the child of this index came out in."""

    index: SmallNumber
    packs: Packs


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeClosed:
    """Closed part of the four commands.

    Attributes:
        inputs: One for each parent, in the parents' order.
        packed: Of those children that were packed.
    """

    salt: Bits128
    inputs: Annotated[tuple[Input, ...], Items(1, PARENTS_MAX)]
    packed: Annotated[tuple[Packed, ...], Items(1, CHILDREN_MAX)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmake:
    """Open part of `lot.unmake`: the run as it was signed, type and open part.

    Its closed part is the run's, byte for byte.
    """

    type: TypeName
    run: Make
    reason: CorrectionReason


class MadeOf(Protocol):
    """What makes lots: whose they are, of which lots, and how the shares are known."""

    @property
    def party(self) -> str:
        """The maker."""

    @property
    def parents(self) -> tuple[str, ...]:
        """At least one."""

    @property
    def shares(self) -> str:
        """As `Shares`."""


def _apply(*, one_child: bool, has_loss: bool, one_crop: bool) -> Callable[..., None]:
    def make(act: Act, body: Make, closed: MakeClosed) -> None:
        _check_party(act, body)
        parents = [act.find(Lot, Lot.key(parent)) for parent in body.parents]
        keys = _input_keys(body, closed)
        for key in keys:
            act.get(Holding, key, Code.NOTHING_HELD)
        known = ancestors_of(act, body.parents, keys)
        has_unknown = any(lot.hidden_crops for lot in parents if lot)
        for child in body.children:
            require_derived(
                act, child.lot, party=body.party, nonce=body.id_nonce, index=child.index
            )
            before = act.find(Lot, Lot.key(child.lot))
            require(before is None or before.origin == "claim", Code.ID_TAKEN)
            # What is claimed can have been made into others already: none is its own ancestor.
            is_new = before is None or not (has_unknown or child.lot in known)
            require(is_new, Code.ID_TAKEN)
        require(len({child.lot for child in body.children}) == len(body.children), Code.ID_TAKEN)
        for parent, key in zip(body.parents, keys, strict=False):
            require_movable(act, parent, act.get(Holding, key, Code.NOTHING_HELD))
        _check_packs(body, closed)
        crops = {lot.crop for lot in parents if lot} | {child.crop for child in body.children}
        require(not one_crop or len(crops) == 1, Code.CROP_DIFFERS)
        _check_shares(body, closed, one_child=one_child, has_loss=has_loss)
        take_inputs(act, [one.quantity_g for one in closed.inputs], keys)
        _put_children(act, body, closed, known)

    return make


def ancestors_of(act: Act, parents: Sequence[str], keys: Sequence[str]) -> set[str]:
    """Return the parents, and the roots of their holdings."""
    known = set(parents)
    for key in keys:
        known.update(act.get(Holding, key, Code.NOTHING_HELD).roots)
    return known


def _check_party(act: Act, body: Make) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)


def _check_packs(body: Make, closed: MakeClosed) -> None:
    """Check that packs are of children, once each, and come to what these weigh."""
    places = {child.index: place for place, child in enumerate(body.children)}
    for one in closed.packed or ():
        place = places.pop(one.index, None)
        if place is None:
            raise RejectionError(Code.PACKS_DIFFER)
        # That there is a part for each child is looked at after this.
        require_packs(one.packs, sum(sum(part.to_g[place : place + 1]) for part in closed.inputs))


def _check_shares(body: Make, closed: MakeClosed, *, one_child: bool, has_loss: bool) -> None:
    """Check that the numbers fit each other, and the stated formula."""
    count = len(body.children)
    sources = frozenset(_input_keys(body, closed))
    fits = len(closed.inputs) == len(body.parents) == len(sources) and (count == 1 or not one_child)
    require(fits and all(len(one.to_g) == count for one in closed.inputs), Code.SHARES_DIFFER)
    into_g = [[one.to_g[place] for one in closed.inputs] for place in range(count)]
    wholes_g = [sum(parts_g) for parts_g in into_g]
    require(min(wholes_g) > 0, Code.SHARES_DIFFER)
    stated_g = share_out(wholes_g, [one.quantity_g for one in closed.inputs])
    require(body.shares == "measured" or into_g == stated_g, Code.SHARES_DIFFER)
    losses_g = [one.loss_g for one in closed.inputs]
    require(min(losses_g) >= 0 and (has_loss or max(losses_g) == 0), Code.SHARES_DIFFER)


def take_inputs(act: Act, inputs_g: Sequence[int], keys: Sequence[str]) -> None:
    """Take so much out of each holding, as transformed."""
    for key, quantity_g in zip(keys, inputs_g, strict=True):
        rest = act.get(Holding, key, Code.NOTHING_HELD).without(quantity_g)
        act.put(key, replace(rest, transformed_g=rest.transformed_g + quantity_g))


def _put_children(act: Act, body: Make, closed: MakeClosed, ancestors: set[str]) -> None:
    run = content_hash(act.command.type, write(body), act.command.closed_hash)
    for place, child in enumerate(body.children):
        owned_g = _owned_g(body, closed, place)
        lot = replace(
            made_of(act, body, child.crop, ancestors),
            grade=child.grade,
            made_g=sum(owned_g.values()),
            run=run,
        )
        put_child(act, child.lot, lot, owned_g)


def made_of(act: Act, run: MadeOf, crop: str, ancestors: set[str]) -> Lot:
    """Return a lot that a run makes, without its grade and grams."""
    found = (act.find(Lot, Lot.key(parent)) for parent in run.parents)
    parents = [lot for lot in found if lot]
    crops = _ancestor_crops(parents)
    is_root = len(ancestors) > ROOTS_MAX
    hidden = crops if is_root else {one for lot in parents for one in lot.goods_hide or ()}
    return Lot(
        party=run.party,
        origin="made",
        crop=crop,
        harvested_at=times.timestamp(act.command.event_time),
        estimated=run.shares == "computed",
        parents=tuple(sorted(frozenset(run.parents))),
        roots=_kept(parents, frozenset(run.parents), ancestors),
        is_root=is_root,
        ancestor_crops=None if crops == {crop} else tuple(sorted(crops)),
        hidden_crops=tuple(sorted(hidden)) or None,
        entry=act.command.id,
    )


def _ancestor_crops(parents: Iterable[Lot]) -> set[str]:
    """Return what ancestors are, or may be, or were said to be (else `TOO_MANY_CROPS`)."""
    crops: set[str] = set()
    for lot in parents:
        crops.update(lot.crops, lot.ancestor_crops or (), lot.goods_hide or ())
    require(len(crops) <= ANCESTOR_CROPS_MAX, Code.TOO_MANY_CROPS)
    return crops


def _kept(lots: Iterable[Lot], own: frozenset[str], ancestors: Collection[str]) -> tuple[str, ...]:
    """Return the ancestors that a child carries: its parents, then theirs, then others."""
    theirs = {one for lot in lots for one in lot.parents}
    nearest_first = dict.fromkeys((*sorted(own), *sorted(theirs), *sorted(ancestors)))
    return tuple(sorted(tuple(nearest_first)[:ROOTS_MAX]))


def _begun_anew(lot: Lot) -> Lot:
    hidden = lot.ancestor_crops or (lot.crop,)
    return replace(lot, roots=(), is_root=True, hidden_crops=hidden)


def put_child(
    act: Act, lot_id: str, lot: Lot, owned_g: dict[str, int], *, run: str | None = None
) -> None:
    """Write down a lot and whose it is; the maker's own covers what was claimed before.

    Args:
        act: The command.
        lot_id: The lot's.
        lot: From `made_of`, with its grams.
        owned_g: Of whom how much, by owner.
        run: The run that its goods stay in until that has ended.
    """
    before = act.find(Lot, Lot.key(lot_id))
    # Goods of a lot that was claimed lie with others already, who know nothing of ancestors.
    lot = lot if before is None else _begun_anew(lot).with_claims_on(before)
    covered_g = min(lot.coverable_g, owned_g.get(lot.party, 0))
    act.put(Lot.key(lot_id), lot.covering(covered_g))
    for owner, quantity_g in owned_g.items():
        key = Holding.key(lot_id, lot.party, owner)
        more_g = quantity_g - (covered_g if owner == lot.party else 0)
        act.put(key, replace(find_or_empty(act, key, lot).made(more_g), run=run))


def _owned_g(body: Make, closed: MakeClosed, place: int) -> dict[str, int]:
    """Return what of one child is whose, in the inputs' order; owners of nothing left out."""
    owned_g: dict[str, int] = {}
    for one in closed.inputs:
        if one.to_g[place]:
            owner = one.owner or body.party
            owned_g[owner] = owned_g.get(owner, 0) + one.to_g[place]
    return owned_g


def _unmake(act: Act, body: Unmake, closed: MakeClosed) -> None:
    """Give the parents back what a mistaken run took, while all of it is still there."""
    run = body.run
    _check_party(act, run)
    lots = [act.get(Lot, Lot.key(child.lot), Code.UNKNOWN_LOT) for child in run.children]
    same = content_hash(body.type, write(run), act.command.closed_hash)
    is_same = all(lot.origin == "made" and lot.run == same for lot in lots)
    require(is_same, Code.RUN_DIFFERS)
    owned = [
        (child.lot, Holding.key(child.lot, run.party, owner), quantity_g)
        for place, child in enumerate(run.children)
        for owner, quantity_g in _owned_g(run, closed, place).items()
    ]
    for lot_id, key, _ in owned:
        require_movable(act, lot_id, act.get(Holding, key, Code.NOTHING_HELD))
    for _, key, quantity_g in owned:
        holding = act.get(Holding, key, Code.NOTHING_HELD)
        require_untouched(holding, quantity_g)
        act.put(key, holding.moved(quantity_g))
    for child, lot in zip(run.children, lots, strict=True):
        unmade = replace(lot, origin="unmade", made_g=0, entry=act.command.id)
        act.put(Lot.key(child.lot), unmade)
    for key, one in zip(_input_keys(run, closed), closed.inputs, strict=True):
        holding = act.get(Holding, key, Code.NOTHING_HELD).back(one.quantity_g)
        act.put(key, replace(holding, transformed_g=holding.transformed_g - one.quantity_g))
    act.flags.add("corrected")


def require_untouched(holding: Holding, quantity_g: int) -> None:
    """Reject taking back what is not all there as it was made (`ALREADY_LEFT`)."""
    # One that was counted wrongly, and then rightly, is as it was.
    is_whole = holding.held_g == holding.free_g == quantity_g
    require(is_whole and holding.lost_g == holding.surplus_g, Code.ALREADY_LEFT)


def _input_keys(body: Make, closed: MakeClosed) -> list[str]:
    """Return the holding that each input comes from; those without a parent are left out."""
    return [
        Holding.key(parent, body.party, one.owner or body.party)
        for parent, one in zip(body.parents, closed.inputs, strict=False)
    ]


def _child_keys(body: Make, closed: MakeClosed) -> list[str]:
    """Return each owner's holding of each child.

    Raises:
        FaultError: `TOO_MANY_RECORDS`: beyond `COPIES_MAX`.
    """
    owners = dict.fromkeys(one.owner or body.party for one in closed.inputs)
    if len(owners) * len(body.children) > COPIES_MAX:
        raise FaultError(Code.TOO_MANY_RECORDS, "body.children")
    return [
        Holding.key(child.lot, body.party, owner) for child in body.children for owner in owners
    ]


def _make_touches(_command: Command, body: Make, closed: MakeClosed) -> Touches:
    inputs = _input_keys(body, closed)
    children = [Lot.key(child.lot) for child in body.children]
    parents = [Lot.key(parent) for parent in body.parents]
    named = tuple(dict.fromkeys((*inputs, *children, *_child_keys(body, closed))))
    return Touches(
        reads=tuple(dict.fromkeys((*parents, *named))),
        writes=named,
    )


def _unmake_touches(_command: Command, body: Unmake, closed: MakeClosed) -> Touches:
    run = body.run
    children = [Lot.key(child.lot) for child in run.children]
    records = (*_input_keys(run, closed), *children, *_child_keys(run, closed))
    named = tuple(dict.fromkeys(records))
    return Touches(reads=named, writes=named)


def _type(name: str, **rules: bool) -> CommandType:
    parts: dict[str, Any] = {"body": Make, "closed": MakeClosed, "touches": _make_touches}
    return CommandType(name=name, roles=HOLDERS, proof="public", apply=_apply(**rules), **parts)


TYPES = (
    _type("lot.merge", one_child=True, has_loss=False, one_crop=True),
    _type("lot.repack", one_child=False, has_loss=True, one_crop=True),
    _type("lot.sort", one_child=False, has_loss=True, one_crop=True),
    _type("lot.process", one_child=False, has_loss=True, one_crop=False),
    CommandType(
        name="lot.unmake",
        body=Unmake,
        closed=MakeClosed,
        roles=HOLDERS,
        proof="public",
        touches=_unmake_touches,
        apply=_unmake,
    ),
)
