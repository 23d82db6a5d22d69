"""Faults of declaring, confirming, extending and ending recalls."""

from chaincode.lots.records import CROPS_OF_A_LOT_MAX
from chaincode.recalls.records import CLEARED_MAX, CROPS_MAX
from chaincode.recalls.room import (
    ALONE_OF_A_PERSON_MAX,
    OWN_MAX,
    OWN_OF_A_PARTY_MAX,
    SAFETY_MAX,
    SHARE_MAX,
)
from tests.chaincode import deeds
from tests.chaincode.drafts import Draft
from tests.chaincode.pen import canonical
from tests.chaincode.rejections import fault
from tests.chaincode.world import World

DECLARE, EMERGENCY, DRILL = "recall.declare", "recall.emergency", "recall.drill"
OWN, CONFIRM, EXTEND, WIDEN = "recall.own", "recall.confirm", "recall.extend", "recall.widen"
LIFT, CLOSE = "recall.lift", "recall.close"
CLEAR = "recall.clear"
OPEN = "recalls/open"


def declares_for_another_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("shops-recaller")


def declares_under_a_name_it_likes(draft: Draft) -> None:
    draft.body["recall"] = "0" * 20


def declares_twice(draft: Draft) -> None:
    if draft.type == OWN:
        draft.world.act(draft.by, OWN, draft.body)
    else:
        draft.world.act(draft.by, DRILL, {"crops": ["carrot"], **draft.body})


for _type in (DECLARE, EMERGENCY, OWN, DRILL):
    fault(_type, "NOT_YOUR_PARTY", "party")(declares_for_another_party)
    fault(_type, "ID_NOT_DERIVED", "recall")(declares_under_a_name_it_likes)
    fault(_type, "ID_TAKEN", "state")(declares_twice)


@fault(EMERGENCY, "NOT_AN_EMERGENCY", "kind")
def declares_alone_what_endangers_nobody(draft: Draft) -> None:
    draft.body["kind"] = "labelling"


def names_a_lot_that_is_on_no_record(draft: Draft) -> None:
    draft.body["roots"] = [*draft.body["roots"], "0" * 20]


for _type in (EMERGENCY, OWN, EXTEND):
    fault(_type, "UNKNOWN_LOT", "lots")(names_a_lot_that_is_on_no_record)


@fault(OWN, "UNKNOWN_LOT", "lots")
def recalls_anothers_lot_as_its_own(draft: Draft) -> None:
    lot = draft.world.harvest("neighbour", 1, plot="paddy")
    draft.body["roots"] = [*draft.body["roots"], lot]


@fault(EXTEND, "NOTHING_NEW", "lots", "roots", "state", "recall")
def extends_by_what_is_recalled_already(draft: Draft) -> None:
    mine = [one for one in opened(draft.world) if one["recall"] == draft.body["recall"]]
    draft.body["roots"] = mine[0]["roots"]


@fault(WIDEN, "NOTHING_NEW", "lots", "roots", "state", "recall", "room", "crops")
def widens_by_what_two_signed_for_already(draft: Draft) -> None:
    world = draft.world
    deeds.by_two(world, draft.by, draft.approver, WIDEN, draft.body)


def opened(world: World) -> list[dict]:
    return (world.ledger.record(OPEN) or {"recalls": []})["recalls"]


def fill(draft: Draft, count: int, **members: str) -> None:
    """As if so many other lots had been recalled: all of the co-op, unless `members` say so."""
    world = draft.world
    deeds.recall(world, world.harvest("farmer", 1))  # an act, so that no shared world is changed
    filled = [
        {
            "recall": "0" * 20,
            "entry": f"{start:064}",
            "organisation": "coop",
            "kind": "safety",
            "crops": ["carrot"],
            **members,
            "roots": [f"{number:020}" for number in range(start, min(count, start + 400))],
        }
        for start in range(0, count, 400)
    ]
    world.ledger.state[OPEN] = canonical({"v": 1, "recalls": [*filled, *opened(world)]})


@fault(DECLARE, "TOO_MANY_ROOTS", "room")
@fault(WIDEN, "TOO_MANY_ROOTS", "room")
def finds_share_and_reserve_full(draft: Draft) -> None:
    fill(draft, SHARE_MAX + SAFETY_MAX)


@fault(EMERGENCY, "TOO_MANY_ROOTS", "room")
@fault(EXTEND, "TOO_MANY_ROOTS", "room")
def finds_the_share_full(draft: Draft) -> None:
    fill(draft, SHARE_MAX, kind="labelling")


@fault(OWN, "TOO_MANY_ROOTS", "room", "state")
def finds_the_room_of_own_recalls_full(draft: Draft) -> None:
    fill(draft, OWN_MAX, own=draft.world.party("grocer"))


@fault(OWN, "TOO_MANY_ROOTS", "room", "state")
def has_recalled_as_much_as_a_party_may(draft: Draft) -> None:
    fill(draft, OWN_OF_A_PARTY_MAX, own=draft.world.party("farmer"))


@fault(EMERGENCY, "TOO_MANY_UNCONFIRMED", "room")
@fault(EXTEND, "TOO_MANY_UNCONFIRMED", "room")
def has_as_much_unconfirmed_as_a_person_may(draft: Draft) -> None:
    fill(draft, ALONE_OF_A_PERSON_MAX, alone=draft.world.actor("coop-recaller"))


@fault(EMERGENCY, "TOO_MANY_UNCONFIRMED", "room")
@fault(EXTEND, "TOO_MANY_UNCONFIRMED", "room")
def finds_as_much_unconfirmed_as_an_organisation_may(draft: Draft) -> None:
    fill(draft, SHARE_MAX // 2, alone=draft.world.actor("farmhand"))


@fault(DECLARE, "TOO_MANY_CROPS", "crops")
@fault(WIDEN, "TOO_MANY_CROPS", "crops")
def says_more_crops_than_its_lots_can_have_been(draft: Draft) -> None:
    most = CROPS_OF_A_LOT_MAX * len(draft.body["roots"])
    draft.body["crops"] = [f"crop-{number}" for number in range(most + 1)]


@fault(EMERGENCY, "TOO_MANY_CROPS", "lots")
@fault(OWN, "TOO_MANY_CROPS", "lots", "state")
@fault(EXTEND, "TOO_MANY_CROPS", "lots", "roots")
def names_lots_of_more_crops_than_an_entry_may(draft: Draft) -> None:
    crops = [f"crop-{number}" for number in range(CROPS_MAX + 1)]
    by = "farmer" if draft.type == OWN else "neighbour"
    plot = "field" if draft.type == OWN else "paddy"
    draft.body["roots"] = [draft.world.harvest(by, 1, plot=plot, crop=one) for one in crops]


def names_no_recall(draft: Draft) -> None:
    draft.body["recall"] = "0" * 20


for _type in (CONFIRM, EXTEND, WIDEN, CLEAR, LIFT, CLOSE):
    fault(_type, "UNKNOWN_RECALL", "recall", "signer")(names_no_recall)


@fault(CONFIRM, "ROLE_MISSING", "signer", "recall")
def confirms_anothers_recall_without_an_office(draft: Draft) -> None:
    draft.by = "farmer"


@fault(CONFIRM, "NOT_INDEPENDENT", "signer")
def confirms_ones_own_recall(draft: Draft) -> None:
    draft.by = "coop-recaller"


def acts_on_what_was_extended_since(draft: Draft) -> None:
    world = draft.world
    extension = {"recall": draft.body["recall"], "roots": [world.harvest("farmer", 1)]}
    world.act("shops-recaller", EXTEND, extension)


for _type in (CONFIRM, CLEAR, LIFT, CLOSE):
    fault(_type, "NOT_THE_LATEST", "entry", "recall", "signer")(acts_on_what_was_extended_since)


def see(draft: Draft, recall: str) -> None:
    """Name a recall as it is now, in a command that names an entry."""
    named = deeds.seen(draft.world, recall)
    draft.body |= {name: named[name] for name in named if name in draft.body}


@fault(CONFIRM, "NOT_UNCONFIRMED", "state", "signer", "entry", "recall")
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


for _type in (EXTEND, WIDEN, CLEAR, LIFT, CLOSE):
    fault(_type, "RECALL_ENDED", "state", "entry", "recall")(acts_on_a_lifted_recall)
    fault(_type, "RECALL_ENDED", "state", "entry", "recall")(acts_on_a_closed_recall)
    fault(_type, "RECALL_ENDED", "state", "entry", "recall")(acts_on_a_drill)


@fault(CLEAR, "NOT_YOUR_ORGANISATION", "signer", "recall")
def clears_what_another_organisation_has_recalled(draft: Draft) -> None:
    draft.by = "shops-recaller"


@fault(CLEAR, "UNKNOWN_LOT", "lots")
def clears_a_lot_that_is_on_no_record(draft: Draft) -> None:
    draft.body["lots"] = [*draft.body["lots"], "0" * 20]


@fault(CLEAR, "RECALLED", "lots", "recall", "state")
def clears_what_the_recall_names(draft: Draft) -> None:
    mine = [one for one in opened(draft.world) if one["recall"] == draft.body["recall"]]
    draft.body["lots"] = [*draft.body["lots"], mine[0]["roots"][0]]


@fault(CLEAR, "RECALLED", "lots", "recall", "state", "entry")
def clears_what_is_known_to_be_made_of_what_another_names(draft: Draft) -> None:
    world = draft.world
    lots = [world.harvest("farmer", 10) for _ in range(2)]
    child = deeds.merge(world, "farmer", *lots)
    extension = {"recall": draft.body["recall"], "roots": lots[:1]}
    world.act("shops-recaller", EXTEND, extension)
    see(draft, draft.body["recall"])
    draft.body["lots"] = [child]


@fault(CLEAR, "NOTHING_NEW", "lots", "state", "recall", "signer", "entry")
def clears_twice(draft: Draft) -> None:
    draft.world.act(draft.by, CLEAR, draft.body)


@fault(CLEAR, "NOTHING_NEW", "state", "recall", "signer", "entry", "lots")
def clears_of_a_recall_that_stops_nothing_for_what_it_hides(draft: Draft) -> None:
    world = draft.world
    recall = deeds.recall_by_two(world, world.harvest("farmer", 1), kind="quality")
    see(draft, recall)


@fault(CLEAR, "TOO_MANY_ROOTS", "room", "recall")
def has_cleared_as_much_as_an_organisation_may(draft: Draft) -> None:
    cleared = [f"{number:020}" for number in range(CLEARED_MAX // 3)]
    fill(draft, 1, recall="1" * 20, cleared=cleared)
