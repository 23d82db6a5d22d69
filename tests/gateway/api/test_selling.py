"""What an import asks for: one's own stock that may be sold, and the lines booked before."""

import pytest

from gateway.demo.trading import Trading
from gateway.device.keyring import command_id_of

RECEIPT, OTHER = "ab" * 32, "cd" * 32


async def ask(stage, handle, *receipts):
    return await stage.client.post(
        "/api/sales/preparations",
        json={"receipts": list(receipts)},
        headers=await stage.reader(handle),
    )


@pytest.fixture
async def lots(stage):
    """Return two lots on consignment at shop A, the older first."""
    trade = Trading(stage.town)
    (older, one), (younger, two) = (
        stage.town.harvest("farm-a", 20_000),
        stage.town.harvest("farm-b", 10_000),
    )
    await stage.done(
        one,
        two,
        trade.arrive("shop-a", older, "farm-a", 8_000),
        trade.arrive("shop-a", younger, "farm-b", 3_000),
    )
    return older, younger


def sale(stage, lot, receipt, quantity_g=500, by="shop-a"):
    closed = {"quantity_g": quantity_g, "owner": stage.person("farm-a").party, "receipt": receipt}
    return Trading(stage.town).act(by, "lot.sell", {"lot": lot}, closed)


async def test_the_stock_is_ones_own_and_the_lines_booked_are_known(stage, lots):
    wires = [sale(stage, lots[0], RECEIPT), sale(stage, lots[0], RECEIPT, quantity_g=200)]
    await stage.done(*wires)
    answer = (await ask(stage, "shop-a", RECEIPT, OTHER)).json()
    goods = {"lot": lots[0], "owner": stage.person("farm-a").party, "crop": "carrot"}
    assert answer["booked"] == {
        RECEIPT: [
            goods | {"command": command_id_of(wire), "quantity_g": grams, "stands_g": grams}
            for wire, grams in zip(wires, (500, 200), strict=True)
        ]
    }
    assert sorted((one["lot"], one["free_g"]) for one in answer["stock"]) == sorted(
        [(lots[0], 7_300), (lots[1], 3_000)]
    )
    assert {one["owner"] for one in answer["stock"]} == {
        stage.person(one).party for one in ("farm-a", "farm-b")
    }
    times = [one["harvested_at"] for one in answer["stock"]]
    assert times == sorted(times)


async def test_anothers_stock_and_lines_are_not_told(stage, lots):
    await stage.done(sale(stage, lots[0], RECEIPT))
    assert (await ask(stage, "shop-b", RECEIPT)).json() == {"stock": [], "booked": {}}
    own = (await ask(stage, "farm-a", RECEIPT)).json()
    assert own["booked"] == {}
    assert [(one["lot"], one["free_g"]) for one in own["stock"]] == [(lots[0], 12_000)]


def correction(stage, lot, corrects, was_g, to_g, **changes):
    body = {"lot": lot, "corrects": corrects, "outflow": "sold", "reason": "typing"} | changes
    closed = {"was_g": was_g, "quantity_g": to_g, "owner": stage.person("farm-a").party}
    return Trading(stage.town).act("shop-a", "lot.correct_outflow", body, closed)


async def test_a_sale_stands_at_what_its_corrections_made_of_it(stage, lots):
    wires = [sale(stage, lots[0], RECEIPT), sale(stage, lots[0], OTHER)]
    first, second = map(command_id_of, wires)
    less = correction(stage, lots[0], first, 500, 300)
    await stage.done(
        *wires,
        less,
        correction(stage, lots[0], command_id_of(less), 300, 0),  # names the correction
        correction(stage, lots[0], second, 500, 600),
        correction(stage, lots[0], "0" * 64, 100, 50),  # of no sale that was asked for
    )
    booked = (await ask(stage, "shop-a", RECEIPT, OTHER)).json()["booked"]
    assert [(one["quantity_g"], one["stands_g"]) for one in booked[RECEIPT]] == [(500, 0)]
    assert [(one["quantity_g"], one["stands_g"]) for one in booked[OTHER]] == [(500, 600)]
    await stage.done(correction(stage, lots[0], first, 500, 0))  # once more than there was
    booked = (await ask(stage, "shop-a", RECEIPT)).json()["booked"]
    assert [one["stands_g"] for one in booked[RECEIPT]] == [-500]


async def test_a_rejected_correction_and_one_of_other_goods_change_nothing(stage, lots):
    wire = sale(stage, lots[0], RECEIPT)
    refused = correction(stage, lots[0], command_id_of(wire), 90_000, 0)
    await stage.done(wire)
    await stage.send(refused)
    other = correction(stage, lots[0], command_id_of(wire), 100, 0, outflow="discarded")
    await stage.send(other)
    (one,) = (await ask(stage, "shop-a", RECEIPT)).json()["booked"][RECEIPT]
    assert (one["quantity_g"], one["stands_g"]) == (500, 500)


async def test_a_rejected_sale_is_not_known(stage, lots):
    refused = await stage.send(sale(stage, lots[0], RECEIPT, quantity_g=90_000))
    assert [one["status"] for one in refused.json()["commands"]] == ["rejected"]
    assert (await ask(stage, "shop-a", RECEIPT)).json()["booked"] == {}


async def test_what_is_recalled_is_not_for_sale(stage, lots):
    trade = Trading(stage.town)
    _, drill = trade.recall(lots[1], verb="drill")
    _, emergency = trade.recall(lots[0])
    await stage.done(drill, emergency)
    stock = (await ask(stage, "shop-a")).json()["stock"]
    assert [one["lot"] for one in stock] == [lots[1]]


async def test_what_is_on_hold_or_denied_is_not_for_sale(stage, lots):
    trade = Trading(stage.town)
    await stage.done(
        trade.hold("shop-a", lots[0], owner="farm-a"),
        trade.arrive("shop-a", lots[1], "farm-b", 9_000),
    )
    await stage.done(trade.deny("farm-b", lots[1], "shop-a", 2_000))
    stock = (await ask(stage, "shop-a")).json()["stock"]
    assert [(one["lot"], one["free_g"]) for one in stock] == [(lots[1], 10_000)]


@pytest.mark.parametrize(
    "body",
    [{}, {"receipts": ["x"]}, {"receipts": [RECEIPT] * 501}, {"receipts": [], "more": 1}],
)
async def test_a_wrong_question_is_refused(stage, body):
    headers = await stage.reader("shop-a")
    response = await stage.client.post("/api/sales/preparations", json=body, headers=headers)
    assert response.status_code == 422


async def test_nobody_asks_without_a_session(stage):
    response = await stage.client.post("/api/sales/preparations", json={"receipts": []})
    assert (response.status_code, response.json()["code"]) == (401, "SESSION_REQUIRED")
