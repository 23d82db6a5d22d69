"""Who may sign for whom: told to both sides and to their registrars, and to nobody else."""

import json

import pytest
import pytest_asyncio

from gateway.device.signing import new_pseudonym
from tests.gateway.market import give_mandate
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page, assert_is_safe

pytestmark = pytest.mark.asyncio(loop_scope="module")

ELDERS = 3
UNTIL = "2098-12-31"


async def register_by_list(stage, elders):
    """Let registrars of two organisations give mandates for people without a key."""
    coop, shops = (stage.town.registrars[one].device for one in ("coop", "shops"))
    party = new_pseudonym()
    entries = [coop.sign("party.register", {"party": party, "kind": "household"})]
    for elder in elders:
        roles = [{"role": "farmer", "since": stage.town.since}]
        entries.append(
            coop.sign("actor.register", {"actor": elder, "party": party, "roles": roles})
        )
    agent = stage.person("centre-desk").actor
    body = {
        "mandates": [{"principal": elder, "agent": agent} for elder in elders],
        "types": ["lot.harvest"],
        "since": stage.town.since,
        "until": UNTIL,
    }
    entries.append(coop.sign("mandate.register", body))
    approval = {
        "proposal": coop.prev,
        "proposer": {"device": coop.kid, "actor": coop.actor},
        "type": "mandate.register",
        "body": body,
    }
    await stage.done(*entries, shops.sign("proposal.approve", approval))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("mandates")) as stage:
        await give_mandate(stage)
        elders = sorted(new_pseudonym() for _ in range(ELDERS))
        await register_by_list(stage, elders)
        stage.town.people |= {
            f"registrar-{name}": one for name, one in stage.town.registrars.items()
        }
        yield stage, elders


async def listed(stage, handle, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await stage.get(f"/api/mandates?{asked}", handle)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_registrars_list_shows_all_of_its_people_with_how_each_was_given(held):
    stage, elders = held
    found = (await listed(stage, "registrar-coop", limit=100))["mandates"]
    by_principal = {one["principal"]: one for one in found}
    assert set(by_principal) == {*elders, stage.person("farm-b").actor}
    for elder in elders:
        one = by_principal[elder]
        assert (one["until"], one["is_valid"], one["principal_has_key"]) == (UNTIL, True, False)
    assert by_principal[stage.person("farm-b").actor]["principal_has_key"]


async def test_it_comes_in_pages(held):
    stage, _ = held
    seen, cursor = [], ""
    while cursor is not None:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = await listed(stage, "registrar-coop", **query)
        assert 0 < len(page["mandates"]) <= 2
        seen += [(one["principal"], one["agent"]) for one in page["mandates"]]
        cursor = page["next"]
    assert seen == sorted(set(seen))
    assert len(seen) == ELDERS + 1


async def test_others_are_told_their_own_alone(held):
    stage, elders = held
    assert {one["principal"] for one in (await listed(stage, "centre-desk"))["mandates"]} == set(
        elders
    )
    for handle in ("farm-b", "packing-house"):
        (one,) = (await listed(stage, handle))["mandates"]
        assert one["principal"] == stage.person("farm-b").actor
    for handle in ("farm-a", "shop-a", "inspector", "registrar-shops", "registrar-town"):
        assert (await listed(stage, handle))["mandates"] == [], handle
        page = (await stage.get("/own/mandates", handle, Accept="text/html")).text
        assert not [one for one in elders if one in page], handle
    assert (await stage.get("/api/mandates")).status_code == 401


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Mandates", "Given by registrars: no own key", "Wed 31 December 2098")),
        ("ja", ("代理", "登録係が登録（本人の鍵なし）", "2098年12月31日（水）")),
    ],
)
async def test_the_page_shows_them_in_words(held, language, words):
    stage, elders = held
    response = await stage.get(
        f"/own/mandates?lang={language}", "registrar-coop", Accept="text/html"
    )
    page = Page(response.text)
    assert_is_safe(response, page, private=True)
    assert [one for one in (*words, *elders, "lot.harvest") if one not in page.text] == []
    assert not [link for link in page.links() if link.startswith("/api/csv")]


async def test_a_mandate_that_is_taken_back_is_gone_and_one_that_has_ended_says_so(held):
    stage, _ = held
    principal, agent = stage.person("farm-a"), stage.person("packing-house")
    body = {"principal": principal.actor, "agent": agent.actor}
    past = {"types": ["lot.harvest"], "since": "2020-01-01", "until": "2020-12-31"}
    await stage.done(principal.device.sign("mandate.grant", body | past))
    (one,) = (await listed(stage, "farm-a"))["mandates"]
    assert not one["is_valid"]
    page = Page((await stage.get("/own/mandates?lang=en", "farm-a", Accept="text/html")).text)
    assert "Not in force today" in page.text
    await stage.done(principal.device.sign("mandate.revoke", body))
    assert (await listed(stage, "farm-a"))["mandates"] == []
    assert "2020-12-31" not in json.dumps(await listed(stage, "registrar-coop"))
