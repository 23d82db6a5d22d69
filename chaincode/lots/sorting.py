"""Sorting the goods of many at once (共選): one run over several commands, one for each class.

    lot.begin_sort    takes the goods of up to 64 into the run
    lot.sort_class    one class comes out of it; the last one ends it, and what is left is lost
    lot.undo_class    takes the latest class back into the run
    lot.undo_sort     gives the goods back, when no class is left

`run/<party>/<id_nonce>` is the one record of it. Grams that are in no class yet are in the run:
their parents' holdings have them as transformed. What a class brings into a holding is marked with
the run (`Holding.run`), and nothing of it moves before the run has ended (`require_ended`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from chaincode.base import times
from chaincode.base.derived_ids import require_derived
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.base.overlay import Overlay
from chaincode.base.shapes import (
    Bits128,
    Grams,
    GramsOrNone,
    Items,
    LotId,
    PseudonymId,
    Sha256,
    Text,
    Word,
    write,
)
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.apportion import apportion
from chaincode.lots.harvest import CorrectionReason
from chaincode.lots.holdings import require_movable
from chaincode.lots.making import (
    Child,
    Shares,
    ancestors_of,
    made_of,
    put_child,
    require_untouched,
    take_inputs,
)
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import HOLDERS, PARENTS_MAX, Holding, Lot
from chaincode.proposals import content_hash

CLASSES_MAX: Final = 64  # of one run, each a command of its own

_SORT_CLASS: Final = "lot.sort_class"
_BEGIN_SORT: Final = "lot.begin_sort"
_MARK: Final = re.compile(rb'"run":"([0-9a-f]{32})"')

RunState = Annotated[str, Text("open|ended|undone", "open")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInput:
    """Goods of one owner and lot that went into a run, and how much of them is in no class."""

    lot: LotId
    owner: PseudonymId
    left_g: GramsOrNone


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`run/<party>/<id_nonce>`: sorting over several commands.

    Attributes:
        state: `ended` by its last class; then what no class got is lost.
        shares: `computed`: what each class got of each input is in proportion to what was left.
        made: What each of its lots is, but for grade, time and grams.
        inputs: In the order in which `lot.begin_sort` named them.
        classes: The lots that it made, in order.
        begun: Hash of what began it, to take it back by.
    """

    state: RunState
    shares: Shares
    made: Lot
    inputs: Annotated[tuple[RunInput, ...], Items(1, PARENTS_MAX)]
    classes: Annotated[tuple[LotId, ...], Items(0, CLASSES_MAX)]
    begun: Sha256

    @staticmethod
    def key(party: str, nonce: str) -> str:
        """Return the state key."""
        return f"run/{party}/{nonce}"

    def with_parts(self, parts_g: Sequence[int], sign: int) -> "Run":
        """Return the run with so much more (1) or less (-1) of each input in no class."""
        inputs = zip(self.inputs, parts_g, strict=True)
        return replace(
            self,
            inputs=tuple(replace(one, left_g=one.left_g + sign * part) for one, part in inputs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginSort:
    """Open part of `lot.begin_sort`; `event_time` is when sorting began.

    Attributes:
        id_nonce: Names the run; the ids of its lots are derived from it.
        parents: A lot may stand here once for each of its owners.
        crop: The parents', and of all that comes out.
    """

    party: PseudonymId
    id_nonce: Bits128
    parents: Annotated[tuple[LotId, ...], Items(1, PARENTS_MAX)]
    crop: Word
    shares: Shares
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutIn:
    """What one parent put in; `owner`: whose goods, if not the holder's own."""

    quantity_g: Grams
    owner: PseudonymId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginSortClosed:
    """Closed part of `lot.begin_sort`: one input for each parent, in the parents' order."""

    salt: Bits128
    inputs: Annotated[tuple[PutIn, ...], Items(1, PARENTS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SortClass:
    """Open part of `lot.sort_class`.

    Attributes:
        id_nonce: The run's.
        is_last: Whether the run ends with it.
    """

    party: PseudonymId
    id_nonce: Bits128
    child: Child
    is_last: bool
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How much of one input is in a class, and whose that is, if not the holder's own."""

    to_g: GramsOrNone
    owner: PseudonymId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SortClassClosed:
    """Closed part of `lot.sort_class`: one part for each input of the run, in their order."""

    salt: Bits128
    parts: Annotated[tuple[Part, ...], Items(1, PARENTS_MAX)]
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoClass:
    """Open part of `lot.undo_class`: the class as it was signed; the closed part is its own."""

    made: SortClass
    reason: CorrectionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoSort:
    """Open part of `lot.undo_sort`: what began the run; the closed part is its own."""

    begun: BeginSort
    reason: CorrectionReason


def runs_of(values: Mapping[str, bytes | None]) -> list[str]:
    """Return the keys of the runs that holdings, as they stand in state, are marked with."""
    found = []
    for key, raw in values.items():
        if key.startswith("holding/") and raw is not None and (mark := _MARK.search(raw)):
            found.append(_run_key(key, mark[1].decode("ascii")))
    return found


def _run_key(holding_key: str, nonce: str) -> str:
    _, _, holder, _ = holding_key.split("/")
    return Run.key(holder, nonce)


def require_ended(overlay: Overlay) -> None:
    """Reject whatever would change goods of a run that has not ended (`RUN_OPEN`).

    The first change after its end takes the mark off. Who writes the run's own record is part of
    the run.
    """
    changes = list(overlay.changes())
    own = {change.key for change in changes if isinstance(change.after, Run)}
    for change in changes:
        before, after = change.before, change.after
        if not isinstance(before, Holding) or before.run is None or before == after:
            continue
        assert isinstance(after, Holding)  # noqa: S101 - one shape per key prefix
        key = _run_key(change.key, before.run)
        if key in own:
            continue
        run = overlay.look(Run, key)
        if run is None or run.state != "ended":
            raise RejectionError(Code.RUN_OPEN)
        overlay.put(change.key, replace(after, run=None))


def _begin(act: Act, body: BeginSort, closed: BeginSortClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    keys = _input_keys(body, closed)
    holdings = [act.get(Holding, key, Code.NOTHING_HELD) for key in keys]
    key = Run.key(body.party, body.id_nonce)
    require(act.find(Run, key) is None, Code.ID_TAKEN)
    for parent, holding in zip(body.parents, holdings, strict=False):
        require_movable(act, parent, holding)
    crops = {lot.crop for one in body.parents if (lot := act.find(Lot, Lot.key(one)))}
    require(crops == {body.crop}, Code.CROP_DIFFERS)
    is_each_once = len(closed.inputs) == len(body.parents) == len(frozenset(keys))
    require(is_each_once, Code.SHARES_DIFFER)
    take_inputs(act, [one.quantity_g for one in closed.inputs], keys)
    ancestors = ancestors_of(act, body.parents, keys)
    inputs = [
        RunInput(lot=parent, owner=one.owner or body.party, left_g=one.quantity_g)
        for parent, one in zip(body.parents, closed.inputs, strict=True)
    ]
    run = Run(
        state="open",
        shares=body.shares,
        made=made_of(act, body, body.crop, ancestors),
        inputs=tuple(inputs),
        classes=(),
        begun=content_hash(_BEGIN_SORT, write(body), act.command.closed_hash),
    )
    act.put(key, run)


def _sort_class(act: Act, body: SortClass, closed: SortClassClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    key, child = Run.key(body.party, body.id_nonce), body.child
    run = act.get(Run, key, Code.UNKNOWN_RUN)
    require_derived(act, child.lot, party=body.party, nonce=body.id_nonce, index=child.index)
    _require_new(act, run.made, child.lot)
    has_room = len(run.classes) < CLASSES_MAX - 1 or body.is_last
    require(run.state == "open" and has_room, Code.RUN_ENDED)
    parts_g = [one.to_g for one in closed.parts]
    require_packs(closed.packs, sum(parts_g))
    require(child.crop == run.made.crop, Code.CROP_DIFFERS)
    _check_parts(run, body, closed)
    lot = replace(
        run.made,
        grade=child.grade,
        harvested_at=times.timestamp(act.command.event_time),
        made_g=sum(parts_g),
        run=content_hash(_SORT_CLASS, write(body), act.command.closed_hash),
        entry=act.command.id,
    )
    put_child(act, child.lot, lot, _owned_g(body, closed), run=body.id_nonce)
    left = run.with_parts(parts_g, -1)
    state = "ended" if body.is_last else "open"
    act.put(key, replace(left, state=state, classes=(*run.classes, child.lot)))


def _require_new(act: Act, made: Lot, lot_id: str) -> None:
    """Reject a number that is taken; what was only claimed may be among the lot's own ancestors."""
    before = act.find(Lot, Lot.key(lot_id))
    is_claim = before is not None and before.origin == "claim"
    is_own_ancestor = bool(made.hidden_crops) or lot_id in {*made.parents, *made.roots}
    require(before is None or (is_claim and not is_own_ancestor), Code.ID_TAKEN)


def _check_parts(run: Run, body: SortClass, closed: SortClassClosed) -> None:
    """Check that the parts are of the run's inputs, and fit the stated formula."""
    parts_g = [one.to_g for one in closed.parts]
    left_g = [one.left_g for one in run.inputs]
    is_theirs = [one.owner or body.party for one in closed.parts] == [
        one.owner for one in run.inputs
    ]
    require(is_theirs and sum(parts_g) > 0, Code.SHARES_DIFFER)
    is_there = all(part <= left for part, left in zip(parts_g, left_g, strict=True))
    require(is_there, Code.SHARES_DIFFER)
    is_measured = run.shares == "measured"
    require(is_measured or parts_g == apportion(sum(parts_g), left_g), Code.SHARES_DIFFER)


def _undo_class(act: Act, body: UndoClass, closed: SortClassClosed) -> None:
    made, child = body.made, body.made.child.lot
    require(made.party == act.principal.party, Code.NOT_YOUR_PARTY)
    lot = act.get(Lot, Lot.key(child), Code.UNKNOWN_LOT)
    key = Run.key(made.party, made.id_nonce)
    run = act.get(Run, key, Code.UNKNOWN_RUN)
    same = content_hash(_SORT_CLASS, write(made), act.command.closed_hash)
    require(run.classes[-1:] == (child,), Code.NOT_THE_LATEST)
    require(lot.run == same, Code.RUN_DIFFERS)
    keys = _class_keys(made, closed)
    for holding_key in keys:
        require_movable(act, child, act.get(Holding, holding_key, Code.NOTHING_HELD))
    for holding_key, quantity_g in zip(keys, _owned_g(made, closed).values(), strict=True):
        holding = act.get(Holding, holding_key, Code.NOTHING_HELD)
        require_untouched(holding, quantity_g)
        act.put(holding_key, replace(holding.moved(quantity_g), run=None))
    act.put(Lot.key(child), replace(lot, origin="unmade", made_g=0, entry=act.command.id))
    back = run.with_parts([one.to_g for one in closed.parts], 1)
    act.put(key, replace(back, state="open", classes=run.classes[:-1]))
    act.flags.add("corrected")


def _undo_sort(act: Act, body: UndoSort, closed: BeginSortClosed) -> None:
    begun = body.begun
    require(begun.party == act.principal.party, Code.NOT_YOUR_PARTY)
    key = Run.key(begun.party, begun.id_nonce)
    run = act.get(Run, key, Code.UNKNOWN_RUN)
    same = content_hash(_BEGIN_SORT, write(begun), act.command.closed_hash)
    require(run.begun == same, Code.RUN_DIFFERS)
    require(run.state != "undone", Code.RUN_ENDED)
    require(not run.classes, Code.RUN_OPEN)
    for holding_key, one in zip(_input_keys(begun, closed), closed.inputs, strict=True):
        holding = act.get(Holding, holding_key, Code.NOTHING_HELD).back(one.quantity_g)
        rest_g = holding.transformed_g - one.quantity_g
        act.put(holding_key, replace(holding, transformed_g=rest_g))
    act.put(key, replace(run, state="undone"))
    act.flags.add("corrected")


def _input_keys(body: BeginSort, closed: BeginSortClosed) -> list[str]:
    """Return the holding that each input comes from; those without a parent are left out."""
    return [
        Holding.key(parent, body.party, one.owner or body.party)
        for parent, one in zip(body.parents, closed.inputs, strict=False)
    ]


def _owned_g(body: SortClass, closed: SortClassClosed) -> dict[str, int]:
    """Return what of a class is whose, in the parts' order; owners of nothing left out."""
    owned_g: dict[str, int] = {}
    for one in closed.parts:
        if one.to_g:
            owner = one.owner or body.party
            owned_g[owner] = owned_g.get(owner, 0) + one.to_g
    return owned_g


def _class_keys(body: SortClass, closed: SortClassClosed) -> list[str]:
    return [Holding.key(body.child.lot, body.party, one) for one in _owned_g(body, closed)]


def _begin_touches(_command: Command, body: BeginSort, closed: BeginSortClosed) -> Touches:
    own = tuple(dict.fromkeys((Run.key(body.party, body.id_nonce), *_input_keys(body, closed))))
    parents = [Lot.key(parent) for parent in body.parents]
    return Touches(reads=tuple(dict.fromkeys((*parents, *own))), writes=own)


def _class_touches(_command: Command, body: SortClass, closed: SortClassClosed) -> Touches:
    own = (Run.key(body.party, body.id_nonce), Lot.key(body.child.lot), *_class_keys(body, closed))
    return Touches(reads=own, writes=own)


def _undo_class_touches(command: Command, body: UndoClass, closed: SortClassClosed) -> Touches:
    return _class_touches(command, body.made, closed)


def _undo_sort_touches(_command: Command, body: UndoSort, closed: BeginSortClosed) -> Touches:
    begun = body.begun
    own = (Run.key(begun.party, begun.id_nonce), *_input_keys(begun, closed))
    own = tuple(dict.fromkeys(own))
    return Touches(reads=own, writes=own)


TYPES = (
    CommandType(
        name=_BEGIN_SORT,
        body=BeginSort,
        closed=BeginSortClosed,
        roles=HOLDERS,
        proof="public",
        touches=_begin_touches,
        apply=_begin,
    ),
    CommandType(
        name=_SORT_CLASS,
        body=SortClass,
        closed=SortClassClosed,
        roles=HOLDERS,
        proof="public",
        touches=_class_touches,
        apply=_sort_class,
    ),
    CommandType(
        name="lot.undo_class",
        body=UndoClass,
        closed=SortClassClosed,
        roles=HOLDERS,
        proof="public",
        touches=_undo_class_touches,
        apply=_undo_class,
    ),
    CommandType(
        name="lot.undo_sort",
        body=UndoSort,
        closed=BeginSortClosed,
        roles=HOLDERS,
        proof="public",
        touches=_undo_sort_touches,
        apply=_undo_sort,
    ),
)
