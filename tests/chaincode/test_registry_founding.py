"""How a ledger begins, who may set its registrars, and how its ground rules change."""

from copy import deepcopy
from itertools import product

import pytest

from tests.chaincode.drafts import valid
from tests.chaincode.pen import FIRST_PREVIOUS, canonical, sha256_hex, timestamp
from tests.chaincode.world import CONSTITUTION, DAY_S, MSPS, NOW, SINCE, World
from tests.identities import UNITS, creator

FOUNDERS = ("coop", "shops", "town")
SUBMITTERS = list(product([*MSPS.values(), "StrangerMSP"], UNITS))


def bootstrap_code(world: World, organisation: str, submitter: tuple[str, str], **body) -> str:
    by = f"{organisation}-registrar"
    wire = world.write(by, "registry.bootstrap", world.bootstrap(organisation, **body))
    (code,) = world.submit(wire, creator=creator(*submitter))
    return code


def founded() -> World:
    """Return a ledger that the co-op has founded, and no one else has joined."""
    world = World.unfounded()
    world.found("coop", constitution=deepcopy(CONSTITUTION))
    return world


@pytest.mark.parametrize(("msp_id", "unit"), SUBMITTERS)
@pytest.mark.parametrize("organisation", FOUNDERS)
def test_only_its_own_admin_founds_with_an_organisation(organisation, msp_id, unit):
    world = World.unfounded()
    own_admin = (msp_id, unit) == (MSPS[organisation], "admin")
    code = bootstrap_code(world, organisation, (msp_id, unit), constitution=CONSTITUTION)
    assert code == ("ACCEPTED" if own_admin else "NOT_ADMIN")
    assert bool(world.ledger.state) == own_admin


@pytest.mark.parametrize(("msp_id", "unit"), SUBMITTERS)
@pytest.mark.parametrize("organisation", ["shops", "town"])
def test_only_its_own_admin_joins_an_organisation(organisation, msp_id, unit):
    own_admin = (msp_id, unit) == (MSPS[organisation], "admin")
    code = bootstrap_code(founded(), organisation, (msp_id, unit))
    assert code == ("ACCEPTED" if own_admin else "NOT_ADMIN")


@pytest.mark.parametrize(("msp_id", "unit"), SUBMITTERS)
@pytest.mark.parametrize("organisation", FOUNDERS)
def test_only_its_own_admin_replaces_an_organisations_registrar(organisation, msp_id, unit):
    world = World.standing()
    registrar = world.ledger.record(f"registrar/{organisation}")
    newcomer = world.people["newcomer"]
    body = world.bootstrap(organisation) | {
        "jwk": newcomer.pen.jwk,
        "actor": newcomer.actor,
        "replaces": {"device": registrar["device"], "actor": registrar["actor"]},
    }
    wire = world.write("newcomer", "registry.bootstrap", body)
    own_admin = (msp_id, unit) == (MSPS[organisation], "admin")
    expected = "ACCEPTED" if own_admin else "NOT_ADMIN"
    assert world.submit(wire, creator=creator(msp_id, unit)) == [expected]


@pytest.mark.parametrize(("msp_id", "unit"), SUBMITTERS)
@pytest.mark.parametrize("is_first", [True, False])
def test_the_auditor_gets_no_registrar_from_anyone(is_first, msp_id, unit):
    world = World.unfounded() if is_first else founded()
    body = {"constitution": CONSTITUTION} if is_first else {}
    before = dict(world.ledger.state)
    assert bootstrap_code(world, "auditor", (msp_id, unit), **body) == "BAD_CONSTITUTION"
    assert world.ledger.state == before


@pytest.mark.parametrize("certificate", [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----"])
def test_a_submitter_without_a_readable_certificate_is_no_admin(certificate):
    draft = valid("registry.bootstrap")
    draft.creator = type(draft.creator)(msp_id="CoopMSP", certificate_pem=certificate)
    assert draft.answer() == "NOT_ADMIN"


def test_the_founding_writes_head_constitution_registrar_and_no_certificate():
    world = founded()
    coop = world.people["coop-registrar"]
    roles = [{"role": "registrar", "since": SINCE}]
    last = world.sequence["coop-registrar"][1]
    assert {key: world.ledger.record(key) for key in world.ledger.state} == {
        "contract/head": {
            "v": 1,
            "ledger": world.id,
            "rules": 1,
            "epoch": 1,
            "demo": False,
            "utc_offset_minutes": 540,
            "families": CONSTITUTION["families"],
            "organisations": [
                {"id": one["id"], "roles": one["roles"]} for one in CONSTITUTION["organisations"]
            ],
        },
        "contract/constitution": {"v": 1, **CONSTITUTION},
        "registrar/coop": {"v": 1, "device": coop.pen.kid, "actor": coop.actor},
        f"party/{coop.party}": {"v": 1, "organisation": "coop", "kind": "office"},
        f"actor/{coop.actor}": {
            "v": 1,
            "party": coop.party,
            "organisation": "coop",
            "roles": roles,
            "devices": [coop.pen.kid],
            "draining": [],
        },
        f"device/{coop.pen.kid}": {
            "v": 1,
            "jwk": coop.pen.jwk,
            "kept": "browser",
            "actor": coop.actor,
            "party": coop.party,
            "organisation": "coop",
            "roles": roles,
            "next": 2,
            "prev": last,
        },
    }
    assert last != FIRST_PREVIOUS


def test_a_replaced_registrar_can_do_nothing_more():
    world = World.standing()
    registrar = world.ledger.record("registrar/coop")
    queued = world.write("coop-registrar", "party.register", {"party": "K" * 12, "kind": "farm"})
    # Another registrar, perhaps a thief, has spared a command: the admin's word ends that too.
    _, queued_id = world.sequence["coop-registrar"]
    world.revoke("coop-registrar", by="coop-deputy", spared=(queued_id,))
    newcomer = world.people["newcomer"]
    body = world.bootstrap("coop") | {
        "jwk": newcomer.pen.jwk,
        "actor": newcomer.actor,
        "replaces": {"device": registrar["device"], "actor": registrar["actor"]},
    }
    wire = world.write("newcomer", "registry.bootstrap", body)
    assert world.submit(wire, creator=creator("CoopMSP")) == ["ACCEPTED"]
    assert world.device("coop-registrar")["revoked"] == {}
    assert world.ledger.record(f"actor/{registrar['actor']}")["devices"] == []
    assert world.submit(queued) == ["KEY_REVOKED"]
    assert world.ledger.record("registrar/coop")["device"] == newcomer.pen.kid
    world.act("newcomer", "party.register", {"party": "K" * 12, "kind": "farm"})


def test_a_registrar_whose_role_begins_later_must_wait():
    world = founded()
    body = world.bootstrap("shops") | {"since": "2026-04-16"}
    wire = world.write("shops-registrar", "registry.bootstrap", body)
    assert world.submit(wire, creator=creator("ShopsMSP")) == ["ACCEPTED"]
    party = {"party": "K" * 12, "kind": "shop"}
    today = world.write("shops-registrar", "party.register", party)
    assert world.submit(today) == ["ROLE_MISSING"]
    tomorrow = world.write("shops-registrar", "party.register", party)
    assert world.submit(tomorrow, time=NOW + DAY_S) == ["ACCEPTED"]


def test_organisations_found_and_join_in_one_transaction():
    world = World.unfounded()
    first = world.write(
        "coop-registrar", "registry.bootstrap", world.bootstrap("coop", constitution=CONSTITUTION)
    )
    second = world.write("shops-registrar", "registry.bootstrap", world.bootstrap("shops"))
    # One submitter can be the admin of one organisation only.
    assert world.submit(first, second, creator=creator("CoopMSP")) == ["ACCEPTED", "NOT_ADMIN"]


def test_a_bootstrap_counts_for_the_constitution_it_names_only():
    other = deepcopy(CONSTITUTION)
    other["id"] = "0" * 32
    elsewhere = World.unfounded(other)
    wire = elsewhere.write("shops-registrar", "registry.bootstrap", elsewhere.bootstrap("shops"))
    assert founded().submit(wire, creator=creator("ShopsMSP")) == ["WRONG_LEDGER"]


def test_an_amendment_takes_effect_with_the_approval_and_begins_an_epoch():
    draft = valid("constitution.amend")
    approval = draft.approval()
    assert draft.world.ledger.record("contract/head")["epoch"] == 1
    assert approval.submit()["code"] == "ACCEPTED"
    ledger = draft.world.ledger
    assert ledger.record("contract/constitution") == {"v": 1, **draft.body["constitution"]}
    assert ledger.record("contract/head")["epoch"] == 2
    assert ledger.record("contract/head")["ledger"] == sha256_hex(canonical(CONSTITUTION))
    role = [{"role": "inspector", "since": SINCE}]
    body = {"actor": "K" * 12, "party": draft.world.party("farmer"), "roles": role}
    draft.world.act("coop-registrar", "actor.register", body)


def test_an_amendment_may_add_an_organisation_that_then_joins():
    draft = valid("constitution.amend")
    newcomer = draft.world.people["newcomer"]
    draft.body["constitution"]["organisations"].append(
        {
            "id": "school",
            "msp": "SchoolMSP",
            "kind": "municipality",
            "title": "小学校",
            "roles": ["registrar"],
        }
    )
    assert draft.answer() == "ACCEPTED"
    body = {
        "organisation": "school",
        "jwk": newcomer.pen.jwk,
        "kept": "browser",
        "actor": newcomer.actor,
        "party": "K" * 12,
        "since": SINCE,
    }
    wire = draft.world.write("newcomer", "registry.bootstrap", body)
    assert draft.world.submit(wire, creator=creator("SchoolMSP")) == ["ACCEPTED"]


def test_two_registrars_of_one_organisation_do_not_suffice_to_amend():
    draft = valid("constitution.amend")
    draft.approver = "coop-deputy"
    assert draft.answer() == "NOT_INDEPENDENT"


def test_an_amendment_approved_late_does_not_undo_a_newer_one():
    first = valid("constitution.amend")
    world = first.world
    second = valid("constitution.amend")
    second.world = world
    second.body["constitution"]["title"] = "みのり市"
    approvals = [first.approval(), second.approval()]
    assert [one.submit()["code"] for one in approvals] == ["ACCEPTED", "NOT_THE_LATEST"]
    assert world.ledger.record("contract/constitution") == {"v": 1, **first.body["constitution"]}
    assert world.ledger.record("contract/head")["epoch"] == 2


def test_activating_rules_counts_the_epoch_up_once():
    draft = valid("rules.activate")
    first, second = draft.approval(), draft.approval()
    assert first.submit()["code"] == "ACCEPTED"
    assert second.submit()["code"] == "NOT_THE_LATEST"
    head = draft.world.ledger.record("contract/head")
    assert (head["rules"], head["epoch"]) == (1, 2)


def test_bootstrap_looks_at_no_time():
    draft = valid("registry.bootstrap")
    draft.members["event_time"] = timestamp(NOW + 10 * DAY_S)
    assert draft.answer() == "ACCEPTED"
