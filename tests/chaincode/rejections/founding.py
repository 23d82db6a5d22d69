"""Faults of bootstrap, of amendments, and of the activation of rules."""

from copy import deepcopy

from tests.chaincode.drafts import Draft, valid
from tests.chaincode.pen import Pen, canonical, sha256_hex, timestamp
from tests.chaincode.rejections import fault
from tests.chaincode.world import CONSTITUTION, MSPS, NOW
from tests.identities import creator

BOOTSTRAP = "registry.bootstrap"
AMEND = "constitution.amend"


@fault(BOOTSTRAP, "UNKNOWN_MEMBER", "on_behalf")
def bootstraps_for_someone_else(draft: Draft) -> None:
    draft.members["on_behalf"] = draft.world.actor("farmer")


@fault(BOOTSTRAP, "UNKNOWN_MEMBER", "expires")
def bootstraps_with_an_expiry(draft: Draft) -> None:
    draft.members["expires"] = timestamp(NOW + 60)


@fault(BOOTSTRAP, "NOT_FOUNDED", "constitution", "state")
def brings_no_constitution_to_an_empty_ledger(draft: Draft) -> None:
    draft.world.ledger.state.clear()
    draft.body.pop("constitution", None)


@fault(BOOTSTRAP, "WRONG_LEDGER", "ledger")
def names_another_constitutions_hash(draft: Draft) -> None:
    draft.members["ledger"] = "ab" * 32


@fault(BOOTSTRAP, "UNKNOWN_KEY", "key")
def sets_a_key_that_did_not_sign(draft: Draft) -> None:
    draft.body["jwk"] = Pen("device of a stranger").jwk


@fault(BOOTSTRAP, "UNKNOWN_KEY", "actor")
def sets_another_actor_than_signs(draft: Draft) -> None:
    draft.members["actor"] = draft.world.actor("farmer")


@fault(BOOTSTRAP, "BAD_SIGNATURE", "key")
def bootstraps_in_anothers_name(draft: Draft) -> None:
    draft.pen = Pen("device of a stranger", posing_as=draft.world.people[draft.by].pen)


@fault(BOOTSTRAP, "ALREADY_TAKEN", "constitution", "state", "seq")
def bootstraps_again_with_the_same_key(draft: Draft) -> None:
    draft.world.ledger.submit(valid(BOOTSTRAP).wire(), time=NOW, creator=creator("CoopMSP"))


@fault(BOOTSTRAP, "SEQUENCE_GAP", "seq")
def begins_at_two(draft: Draft) -> None:
    draft.members["seq"] = 2


@fault(BOOTSTRAP, "WRONG_PREDECESSOR", "prev")
def begins_after_a_command(draft: Draft) -> None:
    draft.members["prev"] = "ab" * 32


@fault(BOOTSTRAP, "ALREADY_FOUNDED", "constitution", "state", "organisation", "creator")
def brings_a_second_constitution(draft: Draft) -> None:
    second_organisation(draft)
    draft.body["constitution"] = CONSTITUTION


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "constitution", "state")
def founds_with_one_id_twice(draft: Draft) -> None:
    organisations = amended(draft)
    organisations[1]["id"] = organisations[0]["id"]
    keep_ledger_id(draft)


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "constitution", "state")
def founds_with_one_msp_twice(draft: Draft) -> None:
    organisations = amended(draft)
    organisations[1]["msp"] = organisations[0]["msp"]
    keep_ledger_id(draft)


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "constitution", "state")
def founds_without_a_registrar(draft: Draft) -> None:
    amended(draft)[1]["roles"] = ["shop"]
    keep_ledger_id(draft)


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "constitution", "state")
def founds_with_an_auditors_registrar(draft: Draft) -> None:
    amended(draft)[3]["roles"] = ["auditor", "registrar"]
    keep_ledger_id(draft)


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "constitution", "state")
def founds_with_one_registrar_only(draft: Draft) -> None:
    draft.body["constitution"]["organisations"] = amended(draft)[0::3]
    keep_ledger_id(draft)


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "organisation")
def bootstraps_an_unknown_organisation(draft: Draft) -> None:
    draft.body["organisation"] = "harbour"


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "organisation")
def bootstraps_the_auditor(draft: Draft) -> None:
    draft.body["organisation"] = "auditor"
    draft.creator = creator(MSPS["auditor"])


@fault(BOOTSTRAP, "NOT_ADMIN", "creator")
def is_submitted_by_a_client(draft: Draft) -> None:
    draft.creator = creator("CoopMSP", "client")


@fault(BOOTSTRAP, "NOT_ADMIN", "creator")
def is_submitted_by_another_organisations_admin(draft: Draft) -> None:
    draft.creator = creator("AuditorMSP")


@fault(BOOTSTRAP, "NOT_ADMIN", "creator", "constitution", "state")
def is_submitted_by_an_admin_whose_msp_only_one_organisation_has_named(draft: Draft) -> None:
    second_registrar(draft)
    name_msp(draft, "town")
    draft.creator = creator("Coop2MSP")


@fault(BOOTSTRAP, "BAD_CONSTITUTION", "creator", "constitution", "state")
def is_submitted_by_an_admin_of_an_msp_that_has_become_anothers(draft: Draft) -> None:
    second_registrar(draft)
    name_msp(draft, "shops", "town")
    state = draft.world.ledger.state
    old = draft.world.ledger.record("contract/constitution")
    old["organisations"][2]["msp"] = "Coop2MSP"
    state["contract/constitution"] = canonical(old)
    draft.creator = creator("Coop2MSP")


@fault(BOOTSTRAP, "REGISTRAR_MISMATCH", "replaces")
def replaces_a_registrar_that_there_is_not(draft: Draft) -> None:
    draft.body["replaces"] = {"device": Pen("none").kid, "actor": draft.world.actor("farmer")}


@fault(BOOTSTRAP, "REGISTRAR_MISMATCH", "constitution", "state")
def does_not_say_whom_it_replaces(draft: Draft) -> None:
    second_registrar(draft)
    del draft.body["replaces"]


@fault(BOOTSTRAP, "NAME_IN_USE", "constitution", "state", "actor")
def takes_an_actors_name(draft: Draft) -> None:
    second_registrar(draft)
    draft.body["actor"] = draft.members["actor"] = draft.world.actor("farmer")


@fault(BOOTSTRAP, "NAME_IN_USE", "constitution", "state")
def takes_a_partys_name(draft: Draft) -> None:
    second_registrar(draft)
    draft.body["party"] = draft.world.party("farmer")


@fault(AMEND, "CONSTITUTION_REFUSED", "constitution")
def drops_an_organisation(draft: Draft) -> None:
    del draft.body["constitution"]["organisations"][1]


@fault(AMEND, "CONSTITUTION_REFUSED", "constitution")
def gives_an_organisation_another_msp(draft: Draft) -> None:
    draft.body["constitution"]["organisations"][0]["msp"] = "FakeMSP"


@fault(AMEND, "CONSTITUTION_REFUSED", "constitution")
def makes_the_auditor_a_shop(draft: Draft) -> None:
    draft.body["constitution"]["organisations"][3]["kind"] = "shops"


@fault(AMEND, "CONSTITUTION_REFUSED", "constitution")
def takes_an_organisations_registrars_away(draft: Draft) -> None:
    draft.body["constitution"]["organisations"][1]["roles"] = ["shop"]


@fault(AMEND, "CONSTITUTION_REFUSED", "constitution")
def unmarks_or_marks_a_demo(draft: Draft) -> None:
    draft.body["constitution"]["demo"] = True


@fault(AMEND, "CONSTITUTION_REFUSED", "constitution")
def moves_to_another_time_zone(draft: Draft) -> None:
    draft.body["constitution"]["utc_offset_minutes"] = 0


@fault(AMEND, "CONSTITUTION_REFUSED", "constitution")
def becomes_another_ledger(draft: Draft) -> None:
    draft.body["constitution"]["id"] = "0" * 32


@fault(AMEND, "NOT_THE_LATEST", "epoch")
@fault("rules.activate", "NOT_THE_LATEST", "epoch")
def skips_an_epoch(draft: Draft) -> None:
    draft.body["epoch"] += 1


@fault(AMEND, "ROLE_TAKEN_UNSIGNED", "roles")
def takes_a_role_from_an_organisation_that_signs_nothing(draft: Draft) -> None:
    amended(draft)[1]["roles"].remove("recall-officer")


@fault("rules.activate", "RULES_UNKNOWN", "rules")
def activates_rules_that_are_not_written(draft: Draft) -> None:
    draft.body["rules"] = 9_999  # no later program may know it: the golden chain has it


def amended(draft: Draft) -> list:
    """Return the draft constitution's organisations, to be changed."""
    return draft.body["constitution"]["organisations"]


def name_msp(draft: Draft, *organisations: str) -> None:
    """Let others say that the co-op has a new MSP."""
    for one in organisations:
        body = {"organisation": "coop", "msp": "Coop2MSP"}
        draft.world.act(f"{one}-registrar", "organisation.rename_msp", body)


def keep_ledger_id(draft: Draft) -> None:
    draft.members["ledger"] = sha256_hex(canonical(draft.body["constitution"]))


def second_organisation(draft: Draft) -> None:
    """Turn the founding bootstrap into that of the shops, on a ledger the co-op has founded."""
    world = draft.world
    world.found("coop", constitution=deepcopy(CONSTITUTION))
    draft.by, draft.body = "shops-registrar", world.bootstrap("shops")
    draft.creator = creator("ShopsMSP")


def second_registrar(draft: Draft) -> None:
    """Turn the founding bootstrap into one that replaces the co-op's first registrar."""
    world = type(draft.world).standing()
    registrar = world.ledger.record("registrar/coop")
    person = world.people["newcomer"]
    draft.world, draft.by = world, "newcomer"
    draft.body = world.bootstrap("coop") | {
        "jwk": person.pen.jwk,
        "actor": person.actor,
        "replaces": {"device": registrar["device"], "actor": registrar["actor"]},
    }
