"""Nobody's recall leaves no room for another's, and what one signs alone waits, stays or lapses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaincode.base.errors import RejectionError
from chaincode.recalls.records import (
    LAPSES_AFTER_S,
    ROOTS_ALONE_MAX,
    ROOTS_AT_ONCE_MAX,
    ROOTS_OPEN_MAX,
    OpenRecall,
)
from chaincode.recalls.room import (
    ALONE_OF_A_PERSON_MAX,
    OWN_OF_A_PARTY_MAX,
    SAFETY_MAX,
    left_by_two,
    require_room,
    share,
    taken,
)
from tests.chaincode import deeds
from tests.chaincode.test_recalls import OPEN, alone, is_stopped, recall_of
from tests.chaincode.ways.recalls import sell
from tests.chaincode.world import DAY_S, NOW, World

ORGANISATIONS = (2, 3, 5, 16)
ROOTS = tuple(f"{number:020}" for number in range(ROOTS_AT_ONCE_MAX))


def own(world: World, by: str, *lots: str, **basis: str) -> str:
    body = deeds.declaration(world, by, lots, **basis)
    world.act(by, "recall.own", body)
    return body["recall"]


def confirm(world: World, by: str, recall: str) -> str:
    return world.submit(world.write(by, "recall.confirm", deeds.seen(world, recall)))[0]


def officer(world: World, handle: str) -> str:
    """Make someone of the co-op a recall officer, too."""
    body = {
        "actor": world.actor(handle),
        "roles": [{"role": "recall-officer", "since": "2020-04-01"}],
        "devices": [world.kid(handle)],
    }
    world.act("coop-registrar", "actor.grant", body)
    return handle


# What one signs alone


def test_a_farmer_recalls_own_goods_without_an_office_wherever_they_are():
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    deeds.hand_over(world, "farmer", lot, to="shopkeeper", quantity_g=2_000)
    recall = own(world, "farmer", lot)
    assert recall_of(world, recall)["is_own"]
    assert recall_of(world, recall)["state"] == "unconfirmed"
    assert is_stopped(world, "farmer", lot)
    assert is_stopped(world, "shopkeeper", lot)


def test_a_shop_recalls_what_it_made():
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    deeds.hand_over(world, "farmer", lot, to="shopkeeper", quantity_g=2_000)
    made = deeds.make(world, "shopkeeper", "lot.process", [(lot, 1_000, [900])], ["juice"])
    own(world, "shopkeeper", *made.children)
    assert is_stopped(world, "shopkeeper", made.children[0])
    assert sell(world, "shopkeeper", lot) == "ACCEPTED"


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("farmer", "NOT_INDEPENDENT"),
        ("neighbour", "ROLE_MISSING"),
        ("farmhand", "ACCEPTED"),
        ("coop-recaller", "ACCEPTED"),
        ("town-recaller", "ACCEPTED"),
    ],
)
def test_an_own_recall_is_confirmed_by_another_of_the_party_or_by_an_officer(by, code):
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    recall = own(world, "farmer", lot)
    assert confirm(world, by, recall) == code
    state = "confirmed" if code == "ACCEPTED" else "unconfirmed"
    assert recall_of(world, recall)["state"] == state
    assert is_stopped(world, "farmer", lot)


def test_an_own_recall_of_an_officers_party_is_still_confirmed_by_another_person():
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    body = {
        "actor": world.actor("farmer"),
        "roles": [{"role": one, "since": "2020-04-01"} for one in ("farmer", "recall-officer")],
        "devices": [world.kid("farmer")],
    }
    world.act("coop-registrar", "actor.grant", body)
    assert confirm(world, "farmer", own(world, "farmer", lot)) == "NOT_INDEPENDENT"


@pytest.mark.parametrize(
    ("kind", "after_s", "code"),
    [
        ("safety", 400 * DAY_S, "RECALLED"),
        ("labelling", LAPSES_AFTER_S - 1, "RECALLED"),
        ("labelling", LAPSES_AFTER_S, "ACCEPTED"),
        ("quality", LAPSES_AFTER_S, "ACCEPTED"),
    ],
)
def test_what_one_signed_alone_stays_for_safetys_sake_and_else_lapses(kind, after_s, code):
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    recall = own(world, "farmer", lot, kind=kind)
    sale = world.write(
        "farmer",
        "lot.sell",
        {"lot": lot, "party": world.party("farmer")},
        {"quantity_g": 1},
    )
    assert world.submit(sale, time=NOW + after_s) == [code]
    if code == "ACCEPTED":
        late = world.write("farmhand", "recall.confirm", deeds.seen(world, recall))
        ended = {"recall": recall, "roots": [lot]}
        extension = world.write("coop-recaller", "recall.extend", ended)
        codes = world.submit(late, extension, time=NOW + after_s)
        assert codes == ["NOT_UNCONFIRMED", "RECALL_ENDED"]


def test_what_is_confirmed_in_time_does_not_lapse():
    world = World.standing()
    lot = world.harvest("farmer", 9_000)
    recall = own(world, "farmer", lot, kind="quality")
    assert confirm(world, "farmhand", recall) == "ACCEPTED"
    body = {"lot": lot, "party": world.party("farmer")}
    sale = world.write("farmer", "lot.sell", body, {"quantity_g": 1})
    assert world.submit(sale, time=NOW + 2 * LAPSES_AFTER_S) == ["RECALLED"]


def test_of_a_recall_by_two_only_what_one_added_lapses_and_leaves_the_record():
    world = World.standing()
    lot, added = world.harvest("farmer", 9_000), world.harvest("farmer", 9_000)
    recall = deeds.recall_by_two(world, lot, kind="labelling")
    world.act("shops-recaller", "recall.extend", {"recall": recall, "roots": [added]})
    body = {"lot": added, "party": world.party("farmer")}
    sales = [
        world.write("farmer", "lot.sell", body | {"lot": one}, {"quantity_g": 1})
        for one in (lot, added)
    ]
    assert world.submit(*sales, time=NOW + LAPSES_AFTER_S) == ["RECALLED", "ACCEPTED"]
    other = deeds.recall(world, added, time=NOW + LAPSES_AFTER_S)
    entries = world.ledger.record(OPEN)["recalls"]
    assert sorted(one["recall"] for one in entries) == sorted([recall, other])


def test_an_extension_by_one_names_lots_that_are_on_record_and_by_two_any():
    world = World.standing()
    recall = deeds.recall_by_two(world, world.harvest("farmer", 1))
    body = {"recall": recall, "roots": ["Z" * 20]}
    assert world.submit(world.write("coop-recaller", "recall.extend", body)) == ["UNKNOWN_LOT"]
    deeds.by_two(
        world, "coop-recaller", "shops-recaller", "recall.widen", body | {"crops": ["carrot"]}
    )
    assert alone(world, recall) == set()


def test_two_sign_for_what_one_had_added_alone():
    world = World.standing()
    recall = deeds.recall(world, world.harvest("farmer", 1))
    roots = world.ledger.record(OPEN)["recalls"][0]["roots"]
    body = {"recall": recall, "roots": roots, "crops": ["carrot"]}
    deeds.by_two(world, "coop-recaller", "shops-recaller", "recall.widen", body)
    assert recall_of(world, recall)["state"] == "confirmed"
    assert recall_of(world, recall)["roots_count"] == 1


# Room


def entry(
    number: int,
    count: int,
    *,
    organisation: str = "a",
    kind: str = "safety",
    own_: str | None = None,
    actor: str | None = None,
) -> OpenRecall:
    return OpenRecall(
        recall=f"{number:020}",
        entry=f"{number:064}",
        organisation=organisation,
        kind=kind,
        crops=("carrot",),
        own=own_,
        alone=actor,
        roots=ROOTS[:count],
    )


def fits(before: tuple, added: OpenRecall, organisations: int) -> tuple | None:
    """Return the entries with one more, `None` if there is no room."""
    try:
        return require_room(before, added, organisations=organisations)
    except RejectionError:
        return None


COUNTS = st.integers(1, ROOTS_ALONE_MAX)
KINDS = st.sampled_from(["safety", "labelling", "quality"])


@given(
    organisations=st.sampled_from(ORGANISATIONS),
    acts=st.lists(st.tuples(COUNTS, KINDS), min_size=1, max_size=60),
    stolen=st.sampled_from(["officer", "farmer"]),
)
def test_whatever_one_stolen_key_does_others_still_recall(organisations, acts, stolen):
    """A colleague, another organisation, a producer, and any two organisations."""
    entries: tuple[OpenRecall, ...] = ()
    acts += [(ROOTS_ALONE_MAX, "safety")] * 30 + [(1, "labelling")] * 30
    for number, (count, kind) in enumerate(acts):
        key = {"actor": "thief"} | ({"own_": "farm"} if stolen == "farmer" else {})
        entries = fits(entries, entry(number, count, kind=kind, **key), organisations) or entries
    of_key = OWN_OF_A_PARTY_MAX if stolen == "farmer" else ALONE_OF_A_PERSON_MAX
    assert taken(entries) <= of_key
    still = min(ROOTS_ALONE_MAX, share(organisations) // 2 - ROOTS_ALONE_MAX)
    for other in (
        entry(900, still, actor="colleague"),
        entry(901, ROOTS_ALONE_MAX, organisation="b", actor="officer of b"),
        entry(902, ROOTS_ALONE_MAX, own_="another farm", actor="farmer"),
        entry(903, ROOTS_AT_ONCE_MAX),
        entry(904, ROOTS_AT_ONCE_MAX, organisation="b"),
    ):
        assert fits(entries, other, organisations), other


@given(
    organisations=st.sampled_from(ORGANISATIONS),
    acts=st.lists(
        st.tuples(st.integers(1, ROOTS_AT_ONCE_MAX), KINDS, st.booleans(), st.integers(0, 2)),
        max_size=80,
    ),
)
def test_whatever_one_organisation_does_with_anothers_help_others_have_their_share(
    organisations, acts
):
    """It may fill its own share and the reserve; the others' shares are as they were."""
    entries: tuple[OpenRecall, ...] = ()
    for number, (count, kind, is_alone, person) in enumerate(acts):
        named = min(count, ROOTS_ALONE_MAX) if is_alone else count
        actor = f"officer {person}" if is_alone else None
        added = entry(number, named, kind=kind, actor=actor)
        entries = fits(entries, added, organisations) or entries
    assert taken(entries) <= share(organisations) + SAFETY_MAX <= ROOTS_OPEN_MAX
    left = left_by_two(entries, organisation="a", organisations=organisations)
    assert left == share(organisations) + SAFETY_MAX - taken(entries)
    for kind in ("safety", "labelling"):
        other = entry(900, ROOTS_ALONE_MAX, organisation="b", kind=kind, actor="officer of b")
        assert fits(entries, other, organisations)
    declared = entry(901, min(ROOTS_AT_ONCE_MAX, share(organisations)), organisation="b")
    assert fits(entries, declared, organisations)


@given(counts=st.lists(st.integers(1, ROOTS_AT_ONCE_MAX), max_size=40))
def test_what_is_said_to_have_room_has_it_and_no_more(counts):
    entries: tuple[OpenRecall, ...] = ()
    for number, count in enumerate(counts):
        left = left_by_two(entries, organisation="a", organisations=3)
        after = fits(entries, entry(number, count), 3)
        assert (after is not None) == (max(10, count) <= left)
        entries = after or entries


def test_a_thief_with_an_officers_key_silences_nobody():
    world = World.standing()
    lots = [world.harvest("farmer", 100) for _ in range(ROOTS_ALONE_MAX)]
    more = [world.harvest("farmer", 100) for _ in range(ROOTS_ALONE_MAX)]
    recall = deeds.recall_by_two(world, world.harvest("farmer", 1))
    for roots in (lots, more):
        world.act("coop-recaller", "recall.extend", {"recall": recall, "roots": roots})
    lot = world.harvest("neighbour", 100, plot="paddy")
    body = deeds.declaration(world, "coop-recaller", [lot])
    refused = world.write("coop-recaller", "recall.emergency", body)
    assert world.submit(refused) == ["TOO_MANY_UNCONFIRMED"]
    deeds.recall(world, lot, by=officer(world, "coop-deputy"))
    deeds.recall(world, lot, by="shops-recaller")
    own(world, "neighbour", lot)
    deeds.recall_by_two(world, lot, by="town-recaller", second="shops-recaller")
