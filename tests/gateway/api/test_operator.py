"""Who stood at a shared device: told to the parties of what was signed there, to nobody else."""

import pytest
import pytest_asyncio

from chaincode.base import shapes
from gateway.device.signing import Device, new_nonce, new_pseudonym
from tests.gateway.stage import stage_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPERATOR = new_pseudonym()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("operator")) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def till(stage):
    """A device that several people of farm A stand at."""
    farm, nonce = stage.person("farm-a"), new_nonce()
    device = Device.create(ledger=stage.town.ledger, actor=farm.actor)
    body = {
        "actor": farm.actor,
        "jwk": shapes.write(device.jwk),
        "kept": "shared",
        "invitation": nonce,
        "proof": device.prove_enrolment(nonce, kept="shared"),
    }
    (answer,) = await stage.done(stage.town.registrars["coop"].device.sign("key.enrol", body))
    assert answer["flags"] == ["second_key"]
    return device


async def test_the_operator_is_told_to_the_parties_alone(stage, till):
    farm = stage.person("farm-a")
    lot, harvest = stage.town.harvest("farm-a", 1_000)
    body, closed = {"lot": lot, "party": farm.party}, {"quantity_g": 100}
    sale = till.sign("lot.sell", body, closed=closed, operator=OPERATOR)
    *_, sold = await stage.done(harvest, sale)
    path = f"/api/commands/{sold['id']}"
    own = await stage.get(path, "farm-a")
    assert own.json()["payload"]["operator"] == OPERATOR
    for handle in ("", "farm-b", "shop-a", "food-safety", "inspector"):
        for asked in (path, f"/api/lots/{lot}", f"/lots/{lot}"):
            response = await stage.get(asked, handle)
            assert OPERATOR not in response.text, (handle, asked)


async def test_nothing_that_everyone_may_read_names_an_operator(stage, till):
    farm = stage.person("farm-a")
    name = till.name_record(farm.party)
    body = {
        "lot": name.id,
        "party": farm.party,
        "id_nonce": name.nonce,
        "index": name.index,
        "plot": stage.town.plots["farm-a"],
        "crop": "carrot",
    }
    closed = {"quantity_g": 100, "estimated": False}
    wire = till.sign("lot.harvest", body, closed=closed, operator=OPERATOR)
    (answer,) = (await stage.send(wire)).json()["commands"]
    assert (answer["status"], answer["code"]) == ("rejected", "OPERATOR_UNEXPECTED")
    stranger = await stage.get(f"/api/commands/{answer['id']}")
    assert OPERATOR not in stranger.text
