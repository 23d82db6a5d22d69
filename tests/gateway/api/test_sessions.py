"""Sessions: only the device itself opens one, once per challenge, until it is revoked."""

import sqlite3

import pytest

from gateway.device.signing import Device, jws
from gateway.http.cookies import NAME
from gateway.sessions import Sessions
from tests.gateway.stage import PROOF, URL


async def opened(stage, proof, **headers):
    return await stage.client.post("/api/sessions", json={"jws": proof}, headers=headers)


async def revoke(stage, handle):
    """Let the registrar of a person's organisation end their device."""
    person = stage.person(handle)
    registrar = stage.town.registrars[person.organisation].device
    body = {"device": person.device.kid, "actor": person.actor}
    await stage.done(registrar.sign("key.revoke", body))


async def test_a_signed_challenge_opens_a_session(stage):
    response = await opened(stage, await stage.proof("farm-a"))
    person = stage.person("farm-a")
    assert response.status_code == 201
    session = response.json()
    assert session["kid"] == person.device.kid
    assert (session["actor"], session["party"]) == (person.actor, person.party)
    assert session["roles"][0]["role"] == "farmer"
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{NAME}={session['token']};")
    for attribute in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie
    path = f"/api/devices/{person.device.kid}/head"
    headers = {"Authorization": f"Bearer {session['token']}"}
    assert (await stage.client.get(path, headers=headers)).json() == {
        "kid": person.device.kid,
        "next": person.device.seq,
        "prev": person.device.prev,
        "revoked": False,
    }


async def test_a_token_is_stored_only_as_its_hash(stage, tmp_path):
    token = (await stage.reader("farm-a"))["Authorization"].removeprefix("Bearer ")
    stored = sqlite3.connect(tmp_path / "sessions.sqlite")
    try:
        assert stored.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
        assert token not in str(stored.execute("SELECT * FROM sessions").fetchall())
    finally:
        stored.close()
    for path in tmp_path.glob("sessions.sqlite*"):
        assert token.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


async def test_a_challenge_opens_one_session(stage):
    proof = await stage.proof("farm-a")
    assert (await opened(stage, proof)).status_code == 201
    stage.client.cookies.clear()
    again = await opened(stage, proof)
    assert (again.status_code, again.json()["code"]) == (403, "CHALLENGE_REFUSED")


async def test_an_expired_challenge_is_refused(stage):
    proof = await stage.proof("farm-a")
    stage.clock.ahead_s = 300
    response = await opened(stage, proof)
    assert (response.status_code, response.json()["code"]) == (403, "CHALLENGE_REFUSED")


async def test_a_challenge_made_for_another_key_is_refused(stage):
    kid = stage.person("farm-b").device.kid
    made = await stage.client.post("/api/sessions/challenge", json={"kid": kid})
    proof = await stage.proof("farm-a", challenge=made.json()["challenge"])
    assert (await opened(stage, proof)).json()["code"] == "CHALLENGE_REFUSED"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"ledger": "0" * 64}, 409, "WRONG_LEDGER"),
        ({"audience": "https://elsewhere.example"}, 403, "WRONG_AUDIENCE"),
        ({"challenge": "A" * 75}, 403, "CHALLENGE_REFUSED"),
        ({"challenge": "A"}, 400, "BAD_VALUE"),
        ({"kid": "A" * 43}, 400, "BAD_HEADER"),
        ({"extra": 1}, 400, "UNKNOWN_MEMBER"),
    ],
)
async def test_a_proof_of_something_else_is_refused(stage, changes, status, code):
    response = await opened(stage, await stage.proof("farm-a", **changes))
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_an_unknown_key_opens_nothing(stage):
    device = Device.create(ledger=stage.town.ledger, actor=stage.person("farm-a").actor)
    made = await stage.client.post("/api/sessions/challenge", json={"kid": device.kid})
    payload = {
        "audience": URL,
        "challenge": made.json()["challenge"],
        "kid": device.kid,
        "ledger": stage.town.ledger,
    }
    response = await opened(stage, jws(device.key, payload, typ=PROOF))
    assert (response.status_code, response.json()["code"]) == (403, "UNKNOWN_KEY")


async def test_a_foreign_signature_opens_nothing_and_spends_no_challenge(stage):
    proof = await stage.proof("farm-a")
    head, payload, _ = proof.split(".")
    _, _, foreign = (await stage.proof("farm-b")).split(".")
    response = await opened(stage, f"{head}.{payload}.{foreign}")
    assert (response.status_code, response.json()["code"]) == (403, "BAD_SIGNATURE")
    assert (await opened(stage, proof)).status_code == 201


async def test_a_command_is_no_proof_and_a_proof_no_command(stage):
    _, harvest = stage.town.harvest("farm-a", 1)
    response = await opened(stage, harvest.decode().partition("~")[0])
    assert response.json()["code"] == "BAD_HEADER"
    proof = (await stage.proof("farm-a")).encode()
    assert (await stage.send(proof)).json()["code"] == "BAD_HEADER"


async def test_a_revoked_device_loses_its_session_and_opens_no_other(stage):
    headers = await stage.reader("farm-a")
    assert (await stage.client.get("/api/lots", headers=headers)).status_code == 200
    await revoke(stage, "farm-a")
    response = await stage.client.get("/api/lots", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_ENDED")
    response = await opened(stage, await stage.proof("farm-a"))
    assert (response.status_code, response.json()["code"]) == (403, "KEY_REVOKED")


async def test_a_session_ends_after_its_lifetime(stage):
    headers = await stage.reader("farm-a")
    stage.clock.ahead_s = stage.gateway.settings.sessions.lifetime_s
    response = await stage.client.get("/api/lots", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_ENDED")
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_session_can_be_ended(stage):
    headers = await stage.reader("farm-a")
    response = await stage.client.delete("/api/sessions", headers=headers)
    assert response.status_code == 204
    assert response.content == b""
    response = await stage.client.get("/api/lots", headers=headers)
    assert response.json()["code"] == "SESSION_ENDED"
    response = await stage.client.delete("/api/sessions")
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_REQUIRED")


async def test_a_device_that_lost_its_place_gets_its_head_and_goes_on(stage):
    device = stage.person("farm-a").device
    before = device.seq
    await stage.done(stage.town.harvest("farm-a", 1)[1], stage.town.harvest("farm-a", 2)[1])
    device.seq, device.prev = 1, "0" * 64  # a restored backup
    assert (await stage.send(stage.town.harvest("farm-a", 3)[1])).status_code == 409
    head = (await stage.get(f"/api/devices/{device.kid}/head", "farm-a")).json()
    assert head["next"] == before + 2
    device.seq, device.prev = head["next"], head["prev"]
    await stage.done(stage.town.harvest("farm-a", 3)[1])


async def test_a_head_is_given_to_its_own_device_only(stage):
    kid = stage.person("farm-a").device.kid
    response = await stage.get(f"/api/devices/{kid}/head", "farm-b")
    assert (response.status_code, response.json()["code"]) == (403, "NOT_YOUR_DEVICE")
    unknown = await stage.get(f"/api/devices/{'A' * 43}/head", "farm-b")
    assert unknown.json()["code"] == "NOT_YOUR_DEVICE"  # says nothing of whether it exists
    response = await stage.get(f"/api/devices/{kid}/head")
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_REQUIRED")


@pytest.mark.parametrize("token", ["x", "A" * 43, "ü" * 30, "A" * 5_000])
async def test_a_token_of_nobody_is_refused(stage, token):
    headers = [(b"authorization", b"Bearer " + token.encode())]
    response = await stage.client.get("/api/lots", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_ENDED")


async def test_a_cookie_works_only_from_this_gateways_own_pages(stage):
    token = (await stage.reader("farm-a"))["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": f"{NAME}={token}"}
    assert (await stage.client.get("/api/lots", headers=cookie)).status_code == 200
    for origin in (None, "https://elsewhere.example", "null", "http://[", "http://127.0.0.1:9"):
        headers = {**cookie, **({"Origin": origin} if origin else {})}
        response = await stage.client.delete("/api/sessions", headers=headers)
        assert (response.status_code, response.json()["code"]) == (403, "ORIGIN_REFUSED"), origin
    response = await stage.client.delete("/api/sessions", headers={**cookie, "Origin": URL})
    assert response.status_code == 204


async def test_a_foreign_page_cannot_sign_somebody_in(stage):
    proof = await stage.proof("farm-a")
    response = await opened(stage, proof, Origin="https://elsewhere.example")
    assert (response.status_code, response.json()["code"]) == (403, "ORIGIN_REFUSED")


async def test_challenges_for_strangers_leave_nothing_behind(stage, tmp_path):
    for _ in range(50):
        await stage.client.post("/api/sessions/challenge", json={"kid": "A" * 43})
    stored = sqlite3.connect(tmp_path / "sessions.sqlite")
    try:
        assert stored.execute("SELECT count(*) FROM used_challenges").fetchone() == (0,)
    finally:
        stored.close()


async def test_another_process_on_the_same_file_knows_and_ends_a_session(stage):
    token = (await stage.reader("farm-a"))["Authorization"].removeprefix("Bearer ")
    other = await Sessions.open(stage.gateway.settings.sessions, audiences=[URL])
    try:
        assert await other.find(token) == stage.person("farm-a").device.kid
        await other.end(token)
    finally:
        await other.close()
    assert (await stage.get("/api/lots", "farm-a")).json()["code"] == "SESSION_ENDED"
