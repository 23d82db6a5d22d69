"""Sending commands, and asking what became of them."""

import asyncio

import pytest

from chaincode.base.errors import Code
from gateway.device.signing import Device, new_nonce
from tests.gateway.stage import command_id, command_json, stage_in


async def test_commands_are_answered_in_order_when_all_are_final(stage):
    lot, harvest = stage.town.harvest("farm-a", 20_000)
    too_much = stage.town.take("sell", "farm-a", lot, 99_000)
    response = await stage.send(harvest, too_much)
    assert response.status_code == 200
    accepted, rejected = response.json()["commands"]
    assert accepted["id"] == command_id(harvest)
    assert (accepted["status"], accepted["code"], accepted["flags"]) == ("accepted", "ACCEPTED", [])
    assert accepted["block"] >= 4
    assert accepted["ledger_time"].endswith("Z")
    assert "problem" not in accepted
    assert (rejected["status"], rejected["code"]) == ("rejected", "INSUFFICIENT_QUANTITY")
    assert rejected["problem"]["status"] == 422
    assert rejected["problem"]["code"] == "INSUFFICIENT_QUANTITY"
    assert response.headers["preference-applied"] == "wait=10"


async def test_rejection_is_worded_in_the_language_asked_for(stage):
    sell = stage.town.take("sell", "farm-a", "0" * 20, 1)
    response = await stage.send(sell, **{"Accept-Language": "en"})
    assert response.json()["commands"][0]["problem"]["title"] == "Nothing held"
    assert response.headers["content-language"] == "en"


async def test_same_command_twice_is_taken_once(stage):
    _, harvest = stage.town.harvest("farm-a", 20_000)
    first = await stage.done(harvest)
    again = await stage.send(harvest, harvest)
    assert again.status_code == 200
    assert again.json()["commands"] == [first[0], first[0]]


def _altered(wire):
    head, payload, signature = wire.decode().partition("~")[0].split(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    return f"{head}.{payload}.{flipped}~{wire.decode().partition('~')[2]}".encode()


def _registrar(device):
    jwk = {"crv": "P-256", "kty": "EC", "x": device.jwk.x, "y": device.jwk.y}
    party = {"organisation": "coop", "party": "Q" * 12, "since": "2020-04-01"}
    return {**party, "actor": device.actor, "jwk": jwk, "kept": "file"}


def _bad_wires(town):
    stranger = Device.create(ledger=town.ledger, actor=town.people["farm-a"].actor)
    usurper = Device.create(ledger=town.ledger, actor="S" * 12)
    elsewhere = Device(
        key=town.people["farm-b"].device.key, ledger="0" * 64, actor=town.people["farm-b"].actor
    )
    known = Device(
        key=town.people["farm-b"].device.key,
        ledger=town.ledger,
        actor=town.people["farm-b"].actor,
    )
    body = {"lot": "0" * 20, "party": town.people["farm-a"].party}
    closed = {"quantity_g": 1}
    _, harvest = town.harvest("farm-c", 10)
    return {
        Code.NOT_A_JWS: (b"not.a.jws!", 400),
        Code.TOO_LARGE: (b"A" * 20_000, 413),
        Code.BAD_SIGNATURE: (_altered(harvest), 403),
        Code.CLOSED_PART_MISSING: (harvest.partition(b"~")[0], 400),
        Code.CLOSED_PART_MISMATCH: (harvest.partition(b"~")[0] + b"~e30", 400),
        Code.UNKNOWN_KEY: (stranger.sign("lot.sell", body, closed=closed), 403),
        Code.WRONG_LEDGER: (elsewhere.sign("lot.sell", body, closed=closed), 409),
        Code.NOT_ADMIN: (usurper.sign("registry.bootstrap", _registrar(usurper)), 403),
        Code.UNKNOWN_TYPE: (known.sign("lot.paint", body), 400),
        Code.BAD_VALUE: (known.sign("lot.sell", {**body, "lot": "?"}, closed=closed), 400),
    }


async def test_a_fault_refuses_the_whole_request_and_queues_nothing(stage):
    _, harvest = stage.town.harvest("farm-a", 20_000)
    for code, (wire, status) in _bad_wires(stage.town).items():
        response = await stage.send(harvest, wire)
        assert response.status_code == status, code
        problem = response.json()
        assert response.headers["content-type"] == "application/problem+json"
        assert (problem["code"], problem["index"]) == (code, 1)
        assert problem["type"] == f"/problems/{code}"
    assert stage.gateway.intake.waiting_count == 0
    missing = await stage.get(f"/api/commands/{command_id(harvest)}")
    assert (missing.status_code, missing.json()["code"]) == (404, "COMMAND_NOT_FOUND")


async def test_the_member_at_fault_is_named(stage):
    person = stage.person("farm-a")
    body = {"lot": "?", "party": person.party}
    wire = person.device.sign("lot.sell", body, closed={"quantity_g": 1})
    assert (await stage.send(wire)).json()["member"] == "body.lot"


async def test_another_command_under_a_used_number_is_refused(stage):
    device = stage.person("farm-a").device
    _, first = stage.town.harvest("farm-a", 20_000)
    device.seq, device.prev = 1, "0" * 64
    _, second = stage.town.harvest("farm-a", 30_000)
    await stage.done(first)
    response = await stage.send(second)
    assert response.status_code == 409
    assert (response.json()["code"], response.json()["index"]) == ("SEQUENCE_REUSED", 0)


async def test_an_entry_that_came_before_is_asked_back_and_taken_if_it_is_meant(stage):
    person = stage.person("farm-a")
    lot, harvest = stage.town.harvest("farm-a", 20_000)
    body, nonce = {"lot": lot, "party": person.party}, new_nonce()
    sale, again = (
        person.device.sign("lot.sell", body, closed={"quantity_g": 100}, nonce=nonce)
        for _ in range(2)
    )
    await stage.done(harvest, sale)
    response = await stage.send(again)
    problem = response.json()
    assert (response.status_code, problem["status"]) == (409, 409)
    assert (problem["code"], problem["index"], problem["member"]) == ("ENTERED_TWICE", 0, "nonce")
    missing = await stage.get(f"/api/commands/{command_id(again)}")
    assert missing.json()["code"] == "COMMAND_NOT_FOUND"
    for said in ("yes", 1, None):
        sent = {"commands": [command_json(again) | {"again": said}]}
        assert (await stage.client.post("/api/commands", json=sent)).status_code == 422
    await stage.done(again, again=True)
    flags = (await stage.get("/api/flags", "farm-a")).json()["flags"]
    assert [(one["code"], one["entry"]) for one in flags] == [("ENTERED_TWICE", command_id(again))]
    assert flags[0]["figures"]["first"] == command_id(sale)
    assert (await stage.get("/api/flags", "farm-b")).json()["flags"] == []


async def test_waiting_commands_are_answered_202_and_asked_for_by_id(stage):
    stage.ledger.hold()
    _, harvest = stage.town.harvest("farm-a", 20_000)
    response = await stage.send(harvest, wait=0)
    assert response.status_code == 202
    (waiting,) = response.json()["commands"]
    assert waiting == {"id": command_id(harvest), "status": "waiting"}
    assert response.headers["location"] == f"/api/commands/{waiting['id']}"
    assert int(response.headers["retry-after"]) > 0
    path = response.headers["location"]
    assert (await stage.get(path)).json() == waiting
    stage.ledger.release()
    async with asyncio.timeout(10):
        while (found := (await stage.get(path)).json())["status"] == "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert found["status"] == "accepted"


async def test_wait_is_cut_at_the_most_that_is_allowed(tmp_path):
    async with stage_in(tmp_path, wait_default_s=0.05, wait_max_s=0.1) as stage:
        stage.ledger.hold()
        _, harvest = stage.town.harvest("farm-a", 20_000)
        response = await stage.send(harvest, wait=3_600)
        assert response.status_code == 202
        assert response.headers["preference-applied"] == "wait=0"


async def test_too_many_commands_are_refused(tmp_path):
    async with stage_in(tmp_path, request_commands_max=1) as stage:
        _, one = stage.town.harvest("farm-a", 1)
        _, two = stage.town.harvest("farm-a", 1)
        response = await stage.send(one, two)
        assert (response.status_code, response.json()["code"]) == (413, "TOO_MANY_COMMANDS")


async def test_a_full_queue_says_when_to_come_back(tmp_path):
    async with stage_in(tmp_path, queue_commands_max=1) as stage:
        stage.ledger.hold()
        _, one = stage.town.harvest("farm-a", 1)
        _, two = stage.town.harvest("farm-b", 1)
        assert (await stage.send(one, wait=0)).status_code == 202
        response = await stage.send(two, wait=0)
        assert (response.status_code, response.json()["code"]) == (503, "QUEUE_FULL")
        assert int(response.headers["retry-after"]) > 0


async def test_a_stopping_gateway_says_so(stage):
    await stage.gateway.intake.stop()
    _, harvest = stage.town.harvest("farm-a", 1)
    response = await stage.send(harvest)
    assert (response.status_code, response.json()["code"]) == (503, "STOPPING")
    assert response.headers["retry-after"]


async def test_a_device_that_sends_too_much_is_told_to_wait(tmp_path):
    async with stage_in(tmp_path, commands_rate="2/minute") as stage:
        wires = [stage.town.harvest("farm-a", 1)[1] for _ in range(3)]
        assert (await stage.send(*wires[:2])).status_code == 200
        response = await stage.send(wires[2])
        assert (response.status_code, response.json()["code"]) == (429, "RATE_LIMITED")
        assert 0 < int(response.headers["retry-after"]) <= 60
        assert (await stage.send(stage.town.harvest("farm-b", 1)[1])).status_code == 200


async def test_requests_that_come_together_do_not_pass_on_one_share(tmp_path):
    async with stage_in(tmp_path, commands_rate="5/day") as stage:
        wires = [stage.town.harvest("farm-a", 1)[1] for _ in range(12)]
        requests = [stage.send(*wires[start : start + 3]) for start in range(0, 12, 3)]
        statuses = sorted(one.status_code for one in await asyncio.gather(*requests))
        assert statuses == [200, 429, 429, 429]
        assert (await stage.send(*wires[3:5])).status_code == 200


async def test_an_address_is_charged_for_each_command_right_or_wrong(tmp_path):
    async with stage_in(tmp_path, address_commands_rate="10/day", unknown_key_s=0) as stage:
        strange = [_bad_wires(stage.town)[Code.UNKNOWN_KEY][0] for _ in range(5)]
        stage.ledger.queried.clear()
        assert (await stage.send(*strange)).json()["code"] == "UNKNOWN_KEY"
        harvest = stage.town.harvest("farm-a", 1)[1]
        assert (await stage.send(harvest)).status_code == 200
        asked = len(stage.ledger.queried)
        assert asked >= 5
        response = await stage.send(*strange)
        assert (response.status_code, response.json()["code"]) == (429, "RATE_LIMITED")
        assert len(stage.ledger.queried) == asked
        headers = await stage.reader("farm-a")
        body = {"commands": [command_json(harvest)] * 4}
        for status in (200, 429):
            response = await stage.client.post("/api/dry-runs", json=body, headers=headers)
            assert response.status_code == status


async def test_forged_commands_do_not_spend_a_devices_share(tmp_path):
    async with stage_in(tmp_path, commands_rate="1/minute") as stage:
        _, harvest = stage.town.harvest("farm-a", 1)
        for _ in range(3):
            assert (await stage.send(_altered(harvest))).json()["code"] == "BAD_SIGNATURE"
        assert (await stage.send(harvest)).status_code == 200


async def test_an_address_that_asks_too_often_is_told_to_wait(tmp_path):
    async with stage_in(tmp_path, requests_rate="3/minute") as stage:
        codes = [(await stage.get("/api/command-types")).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        assert (await stage.get("/health")).status_code == 200  # monitors always get through


@pytest.mark.parametrize("accept", [None, "application/json", "text/html"])
async def test_api_errors_are_problem_json_whatever_is_accepted(stage, accept):
    headers = {"Accept": accept} if accept else {}
    response = await stage.client.get("/api/commands/nothing", headers=headers)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_command_with_a_tilde_in_its_jws_reads_as_on_the_wire(stage):
    """The whole wire form in `jws` is the same bytes, so it must be the same command."""
    _, harvest = stage.town.harvest("farm-a", 1)
    response = await stage.client.post(
        "/api/commands", json={"commands": [{"jws": harvest.decode()}]}
    )
    assert response.status_code == 200
    assert response.json()["commands"][0]["id"] == command_id(harvest)


async def test_unknown_members_of_the_request_are_refused(stage):
    _, harvest = stage.town.harvest("farm-a", 1)
    body = {"commands": [{**command_json(harvest), "extra": 1}]}
    response = await stage.client.post("/api/commands", json=body)
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"where": "body.commands.0.extra", "what": "extra_forbidden"}
    ]


# What a command's content is shown to.


async def test_a_harvest_shows_its_open_part_to_everyone_and_its_closed_part_to_its_party(stage):
    _, harvest = stage.town.harvest("farm-a", 20_000)
    await stage.done(harvest)
    path = f"/api/commands/{command_id(harvest)}"
    public = (await stage.get(path)).json()
    assert public["type"] == "lot.harvest"
    assert public["payload"]["body"]["crop"] == "carrot"
    assert public["jws"] == harvest.decode().partition("~")[0]
    assert not {"closed", "closed_part"} & public.keys()
    own = (await stage.get(path, "farm-a")).json()
    assert own["closed"] == harvest.decode().partition("~")[2]
    assert own["closed_part"]["quantity_g"] == 20_000
    assert (await stage.get(path, "farm-b")).json() == public


async def test_a_shipment_shows_its_content_to_both_sides_and_nobody_else(stage):
    lot, harvest = stage.town.harvest("farm-a", 20_000)
    _, ship = stage.town.ship("farm-a", lot, "shop-a", 12_000)
    await stage.done(harvest, ship)
    path = f"/api/commands/{command_id(ship)}"
    for handle in ("farm-a", "shop-a"):
        shown = (await stage.get(path, handle)).json()
        assert shown["closed_part"]["quantity_g"] == 12_000, handle
    for handle in ("", "farm-b", "shop-b", "land-office"):
        shown = (await stage.get(path, handle)).json()
        assert set(shown) == {"id", "status", "code", "flags", "block", "ledger_time"}, handle


async def test_a_rejected_command_shows_its_content_only_to_who_signed_it(stage):
    lot, harvest = stage.town.harvest("farm-a", 1_000)
    _, ship = stage.town.ship("farm-a", lot, "shop-a", 12_000)
    _, repeated = stage.town.harvest("farm-b", 5)
    await stage.done(harvest, repeated)
    assert (await stage.send(ship)).json()["commands"][0]["code"] == "INSUFFICIENT_QUANTITY"
    path = f"/api/commands/{command_id(ship)}"
    block = (await stage.get(path)).json()["block"]
    assert await stage.gateway.follower.wait_for_height(block + 1, timeout_s=5)
    assert "payload" in (await stage.get(path, "farm-a")).json()
    assert "payload" not in (await stage.get(path, "shop-a")).json()


async def test_a_command_not_taken_is_shown_as_dropped(stage):
    """A wrong `prev` passes admission, and only the contract can see it."""
    device = stage.person("farm-a").device
    device.prev = "1" * 64
    _, harvest = stage.town.harvest("farm-a", 1)
    response = await stage.send(harvest)
    assert response.status_code == 200
    (answer,) = response.json()["commands"]
    assert (answer["status"], answer["code"]) == ("dropped", "WRONG_PREDECESSOR")
    assert answer["problem"]["status"] == 409
    assert not {"block", "flags"} & answer.keys()
