"""The pages as readers get them: what stands there, in which language, and what must never."""

import json
import re

import pytest

from chaincode.base.times import timestamp
from chaincode.registry.founding import standings
from chaincode.registry.records import Head
from gateway.http.problems import PROBLEMS
from gateway.settings import LedgerKind
from gateway.typed.lot_numbers import check_character
from gateway.web import lot_page
from gateway.web.lot_page import Writer
from gateway.web.rendering import qr_code
from tests.gateway.stage import PHONE, URL, stage_in
from tests.gateway.web.reading import Page, assert_is_safe


@pytest.fixture
async def told(stage):
    """Return the lot of a story with grams, a buyer and a shipment in it, and what is private."""
    town = stage.town
    lot, harvest = town.harvest("farm-a", 20_017)
    shipment, ship = town.ship("farm-a", lot, "shop-a", 12_019)
    receive = town.receive("shop-a", lot, shipment, 11_523)
    sell = town.take("sell", "shop-a", lot, 1_531)
    await stage.done(harvest, ship, receive, sell)
    farmer, shop = town.people["farm-a"], town.people["shop-a"]
    private = ["20017", "20,017", "20.017", "12019", "12,019", "11523", "11,523", "1531", "7998"]
    private += [shipment, shop.party, *shop.name, town.plots["farm-a"]]
    private += [farmer.device.kid, farmer.actor]
    return lot, private


@pytest.fixture
def story(told):
    return told[0]


async def correct(stage, lot, *, crop, reason, harvested_at, quantity_g=20_017):
    person = stage.person("farm-a")
    entries = (await stage.get(f"/api/lots/{lot}")).json()["history"]
    body = {
        "lot": lot,
        "party": person.party,
        "corrects": entries[-1]["id"],
        "reason": reason,
        "plot": stage.town.plots["farm-a"],
        "crop": crop,
        "harvested_at": harvested_at,
    }
    closed = {"quantity_g": quantity_g, "estimated": False}
    await stage.done(person.device.sign("lot.correct_harvest", body, closed=closed))


async def page_of(stage, path, **headers):
    response = await stage.client.get(path, headers=headers)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response, Page(response.text)


async def test_a_lots_page_says_what_where_when_and_by_whom(stage, story):
    response, page = await page_of(stage, f"/lots/{story}")
    assert response.status_code == 200
    for text in ("にんじん", "北川地区", "農園A", "生産者の自己申告です", "運営者1者が保管"):
        assert text in page.text, text
    assert re.search(r"20\d\d年\d+月\d+日（[月火水木金土日]）", page.text)
    assert "書きかえなし ≠ 安全の保証" in page.text
    assert "収穫の記録が届いています" in page.text
    assert "これはデモです" not in page.text


async def test_a_lots_page_in_english(stage, story):
    by_header, page = await page_of(stage, f"/lots/{story}", **{"Accept-Language": "en-GB"})
    for text in ("Carrot", "Kitagawa", "Farm A", "One operator keeps this record"):
        assert text in page.text, text
    assert page.all("html")[0]["lang"] == "en"
    assert by_header.headers["content-language"] == "en"
    by_query, _ = await page_of(stage, f"/lots/{story}?lang=en")
    assert by_query.text == by_header.text
    _, japanese = await page_of(stage, f"/lots/{story}?lang=ja", **{"Accept-Language": "en"})
    assert japanese.all("html")[0]["lang"] == "ja"
    odd, _ = await page_of(stage, f"/lots/{story}?lang=xx")
    assert odd.headers["content-language"] == "ja"


async def test_no_private_value_stands_on_a_page(stage, told):
    """Not the grams, the buyer, the shipment, the plot; nor the farmer's device or person."""
    lot, private = told
    for path in (f"/lots/{lot}", f"/lots/{lot}?lang=en", "/"):
        response, _ = await page_of(stage, path)
        found = [value for value in private if value in response.text]
        assert found == [], path


async def test_a_page_without_a_session_is_the_same_after_others_were_signed_in(stage, story):
    plain = await stage.client.get(f"/lots/{story}")
    session = await stage.reader("farm-a")
    assert (await stage.client.get(f"/lots/{story}", headers=session)).text != plain.text
    after = await stage.client.get(f"/lots/{story}")
    assert after.text == plain.text
    ended = await stage.client.get(
        f"/lots/{story}", headers={"Authorization": "Bearer " + "a" * 43}
    )
    assert ended.text == plain.text


async def test_a_page_names_nobody_once_the_name_is_withdrawn(stage, story):
    stage.names.write_text("{}", encoding="utf-8")
    response, page = await page_of(stage, f"/lots/{story}")
    assert "農園A" not in response.text
    assert "お名前は公開されていません" in page.text
    assert stage.person("farm-a").party in page.text
    assert "45383-A" in page.text


async def test_names_are_text_and_never_markup(stage, story):
    evil = "<script>alert(1)</script>\"'><b>"
    party = stage.person("farm-a").party
    stage.names.write_text(
        json.dumps({"parties": {party: {"ja": evil, "en": evil}}}), encoding="utf-8"
    )
    response, page = await page_of(stage, f"/lots/{story}")
    assert "<script" not in response.text
    assert evil in page.text


async def test_a_correction_shows_before_after_and_reason(stage, story):
    await correct(
        stage, story, crop="turnip", reason="wrong-lot", harvested_at=timestamp(1_780_000_000)
    )
    _, page = await page_of(stage, f"/lots/{story}")
    assert "記録のあとで訂正がありました" in page.text
    assert "ロットの取りちがえ" in page.text
    assert re.search(r"訂正前\s*にんじん.*訂正後\s*かぶ", page.text, re.DOTALL)
    assert "2026年5月29日（金） 午前5時26分" in page.text
    assert page.all("title")
    assert "<h1>かぶ</h1>" in page.html


async def test_a_correction_of_grams_says_only_that(stage, story):
    lot = (await stage.get(f"/api/lots/{story}")).json()
    await correct(
        stage,
        story,
        crop="carrot",
        reason="weighing",
        harvested_at=lot["harvested_at"],
        quantity_g=19_999,
    )
    response, page = await page_of(stage, f"/lots/{story}")
    assert "公開していない部分（数量など）の訂正です。" in page.text
    assert "19999" not in response.text


@pytest.mark.parametrize("path", ["", "?lang=en"])
async def test_a_lot_without_a_record_is_not_received_yet(stage, path):
    response, page = await page_of(stage, "/lots/" + "0" * 19 + "7" + path)
    assert response.status_code == 404
    assert ("まだ記録が届いていません" in page.text) != ("Not received yet" in page.text)
    assert str(PROBLEMS["LOT_NOT_FOUND"].number) in page.text
    assert "LOT_NOT_FOUND" in page.text
    assert "0007" in page.text  # the number that was asked for, to read out
    assert response.headers["minori-request"] in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/problems", 200),
        ("/problems/NOT_NFC", 200),
        ("/problems/742", 200),
        ("/problems/NO_SUCH", 404),
        ("/lots/short", 404),
        ("/lots/" + "0" * 20, 404),
        ("/lots?number=x", 200),
        ("/lots?number=https://elsewhere.example/lots/" + "0" * 20, 200),
        ("/lots/" + "0" * 20 + "?lang=toolong", 422),
        ("/nothing/here", 404),
    ],
)
async def test_every_page_is_whole_safe_small_and_has_the_telephone(stage, path, status):
    response, page = await page_of(stage, path, Accept="text/html,*/*;q=0.8")
    assert response.status_code == status
    assert_is_safe(response, page)
    assert PHONE in page.text
    assert "tel:0985001234" in page.links()
    if status >= 400:
        assert re.search(r"お電話では、この番号をお伝えください\s*\d{3}\s", page.text)


async def test_a_lots_page_is_whole_safe_and_small(stage, story):
    response, page = await page_of(stage, f"/lots/{story}")
    assert_is_safe(response, page)
    assert response.headers["x-robots-tag"] == "noindex"


async def test_the_code_on_the_page_is_of_its_own_address(stage, story):
    response, page = await page_of(stage, f"/lots/{story}")
    assert str(qr_code(f"{URL}/lots/{story}")) in response.text
    assert f"{URL}/lots/{story}" in page.text


async def test_every_link_of_the_site_leads_somewhere(tmp_path):
    async with stage_in(tmp_path, demo=True) as stage:
        lot, harvest = stage.town.harvest("farm-a", 1_000)
        await stage.done(harvest)
        seen, left = set(), ["/"]
        while left:
            path = left.pop()
            if path in seen or path.startswith(("#", "tel:")):
                continue
            seen.add(path)
            response = await stage.client.get(path)
            assert response.status_code == 200, path
            if "html" in response.headers["content-type"]:
                left += Page(response.text).links()
        assert f"/lots/{lot}?lang=ja" in seen
        assert "/api/openapi.json" in seen
        assert "/problems/SEQUENCE_GAP?lang=en" in seen


async def test_a_demo_says_so_on_every_page_and_lists_its_lots(tmp_path):
    async with stage_in(tmp_path, demo=True) as stage:
        lot, harvest = stage.town.harvest("farm-a", 1_000)
        await stage.done(harvest)
        _, start = await page_of(stage, "/")
        assert f"/lots/{lot}?lang=ja" in start.links()
        for path in ("/", f"/lots/{lot}", "/problems", "/lots/" + "0" * 20, "/lots/short"):
            _, page = await page_of(stage, path)
            assert "これはデモです" in page.text, path


async def test_a_real_ledger_lists_no_lots(stage, story):
    response, _ = await page_of(stage, "/")
    assert story not in response.text


@pytest.mark.parametrize(
    "typed",
    [
        "{lot}",
        "{lower}",
        "{grouped}",
        "{wide}",
        "  {grouped}  ",
        "{hyphened}",
    ],
)
async def test_a_typed_number_finds_its_lot(stage, story, typed):
    groups = [story[start : start + 4] for start in range(0, 20, 4)]
    text = typed.format(
        lot=story,
        lower=story.lower(),
        grouped=" ".join(groups),
        hyphened="-".join(groups),
        wide="".join(chr(ord(char) + 0xFEE0) for char in story),
    )
    response = await stage.client.get("/lots", params={"number": text, "lang": "en"})
    assert (response.status_code, response.headers["location"]) == (303, f"/lots/{story}?lang=en")


async def test_letters_that_are_read_for_digits_are_taken_as_such(stage):
    response = await stage.client.get("/lots", params={"number": "O" * 10 + "Il" * 5})
    assert response.headers["location"] == "/lots/" + "0" * 10 + "1" * 10 + "?lang=ja"


@pytest.mark.parametrize("number", ["", "abc", "U" * 20, "<script>", "0" * 21, "//evil.example"])
async def test_a_number_of_no_lot_is_asked_for_again(stage, number):
    response = await stage.client.get("/lots", params={"number": number})
    assert response.status_code == 200
    assert ("もう一度お確かめください" in response.text) == bool(number)
    Page(response.text)
    assert "<script" not in response.text


async def test_a_page_is_json_for_whoever_asks_for_json(stage):
    response = await stage.client.get(
        "/lots/" + "0" * 20, headers={"Accept": "application/problem+json"}
    )
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "LOT_NOT_FOUND"


async def test_on_fabric_the_page_names_who_keeps_the_record(stage, story):
    settings = stage.gateway.settings
    fabric = settings.model_copy(
        update={"ledger": settings.ledger.model_copy(update={"kind": LedgerKind.FABRIC})}
    )
    head = Head(
        ledger=stage.town.ledger,
        rules=1,
        epoch=1,
        demo=False,
        utc_offset_minutes=540,
        families=stage.town.constitution.families,
        organisations=standings(stage.town.constitution),
    )
    database = stage.gateway.projection.database
    found = await database.read(lot_page.find, story)
    writer = Writer(
        settings=fabric,
        address=fabric.base_url,
        names=stage.gateway.names,
        explanations=stage.gateway.explanations,
        head=head,
        constitution=stage.town.constitution,
        language="ja",
    )
    page = writer.lot(found)
    assert page.keepers == ("農業協同組合", "商店会", "みのり町")  # peers; the auditor has none
    assert "複数の団体" in page.kept_by


@pytest.mark.parametrize(
    "scanned",
    [
        f"{URL}/lots/{{lot}}\r",
        f"{URL}/lots/{{lot}}?lang=en",
        "HTTPS://TOWN.EXAMPLE/01/04912345678904/10/{lot}",
        "https://an.old.address.of.the.town/lots/{lot}",
        "{lot}{check}",
        "{lot}",
    ],
)
async def test_what_a_scanner_types_leads_to_the_lot(stage, story, scanned):
    typed = scanned.format(lot=story, check=check_character(story))
    response = await stage.client.get("/lots", params={"number": typed, "lang": "ja"})
    assert (response.status_code, response.headers["location"]) == (303, f"/lots/{story}?lang=ja")


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_a_wrong_check_character_and_another_towns_code_are_said_so(stage, story, lang):
    wrong = story + ("0" if check_character(story) != "0" else "1")
    elsewhere = f"https://elsewhere.example/lots/{'7' * 20}"
    said = {
        wrong: ("確認の文字が合いません", "check character does not fit"),
        elsewhere: ("elsewhere.example」のコードです", "code of “elsewhere.example”"),
    }
    for typed, texts in said.items():
        response = await stage.client.get("/lots", params={"number": typed, "lang": lang})
        assert response.status_code == 200
        assert texts[lang == "en"] in response.text


async def test_the_check_character_stands_on_the_page_and_in_no_address_code_or_answer(
    stage, story
):
    response, _ = await page_of(stage, f"/lots/{story}")
    whole = story + check_character(story)
    assert f"<b>{check_character(story)}</b>" in response.text
    assert whole not in response.text
    assert str(qr_code(f"{URL}/lots/{story}")) in response.text
    assert whole not in (await stage.get(f"/api/lots/{story}")).text
    assert (await stage.get(f"/lots/{whole}")).status_code == 404
    assert (await stage.get(f"/api/lots/{whole}")).status_code == 422
