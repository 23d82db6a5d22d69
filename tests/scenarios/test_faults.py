"""Every process of a real network killed under load, with one gateway and with two."""

import pytest

from gateway.demo.town import Town
from tests.fabric_fixture import running
from tests.scenarios import faults
from tests.scenarios.stage import fabric_stage

pytestmark = pytest.mark.fabric

GATEWAYS = {"one gateway": ("coop",), "two gateways": ("coop", "shops")}
SEED = 2026
FARMS = 40


def of_network(*names):
    async def strike(stage, choose):
        await faults.kill_and_restart(stage, choose, *names)

    return strike


# The chaincode process is in mid-transaction at any moment: the load never pauses.
FAULTS = {
    "own peer": of_network("coop.peer"),
    "second peer": of_network("shops.peer"),
    "third peer": of_network("town.peer"),
    "orderer": of_network("coop.orderer"),
    "chaincode": of_network("coop.chaincode"),
    "gateway": faults.kill_gateway,
}


@pytest.mark.parametrize("organisations", GATEWAYS.values(), ids=GATEWAYS)
async def test_no_acknowledged_command_is_lost_or_doubled(tmp_path, organisations):
    with running(tmp_path / "network") as network:
        async with fabric_stage(
            tmp_path, Town.create(farms=FARMS), network, organisations=organisations
        ) as stage:
            for number, strike in enumerate(FAULTS.values()):
                await faults.run(stage, strike, seed=SEED + number)
