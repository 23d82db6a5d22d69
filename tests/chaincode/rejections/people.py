"""Faults of entering parties, actors, devices and auditors, of granting roles and revoking keys."""

from collections.abc import Iterator

from tests.chaincode.deeds import by_two
from tests.chaincode.drafts import Draft
from tests.chaincode.drafts.registry import enter_auditor
from tests.chaincode.pen import Pen, base64url, pseudonym
from tests.chaincode.rejections import fault
from tests.chaincode.world import SINCE, TODAY

REVERSED = {"since": "2026-04-02", "until": "2026-04-01"}


@fault("party.register", "ID_TAKEN", "party")
def registers_a_party_twice(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("farmer")


@fault("actor.register", "NOT_YOUR_ORGANISATION", "party")
def registers_an_actor_in_anothers_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("shopkeeper")


@fault("actor.register", "UNKNOWN_PARTY", "party")
def registers_an_actor_in_no_party(draft: Draft) -> None:
    draft.body["party"] = pseudonym("party nobody")


@fault("actor.register", "ID_TAKEN", "actor")
def registers_an_actor_twice(draft: Draft) -> None:
    draft.body["actor"] = draft.world.actor("farmer")


@fault("actor.register", "ROLE_NOT_GRANTABLE", "role")
def registers_with_another_organisations_role(draft: Draft) -> None:
    draft.body["roles"] = [{"role": "shop", "since": SINCE}]


@fault("actor.register", "PERIOD_REVERSED", "period")
def registers_with_a_role_that_ends_before_it_begins(draft: Draft) -> None:
    draft.body["roles"][0] |= REVERSED


@fault("actor.grant", "NOT_YOUR_ORGANISATION", "actor")
def grants_to_anothers_actor(draft: Draft) -> None:
    draft.body["actor"] = draft.world.actor("shopkeeper")


@fault("actor.grant", "UNKNOWN_ACTOR", "actor")
def grants_to_nobody(draft: Draft) -> None:
    draft.body["actor"] = pseudonym("actor nobody")


@fault("actor.grant", "NOT_THE_LATEST", "devices")
def grants_without_reaching_a_device(draft: Draft) -> None:
    draft.body["devices"] = []


@fault("actor.grant", "NOT_THE_LATEST", "devices")
def grants_to_a_device_of_another(draft: Draft) -> None:
    draft.body["devices"].append(draft.world.kid("farmer"))


@fault("actor.grant", "ROLE_NOT_GRANTABLE", "role")
def grants_another_organisations_role(draft: Draft) -> None:
    draft.body["roles"] = [{"role": "land-registrar", "since": SINCE}]


@fault("actor.grant", "PERIOD_REVERSED", "period")
def grants_a_role_that_ends_before_it_begins(draft: Draft) -> None:
    draft.body["roles"][0] |= REVERSED


@fault("key.enrol", "NOT_YOUR_ORGANISATION", "actor")
def enrols_for_anothers_actor(draft: Draft) -> None:
    draft.body["actor"] = draft.world.actor("shopkeeper")


@fault("key.enrol", "UNKNOWN_ACTOR", "actor")
def enrols_for_nobody(draft: Draft) -> None:
    draft.body["actor"] = pseudonym("actor nobody")


@fault("key.enrol", "ID_TAKEN", "key")
def enrols_a_key_twice(draft: Draft) -> None:
    draft.body["jwk"] = draft.world.people["neighbour"].pen.jwk


@fault("key.enrol", "BAD_PROOF", "proof")
def enrols_with_the_proof_of_another_invitation(draft: Draft) -> None:
    draft.body["invitation"] = "0" * 32


@fault("key.enrol", "BAD_PROOF", "proof")
def enrols_with_a_proof_that_is_no_signature(draft: Draft) -> None:
    draft.body["proof"] = base64url(bytes(64))


@fault("key.enrol", "BAD_PROOF", "key")
def enrols_a_key_that_is_no_point_of_the_curve(draft: Draft) -> None:
    draft.body["jwk"] |= {"x": base64url(bytes(32)), "y": base64url(bytes(32))}


@fault("key.enrol", "TOO_MANY_DEVICES", "devices")
def enrols_a_ninth_device(draft: Draft) -> None:
    world = draft.world
    actor = world.actor("farmer")
    for number in range(7):
        pen, nonce = Pen(f"device {number}"), world.nonce()
        world.act("coop-registrar", "key.enrol", pen.enrolment(world.id, actor, nonce))


@fault("key.revoke", "ROLE_MISSING", "signer")
def revokes_anothers_key_without_being_a_registrar(draft: Draft) -> None:
    draft.by = "neighbour"


@fault("key.revoke", "NOT_YOUR_ORGANISATION", "signer", "actor")
def revokes_the_key_of_another_organisations_actor(draft: Draft) -> None:
    draft.by = "shops-registrar"


@fault("key.revoke", "NOT_YOUR_ORGANISATION", "signer", "actor")
def revokes_an_auditors_key_alone(draft: Draft) -> None:
    auditor = enter_auditor(draft.world)
    draft.body |= {"actor": auditor.actor, "device": auditor.pen.kid}


@fault("key.revoke", "UNKNOWN_ACTOR", "actor")
def revokes_a_key_of_nobody(draft: Draft) -> None:
    draft.body["actor"] = pseudonym("actor nobody")


@fault("key.revoke", "UNKNOWN_DEVICE", "device")
def revokes_a_key_that_is_not_enrolled(draft: Draft) -> None:
    draft.body["device"] = Pen("device nobody").kid


@fault("key.revoke", "UNKNOWN_DEVICE", "device")
def revokes_a_key_of_another_actor(draft: Draft) -> None:
    draft.body["device"] = draft.world.kid("neighbour")


@fault("key.revoke", "DEVICE_REVOKED", "revoked")
def revokes_twice(draft: Draft) -> None:
    draft.world.revoke("farmer", by="farmer")


@fault("key.revoke", "PERIOD_TOO_LONG", "until")
def spares_until_a_day_more_than_31_days_ahead(draft: Draft) -> None:
    draft.body["spared"]["until"] = "2026-05-17"


@fault("key.revoke", "TOO_MANY_DEVICES", "draining")
def spares_commands_of_a_ninth_device(draft: Draft) -> None:
    for enrolment, revocation in _eight_that_drain(draft):
        draft.world.act("coop-registrar", "key.enrol", enrolment)
        draft.world.act("coop-registrar", "key.revoke", revocation)


def _eight_that_drain(draft: Draft) -> Iterator[tuple[dict, dict]]:
    """Yield an enrolment for the actor whose device is revoked, and its revocation, eight times."""
    world, actor = draft.world, draft.body["actor"]
    for number in range(8):
        pen, nonce = Pen(f"old phone {number}"), world.nonce()
        spared = draft.body["spared"] | {"next": 1, "until": TODAY}
        yield (
            pen.enrolment(world.id, actor, nonce),
            {"device": pen.kid, "actor": actor, "spared": spared},
        )


AUDITOR = "auditor.register"


@fault(AUDITOR, "NOT_YOUR_ORGANISATION", "organisation")
def registers_a_shop_as_an_auditor(draft: Draft) -> None:
    draft.body["organisation"] = "shops"


@fault(AUDITOR, "UNKNOWN_ORGANISATION", "organisation")
def registers_an_auditor_of_no_organisation(draft: Draft) -> None:
    draft.body["organisation"] = "harbour"


@fault(AUDITOR, "ID_TAKEN", "key")
def registers_an_auditor_with_anothers_key(draft: Draft) -> None:
    draft.body["jwk"] = draft.world.people["farmer"].pen.jwk


@fault(AUDITOR, "ID_TAKEN", "actor")
def registers_an_auditor_under_anothers_name(draft: Draft) -> None:
    draft.body["actor"] = draft.world.actor("farmer")


@fault(AUDITOR, "ID_TAKEN", "party")
def registers_an_auditor_in_anothers_party(draft: Draft) -> None:
    draft.body["party"] = draft.world.party("farmer")


@fault(AUDITOR, "BAD_PROOF", "proof")
def registers_an_auditor_whose_key_did_not_prove_itself(draft: Draft) -> None:
    draft.body["invitation"] = "0" * 32


@fault(AUDITOR, "ROLE_NOT_GRANTABLE", "role")
def registers_an_auditor_as_a_farmer(draft: Draft) -> None:
    draft.body["roles"] = [{"role": "farmer", "since": SINCE}]


@fault(AUDITOR, "PERIOD_REVERSED", "period")
def registers_an_auditor_whose_role_ends_before_it_begins(draft: Draft) -> None:
    draft.body["roles"][0] |= REVERSED


JOINTLY = ("auditor.grant", "auditor.enrol", "key.revoke_jointly")


def acts_for_an_actor_of_an_organisation_with_registrars(draft: Draft) -> None:
    draft.body["actor"] = draft.world.actor("shopkeeper")


def acts_for_nobody(draft: Draft) -> None:
    draft.body["actor"] = pseudonym("actor nobody")


for _type in JOINTLY:
    fault(_type, "NOT_YOUR_ORGANISATION", "actor")(
        acts_for_an_actor_of_an_organisation_with_registrars
    )
    fault(_type, "UNKNOWN_ACTOR", "actor")(acts_for_nobody)


fault("auditor.grant", "NOT_THE_LATEST", "devices")(grants_without_reaching_a_device)
fault("auditor.grant", "ROLE_NOT_GRANTABLE", "role")(grants_another_organisations_role)
fault("auditor.grant", "PERIOD_REVERSED", "period")(grants_a_role_that_ends_before_it_begins)
fault("auditor.enrol", "ID_TAKEN", "key")(enrols_a_key_twice)
fault("auditor.enrol", "BAD_PROOF", "proof")(enrols_with_the_proof_of_another_invitation)


@fault("auditor.enrol", "TOO_MANY_DEVICES", "devices")
def enrols_an_auditors_ninth_device(draft: Draft) -> None:
    world = draft.world
    for number in range(7):
        pen, nonce = Pen(f"device {number}"), world.nonce()
        proof = pen.prove(world.id, draft.body["actor"], nonce)
        body = draft.body | {"jwk": pen.jwk, "kept": "browser", "invitation": nonce, "proof": proof}
        by_two(world, "coop-registrar", "town-registrar", "auditor.enrol", body)


fault("key.revoke_jointly", "UNKNOWN_DEVICE", "device")(revokes_a_key_of_another_actor)


@fault("key.revoke_jointly", "DEVICE_REVOKED", "revoked")
def revokes_jointly_twice(draft: Draft) -> None:
    body = {name: draft.body[name] for name in ("device", "actor")}
    by_two(draft.world, "coop-registrar", "town-registrar", "key.revoke_jointly", body)


fault("key.revoke_jointly", "PERIOD_TOO_LONG", "until")(spares_until_a_day_more_than_31_days_ahead)


@fault("key.revoke_jointly", "TOO_MANY_DEVICES", "draining")
def spares_commands_of_an_auditors_ninth_device(draft: Draft) -> None:
    by = ("coop-registrar", "town-registrar")
    for enrolment, revocation in _eight_that_drain(draft):
        by_two(draft.world, *by, "auditor.enrol", enrolment)
        by_two(draft.world, *by, "key.revoke_jointly", revocation)


def enrols_a_shared_key_for_an_officer(draft: Draft) -> None:
    world, pen = draft.world, Pen(f"shared {draft.type}")
    if draft.type == "key.enrol":
        roles = [{"role": role, "since": SINCE} for role in ("farmer", "inspector")]
        body = {"actor": draft.body["actor"], "roles": roles, "devices": [world.kid("farmer")]}
        world.act("coop-registrar", "actor.grant", body)
    nonce = draft.body["invitation"]
    draft.body |= pen.enrolment(world.id, draft.body["actor"], nonce, "shared")


for _type in ("key.enrol", "auditor.enrol", "auditor.register"):
    fault(_type, "OFFICE_ON_SHARED_KEY", "kept", "key", "proof", "actor", "role", "period")(
        enrols_a_shared_key_for_an_officer
    )


@fault("actor.grant", "OFFICE_ON_SHARED_KEY", "actor", "devices", "role", "period")
def grants_an_office_to_someone_with_a_shared_key(draft: Draft) -> None:
    world = draft.world
    pen = Pen("shared")
    enrolment = pen.enrolment(world.id, draft.body["actor"], world.nonce(), "shared")
    world.act("coop-registrar", "key.enrol", enrolment)
    draft.body["devices"].append(pen.kid)
    draft.body["roles"] = [{"role": "inspector", "since": SINCE}]


@fault("auditor.grant", "OFFICE_ON_SHARED_KEY", "actor", "devices", "role", "period")
def grants_an_office_to_an_auditor_with_a_shared_key(draft: Draft) -> None:
    world, pen, actor = draft.world, Pen("shared auditor"), draft.body["actor"]
    by = ("coop-registrar", "town-registrar")
    by_two(world, *by, "auditor.grant", draft.body | {"roles": []})
    by_two(world, *by, "auditor.enrol", pen.enrolment(world.id, actor, world.nonce(), "shared"))
    draft.body["devices"].append(pen.kid)
