"""Names that people would call the same are found by each other, and no others are."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.typed.same_name import fold
from tests.gateway.setup.workbooks import wide

HALF_KANA = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンー",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｰ",
        strict=True,
    )
)
NAMES = st.text(
    st.one_of(
        st.sampled_from("にんじんらっきょう直売所上ノ原裏の畑髙﨑屋号株"),
        st.sampled_from(list(HALF_KANA)),
        st.characters(min_codepoint=0x21, max_codepoint=0x7E),
    ),
    min_size=1,
    max_size=12,
)


def narrow(text):
    return "".join(HALF_KANA.get(one, one) for one in text)


@given(NAMES)
def test_width_case_kana_and_blanks_make_no_other_name(name):
    wanted = fold(name)
    for typed in (
        *(wide(name), narrow(name), name.upper(), name.lower(), normalize("NFD", name)),
        *(f" {name}\u3000", "\u3000".join(name), fold(name)),
    ):
        assert fold(typed) == wanted, typed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A-01", wide("A\u201001")),
        ("A-01", "a\u221201"),
        ("A-01", wide("A") + "ー" + wide("01")),
        ("A-01", "Aｰ01"),
        ("A-01", "A\u201301"),
        ("直売所A", "直売所\u3000" + wide("a")),
        ("にんじん", "ﾆﾝｼﾞﾝ"),
        ("にんじん", "ニンジン"),
        ("ブロッコリー", "ﾌﾞﾛｯｺﾘｰ"),
        ("ピーマン", "ヒ\u309aーマン"),
        ("sweet corn", "SweetCorn"),
        ("(株)みのり", "㈱みのり"),
        ("髙﨑ファーム", "高崎ﾌｧｰﾑ"),
        ("渡邉農園", "渡辺農園"),
        ("茅ヶ崎", "茅ケ崎"),
        ("1〜3号", "1\uff5e3号"),
    ],
)
def test_what_people_type_for_one_name(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A-01", "A-1"),
        ("A-01", "A01"),
        ("ピーマン", "ヒーマン"),
        ("上の畑", "下の畑"),
        ("は", "ば"),
    ],
)
def test_other_names_stay_others(one, other):
    assert fold(one) != fold(other)


def test_a_long_vowel_between_kana_is_no_dash():
    assert "-" not in fold("コーヒー")
    assert "-" not in fold("らーめん")
