"""One's own pages: each list to its party alone, page by page, in both languages."""

import re
import time
from dataclasses import replace

import pytest
import pytest_asyncio

from chaincode.base import shapes
from gateway.demo.trading import Trading
from gateway.device.signing import Device
from gateway.typed.lot_numbers import check_character, grouped, read
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page, assert_is_safe

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTS = ("stock", "lot-book", "consignments", "shipments", "disputes", "flags")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("own"), demo=True) as stage:
        yield stage, await hold_market(stage)


async def page_of(stage, path, handle, **headers):
    response = await stage.get(path, handle, Accept="text/html", **headers)
    assert response.status_code == 200, response.text
    return response, Page(response.text)


def rows(page):
    """Return the texts of a page's rows, without headings."""
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in _bodies(page.html)]


def _bodies(html):
    bodies = re.findall(r"<tbody.*?</tbody>", html, re.DOTALL)
    return [row for body in bodies for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_a_list_is_whole_safe_small_and_has_a_file(town, name, lang):
    stage, _ = town
    response, page = await page_of(stage, f"/own/{name}?lang={lang}", "farm-a")
    assert_is_safe(response, page, private=True)
    assert response.headers["content-language"] == lang
    assert response.headers["x-robots-tag"] == "noindex"
    assert f"/api/csv/{name}" in page.links()
    assert [one["action"] for one in page.all("form") if one["method"] == "post"] == [
        f"/leave?lang={lang}"
    ]
    here = [one["href"] for one in page.all("a") if one.get("aria-current") == "page"]
    assert here == [f"/own/{name}?lang={lang}"]
    file = await stage.get(f"/api/csv/{name}", "farm-a")
    assert file.content.startswith("\ufeff".encode())


@pytest.mark.parametrize("name", LISTS)
async def test_nobody_is_shown_a_list_without_a_session(town, name):
    stage, market = town
    response = await stage.get(f"/own/{name}", Accept="text/html")
    assert response.status_code == 401
    page = Page(response.text)
    assert "minori pages" in page.text
    assert not any(lot in response.text for lot in market.lots.values())
    assert (await stage.get(f"/own/{name}", Accept="application/json")).json()["code"] == (
        "SESSION_REQUIRED"
    )


async def test_a_stock_shows_whose_goods_they_are_and_how_much_is_left(town):
    stage, market = town
    _, page = await page_of(stage, "/own/stock?lang=en", "shop-a")
    (row,) = rows(page)
    assert f"…{market.lots['carrot'][-6:]}" in row
    assert stage.person("farm-a").name[1] in row
    assert "7.997 kg 4.001 kg 1.009 kg 0 g" in row  # held, sold, discarded, gone otherwise
    assert f"/lots/{market.lots['carrot']}?lang=en" in page.links()


async def test_a_hold_and_a_missing_record_are_told_in_words(town):
    stage, _ = town
    _, page = await page_of(stage, "/own/stock?show=hold&lang=en", "shop-b")
    (row,) = rows(page)
    assert "On hold" in row
    assert "Not recorded yet" in row


async def test_a_recalled_lot_is_marked_in_words(town):
    stage, market = town
    _, page = await page_of(stage, "/own/lot-book?lang=en", "farm-b")
    marked = [row for row in rows(page) if market.lots["taro"][-6:] in row]
    assert "× Recalled" in marked[0]


async def test_a_lot_book_tells_what_came_in_and_where_it_is(town):
    stage, market = town
    _, page = await page_of(stage, "/own/lot-book?lang=en", "farm-a")
    (row,) = [row for row in rows(page) if market.lots["carrot"][-6:] in row]
    assert "40.013 kg" in row
    (denied,) = [row for row in rows(page) if market.lots["denied"][-6:] in row]
    assert "Denied" in denied


async def test_goods_at_others_are_told_to_their_owner_without_the_holders_marks(town):
    stage, market = town
    _, page = await page_of(stage, "/own/consignments?lang=en", "farm-c")
    (row,) = rows(page)
    assert market.lots["claimed"][-6:] in row
    assert "6.007 kg" in row
    assert "On hold" not in row  # the holder's own affair


async def test_a_shipment_is_shown_to_both_sides_and_to_nobody_else(town):
    stage, market = town
    for handle, direction in (("farm-b", "To"), ("shop-b", "From")):
        _, page = await page_of(stage, "/own/shipments?lang=en", handle)
        (row,) = [row for row in rows(page) if market.lots["taro"][-6:] in row]
        assert f"{direction} " in row
        assert "On the way" in row
        assert "3.011 kg" in row
    for handle in ("farm-a", "shop-a", "packing-house"):
        _, page = await page_of(stage, "/own/shipments?lang=en", handle)
        assert rows(page) == []
        assert "None." in page.text


@pytest.mark.parametrize(
    ("show", "handle", "count"),
    [
        ("all", "farm-b", 1),
        ("open", "farm-b", 1),
        ("in", "farm-b", 0),
        ("out", "farm-b", 1),
        ("in", "shop-b", 1),
        ("out", "shop-b", 0),
    ],
)
async def test_shipments_are_narrowed_by_side_and_state(town, show, handle, count):
    stage, _ = town
    _, page = await page_of(stage, f"/own/shipments?show={show}", handle)
    assert len(rows(page)) == count


async def test_a_denied_origin_is_told_to_both_sides(town):
    stage, market = town
    for handle in ("farm-a", "shop-b"):
        _, page = await page_of(stage, "/own/disputes?lang=en", handle)
        assert any(market.lots["denied"][-6:] in row and "9.013 kg" in row for row in rows(page))
    _, page = await page_of(stage, "/own/disputes?lang=en", "farm-c")
    assert rows(page) == []


async def test_flags_are_shown_to_inspectors_and_to_those_whose_entries_they_are_about(town):
    """The same as the API answers, which has the tests of what is flagged."""
    stage, _ = town
    lot, late = stage.town.harvest("farm-c", 5_000, at=int(time.time()) - 20 * 86_400)
    await stage.done(late)
    for handle, is_concerned in (("inspector", True), ("farm-c", True), ("farm-b", False)):
        flags = (await stage.get("/api/flags?limit=50", handle)).json()["flags"]
        assert any(one["subject"] == f"lot/{lot}" for one in flags) == is_concerned
        _, page = await page_of(stage, "/own/flags?lang=en", handle)
        assert len(rows(page)) == len(flags)
        assert (f"/lots/{lot}?lang=en" in page.links()) == is_concerned


async def test_a_list_is_narrowed_to_a_crop_and_says_so(town):
    stage, market = town
    _, page = await page_of(stage, "/own/lot-book?crop=rice&lang=en", "farm-a")
    (row,) = rows(page)
    assert market.lots["rice"][-6:] in row
    assert [one["value"] for one in page.all("option") if "selected" in one] == ["rice"]
    other = next(one["href"] for one in page.all("a") if one.get("class") == "language")
    assert other == "/own/lot-book?crop=rice&lang=ja"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("stock?show=nothing", 422),
        ("stock?crop=<script>", 422),
        ("stock?crop=" + "a" * 41, 422),
        ("stock?cursor=nonsense", 400),
        ("stock?cursor=" + "A" * 4_000, 422),
        ("stock?lang=toolong", 422),
        ("shipments?show=stock", 422),
        ("consignments?show=hold", 422),
        ("shipments?cursor=WyIxIiwiMiJd", 400),  # a cursor of another list
        ("stock?min_block=-1", 422),
        ("flags?cursor=nonsense", 400),
        ("nothing", 404),
    ],
)
async def test_a_bad_value_is_the_askers_mistake(town, query, status):
    stage, _ = town
    response = await stage.get(f"/own/{query}", "shop-a", Accept="text/html")
    assert response.status_code == status
    Page(response.text)
    assert "<script" not in response.text


async def test_a_long_list_is_read_page_by_page_without_losing_or_repeating_any(tmp_path):
    async with stage_in(tmp_path, page_items_max=3) as stage:
        harvested = [stage.town.harvest("farm-a", 1_000 + number) for number in range(8)]
        await stage.done(*(wire for _, wire in harvested))
        for name in ("stock", "lot-book"):
            path, seen, pages = f"/own/{name}?crop=carrot&lang=en", [], 0
            while path:
                _, page = await page_of(stage, path, "farm-a")
                seen += [link[6:26] for link in page.links() if link.startswith("/lots/")]
                assert ("From the start" in page.text) == (pages > 0)
                path = next((one["href"] for one in page.all("a") if "rel" in one), "")
                assert not path or "crop=carrot" in path
                pages += 1
            assert sorted(seen) == sorted(lot for lot, _ in harvested)
            assert pages == 3


async def test_names_that_are_not_published_are_not_shown(town):
    stage, _ = town
    published = stage.names.read_text(encoding="utf-8")
    try:
        stage.names.write_text("{}", encoding="utf-8")
        _, page = await page_of(stage, "/own/stock", "shop-a")
        assert stage.person("farm-a").name[0] not in page.text
        assert stage.person("farm-a").party in page.text
    finally:
        stage.names.write_text(published, encoding="utf-8")


@pytest.mark.parametrize(("lang", "said"), [("ja", "回収の決定"), ("en", "Declare a recall")])
async def test_what_waits_for_a_signature_is_shown_to_who_may_give_it(town, lang, said):
    stage, _ = town
    trade = Trading(stage.town)
    body = trade.declaration("quality-desk", "0" * 20, crops=["carrot"])
    await stage.done(trade.act("quality-desk", "recall.declare", body))
    response, page = await page_of(stage, f"/waiting?lang={lang}", "food-safety")
    assert_is_safe(response, page, private=True)
    assert said in page.text
    assert "minori approve" in page.text
    here = [one["href"] for one in page.all("a") if one.get("aria-current") == "page"]
    assert here == [f"/waiting?lang={lang}"]
    _, others = await page_of(stage, f"/waiting?lang={lang}", "farm-a")
    assert said not in others.text
    listed = (await stage.get("/api/me/waiting", "food-safety")).json()["waiting"]
    counted = {"ja": f"署名待ち（{len(listed)}）", "en": f"To sign ({len(listed)})"}
    for path in ("/own/stock", "/recalls", "/waiting"):
        _, counting = await page_of(stage, f"{path}?lang={lang}", "food-safety")
        assert counted[lang] in counting.text, path
        _, none = await page_of(stage, f"{path}?lang={lang}", "farm-a")
        assert ({"ja": "署名待ち", "en": "To sign"}[lang]) in none.text
        assert not re.search(r"署名待ち（|To sign \(", none.text)
    assert (await stage.get("/waiting", Accept="text/html")).status_code == 401


async def test_a_shipments_number_is_shown_as_it_is_typed_with_its_check_character(town):
    stage, _ = town
    _, page = await page_of(stage, "/own/shipments", "shop-b")
    listed = (await stage.get("/api/shipments", "shop-b")).json()["shipments"]
    assert listed
    for one in listed:
        shown = "-".join((*grouped(one["id"]), check_character(one["id"])))
        assert shown in page.text
        assert read(shown).is_sure


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_agreements_and_claims_are_shown_to_their_two_sides(town, lang):
    stage, _ = town
    seen = {}
    for handle in ("farm-c", "shop-b", "farm-a"):
        response, page = await page_of(stage, f"/own/agreements?lang={lang}", handle)
        assert_is_safe(response, page, private=True)
        assert not [one for one in page.links() if "/api/csv/" in one]
        seen[handle] = rows(page)
    name = {handle: stage.person(handle).name[lang == "en"] for handle in ("farm-c", "shop-b")}
    for handle, other in (("farm-c", "shop-b"), ("shop-b", "farm-c")):
        (claim,) = [one for one in seen[handle] if "3.019 kg" in one]
        assert name[other] in claim
        assert ("minori approve" in claim) == (handle == "farm-c")
        (agreed,) = [one for one in seen[handle] if "6.007 kg" in one]  # lies there, not recorded
        assert name[other] in agreed
        assert "2020-04-01" in agreed
        assert ("minori arrive" in agreed) == (handle == "shop-b")
    assert not [one for one in seen["farm-a"] if "3.019 kg" in one or name["farm-c"] in one]
    assert (await stage.get("/own/agreements", Accept="text/html")).status_code == 401


async def test_an_agreement_says_when_it_begins_and_that_it_is_over(tmp_path):
    async with stage_in(tmp_path) as stage:
        farm, shop = stage.person("farm-a"), stage.person("shop-a")
        for since, until, word in (
            ("2098-04-01", "2099-03-31", "before the first day"),
            ("2020-04-01", "2021-03-31", "It is over"),
            ("2020-04-01", "2099-03-31", "Book what comes"),
        ):
            body = {"producer": farm.party, "shop": shop.party, "since": since, "until": until}
            await stage.done(farm.device.sign("consignment.grant", body))
            _, page = await page_of(stage, "/own/agreements?lang=en", "shop-a")
            (agreed,) = [one for one in rows(page) if "Farm A" in one]
            assert word in agreed


@pytest.mark.parametrize(
    ("lang", "kept", "further"),
    [
        ("ja", "本人のコンピューターのファイルの鍵", "2つ目以降の鍵"),
        ("en", "key in a file on the person's own computer", "a further key"),
    ],
)
async def test_a_page_says_how_the_key_is_kept_and_whether_it_is_a_further_one(
    tmp_path, lang, kept, further
):
    async with stage_in(tmp_path) as stage:
        person = stage.person("farm-a")
        before = (await page_of(stage, f"/own/stock?lang={lang}", "farm-a"))[1].text
        device = Device.create(ledger=stage.town.ledger, actor=person.actor)
        body = {
            "actor": person.actor,
            "jwk": shapes.write(device.jwk),
            "kept": "file",
            "invitation": "0" * 32,
            "proof": device.prove_enrolment("0" * 32),
        }
        await stage.done(stage.town.registrars["coop"].device.sign("key.enrol", body))
        stage.town.people["phone"] = replace(person, device=device)
        after = (await page_of(stage, f"/own/stock?lang={lang}", "phone"))[1].text
        assert kept in before
        assert kept in after
        assert further not in before
        assert further in after
