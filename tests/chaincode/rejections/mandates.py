"""Faults of giving a mandate, by oneself or by two registrars, and of ending one."""

from tests.chaincode.drafts import Draft, build
from tests.chaincode.pen import pseudonym
from tests.chaincode.rejections import fault
from tests.chaincode.world import NOW

GIVEN = ("mandate.grant", "mandate.register")
REVOKE = "mandate.revoke"


@fault("mandate.grant", "WRONG_ACTOR", "principal")
def gives_anothers_mandate(draft: Draft) -> None:
    draft.body["principal"] = draft.world.actor("neighbour")


@fault("mandate.grant", "NOT_INDEPENDENT", "agent")
def gives_oneself_a_mandate(draft: Draft) -> None:
    draft.body["agent"] = draft.body["principal"]


@fault("mandate.grant", "UNKNOWN_ACTOR", "agent")
def gives_nobody_a_mandate(draft: Draft) -> None:
    draft.body["agent"] = pseudonym("actor nobody")


def add(draft: Draft, principal: str, agent: str) -> None:
    """Spoil the list by one more mandate; the others of it are right."""
    draft.body["mandates"].append({"principal": principal, "agent": agent})


@fault("mandate.register", "NOT_YOUR_ORGANISATION", "principal")
def registers_a_mandate_of_anothers_actor(draft: Draft) -> None:
    add(draft, draft.world.actor("shopkeeper"), draft.world.actor("helper"))


@fault("mandate.register", "NOT_INDEPENDENT", "agent")
def registers_a_mandate_for_the_proposing_registrar(draft: Draft) -> None:
    add(draft, draft.world.actor("elder"), draft.world.actor("coop-registrar"))


@fault("mandate.register", "NOT_INDEPENDENT", "agent")
def registers_a_mandate_for_the_approving_registrar(draft: Draft) -> None:
    add(draft, draft.world.actor("elder"), draft.world.actor("town-registrar"))


@fault("mandate.register", "NOT_INDEPENDENT", "agent")
def registers_a_mandate_for_the_principal(draft: Draft) -> None:
    add(draft, draft.world.actor("elder"), draft.world.actor("elder"))


@fault("mandate.register", "UNKNOWN_ACTOR", "principal")
def registers_a_mandate_of_nobody(draft: Draft) -> None:
    add(draft, pseudonym("actor nobody"), draft.world.actor("helper"))


@fault("mandate.register", "UNKNOWN_ACTOR", "agent")
def registers_a_mandate_for_nobody(draft: Draft) -> None:
    add(draft, draft.world.actor("elder"), pseudonym("actor nobody"))


@fault("mandate.register", "PROPOSAL_CLOSED", "principal", "agent")
def registers_what_was_revoked_since_it_was_proposed(draft: Draft) -> None:
    assert build("mandate.register", draft.world).answer() == "ACCEPTED"
    draft.world.act("coop-registrar", REVOKE, draft.body["mandates"][0], time=NOW + 1)


@fault("mandate.register", "HAS_OWN_KEY", "principal")
def registers_a_mandate_of_someone_who_can_sign(draft: Draft) -> None:
    add(draft, draft.world.actor("farmer"), draft.world.actor("helper"))


def mandates_what_may_not_be_delegated(draft: Draft) -> None:
    draft.body["types"].append("key.enrol")


def mandates_a_period_that_ends_before_it_begins(draft: Draft) -> None:
    draft.body["until"] = "2020-03-31"


for _type in GIVEN:
    fault(_type, "NOT_DELEGABLE", "types")(mandates_what_may_not_be_delegated)
    fault(_type, "PERIOD_REVERSED", "period")(mandates_a_period_that_ends_before_it_begins)


@fault(REVOKE, "ROLE_MISSING", "signer")
def ends_others_mandate_without_being_a_registrar(draft: Draft) -> None:
    draft.by = "neighbour"


@fault(REVOKE, "NOT_YOUR_ORGANISATION", "signer")
def ends_a_mandate_of_other_organisations(draft: Draft) -> None:
    draft.by = "shops-registrar"


@fault(REVOKE, "NOT_YOUR_ORGANISATION", "mandate", "signer")
def ends_a_mandate_of_nobody(draft: Draft) -> None:
    draft.body |= {"principal": pseudonym("actor nobody"), "agent": pseudonym("actor no one")}


@fault(REVOKE, "UNKNOWN_MANDATE", "mandate")
def ends_a_mandate_never_given(draft: Draft) -> None:
    draft.body["agent"] = draft.world.actor("farmhand")


@fault(REVOKE, "UNKNOWN_MANDATE", "mandate")
def ends_a_mandate_twice(draft: Draft) -> None:
    draft.world.act("helper", REVOKE, draft.body)
