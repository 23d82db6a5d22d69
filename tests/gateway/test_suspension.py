"""A suspended organisation at a gateway: what its people queued lands, what officers sign not."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from gateway.api.suspended import day
from gateway.lookups.people import find_reader
from tests.gateway.stage import command_id, command_json, stage_in
from tests.gateway.web.reading import Page, assert_is_safe

ON_STAGE = pytest.mark.asyncio(loop_scope="module")
FARMS = ("farm-a", "farm-b", "farm-c")
HARVESTS = 200
AT_ONCE = 50
UNTIL = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("suspension")) as running:
        yield running


def vote(stage, organisation, *, about="coop"):
    body = {"organisation": about, "reason": "key-stolen", "until": UNTIL}
    return stage.town.registrars[organisation].device.sign("organisation.suspend", body)


async def suspend(stage):
    """Let the two others vote, as they may again, and the suspended registrar look at pages."""
    stage.town.people["office"] = stage.town.registrars["coop"]
    await stage.done(*(vote(stage, one) for one in ("shops", "town")))


@ON_STAGE
async def test_two_hundred_queued_harvests_of_its_farmers_all_land(stage):
    """They are signed before, and reach the ledger after: in one line with the votes."""
    town = stage.town
    harvests = [
        town.harvest(FARMS[number % len(FARMS)], 1_000 + number)[1] for number in range(HARVESTS)
    ]
    office = town.registrars["coop"].device
    entry = office.sign("party.register", {"party": "K" * 12, "kind": "farm"})
    stage.ledger.hold()
    votes = [vote(stage, one) for one in ("shops", "town")]
    assert (await stage.send(*votes, wait=0)).status_code == 202
    for start in range(0, HARVESTS, AT_ONCE):
        sent = await stage.send(*harvests[start : start + AT_ONCE], wait=0)
        assert sent.status_code == 202
    assert (await stage.send(entry, wait=0)).status_code == 202
    stage.ledger.release()
    landed = []
    for start in range(0, HARVESTS, AT_ONCE):
        landed += await stage.done(*harvests[start : start + AT_ONCE])
    assert len({one["id"] for one in landed}) == HARVESTS
    assert {one["code"] for one in landed} == {"ACCEPTED"}
    first = min(one["block"] for one in landed)
    assert first >= (await stage.done(*votes))[-1]["block"]
    (answer,) = (await stage.send(entry)).json()["commands"]
    assert (answer["status"], answer["code"]) == ("dropped", "ORGANISATION_SUSPENDED")
    key = f"device/{office.kid}"
    assert (await stage.ledger.query([key]))[key]["next"] == office.seq - 1  # it left no trace
    now, read = int(time.time()), stage.gateway.projection.database.read
    assert (await read(find_reader, office.kid, now))[1] == set()  # nor does it read as an office
    assert (await read(find_reader, stage.person("farm-a").device.kid, now))[1] == {"farmer"}
    (told,) = (await stage.get("/api/ledger")).json()["suspensions"]
    assert (told["organisation"], told["until"]) == ("coop", UNTIL)
    assert [one["organisation"] for one in told["votes"]] == ["shops", "town"]
    assert command_id(entry) == answer["id"]


def problem_of(answer):
    return answer["problem"]["detail"]


@ON_STAGE
async def test_the_refusal_says_until_when_by_whom_and_whom_to_ask(stage):
    await suspend(stage)
    office = stage.town.registrars["coop"].device
    key = f"device/{office.kid}"
    record = (await stage.ledger.query([key]))[key]
    for language, words in (
        (
            "en",
            (
                "農業協同組合",
                "registrar",
                day(UNTIL, "en"),
                "商店会 and みのり町",
                "Ask a registrar",
            ),
        ),
        ("ja", ("農業協同組合", "登録係", day(UNTIL, "ja"), "商店会とみのり町", "お問い合わせ")),
    ):
        office.seq, office.prev = record["next"], record["prev"]
        entry = office.sign("party.register", {"party": "J" * 12, "kind": "farm"})
        sent = await stage.send(entry, **{"Accept-Language": language})
        (answer,) = sent.json()["commands"]
        assert answer["problem"]["until"] == UNTIL
        missing = [one for one in words if one not in problem_of(answer)]
        assert missing == [], problem_of(answer)
        asked = {"commands": [command_json(entry)]}
        headers = await stage.reader("office") | {"Accept-Language": language}
        tried = await stage.client.post("/api/dry-runs", json=asked, headers=headers)
        assert problem_of(tried.json()["commands"][0]) == problem_of(answer)


@ON_STAGE
async def test_everyone_sees_on_the_pages_whose_offices_are_suspended(stage):
    await suspend(stage)
    lot, harvest = stage.town.harvest("farm-a", 2_000)
    await stage.done(harvest)
    for language in ("ja", "en"):
        until = day(UNTIL, language)
        public = await stage.get(f"/organisations?lang={language}", Accept="text/html")
        page = Page(public.text)
        assert_is_safe(public, page)
        assert until in page.text
        assert all(title in page.text for title in ("商店会", "農業協同組合"))
        own = await stage.get(f"/own/stock?lang={language}", "farm-a", Accept="text/html")
        assert until in Page(own.text).text
        office = await stage.get(f"/own/stock?lang={language}", "office", Accept="text/html")
        office_page = Page(office.text)
        assert ("あなたの職務" if language == "ja" else "Your office") in office_page.text
        assert ("ご自分の記録は" if language == "ja" else "Your own acts go on") in office_page.text
        assert until in office_page.text
        other = await stage.get(f"/own/stock?lang={language}", "shop-a", Accept="text/html")
        assert until not in Page(other.text).text
        label = await stage.get(f"/lots/{lot}?lang={language}", Accept="text/html")
        assert until in Page(label.text).text
        assert f"/organisations?lang={language}" in Page(label.text).links()
    mine = (await stage.get("/api/me", "farm-a")).json()["suspension"]
    assert (mine["organisation"], mine["until"]) == ("coop", UNTIL)
    assert (await stage.get("/api/me", "shop-a")).json()["suspension"] is None


@ON_STAGE
async def test_a_vote_without_a_majority_and_a_new_name_of_an_msp_are_told_as_such(stage):
    await suspend(stage)
    await stage.done(
        stage.town.registrars["shops"].device.sign(
            "organisation.reinstate", {"organisation": "coop"}
        )
    )
    renamed = {"organisation": "coop", "msp": "CoopMSP2"}
    await stage.done(stage.town.registrars["town"].device.sign("organisation.rename_msp", renamed))
    page = Page((await stage.get("/organisations?lang=en", Accept="text/html")).text)
    assert "no majority" in page.text
    assert "CoopMSP2" in page.text
    assert "not enough of them yet" in page.text
    ledger = (await stage.get("/api/ledger")).json()
    (told,) = ledger["successions"]
    assert (told["organisation"], told["msp"]) == ("coop", None)
    office = Page((await stage.get("/own/stock?lang=en", "office", Accept="text/html")).text)
    assert "Nothing is suspended yet" in office.text
    farmer = Page((await stage.get("/own/stock?lang=en", "farm-a", Accept="text/html")).text)
    assert "suspended" not in farmer.text
    await stage.done(stage.town.registrars["shops"].device.sign("organisation.rename_msp", renamed))
    page = Page((await stage.get("/organisations?lang=en", Accept="text/html")).text)
    assert "when an admin of CoopMSP2 sets a registrar" in page.text
    (told,) = (await stage.get("/api/ledger")).json()["successions"]
    assert told["msp"] == "CoopMSP2"
