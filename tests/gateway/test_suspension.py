"""A suspended organisation at a gateway: what its people queued lands, what officers sign not."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from gateway.lookups.people import find_reader
from tests.gateway.stage import command_id, stage_in

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
