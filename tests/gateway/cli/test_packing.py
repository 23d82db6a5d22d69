"""Bundles and bags on the command line: how they are read, and what they come to."""

from collections.abc import Mapping

import pytest

from chaincode.base import shapes
from chaincode.lots.quantities import Packs
from gateway.cli import packing
from gateway.cli.kinds import own
from gateway.cli.packing import PackingError
from gateway.town.catalogue import PACK_UNITS

HARVEST = own().of("lot.harvest")
EVENING = 1_790_000_000  # 2026-09-21T23:13:20+09:00


class Town:
    """Answers as a gateway does, from two specs of one crop."""

    answers: Mapping = {
        "/api/ledger": {"constitution": {"utc_offset_minutes": 540}},
        "/api/lots/L": {"crop": "carrot"},
        "/api/catalogue": {
            "packings": [
                {"crop": "carrot", "unit": "bag", "grams": 300, "since": "2020-01-01"},
                {"crop": "carrot", "unit": "bag", "grams": 250, "since": "2026-09-22"},
                {"crop": "leek", "unit": "bunch", "grams": 900, "since": "2020-01-01"},
            ]
        },
    }

    def get(self, path):
        return self.answers[path]


def test_every_unit_of_a_slip_is_one_of_the_contracts():
    for unit, slip in PACK_UNITS.items():
        named = packing.read(f"2{slip}")
        assert shapes.read(Packs, named) == Packs(unit=unit, count=2)


@pytest.mark.parametrize(
    ("text", "packs"),
    [
        ("24bag", {"unit": "bag", "count": 24}),
        ("24 袋", {"unit": "bag", "count": 24}),
        ("3コンテナ", {"unit": "crate", "count": 3}),
        ("5束@120g", {"unit": "bunch", "count": 5, "unit_g": 120}),
        ("5bunch@120", {"unit": "bunch", "count": 5, "unit_g": 120}),
    ],
)
def test_packs_are_read_as_people_write_them(text, packs):
    assert packing.read(text) == packs


@pytest.mark.parametrize(
    "text", ["", "24", "bag", "24sack", "2.5bag", "24bag@", "24bag@0.3kg", "２束"]
)
def test_anything_else_is_refused_with_the_units_there_are(text):
    with pytest.raises(PackingError, match="束 bunch"):
        packing.read(text)


@pytest.mark.parametrize(
    ("when", "grams"), [(EVENING, 300), (EVENING + 3600, 250), (EVENING + 86_400, 250)]
)
def test_the_spec_is_the_one_of_the_towns_own_day(when, grams):
    closed = {"packs": {"unit": "bag", "count": 24}}
    unit_g = packing.spec_g(Town(), {"crop": "carrot"}, closed, event_time=when)
    assert packing.weigh(HARVEST, closed, unit_g=unit_g) == {
        "packs": {"unit": "bag", "count": 24, "unit_g": grams},
        "quantity_g": 24 * grams,
    }


def test_the_crop_is_the_lots_where_the_command_names_only_the_lot():
    closed = {"packs": {"unit": "bag", "count": 2}}
    unit_g = packing.spec_g(Town(), {"lot": "L"}, closed, event_time=EVENING)
    assert packing.weigh(own().of("lot.arrive"), closed, unit_g=unit_g)["counted_g"] == 600


def test_packs_without_a_spec_are_refused_with_a_way_out():
    closed = {"packs": {"unit": "crate", "count": 2}}
    with pytest.raises(PackingError, match=r"carrot by crate on 2026-09-21.*packs=2crate@300g"):
        packing.spec_g(Town(), {"crop": "carrot"}, closed, event_time=EVENING)


def test_what_was_weighed_is_left_as_it_is():
    closed = {"packs": {"unit": "bag", "count": 24}, "quantity_g": 7_100}
    assert not packing.lacks_grams(HARVEST, closed)
    assert packing.weigh(HARVEST, closed) == closed
