"""Names under `localhost` are this computer's, whatever its resolver says."""

import http.server
import threading

import httpx2
import pytest

from gateway.device.client import Client
from gateway.device.loopback import NAMES, AsyncLoopbackTransport


class _Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f'{{"host": "{self.headers["Host"]}"}}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def port():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["coop.localhost", "a.b.localhost", "127.0.0.1", "localhost"])
def test_a_name_leads_here_and_the_server_is_told_it(port, name):
    with Client(f"http://{name}:{port}") as client:
        assert client.get("/") == {"host": f"{name}:{port}"}


async def test_a_town_is_set_up_through_such_a_name_too(port):
    mounts = {NAMES: AsyncLoopbackTransport()}
    async with httpx2.AsyncClient(mounts=mounts) as client:
        answer = await client.get(f"http://town.localhost:{port}/")
    assert answer.json() == {"host": f"town.localhost:{port}"}
