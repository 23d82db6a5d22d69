"""Recalls, rolls, proposals and lots of a delivery: called by name, by a number's beginning."""

import json
import re
from typing import get_args

import pytest

from chaincode.base import shapes
from chaincode.rules import EVER
from gateway.cli import arguments
from gateway.cli.choosing import Candidate, beginning
from gateway.cli.kinds import own
from gateway.typed.lot_numbers import NumberError, check_character, grouped
from tests.gateway.cli.terminal import drawn, harvest, minori
from tests.gateway.setup.workbooks import wide

NUMBER = "7K3M2QX9RT5B8W1YC4ND"
NUMBER_PATTERN = get_args(shapes.LotId)[1].schema()["pattern"]  # shipments', recalls', rolls', too


def submit(kind: str, *words: str, key: str, code: int = 0) -> str:
    return minori("submit", kind, *words, "-k", key, code=code)


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        *((one, True) for one in ("7K3M", "7k3m", "7K3M-2QX9", "7K3M 2QX9 RT5B", wide("7K3M"))),
        *((one, False) for one in ("7K3", "7K3N", "K3M2", "", "    ", "7K3M2QX9RT5B8W1YC4ND0")),
    ],
)
def test_a_numbers_beginning_stands_for_it_from_four_characters_on(typed, is_found):
    one = Candidate(value=NUMBER, labels=(), ja="", en="")
    assert bool(beginning(typed, [one])) is is_found


def test_a_recall_is_called_by_what_it_is_of(stage):
    lot = drawn(harvest(stage), "lot")
    words = ("kind=safety", "cause=residue", "scope=lot", f"roots={lot[:4]}")
    unknown = submit("recall.emergency", *words, key="quality-desk", code=1)
    assert "not understood" in unknown  # the officer holds none of it
    words = (*words[:3], f"roots={lot}")
    recall = drawn(submit("recall.emergency", *words, key="quality-desk"), "recall")
    assert "accepted" in submit("recall.confirm", "recall=carrot", key="food-safety")
    said = submit("recall.extend", "recall=大根", f"roots={'0' * 20}", key="food-safety", code=1)
    assert "Safety" in said  # what there is to choose from
    assert recall in said
    more = drawn(harvest(stage), "lot")
    told = submit("recall.extend", "recall=residue", f"roots={more}", key="food-safety")
    assert "accepted" in told
    last = drawn(harvest(stage), "lot")
    by_number = submit("recall.extend", f"recall={recall[:4]}", f"roots={last}", key="food-safety")
    assert recall in by_number
    assert "—" in minori("town", "call-list", "にんじん", "-k", "quality-desk", "--lang", "ja")


def test_a_proposal_is_called_by_its_place_its_words_or_its_beginning(stage):
    lot = drawn(harvest(stage), "lot")
    words = ("kind=quality", "cause=other", "scope=lot", f"roots={lot}")
    first = drawn(submit("recall.declare", *words, key="quality-desk"), "signed")
    second = drawn(submit("recall.declare", *words, key="quality-desk", code=0), "signed")
    own = minori("waiting", "-k", "quality-desk")
    assert first in own
    assert second in own
    several = minori("approve", "recall", "-k", "food-safety", code=1)
    assert "there is to choose from" in several
    assert "1. " in several
    assert "2. " in several
    withdrawn = submit("proposal.withdraw", f"proposal={first[:6]}", key="quality-desk")
    assert "accepted" in withdrawn
    assert "not understood" in submit(
        "proposal.withdraw", "proposal=00000000", key="quality-desk", code=1
    )
    assert "accepted" in minori("approve", "Carrot", "-k", "food-safety")
    assert "nothing called" in minori("approve", "1", "-k", "food-safety", code=1)


def test_a_command_of_ones_own_key_is_called_by_the_beginning_of_its_id(stage):
    first, *_, last = (drawn(harvest(stage), "signed") for _ in range(25))
    for command in (first, last):  # the first is beyond those that are looked at together
        for typed in (command[:8], f" {command[:12].upper()}", wide(command[:8])):
            said = minori("query", "command", typed, "-k", "farm-a")
            assert json.loads(said[said.index("{") :])["id"] == command
            assert re.search(rf"^command .*lot\.harvest +{command}$", said, re.MULTILINE)
    whole = minori("query", "command", first, "-k", "farm-a")
    assert json.loads(whole)["id"] == first


@pytest.mark.parametrize("typed", ["", "0", "zzzz", "00000000"])
def test_a_command_that_is_not_understood_is_listed(stage, typed):
    signed = [drawn(harvest(stage), "signed") for _ in range(2)]
    for language in ("ja", "en"):
        words = ("query", "command", typed, "-k", "farm-a", "--lang", language)
        said = minori(*words, code=1)
        assert all(one in said for one in signed)
    others = minori("query", "command", signed[0][:8], "-k", "shop-a", code=1)
    assert signed[0] not in others


def test_a_roll_is_called_by_what_it_was_stuck_on(stage):
    lot = drawn(harvest(stage), "lot")
    bound = submit("label.bind", f"lot={lot}", "first=1", "count=50", key="farm-a")
    roll = drawn(bound, "roll")
    again = submit("label.bind", f"lot={lot}", "roll=carrot", "first=51", "count=5", key="farm-a")
    assert roll in again
    assert "stickers 1 to 50" in again
    by_number = f"roll={roll[:4]}"
    taken = submit(
        "label.unbind", by_number, "first=51", "count=5", "reason=not-used", key="farm-a"
    )
    assert "accepted" in taken
    unknown = submit(
        "label.bind", f"lot={lot}", "roll=だいこん", "first=60", "count=5", key="farm-a", code=1
    )
    assert "stickers 1 to 50" in unknown
    none = submit("label.unbind", "roll=carrot", "first=1", "count=1", key="shop-a", code=1)
    assert "nothing to choose from" in none


def test_a_delivery_and_a_remainder_are_typed_by_what_they_are_of(stage):
    lot = drawn(harvest(stage), "lot")
    shop, farm = (stage.town.people[one].party for one in ("shop-a", "farm-a"))
    submit(
        *("lot.ship", f"lot={lot}", f"recipient={shop}", "quantity_g=3kg", "consigned=true"),
        key="farm-a",
    )
    words = ("--producer", farm, "--crop", "carrot", "-k", "shop-a")
    unknown = minori("arrive", "daikon=3kg", *words, code=1)
    assert "3,000 g" in unknown  # what is on its way
    told = minori("arrive", "carrot=3kg", *words)
    assert lot in told
    assert "accepted" in told
    assert "accepted" in minori("sales", "remainder", f"{lot[:4]}=1kg", "-k", "shop-a")
    (held,) = json.loads(minori("query", "lot", lot, "-k", "shop-a"))["holdings"]
    assert (held["held_g"], held["sold_g"]) == (1_000, 2_000)
    twice = minori("arrive", "carrot=1kg", f"{lot}=1kg", *words, code=1)
    assert "named twice" in twice


def test_an_agent_is_filled_in_what_it_may_read(stage):
    farm, clerk = stage.town.people["farm-a"], stage.town.people["centre-desk"]
    for_farm = ("--on-behalf", farm.device.actor)
    granted = submit(
        *("mandate.grant", f"principal={farm.device.actor}", f"agent={clerk.device.actor}"),
        "types=lot.harvest,lot.correct_harvest,lot.discard,lot.correct_outflow",
        *("since=2020-01-01", "until=2099-12-31"),
        key="farm-a",
    )
    assert "accepted" in granted
    minori("query", "me", "-k", "centre-desk")
    words = (f"plot={stage.town.plots['farm-a']}", "crop=carrot", "quantity_g=5kg")
    lot = drawn(
        submit("lot.harvest", *words, "estimated=false", *for_farm, key="centre-desk"), "lot"
    )
    change = (f"lot={lot}", "reason=weighing", "quantity_g=6kg")
    told = submit("lot.correct_harvest", *change, *for_farm, key="centre-desk")
    assert "what you entered for them" in told
    assert "filled   plot" in told
    assert "accepted" in told
    submit(
        "lot.discard",
        f"lot={lot}",
        "quantity_g=100",
        "reason=spoiled",
        *for_farm,
        key="centre-desk",
    )
    change = (f"lot={lot}", "reason=typing", "quantity_g=200")
    told = submit("lot.correct_outflow", *change, *for_farm, key="centre-desk")
    assert "filled   was_g 100" in told
    assert "accepted" in told
    submit(
        *("lot.correct_harvest", f"lot={lot}", "reason=weighing", "quantity_g=7kg"), key="farm-a"
    )
    lacking = submit(
        *("lot.correct_harvest", f"lot={lot}", "reason=other", *for_farm), key="centre-desk", code=1
    )
    assert "also needs: plot" in lacking  # what the farm entered itself stands there, unread
    (held,) = json.loads(minori("query", "lot", lot, "-k", "farm-a"))["holdings"]
    assert held["held_g"] == 6_800


@pytest.mark.parametrize(
    ("type_name", "member"),
    [
        (name, member)
        for name, kind in sorted(EVER.items())
        for shape in filter(None, (kind.body, kind.closed))
        for member, schema in shapes.schema(shape)["properties"].items()
        if schema.get("items", schema).get("pattern") == NUMBER_PATTERN
    ],
)
def test_a_check_character_is_taken_off_every_number_and_looked_at(type_name, member):
    kind, check = own().of(type_name), check_character(NUMBER)
    for typed in (f"{NUMBER}{check}", f"{'-'.join(grouped(NUMBER))}-{check}", NUMBER):
        body, closed = arguments.read(kind, [f"{member}={typed}"])
        assert (body | closed)[member] in (NUMBER, [NUMBER])
    wrong = "0" if check != "0" else "1"
    with pytest.raises(NumberError):
        arguments.read(kind, [f"{member}={NUMBER}{wrong}"])
