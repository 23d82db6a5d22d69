"""Signing a browser in: a link works once, soon, for its device, and from our own pages only."""

import re

import pytest

from gateway.http.cookies import NAME
from gateway.sessions.sessions import LINK_LIFETIME_S
from tests.gateway.stage import URL
from tests.gateway.web.reading import Page, assert_is_safe

HERE = {"Origin": URL}


async def link_of(stage, handle):
    """Return the path and query of a fresh link."""
    made = await stage.client.post("/api/sessions/links", headers=await stage.reader(handle))
    assert made.status_code == 201, made.text
    return made.json()["url"].removeprefix(URL)


async def entered(stage, handle):
    """Return the headers of a browser that was signed in by a link."""
    response = await stage.client.post(await link_of(stage, handle), headers=HERE)
    assert response.status_code == 303, response.text
    stage.client.cookies.clear()
    return {"Cookie": response.headers["set-cookie"].partition(";")[0]}


async def revoke(stage, handle):
    person = stage.person(handle)
    registrar = stage.town.registrars[person.organisation].device
    body = {"device": person.device.kid, "actor": person.actor}
    await stage.done(registrar.sign("key.revoke", body))


async def test_a_link_asks_first_and_then_signs_in(stage):
    link = await link_of(stage, "farm-a")
    for _ in range(2):  # looking does not use it up
        response = await stage.client.get(link)
        assert response.status_code == 200
        assert "set-cookie" not in response.headers
    page = Page(response.text)
    assert_is_safe(response, page, private=True)
    assert stage.person("farm-a").name[0] in page.text
    (form,) = page.all("form")
    assert form == {"method": "post", "action": f"{link}&lang=ja"}
    response = await stage.client.post(form["action"], headers=HERE)
    assert (response.status_code, response.headers["location"]) == (303, "/own/stock?lang=ja")
    cookie = response.headers["set-cookie"]
    for attribute in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert attribute in cookie
    stage.client.cookies.clear()
    own = await stage.client.get(
        "/own/stock", headers={"Cookie": cookie.partition(";")[0], "Accept": "text/html"}
    )
    assert own.status_code == 200
    assert stage.person("farm-a").actor in own.text


async def test_the_question_stays_in_the_other_language(stage):
    link = await link_of(stage, "farm-a")
    page = Page((await stage.client.get(f"{link}&lang=ja")).text)
    other = next(one["href"] for one in page.all("a") if one.get("class") == "language")
    response = await stage.client.get(other)
    assert response.status_code == 200
    assert "Open your pages here?" in response.text


async def test_a_link_that_was_used_is_refused(stage):
    link = await link_of(stage, "farm-a")
    assert (await stage.client.post(link, headers=HERE)).status_code == 303
    stage.client.cookies.clear()
    response = await stage.client.post(link, headers={**HERE, "Accept": "text/html"})
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert "LINK_REFUSED" in response.text


async def test_a_link_that_is_too_old_is_refused(stage):
    link = await link_of(stage, "farm-a")
    stage.clock.ahead_s = LINK_LIFETIME_S
    for response in (
        await stage.client.get(link),
        await stage.client.post(link, headers=HERE),
    ):
        assert response.status_code == 403
        assert "LINK_REFUSED" in response.text


async def test_a_strangers_link_is_refused(stage):
    """Another's kid, another end of the session, a broken seal, nonsense: nothing opens."""
    link = await link_of(stage, "farm-a")
    kid, ends_at, sealed = link.partition("code=")[2].split(".")
    other = stage.person("farm-b").device.kid
    last = "A" if sealed[10] != "A" else "B"
    for code in (
        f"{other}.{ends_at}.{sealed}",
        f"{kid}.{int(ends_at) + 86_400}.{sealed}",
        f"{kid}.{ends_at}.{sealed[:10]}{last}{sealed[11:]}",
        f"{kid}.{sealed}",
        f"{kid}..",
        "é",
        "",
    ):
        for response in (
            await stage.client.get("/enter", params={"code": code}),
            await stage.client.post("/enter", params={"code": code}, headers=HERE),
        ):
            assert response.status_code == 403, code
            assert "LINK_REFUSED" in response.text
    assert (await stage.client.post(link, headers=HERE)).status_code == 303  # still good


async def test_a_challenge_is_no_link_and_a_link_no_challenge(stage):
    kid = stage.person("farm-a").device.kid
    made = await stage.client.post("/api/sessions/challenge", json={"kid": kid})
    code = f"{kid}.9999999999.{made.json()['challenge']}"
    response = await stage.client.get("/enter", params={"code": code})
    assert response.status_code == 403
    sealed = (await link_of(stage, "farm-a")).rpartition(".")[2]
    proof = await stage.proof("farm-a", challenge=sealed)
    response = await stage.client.post("/api/sessions", json={"jws": proof})
    assert response.json()["code"] == "CHALLENGE_REFUSED"


@pytest.mark.parametrize("query", ["", "?code=" + "a" * 201, "?code=a&lang=toolong"])
async def test_a_link_of_another_form_is_a_request_of_another_form(stage, query):
    assert (await stage.client.get(f"/enter{query}")).status_code == 422


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:9"])
async def test_a_foreign_page_signs_nobody_in_or_out(stage, origin):
    link = await link_of(stage, "farm-a")
    cookie = await entered(stage, "farm-a")
    for path, headers in ((link, {}), (link, cookie), ("/leave", cookie)):
        response = await stage.client.post(path, headers={**headers, "Origin": origin})
        assert (response.status_code, "ORIGIN_REFUSED" in response.text) == (403, True)
        assert "set-cookie" not in response.headers
    assert (await stage.client.get("/own/stock", headers=cookie)).status_code == 200


async def test_a_request_without_an_origin_does_not_sign_out(stage):
    cookie = await entered(stage, "farm-a")
    assert (await stage.client.post("/leave", headers=cookie)).status_code == 403
    assert (await stage.client.get("/own/stock", headers=cookie)).status_code == 200


async def test_forms_of_pages_are_sent_with_their_origin(stage):
    """`no-referrer` makes browsers send `Origin: null` with a form: the guard would refuse it."""
    response = await stage.client.get(await link_of(stage, "farm-a"))
    assert response.headers["referrer-policy"] == "same-origin"
    own = await stage.get("/own/stock", "farm-a")
    assert own.headers["referrer-policy"] == "same-origin"


async def test_reading_a_page_signs_nobody_out(stage):
    cookie = await entered(stage, "farm-a")
    assert (await stage.client.get("/leave", headers=cookie)).status_code == 405
    assert (await stage.client.get("/own/stock", headers=cookie)).status_code == 200


async def test_signing_out_ends_the_session_and_may_be_repeated(stage):
    cookie = await entered(stage, "farm-a")
    for _ in range(2):
        response = await stage.client.post("/leave", headers={**cookie, **HERE})
        assert (response.status_code, response.headers["location"]) == (303, "/?lang=ja")
        assert re.search(rf'{NAME}="?"?; .*Max-Age=0', response.headers["set-cookie"])
    response = await stage.client.get("/own/stock", headers=cookie)
    assert (response.status_code, "SESSION_ENDED" in response.text) == (401, True)


async def test_a_session_from_a_link_ends_with_the_one_that_made_it(stage):
    """So that no session is drawn out without the device's key."""
    lifetime_s = stage.gateway.settings.sessions.lifetime_s
    await stage.reader("farm-a")
    stage.clock.ahead_s = lifetime_s - 100
    link = await link_of(stage, "farm-a")
    response = await stage.client.post(link, headers=HERE)
    stage.client.cookies.clear()
    (left_s,) = re.findall(r"Max-Age=(\d+)", response.headers["set-cookie"])
    assert 0 < int(left_s) <= 100
    cookie = {"Cookie": response.headers["set-cookie"].partition(";")[0]}
    assert (await stage.client.get("/own/stock", headers=cookie)).status_code == 200
    stage.clock.ahead_s = lifetime_s
    assert (await stage.client.get("/own/stock", headers=cookie)).status_code == 401


async def test_a_revoked_device_is_neither_let_in_nor_kept(stage):
    link, cookie = await link_of(stage, "farm-a"), await entered(stage, "farm-a")
    await revoke(stage, "farm-a")
    for response in (
        await stage.client.get(link),
        await stage.client.post(link, headers=HERE),
    ):
        assert (response.status_code, "KEY_REVOKED" in response.text) == (403, True)
    assert (await stage.client.get("/own/stock", headers=cookie)).status_code == 401


async def test_a_link_takes_a_session(stage):
    response = await stage.client.post("/api/sessions/links")
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_REQUIRED")


async def test_without_a_session_one_is_told_how_to_get_one(stage):
    response = await stage.client.get("/own")
    page = Page(response.text)
    assert response.status_code == 200
    assert_is_safe(response, page)
    assert "minori pages" in page.text
    cookie = await entered(stage, "farm-a")
    response = await stage.client.get("/own?lang=en", headers=cookie)
    assert (response.status_code, response.headers["location"]) == (303, "/own/stock?lang=en")
