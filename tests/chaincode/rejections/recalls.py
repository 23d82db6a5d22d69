"""Faults of declaring, confirming, extending and ending recalls."""

from chaincode.recalls.records import ROOTS_OPEN_MAX
from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import canonical
from tests.chaincode.rejections import fault

DECLARE, EMERGENCY, DRILL = "recall.declare", "recall.emergency", "recall.drill"
CONFIRM, EXTEND = "recall.confirm", "recall.extend"
LIFT, CLOSE = "recall.lift", "recall.close"
OPEN = "recalls/open"


def declares_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("shops-recaller")


def declares_under_a_name_it_likes(draft: Draft) -> None:
    draft.body["recall"] = "0" * 20


def declares_twice(draft: Draft) -> None:
    draft.world.act(draft.by, DRILL, draft.body)


for _type in (DECLARE, EMERGENCY, DRILL):
    fault(_type, "NOT_YOUR_PARTY", "party")(declares_for_another_party)
    fault(_type, "ID_NOT_DERIVED", "recall")(declares_under_a_name_it_likes)
    fault(_type, "ID_TAKEN", "state")(declares_twice)


@fault(EMERGENCY, "NOT_AN_EMERGENCY", "kind")
def declares_alone_what_endangers_nobody(draft: Draft) -> None:
    draft.body["kind"] = "labelling"


def names_more_lots_than_may_be_watched(draft: Draft) -> None:
    """As if others had recalled all but one; of the draft's own none is among them."""
    world = draft.world
    deeds.recall(world, "0" * 20)  # an act, too, so that no shared world is asked to refuse this
    record = world.ledger.record(OPEN)
    watched = sum(len(one["roots"]) for one in record["recalls"])
    room = ROOTS_OPEN_MAX - watched - len(draft.body["roots"]) + 1
    last = next(one for one in record["recalls"] if "0" * 20 in one["roots"])
    last["roots"] += [f"{number:020}" for number in range(1, room + 1)]
    world.ledger.state[OPEN] = canonical(record)


for _type in (DECLARE, EMERGENCY, EXTEND):
    fault(_type, "TOO_MANY_ROOTS", "roots")(names_more_lots_than_may_be_watched)


def names_no_recall(draft: Draft) -> None:
    draft.body["recall"] = "0" * 20


for _type in (CONFIRM, EXTEND, LIFT, CLOSE):
    fault(_type, "UNKNOWN_RECALL", "recall", "signer")(names_no_recall)


@fault(CONFIRM, "NOT_INDEPENDENT", "signer")
def confirms_ones_own_recall(draft: Draft) -> None:
    draft.by = "coop-recaller"


def acts_on_what_was_extended_since(draft: Draft) -> None:
    world = draft.world
    extension = {"recall": draft.body["recall"], "roots": [world.harvest("farmer", 1)]}
    world.act("shops-recaller", EXTEND, extension)


for _type in (CONFIRM, LIFT, CLOSE):
    fault(_type, "NOT_THE_LATEST", "entry", "recall", "signer")(acts_on_what_was_extended_since)


def see(draft: Draft, recall: str) -> None:
    """Name a recall as it is now, in a command that names an entry."""
    named = deeds.seen(draft.world, recall)
    draft.body |= {name: named[name] for name in named if name in draft.body}


@fault(CONFIRM, "NOT_UNCONFIRMED", "state", "entry", "recall")
def confirms_twice(draft: Draft) -> None:
    draft.world.act("shops-recaller", CONFIRM, draft.body)
    see(draft, draft.body["recall"])


@fault(CONFIRM, "NOT_UNCONFIRMED", "state", "signer", "recall", "entry")
def confirms_a_drill(draft: Draft) -> None:
    world = draft.world
    see(draft, deeds.recall(world, world.harvest("farmer", 1), type_="drill"))


def acts_on_a_lifted_recall(draft: Draft) -> None:
    deeds.end(draft.world, draft.body["recall"], "lift")
    see(draft, draft.body["recall"])


def acts_on_a_closed_recall(draft: Draft) -> None:
    deeds.end(draft.world, draft.body["recall"], "close")
    see(draft, draft.body["recall"])


def acts_on_a_drill(draft: Draft) -> None:
    world = draft.world
    see(draft, deeds.recall(world, world.harvest("farmer", 1), type_="drill"))


for _type in (EXTEND, LIFT, CLOSE):
    fault(_type, "RECALL_ENDED", "state", "entry", "recall")(acts_on_a_lifted_recall)
    fault(_type, "RECALL_ENDED", "state", "entry", "recall")(acts_on_a_closed_recall)
    fault(_type, "RECALL_ENDED", "state", "entry", "recall")(acts_on_a_drill)
