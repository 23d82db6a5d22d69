"""Crops misspelt or not named yet: a recall's preview says what it leaves out, and finds them."""

import pytest
import pytest_asyncio

from gateway.town.names import UNNAMED
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALWAYS = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
OFFICER = "quality-desk"
WORDS = "へべす"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("unnamed")) as stage:
        yield stage


async def harvest(stage, farm, crop):
    lot, wire = stage.town.harvest(farm, 9_000, crop=crop)
    await stage.done(wire)
    return lot


async def preview(stage, farm, **asked):
    body = {"producer": stage.person(farm).party, **asked, **ALWAYS}
    headers = await stage.reader(OFFICER)
    return await stage.client.post("/api/recalls/scope", json=body, headers=headers)


async def enter(stage, farm, words):
    headers = await stage.reader(farm)
    return await stage.client.post("/api/other-crops", json={"words": words}, headers=headers)


async def page(stage, farm, crop, lang="ja"):
    asked = {"producer": stage.person(farm).party, "crop": crop, "lang": lang}
    asked |= {"since": "2020-01-01", "until": "2098-12-31"}
    headers = await stage.reader(OFFICER)
    response = await stage.client.get("/recalls/preview", params=asked, headers=headers)
    return Page(response.text).text


async def test_a_preview_by_crop_says_by_name_what_it_leaves_out(stage):
    good = await harvest(stage, "farm-a", "carrot")
    misspelt = await harvest(stage, "farm-a", "carot")
    await harvest(stage, "farm-b", "carot")
    scope = (await preview(stage, "farm-a", crop="carrot")).json()
    assert scope["roots"] == [good]
    (left,) = scope["left_out"]
    assert (left["id"], left["crop"], left["crop_words"]) == (misspelt, "carot", None)
    assert "Carot" in left["crop_name"]
    assert scope["has_more_left_out"] is False
    text = await page(stage, "farm-a", "carrot")
    assert "品目「Carot」 (carot)" in text
    assert f"…{misspelt[-6:]}" in text
    assert "not reached" in await page(stage, "farm-a", "carrot", "en")


async def test_a_preview_that_finds_nothing_says_what_it_leaves_out_all_the_same(stage):
    misspelt = await harvest(stage, "farm-c", "okura")
    scope = (await preview(stage, "farm-c", crop="okra")).json()
    assert (scope["roots"], scope["lots_count"], scope["affected"]) == ([], 0, [])
    assert [one["id"] for one in scope["left_out"]] == [misspelt]
    assert f"…{misspelt[-6:]}" in await page(stage, "farm-c", "okra")


async def test_what_is_reached_by_its_lineage_is_not_left_out(stage):
    from gateway.demo.trading import Trading

    parent = await harvest(stage, "farm-b", "tomato")
    trade = Trading(stage.town)
    (juice,), run = trade.run("farm-b", "process", [(parent, "farm-b", [5_000])], [("juice", None)])
    await stage.done(run)
    scope = (await preview(stage, "farm-b", crop="tomato")).json()
    assert scope["lots_count"] == 2
    assert juice not in [one["id"] for one in scope["left_out"]]


async def test_other_roads_to_a_preview_leave_nothing_out(stage):
    headers = await stage.reader(OFFICER)
    for body in ({"lots": ["0" * 20]}, {"plot": stage.town.plots["farm-a"], **ALWAYS}):
        scope = await stage.client.post("/api/recalls/scope", json=body, headers=headers)
        assert scope.json()["left_out"] == []


async def test_a_crop_without_a_name_is_found_before_and_after_the_office_names_it(stage):
    """At six it is entered in words, at nine it is named; a recall finds it at both times."""
    code = (await enter(stage, "farm-a", WORDS)).json()["code"]
    assert (await enter(stage, "farm-a", "ヘベス")).json()["code"] == code
    lot = await harvest(stage, "farm-a", code)
    public = await stage.get(f"/api/lots/{lot}")
    assert public.json()["crop_name"] == UNNAMED["ja"]
    for path in (f"/api/lots/{lot}", f"/lots/{lot}", "/api/catalogue"):
        assert WORDS not in (await stage.get(path)).text

    async def found(**asked):
        response = await preview(stage, "farm-a", **asked)
        return lot in response.json().get("roots", [])

    for asked in ({"crop": "other"}, {"words": WORDS}, {"words": "ﾍﾍﾞｽ"}, {"crop": code}):
        assert await found(**asked), asked
    (left,) = [
        one
        for one in (await preview(stage, "farm-a", crop="carrot")).json()["left_out"]
        if one["id"] == lot
    ]
    assert left["crop_words"] == WORDS
    text = await page(stage, "farm-a", "other")
    assert f"「{WORDS}」" in text
    assert not await found(crop="daikon")

    stage.gateway.names.others.name(code, "daikon")
    for asked in ({"crop": "daikon"}, {"crop": code}, {"words": WORDS}):
        assert await found(**asked), asked
    assert not await found(crop="other")
    assert (await stage.get(f"/api/lots/{lot}")).json()["crop_name"] == "だいこん"
    assert "だいこん" in (await stage.get(f"/lots/{lot}")).text


@pytest.mark.parametrize("words", ["", " ", "あ" * 41, "へ\u200bべす", "123456789018", 5, None])
async def test_words_that_can_not_be_kept_are_refused(stage, words):
    response = await enter(stage, "farm-a", words)
    assert (response.status_code, response.json()["code"]) == (422, "INVALID_REQUEST")
    assert "words" in response.text


async def test_words_are_entered_by_those_with_a_session_only(stage):
    response = await stage.client.post("/api/other-crops", json={"words": WORDS})
    assert response.status_code == 401


@pytest.mark.parametrize(
    "asked", [{}, {"crop": "carrot", "words": WORDS}, {"crop": "Carrot"}, {"words": ""}]
)
async def test_a_question_names_one_crop_or_the_words(stage, asked):
    assert (await preview(stage, "farm-a", **asked)).status_code == 422


async def test_a_crop_is_named_by_registrars_alone_and_as_one_of_the_towns(stage):
    code = (await enter(stage, "farm-b", "やまもも")).json()["code"]
    wish = {"code": code, "crop": "carrot"}
    post = stage.client.post
    for handle in ("farm-b", "land-office", "inspector", OFFICER):
        headers = await stage.reader(handle)
        for response in (
            await post("/api/other-crops/names", json=wish, headers=headers),
            await stage.client.get("/api/other-crops", headers=headers),
        ):
            assert (response.status_code, response.json()["code"]) == (403, "NOT_YOUR_OFFICE")
    assert (await post("/api/other-crops/names", json=wish)).status_code == 401
    assert stage.gateway.names.others.find(code).crop == ""


async def test_words_are_erased_by_registrars_alone_and_for_good(stage):
    registrar = stage.town.people["registrar-coop"] = stage.town.registrars["coop"]
    assert registrar.role == "registrar"
    code = (await enter(stage, "farm-b", "ばくちのき")).json()["code"]
    wish, post = {"code": code}, stage.client.post
    for handle in ("farm-b", "land-office", "inspector", OFFICER):
        refused = await post(
            "/api/other-crops/erasures", json=wish, headers=await stage.reader(handle)
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_YOUR_OFFICE")
    assert (await post("/api/other-crops/erasures", json=wish)).status_code == 401
    assert stage.gateway.names.others.find(code).words == "ばくちのき"
    headers = await stage.reader("registrar-coop")
    named = {"code": code, "crop": "carrot"}
    assert (await post("/api/other-crops/names", json=named, headers=headers)).status_code == 200
    for _ in range(2):
        erased = await post("/api/other-crops/erasures", json=wish, headers=headers)
        assert erased.status_code == 200, erased.text
        assert (erased.json()["words"], erased.json()["crop"]) == (None, "carrot")
    listed = await stage.client.get("/api/other-crops", headers=headers)
    assert "ばくちのき" not in listed.text
    assert code in listed.text
    for wrong in ("other-" + "0" * 26, "carrot", "", None):
        response = await post("/api/other-crops/erasures", json={"code": wrong}, headers=headers)
        assert (response.status_code, response.json()["code"]) == (422, "INVALID_REQUEST")
