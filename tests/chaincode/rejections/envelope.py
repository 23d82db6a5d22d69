"""Faults of ledger, key, signature, sequence, time and authority: any command can have them."""

from tests.chaincode.drafts import Draft
from tests.chaincode.pen import Pen, timestamp
from tests.chaincode.rejections import ANY, fault
from tests.chaincode.world import DAY_S, NOW


@fault(ANY, "NOT_FOUNDED", "state")
def comes_before_the_founding(draft: Draft) -> None:
    draft.world.ledger.state.clear()


@fault(ANY, "WRONG_LEDGER", "ledger")
def is_meant_for_another_town(draft: Draft) -> None:
    draft.members["ledger"] = "ab" * 32


@fault(ANY, "UNKNOWN_KEY", "key")
def is_signed_by_a_stranger(draft: Draft) -> None:
    draft.pen = Pen("device of a stranger")
    draft.members["kid"] = draft.pen.kid


@fault(ANY, "BAD_SIGNATURE", "key")
def is_signed_in_anothers_name(draft: Draft) -> None:
    draft.pen = Pen("device of a stranger", posing_as=draft.world.people[draft.by].pen)


@fault(ANY, "ALREADY_TAKEN", "seq")
def has_a_number_used_before(draft: Draft) -> None:
    world = draft.world
    if world.device(draft.by)["next"] == 1:
        nothing = {"proposal": "0" * 64}
        assert world.submit(world.write(draft.by, "proposal.withdraw", nothing)) != ["ACCEPTED"]
    draft.members["seq"] = 1


@fault(ANY, "KEY_REVOKED", "device")
def is_signed_by_a_revoked_device(draft: Draft) -> None:
    draft.world.revoke(draft.by, by=draft.by)


@fault(ANY, "SEQUENCE_GAP", "seq")
def leaves_a_number_out(draft: Draft) -> None:
    draft.members["seq"] = 10_000


@fault(ANY, "WRONG_PREDECESSOR", "prev")
def follows_another_command(draft: Draft) -> None:
    draft.members["prev"] = "ab" * 32


@fault(ANY, "EXPIRED", "expires")
def arrives_when_it_expires(draft: Draft) -> None:
    draft.members["expires"] = timestamp(NOW)


@fault(ANY, "FUTURE_EVENT", "event_time")
def happened_later_than_tomorrow(draft: Draft) -> None:
    draft.members["event_time"] = timestamp(NOW + DAY_S + 1)


@fault(ANY, "WRONG_ACTOR", "actor")
def names_another_actor(draft: Draft) -> None:
    draft.members["actor"] = draft.world.actor("helper")


@fault(ANY, "OPERATOR_UNEXPECTED", "operator")
def says_who_stood_at_a_device_of_ones_own(draft: Draft) -> None:
    draft.members["operator"] = draft.world.actor("helper")


@fault(ANY, "NO_MANDATE", "on_behalf")
def is_given_for_someone_who_gave_no_mandate(draft: Draft) -> None:
    draft.members["on_behalf"] = draft.world.actor("elder")


@fault(ANY, "NO_MANDATE", "on_behalf")
def is_given_for_someone_unknown(draft: Draft) -> None:
    draft.members["on_behalf"] = "Z" * 12


@fault(ANY, "ROLE_MISSING", "role")
def is_signed_without_the_role(draft: Draft) -> None:
    person = draft.world.people[draft.by]
    actor = draft.world.ledger.record(f"actor/{person.actor}")
    body = {"actor": person.actor, "roles": [], "devices": actor["devices"]}
    draft.world.act(f"{person.organisation}-registrar", "actor.grant", body)


@fault(ANY, "ROLE_MISSING", "role")
def is_signed_a_day_after_the_role_ended(draft: Draft) -> None:
    grant(draft, since="2020-04-01", until="2026-04-14")


@fault(ANY, "ROLE_MISSING", "role")
def is_signed_a_day_before_the_role_begins(draft: Draft) -> None:
    grant(draft, since="2026-04-16")


@fault(ANY, "SHARED_KEY", "device", "key", "seq", "prev", "operator")
def is_signed_by_a_device_that_people_share(draft: Draft) -> None:
    draft.world.take_up(draft.by, "shared")


def grant(draft: Draft, **period: str) -> None:
    """Let the signer's roles be valid at that time only."""
    person = draft.world.people[draft.by]
    actor = draft.world.ledger.record(f"actor/{person.actor}")
    roles = [{"role": one["role"], **period} for one in actor["roles"]]
    body = {"actor": person.actor, "roles": roles, "devices": actor["devices"]}
    draft.world.act(f"{person.organisation}-registrar", "actor.grant", body)
