"""Suspended offices: by whom, what for, until when, and that nobody's own acts are touched."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chaincode
from chaincode.registry.organisations import majority_of
from chaincode.registry.records import OFFICES
from chaincode.rules import EVER
from tests.chaincode import deeds
from tests.chaincode.drafts import Draft, types, valid
from tests.chaincode.organisations import (
    UNTIL,
    is_suspended,
    letters,
    registrar_of,
    standing,
    suspend,
    until,
    vote,
)
from tests.chaincode.world import DAY_S, NOW, REGISTRARS, World

CHAINCODE = Path(chaincode.__file__).parent
TRADES = {"farmer", "packer", "shop"}  # what people do for themselves
# Drafts whose signer acts as an officer, though others may give the command for themselves.
BY_OFFICERS = {"consignment.revoke", "key.revoke", "mandate.revoke"}
AFTER = NOW + 47 * DAY_S  # the first of June in the town
REINSTATE = "organisation.reinstate"
LOOKS = {
    "ending.py": 1,  # of a party's own recall: whoever is no officer today confirms as its person
}
OTHERS = [name for name in types() if name != "registry.bootstrap"]
TWO_SIGNERS = [name for name in OTHERS if EVER[name].signers == 2]


def suspend_in_town(world: World, organisation: str) -> None:
    """Let the two others of the three suspend an organisation until the end of May."""
    for by in REGISTRARS:
        if by != organisation:
            assert vote(world, f"{by}-registrar", organisation) == ["ACCEPTED"]


def is_of_an_office(draft: Draft, handle: str) -> bool:
    """Whether somebody can give this command only as an officer."""
    roles = EVER[draft.type].roles
    is_trade = roles & TRADES and handle in {"farmer", "shopkeeper", "sorter", "neighbour"}
    return bool(roles or draft.type in BY_OFFICERS) and not is_trade


def test_every_role_that_a_command_needs_is_an_office_or_a_trade():
    asked_for = frozenset[str]().union(*(kind.roles | kind.witnesses for kind in EVER.values()))
    assert asked_for == OFFICES | TRADES
    assert not OFFICES & TRADES


@pytest.mark.parametrize("path", sorted(CHAINCODE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_rule_looks_at_a_signers_roles_past_a_suspension(path):
    """`holds` says that an office is suspended; a look at `roles` would only not find it."""
    looks = re.findall(r"(?:signer|principal)\.roles", path.read_text())
    assert len(looks) == LOOKS.get(path.name, 0)


@pytest.mark.parametrize("type_name", [one for one in OTHERS if one != REINSTATE])
def test_a_suspended_office_signs_nothing_that_is_taken_and_people_go_on(type_name):
    draft = valid(type_name)
    suspend_in_town(draft.world, draft.world.people[draft.by].organisation)
    before = dict(draft.world.ledger.state)
    code = draft.submit()["code"]
    if is_of_an_office(draft, draft.by):
        assert code == "ORGANISATION_SUSPENDED"
        assert draft.world.ledger.state == before
    else:
        assert code == "ACCEPTED"


@pytest.mark.parametrize("type_name", TWO_SIGNERS)
def test_a_suspended_office_gives_no_second_signature(type_name):
    draft = valid(type_name)
    approval = draft.approval()
    suspend_in_town(draft.world, draft.world.people[draft.approver].organisation)
    before = dict(draft.world.ledger.state)
    code = approval.submit()["code"]
    if is_of_an_office(draft, draft.approver):
        assert code == "ORGANISATION_SUSPENDED"
        assert draft.world.ledger.state == before
    else:
        assert code == "ACCEPTED"


@pytest.mark.parametrize("type_name", [one for one in TWO_SIGNERS if one != "lot.settle"])
def test_what_a_suspended_office_had_proposed_is_not_applied(type_name):
    """Not the approver's fault: their device goes on, and the proposal stays for afterwards."""
    draft = valid(type_name)
    approval = draft.approval()
    suspend_in_town(draft.world, draft.world.people[draft.by].organisation)
    if not is_of_an_office(draft, draft.by):
        return
    code = approval.submit()["code"]
    same = draft.world.people[draft.by].organisation
    is_same = draft.world.people[draft.approver].organisation == same
    assert code == ("ORGANISATION_SUSPENDED" if is_same else "ROLE_MISSING")


def test_the_device_keeps_what_was_not_taken_and_it_is_good_once_the_time_is_over():
    world = World.standing()
    suspend_in_town(world, "coop")
    body = {"party": "K" * 12, "kind": "farm"}
    wire = world.write("coop-registrar", "party.register", body)
    codes = [
        *world.submit(wire),
        *world.submit(wire, time=AFTER - 9 * 3_600 - 1),
        *world.submit(wire, time=AFTER - 9 * 3_600),  # midnight in the town
    ]
    assert codes == ["ORGANISATION_SUSPENDED", "ORGANISATION_SUSPENDED", "ACCEPTED"]


def test_an_officer_of_a_suspended_organisation_confirms_only_what_is_their_partys_own():
    world = standing(3)
    roles = [{"role": role, "since": "2020-04-01"} for role in ("farmer", "recall-officer")]
    body = {"actor": world.actor("a-farmer"), "roles": roles, "devices": [world.kid("a-farmer")]}
    world.act("a-registrar", "actor.grant", body)
    theirs = deeds.recall(world, world.harvest("b-farmer", 10, plot="b"), by="b-recaller")
    suspend(world, "a", by=["b", "c"])
    wire = world.write("a-farmer", "recall.confirm", deeds.seen(world, theirs))
    assert world.submit(wire) == ["ORGANISATION_SUSPENDED"]
    world.act("c-recaller", "recall.confirm", deeds.seen(world, theirs))


@pytest.mark.parametrize("type_name", ["key.revoke", "mandate.revoke", "proposal.withdraw"])
def test_who_acts_for_themselves_needs_no_office(type_name):
    world = World.standing()
    world.mandate("farmer", "helper", "lot.harvest")
    body = {"revoke": {"device": world.kid("farmer"), "actor": world.actor("farmer")}}
    pair = {"principal": world.actor("farmer"), "agent": world.actor("helper")}
    opening = valid("lot.open")
    proposal = world.act("farmer", "lot.open", opening.body, opening.closed)
    bodies = {
        "key.revoke": body["revoke"],
        "mandate.revoke": pair,
        "proposal.withdraw": {"proposal": proposal},
    }
    suspend_in_town(world, "coop")
    assert world.submit(world.write("farmer", type_name, bodies[type_name])) == ["ACCEPTED"]


def test_farmers_of_a_suspended_co_op_harvest_sell_and_are_sold_for():
    world = World.standing()
    world.mandate("farmer", "helper", "lot.sell")
    suspend_in_town(world, "coop")
    lot = world.harvest("farmer", 1_000)
    body = {"lot": lot, "party": world.party("farmer")}
    for_farmer = {"on_behalf": world.actor("farmer")}
    world.act("helper", "lot.sell", body, {"quantity_g": 400}, **for_farmer)
    assert deeds.held(world, lot, "farmer") == 600


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 15])
def test_it_takes_a_majority_of_the_others_and_never_one_alone(count):
    world, others = standing(count), letters(count)[1:]
    needed = majority_of(len(others))
    assert needed >= 2
    assert needed * 2 > len(others)
    if count == 2:
        assert vote(world, "b-registrar", "a") == ["TOO_FEW_ORGANISATIONS"]
        assert vote(world, "a-registrar", "b") == ["TOO_FEW_ORGANISATIONS"]
        return
    for number, one in enumerate(others, start=1):
        suspend(world, "a", by=[one])
        assert is_suspended(world, "a") == (number >= needed)


def test_one_organisation_is_one_vote_whoever_signs_and_how_often():
    world = World.standing()
    for by in ("coop-registrar", "coop-deputy", "coop-registrar"):
        assert vote(world, by, "shops") == ["ACCEPTED"]
    assert not is_suspended(world, "shops")


def test_no_two_of_three_can_be_suspended_at_once_by_the_one_that_is_left():
    world = standing(3)
    suspend(world, "c", by=["a", "b"])
    assert vote(world, "a-registrar", "b") == ["ACCEPTED"]
    assert vote(world, "c-registrar", "b") == ["ORGANISATION_SUSPENDED"]
    assert not is_suspended(world, "b")


def test_a_vote_of_an_organisation_suspended_since_does_not_count():
    world = standing(5)
    suspend(world, "e", by=["a", "b"])
    suspend(world, "a", by=["b", "c", "d"])
    suspend(world, "e", by=["c"])
    assert not is_suspended(world, "e")  # of three votes one is of the suspended
    suspend(world, "e", by=["d"])
    assert is_suspended(world, "e")


def test_it_lasts_as_long_as_a_majority_wants_and_is_renewed_by_voting_again():
    world = standing(5)
    for by, last in (("b", "2026-05-31"), ("c", "2026-06-30"), ("d", "2026-04-20")):
        suspend(world, "a", by=[by], until=last)
    assert until(world, "a") == "2026-04-20"
    suspend(world, "a", by=["e"], until="2026-06-10")
    assert until(world, "a") == "2026-05-31"
    later = NOW + 40 * DAY_S
    for by in ("b", "c", "d"):
        assert vote(world, registrar_of(by), "a", until="2026-08-20", time=later) == ["ACCEPTED"]
    assert until(world, "a") == "2026-08-20"


def test_a_suspended_organisation_neither_votes_nor_takes_a_vote_back():
    world = standing(5)
    suspend(world, "b", by=["a", "c"])
    suspend(world, "a", by=["b", "c", "d"])
    before = dict(world.ledger.state)
    assert vote(world, "a-registrar", "b") == ["ORGANISATION_SUSPENDED"]
    wire = world.write("a-registrar", REINSTATE, {"organisation": "b"})
    assert world.submit(wire) == ["ORGANISATION_SUSPENDED"]
    assert world.ledger.state == before


def test_votes_end_with_their_day():
    """Two complaints half a year apart are no majority."""
    world = standing(3)
    suspend(world, "a", by=["b"], until="2026-04-30")
    later = NOW + 16 * DAY_S  # the first of May
    assert vote(world, "c-registrar", "a", time=later) == ["ACCEPTED"]
    assert until(world, "a") is None


def test_who_takes_back_a_vote_that_is_needed_ends_it_at_once():
    world = standing(3)
    suspend(world, "a", by=["b", "c"])
    world.act("b-registrar", REINSTATE, {"organisation": "a"})
    assert not is_suspended(world, "a")
    lot = {"party": "K" * 12, "kind": "farm"}
    world.act("a-registrar", "party.register", lot)


def test_two_others_end_the_keys_of_a_suspended_organisations_people_and_only_then():
    world = World.standing()
    body = {"device": world.kid("farmer"), "actor": world.actor("farmer")}
    draft = Draft(
        world=world,
        by="shops-registrar",
        type="key.revoke_jointly",
        body=body,
        approver="town-registrar",
    )
    assert draft.answer() == "NOT_YOUR_ORGANISATION"
    suspend_in_town(world, "coop")
    assert draft.answer() == "ACCEPTED"
    assert world.device("farmer")["revoked"] == {}


AMENDERS = {
    "signed": ("shops-registrar", "town-registrar"),
    "unsigned": ("coop-registrar", "town-registrar"),
}


@pytest.mark.parametrize("how", AMENDERS)
def test_a_role_is_taken_by_its_organisations_signature_and_ends_at_once(how):
    draft = valid("constitution.amend")
    draft.by, draft.approver = AMENDERS[how]
    (shops,) = (one for one in draft.body["constitution"]["organisations"] if one["id"] == "shops")
    shops["roles"].remove("recall-officer")
    answer = draft.answer()
    world, by = draft.world, "shops-recaller"
    declaration = deeds.declaration(world, by, ["0" * 20], ["carrot"])
    (drill,) = world.submit(world.write(by, "recall.drill", declaration))
    if how == "unsigned":
        assert (answer, drill) == ("ROLE_TAKEN_UNSIGNED", "ACCEPTED")
    else:
        assert (answer, drill) == ("ACCEPTED", "ROLE_MISSING")


def test_an_amendment_ends_no_suspension():
    world = World.standing()
    suspend_in_town(world, "shops")
    draft = valid("constitution.amend")
    draft.world = world
    assert draft.answer() == "ACCEPTED"
    assert until(world, "shops") == UNTIL


def test_in_one_transaction_what_stands_after_the_last_vote_is_judged_by_it():
    world = standing(3)
    suspend(world, "a", by=["b"])
    body = {"organisation": "a", "reason": "key-stolen", "until": UNTIL}
    last = world.write("c-registrar", "organisation.suspend", body)
    before = world.write("a-registrar", "party.register", {"party": "K" * 12, "kind": "farm"})
    after = world.write("a-registrar", "party.register", {"party": "M" * 12, "kind": "farm"})
    codes = world.submit(before, last, after)
    assert codes == ["ACCEPTED", "ACCEPTED", "ORGANISATION_SUSPENDED"]


# Any order of votes, by the model of a meeting's minutes.

acts = st.lists(
    st.tuples(
        st.integers(0, 4),  # whose registrar
        st.integers(0, 4),  # about whom
        st.one_of(st.none(), st.integers(0, 90)),  # days from then; none: takes the vote back
        st.integers(0, 20),  # days since the act before
    ),
    max_size=25,
)


class Minutes:
    """Who has voted for what, and who is suspended: kept without the contract."""

    def __init__(self, count: int) -> None:
        self.all = letters(count)
        self.votes: dict[tuple[str, str], date] = {}
        self.until: dict[str, date] = {}

    def is_out(self, one: str, today: date) -> bool:
        return one in self.until and today <= self.until[one]

    def answer(self, by: str, about: str, last: date | None, today: date) -> str:
        if self.is_out(by, today):
            return "ORGANISATION_SUSPENDED"
        if by == about:
            return "NOT_INDEPENDENT"
        others = [one for one in self.all if one != about]
        if last is None and (by, about) not in self.votes:
            return "UNKNOWN_VOTE"
        if last is not None and len(others) < 2:
            return "TOO_FEW_ORGANISATIONS"
        if last is None:
            del self.votes[by, about]
        else:
            self.votes[by, about] = last
        wanted = [
            self.votes[one, about]
            for one in others
            if (one, about) in self.votes and not self.is_out(one, today)
        ]
        # The last day for which more than half of the others, and two, have voted.
        days = [
            day
            for day in wanted
            if day >= today
            and 2 * sum(other >= day for other in wanted) > len(others)
            and sum(other >= day for other in wanted) >= 2
        ]
        self.until.pop(about, None)
        if days:
            self.until[about] = max(days)
        return "ACCEPTED"


@settings(max_examples=60)
@given(count=st.sampled_from([2, 3, 5]), given_acts=acts)
def test_whatever_is_voted_the_head_says_what_the_minutes_say(count, given_acts):
    world, minutes, time = standing(count), Minutes(count), NOW
    for by, about, days, pause in given_acts:
        time += pause * DAY_S
        today = date(2026, 4, 15) + timedelta(days=(time - NOW) // DAY_S)
        signer, target = minutes.all[by % count], minutes.all[about % count]
        last = None if days is None else today + timedelta(days=days)
        if last is None:
            body = {"organisation": target}
            wire = world.write(registrar_of(signer), REINSTATE, body)
            codes = world.submit(wire, time=time)
        else:
            codes = vote(world, registrar_of(signer), target, until=last.isoformat(), time=time)
        assert codes == [minutes.answer(signer, target, last, today)]
        told = {one: until(world, one) for one in minutes.all}
        for one in minutes.all:
            is_out = told[one] is not None and today.isoformat() <= told[one]
            assert is_out == minutes.is_out(one, today)
            assert not is_out or told[one] == minutes.until[one].isoformat()


@settings(max_examples=40)
@given(
    count=st.sampled_from([2, 3, 5]),
    votes=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 90)), max_size=12),
)
def test_one_rogue_organisation_suspends_nobody_whatever_it_votes(count, votes):
    world = standing(count)
    for about, days in votes:
        last = (date(2026, 4, 15) + timedelta(days=days)).isoformat()
        vote(world, "a-registrar", letters(count)[about % count], until=last)
    assert [until(world, one) for one in letters(count)] == [None] * count
