"""Well-formed and signed commands with any content: answered with a code, and never applied half.

Unsigned text never gets past the parser. These are signed by the town's own devices, so they reach
the shapes, authority, and rules of every type; what the dry run says of each before comes true.
"""

from collections import Counter

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaincode.base import shapes
from chaincode.base.errors import Code
from chaincode.rules import EVER
from gateway.demo.trading import Trading
from gateway.http.problems import PROBLEMS
from gateway.projection.digest import content_digest, read_state
from tests.gateway.api.commands_drawn import parts
from tests.gateway.market import hold_market
from tests.gateway.stage import command_json, stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXAMPLES = settings().max_examples * 3
SEEN: Counter[str] = Counter()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("signed")) as stage:
        market = await hold_market(stage)
        yield stage, pool_of(stage, market), statuses_of(stage)


def statuses_of(stage):
    operations = stage.app.openapi()["paths"]
    return {
        path: {int(status) for status in operations[path]["post"]["responses"]} - {500, 503}
        for path in ("/api/commands", "/api/dry-runs")
    }


def pool_of(stage, market):
    """Return what exists, by the pattern of its shape."""
    people = [*stage.town.people.values(), *stage.town.registrars.values()]
    parties = [person.party for person in people]
    actors = [person.actor for person in people]
    roll = Trading(stage.town).roll("farm-a")["roll"]
    things = {
        shapes.LotId: [*market.lots.values(), market.shipment, *market.recalls.values(), roll],
        shapes.PseudonymId: [*parties, *actors, *stage.town.plots.values()],
        shapes.Base64Url32: [person.device.kid for person in people],
        shapes.Word: ["carrot", "taro", "farmer", "shop", "recall-officer"],
        shapes.TypeName: sorted(EVER),
    }
    return {hint.__metadata__[0].pattern: known for hint, known in things.items()}


def signer_of(data, stage, kind):
    """Draw who signs: mostly somebody whose office it is."""
    everyone = stage.town.people | {
        f"registrar {name}": one for name, one in stage.town.registrars.items()
    }
    able = [name for name, one in everyone.items() if not kind.roles or one.role in kind.roles]
    handle = data.draw(st.sampled_from(able or list(everyone)) | st.sampled_from(list(everyone)))
    return handle, everyone[handle]


def signed(data, stage, pool):
    """Draw a command, and return (who, its device, the device as it was, the command)."""
    kind = EVER[data.draw(st.sampled_from(sorted(set(EVER) - {"registry.bootstrap"})))]
    handle, person = signer_of(data, stage, kind)
    body, closed = data.draw(parts(kind, pool))
    if "party" in body and data.draw(st.integers(0, 3)):
        body["party"] = person.party
    if "id_nonce" in body and data.draw(st.integers(0, 3)):
        body |= named(kind, person)
    device = person.device
    before = (device.seq, device.prev)
    return handle, device, before, device.sign(kind.name, body, closed=closed)


def named(kind, person):
    """Return the members that name a new record of one's own."""
    name = person.device.name_record(person.party)
    shape = shapes._members(kind.body).keys()
    member = next((one for one in ("shipment", "recall", "lot") if one in shape), None)
    if member is None:
        return {}
    return {member: name.id, "id_nonce": name.nonce, "index": name.index}


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_any_signed_command_is_answered_with_a_code_and_applied_whole_or_not(held, data):
    await _send_anything(held, data)


@pytest.mark.soak
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_many_signed_commands_are_applied_whole_or_not(held, data):
    """In `make soak`: as the profile says, twenty times as many."""
    await _send_anything(held, data)


async def content(stage):
    """Return the number of blocks, the tables' digest, and the state less each device's place."""
    height = await stage.ledger.height()
    assert await stage.gateway.follower.wait_for_height(height, timeout_s=10)
    database = stage.gateway.projection.database
    state = dict(await database.read(read_state))
    kept = {key: value for key, value in state.items() if not key.startswith("device/")}
    return height, await database.read(content_digest), kept


async def _send_anything(held, data):
    stage, pool, statuses = held
    handle, device, place, wire = signed(data, stage, pool)
    before = await content(stage)
    trial = await _try(stage, handle, wire, statuses)
    assert await content(stage) == before  # a dry run orders nothing
    response = await stage.send(wire)
    assert response.status_code in statuses["/api/commands"], response.text
    answer = response.json()
    if response.status_code == 200:
        (answer,) = answer["commands"]
    code = answer["code"]
    SEEN[code] += 1
    assert code == Code.ACCEPTED or code in PROBLEMS
    assert code != Code.CONTRACT_FAULT
    assert trial in {None, code}
    after = await content(stage)
    if code != Code.ACCEPTED:
        assert after[2] == before[2]  # refused: nothing but its number is on record
    if answer["status"] not in {"accepted", "rejected"}:
        assert after == before  # not taken: no trace at all
        device.seq, device.prev = place


async def _try(stage, handle, wire, statuses):
    """Return the code that a dry run gives; `None` for who has no session, or no longer."""
    if handle not in stage.town.people:
        return None
    session = await stage.reader(handle)
    body = {"commands": [command_json(wire)]}
    response = await stage.client.post("/api/dry-runs", json=body, headers=session)
    assert response.status_code in statuses["/api/dry-runs"], response.text
    if response.status_code == 401:
        return None  # one of the commands drawn has revoked the key
    answer = response.json()
    return answer["commands"][0]["code"] if response.status_code == 200 else answer["code"]


async def test_commands_of_every_kind_were_reached():
    """What is drawn must get past the shapes, to rejections of many kinds and to the ledger."""
    assert SEEN[Code.ACCEPTED] > 0
    assert sum(Code(code).is_taken for code in SEEN if code in Code.__members__) >= 8
    assert SEEN[Code.BAD_VALUE] > 0
