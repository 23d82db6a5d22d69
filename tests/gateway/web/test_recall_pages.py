"""The pages of recalls: what everyone reads, and what is for recall officers alone."""

import time
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from chaincode.base import times
from gateway.demo.trading import Trading
from gateway.lookups import recall_book
from gateway.town.explanations import publish
from gateway.typed import TownClock
from gateway.typed.lot_numbers import check_character
from gateway.web import recall_pages
from gateway.web.preview_form import PreviewForm
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page, assert_is_safe

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICER = "quality-desk"
PERIOD = {"since": "2020-01-01", "until": "2039-12-31"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("recalls"), demo=True) as stage:
        yield stage, await hold_market(stage)


async def page_of(stage, path, handle="", status=200):
    response = await stage.get(path, handle, Accept="text/html")
    assert response.status_code == status, response.text
    page = Page(response.text)
    if status < 400:
        assert_is_safe(response, page, private=bool(handle))
    return page


async def test_everyone_reads_which_recalls_there_are(town):
    stage, market = town
    page = await page_of(stage, "/recalls?lang=en")
    assert f"/recalls/{market.recalls['emergency']}?lang=en" in page.links()
    assert f"/recalls/{market.recalls['lifted']}?lang=en" in page.links()
    assert "Emergency recall, awaiting a second person" in page.text
    assert "Lifted" in page.text
    assert page.all("form") == []  # nobody to sign out


async def test_the_start_page_leads_to_the_recalls(town):
    stage, _ = town
    assert "/recalls?lang=ja" in (await page_of(stage, "/")).links()


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_a_recall_names_its_lots_and_what_was_done(town, lang):
    stage, market = town
    page = await page_of(stage, f"/recalls/{market.recalls['emergency']}?lang={lang}")
    check = check_character(market.recalls["emergency"])
    scope = await page_of(stage, f"/recalls/{market.recalls['emergency']}/scope", OFFICER)
    for one in (page, scope):  # for whoever types the number
        assert f"<b>{check}</b>" in one.html
    assert f"/lots/{market.lots['taro']}?lang={lang}" in page.links()
    assert ("Residues" if lang == "en" else "残留農薬") in page.text
    assert ("Declared in an emergency by one" if lang == "en" else "一人で緊急に回収") in page.text
    assert ("Carrot …" if lang == "en" else "にんじん …") in page.text
    assert not any("/scope" in link for link in page.links())


async def test_a_recall_that_was_lifted_says_why_and_which_lots_it_named(town):
    stage, market = town
    page = await page_of(stage, f"/recalls/{market.recalls['lifted']}?lang=en")
    assert "No fault was found" in page.text
    assert "Lots that were recalled" in page.text
    assert "these lots are recalled by it no more" in page.text
    assert f"/lots/{market.lots['rice']}?lang=en" in page.links()


async def test_a_lot_says_that_a_recall_of_it_was_lifted_and_others_do_not(town):
    stage, market = town
    page = await page_of(stage, f"/lots/{market.lots['rice']}?lang=en")
    assert "A recall was lifted" in page.text
    assert "Recalled: please do not eat it" not in page.text
    assert f"/recalls/{market.recalls['lifted']}?lang=en" in page.links()
    for lot in ("carrot", "taro", "soup"):
        page = await page_of(stage, f"/lots/{market.lots[lot]}?lang=en")
        assert "A recall was lifted" not in page.text


async def test_what_the_public_was_told_is_shown_if_it_has_the_hash_that_was_signed(town):
    stage, market = town
    trade, path = Trading(stage.town), stage.names.with_name("explanations.json")
    content, digest = publish(
        path, ja="検査の取りちがえでした。", en="Samples were <b>swapped</b>."
    )
    recall, declared = trade.recall(market.lots["small"])
    await stage.done(declared)
    await stage.done(*trade.end(recall, explanation=digest))
    pages = (f"/recalls/{recall}", f"/lots/{market.lots['small']}")
    for address in pages:
        page = await page_of(stage, f"{address}?lang=en")
        assert "The text is not published yet" in page.text
    path.write_text(content, encoding="utf-8")
    for address in pages:
        assert "Samples were <b>swapped</b>." in (await page_of(stage, f"{address}?lang=en")).text
        assert "検査の取りちがえでした。" in (await page_of(stage, f"{address}?lang=ja")).text
    path.write_text(content.replace("swapped", "fine"), encoding="utf-8")
    for address in pages:
        page = await page_of(stage, f"{address}?lang=en")
        assert "fine" not in page.text
        assert "The text is not published yet" in page.text


async def test_an_emergency_that_nobody_confirmed_in_a_day_is_overdue(town, monkeypatch):
    stage, market = town
    paths = ("/recalls?lang=en", f"/recalls/{market.recalls['emergency']}?lang=en")
    for path in paths:
        assert "Overdue" not in (await page_of(stage, path)).text
    later = time.time() + recall_book.CONFIRM_WITHIN_S + 1
    monkeypatch.setattr(recall_pages, "_now", lambda: later)
    for path in paths:
        assert (await page_of(stage, path)).text.count("Overdue") == 1  # not of the lifted one


async def test_a_page_of_a_recalled_lot_leads_to_a_page_of_its_recall(town):
    stage, market = town
    page = await page_of(stage, f"/lots/{market.lots['taro']}?lang=en")
    (link,) = [link for link in page.links() if link.startswith("/recalls/")]
    assert "in force while a second one is awaited" in (await page_of(stage, link)).text


@pytest.mark.parametrize("handle", ["", "farm-a", "shop-a", "inspector"])
async def test_a_drill_is_for_officers_alone(town, handle):
    stage, market = town
    drill = market.recalls["drill"]
    assert drill not in (await page_of(stage, "/recalls", handle)).html
    await page_of(stage, f"/recalls/{drill}", handle, 404)
    page = await page_of(stage, "/recalls?lang=en", OFFICER)
    assert f"/recalls/{drill}?lang=en" in page.links()
    assert "A drill" in (await page_of(stage, f"/recalls/{drill}?lang=en", OFFICER)).text


@pytest.mark.parametrize(
    ("handle", "status"), [("", 401), ("farm-b", 403), ("shop-a", 403), ("inspector", 403)]
)
async def test_scope_and_preview_are_for_officers_alone(town, handle, status):
    stage, market = town
    lot = market.lots["taro"]
    for path in (
        f"/recalls/{market.recalls['emergency']}/scope",
        "/recalls/preview",
        f"/recalls/preview?lots={lot}",
    ):
        page = await page_of(stage, path, handle, status)
        assert "13.007" not in page.text
        assert stage.person("shop-b").party not in page.html
    page = await page_of(stage, "/recalls", handle if status == 403 else "")
    assert not any("preview" in link for link in page.links())


async def test_an_officer_reads_who_has_what(town):
    stage, market = town
    page = await page_of(stage, f"/recalls/{market.recalls['emergency']}?lang=en", OFFICER)
    (link,) = [link for link in page.links() if "/scope" in link]
    recall = (await stage.get(f"/api/recalls/{market.recalls['emergency']}")).json()
    assert recall["entry"] == recall["history"][-1]["id"]
    assert recall["entry"] in page.text
    page = await page_of(stage, link, OFFICER)
    api = (await stage.get(f"/api/recalls/{market.recalls['emergency']}/scope", OFFICER)).json()
    assert api["affected"]
    for one in api["affected"]:
        assert one["party"] in page.text
        assert f"{one['held_g'] / 1000:g} kg" in page.text or f"{one['held_g']} g" in page.text
    assert stage.person("shop-b").party in page.text  # on the way to it
    assert "3.011 kg" in page.text
    assert "Everything is covered" in page.text


async def test_what_a_recall_does_not_cover_is_an_alarm(town, monkeypatch):
    stage, market = town
    monkeypatch.setattr(
        "gateway.lookups.recalls._Reached.unmet", lambda _self, _seeds: [market.lots["soup"]]
    )
    page = await page_of(stage, f"/recalls/{market.recalls['emergency']}/scope?lang=en", OFFICER)
    assert "Some lots are not covered" in page.text
    assert market.lots["soup"] in page.text


async def test_a_recall_that_has_ended_has_no_scope(town):
    stage, market = town
    await page_of(stage, f"/recalls/{market.recalls['lifted']}/scope", OFFICER, 409)
    page = await page_of(stage, f"/recalls/{market.recalls['lifted']}", OFFICER)
    assert not any("/scope" in link for link in page.links())


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_the_preview_asks_first(town, lang):
    stage, _ = town
    page = await page_of(stage, f"/recalls/preview?lang={lang}", OFFICER)
    asked = [form["method"] for form in page.all("form") if "preview" in form["action"]]
    assert asked == ["get"] * 3


@pytest.mark.parametrize("style", ["plain", "grouped", "lower", "comma", "wide", "checked", "code"])
async def test_a_preview_by_lots_reads_them_as_they_stand_on_labels(town, style):
    stage, market = town
    ids = [market.lots["taro"], market.lots["carrot"]]
    grouped = ["-".join(one[at : at + 4] for at in range(0, 20, 4)) for one in ids]
    typed = {
        "plain": "\r\n".join(ids),
        "grouped": "\n".join(one.replace("-", " ") for one in grouped),
        "lower": " ".join(grouped).lower(),
        "comma": ",".join(ids),
        "checked": "\n".join(one + check_character(one) for one in ids),
        "code": "\n".join(f"https://town.example/lots/{one}" for one in ids),
        "wide": "\n".join("".join(chr(ord(char) + 0xFEE0) for char in one) for one in ids),
    }[style]
    query = urlencode({"lots": typed, "lang": "en"})
    page = await page_of(stage, f"/recalls/preview?{query}", OFFICER)
    api = await stage.client.post(
        "/api/recalls/scope", json={"lots": ids}, headers=await stage.reader(OFFICER)
    )
    scope = api.json()
    assert f"Lots reached: {scope['lots_count']}," in page.text
    assert ",".join(scope["roots"]) in page.text


async def test_a_mistyped_number_of_a_preview_is_named(town):
    stage, market = town
    number = market.lots["taro"]
    wrong = number + ("0" if check_character(number) != "0" else "1")
    query = urlencode({"lots": f"{market.lots['carrot']}\n{wrong}", "lang": "en"})
    page = await page_of(stage, f"/recalls/preview?{query}", OFFICER, 422)
    assert f"“{wrong}”: the check character does not fit" in page.text


async def test_a_preview_by_plot_or_producer_takes_the_towns_days(town):
    stage, market = town
    farm = stage.person("farm-b")
    for asked in (
        {"plot": stage.town.plots["farm-b"].lower(), **PERIOD},
        {"producer": farm.party, "crop": "carrot", **PERIOD},
    ):
        query = urlencode({**asked, "lang": "en"})
        page = await page_of(stage, f"/recalls/preview?{query}", OFFICER)
        assert market.lots["taro"] in page.text
        assert [one.get("value") for one in page.all("input") if one["name"] == "since"].count(
            PERIOD["since"]
        ) == 1
        other = next(one["href"] for one in page.all("a") if one.get("class") == "language")
        assert "since=2020-01-01" in other


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_a_preview_finds_producers_and_plots_by_their_published_names(town, lang):
    stage, market = town
    farm, plot = stage.person("farm-b"), stage.town.plots["farm-b"]
    name = farm.name[lang == "en"]
    page = await page_of(stage, f"/recalls/preview?lang={lang}", OFFICER)
    offered = [one["value"] for one in page.all("option")]
    assert f"{name} {farm.party}" in offered
    (of_plot,) = [one for one in offered if one.endswith(plot)]
    assert of_plot.startswith(f"{name} ")
    assert not any(stage.person("land-office").party in one for one in offered)  # grows nothing
    for asked in (
        {"plot": of_plot, **PERIOD},
        {"producer": f"{name} {farm.party}", "crop": "carrot", **PERIOD},
        *({"producer": one, "crop": "carrot", **PERIOD} for one in farm.name),
        {"producer": f" {farm.name[1].upper()} ", "crop": "carrot", **PERIOD},
    ):
        query = urlencode({**asked, "lang": lang})
        page = await page_of(stage, f"/recalls/preview?{query}", OFFICER)
        assert market.lots["taro"] in page.text


async def test_a_producer_whose_name_is_withdrawn_is_offered_by_pseudonym(town):
    stage, _ = town
    published = stage.names.read_text(encoding="utf-8")
    try:
        stage.names.write_text("{}", encoding="utf-8")
        page = await page_of(stage, "/recalls/preview", OFFICER)
        assert stage.person("farm-b").party in [one["value"] for one in page.all("option")]
        assert stage.person("farm-b").name[0] not in page.html
    finally:
        stage.names.write_text(published, encoding="utf-8")


@pytest.mark.parametrize("day", ["2026-04-01", "2026/4/1", "4月1日", "令和8年4月1日(水)", "きのう"])
async def test_a_day_begins_and_ends_at_the_towns_midnight(day):
    form = PreviewForm(lots="", plot="Q7M49X2B0KTD", producer="", crop="", since=day, until=day)
    early = times.seconds("2026-04-01T23:00:00Z")  # 2 April, 8:00 in the town
    by = form.read(TownClock(utc_offset_minutes=540, now=early))
    assert (by.since, by.until) == ("2026-03-31T15:00:00Z", "2026-04-01T14:59:59Z")


async def test_a_day_that_is_none_is_told_with_what_to_write(town):
    stage, _ = town
    query = urlencode({"plot": "Q7M49X2B0KTD", "since": "11/31", "until": "2026-12-01"})
    page = await page_of(stage, f"/recalls/preview?{query}", OFFICER, 422)
    assert "「11/31」" in page.html


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"lots": "nonsense"}, 422),
        ({"lots": "A" * 8_001}, 422),
        ({"plot": "Q7M49X2B0KTD"}, 422),
        ({"plot": "Q7M49X2B0KTD", "since": "2026-02-30", "until": "2026-03-01"}, 422),
        ({"plot": "Q7M49X2B0KTD", "since": "1026-02-03", "until": "2026-03-01"}, 422),
        ({"plot": "Q7M49X2B0KTD", "since": "2026-02-03", "until": "9999-12-31"}, 422),
        ({"plot": "short", **PERIOD}, 422),
        ({"producer": "Q7M49X2B0KTD", "crop": "<script>", **PERIOD}, 422),
        ({"producer": "Q7M49X2B0KTD", "crop": "carrot", **PERIOD}, 404),
        ({"crop": "c" * 41}, 422),
        ({"lang": "toolong"}, 422),
    ],
)
async def test_a_question_that_cannot_be_read_is_the_askers_mistake(town, query, status):
    stage, _ = town
    page = await page_of(stage, f"/recalls/preview?{urlencode(query)}", OFFICER, status)
    assert page.all("script") == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/recalls?cursor=nonsense", 400),
        ("/recalls?lang=toolong", 422),
        ("/recalls/short", 422),
        ("/recalls/" + "0" * 20, 404),
        ("/recalls/" + "0" * 20 + "/nothing", 404),
    ],
)
async def test_a_bad_address_is_the_askers_mistake(town, path, status):
    stage, _ = town
    await page_of(stage, path, "", status)


async def test_a_session_that_has_ended_keeps_nobody_from_the_public_pages(town):
    stage, market = town
    headers = {"Authorization": "Bearer " + "A" * 43, "Accept": "text/html"}
    for path in ("/recalls", f"/recalls/{market.recalls['emergency']}"):
        assert (await stage.client.get(path, headers=headers)).status_code == 200


async def test_recalls_are_read_page_by_page(tmp_path):
    async with stage_in(tmp_path, page_items_max=2) as stage:
        trade = Trading(stage.town)
        lot, harvest = stage.town.harvest("farm-a", 1_000)
        await stage.done(harvest)
        assert "There are no recalls." in (await page_of(stage, "/recalls?lang=en")).text
        declared = [trade.recall(lot) for _ in range(5)]
        await stage.done(*(wire for _, wire in declared))
        path, seen = "/recalls?lang=en", []
        while path:
            page = await page_of(stage, path)
            seen += [
                link[9:29]
                for link in page.links()
                if link.startswith("/recalls/") and "lang=en" in link
            ]
            path = next((one["href"] for one in page.all("a") if "rel" in one), "")
        assert seen == [recall for recall, _ in reversed(declared)]


async def test_what_is_only_claimed_is_named_by_two_and_told(tmp_path):
    async with stage_in(tmp_path) as stage:
        trade = Trading(stage.town)
        lot, harvest = stage.town.harvest("farm-c", 20_000)
        claimed = str(trade.named("farm-c", "lot")["lot"])
        await stage.done(harvest, trade.claim("shop-a", claimed, "farm-c", 2_000))
        asked = {"producer": stage.person("farm-c").party, "crop": "carrot", **PERIOD}
        for lang, told in (
            ("en", f"Of 1 no lot is on record ({claimed})"),
            ("ja", f"（{claimed}）"),
        ):
            query = urlencode({**asked, "lang": lang})
            page = await page_of(stage, f"/recalls/preview?{query}", OFFICER)
            assert told in page.text
            assert ",".join(sorted((lot, claimed))) in page.text
        recall, emergency = trade.recall(lot, scope="period")
        await stage.done(emergency)
        page = await page_of(stage, f"/recalls/{recall}/scope?lang=en", OFFICER)
        assert "Record 1: the roots of a recall.widen" in page.text
        assert "the roots of a recall.extend" not in page.text
        other, entry = stage.town.harvest("farm-c", 1_000)
        await stage.done(entry)
        page = await page_of(stage, f"/recalls/{recall}/scope?lang=en", OFFICER)
        told = " ".join(page.text.split())
        assert f"Record 1: the roots of a recall.extend{other}" in told
        assert f"Record 2: the roots of a recall.widen{claimed}" in told
