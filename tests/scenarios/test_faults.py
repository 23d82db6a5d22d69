"""Every process of a real network killed under load, with one gateway and with two."""

import pytest

from gateway.demo.town import Town
from tests.fabric_fixture import running
from tests.scenarios import faults
from tests.scenarios.stage import fabric_stage

pytestmark = pytest.mark.fabric

GATEWAYS = {"one gateway": ("coop",), "two gateways": ("coop", "shops")}
SEED = 2026
FARMS = 150


def of_network(name):
    async def strike(stage, choose):
        await faults.kill_and_restart(stage, choose, name)

    return strike


def of_gateway(after):
    async def strike(stage, choose):
        await faults.kill_gateway(stage, choose, after)

    return strike


def of_orderer(*, leading):
    async def strike(stage, choose):
        await faults.kill_orderer(stage, choose, leading=leading)

    return strike


FAULTS = {
    "own peer": of_network("coop.peer"),
    "second peer": of_network("shops.peer"),
    "third peer": of_network("town.peer"),
    "leading orderer": of_orderer(leading=True),
    "chaincode": faults.kill_chaincode,
    "chaincode that hangs": faults.hang_chaincode,
    "gateway between endorse and submit": of_gateway("endorse"),
    "gateway between submit and commit": of_gateway("submit"),
}
LONGER = FAULTS | {
    "following orderer": of_orderer(leading=False),
    "gateway between commit and answer": of_gateway("commit_status"),
}


async def strike_all(tmp_path, organisations, strikes, *, rounds, seed):
    with running(tmp_path / "network") as network:
        async with fabric_stage(
            tmp_path,
            Town.create(farms=FARMS),
            network,
            organisations=organisations,
            module="tests.scenarios.mortal_gateway",
            arguments=(),
        ) as stage:
            chains = faults.Chains()
            for number in range(rounds):
                for place, (name, strike) in enumerate(strikes.items()):
                    one_seed = seed + number * len(strikes) + place
                    outcome = await faults.run(stage, strike, seed=one_seed, chains=chains)
                    print(f"{name}, seed {one_seed}: {outcome}", flush=True)


@pytest.mark.parametrize("organisations", GATEWAYS.values(), ids=GATEWAYS)
async def test_no_acknowledged_command_is_lost_or_doubled(tmp_path, organisations):
    await strike_all(tmp_path, organisations, FAULTS, rounds=1, seed=SEED)


@pytest.mark.soak
@pytest.mark.parametrize("organisations", GATEWAYS.values(), ids=GATEWAYS)
async def test_twenty_of_every_kill(tmp_path, organisations):
    await strike_all(tmp_path, organisations, LONGER, rounds=20, seed=10 * SEED)
