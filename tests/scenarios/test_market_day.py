"""A day at a farmers' market on both ledgers: no delivery is stopped, and the balance holds."""

import json

import httpx2
import pytest
from typer.testing import CliRunner

from gateway.demo.build import write_keys
from gateway.demo.founding import Founding
from gateway.device.keyring import Key
from network.cli import app
from tests.fabric_fixture import running
from tests.scenarios import books
from tests.scenarios.acting import accept
from tests.scenarios.market_day import CROPS, SHOP, MarketDay
from tests.scenarios.reading import (
    brief,
    by_entry,
    flags_for_inspectors,
    latest_block,
    publish_usual_yields,
    stock_of,
)
from tests.scenarios.replay import dump_of, replay, taken_after
from tests.scenarios.stage import embedded_stage, fabric_stage
from tests.scenarios.unlikely import AREA_M2, CROP, USUAL_KG_PER_10A, Unlikely

pytestmark = pytest.mark.fabric


class Till:
    """The shop's computer, with the command line and the till's file on it."""

    def __init__(self, day: MarketDay, folder, url: str) -> None:
        self.folder = folder
        folder.mkdir()
        write_keys(day.town, folder, gateway=url)
        (folder / "mapping.json").write_text(json.dumps(day.mapping(), ensure_ascii=False))
        content, self.lines, self.wrong = day.till_file()
        (folder / "till.csv").write_bytes(content)

    def run(self, verb: str) -> tuple[str, str]:
        """Check or import the file; return the summary line and the row errors."""
        files = [str(self.folder / "till.csv"), "-m", str(self.folder / "mapping.json")]
        result = CliRunner().invoke(
            app,
            ["sales", verb, *files, "-k", SHOP],
            env={"MINORI_HOME": str(self.folder)},
        )
        assert result.exit_code == 1, (result.output, result.exception)  # there are row errors
        return result.stdout, result.stderr


async def play(day: MarketDay, stage, folder) -> list[dict]:
    """Play the whole day through HTTP, the till's file by the command line.

    Returns what inspectors are told of it.
    """
    know_the_land(day, stage)
    async with httpx2.AsyncClient(base_url=stage.url, timeout=90) as client:
        await accept(client, day.dawn())
        unlikely = Unlikely(day.cast)
        answers = await accept(client, unlikely.wires)
        assert [one["flags"] for one in answers] == unlikely.marks
        arrivals = await accept(client, day.morning())
        flags = {one.lot: answer["flags"] for one, answer in zip(day.goods, arrivals, strict=True)}
        assert flags == {one.lot: ["claimed"] if one.claimed_g else [] for one in day.goods}
        assert sum(map(len, flags.values())) > len(flags) / 3
        noon = await accept(client, day.noon())
        count = len(day.supplemented())
        assert [one["flags"] for one in noon[-count:]] == [["supplemented"]] * count

        sell_by_file(Till(day, folder, stage.url))

        # From here on the shop's device goes on where the command line left it.
        day.town.people[SHOP].device = Key.load(folder / "keys" / f"{SHOP}.json").device
        evening = day.evening(await stock_of(client, day.town, SHOP))
        block = latest_block(await accept(client, evening))
        told = await flags_for_inspectors(client, day.town, since_block=block)
        assert brief(told) == sorted(unlikely.planted)
        return told


def know_the_land(day: MarketDay, stage) -> None:
    """Tell the gateway what it needs to judge every yield of the day."""
    publish_usual_yields(
        stage.gateways[0].folder,
        plots=dict.fromkeys(day.town.plots.values(), AREA_M2),
        yields=dict.fromkeys((*CROPS, CROP), USUAL_KG_PER_10A),
    )


def sell_by_file(till: Till) -> None:
    """Check the till's file, import it, and once more: nothing is sold twice."""
    checked, _ = till.run("check")
    assert "+ 0 booked before + 0 to enter by hand + 5 refused" in checked
    imported, errors = till.run("import")
    assert {int(line.split()[1].rstrip(":")) for line in errors.splitlines()} == till.wrong
    assert "rejected" not in imported
    again, _ = till.run("import")
    assert "0 sales of 0 g to book" in again
    assert f"= 0 to book + {till.lines} booked before" in again


def check(day: MarketDay, dump: bytes) -> None:
    """Check the day's end: balance, the shop empty, claims only where a farm added nothing."""
    state = books.read(dump)
    assert books.unbalanced(state) == []
    at_shop = books.holdings(state, holder=day.cast.party(SHOP))
    assert len(at_shop) == len(day.goods)
    assert {one["held_g"] for one in at_shop.values()} == {0}
    settled = {one.lot for one in day.supplemented()}
    for one in day.goods:
        expected_g = 0 if one.lot in settled else one.missing_g
        assert state[f"lot/{one.lot}"]["claimed_g"] == expected_g


async def test_a_market_day_ends_alike_on_both_ledgers(tmp_path):
    day = MarketDay()
    founding = Founding.of(day.town)
    async with embedded_stage(tmp_path / "embedded", day.town, founding) as stage:
        told = await play(day, stage, tmp_path / "till")
        on_embedded = await dump_of(stage)
        chain = (await stage.chains())["embedded"]
    check(day, on_embedded)
    with running(tmp_path / "network") as network:
        async with fabric_stage(tmp_path / "fabric", day.town, network, founding=founding) as stage:
            know_the_land(day, stage)
            async with httpx2.AsyncClient(base_url=stage.url, timeout=90) as client:
                block = latest_block(await replay(client, taken_after(founding, chain)))
                again = await flags_for_inspectors(client, day.town, since_block=block)
            assert by_entry(again) == by_entry(told)
            till = Till(day, tmp_path / "till on Fabric", stage.url)
            imported, _ = till.run("import")
            assert f"= 0 to book + {till.lines} booked before" in imported
            on_fabric = await dump_of(stage)
    assert on_embedded == on_fabric
