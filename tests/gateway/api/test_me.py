"""Oneself: what is one's own by the office's names, and what one may choose from."""

import json
from dataclasses import replace

import pytest
import pytest_asyncio

from chaincode.rules import EVER
from gateway.device.signing import new_pseudonym
from gateway.town.names import CROPS
from tests.gateway.market import give_mandate
from tests.gateway.stage import command_id, stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

CATALOGUE = {
    "version": 1,
    "changed_on": "2026-04-01",
    "crops": {
        "carrot": {"name": {"ja": "にんじん", "en": "Carrot"}},
        "piiman": {"name": {"ja": "ピーマン", "en": "Green pepper"}},
        "hebesu": {"name": {"ja": "へべす", "en": "Hebesu"}, "reading": "へべす"},
    },
    "districts": {"45383-B": {"ja": "南郷", "en": ""}},
    "packings": [
        {"crop": "hebesu", "unit": "bag", "grams": 500, "since": "2020-04-01"},
        {"crop": "hebesu", "unit": "bag", "grams": 400, "since": "2021-04-01"},
        {"crop": "hebesu", "unit": "bag", "grams": 300, "since": "2098-04-01"},
    ],
    "grades": [
        {
            "code": "s",
            "name": {"ja": "特別栽培", "en": "Special"},
            "rank": 1,
            "pesticide_percent": 50,
            "nitrogen_percent": 50,
            "since": "2020-04-01",
        }
    ],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("me")
    async with stage_in(folder) as stage:
        (folder / "catalogue.json").write_text(json.dumps(CATALOGUE), encoding="utf-8")
        yield stage


async def me(stage, handle):
    response = await stage.get("/api/me", handle)
    assert response.status_code == 200, response.text
    return response.json()


async def plots(stage, handle, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return (await stage.get(f"/api/plots?{asked}", handle)).json()


async def test_a_farmer_learns_the_numbers_that_a_first_entry_needs(held):
    """No lot, no shipment, nothing of hers is on the ledger but herself and her plot."""
    farm, shop = held.person("farm-a"), held.person("shop-a")
    mine = await me(held, "farm-a")
    assert (mine["actor"], mine["kid"]) == (farm.actor, farm.device.kid)
    assert mine["kept"] == "file"
    assert mine["ledger"] == held.town.ledger
    assert mine["utc_offset_minutes"] == 540
    assert mine["party"] == {
        "id": farm.party,
        "code": "PA-farm-a",
        "name": {"ja": "農園A", "en": "Farm A"},
        "kind": "farm",
        "organisation": "coop",
        "organisation_title": "農業協同組合",
    }
    (person,) = mine["people"]
    assert person["roles"] == [
        {
            "role": "farmer",
            "name": {"ja": "生産者", "en": "farmer"},
            "since": held.town.since,
            "until": None,
        }
    ]
    assert (person["code"], person["is_me"], person["devices_count"]) == ("PE-farm-a", True, 1)
    (plot,) = mine["plots"]
    assert plot == {
        "id": held.town.plots["farm-a"],
        "code": "PL-farm-a",
        "name": "屋号farm-aの畑",
        "party": farm.party,
        "party_name": {"ja": "農園A", "en": "Farm A"},
        "district": "45383-A",
        "district_name": {"ja": "北川地区", "en": "Kitagawa"},
    }
    partners = {one["id"]: one for one in mine["partners"]}
    assert partners[shop.party] == {
        "id": shop.party,
        "kind": "shop",
        "name": {"ja": "直売所A", "en": "Shop A"},
    }
    assert farm.party not in partners
    lists = ("plots", "partners", "mandates", "consignments", "claims")
    assert {mine[f"has_more_{one}"] for one in lists} == {False}


async def test_consignments_and_claims_are_told_to_their_two_sides_and_to_nobody_else(held):
    farm, shop = held.person("farm-b"), held.person("shop-b")
    sides = {"producer": farm.party, "shop": shop.party}
    agreed = [
        one for one in (await me(held, "farm-b"))["consignments"] if one["shop"] == shop.party
    ]
    assert agreed == [one for one in (await me(held, "shop-b"))["consignments"] if one in agreed]
    assert {agreed[0][name] for name in ("since", "is_valid")} == {held.town.since, True}
    await held.done(farm.device.sign("consignment.revoke", sides))
    number = farm.device.name_record(farm.party).id
    closed = {"producer": farm.party, "crop": "carrot", "counted_g": 7_321}
    body = {"lot": number, "party": shop.party}
    await held.done(shop.device.sign("lot.claim", body, closed=closed))
    for handle in ("farm-b", "shop-b"):
        mine = await me(held, handle)
        assert not [one for one in mine["consignments"] if sides.items() <= one.items()]
        (claim,) = mine["claims"]
        assert (claim["lot"], claim["holder"], claim["claimed_g"]) == (number, shop.party, 7_321)
        assert claim["producer_name"] == {"ja": "農園B", "en": "Farm B"}
    for handle in ("farm-a", "shop-a", "inspector", "food-safety"):
        other = await me(held, handle)
        assert (other["claims"], "7321" in json.dumps(other)) == ([], False)


async def test_no_public_page_names_goods_that_are_only_claimed(held):
    farm, shop = held.person("farm-a"), held.person("shop-a")
    number = farm.device.name_record(farm.party).id
    closed = {"producer": farm.party, "crop": "carrot", "counted_g": 7_323}
    body = {"lot": number, "party": shop.party}
    command = shop.device.sign("lot.claim", body, closed=closed)
    await held.done(command)
    for path in (f"/api/lots/{number}", f"/lots/{number}", f"/api/lots/{number}/lineage"):
        page = await held.get(path)
        assert page.status_code == 404, path
        assert not {shop.party, farm.party, "7323", "carrot"} & set(page.text.split('"'))
    shown = (await held.get(f"/api/commands/{command_id(command)}")).text
    assert not [one for one in (number, shop.party, farm.party, "7323") if one in shown]


async def test_the_choices_are_the_towns_and_the_contracts(held):
    choices = (await me(held, "farm-a"))["choices"]
    crops = {one["code"]: one for one in choices["crops"]}
    assert crops["hebesu"] == {
        "code": "hebesu",
        "name": {"ja": "へべす", "en": "Hebesu"},
        "also": ["へべす"],
    }
    assert set(crops) == {"carrot", "hebesu", "piiman"}  # no second code for a name of these
    assert crops["carrot"]["name"] == {"ja": "にんじん", "en": "Carrot"}
    assert choices["packings"] == [{"crop": "hebesu", "unit": "bag", "grams": 400}]
    assert [one["name"]["ja"] for one in choices["grades"]] == ["特別栽培"]
    districts = {one["code"]: one["name"] for one in choices["districts"]}
    assert districts["45383-B"] == {"ja": "南郷", "en": "南郷"}
    found = {
        (type_name, one["member"]): {word["code"] for word in one["words"]}
        for one in choices["vocabularies"]
        for type_name in one["types"]
    }
    assert found["lot.correct_harvest", "reason"] > {"weighing", "typing"}
    assert found["lot.discard", "reason"] > {"unsold"}
    assert found["recall.declare", "kind"] == {"safety", "labelling", "quality"}
    assert {name for name, _ in found} <= set(EVER)


async def test_a_town_without_a_catalogue_has_the_crops_that_most_grow(tmp_path):
    async with stage_in(tmp_path) as stage:
        crops = {one["code"] for one in (await me(stage, "farm-a"))["choices"]["crops"]}
        assert crops == set(CROPS)


async def test_a_name_that_is_withdrawn_is_no_partner(held):
    shop, before = held.person("shop-a"), held.names.read_text(encoding="utf-8")
    named = json.loads(before)
    del named["parties"][shop.party]
    named["parties"][new_pseudonym()] = {"ja": "台帳にない店", "en": "No such shop"}
    held.names.write_text(json.dumps(named), encoding="utf-8")
    try:
        partners = (await me(held, "farm-a"))["partners"]
    finally:
        held.names.write_text(before, encoding="utf-8")
    assert partners
    assert {"直売所A", "台帳にない店"}.isdisjoint(one["name"]["ja"] for one in partners)


async def test_nobody_reads_it_without_a_session(held):
    for path in ("/api/me", "/api/plots"):
        response = await held.get(path)
        assert (response.status_code, response.json()["code"]) == (401, "SESSION_REQUIRED")


async def test_plots_are_told_to_those_concerned_and_to_nobody_else(held):
    everyones = set(held.town.plots.values())
    for handle in ("farm-a", "farm-b"):
        listed = (await plots(held, handle))["plots"]
        assert [one["id"] for one in listed] == [held.town.plots[handle]]
    for handle in ("shop-a", "packing-house", "quality-desk", "food-safety", "centre-desk"):
        assert (await plots(held, handle))["plots"] == [], handle
        assert (await me(held, handle))["plots"] == [], handle
    for handle in ("inspector", "land-office"):
        listed = {one["id"]: one for one in (await plots(held, handle, limit=100))["plots"]}
        assert set(listed) == everyones, handle
        assert listed[held.town.plots["farm-b"]]["name"] == "屋号farm-bの畑"
        assert (await me(held, handle))["plots"] == [], handle  # its own party has none


async def test_plots_come_in_pages(held):
    seen, cursor = [], ""
    while cursor is not None:
        page = await plots(held, "inspector", limit=2, **({"cursor": cursor} if cursor else {}))
        assert len(page["plots"]) <= 2
        seen += [one["id"] for one in page["plots"]]
        cursor = page["next"]
    assert seen == sorted(held.town.plots.values())
    wrong = await held.get("/api/plots?cursor=W10", "inspector")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "CURSOR_INVALID")


async def test_a_lot_names_its_plot_to_its_farm_and_inspectors_alone(held):
    lot, harvest = held.town.harvest("farm-a", 1_000)
    await held.done(harvest)
    for handle in ("farm-a", "inspector"):
        answer = (await held.get(f"/api/lots/{lot}", handle)).json()
        assert (answer["plot_code"], answer["plot_name"]) == ("PL-farm-a", "屋号farm-aの畑")
    (listed,) = (await held.get("/api/lot-book", "farm-a")).json()["lots"]
    assert listed["plot_code"] == "PL-farm-a"
    for handle in ("", "farm-b", "shop-a", "quality-desk", "land-office"):
        assert "屋号" not in (await held.get(f"/api/lots/{lot}", handle)).text, handle


async def test_an_agent_is_told_of_the_land_it_signs_for_as_long_as_it_may(tmp_path):
    async with stage_in(tmp_path) as stage:
        principal, agent = stage.person("farm-b"), stage.person("packing-house")
        assert (await me(stage, "packing-house"))["mandates"] == []
        await give_mandate(stage)
        for handle in ("farm-b", "packing-house"):
            (mandate,) = (await me(stage, handle))["mandates"]
            assert (mandate["principal"], mandate["agent"]) == (principal.actor, agent.actor)
            assert mandate["principal_party"] == principal.party
            assert mandate["principal_party_code"] == "PA-farm-b"
            assert mandate["principal_party_name"] == {"ja": "農園B", "en": "Farm B"}
            assert (mandate["principal_code"], mandate["is_valid"]) == ("PE-farm-b", True)
            assert mandate["types"] == ["lot.harvest", "lot.ship"]
        for answer in (await me(stage, "packing-house"), await plots(stage, "packing-house")):
            assert [one["code"] for one in answer["plots"]] == ["PL-farm-b"]
        assert (await me(stage, "farm-a"))["mandates"] == []
        revoke = {"principal": principal.actor, "agent": agent.actor}
        await stage.done(principal.device.sign("mandate.revoke", revoke))
        assert (await me(stage, "packing-house"))["mandates"] == []
        assert (await plots(stage, "packing-house"))["plots"] == []


@pytest.mark.parametrize(("since", "until"), [("2020-01-01", "2020-12-31"), ("2098-01-01",) * 2])
async def test_a_mandate_outside_its_days_opens_nothing(tmp_path, since, until):
    async with stage_in(tmp_path) as stage:
        principal, agent = stage.person("farm-b"), stage.person("packing-house")
        body = {
            "principal": principal.actor,
            "agent": agent.actor,
            "types": ["lot.harvest"],
            "since": since,
            "until": until,
        }
        await stage.done(principal.device.sign("mandate.grant", body))
        mine = await me(stage, "packing-house")
        assert [one["is_valid"] for one in mine["mandates"]] == [False]
        assert mine["plots"] == []
        assert (await plots(stage, "packing-house"))["plots"] == []


async def test_people_of_one_party_know_each_other_and_not_each_others_mandates(tmp_path):
    """A hall's second clerk sees who else is there; what was entrusted to the first is not hers."""
    async with stage_in(tmp_path) as stage:
        town, first = stage.town, stage.person("packing-house")
        newcomer = replace(
            first,
            actor=new_pseudonym(),
            device=type(first.device).create(ledger=town.ledger, actor=""),
            role="clerk",
        )
        newcomer.device.actor = newcomer.actor
        await give_mandate(stage)
        entered = (await stage.send(*town.registration(newcomer))).json()["commands"]
        assert [one["code"] for one in entered] == ["ID_TAKEN", "ACCEPTED", "ACCEPTED"]
        last = entered[-1]["block"]
        assert await stage.gateway.follower.wait_for_height(last + 1, timeout_s=10)
        town.people["second"] = newcomer
        mine = await me(stage, "second")
        assert {one["id"]: one["is_me"] for one in mine["people"]} == {
            first.actor: False,
            newcomer.actor: True,
        }
        assert (mine["mandates"], mine["plots"]) == ([], [])
