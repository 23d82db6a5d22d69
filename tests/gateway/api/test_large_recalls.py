"""Recalls of more lots than one command names, and of more than there is room for."""

import re

import pytest

from chaincode.recalls.records import ROOTS_AT_ONCE_MAX
from chaincode.recalls.room import SAFETY_MAX, SHARE_MAX
from gateway.demo.trading import Trading
from tests.gateway.stage import stage_in
from tests.gateway.web.reading import Page

OFFICER, SECOND = "quality-desk", "food-safety"
OPEN = "recalls/open"
CROPS = ["carrot"]


def unknown(count, first=0):
    """Return lots that nobody has recorded: they may be recalled all the same."""
    return [f"{number:020d}" for number in range(first, first + count)]


def approved_at_once(stage, roots):
    """Return (the first officer's proposals, what the second one approves at once)."""
    trade = Trading(stage.town)
    chunks = [
        roots[start : start + ROOTS_AT_ONCE_MAX]
        for start in range(0, len(roots), ROOTS_AT_ONCE_MAX)
    ]
    body = trade.declaration(OFFICER, *chunks[0], crops=CROPS)
    widened = [{"recall": body["recall"], "roots": one, "crops": CROPS} for one in chunks[1:]]
    pairs = [
        trade.by_two(OFFICER, SECOND, "recall.declare", body, None),
        *(trade.by_two(OFFICER, SECOND, "recall.widen", one, None) for one in widened),
    ]
    return [one for one, _ in pairs], [one for _, one in pairs]


async def writes_of_open(stage, first_block):
    """Return how many commands each transaction had that wrote what may not be passed on."""
    found, height = [], await stage.ledger.height()
    async for block in stage.ledger.blocks(first_block):
        found += [len(one.commands) for one in block.transactions if OPEN in dict(one.writes)]
        if block.number == height - 1:
            return found
    return found


@pytest.mark.parametrize("waiting", [0, 95])
async def test_a_recall_of_thousands_of_lots_is_one_write_also_when_others_wait(tmp_path, waiting):
    """What a request extends it by goes into one transaction, for each write costs all others."""
    async with stage_in(tmp_path, transactions_max=1) as stage:
        town, trade = stage.town, Trading(stage.town)
        lot, harvest = town.harvest("farm-a", 5_000)
        other, beside = town.harvest("farm-a", 5_000)
        roots = [lot, *unknown(8 * ROOTS_AT_ONCE_MAX)]
        proposals, signed = approved_at_once(stage, roots)
        done = await stage.done(harvest, beside, *proposals)
        stage.ledger.hold()
        await stage.send(town.harvest("farm-c", 1)[1], wait=0)  # in flight, and held
        if waiting:
            queue = [town.harvest("farm-b", 1)[1] for _ in range(waiting)]
            assert (await stage.send(*queue, wait=0)).status_code == 202
        assert (await stage.send(*signed, wait=0)).status_code == 202
        stage.ledger.release()
        answers = await stage.done(*signed)
        assert len({one["block"] for one in answers}) == 1
        assert len(await writes_of_open(stage, done[0]["block"])) == 1
        record = (await stage.ledger.query([OPEN]))[OPEN]
        assert sorted(root for one in record["recalls"] for root in one["roots"]) == sorted(roots)
        sale = trade.take("sell", "farm-a", lot, 1)
        response = await stage.send(sale, trade.take("sell", "farm-a", other, 1))
        codes = [one["code"] for one in response.json()["commands"]]
        assert codes == ["RECALLED", "ACCEPTED"]


async def page_of(stage, path):
    response = await stage.get(path, OFFICER, Accept="text/html")
    assert response.status_code == 200
    return Page(response.text)


def told_to_sign(page):
    """Return the lots of each record that a page gives to sign."""
    found = re.findall(r'<p class="to-sign"><code>([0-9A-Z,]+)</code></p>', page.html)
    return [one.split(",") for one in found]


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_an_officer_is_told_how_to_sign_more_than_one_command_names(stage, lang):
    """What the preview says is signed as it says, less the extension: then that is an alarm."""
    lots = await harvested(stage, ROOTS_AT_ONCE_MAX + 3)
    period = "since=2020-01-01&until=2039-12-31"
    page = await page_of(
        stage, f"/recalls/preview?plot={stage.town.plots['farm-a']}&{period}&lang={lang}"
    )
    first, second = told_to_sign(page)
    assert (len(first), sorted(first + second)) == (ROOTS_AT_ONCE_MAX, sorted(lots))
    for told in {
        "ja": ("1件目：recall.declare", "2件目：recall.widen", "一度に台帳に書かれます"),
        "en": ("Record 1: the roots of a recall.declare", "Record 2: the roots of a recall.wid"),
    }[lang]:
        assert told in page.text
    assert "minori approve … --later" in page.text
    trade = Trading(stage.town)
    body = trade.declaration(OFFICER, *first, crops=CROPS) | {"scope": "plot"}
    await stage.done(*trade.by_two(OFFICER, SECOND, "recall.declare", body, None))

    path = f"/recalls/{body['recall']}/scope?lang={lang}"
    page = await page_of(stage, path)
    assert [sorted(one) for one in told_to_sign(page)] == [sorted(second)]
    assert "recall.extend" in page.text
    extension = {"recall": body["recall"], "roots": second}
    await stage.done(stage.person(SECOND).device.sign("recall.extend", extension))
    page = await page_of(stage, path)
    assert ("Everything is covered" if lang == "en" else "すべてのロットが対象に") in page.text


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_many_lots_that_a_recall_lacks_are_signed_together(stage, lang):
    lots = await harvested(stage, ROOTS_AT_ONCE_MAX + 3)
    recall, declared = Trading(stage.town).recall(lots[0], scope="plot")
    await stage.done(declared)
    page = await page_of(stage, f"/recalls/{recall}/scope?lang={lang}")
    first, second = told_to_sign(page)
    assert (len(first), sorted(first + second)) == (ROOTS_AT_ONCE_MAX, sorted(lots[1:]))
    assert ("まとめて送ってください" if lang == "ja" else "send them together") in page.text


async def harvested(stage, count):
    """Let a farm harvest so many lots on one plot, and return them."""
    harvests = [stage.town.harvest("farm-a", 10) for _ in range(count)]
    await stage.done(*(wire for _, wire in harvests))
    return [lot for lot, _ in harvests]


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_where_not_all_fits_an_officer_is_told_what_comes_first(stage, lang):
    """The co-op's share and what safety has besides: the rest is held by those who have it."""
    trade, lots = Trading(stage.town), await harvested(stage, 3)
    taken = unknown(SHARE_MAX + SAFETY_MAX - 10)  # ten: what a recall of few takes, too
    proposals, approvals = approved_at_once(stage, taken)
    await stage.done(*proposals)
    await stage.done(*approvals)

    wished = [*lots, *unknown(9, first=9_000)]
    session = await stage.reader(OFFICER)
    answer = await stage.client.post("/api/recalls/scope", json={"lots": wished}, headers=session)
    scope = answer.json()
    assert (scope["fits"], scope["limit"], scope["roots_count"]) == (False, 10, 12)
    path = f"/recalls/preview?lots={','.join(wished)}&lang={lang}"
    page = await page_of(stage, path)
    for told in {
        "ja": ("名指すロットが12件あり、空きは10件です", "出荷停止（lot.hold）を頼んで", "急ぐ順"),
        "en": ("12 lots have to be named, and there is room for 10", "hold the rest (lot.hold)"),
    }[lang]:
        assert told in page.text
    (fitting,) = told_to_sign(page)
    assert fitting == scope["roots"][:10]

    headers = {"Accept-Language": lang}
    body = trade.declaration(OFFICER, *scope["roots"], crops=CROPS)
    proposal, approval = trade.by_two(OFFICER, SECOND, "recall.declare", body, None)
    await stage.done(proposal)
    refused = await stage.send(approval, **headers)
    (answer,) = refused.json()["commands"]
    assert answer["code"] == "TOO_MANY_ROOTS"
    remedy = {"ja": "出荷停止を事業者に頼んでください", "en": "have holders hold what does not fit"}
    assert remedy[lang] in answer["problem"]["remedy"]
    body = trade.declaration(OFFICER, *fitting, crops=CROPS)
    await stage.done(*trade.by_two(OFFICER, SECOND, "recall.declare", body, None))
    assert told_to_sign(await page_of(stage, path)) == []
    await stage.done(trade.hold("farm-a", lots[0]))
    (answer,) = (await stage.send(trade.take("sell", "farm-a", lots[0], 1))).json()["commands"]
    assert answer["code"] == "ON_HOLD"
