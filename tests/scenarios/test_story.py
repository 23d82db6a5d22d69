"""The spine through HTTP: harvest, ship, receive with a difference, settle, sell, scan.

The same signed bytes go to both ledgers, and both end in the same state, to the byte.
"""

import httpx2
import pytest

from gateway.demo.founding import Founding
from gateway.demo.town import Town
from gateway.projection import Projection
from tests.fabric_fixture import running
from tests.scenarios.load import body_of
from tests.scenarios.stage import embedded_stage, fabric_stage

pytestmark = pytest.mark.fabric


async def post(client: httpx2.AsyncClient, *wires: bytes) -> list[dict]:
    response = await client.post(
        "/api/commands", json=body_of(wires), headers={"Prefer": "wait=30"}
    )
    assert response.status_code == 200, response.text
    return response.json()["commands"]


class Story:
    """One town and its signed commands, made once."""

    def __init__(self) -> None:
        self.town = Town.create()
        self.founding = Founding.of(self.town)
        town = self.town
        self.lot, harvest = town.harvest("farm-a", 20_000)
        self.shipment, ship = town.ship("farm-a", self.lot, "shop-a", 12_000)
        receive = town.receive("shop-a", self.lot, self.shipment, 11_500)
        split = {
            "sender": town.people["farm-a"].party,
            "recipient": town.people["shop-a"].party,
            "to_sender_g": 300,
            "to_recipient_g": 0,
            "lost_g": 200,
        }
        propose, approve = town.settle(
            "shop-a", "farm-a", lot=self.lot, shipment=self.shipment, split=split
        )
        sell = town.take("sell", "shop-a", self.lot, 1_500)
        too_much = town.take("sell", "shop-a", self.lot, 100_000)
        self.steps = [harvest, ship, receive, propose, approve, sell, too_much]


async def play(stage, story: Story) -> bytes:
    """Play the story through HTTP, check the page, and return the dump of the state."""
    async with httpx2.AsyncClient(base_url=stage.url, timeout=60) as client:
        codes = [(await post(client, wire))[0]["code"] for wire in story.steps]
        assert codes == ["ACCEPTED"] * 6 + ["INSUFFICIENT_QUANTITY"]
        again = await post(client, *story.steps[:2])
        assert [one["code"] for one in again] == ["ACCEPTED", "ACCEPTED"]
        page = await client.get(f"/lots/{story.lot}", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "<svg" in page.text
        public = (await client.get(f"/api/lots/{story.lot}")).text
        assert "11500" not in public
        assert "20000" not in public
    stage.gateways[0].stop()
    projection = await Projection.open(f"sqlite:///{stage.gateways[0].folder}/projection.sqlite")
    try:
        return await projection.dump()
    finally:
        await projection.close()


async def test_both_ledgers_end_in_the_same_state(tmp_path):
    story = Story()
    async with embedded_stage(tmp_path / "embedded", story.town, story.founding) as stage:
        on_embedded = await play(stage, story)
    with running(tmp_path / "network") as network:
        async with fabric_stage(
            tmp_path / "fabric", story.town, network, founding=story.founding
        ) as stage:
            on_fabric = await play(stage, story)
    assert on_embedded == on_fabric
    assert story.lot.encode() in on_embedded
