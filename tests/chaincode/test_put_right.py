"""A mistake with any command is put right the way that the specification says."""

import pytest

from chaincode.rules import EVER
from tests.chaincode import deeds
from tests.chaincode.ways import WAYS
from tests.chaincode.world import World

STICKERS = ("label.bind", "label.unbind", "labels", "stickers")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_way_named_restores_what_should_be(way):
    world = World.standing()
    way.story(world)
    deeds.assert_balanced(world)
    if any(word in way.sentence.lower() for word in STICKERS):
        assert any(key.startswith("roll/") for key in world.ledger.state), "nothing was labelled"


def test_every_type_has_a_way():
    assert {way.type for way in WAYS} == set(EVER)
