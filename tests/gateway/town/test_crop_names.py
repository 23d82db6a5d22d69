"""Names of goods without a name."""

import pytest

from gateway.town.crop_names import readable

NAMES = {"carrot": ("にんじん", "Carrot"), "sweet-potato": ("さつまいも", "Sweet potato")}


@pytest.mark.parametrize(
    ("code", "ja", "en"),
    [
        ("carrot-juice", "にんじんジュース", "Carrot juice"),
        ("sweet-potato-dried", "さつまいも（乾燥）", "Sweet potato dried"),
        ("carrot-gift-box", "にんじんの加工品（gift-box）", "Carrot gift box"),
        ("mixed-vegetables", "品目「Mixed vegetables」", "Mixed vegetables"),
        ("juice", "品目「Juice」", "Juice"),
    ],
)
def test_a_code_is_read_as_a_crop_and_a_product(code, ja, en):
    def named(index):
        return lambda one: NAMES[one][index] if one in NAMES else None

    assert readable(code, named(0), "ja") == ja
    assert readable(code, named(1), "en") == en
