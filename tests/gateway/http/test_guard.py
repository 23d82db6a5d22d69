"""What every request passes and every answer carries; every error has the one shape."""

import asyncio
import json

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from gateway.http import models, prefer
from gateway.http.rate import network_of
from gateway.ledgers.port import LedgerUnavailableError, RulesMissingError
from tests.gateway.stage import URL, stage_in

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}


def check_problem(response, status, code):
    """Hold an answer against the one shape."""
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = models.ProblemObject.model_validate(response.json())
    assert problem.status == status
    assert problem.type == f"/problems/{code}"
    assert problem.request == response.headers["minori-request"]
    assert response.headers["content-language"] in {"ja", "en"}
    assert "Accept-Language" in response.headers["vary"]
    for name, value in ALWAYS.items():
        assert response.headers[name] == value
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "ROUTE_NOT_FOUND"),
        ("GET", "/nothing", 404, "ROUTE_NOT_FOUND"),
        ("GET", "/api/lots/", 404, "ROUTE_NOT_FOUND"),
        ("PUT", "/api/lots", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/api/lots", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/health", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/api/commands/xyz", 422, "INVALID_REQUEST"),
        ("GET", "/api/lots/short", 422, "INVALID_REQUEST"),
        ("GET", "/api/ledger?min_block=-1", 422, "INVALID_REQUEST"),
        ("GET", "/api/lots", 401, "SESSION_REQUIRED"),
        ("GET", "/api/lots/" + "0" * 20, 404, "LOT_NOT_FOUND"),
        ("BREW", "/api/lots", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_errors_of_every_kind_have_one_shape(stage, method, path, status, code):
    response = await stage.client.request(method, path)
    check_problem(response, status, code)
    if status == 405:
        assert response.headers["allow"]


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{}", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{}", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{}", "", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{", "application/json", 422, "INVALID_REQUEST"),
        (b"[]", "application/json", 422, "INVALID_REQUEST"),
        (b"", "application/json", 422, "INVALID_REQUEST"),
        (b"\xff\xfe", "application/json", 422, "INVALID_REQUEST"),
        (b"[" * 100_000, "application/json", 422, "INVALID_REQUEST"),
        (b'{"commands":[]}', "application/json", 422, "INVALID_REQUEST"),
        (b'{"commands":[{"jws":"\\ud800"}]}', "application/json", 400, "NOT_A_JWS"),
        (b'{"commands":[{"jws":7}]}', "application/json", 422, "INVALID_REQUEST"),
        (b'{"commands":[{"jws":"\xe3\x81\x82"}]}', "application/json", 400, "NOT_A_JWS"),
    ],
)
async def test_bodies_of_every_kind_are_answered_in_one_shape(
    stage, content, media_type, status, code
):
    headers = {"Content-Type": media_type} if media_type else {}
    response = await stage.client.post("/api/commands", content=content, headers=headers)
    check_problem(response, status, code)


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_is_read_up_to_the_limit(tmp_path, is_chunked):
    async with stage_in(tmp_path, body_bytes_max=1_000) as stage:

        async def chunks():
            for _ in range(20):
                yield b" " * 100

        content = chunks() if is_chunked else b" " * 2_000
        response = await stage.client.post(
            "/api/commands", content=content, headers={"Content-Type": "application/json"}
        )
        check_problem(response, 413, "REQUEST_TOO_LARGE")


class Slow:
    """A body that comes in two halves, the second when it is let go."""

    def __init__(self, size):
        self.half = b" " * (size // 2)
        self.may_end = asyncio.Event()

    async def __aiter__(self):
        yield self.half
        await self.may_end.wait()
        yield self.half

    async def send(self, stage):
        headers = {"Content-Type": "application/json"}
        return await stage.client.post("/api/commands", content=self, headers=headers)


async def test_all_bodies_together_are_held_up_to_a_limit(tmp_path):
    limits = {"body_bytes_max": 1_000, "bodies_bytes_max": 1_000}
    async with stage_in(tmp_path, **limits) as stage:
        for _ in range(2):  # what was held is given back, whatever became of it
            held, other = Slow(1_000), Slow(1_000)
            holding = asyncio.create_task(held.send(stage))
            await asyncio.sleep(0.05)
            sending = asyncio.create_task(other.send(stage))
            await asyncio.sleep(0.05)
            small = await stage.client.post("/api/commands", json={"commands": []})
            check_problem(small, 503, "BUSY")
            assert int(small.headers["retry-after"]) > 0
            held.may_end.set()
            check_problem(await holding, 503, "BUSY")
            other.may_end.set()
            check_problem(await sending, 422, "INVALID_REQUEST")


async def test_one_address_never_holds_all_the_room_for_bodies(tmp_path):
    limits = {"body_bytes_max": 1_000, "bodies_bytes_max": 4_000}
    async with stage_in(tmp_path, **limits) as stage:
        held = [Slow(1_000) for _ in range(2)]
        holding = [asyncio.create_task(one.send(stage)) for one in held]
        await asyncio.sleep(0.05)
        more = await stage.client.post("/api/commands", json={"commands": []})
        check_problem(more, 503, "BUSY")
        transport = httpx2.ASGITransport(stage.app, client=("192.0.2.8", 40_000))
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as neighbour:
            response = await neighbour.post("/api/commands", json={"commands": []})
        check_problem(response, 422, "INVALID_REQUEST")
        for one in held:
            one.may_end.set()
        await asyncio.gather(*holding)


async def test_a_body_that_does_not_come_is_not_waited_for(tmp_path):
    async with stage_in(tmp_path, body_s=0.05) as stage:
        check_problem(await Slow(1_000).send(stage), 503, "OUT_OF_TIME")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (RuntimeError("secret"), 500, "INTERNAL"),
        (TimeoutError("secret"), 503, "OUT_OF_TIME"),
        (LedgerUnavailableError("secret"), 503, "LEDGER_UNAVAILABLE"),
        (RulesMissingError("secret"), 503, "RULES_MISSING"),
        (OperationalError("SELECT secret", {}, Exception("secret")), 503, "TABLES_UNAVAILABLE"),
    ],
)
async def test_what_fails_inside_is_answered_without_a_word_of_it(
    stage, monkeypatch, failure, status, code
):
    def fail(*_arguments):
        raise failure

    monkeypatch.setattr("gateway.api.about.together", fail)
    response = await stage.get("/api/ledger")
    check_problem(response, status, code)
    assert "secret" not in response.text
    assert ("retry-after" in response.headers) == (status == 503)


async def test_a_request_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    import threading

    ended = threading.Event()
    async with stage_in(tmp_path, request_s=0.05, wait_default_s=0, wait_max_s=0) as stage:
        monkeypatch.setattr("gateway.api.about.together", lambda _connection: ended.wait())
        try:
            check_problem(await stage.get("/api/ledger"), 503, "OUT_OF_TIME")
        finally:
            ended.set()


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "\x7f", "é", ""])
async def test_a_host_of_nonsense_breaks_nothing(stage, host):
    headers = [(b"host", host.encode())]
    for path, status in {"/api/command-types": 200, "/api/nothing": 404, "/": 200}.items():
        response = await stage.client.get(path, headers=headers)
        assert response.status_code == status


async def test_an_origin_is_checked_without_a_cookie_too(stage):
    for origin, status in {
        "http://127.0.0.1:8000": 200,
        "http://localhost:8000": 200,
        "https://elsewhere.example": 403,
    }.items():
        response = await stage.client.post(
            "/api/sessions/challenge", json={"kid": "A" * 43}, headers={"Origin": origin}
        )
        assert response.status_code == status, origin


@pytest.mark.parametrize("path", ["/", "/health", "/api/ledger", "/api/lots", "/nothing"])
async def test_head_is_get_without_content(stage, path):
    got, head = await stage.client.get(path), await stage.client.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/sessions", "DELETE, POST"),
        ("/api/lots/" + "0" * 20, "GET, HEAD"),
        ("/lots/" + "0" * 20, "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_all_right_ones(stage, path, allowed):
    response = await stage.client.patch(path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


async def test_reading_needs_no_origin(stage):
    response = await stage.get("/api/command-types", Origin="https://elsewhere.example")
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


async def test_health_says_what_is_wrong(stage):
    healthy = await stage.get("/health")
    assert (healthy.status_code, healthy.json()["ready"]) == (200, True)
    assert healthy.json()["projection"]["lag"] == 0
    stage.ledger.failure = LedgerUnavailableError("away")
    ill = await stage.get("/health")
    check_problem(ill, 503, "NOT_READY")
    assert ill.json()["health"]["ledger"] == {
        "kind": "embedded",
        "reachable": False,
        "height": None,
        "ordering": True,
        "rules_missing": False,
    }
    stage.ledger.failure = None
    await stage.gateway.intake.stop()
    stopped = (await stage.get("/health")).json()["health"]
    assert stopped["outbox"] == {"taking": False, "waiting": 0}


async def test_a_contract_older_than_the_rules_is_told_in_health_and_to_who_waits(stage):
    _, harvest = stage.town.harvest("farm-a", 1_000)
    stage.ledger.refusal = RulesMissingError("VERSION_MISSING")
    answer = await stage.send(harvest, wait=1, **{"Accept-Language": "en"})
    (waiting,) = answer.json()["commands"]
    assert (answer.status_code, waiting["status"]) == (202, "waiting")
    assert waiting["problem"]["code"] == "RULES_MISSING"
    assert (await stage.get(f"/api/commands/{waiting['id']}")).json()["problem"]
    ill = (await stage.get("/health")).json()["health"]
    assert (ill["ready"], ill["ledger"]["rules_missing"]) == (False, True)
    stage.ledger.refusal = None
    await stage.done(harvest)
    well = (await stage.get("/health")).json()
    assert (well["ready"], well["ledger"]["rules_missing"]) == (True, False)


async def test_all_who_ask_for_the_health_share_one_question_to_the_ledger(tmp_path):
    far = {"Minori-Min-Block": str(10**9)}
    async with stage_in(tmp_path, height_kept_s=3_600) as stage:
        before = stage.ledger.heights_asked
        answers = await asyncio.gather(*(stage.get("/health") for _ in range(30)))
        assert {one.status_code for one in answers} == {200}
        assert (await stage.get("/api/ledger", **far)).json()["code"] == "BLOCK_TOO_FAR"
        assert stage.ledger.heights_asked == before + 1
    folder = tmp_path / "other"
    async with stage_in(folder, height_kept_s=0.05) as stage:
        assert (await stage.get("/health")).status_code == 200
        stage.ledger.failure = LedgerUnavailableError("away")
        await asyncio.sleep(0.06)
        check_problem(await stage.get("/health"), 503, "NOT_READY")


async def test_metrics_count_routes_and_not_addresses(stage):
    await stage.get("/api/lots/" + "0" * 20)
    await stage.get("/api/made/up/by/a/stranger")
    response = await stage.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert 'route="read_lot",status="404"' in response.text
    assert "stranger" not in response.text
    assert "0" * 20 not in response.text
    assert "projection_height_blocks" in response.text


async def test_the_ledger_describes_itself(stage):
    told = (await stage.get("/api/ledger", **{"Accept-Language": "en"})).json()
    assert told["id"] == stage.town.ledger
    assert (told["kind"], told["kept_by"]) == ("embedded", "One operator keeps this record.")
    assert (told["demo"], told["height"]) == (False, stage.gateway.follower.height)
    assert told["constitution"]["title"] == stage.town.constitution.title
    assert json.dumps(told["constitution"]).count("CoopMSP") == 1


async def test_every_type_of_command_is_described(stage):
    types = {one["name"]: one for one in (await stage.get("/api/command-types")).json()["types"]}
    harvest = types["lot.harvest"]
    assert (harvest["proof"], harvest["delegable"], harvest["signers"]) == ("public", True, 1)
    assert harvest["closed"]["properties"]["quantity_g"]["minimum"] == 1
    assert types["key.revoke"]["delegable"] is False
    assert types["lot.settle"]["signers"] == 2


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, 10),
        ("wait=3", 3),
        ("wait=0", 0),
        ("wait=999", 60),
        ("Wait = 5", 5),
        ("respond-async, wait=5", 5),
        ("respond-async", 0),
        ("wait=2, wait=9", 2),
        ('wait="7"', 7),
        ("wait=soon", 10),
        ("wait=-1", 10),
        ("return=minimal", 10),
        ("wait=5;x=y", 5),
    ],
)
def test_prefer_says_how_long_to_wait(header, expected):
    assert prefer.wait_s(header, default=10, most=60) == expected


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:208", "192.0.2.8"),
        ("", ""),
        ("unix:/socket", "unix:/socket"),
    ],
)
def test_one_client_is_an_address_or_its_network(address, counted):
    assert network_of(address) == counted
