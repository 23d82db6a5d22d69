"""Plots and partners as offices call them, found however a keyboard writes them, and no others."""

import random
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli import own_choices
from gateway.cli.choosing import ChoiceError, matching, only
from gateway.typed.same_name import fold
from tests.gateway.setup.workbooks import wide
from tests.gateway.typed.test_same_name import narrow

OWN = "F7M49X2B0KTD"

# (code, name) as offices write them, and what a farmer may type for either.
PLOTS = {
    ("A-01", "上の畑"): ["A-01", "a-01", "A\u201001", "A\u221201", "上の畑", "上ノ畑"],
    ("A-02", "裏の畑（大）"): ["A-02", "裏の畑(大)", "裏の畑（大）", "裏の畑 (大)"],
    ("1-2-3", "大字北川字上の原123-4"): [
        "1-2-3",
        "大字北川字上\u30ce原123-4",
        "大字北川字上の原123ー4",
    ],
    ("45209-7", "屋敷前"): ["45209-7", "屋敷前", " 屋敷前\u3000"],
    ("No.5", "ヤシキウラ"): ["No.5", "no.5", "№.5", "やしきうら", "ﾔｼｷｳﾗ"],
    ("H1", "ハウス１号"): ["H1", "h1", "ハウス1号", "ﾊｳｽ1号", "はうす１号"],
    ("H2", "2号ハウス"): ["H2", "2号ﾊｳｽ", "2号はうす"],
    ("ｶ-3", "第２圃場"): ["カ-3", "ｶ-3", "か-3", "第2圃場"],
    ("①", "①番地"): ["①", "1", "1番地", "①番地"],
    ("Ⅱ", "髙﨑屋敷"): ["Ⅱ", "II", "ii", "高崎屋敷", "髙崎屋敷"],
    ("㈱1", "㈱みのりの畑"): ["㈱1", "(株)1", "(株)みのりの畑"],
    ("茅ヶ崎-1", "茅ヶ崎東"): ["茅ケ崎-1", "茅ヶ崎ー1", "茅ケ崎東"],
    ("P_07", "ﾊﾟｲﾌﾟﾊｳｽ"): ["p_07", "パイプハウス", "ぱいぷはうす", "ハ\u309aイフ\u309aハウス"],
    ("B/12", "田んぼ 東"): ["B/12", "b/12", "田んぼ東", "田んぼ\u3000東"],
    ("0012", "コーヒー温室"): ["0012", "ｺｰﾋｰ温室", "こーひー温室"],
    ("x.1", "旧・渡邉"): ["X.1", "旧・渡辺", "旧･渡邊"],
}
CASES = [
    (code, typed)
    for (code, _), several in PLOTS.items()
    for one in several
    for typed in sorted({one, wide(one), narrow(one), one.upper(), normalize("NFD", one)})
]


def plot_id(place):
    return f"P{place:011}"


def me_with(names):
    """Return an answer of `GET /api/me` with these plots, (code, name) each."""
    plots = [
        {
            "id": plot_id(place),
            "code": code,
            "name": name,
            "party": OWN,
            "district_name": {"ja": "北川", "en": "Kitagawa"},
        }
        for place, (code, name) in enumerate(names)
    ]
    return {"plots": plots}


@pytest.mark.parametrize(("code", "typed"), CASES)
def test_a_plot_is_found_however_it_is_typed(code, typed):
    candidates = own_choices.plots(me_with(PLOTS), OWN)
    found = only("plot", typed, matching(typed, candidates))
    assert found is not None
    assert code in found.labels


def test_the_table_is_of_many():
    assert len(CASES) >= 100


@pytest.mark.parametrize(
    "typed",
    [
        *("A", "A-", "-01", "A-011", "A01", "上", "上の", "の畑", "下の畑", "裏の畑"),
        *("H", "号ハウス", "ハウス", "3号ハウス", "5", "No5", "012", "12", "B", "b12", "x", "・"),
        *("", " ", "\u3000", "?", "*", ".*", "%", "'; --", "null", "P", "株", "みのり"),
    ],
)
def test_a_part_of_a_name_and_anything_else_is_no_plot(typed):
    candidates = own_choices.plots(me_with(PLOTS), OWN)
    assert matching(typed, candidates) == []


def test_anothers_plots_are_not_among_ones_own():
    me = me_with(PLOTS)
    me["plots"][0]["party"] = "G7M49X2B0KTD"
    values = {one.value for one in own_choices.plots(me, OWN)}
    assert plot_id(0) not in values
    assert len(values) == len(PLOTS) - 1


LETTERS = st.one_of(
    st.sampled_from("上下裏前の畑田屋敷号大小東西南北北川髙﨑高崎ハウスはうすｶﾞｶﾞガアあ"),
    st.characters(min_codepoint=0x21, max_codepoint=0x7E),
)
NAMES = st.lists(
    st.tuples(st.text(LETTERS, min_size=1, max_size=5), st.text(LETTERS, max_size=6)),
    min_size=1,
    max_size=8,
)


@given(NAMES, st.randoms(use_true_random=False))
def test_of_any_names_the_right_one_is_found_or_all_that_are_called_so(names, chance):
    candidates = own_choices.plots(me_with(names), OWN)
    place = chance.randrange(len(names))
    name = chance.choice([one for one in names[place] if one])
    typed = respelled(name, chance)
    found = [one.value for one in matching(typed, candidates)]
    alike = [
        plot_id(other)
        for other, pair in enumerate(names)
        if fold(name) in {fold(one) for one in pair if one}
    ]
    assert plot_id(place) in alike
    assert set(found) <= set(alike)
    if len(alike) == 1:
        assert found == alike
    if len(found) > 1:
        with pytest.raises(ChoiceError):
            only("plot", typed, matching(typed, candidates))
    if typed == name:
        assert plot_id(place) in found


def respelled(name: str, chance: random.Random) -> str:
    """Return a name as another keyboard, or another person, writes it."""
    ways = (wide, narrow, str.upper, str.lower, fold, lambda one: normalize("NFD", one), str.strip)
    for _ in range(chance.randrange(3)):
        name = chance.choice(ways)(name)
    return name


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        *((one, "true") for one in ("true", "はい", "ハイ", "yes", "Y", "○", "1", wide("YES"))),
        *((one, "false") for one in ("false", "いいえ", "ｲｲｴ", "no", "N", "×", "0", wide("No"))),
    ],
)
def test_yes_and_no_are_understood_in_both_languages(typed, value):
    assert [one.value for one in matching(typed, own_choices.answers())] == [value]
