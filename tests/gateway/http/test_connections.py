"""Connections that are slow, large or many, over real sockets."""

import asyncio
import contextlib

import httpx2
import pytest
from starlette.requests import Request

from gateway.http.connections import CROWDED
from gateway.http.rate import client_of
from tests.gateway.sockets import listening
from tests.gateway.stage import stage_in

HEAD_S = 0.4
GOOD = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
HALF = b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: "


async def app(scope, _receive, send):
    """Answer after the query's time; in a crowd, that there is one."""
    await asyncio.sleep(float(scope["query_string"] or b"0"))
    headers = [(b"content-length", b"2")]
    status = 503 if scope["state"][CROWDED] else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def serving(**limits):
    """Yield what opens a connection."""
    made = []

    async def connect(sent=b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        made.append(writer)
        writer.write(sent)
        return reader, writer

    async with listening(app, head_s=HEAD_S, **limits) as port:
        try:
            yield connect
        finally:
            for writer in made:
                writer.close()


async def read_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split()[1])
    return status, await reader.readexactly(2) if status == 200 else b""


async def ended(reader, within_s):
    """Whether a connection is closed without another byte."""
    async with asyncio.timeout(within_s):
        try:
            return await reader.read() == b""
        except ConnectionError:
            return True


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        ("", "198.51.100.9", "127.0.0.1"),
        ("10.0.0.0/8", "198.51.100.9", "127.0.0.1"),
        ("10.0.0.0/8, 127.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "made up, 198.51.100.9", "198.51.100.9"),
        ("127.0.0.1,10.0.0.1", "192.0.2.7, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
    ],
)
async def test_a_proxy_is_believed_whose_a_request_is_only_if_it_is_trusted(
    monkeypatch, trusted, forwarded, client
):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own: not a setting of ours
    seen = []

    async def noting(scope, receive, send):
        seen.append(client_of(Request(scope)))
        await app(scope, receive, send)

    headers = {"X-Forwarded-For": forwarded}
    async with listening(noting, trusted_proxies=trusted) as port, httpx2.AsyncClient() as browser:
        await browser.get(f"http://127.0.0.1:{port}/", headers=headers)
    assert seen == [client]


async def test_half_a_head_is_not_waited_for():
    async with serving() as connect:
        slow = [await connect(half) for half in (b"", HALF) for _ in range(20)]
        reader, _ = await connect(GOOD)
        assert await read_answer(reader) == (200, b"ok")
        assert all([await ended(reader, 10 * HEAD_S) for reader, _ in slow])


async def test_a_head_that_drips_is_not_waited_for_either():
    async with serving() as connect:
        for sent in (HALF, GOOD + HALF):  # also not on a connection that has served
            reader, writer = await connect(sent)
            if sent.startswith(GOOD):
                assert await read_answer(reader) == (200, b"ok")
            ending = asyncio.create_task(ended(reader, 10 * HEAD_S))
            while not ending.done():
                with contextlib.suppress(ConnectionError):
                    writer.write(b"x")
                    await writer.drain()
                await asyncio.sleep(HEAD_S / 8)
            assert ending.result()


async def test_a_head_has_an_end_in_size_too():
    async with serving(head_bytes_max=8_192) as connect:
        reader, writer = await connect(GOOD[:-2] + b"X-Long: " + b"x" * 4_000 + b"\r\n\r\n")
        assert await read_answer(reader) == (200, b"ok")
        started = asyncio.get_running_loop().time()
        reader, writer = await connect(HALF)
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                writer.write(b"x" * 1_024)
                await writer.drain()
                await asyncio.sleep(0.001)
        assert await ended(reader, HEAD_S)
        assert asyncio.get_running_loop().time() - started < HEAD_S


async def test_a_request_may_take_longer_than_its_head():
    long = GOOD.replace(b"/ ", f"/?{2 * HEAD_S} ".encode())
    async with serving() as connect:
        reader, writer = await connect(long + GOOD)  # the second one waits behind the first
        assert [await read_answer(reader) for _ in range(2)] == [(200, b"ok")] * 2
        await asyncio.sleep(HEAD_S / 2)
        writer.write(GOOD)
        assert await read_answer(reader) == (200, b"ok")


@pytest.mark.parametrize("most", [3, 6])
async def test_there_are_so_many_connections_and_no_more(most):
    async with serving(connections_max=most) as connect:
        held = [await connect(HALF) for _ in range(most - 1)]
        reader, _ = await connect(GOOD)
        assert (await read_answer(reader))[0] == 200
        reader, _ = await connect(GOOD)
        assert (await read_answer(reader))[0] == 503
        held += [await connect(HALF) for _ in range(most + 2)]
        reader, _ = held[-1]
        assert await ended(reader, HEAD_S / 2)


async def test_in_a_crowd_a_request_is_told_so_in_the_one_shape_and_a_monitor_is_served(tmp_path):
    async with (
        stage_in(tmp_path) as stage,
        listening(stage.app, head_s=HEAD_S, connections_max=2) as port,
    ):
        url = f"http://127.0.0.1:{port}"
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for _, writer in held:
            writer.write(HALF)
        async with httpx2.AsyncClient() as browser:
            response = await browser.get(f"{url}/api/ledger")
            assert (response.status_code, response.json()["code"]) == (503, "BUSY")
            assert response.headers["content-type"] == "application/problem+json"
            assert int(response.headers["retry-after"]) > 0
            assert response.headers["connection"] == "close"
            assert (await browser.get(f"{url}/health")).status_code == 200
        for _, writer in held:
            writer.close()
        async with httpx2.AsyncClient() as browser:
            assert (await browser.get(f"{url}/api/ledger")).status_code == 200
