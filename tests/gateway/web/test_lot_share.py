"""A lot's page with a session: own grams and lineage both ways, to whom it concerns alone."""

import pytest
import pytest_asyncio

from gateway.web.lineage_drawing import Line, around
from tests.gateway.market import hold_market
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page, assert_is_safe

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("share"), demo=True) as stage:
        yield stage, await hold_market(stage)


async def page_of(town, lot, handle="", lang="en"):
    stage, market = town
    path = f"/lots/{market.lots[lot]}?lang={lang}"
    response = await stage.get(path, handle, Accept="text/html")
    assert response.status_code == 200, response.text
    page = Page(response.text)
    assert_is_safe(response, page, private=bool(handle))
    return page


def lots_linked(town, page):
    names = {one: name for name, one in town[1].lots.items()}
    return {names[link[6:26]] for link in page.links() if link[6:26] in names}


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_a_maker_sees_grams_parents_and_children(town, lang):
    page = await page_of(town, "large", "packing-house", lang)
    assert ("What was made of it" if lang == "en" else "ここからつくられたロット") in page.text
    for grams in ("8.009 kg", "3.987 kg", "4.327 kg", "11.996 kg"):
        assert grams in page.text, grams
    assert {"carrot", "taro", "soup"} <= lots_linked(town, page)
    drawn = [one for one in page.all("text") if one["class"] == "mass"]
    assert len(drawn) == 3
    assert len([one for one in page.all("svg") if one.get("class") == "lineage"]) == 1


async def test_an_owner_sees_own_grams_and_one_step_on(town):
    page = await page_of(town, "carrot", "farm-a")
    for grams in ("40.013 kg", "8.009 kg", "1.033 kg", "7.997 kg"):
        assert grams in page.text, grams
    assert {"large", "small"} <= lots_linked(town, page)
    assert "soup" not in lots_linked(town, page)
    assert "8.009 kg" in page.text.partition("The drawing in words")[2]


@pytest.mark.parametrize("reader", ["farm-a", "inspector"])
async def test_the_offices_name_of_a_plot_is_on_the_screen_and_on_no_paper(town, reader):
    page = await page_of(town, "carrot", reader, "ja")
    (shown,) = [one for one in page.all("p") if one.get("class") == "unprinted"]
    assert shown
    assert "PL-farm-a 屋号farm-aの畑" in page.text
    assert page.html.count("屋号") == 1
    (style,) = [one["href"] for one in page.all("link") if one["rel"] == "stylesheet"]
    style = (await town[0].client.get(style)).text
    printed = style.partition("@media print")[2]
    (hidden,) = [line for line in printed.splitlines() if ".unprinted" in line]
    assert "display: none" in hidden


@pytest.mark.parametrize("reader", ["farm-b", "shop-a", "packing-house", "quality-desk", ""])
async def test_nobody_else_is_told_what_the_plot_is_called(town, reader):
    assert "屋号" not in (await page_of(town, "carrot", reader, "ja")).html


async def test_an_owner_of_some_sees_nothing_of_the_others_grams(town):
    page = await page_of(town, "large", "farm-b")
    assert "3.987 kg" in page.text
    assert "8.009" not in page.text
    assert "soup" not in lots_linked(town, page)  # nothing of it is farm B's


async def test_a_holder_sees_its_stock(town):
    page = await page_of(town, "carrot", "shop-a")
    assert "7.997 kg" in page.text
    assert "40.013" not in page.text
    assert lots_linked(town, page) == {"carrot"}


async def test_a_recall_officer_sees_the_whole_lineage(town):
    page = await page_of(town, "taro", "food-safety")
    assert {"large", "small"} <= lots_linked(town, page)
    assert "4.327 kg" in page.text
    assert "13.007" not in page.text  # nothing of stock


@pytest.mark.parametrize("handle", ["farm-c", "shop-b", "land-office"])
async def test_a_stranger_with_a_session_sees_what_everyone_sees(town, handle):
    for lot in ("carrot", "soup"):
        page, public = await page_of(town, lot, handle), await page_of(town, lot)
        assert "What you may see" not in page.text
        assert " kg" not in page.text
        assert page.text.partition("The record of")[2] == public.text.partition("The record of")[2]
        assert lots_linked(town, page) == lots_linked(town, public)


async def test_the_public_page_has_neither_grams_nor_children_nor_a_way_out(town):
    page = await page_of(town, "carrot")
    assert lots_linked(town, page) == {"carrot"}  # itself in the other language
    assert page.all("form") == []
    assert " kg" not in page.text


async def test_a_made_lot_says_that_its_maker_declares_it(town):
    page = await page_of(town, "soup", lang="ja")
    assert "つくった事業者の自己申告です：選果場" in page.text
    assert "生産者の自己申告" not in page.text
    assert "生産者の自己申告です" in (await page_of(town, "carrot", lang="ja")).text


async def test_goods_that_nobody_has_named_have_a_title_all_the_same(town):
    for lang, title in (("ja", "にんじんスープ"), ("en", "Carrot soup")):
        page = await page_of(town, "soup", lang=lang)
        assert f"<h1>{title}</h1>" in page.html
        assert "carrot-soup" not in page.text


async def test_a_lineage_is_drawn_with_each_step_downwards_from_what_it_is_made_of():
    steps = ["ab", "bx", "ax", "xs", "xl", "lk", "sk", "xk"]
    lines = [Line(*step, is_computed=False) for step in steps]
    near = {"a": -1, "b": -1, "x": 0, "s": 1, "l": 1, "k": 1}
    assert around("x", near, lines) == {"a": 2, "b": 1, "x": 0, "s": -1, "l": -1, "k": -2}
