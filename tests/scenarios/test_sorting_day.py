"""A day on the sorting line on both ledgers: shares, culls, a mistaken run, a recall."""

import asyncio

import httpx2
import pytest

from chaincode.base.envelope import parse
from gateway.demo.founding import Founding
from gateway.plausibility import FlagCode
from gateway.plausibility.thresholds import EDITIONS
from tests.fabric_fixture import running
from tests.scenarios import books
from tests.scenarios.acting import accept, send
from tests.scenarios.reading import brief, by_entry, flags_for_inspectors, latest_block
from tests.scenarios.replay import dump_of, in_order, replay, taken_after
from tests.scenarios.sorting_day import CLASSES, CULL, LINE, SHOPS, SortingDay
from tests.scenarios.stage import embedded_stage, fabric_stage

pytestmark = pytest.mark.fabric


async def play(day: SortingDay, client: httpx2.AsyncClient) -> list[dict]:
    """Play the whole day through HTTP, and return what inspectors are told of it."""
    await accept(client, day.morning())
    await accept(client, day.settlements())
    await accept(client, day.sorting())
    await accept(client, day.afternoon())
    await accept(client, [wire for _, wire in day.sales()])
    declared, recall = day.recall()
    await accept(client, declared)
    # Every pack of both classes may hold some of the recalled lot; nothing else is touched.
    refused = await send(client, [wire for _, wire in day.sales()])
    assert {one["code"] for one in refused} == {"RECALLED"}
    await accept(client, day.unrelated_sale())
    await accept(client, day.lift(recall))
    answers = await accept(client, [wire for _, wire in day.sales()])
    told = await flags_for_inspectors(client, day.town, since_block=latest_block(answers))
    assert brief(told) == sorted(arrived_soon(day))
    return told


def arrived_soon(day: SortingDay) -> list[tuple[str, str, str]]:
    """Return the flags of a day that is over in seconds: nobody carries so much so fast.

    Neither estimates, disputes, the mistaken run nor the recall raise any.
    """
    line = day.cast.party(LINE)
    much = [one for one in day.intakes if one.counted_g >= EDITIONS[-1].soon_g]
    assert 0 < len(much) < len(day.intakes)
    return [(FlagCode.ARRIVED_SOON, f"lot/{one.lot}", line) for one in much]


def check(day: SortingDay, dump: bytes) -> None:
    """Check the day's end: the balance, what each class was made of, and what each farm got."""
    state = books.read(dump)
    assert books.unbalanced(state) == []
    put_in_g = sum(one.counted_g for one in day.intakes)
    made_g = [state[f"lot/{child}"]["made_g"] for child in day.children]
    assert made_g == [sum(column) for column in zip(*day.to_g, strict=True)]
    assert 0 < put_in_g - sum(made_g) < put_in_g // 50
    origins = [value["origin"] for key, value in state.items() if key.startswith("lot/")]
    assert origins.count("made") == len(CLASSES)
    assert origins.count("unmade") == 2
    roots = sorted(one.lot for one in day.intakes)
    for child in day.children:
        assert state[f"lot/{child}"]["roots"] == roots
    for one, to_g in zip(day.intakes, day.to_g, strict=True):
        owner = day.cast.party(one.farm)
        own = state[f"holding/{one.lot}/{day.cast.party(LINE)}/{owner}"]
        assert (own["held_g"], own["transformed_g"]) == (0, one.counted_g)
        culls = state[f"holding/{day.children[CULL]}/{owner}/{owner}"]
        assert culls["held_g"] == to_g[CULL]
        for place, shop in SHOPS.items():
            at_shop = state[f"holding/{day.children[place]}/{day.cast.party(shop)}/{owner}"]
            assert (at_shop["held_g"], at_shop["sold_g"]) == (to_g[place] - 2_000, 2_000)


async def race(day: SortingDay, stage) -> None:
    """Let a recall commit while its goods are being sold; the chain says which sale came first."""
    stage.gateways[0].start()
    await stage.gateways[0].ready()
    sales = {shop: [] for shop in SHOPS.values()}
    for shop, wire in day.sales():
        sales[shop].append(wire)
    declared, recall = day.recall()
    async with httpx2.AsyncClient(base_url=stage.url, timeout=90) as client:

        async def sell(wires: list[bytes]) -> None:
            for wire in wires:
                await send(client, [wire])

        selling = [asyncio.create_task(sell(wires)) for wires in sales.values()]
        done = 0
        while not done:  # until the first sale is through
            await asyncio.sleep(0.02)
            answer = await client.get(f"/api/commands/{parse(sales['shop-a'][0]).id}")
            done = answer.status_code == 200 and answer.json()["status"] == "accepted"
        await accept(client, declared)
        await asyncio.gather(*selling)
        # A child made afterwards is covered, too.
        answers = await send(client, day.repacking())
        assert [one["code"] for one in answers] == ["RECALLED"]
    await accept_nothing_after(stage, recall, [wire for wires in sales.values() for wire in wires])


async def accept_nothing_after(stage, recall: str, sales: list[bytes]) -> None:
    """Check on every peer: sold before the recall or refused after it, and both have happened."""
    for blocks in (await stage.chains()).values():
        codes: dict[bool, set[str]] = {False: set(), True: set()}
        is_recalled = False
        for one in in_order(blocks):
            command = parse(one.wire)
            if command.type == "proposal.approve" and command.body["type"] == "recall.declare":
                is_recalled = is_recalled or command.body["body"]["recall"] == recall
            if one.wire in sales:
                codes[is_recalled].add(one.code)
        assert codes == {False: {"ACCEPTED"}, True: {"RECALLED"}}


async def test_a_sorting_day_ends_alike_on_both_ledgers(tmp_path):
    day = SortingDay()
    founding = Founding.of(day.town)
    async with embedded_stage(tmp_path / "embedded", day.town, founding) as stage:
        async with httpx2.AsyncClient(base_url=stage.url, timeout=90) as client:
            told = await play(day, client)
        on_embedded = await dump_of(stage)
        chain = (await stage.chains())["embedded"]
    check(day, on_embedded)
    with running(tmp_path / "network") as network:
        async with fabric_stage(tmp_path / "fabric", day.town, network, founding=founding) as stage:
            async with httpx2.AsyncClient(base_url=stage.url, timeout=90) as client:
                block = latest_block(await replay(client, taken_after(founding, chain)))
                again = await flags_for_inspectors(client, day.town, since_block=block)
            assert by_entry(again) == by_entry(told)
            on_fabric = await dump_of(stage)
            await race(day, stage)
    assert on_embedded == on_fabric
