"""Every golden bad command over HTTP: refused with its code, and nothing of its request is kept."""

import pytest
import pytest_asyncio

from chaincode.base import canonical, envelope
from chaincode.base.errors import FaultError
from gateway.device.signing import jws
from gateway.http.problems import PROBLEMS
from tests.chaincode.test_golden_vectors import named
from tests.gateway.stage import command_id, command_json, stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory):
    """Return a stage, a good command that is in each request, and the statuses that are told."""
    async with stage_in(tmp_path_factory.mktemp("bad")) as stage:
        _, good = stage.town.harvest("farm-a", 20_000)
        operation = stage.app.openapi()["paths"]["/api/commands"]["post"]
        yield stage, good, {int(status) for status in operation["responses"]}


def bad_json(vector):
    """Return a vector as the API takes it; bytes that are no text are sent as what they stand for.

    JSON can't carry them: a sender that tries has written them as characters.
    """
    wire = bytes.fromhex(vector["hex"]) if "hex" in vector else vector["wire"].encode()
    jws, tilde, closed = wire.decode("latin-1").partition("~")
    return {"jws": jws, "closed": closed} if tilde else {"jws": jws}


def signed_here(stage, wire):
    """Return a command as a device of this ledger would send it, if its envelope can be read.

    What its type asks is looked at once a signature is known to hold.
    """
    text = "~".join(wire.values()).encode("latin-1")
    try:
        envelope.parse(text)
    except FaultError:
        return wire
    device = stage.person("farm-a").device
    own = {
        "ledger": device.ledger,
        "kid": device.kid,
        "actor": device.actor,
        "seq": device.seq,
        "prev": device.prev,
    }
    payload = canonical.decode(envelope.base64url_decode(wire["jws"].split(".")[1]))
    return {**wire, "jws": jws(device.key, payload | own)}


@pytest.mark.parametrize("vector", **named("commands_bad.json"))
async def test_a_bad_command_is_refused_with_its_code_and_nothing_is_queued(opened, vector):
    stage, good, documented = opened
    height = await stage.ledger.height()
    body = {"commands": [command_json(good), signed_here(stage, bad_json(vector))]}
    response = await stage.client.post("/api/commands", json=body)
    problem = response.json()
    assert (problem["code"], problem["index"]) == (vector["code"], 1)
    assert response.status_code == problem["status"] == PROBLEMS[vector["code"]].status
    assert response.status_code in documented
    assert 400 <= response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"
    assert stage.gateway.intake.waiting_count == 0
    assert await stage.gateway.intake.status(command_id(good)) is None
    assert await stage.ledger.height() == height


async def test_the_good_command_beside_them_is_taken_alone(opened):
    """It was refused for its company only, so each refusal above had something to keep."""
    stage, good, _ = opened
    (answer,) = await stage.done(good)
    assert answer["id"] == command_id(good)
