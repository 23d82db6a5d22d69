"""One of several by any of its names; or what there is to choose from, the likest first."""

import pytest

from gateway.cli.choosing import SHOWN_MAX, Candidate, ChoiceError, matching, matching_words, only
from tests.gateway.setup.workbooks import wide


def plot(value, code, name):
    return Candidate(value=value, labels=(code, name), ja=f"{code} {name}", en=f"{code} {name}")


PLOTS = [
    plot("Q7M49X2B0KTD", "A-01", "上の畑"),
    plot("T47M1AHXMD0P", "A-02", "裏の畑"),
    plot("V3J5EAG7MTQ2", "3", "A-01"),  # called as another's code
    plot("W8YK0M3R7B1X", "a-02", ""),
]


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("上の畑", ["Q7M49X2B0KTD"]),
        ("ウエノ畑", []),
        ("Q7M49X2B0KTD", ["Q7M49X2B0KTD"]),
        ("q7m49x2b0ktd", ["Q7M49X2B0KTD"]),
        ("A-01", ["Q7M49X2B0KTD", "V3J5EAG7MTQ2"]),
        ("A-02", ["T47M1AHXMD0P"]),  # as it is written, though there is an a-02
        ("a-02", ["W8YK0M3R7B1X"]),
        (wide("A-02"), ["T47M1AHXMD0P", "W8YK0M3R7B1X"]),
        (wide("3"), ["V3J5EAG7MTQ2"]),
        ("", []),
        ("\u3000", []),
        ("A", []),  # no beginning of a name is a name
    ],
)
def test_a_name_finds_what_is_called_so(typed, values):
    assert [one.value for one in matching(typed, PLOTS)] == values


def test_several_words_find_what_is_called_by_all_of_them():
    lots = [
        Candidate(value="1", labels=("carrot", "にんじん", "11/29", "A-01"), ja="", en=""),
        Candidate(value="2", labels=("carrot", "にんじん", "11/30", "A-01"), ja="", en=""),
        Candidate(value="3", labels=("daikon", "だいこん", "11/30", "A-02"), ja="", en=""),
    ]
    assert [one.value for one in matching_words("にんじん", lots)] == ["1", "2"]
    assert [one.value for one in matching_words("ﾆﾝｼﾞﾝ\u3000" + wide("11/30"), lots)] == ["2"]
    assert [one.value for one in matching_words("にんじん A-01", lots)] == ["1", "2"]
    assert matching_words("にんじん A-02", lots) == []


def test_several_are_never_guessed_among():
    with pytest.raises(ChoiceError) as several:
        only("plot", "A-01", matching("A-01", PLOTS))
    for language, said in (("ja", "いくつかあります"), ("en", "there are several")):
        text = several.value.say(language)
        assert said in text
        assert "Q7M49X2B0KTD" in text
        assert "V3J5EAG7MTQ2" in text
        assert "T47M1AHXMD0P" not in text


def test_the_likest_stand_first_and_no_list_is_without_end():
    many = [
        Candidate(value=f"crop-{n}", labels=(f"作物{n:03}",), ja=f"作物{n:03}", en=f"Crop {n}")
        for n in range(SHOWN_MAX + 12)
    ]
    error = ChoiceError("crop", "作物041", [*many[:-1], many[-1]])
    lines = error.say("ja").splitlines()
    assert lines[1] == "  作物041  crop-41"
    assert len(lines) == 1 + SHOWN_MAX + 1
    assert "ほか12件" in lines[-1]
    assert "12 more" in error.say("en")


def test_with_nothing_to_choose_from_that_is_said():
    error = ChoiceError("plot", "A-01", [])
    assert "選べるものがありません" in error.say("ja")
    assert str(error) == "plot=A-01: not understood, and there is nothing to choose from"
