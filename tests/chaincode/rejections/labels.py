"""Faults of binding stickers to a lot, and of undoing that."""

from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.rejections import fault

BIND = "label.bind"
UNBIND = "label.unbind"


@fault(BIND, "NOT_YOUR_PARTY", "party")
@fault(UNBIND, "NOT_YOUR_PARTY", "party")
def acts_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("neighbour")


def others_roll(draft: Draft, **stickers: int) -> str:
    """Return a roll of which the neighbour bound these stickers."""
    world = draft.world
    lot = world.harvest("neighbour", 1_000, "paddy")
    return deeds.stick(world, "neighbour", lot, **stickers)


@fault(BIND, "NOT_YOUR_PARTY", "roll")
def binds_stickers_of_anothers_roll(draft: Draft) -> None:
    draft.body["roll"] = others_roll(draft, first=1, count=1)


@fault(BIND, "UNKNOWN_LOT", "lot")
def binds_stickers_to_no_lot(draft: Draft) -> None:
    draft.body["lot"] = "0" * 20


@fault(BIND, "ID_NOT_DERIVED", "roll")
def binds_stickers_of_a_roll_that_is_not_its_own(draft: Draft) -> None:
    draft.body |= deeds.new_roll(draft.world, "neighbour")


@fault(BIND, "ID_NOT_DERIVED", "roll")
def does_not_say_what_a_new_roll_is_derived_from(draft: Draft) -> None:
    del draft.body["id_nonce"], draft.body["index"]


@fault(BIND, "LABELS_TAKEN", "roll", "numbers")
def binds_a_sticker_twice(draft: Draft) -> None:
    body = {**draft.body, "first": draft.body["first"] + draft.body["count"] - 1}
    draft.world.act(draft.by, BIND, body)


@fault(BIND, "TOO_MANY_LABELS", "numbers")
def binds_stickers_beyond_the_last_number(draft: Draft) -> None:
    draft.body |= {"first": 99_999_999, "count": 2}


@fault(UNBIND, "UNKNOWN_LABELS", "roll")
def unbinds_stickers_of_a_roll_never_bound(draft: Draft) -> None:
    draft.body["roll"] = draft.world.name(draft.by)["id"]


@fault(UNBIND, "UNKNOWN_LABELS", "roll")
def unbinds_stickers_of_anothers_roll(draft: Draft) -> None:
    stickers = {name: draft.body[name] for name in ("first", "count")}
    draft.body["roll"] = others_roll(draft, **stickers)


@fault(UNBIND, "UNKNOWN_LABELS", "numbers")
def unbinds_a_part_of_a_range(draft: Draft) -> None:
    draft.body["count"] -= 1


@fault(UNBIND, "UNKNOWN_LABELS", "state", "roll")
def unbinds_twice(draft: Draft) -> None:
    draft.world.act(draft.by, UNBIND, draft.body)
