"""Whose keys there are: to who may end them, and to nobody else."""

import json

import pytest

from gateway.device.signing import Device
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio


async def holders(stage, handle, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    response = await stage.get(f"/api/devices?{asked}", handle)
    assert response.status_code == 200, response.text
    return response.json()


def enter_registrars(stage):
    for name, person in stage.town.registrars.items():
        stage.town.people[f"registrar-{name}"] = person


async def enrol_another(stage, handle):
    """Enrol a further key of a person, and return its device."""
    person = stage.person(handle)
    device = Device.create(ledger=stage.town.ledger, actor=person.actor)
    body = {
        "actor": person.actor,
        "jwk": {"kty": "EC", "crv": "P-256", "x": device.jwk.x, "y": device.jwk.y},
        "kept": "file",
        "invitation": "0" * 32,
        "proof": device.prove_enrolment("0" * 32),
    }
    registrar = stage.town.registrars[person.organisation].device
    await stage.done(registrar.sign("key.enrol", body))
    return device


async def test_a_registrar_sees_the_keys_of_the_organisation_and_a_person_the_own(stage):
    enter_registrars(stage)
    town = stage.town
    for name, registrar in town.registrars.items():
        listed = (await holders(stage, f"registrar-{name}", limit=100))["holders"]
        own = {one.actor for one in town.people.values() if one.organisation == name}
        others = {one["actor"] for one in listed} - own
        assert own == {one["actor"] for one in listed} - others
        assert registrar.actor in own
        assert {one["organisation"] for one in listed if one["actor"] in others} <= {"auditor"}
    for handle in ("farm-a", "shop-b", "inspector", "quality-desk", "centre-desk"):
        (own,) = (await holders(stage, handle))["holders"]
        person = stage.person(handle)
        assert (own["actor"], own["is_me"]) == (person.actor, True)
        assert [one["kid"] for one in own["keys"]] == [person.device.kid]
    assert (await stage.get("/api/devices")).json()["code"] == "SESSION_REQUIRED"


async def test_a_key_says_how_it_is_kept_since_when_and_when_it_was_used_last(stage):
    enter_registrars(stage)
    phone = await enrol_another(stage, "farm-a")
    await stage.done(stage.town.harvest("farm-a", 1_000)[1])
    listed = (await holders(stage, "registrar-coop", limit=100))["holders"]
    (farm,) = [one for one in listed if one["actor"] == stage.person("farm-a").actor]
    assert (farm["actor_code"], farm["party_code"]) == ("PE-farm-a", "PA-farm-a")
    assert farm["party_name"] == {"ja": "農園A", "en": "Farm A"}
    assert [one["role"] for one in farm["roles"]] == ["farmer"]
    first, second = farm["keys"]
    assert (first["kid"], second["kid"]) == (stage.person("farm-a").device.kid, phone.kid)
    assert (first["is_further"], second["is_further"]) == (False, True)
    assert first["enrolled_at"] <= first["used_at"]
    assert (second["used_at"], second["kept"], second["is_revoked"]) == (None, "file", False)
    assert second["kept_text"] == {
        "ja": "本人のコンピューターのファイルの鍵（2つ目以降の鍵）",
        "en": "key in a file on the person's own computer (a further key)",
    }
    assert not any(one["is_this"] for one in farm["keys"])


async def test_a_revoked_key_is_listed_as_long_as_something_of_it_may_come_in(stage):
    enter_registrars(stage)
    person, registrar = stage.person("farm-a"), stage.town.registrars["coop"].device
    phone = await enrol_another(stage, "farm-a")
    kid = person.device.kid
    today = (await stage.get("/api/me", "farm-a")).json()["today"]
    spared = {"next": person.device.seq, "commands": ["0" * 64], "until": today}
    body = {"device": kid, "actor": person.actor, "spared": spared}
    await stage.done(registrar.sign("key.revoke", body))

    async def keys():
        listed = (await holders(stage, "registrar-coop", limit=100))["holders"]
        found = [one["keys"] for one in listed if one["actor"] == person.actor]
        return [(one["kid"], one["is_revoked"], one["spared_until"]) for one in found[0]]

    assert await keys() == [(phone.kid, False, None), (kid, True, today)]
    await stage.done(registrar.sign("key.revoke", {"device": kid, "actor": person.actor}))
    assert await keys() == [(phone.kid, False, None)]


async def test_the_order_is_that_in_which_a_change_of_roles_names_them(stage):
    enter_registrars(stage)
    person, registrar = stage.person("farm-a"), stage.town.registrars["coop"].device
    for _ in range(3):
        await enrol_another(stage, "farm-a")
    listed = (await holders(stage, "registrar-coop", limit=100))["holders"]
    (farm,) = [one for one in listed if one["actor"] == person.actor]
    roles = [{"role": "farmer", "since": "2020-04-01"}]
    devices = [one["kid"] for one in farm["keys"]]
    body = {"actor": person.actor, "roles": roles, "devices": devices}
    await stage.done(registrar.sign("actor.grant", body))


async def test_holders_come_in_pages(stage):
    enter_registrars(stage)
    whole = (await holders(stage, "registrar-coop", limit=100))["holders"]
    seen, cursor = [], ""
    while cursor is not None:
        page = await holders(
            stage, "registrar-coop", limit=2, **({"cursor": cursor} if cursor else {})
        )
        assert len(page["holders"]) <= 2
        seen += page["holders"]
        cursor = page["next"]
    assert seen == whole
    assert len(whole) > 4
    wrong = await stage.get("/api/devices?cursor=W10", "registrar-coop")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "CURSOR_INVALID")


async def test_registrars_of_others_see_the_keys_of_an_organisation_that_is_suspended(tmp_path):
    async with stage_in(tmp_path) as stage:
        enter_registrars(stage)
        farm = stage.person("farm-a").actor
        before = json.dumps(await holders(stage, "registrar-town", limit=100))
        assert farm not in before
        today = (await stage.get("/api/me", "farm-a")).json()["today"]
        body = {"organisation": "coop", "reason": "key-stolen", "until": today}
        for name in ("shops", "town"):
            registrar = stage.town.registrars[name].device
            await stage.done(registrar.sign("organisation.suspend", body))
        for name in ("shops", "town"):
            assert farm in json.dumps(await holders(stage, f"registrar-{name}", limit=100))
        left = (await holders(stage, "registrar-coop", limit=100))["holders"]
        assert [one["is_me"] for one in left] == [True]
